#include "gateway/statistics/published_cubes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/statistics/cube_report.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

statistics::v1::Cube Cube(const std::string& indicator, const std::string& period) {
  statistics::v1::Cube cube;
  cube.set_indicator(indicator);
  cube.set_title("Micro-credentials issued");
  cube.set_node("NO");
  cube.set_period(period);
  cube.add_dimensions("mode");
  statistics::v1::Cell* const cell = cube.add_cells();
  cell->add_values("ONLINE");
  cell->set_count(40);
  statistics::v1::Cell* const hidden = cube.add_cells();
  hidden->add_values("BLENDED");
  hidden->set_confidential(true);
  return cube;
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// A folder as the command writes it.
std::string Folder(const std::string& name, const std::vector<statistics::v1::Cube>& cubes) {
  const std::string folder = absl::StrCat(::testing::TempDir(), "/published_", name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::string listed;
  for (const statistics::v1::Cube& cube : cubes) {
    Write(absl::StrCat(folder, "/", cube.indicator(), ".json"), statistics::CubeJson(cube));
    absl::StrAppend(&listed, listed.empty() ? "" : ",", "{\"indicator\":\"", cube.indicator(), "\"}");
  }
  Write(folder + "/report.json", absl::StrCat("{\"node\":\"NO\",\"cubes\":[", listed, "],\"gaps\":[]}"));
  return folder;
}

std::vector<std::string> Names(const CubesByPeriod& cubes) {
  std::vector<std::string> names;
  for (const auto& [key, cube] : cubes) names.push_back(absl::StrCat(cube.period(), " ", cube.indicator()));
  return names;
}

TEST(PublishedCubes, AreThoseThatTheReportsListNewestFirst) {
  const std::string older = Folder("2025", {Cube("I02", "2025")});
  const std::string newer = Folder("2026", {Cube("I16", "2026"), Cube("I02", "2026")});
  Write(newer + "/I09.json", statistics::CubeJson(Cube("I09", "2026")));  // that no report lists
  ASSERT_OK_AND_ASSIGN(const auto cubes, LoadCubes({older, newer}));
  EXPECT_THAT(Names(*cubes), ElementsAre("2026 I02", "2026 I16", "2025 I02"));
  const statistics::v1::Cube& cube = cubes->begin()->second;
  EXPECT_EQ(cube.SerializeAsString(), Cube("I02", "2026").SerializeAsString());
}

TEST(PublishedCubes, FoldersThatCannotBeUsedAreRefusedWithTheFile) {
  struct Row {
    const char* name;
    std::function<void(const std::string& folder)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no report", [](const std::string& f) { std::filesystem::remove(f + "/report.json"); },
            Reason::kInputNotReadable, "/report.json"},
           {"a report that is no JSON", [](const std::string& f) { Write(f + "/report.json", "{"); },
            Reason::kJsonMalformed, "/report.json"},
           {"a report without a list", [](const std::string& f) { Write(f + "/report.json", "{}"); },
            Reason::kConfigInvalid, "/report.json: cubes"},
           {"a path for an indicator",
            [](const std::string& f) { Write(f + "/report.json", R"({"cubes":[{"indicator":"../I02"}]})"); },
            Reason::kConfigInvalid, "/report.json: cubes[0]"},
           {"a cube that is not there",
            [](const std::string& f) { Write(f + "/report.json", R"({"cubes":[{"indicator":"I03"}]})"); },
            Reason::kInputNotReadable, "/I03.json"},
           {"another cube",
            [](const std::string& f) { Write(f + "/I02.json", statistics::CubeJson(Cube("I03", "2026"))); },
            Reason::kConfigInvalid, "/I02.json: indicator"},
           {"too many",
            [](const std::string& f) {
              std::string listed = R"({"indicator":"I02"})";
              for (int i = 0; i < kCubesInFolderMax; ++i) absl::StrAppend(&listed, R"(,{"indicator":"I02"})");
              Write(f + "/report.json", absl::StrCat("{\"cubes\":[", listed, "]}"));
            },
            Reason::kInputTooLarge, "/report.json: cubes[100]"},
       }) {
    SCOPED_TRACE(row.name);
    const std::string folder = Folder("broken", {Cube("I02", "2026")});
    ASSERT_OK(LoadCubes({folder}).status());
    row.change(folder);
    const absl::Status refused = LoadCubes({folder}).status();
    EXPECT_THAT(refused, HasReason(row.reason));
    EXPECT_THAT(base::PlaceOf(refused), HasSubstr(row.place));
  }
  const std::string folder = Folder("twice", {Cube("I02", "2026")});
  EXPECT_THAT(LoadCubes({folder, folder}).status(), HasReason(Reason::kConfigInvalid));
}

TEST(PublishedCubes, AChangedReportIsSeenAndABrokenOneLeavesWhatWasThere) {
  const std::string folder = Folder("changing", {Cube("I02", "2026")});
  ASSERT_OK_AND_ASSIGN(const auto published, PublishedCubes::Open({folder}));
  ASSERT_OK_AND_ASSIGN(const bool unchanged, published->Refresh());
  EXPECT_FALSE(unchanged);
  Write(folder + "/report.json", "{ no report");
  EXPECT_FALSE(published->Refresh().ok());
  EXPECT_EQ(published->Get()->size(), 1u);
  EXPECT_OK(published->Refresh().status()) << "it is not tried again before it changes";
  Write(folder + "/I16.json", statistics::CubeJson(Cube("I16", "2026")));
  Write(folder + "/report.json", R"({"cubes":[{"indicator":"I02"},{"indicator":"I16"}]})");
  ASSERT_OK_AND_ASSIGN(const bool changed, published->Refresh());
  EXPECT_TRUE(changed);
  EXPECT_THAT(Names(*published->Get()), ElementsAre("2026 I02", "2026 I16"));
}

}  // namespace
}  // namespace passerelle::gateway
