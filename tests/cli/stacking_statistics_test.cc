// Pathways and statistics through the real program: exit codes, refusals, and what is left in the folder.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string InSource(const std::string& path) { return absl::StrCat(testing::kSourceDir, "/", path); }

Outcome RunPathway(const std::string& pathway, std::vector<std::string> more) {
  std::vector<std::string> arguments = {Passerelle(), "pathway", "evaluate", "--pathway", pathway};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunProgram(arguments);
}

// A pathway with the head of the documents' example and these rules.
std::string WithRules(const std::string& folder, const std::string& rules) {
  const std::string path = folder + "/pathway.yaml";
  WriteAll(path, absl::StrCat("id: t\nversion: \"1\"\nowner: o\nstatus: active\ntype: open\nrules:\n", rules));
  return path;
}

TEST(PathwayCommand, ExitCodesSaySatisfiedNotAndUnknown) {
  const std::string folder = ScratchFolder();
  const std::string transcript = InSource("gateway/cli/demo_data/transcript.xml");
  const auto exit_code = [&](const std::string& rules) {
    return RunPathway(WithRules(folder, rules), {transcript}).exit_code;
  };
  EXPECT_EQ(exit_code("  - {id: a, min_credits: {credits: \"7.5\"}}\n"), 0);
  EXPECT_EQ(exit_code("  - {id: a, min_credits: {credits: \"7.6\"}}\n"), 1);
  EXPECT_EQ(exit_code("  - {id: a, not_revoked: {}}\n  - {id: b, min_credits: {credits: \"7.5\"}}\n"), 2);
}

