// Hostile and broken documents through the real program: every one is refused with the catalogued reason and the place,
// nothing crashes, nothing is written, and what could not be read is never judged.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "tests/cli/bad_inputs.h"
#include "tests/cli/run_program.h"

namespace passerelle::tests {
namespace {

using ::testing::IsEmpty;

std::string TestName(std::string name) { return absl::StrReplaceAll(name, {{"-", "_"}}); }

class BadInputTest : public ::testing::TestWithParam<BadInput> {
 protected:
  void SetUp() override {
    folder_ = ScratchFolder();
    file_ = folder_ + "/document";
    WriteAll(file_, GetParam().bytes);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // One line that begins with the reason and names the place.
  void ExpectRefusal(const std::string& err) {
    const std::vector<std::string> lines = absl::StrSplit(err, '\n', absl::SkipEmpty());
    ASSERT_EQ(lines.size(), 1u) << err;
    std::string place;
    ASSERT_TRUE(RE2::FullMatch(lines[0], "[A-Z0-9_]+ at (.*?): .*; .*", &place)) << err;
    EXPECT_TRUE(absl::StartsWith(lines[0], GetParam().reason + " at ")) << err;
    EXPECT_TRUE(RE2::FullMatch(place, GetParam().place)) << err;
  }

  std::string folder_;
  std::string file_;
};

TEST_P(BadInputTest, IsNotTranslatedAndLeavesNothing) {
  ASSERT_TRUE(base::ReasonByName(GetParam().reason).has_value());
  const Outcome outcome = RunProgram({Passerelle(), "translate", file_, "--report", folder_ + "/report.json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  ExpectRefusal(outcome.err);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 1u) << "only the document itself";
}

TEST_P(BadInputTest, IsReportedByCheck) {
  const Outcome outcome = RunProgram({Passerelle(), "check", "--json", file_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(At(outcome.out, "/problem/reason"), GetParam().reason);
  EXPECT_NE(At(outcome.out, "/format"), "absent");
  ExpectRefusal(outcome.err);
}

TEST_P(BadInputTest, CannotBeEstablishedByVerify) {
  const Outcome outcome = RunProgram({Passerelle(), "verify", "--json", file_});
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
}

TEST_P(BadInputTest, IsDetectedWithoutHarm) {
  const Outcome outcome = RunProgram({Passerelle(), "detect", file_});
  EXPECT_EQ(outcome.exit_code, GetParam().reason == "INPUT_TOO_LARGE" ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Documents, BadInputTest, ::testing::ValuesIn(BadInputs()),
                         [](const auto& test) { return TestName(test.param.name); });

TEST(OddInput, LosesTheElementAndNothingElse) {
  const std::string folder = ScratchFolder();
  for (const std::vector<std::string>& row : ReadTable("odd_inputs.tsv")) {
    ASSERT_EQ(row.size(), 6u);
    SCOPED_TRACE(row[0]);
    const std::string document = MakeDocument(row[1], row[2]);
    ASSERT_THAT(document, ::testing::Not(IsEmpty()));
    WriteAll(folder + "/document", document);
    const Outcome outcome =
        RunProgram({Passerelle(), "translate", folder + "/document", "--report", folder + "/report.json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string report = ReadAll(folder + "/report.json");
    EXPECT_EQ(At(report, absl::StrCat("/elements/", row[3], "/status")), row[4]);
    EXPECT_NE(At(report, "/diagnostics/0/rule"), "absent") << "a remark says so";
    EXPECT_EQ(At(report, "/elements/A1-M02/status"), "stated");
    // The original is embedded in base64, so a raw match is a match of the translation.
    if (row[5] == "-") continue;
    EXPECT_THAT(outcome.out, ::testing::Not(::testing::HasSubstr(row[5])));
  }
}

TEST(Refusal, NamesAFileOnOneLineWhateverItsName) {
  const Outcome outcome = RunProgram({Passerelle(), "translate", "/no/such\nfile\x1B[31m"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1);
  EXPECT_EQ(outcome.err.find('\x1B'), std::string::npos);
}

TEST(Reports, AreTakenOneByOneByIndex) {
  const std::string folder = ScratchFolder();
  for (const BadInput& input : BadInputs()) {
    if (input.name != "two-reports") continue;
    WriteAll(folder + "/document", input.bytes);
    EXPECT_EQ(RunProgram({Passerelle(), "translate", folder + "/document", "--report-index", "1"}).exit_code, 0);
    EXPECT_EQ(RunProgram({Passerelle(), "translate", folder + "/document", "--report-index", "2"}).exit_code, 1);
  }
}

}  // namespace
}  // namespace passerelle::tests
