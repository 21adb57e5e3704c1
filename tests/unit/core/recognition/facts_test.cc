// Clocks, routes, levels, grades, outcomes and providers: every vector is a row of data/*.tsv.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/recognition/clocks.h"
#include "core/recognition/facts/grade.h"
#include "core/recognition/facts/level.h"
#include "core/recognition/facts/outcomes.h"
#include "core/recognition/facts/provider.h"
#include "core/recognition/routes.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/tables.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

uint32_t Number(const std::string& text) {
  uint32_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text;
  return number;
}

absl::CivilDay Day(absl::string_view text) { return ParseDay(text).value(); }

// The value of an enum by its short name, 0 for "-".
template <typename Enum>
Enum Value(absl::string_view prefix, const std::string& word) {
  if (word == "-") return static_cast<Enum>(0);
  int number = 0;
  const google::protobuf::EnumDescriptor* type = google::protobuf::GetEnumDescriptor<Enum>();
  const auto* value = type->FindValueByName(absl::StrCat(prefix, absl::AsciiStrToUpper(word)));
  EXPECT_NE(value, nullptr) << word;
  if (value != nullptr) number = value->number();
  return static_cast<Enum>(number);
}
v1::Known KnownOf(const std::string& word) { return Value<v1::Known>("KNOWN_", word); }

TEST(Clocks, ADecisionIsDueAfterFourMonthsOrAShorterNationalLimit) {
  for (const Row& row : Rows("due.tsv")) {
    v1::Procedure procedure;
    procedure.set_limit_months(Number(row[1]));
    procedure.set_limit_days(Number(row[2]));
    const DecisionClock clock = StartDecisionClock(Day(row[0]), procedure);
    EXPECT_EQ(DayText(clock.due), row[3]) << row[5];
    std::vector<std::string> warnings;
    for (const absl::CivilDay day : clock.warnings) warnings.push_back(DayText(day));
    EXPECT_EQ(absl::StrJoin(warnings, " "), row[4]) << row[5];
  }
}

TEST(Clocks, AnAppealHasTheLimitOfTheCountryOrNone) {
  v1::Procedure procedure;
  const auto add = [&](const char* country, uint32_t months, uint32_t days, const char* from) {
    v1::AppealLimit* limit = procedure.add_appeal_limits();
    limit->set_country(country);
    limit->set_months(months);
    limit->set_days(days);
    limit->set_from(from);
  };
  add("BG", 1, 0, "");
  add("NL", 0, 42, "2026-01-01");
  add("FR", 2, 0, "");
  for (const Row& row : Rows("appeal.tsv")) {
    const auto until = AppealUntil(procedure, row[0], Day(row[1]));
    EXPECT_EQ(until.has_value() ? DayText(*until) : "-", row[2]) << row[3];
  }
}

TEST(Clocks, ADayHasOneSpelling) {
  EXPECT_TRUE(ParseDay("2028-02-29").has_value());
  for (const char* text :
       {"", "2026-02-29", "2026-2-03", "2026-13-01", "03.02.2026", "2026-02-03T10:00:00Z", "today "}) {
    EXPECT_FALSE(ParseDay(text).has_value()) << text;
  }
}

TEST(Routes, TheFirstRuleThatFitsDecides) {
  for (const Row& row : Rows("route.tsv")) {
    v1::CaseFacts facts;
    facts.set_aim(Value<v1::RecognitionAim>("RECOGNITION_AIM_", row[0]));
    facts.set_receiver(Value<v1::ReceiverKind>("RECEIVER_KIND_", row[1]));
    facts.set_holder_is_subject(KnownOf(row[2]));
    facts.set_sharing_authorised(KnownOf(row[3]));
    facts.mutable_credential()->set_setting(Value<v1::LearningSetting>("LEARNING_SETTING_", row[4]));
    facts.mutable_credential()->mutable_assessment()->set_assessed(KnownOf(row[5]));
    facts.mutable_credential()->mutable_workload()->set_ects(OrEmpty(row[6]));
    facts.mutable_credential()->set_part_of_higher_education(KnownOf(row[7]));
    facts.mutable_mobility()->set_learning_agreement(KnownOf(row[8]));
    const RouteChoice choice = ChooseRoute(facts);
    EXPECT_EQ(RouteWord(choice.route), row[9]) << row[10];
    EXPECT_NE(choice.reason, "") << row[10];
    // Where nothing can be chosen, it is said what is missing; elsewhere nothing is.
    EXPECT_EQ(choice.missing.empty(), choice.route != v1::RECOGNITION_ROUTE_UNSPECIFIED) << row[10];
  }
}