TEST(PathwayCommand, FactsOfAnEvaluatorCloseWhatIsOpen) {
  const std::string folder = ScratchFolder();
  const std::string pathway =
      WithRules(folder, "  - {id: a, not_revoked: {}}\n  - {id: b, min_credits: {credits: \"5\"}}\n");
  WriteAll(folder + "/items.yaml", "items: [{id: x, credits_low: \"5\"}]\n");
  WriteAll(folder + "/facts.yaml", "items: [{id: x, status: in_force}]\n");
  WriteAll(folder + "/others.yaml", "items: [{id: y, status: in_force}]\n");
  EXPECT_EQ(RunPathway(pathway, {"--items", folder + "/items.yaml"}).exit_code, 2);
  const Outcome known =
      RunPathway(pathway, {"--items", folder + "/items.yaml", "--facts", folder + "/facts.yaml", "--json"});
  EXPECT_EQ(known.exit_code, 0);
  EXPECT_THAT(known.out, HasSubstr("\"creates_entitlement\":false"));
  const Outcome unknown = RunPathway(pathway, {"--items", folder + "/items.yaml", "--facts", folder + "/others.yaml"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.out, IsEmpty());
  EXPECT_THAT(unknown.err, HasSubstr("FIELD_INVALID at "));
}

TEST(PathwayCommand, WhatCannotBeUsedIsRefusedWithThePlace) {
  const std::string folder = ScratchFolder();
  const std::string items = folder + "/items.yaml";
  WriteAll(items, "items: [{id: a, parts: [b]}, {id: b, parts: [a]}]\n");
  const Outcome circle =
      RunPathway(WithRules(folder, "  - {id: a, min_credits: {credits: \"1\"}}\n"), {"--items", items});
  EXPECT_EQ(circle.exit_code, 1);
  EXPECT_THAT(circle.err, HasSubstr("BUNDLE_CYCLIC at items[0].parts: it leads back to itself"));
  const Outcome contradiction = RunPathway(
      WithRules(folder, "  - {id: a, min_credits: {credits: \"30\"}}\n  - {id: b, max_credits: {credits: \"20\"}}\n"),
      {"--items", items});
  EXPECT_EQ(contradiction.exit_code, 1);
  EXPECT_THAT(contradiction.err, HasSubstr("PATHWAY_CONTRADICTORY at rules[1].max_credits.credits"));
  const Outcome misspelt =
      RunPathway(WithRules(folder, "  - {id: a, min_credit: {credits: \"30\"}}\n"), {"--items", items});
  EXPECT_THAT(misspelt.err, HasSubstr("min_credits"));
}

Outcome Publish(const std::string& events, const std::string& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {Passerelle(), "statistics", "publish", "--events", events, "--node",
                                        "NO",         "--year",     "2026",    "--out",    folder};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunProgram(arguments);
}

TEST(StatisticsCommand, WritesCubesPlotsAndAReport) {
  const std::string folder = ScratchFolder();
  const Outcome outcome = Publish(InSource("docs/concepts/events.jsonl"), folder + "/cubes");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(ReadAll(folder + "/cubes/I02.csv"), HasSubstr("DATAFLOW,"));
  EXPECT_THAT(ReadAll(folder + "/cubes/I02.svg"), HasSubstr("<svg "));
  EXPECT_THAT(ReadAll(folder + "/cubes/report.json"), HasSubstr("\"I19\""));
  for (const char* name : {"I02.csv", "I02.json", "I02.svg", "I03.json", "report.json"}) {
    const std::string text = ReadAll(absl::StrCat(folder, "/cubes/", name));
    EXPECT_THAT(text, Not(HasSubstr("holder-")));
    EXPECT_THAT(text, Not(HasSubstr("firm-")));
  }
  // The same again is the same.
  EXPECT_EQ(Publish(InSource("docs/concepts/events.jsonl"), folder + "/cubes").exit_code, 0);
}

TEST(StatisticsCommand, AReportListsWhatWasPublishedBefore) {
  const std::string folder = ScratchFolder();
  const std::string events = InSource("docs/concepts/events.jsonl");
  const std::string sharing = folder + "/sharing.jsonl";
  std::string lines;
  for (int i = 0; i < 9; ++i) {
    absl::StrAppend(&lines, R"({"date":"2026-05-01","sharing":{"purpose":"JOB"}})", "\n");
  }
  WriteAll(sharing, lines);
  const std::string cubes = folder + "/cubes";
  ASSERT_EQ(Publish(events, cubes, {"--cube", "I02", "--cube", "I01", "--cube", "I16"}).exit_code, 0);
  ASSERT_EQ(Publish(sharing, cubes, {"--cube", "I16=purpose"}).exit_code, 0);
  const std::string report = ReadAll(cubes + "/report.json");
  const size_t gaps = report.find("\"gaps\"");
  ASSERT_NE(gaps, std::string::npos);
  EXPECT_LT(report.find("\"I02\""), report.find("\"I16\""));
  EXPECT_LT(report.find("\"I16\""), gaps);
  EXPECT_EQ(report.find("\"I16\"", gaps), std::string::npos);
  EXPECT_NE(report.find("\"I01\"", gaps), std::string::npos) << report;
}

TEST(StatisticsCommand, ASecondRunAddsNothingThatCouldBeSubtracted) {
  const std::string folder = ScratchFolder() + "/cubes";
  const std::string events = InSource("docs/concepts/events.jsonl");
  ASSERT_EQ(Publish(events, folder, {"--cube", "I02=level,provider_type"}).exit_code, 0);
  const std::string report = ReadAll(folder + "/report.json");
  for (const char* cut : {"I07=nqf,level", "I03=level"}) {
    const Outcome added = Publish(events, folder, {"--cube", "I02=level,provider_type", "--cube", cut});
    EXPECT_EQ(added.exit_code, 1) << cut;
    EXPECT_THAT(added.err, HasSubstr("CUBE_DIFFERENCING at " + folder + "/" + std::string(cut, 3) + ".json")) << cut;
    EXPECT_THAT(added.err, HasSubstr("I02")) << cut;
  }
  EXPECT_EQ(ReadAll(folder + "/report.json"), report);
}

TEST(StatisticsCommand, AYearAndANodeHaveAFolderOfTheirOwn) {
  const std::string folder = ScratchFolder() + "/cubes";
  const std::string events = InSource("docs/concepts/events.jsonl");
  ASSERT_EQ(Publish(events, folder, {"--cube", "I02"}).exit_code, 0);
  for (const auto& [node, year] : {std::pair("SE", "2026"), std::pair("NO", "2025")}) {
    const Outcome other = RunProgram({Passerelle(), "statistics", "publish", "--events", events, "--node", node,
                                      "--year", year, "--out", folder, "--cube", "I16"});
    EXPECT_EQ(other.exit_code, 1) << node;
    EXPECT_THAT(other.err, HasSubstr("CUBE_PUBLISHED at " + folder + "/I02.json")) << node;
  }
}

TEST(StatisticsCommand, FiguresThatCannotBeProtectedDoNotStopOthers) {
  const std::string folder = ScratchFolder();
  std::string lines;
  for (int i = 0; i <= 600; ++i) {
    absl::StrAppend(&lines, R"({"date":"2026-05-01","award":{"learning":{"mode":"M)", i, "\"}}}\n");
  }
  WriteAll(folder + "/awards.jsonl", lines);
  for (int i = 0; i < 9; ++i) {
    absl::StrAppend(&lines, R"({"date":"2026-05-01","sharing":{"purpose":"JOB"}})", "\n");
  }
  WriteAll(folder + "/all.jsonl", lines);
  const std::vector<std::string> cubes = {"--cube", "I02=mode", "--cube", "I16=purpose"};
  const Outcome some = Publish(folder + "/all.jsonl", folder + "/some", cubes);
  EXPECT_EQ(some.exit_code, 0);
  EXPECT_THAT(some.out, HasSubstr("I16  2 cells, 0 confidential"));
  EXPECT_THAT(some.err, HasSubstr("INPUT_TOO_LARGE at cells of I02: "));
  EXPECT_THAT(ReadAll(folder + "/some/report.json"), HasSubstr("\"reason\": \"INPUT_TOO_LARGE\""));
  const Outcome none = Publish(folder + "/awards.jsonl", folder + "/none", cubes);
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("INPUT_TOO_LARGE at cells of I02: "));
}

