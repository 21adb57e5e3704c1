// A real node that gives out published cubes to everybody.

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gtest/gtest.h"
#include "passerelle/statistics/v1/statistics_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

namespace v1 = statistics::v1;
using base::Reason;
using Stub = v1::StatisticsService::Stub;

class StatisticsServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    folder_ = tests::ScratchFolder() + "/cubes";
    Publish();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "NO";
    node.competent_authority = "Authority of the test";
    node.country = "NO";
    node.clients = {{"portal", {"passerelle.sharing.v1.SharingService"}}};
    node.statistics_folders = {folder_};
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const auto stranger = federation_->StrangerTls("stranger");
    ASSERT_TRUE(stranger.ok()) << stranger.status();
    statistics_ = v1::StatisticsService::NewStub(federation_->ClientChannel("NO", *stranger));
  }

  void Publish() const {
    const tests::Outcome published = tests::RunProgram(
        {PASSERELLE_PROGRAM, "statistics", "publish", "--events",
         absl::StrCat(::passerelle::testing::kSourceDir, "/docs/concepts/events.jsonl"), "--node", "NO", "--year",
         "2026", "--out", folder_, "--cube", "I02=provider_type,mode", "--cube", "I07=level,nqf"});
    ASSERT_EQ(published.exit_code, 0) << published.err;
  }

  absl::StatusOr<v1::ListCubesResponse> List() { return Call(*statistics_, &Stub::ListCubes, v1::ListCubesRequest()); }

  std::string folder_;
  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<Stub> statistics_;
};

TEST_F(StatisticsServiceTest, AnybodyGetsWhatWasPublishedByteForByte) {
  const auto listed = List();
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->cubes_size(), 2);
  const v1::CubeSummary& summary = listed->cubes(0);
  EXPECT_EQ(summary.indicator(), "I02");
  EXPECT_EQ(summary.period(), "2026");
  EXPECT_EQ(summary.node(), "NO");
  v1::GetCubeRequest get;
  get.set_indicator("I02");
  get.set_period("2026");
  const auto cube = Call(*statistics_, &Stub::GetCube, get);
  ASSERT_TRUE(cube.ok()) << cube.status();
  EXPECT_EQ(summary.cells(), static_cast<uint32_t>(cube->cube().cells_size()));
  uint32_t confidential = 0;
  for (const v1::Cell& cell : cube->cube().cells()) {
    if (!cell.confidential()) continue;
    ++confidential;
    EXPECT_EQ(cell.count(), 0u) << cell.DebugString();
  }
  EXPECT_GT(confidential, 0u);
  EXPECT_EQ(summary.confidential(), confidential);
  for (const auto& [format, name] :
       {std::make_pair(v1::CUBE_FILE_FORMAT_SDMX_CSV, "I02.csv"), std::make_pair(v1::CUBE_FILE_FORMAT_JSON, "I02.json"),
        std::make_pair(v1::CUBE_FILE_FORMAT_SVG, "I02.svg")}) {
    v1::GetCubeFileRequest request;
    request.set_indicator("I02");
    request.set_period("2026");
    request.set_format(format);
    const auto file = Call(*statistics_, &Stub::GetCubeFile, request);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->name(), name);
    EXPECT_EQ(file->content(), tests::ReadAll(absl::StrCat(folder_, "/", name)));
    EXPECT_NE(file->media_type(), "");
  }
}

TEST_F(StatisticsServiceTest, WhatWasNotPublishedIsNotThere) {
  v1::GetCubeRequest get;
  EXPECT_EQ(base::PlaceOf(Call(*statistics_, &Stub::GetCube, get).status()), "indicator");
  get.set_indicator("I03");
  EXPECT_EQ(base::PlaceOf(Call(*statistics_, &Stub::GetCube, get).status()), "period");
  get.set_period("2026");
  EXPECT_EQ(base::ReasonOf(Call(*statistics_, &Stub::GetCube, get).status()), Reason::kResourceNotFound);
  v1::GetCubeFileRequest file;
  file.set_indicator("I02");
  file.set_period("2026");
  EXPECT_EQ(base::PlaceOf(Call(*statistics_, &Stub::GetCubeFile, file).status()), "format");
  file.set_format(static_cast<v1::CubeFileFormat>(77));
  EXPECT_EQ(base::ReasonOf(Call(*statistics_, &Stub::GetCubeFile, file).status()), Reason::kFieldInvalid);
  v1::ListCubesRequest list;
  list.set_page_token("x");
  EXPECT_EQ(base::PlaceOf(Call(*statistics_, &Stub::ListCubes, list).status()), "page_token");
  list.clear_page_token();
  list.set_period("2025");
  const auto none = Call(*statistics_, &Stub::ListCubes, list);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->cubes_size(), 0);
}

TEST_F(StatisticsServiceTest, PagesHaveEachCubeOnceAndAChangedReportIsRead) {
  std::set<std::string> indicators;
  v1::ListCubesRequest request;
  request.set_page_size(1);
  int pages = 0;
  do {
    const auto page = Call(*statistics_, &Stub::ListCubes, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::CubeSummary& cube : page->cubes()) indicators.insert(cube.indicator());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 5);
  EXPECT_EQ(indicators, (std::set<std::string>{"I02", "I07"}));
  EXPECT_EQ(pages, 2);
  tests::WriteAll(folder_ + "/report.json", R"({"cubes":[{"indicator":"I07"}]})");
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  auto listed = List();
  while (listed.ok() && listed->cubes_size() > 1 && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(50));
    listed = List();
  }
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->cubes_size(), 1);
  EXPECT_EQ(listed->cubes(0).indicator(), "I07");
}

}  // namespace
}  // namespace passerelle::gateway
