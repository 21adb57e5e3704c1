// Harvests through the real program: folders, files that cannot be read, and a process that is killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HarvestCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ScratchFolder();
    std::filesystem::create_directory(folder_ + "/catalogue");
  }

  // A file with offers of these numbers.
  void WriteFile(const std::string& name, int from, int until) {
    std::string nodes;
    for (int i = from; i < until; ++i) {
      absl::StrAppend(&nodes, i == from ? "" : ",", R"({"@id":"urn:example:opportunity:)", i,
                      R"(","@type":"LearningOpportunity","title":{"en":"Tides )", i, "\"}}");
    }
    WriteAll(absl::StrCat(folder_, "/catalogue/", name),
             absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)", nodes, "]}"));
  }
  std::vector<std::string> HarvestCall() const {
    return {Passerelle(),           "catalogue", "harvest",   "--index", folder_ + "/offers.db", "--source", Source(),
            folder_ + "/catalogue", "--at",      "2026-01-31"};
  }
  static std::string Source() { return absl::StrCat(testing::kSourceDir, "/docs/concepts/source.yaml"); }
  Outcome Harvest() const { return RunProgram(HarvestCall()); }

  std::string folder_;
};

TEST_F(HarvestCommandTest, AFileThatCannotBeReadIsNamedAndNothingIsWithdrawn) {
  WriteFile("a.jsonld", 0, 3);
  WriteFile("b.jsonld", 3, 6);
  WriteFile("c.jsonld", 6, 9);
  const Outcome first = Harvest();
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.out,
            "9 added, 0 changed, 0 unchanged, 0 withdrawn, 0 refused, 0 broken; files: 3 read, 0 unchanged\n");
  WriteAll(folder_ + "/catalogue/b.jsonld", "{\"@context\"");
  WriteFile("c.jsonld", 7, 10);
  const Outcome broken = Harvest();
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(broken.out,
            "1 added, 0 changed, 5 unchanged, 0 withdrawn, 0 refused, 0 broken; files: 1 read, 1 unchanged\n");
  EXPECT_THAT(broken.err, HasSubstr(" at b.jsonld: "));
  WriteFile("b.jsonld", 3, 6);
  const Outcome whole = Harvest();
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_EQ(whole.out,
            "0 added, 0 changed, 9 unchanged, 1 withdrawn, 0 refused, 0 broken; files: 0 read, 3 unchanged\n");
}

TEST_F(HarvestCommandTest, WhatIsNoCatalogueIsRefusedWithoutResult) {
  WriteAll(folder_ + "/catalogue/a.jsonld", "{}");
  const Outcome refused = Harvest();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, HasSubstr("FORMAT_UNKNOWN at a.jsonld: "));
}

TEST_F(HarvestCommandTest, OffersAreFoundByTheSocialPartnersThatDesignedThem) {
  WriteFile("a.jsonld", 0, 3);
  const std::string source = folder_ + "/source.yaml";
  WriteAll(
      source,
      "id: no\nkind: authority\nco_designed_by:\n"
      "  - organisation: {id: \"https://union.example/id\", kind: workers, names: [{language: en, value: Union}]}\n"
      "    offers: [\"urn:example:opportunity:1\"]\n"
      "  - organisation: {id: \"https://chamber.example/id\", kind: other}\n");
  std::vector<std::string> call = HarvestCall();
  call[6] = source;
  EXPECT_EQ(RunProgram(call).exit_code, 0);
  const auto search = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {Passerelle(), "catalogue", "search", "--index", folder_ + "/offers.db"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(arguments);
  };
  EXPECT_EQ(search({"--co-designed-by", "SOCIAL_PARTNER"}).out, "urn:example:opportunity:1  Tides 1\n");
  EXPECT_EQ(search({"--co-designed-by", "EMPLOYERS"}).out, "");
  EXPECT_EQ(search({"--co-designer", "https://union.example/id"}).out, "urn:example:opportunity:1  Tides 1\n");
  EXPECT_THAT(search({"--co-designed-by", "WORKERS", "--json"}).out,
              HasSubstr(R"("co_designed_by":[{"id":"https://chamber.example/id","kind":"OTHER","names":{}},)"
                        R"({"id":"https://union.example/id","kind":"WORKERS","names":{"en":"Union"}}])"));
  const Outcome refused = search({"--co-designed-by", "UNION"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("FIELD_INVALID at co_designed_by: "));
}

TEST_F(HarvestCommandTest, OffersAreFoundByTheTagsOfTheirSkills) {
  WriteAll(folder_ + "/catalogue/a.jsonld",
           R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[
               {"@id":"urn:example:1","@type":"LearningOpportunity","title":{"en":"Sums"},
                "learningAchievementSpecification":{"@id":"urn:example:s","@type":"LearningAchievementSpecification",
                "title":{"en":"Sums"},"learningOutcome":{"@type":"LearningOutcome","title":{"en":"Counts"},
                "relatedESCOSkill":{"@id":"https://skills.example/digital/1","@type":"Concept"}}}}]})");
  const std::string skills = folder_ + "/skills.yaml";
  WriteAll(skills,
           "tag: DIGITAL\nsource: Invented\nversion: \"1\"\nas_of: \"2026-01-31\"\n"
           "skills: [\"https://skills.example/digital/1\"]\n");
  EXPECT_EQ(Harvest().exit_code, 0);
  const std::vector<std::string> search = {Passerelle(),           "catalogue", "search", "--index",
                                           folder_ + "/offers.db", "--tag",     "DIGITAL"};
  EXPECT_EQ(RunProgram(search).out, "");
  std::vector<std::string> call = HarvestCall();
  call.insert(call.end(), {"--skills", skills});
  EXPECT_EQ(RunProgram(call).out,
            "0 added, 1 changed, 0 unchanged, 0 withdrawn, 0 refused, 0 broken; files: 1 read, 0 unchanged\n");
  EXPECT_EQ(RunProgram(search).out, "urn:example:1  Sums\n");
  WriteAll(skills, "tag: PURPLE\n");
  const Outcome refused = RunProgram(call);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("CONFIG_INVALID at " + skills + ": tag: "));
}

// Killed at any time, and gone on with: every offer is added once.
TEST_F(HarvestCommandTest, AHarvestThatWasKilledIsGoneOnWith) {
  constexpr int kFiles = 12;
  constexpr int kOffers = 500;
  for (int i = 0; i < kFiles; ++i) WriteFile(absl::StrCat("f", 10 + i), i * kOffers, (i + 1) * kOffers);
  std::vector<std::string> call = HarvestCall();
  std::vector<char*> arguments;
  for (std::string& argument : call) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  for (int wait_ms = 20; wait_ms <= 320; wait_ms *= 2) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    absl::SleepFor(absl::Milliseconds(wait_ms));
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
  }
  const Outcome whole = Harvest();
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  const Outcome changes =
      RunProgram({Passerelle(), "catalogue", "changes", "--index", folder_ + "/offers.db", "--after", "0"});
  EXPECT_EQ(std::count(changes.out.begin(), changes.out.end(), '\n'), kFiles * kOffers);
  EXPECT_EQ(changes.out.find("WITHDRAWN"), std::string::npos);
  EXPECT_THAT(Harvest().out, HasSubstr("0 added, 0 changed, 6000 unchanged, 0 withdrawn"));
}

}  // namespace
}  // namespace passerelle::tests