TEST(Routes, TheLegalBaseIsOfACountryAndADay) {
  for (const Row& row : Rows("lisbon.tsv")) {
    const std::optional<bool> party = IsLisbonParty(row[0], Day(row[1]));
    EXPECT_EQ(party.has_value() ? (*party ? "yes" : "no") : "-", row[2]) << row[3];
  }
  EXPECT_TRUE(CitesLisbon("Article VI.1 of the LISBON Recognition Convention"));
  EXPECT_TRUE(CitesLisbon("чл. VI от Лисабонската конвенция"));
  EXPECT_FALSE(CitesLisbon("Law on higher education, article 12"));
}

TEST(LevelFacts, AreReadByFrameworkAndDay) {
  for (const Row& row : Rows("level.tsv")) {
    v1::LevelFacts level;
    level.set_framework(OrEmpty(row[0]));
    level.set_level(OrEmpty(row[1]));
    level.set_eqf_level(Number(row[2]));
    level.set_basis(Value<v1::LevelBasis>("LEVEL_BASIS_", row[3]));
    level.set_register_entry(OrEmpty(row[4]));
    const LevelFinding finding = FindLevel(level, ParseDay(row[5]));
    EXPECT_EQ(finding.eqf.has_value() ? absl::StrCat(*finding.eqf) : "-", row[6]) << row[8];
    EXPECT_EQ(StandingText(finding.standing), row[7]) << row[8];
    EXPECT_NE(finding.reason, "") << row[8];
  }
}

