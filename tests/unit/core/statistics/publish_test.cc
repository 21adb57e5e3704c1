#include "core/statistics/publish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/statistics/cube_report.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/statistics/written_events.h"

namespace passerelle::statistics {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

PublishRequest Request(const std::vector<std::string>& cuts) {
  PublishRequest request;
  request.node = "NO";
  request.period = "2026";
  for (const std::string& text : cuts) {
    const absl::StatusOr<Cut> cut = ParseCut(text);
    EXPECT_OK(cut);
    if (cut.ok()) request.cuts.push_back(*cut);
  }
  return request;
}

// The cubes where none is refused.
absl::StatusOr<std::vector<v1::Cube>> Cubes(const std::vector<v1::Event>& events, const PublishRequest& request) {
  ASSIGN_OR_RETURN(Publication publication, Publish(events, request));
  for (const Refusal& refusal : publication.refused) return refusal.problem;
  return std::move(publication.cubes);
}

// "HEI ONLINE 40", "HEI BLENDED :c", …
std::vector<std::string> Written(const v1::Cube& cube) {
  std::vector<std::string> cells;
  for (const v1::Cell& cell : cube.cells()) {
    cells.push_back(
        absl::StrCat(absl::StrJoin(cell.values(), " "), " ", cell.confidential() ? ":c" : absl::StrCat(cell.count())));
  }
  return cells;
}

std::vector<v1::Event> Vector() {
  std::vector<v1::Event> events;
  Append(Awards(40, "HEI", "ONLINE"), &events);
  Append(Awards(12, "HEI", "BLENDED"), &events);
  Append(Awards(3, "HEI", "ON_SITE"), &events);
  Append(Awards(9, "OTHER", "ONLINE"), &events);
  Append(Awards(4, "OTHER", "BLENDED"), &events);
  Append(Awards(21, "OTHER", "ON_SITE"), &events);
  return events;
}

TEST(PublishTest, SmallCellsAndThoseThatWouldGiveThemAwayStayConfidential) {
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(Vector(), Request({"I02=provider_type,mode"})));
  ASSERT_EQ(cubes.size(), 1u);
  EXPECT_THAT(Written(cubes[0]), ElementsAre("HEI BLENDED :c", "HEI ONLINE 40", "HEI ON_SITE :c", "HEI _T 55",
                                             "OTHER BLENDED :c", "OTHER ONLINE 9", "OTHER ON_SITE :c", "OTHER _T 34",
                                             "_T BLENDED 16", "_T ONLINE 49", "_T ON_SITE 24", "_T _T 89"));
}

// What is left to publish is rounded, and nothing else is published than without rounding: a rounded count is narrowed
// by its total.
TEST(PublishTest, CountsAreRoundedBesides) {
  PublishRequest request = Request({"I02=provider_type,mode"});
  request.rounded = true;
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(Vector(), request));
  ASSERT_EQ(cubes.size(), 1u);
  EXPECT_THAT(Written(cubes[0]), ElementsAre("HEI BLENDED :c", "HEI ONLINE 40", "HEI ON_SITE :c", "HEI _T 60",
                                             "OTHER BLENDED :c", "OTHER ONLINE 10", "OTHER ON_SITE :c", "OTHER _T 30",
                                             "_T BLENDED 20", "_T ONLINE 50", "_T ON_SITE 20", "_T _T 90"));
}

TEST(PublishTest, SevenCountsOfOneAndTheirTotalOfSevenAreNotToldByRounding) {
  std::vector<v1::Event> events;
  for (int i = 0; i < 7; ++i) {
    v1::Event event;
    event.set_date("2026-05-01");
    event.mutable_sharing()->set_purpose(absl::StrCat("P", i));
    events.push_back(event);
  }
  PublishRequest request = Request({"I16=purpose"});
  request.rounded = true;
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(events, request));
  ASSERT_EQ(cubes.size(), 1u);
  EXPECT_THAT(Written(cubes[0]), ElementsAre("P0 :c", "P1 :c", "P2 :c", "P3 :c", "P4 :c", "P5 :c", "P6 :c", "_T :c"));
}

// Awards of a level, each with its holder.
std::vector<v1::Event> HeldBy(const std::vector<std::string>& holders, uint32_t level) {
  std::vector<v1::Event> events = Awards(static_cast<int>(holders.size()), "HEI", "ONLINE", "", level);
  for (size_t i = 0; i < holders.size(); ++i) events[i].mutable_award()->set_holder(holders[i]);
  return events;
}

struct Held {
  const char* name;
  std::vector<std::string> at_level_7;
  std::vector<std::string> at_level_8;
  std::vector<std::string> written;  // levels 5 and 6 have forty and thirty awards
};