struct BadEvents {
  const char* name;
  std::string lines;
  const char* says;
};

TEST(StatisticsCommand, EventsThatCannotBeUsedAreRefusedByLineAndWithoutTheirValues) {
  const std::string folder = ScratchFolder();
  const std::string good = "{\"date\":\"2026-01-01\",\"award\":{}}\n";
  const std::vector<BadEvents> rows = {
      {"no JSON", good + "{", "JSON_MALFORMED at "},
      {"no object", good + "[]\n", "EVENT_INVALID at "},
      {"an unknown member", good + "\n{\"date\":\"2026-01-01\",\"award\":{\"name\":\"Ada\"}}\n", ":3: "},
      {"no date", good + "{\"award\":{}}\n", ":2.date"},
      {"a text instead of a code", "{\"date\":\"2026-01-01\",\"award\":{\"learning\":{\"mode\":\"with Ada\"}}}\n",
       ":1.award.learning.mode"},
      {"a type of provider that is not listed",
       "{\"date\":\"2026-01-01\",\"award\":{\"learning\":{\"providerType\":\"Ada\"}}}\n",
       ":1.award.learning.provider_type"},
      {"twice the same member", "{\"date\":\"2026-01-01\",\"date\":\"2026-01-01\",\"award\":{}}",
       "JSON_DUPLICATE_MEMBER"},
      {"a line that is too long", "{\"date\":\"" + std::string(70'000, '2') + "\"}\n", "INPUT_TOO_LARGE at "},
  };
  for (const BadEvents& row : rows) {
    WriteAll(folder + "/events.jsonl", row.lines);
    const Outcome outcome = Publish(folder + "/events.jsonl", folder + "/cubes");
    EXPECT_EQ(outcome.exit_code, 1) << row.name;
    EXPECT_THAT(outcome.err, HasSubstr(row.says)) << row.name;
    EXPECT_THAT(outcome.err, Not(HasSubstr("Ada"))) << row.name;
  }
}

TEST(StatisticsCommand, ADimensionTooManyIsAUsageError) {
  const Outcome outcome = Publish("-", ScratchFolder(), {"--cube", "I02=country,level,field,mode,setting"});
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("at most 4 dimensions"));
}

}  // namespace
}  // namespace passerelle::tests
