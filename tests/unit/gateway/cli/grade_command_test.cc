#include "gateway/cli/grade_command.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

// The end of the command, and all that it wrote.
std::string Said(const std::string& comparison, bool json) {
  const std::string file = absl::StrCat(::testing::TempDir(), "/grade-comparison.yaml");
  std::ofstream(file) << comparison;
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunGrade(file, json, Console{out, err});
  return absl::StrCat(code, "\n", out.str(), err.str());
}

std::string Tables(absl::string_view home_field) {
  return absl::StrCat("host: {isced_f: '0511', cycle: first, grades: [{grade: A, count: 1}, {grade: B, count: 3},",
                      " {grade: F, count: 9, fail: true}]}\n", "home: {isced_f: '", home_field,
                      "', cycle: first, grades: [{grade: '10', count: 2}, {grade: '9', count: 2}]}\n");
}

TEST(GradeCommandTest, TellsTheCounterpartAndEveryOverlap) {
  EXPECT_EQ(Said("grade: B\n" + Tables("0511"), false),
            "0\ngrade        B\ncounterpart  9\n  10: 33 % of it\n  9: 67 % of it\n");
  EXPECT_EQ(Said("grade: B\n" + Tables("0511"), true),
            "0\n{\n  \"grade\": \"B\",\n  \"converted\": true,\n  \"most_likely\": \"9\",\n  \"overlaps\": [\n"
            "    {\n      \"grade\": \"10\",\n      \"part\": 1,\n      \"of\": 3\n    },\n"
            "    {\n      \"grade\": \"9\",\n      \"part\": 2,\n      \"of\": 3\n    }\n  ]\n}\n");
}

TEST(GradeCommandTest, AGradeWithoutACounterpartStaysAsItIs) {
  EXPECT_EQ(Said("grade: B\n" + Tables("0613"), false),
            "1\ngrade        B\ncounterpart  none: the two grading tables are of different fields\n");
  EXPECT_EQ(Said("grade: F\n" + Tables("0511"), true),
            "1\n{\n  \"grade\": \"F\",\n  \"converted\": false,\n"
            "  \"reason\": \"the grade is no pass of the host's table\",\n  \"overlaps\": []\n}\n");
}

TEST(GradeCommandTest, AFileThatIsNoComparisonIsRefused) {
  EXPECT_EQ(Said("grades: B\n", false).substr(0, 20), "1\nCONFIG_INVALID at ");
}

}  // namespace
}  // namespace passerelle::gateway