TEST(PublishTest, ThePersonsBehindACountAreCountedAndNotTheirAwards) {
  const std::vector<Held> rows = {
      {"six of one", {}, {"a", "a", "a", "a", "a", "a"}, {"5 40", "6 :c", "8 :c", "_T 76"}},
      {"six of four", {}, {"a", "b", "c", "d", "d", "d"}, {"5 40", "6 :c", "8 :c", "_T 76"}},
      {"six of five", {}, {"a", "b", "c", "d", "e", "e"}, {"5 40", "6 30", "8 6", "_T 76"}},
      {"four and one that is not named", {}, {"a", "b", "c", "d", ""}, {"5 40", "6 30", "8 5", "_T 75"}},
      {"none named", {}, {"", "", "", "", ""}, {"5 40", "6 30", "8 5", "_T 75"}},
      {"two counts of the same three",
       {"a", "b", "c", "a"},
       {"a", "b", "c", "a", "b", "c"},
       {"5 40", "6 :c", "7 :c", "8 :c", "_T 80"}},
  };
  for (const Held& row : rows) {
    std::vector<v1::Event> events = HeldBy(row.at_level_8, 8);
    Append(HeldBy(row.at_level_7, 7), &events);
    Append(Awards(40, "HEI", "ONLINE", "", 5), &events);
    Append(Awards(30, "HEI", "ONLINE", "", 6), &events);
    ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(events, Request({"I02=level"})));
    EXPECT_EQ(Written(cubes[0]), row.written) << row.name;
  }
}

TEST(PublishTest, TheOrderOfEventsChangesNothing) {
  std::vector<v1::Event> events = Vector();
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> first, Cubes(events, Request({"I02=provider_type,mode"})));
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(events.begin(), events.end(), random);
    ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> again, Cubes(events, Request({"I02=provider_type,mode"})));
    ASSERT_EQ(again[0].SerializeAsString(), first[0].SerializeAsString());
  }
}

// Demand and supply by skill (point 9(b)): offers are public, awards are of persons.
TEST(PublishTest, OffersOfASkillAreCountedAndItsFewAwardsAreNot) {
  std::vector<v1::Event> events;
  const auto add_awards = [&](int count, const char* country, const char* skill) {
    std::vector<v1::Event> awards = Awards(count, "HEI", "ONLINE");
    for (v1::Event& event : awards) {
      event.mutable_award()->mutable_learning()->set_country(country);
      event.mutable_award()->mutable_learning()->add_skill_groups(skill);
    }
    Append(awards, &events);
  };
  add_awards(12, "NO", "S1");
  add_awards(10, "NO", "S2");
  add_awards(3, "SE", "S1");
  add_awards(9, "SE", "S2");
  v1::Event offer;
  offer.set_date("2026-03-01");
  offer.mutable_offer()->set_key("o");
  offer.mutable_offer()->mutable_learning()->set_country("SE");
  offer.mutable_offer()->mutable_learning()->add_skill_groups("S1");
  events.push_back(offer);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes,
                       Cubes(events, Request({"I18=country,skill", "I18A=country,skill"})));
  ASSERT_EQ(cubes.size(), 2u);
  EXPECT_THAT(Written(cubes[0]), ::testing::Contains("SE S1 1"));
  EXPECT_THAT(Written(cubes[1]), ElementsAre("NO S1 :c", "NO S2 :c", "NO _T 22", "SE S1 :c", "SE S2 :c", "SE _T 12",
                                             "_T S1 15", "_T S2 19", "_T _T 34"));
}

// A margin that is confidential in one cube is not published in another, and no cell can be had from both together.
TEST(PublishTest, CubesOfTheSameAwardsAreProtectedTogether) {
  std::vector<v1::Event> events;
  Append(Awards(20, "HEI", "ONLINE", "", 6), &events);
  Append(Awards(3, "HEI", "ONLINE", "", 7), &events);
  Append(Awards(9, "HEI", "BLENDED", "", 5), &events);
  for (size_t i = 0; i < events.size(); ++i)
    events[i].mutable_award()->mutable_learning()->set_nqf_included(i % 2 == 0);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(events, Request({"I02=level,mode", "I07=level,nqf"})));
  ASSERT_EQ(cubes.size(), 2u);
  std::map<std::string, bool> level;
  for (const v1::Cell& cell : cubes[0].cells()) {
    if (cell.values(1) == "_T") level[cell.values(0)] = cell.confidential();
  }
  EXPECT_TRUE(level.at("7"));
  for (const v1::Cell& cell : cubes[1].cells()) {
    EXPECT_TRUE(cell.values(1) != "_T" || cell.confidential() == level.at(cell.values(0))) << cell.values(0);
  }
}

