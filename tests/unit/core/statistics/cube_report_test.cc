#include "core/statistics/cube_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/xml.h"
#include "tests/support/status_matchers.h"

namespace passerelle::statistics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Count {
  std::vector<std::string> values;
  int count;  // -1 for confidential
};

v1::Cube Made(const std::vector<std::string>& dimensions, const std::vector<Count>& counts) {
  v1::Cube cube;
  cube.set_indicator("I11");
  cube.set_title("Time to decision, in days");
  cube.set_node("NO");
  cube.set_period("2026");
  for (const std::string& dimension : dimensions) cube.add_dimensions(dimension);
  for (const Count& count : counts) {
    v1::Cell* const cell = cube.add_cells();
    for (const std::string& value : count.values) cell->add_values(value);
    cell->set_confidential(count.count < 0);
    if (count.count >= 0) cell->set_count(static_cast<uint64_t>(count.count));
  }
  return cube;
}

v1::Cube Small() {
  return Made({"authority", "over_limit"}, {{{"A", "N"}, 30},
                                            {{"A", "Y"}, 10},
                                            {{"A", "_T"}, 40},
                                            {{"B<&>", "N"}, -1},
                                            {{"B<&>", "_T"}, -1},
                                            {{"_T", "N"}, -1},
                                            {{"_T", "Y"}, 10},
                                            {{"_T", "_T"}, 47}});
}

TEST(CubeReportTest, CsvHasTheStatusCodesOfSdmx) {
  const std::vector<std::string> lines = absl::StrSplit(CubeCsv(Small()), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_EQ(lines[0], "DATAFLOW,FREQ,REF_AREA,AUTHORITY,OVER_LIMIT,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS");
  EXPECT_EQ(lines[1], "PASSERELLE:I11(1.0),A,NO,A,N,2026,30,A,F");
  EXPECT_EQ(lines[4], "PASSERELLE:I11(1.0),A,NO,B<&>,N,2026,,Q,C");
}

TEST(CubeReportTest, JsonIsReadBack) {
  const v1::Cube cube = Small();
  ASSERT_OK_AND_ASSIGN(const v1::Cube read, ReadCubeJson(CubeJson(cube)));
  EXPECT_EQ(read.SerializeAsString(), cube.SerializeAsString());
  for (const char* broken : {"[]", "{}", "{\"rounded\":false}", "{\"rounded\":false,\"dimensions\":[],\"cells\":[1]}",
                             "{\"rounded\":false,\"dimensions\":[\"a\"],\"cells\":[{\"values\":[]}]}",
                             "{\"rounded\":false,\"dimensions\":[],\"cells\":[{\"values\":[],\"count\":-1}]}"}) {
    EXPECT_THAT(ReadCubeJson(broken), ::passerelle::testing::HasReason(base::Reason::kFieldInvalid)) << broken;
  }
}

TEST(CubeReportTest, FiguresAreDerivedFromPublishedCountsAlone) {
  const std::vector<Derived> shares = DerivedFigures(Small());
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_EQ(shares[0].of, "A");
  EXPECT_EQ(shares[0].name, "share of over_limit=Y");
  EXPECT_EQ(shares[0].value, "25.0 %");
  const std::vector<Derived> days = DerivedFigures(
      Made({"days"}, {{{"0-30"}, 5}, {{"31-60"}, 4}, {{"61-90"}, 0}, {{"121+"}, 1}, {{"_U"}, 100}, {{"_T"}, 110}}));
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days[0].value, "0-30");
  EXPECT_EQ(days[1].name, "90th percentile of days");
  EXPECT_EQ(days[1].value, "31-60");
  EXPECT_TRUE(DerivedFigures(Made({"days"}, {{{"0-30"}, 9}, {{"31-60"}, -1}, {{"_T"}, -1}})).empty());
}

TEST(CubeReportTest, PlotsAreXmlAndSayWhatIsConfidential) {
  const std::string svg = CubeSvg(Small());
  EXPECT_OK(base::ReadXml(svg));
  EXPECT_THAT(svg, HasSubstr("By authority: A 40; B&lt;&amp;&gt; confidential."));
  EXPECT_THAT(svg, Not(HasSubstr("47")));
  std::vector<Count> many;
  for (int i = 0; i < kBarsMax + 10; ++i) many.push_back({{absl::StrCat("v", 100 + i)}, i});
  const std::string long_plot = CubeSvg(Made({"field"}, many));
  EXPECT_THAT(long_plot, HasSubstr(absl::StrCat("v", 100 + kBarsMax - 1)));
  EXPECT_THAT(long_plot, Not(HasSubstr(absl::StrCat("v", 100 + kBarsMax))));
}

}  // namespace
}  // namespace passerelle::statistics