v1::GradeTable TableOf(const std::string& cell, const std::string& field) {
  v1::GradeTable table;
  table.set_isced_f(field);
  table.set_cycle("first");
  for (const absl::string_view entry : absl::StrSplit(OrEmpty(cell), ' ', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(entry, ':');
    v1::GradeShare* const share = table.add_grades();
    share->set_grade(parts[0]);
    share->set_count(Number(parts[1]));
    share->set_fail(parts.size() > 2);
  }
  return table;
}

TEST(Grades, AreConvertedByHowOftenTheyAreGivenOrNotAtAll) {
  for (const Row& row : Rows("grade.tsv")) {
    v1::GradeComparison comparison;
    comparison.set_grade(row[0]);
    *comparison.mutable_host() = TableOf(row[1], row[3]);
    *comparison.mutable_home() = TableOf(row[2], row[4]);
    const ConvertedGrade grade = ConvertGrade(comparison);
    EXPECT_EQ(grade.original, row[0]);
    EXPECT_EQ(grade.converted ? grade.most_likely : "-", row[5]) << row[7];
    EXPECT_EQ(grade.converted, grade.reason.empty()) << row[7];
    std::vector<std::string> overlaps;
    for (const GradeOverlap& overlap : grade.overlaps) overlaps.push_back(overlap.grade);
    std::vector<std::string> expected;
    size_t at = 0;
    for (const absl::string_view entry : absl::StrSplit(OrEmpty(row[6]), ' ', absl::SkipEmpty())) {
      const std::vector<std::string> parts = absl::StrSplit(entry, absl::ByAnyChar(":/"));
      expected.push_back(parts[0]);
      ASSERT_LT(at, grade.overlaps.size()) << row[7];
      EXPECT_DOUBLE_EQ(grade.overlaps[at++].Share(), static_cast<double>(Number(parts[1])) / Number(parts[2]))
          << row[7];
    }
    EXPECT_EQ(overlaps, expected) << row[7];
  }
}

TEST(Outcomes, OnlyTheSameOutcomeCounts) {
  v1::TargetUnit unit;
  v1::TargetOutcome* target = unit.add_outcomes();
  target->set_uri("urn:skill:1");
  target->add_same_as("urn:skill:1-old");
  target->add_broader("urn:skill:broad");
  target->add_narrower("urn:skill:narrow");
  target->set_essential(true);
  const struct {
    std::vector<const char*> uris;
    const char* relation;
    int gaps;
    int hints;
  } rows[] = {{{"urn:skill:1"}, "exact", 0, 0},
              {{"urn:skill:1-old"}, "exact", 0, 0},
              {{"urn:skill:broad"}, "broader", 0, 1},
              {{"urn:skill:narrow"}, "narrower", 0, 1},
              {{"urn:skill:narrow", "urn:skill:broad"}, "broader", 0, 1},
              {{"urn:skill:broad", "urn:skill:1"}, "exact", 0, 0},
              {{"urn:skill:2"}, "none", 1, 0},
              {{""}, "none", 1, 0},
              {{}, "none", 1, 0}};
  for (const auto& row : rows) {
    v1::CredentialFacts credential;
    for (const char* uri : row.uris) credential.add_outcomes()->set_uri(uri);
    const std::vector<ComparedOutcome> compared = CompareOutcomes(credential.outcomes(), unit.outcomes());
    ASSERT_THAT(compared, SizeIs(1));
    EXPECT_STREQ(RelationWord(compared[0].relation), row.relation);
    const OutcomeCount count = CountOutcomes(credential.outcomes(), unit.outcomes());
    EXPECT_EQ(count.essential_gaps, row.gaps) << row.relation;
    EXPECT_EQ(count.hints, row.hints) << row.relation;
  }
}

v1::ProviderDirectory Directory() {
  v1::ProviderDirectory directory;
  const auto add = [&](const char* id, const char* identifier, std::vector<std::vector<const char*>> names) {
    v1::ProviderRecord* record = directory.add_providers();
    record->set_id(id);
    record->add_identifiers(identifier);
    for (const auto& name : names) {
      v1::ProviderName* entry = record->add_names();
      entry->set_name(name[0]);
      entry->set_from(name[1]);
      entry->set_until(name[2]);
    }
    return record;
  };
  v1::ProviderRecord* old =
      add("old", "deqar:DEQARINST1",
          {{"Технически институт Дунав", "", "2009-12-31"}, {"Danube Technical Institute", "", ""}});
  v1::ProviderSuccession* merged = old->add_successions();
  merged->set_successor("new");
  merged->set_day("2010-01-01");
  merged->set_kind("merged");
  add("new", "deqar:DEQARINST2", {{"Danube University", "2010-01-01", ""}, {"Дунавски университет", "2010-01-01", ""}});
  add("other", "deqar:DEQARINST3", {{"DANUBE  University", "", ""}});
  return directory;
}

TEST(Providers, AreFoundUnderEveryNameAndIdentifierAndFollowedThroughMergers) {
  const absl::StatusOr<Providers> providers = Providers::Make(Directory());
  ASSERT_OK(providers.status());
  const absl::CivilDay today(2026, 2, 2);
  ASSERT_THAT(providers->ByIdentifier("deqar:DEQARINST1"), SizeIs(1));
  EXPECT_THAT(providers->ByIdentifier("deqar:DEQARINST9"), IsEmpty());
  const auto former = providers->ByName("ТЕХНИЧЕСКИ  ИНСТИТУТ ДУНАВ", today);
  ASSERT_THAT(former, SizeIs(1));
  EXPECT_EQ(former[0].record->id(), "old");
  EXPECT_EQ(former[0].through, "former name");
  EXPECT_EQ(providers->ByName("технически институт дунав", absl::CivilDay(2005, 1, 1))[0].through, "name");
  // One name, two providers: both are shown, and nobody is chosen.
  EXPECT_THAT(providers->ByName("danube university", today), SizeIs(2));
  EXPECT_THAT(providers->Line("old", today), SizeIs(2));
  EXPECT_THAT(providers->Line("old", absl::CivilDay(2009, 12, 31)), SizeIs(1));
  EXPECT_TRUE(providers->Same("deqar:DEQARINST1", "deqar:DEQARINST2", today));
  EXPECT_TRUE(providers->Same("deqar:DEQARINST2", "deqar:DEQARINST1", today));
  EXPECT_FALSE(providers->Same("deqar:DEQARINST1", "deqar:DEQARINST2", absl::CivilDay(2009, 12, 31)));
  EXPECT_FALSE(providers->Same("deqar:DEQARINST1", "deqar:DEQARINST3", today));
}

TEST(Providers, ACircleOfMergersEndsAndBrokenDirectoriesAreRefused) {
  v1::ProviderDirectory circle = Directory();
  v1::ProviderSuccession* back = circle.mutable_providers(1)->add_successions();
  back->set_successor("old");
  back->set_day("2020-01-01");
  EXPECT_THAT(Providers::Make(circle)->Line("old", absl::CivilDay(2026, 1, 1)), SizeIs(2));
  v1::ProviderDirectory nobody = Directory();
  nobody.mutable_providers(0)->mutable_successions(0)->set_successor("nobody");
  EXPECT_THAT(Providers::Make(nobody), HasReasonAt(Reason::kConfigInvalid, "providers[0].successions"));
  v1::ProviderDirectory twice = Directory();
  twice.mutable_providers(1)->set_id("old");
  EXPECT_THAT(Providers::Make(twice), HasReasonAt(Reason::kConfigInvalid, "providers[1].id"));
  v1::ProviderDirectory day = Directory();
  day.mutable_providers(0)->mutable_names(0)->set_until("2009-12-32");
  EXPECT_THAT(Providers::Make(day), HasReasonAt(Reason::kConfigInvalid, "providers[0].names"));
}

}  // namespace
}  // namespace passerelle::recognition