// Awards of a country and level, each of another holder, with a skill.
std::vector<v1::Event> HeldAwards(int count, const char* country, uint32_t level, const char* skill) {
  std::vector<v1::Event> events = Awards(count, "HEI", "ONLINE", "", level);
  for (size_t i = 0; i < events.size(); ++i) {
    v1::Award& award = *events[i].mutable_award();
    award.set_provider(absl::StrCat("p", i % 5));
    award.set_holder(absl::StrCat(country, i));
    award.mutable_learning()->set_country(country);
    if (*skill != '\0') award.mutable_learning()->add_skill_groups(skill);
  }
  return events;
}

// By country and for all, what a cube by country and something else has.
std::vector<std::string> ByCountry(const v1::Cube& cube) {
  std::vector<std::string> cells;
  for (const std::string& cell : Written(cube)) {
    const std::vector<std::string> parts = absl::StrSplit(cell, ' ');
    if (parts.size() == 2) cells.push_back(cell);
    if (parts.size() == 3 && parts[1] == "_T") cells.push_back(absl::StrCat(parts[0], " ", parts[2]));
  }
  return cells;
}

// One cube hid BG and the total, the others BG and RO: the total of these less the three countries of that was BG.
TEST(PublishTest, AwardsHoldersAndSkillsKeepTheSameCountsConfidential) {
  std::vector<v1::Event> events;
  Append(HeldAwards(3, "BG", 5, "S1"), &events);
  Append(HeldAwards(6, "RO", 6, "S1"), &events);
  Append(HeldAwards(20, "GR", 7, "S2"), &events);
  Append(HeldAwards(21, "FR", 7, "S2"), &events);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes,
                       Cubes(events, Request({"I02=country,level", "I18A=country,skill", "I03=country"})));
  ASSERT_EQ(cubes.size(), 3u);
  EXPECT_THAT(ByCountry(cubes[0]), ::testing::Contains("BG :c"));
  EXPECT_THAT(ByCountry(cubes[0]), ::testing::Contains("GR 20"));
  EXPECT_EQ(ByCountry(cubes[1]), ByCountry(cubes[0]));
  EXPECT_EQ(ByCountry(cubes[2]), ByCountry(cubes[0]));
}

// Three awards with a skill say nothing about how many of a thousand there are.
TEST(PublishTest, CountsThatAreFarApartDoNotTellEachOther) {
  std::vector<v1::Event> events;
  Append(HeldAwards(3, "NO", 6, "S1"), &events);
  Append(HeldAwards(40, "NO", 6, ""), &events);
  Append(HeldAwards(30, "SE", 6, ""), &events);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(events, Request({"I02=country", "I18A=country"})));
  ASSERT_EQ(cubes.size(), 2u);
  EXPECT_THAT(Written(cubes[0]), ElementsAre("NO 43", "SE 30", "_T 73"));
  EXPECT_THAT(Written(cubes[1]), ElementsAre("NO :c", "_T :c"));
}

// Two questions that differ by one provider: there is no such dimension, and no second cut of the same figures.
TEST(PublishTest, CutsThatCouldBeSubtractedAreRefused) {
  EXPECT_THAT(ParseCut("I02=provider"), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(ParseCut("I03=holder"), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(Publish(Vector(), Request({"I02=level", "I02=mode"})), HasReasonAt(Reason::kCubeDifferencing, "cube"));
  EXPECT_THAT(Publish({}, Request({"I08=from,to", "I09=from,to,outcome"})),
              HasReasonAt(Reason::kCubeDifferencing, "cube"));
  EXPECT_OK(Publish({}, Request({"I08=from,to,state", "I09=from,to,outcome"})));
  std::vector<v1::Event> events = Vector();
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> before, Cubes(events, Request({"I02=provider_type,mode"})));
  EXPECT_OK(CheckAgainstPublished(before, before[0]));
  events.pop_back();
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> after, Cubes(events, Request({"I02=provider_type,mode"})));
  EXPECT_THAT(CheckAgainstPublished(before, after[0]), HasReasonAt(Reason::kCubePublished, "cube"));
}

TEST(PublishTest, ACubeIsNotAddedToPublishedOnesItCouldBeSubtractedFrom) {
  const auto cube = [](const char* indicator) {
    v1::Cube made;
    made.set_indicator(indicator);
    return made;
  };
  const std::vector<v1::Cube> published = {cube("I01"), cube("I02"), cube("I08"), cube("I16")};
  for (const char* added : {"I03", "I07", "I18A", "I09", "I10", "I12"}) {
    EXPECT_THAT(CheckAgainstPublished(published, cube(added)), HasReasonAt(Reason::kCubeDifferencing, "cube")) << added;
  }
  // Catalogues are public, and others have nothing to do with what was published.
  for (const char* added : {"I01", "I02", "I04", "I05", "I14", "I15", "I18"}) {
    EXPECT_OK(CheckAgainstPublished(published, cube(added))) << added;
  }
}

TEST(PublishTest, CutsAreLimitedAndChecked) {
  ASSERT_OK_AND_ASSIGN(const Cut usual, ParseCut("I02"));
  EXPECT_THAT(usual.dimensions, ElementsAre("country", "provider_type", "level"));
  EXPECT_OK(ParseCut("I02=country,level,field,mode"));
  EXPECT_THAT(ParseCut("I02=country,level,field,mode,setting"), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(ParseCut("I02=country,country"), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(ParseCut("I02="), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(ParseCut("I20"), HasReasonAt(Reason::kFieldInvalid, "cube"));
  EXPECT_THAT(ParseCut(""), HasReasonAt(Reason::kFieldInvalid, "cube"));
  PublishRequest request = Request({"I02"});
  for (const char* period : {"", "26", "1999", "3000", "2026-01", "year"}) {
    request.period = period;
    EXPECT_THAT(Publish({}, request), HasReasonAt(Reason::kFieldInvalid, "period")) << period;
  }
}

TEST(PublishTest, EveryIndicatorHasUsualDimensionsThatItKnowsAndThatGoTogether) {
  PublishRequest request;
  request.node = "NO";
  request.period = "2026";
  request.cuts = UsualCuts();
  EXPECT_OK(Publish(Vector(), request));
  for (int i = 1; i <= 19; ++i) {
    EXPECT_NE(FindIndicator(absl::StrCat("I", i < 10 ? "0" : "", i)), nullptr) << i;
  }
  for (const Cut& cut : request.cuts) {
    EXPECT_LE(cut.dimensions.size(), kDimensionsMax);
    EXPECT_OK(ParseCut(absl::StrCat(cut.indicator->id, "=", absl::StrJoin(cut.dimensions, ",")))) << cut.indicator->id;
  }
}

TEST(PublishTest, FiguresThatCannotBeProtectedDoNotStopOthers) {
  std::vector<v1::Event> events;
  for (size_t i = 0; i <= kAuditedCellsMax; ++i) {
    Append(Awards(1, "HEI", absl::StrCat("M", i)), &events);
    events.back().mutable_award()->set_holder(absl::StrCat("h", i));
  }
  for (int i = 0; i < 9; ++i) {
    events.emplace_back().set_date("2026-05-01");
    events.back().mutable_sharing()->set_purpose("JOB");
  }
  ASSERT_OK_AND_ASSIGN(const Publication publication,
                       Publish(events, Request({"I03=country", "I02=mode", "I16=purpose", "I15"})));
  ASSERT_EQ(publication.cubes.size(), 1u);
  EXPECT_THAT(Written(publication.cubes[0]), ElementsAre("JOB 9", "_T 9"));
  ASSERT_EQ(publication.refused.size(), 1u);
  // Holders could not be added later, so that they wait for awards.
  EXPECT_THAT(publication.refused[0].indicators, ElementsAre("I02", "I03"));
  EXPECT_THAT(publication.refused[0].problem, HasReasonAt(Reason::kInputTooLarge, "cells"));
}

TEST(PublishTest, TooManyCellsAreRefused) {
  std::vector<Row> rows;
  for (size_t i = 0; i < kCellsMax / 8; ++i) {
    Row row;
    for (const char* dimension : {"country", "level", "field", "mode"}) row.codes[dimension] = absl::StrCat("c", i);
    rows.push_back(row);
  }
  EXPECT_THAT(MakeTable({{FindIndicator("I02"), {"country", "level", "field", "mode"}}}, rows),
              HasReasonAt(Reason::kInputTooLarge, "cells"));
}

// Nothing of what the events know of persons and providers is in any file.
TEST(PublishTest, NoKeyIsPublished) {
  std::vector<v1::Event> events;
  for (int i = 0; i < 60; ++i) {
    v1::Event event = Awards(1, "HEI", "ONLINE", absl::StrCat("secret-provider-", i % 7))[0];
    event.mutable_award()->set_holder(absl::StrCat("secret-holder-", i % 40));
    events.push_back(event);
  }
  PublishRequest request;
  request.node = "NO";
  request.period = "2026";
  request.cuts = UsualCuts();
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::Cube> cubes, Cubes(events, request));
  EXPECT_EQ(cubes.size(), 3u);
  for (const v1::Cube& cube : cubes) {
    const std::string all = CubeCsv(cube) + CubeJson(cube) + CubeSvg(cube) + cube.SerializeAsString();
    EXPECT_THAT(all, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace passerelle::statistics
