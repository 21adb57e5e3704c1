#include "core/pathway/check_pathway.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/pathway/amount.h"
#include "core/pathway/eligibility.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/pathway/written.h"

namespace passerelle::pathway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

struct Row {
  const char* rules;
  const char* place;
};

TEST(CheckPathwayTest, WhatCannotBeUsedIsRefusedWithThePlace) {
  const std::vector<Row> rows = {
      {"", "rules"},
      {"rules { id: 'a' }", "rules[0].kind"},
      {"rules { min_credits { credits: '5' } }", "rules[0].id"},
      {"rules { id: 'a' not_expired {} } rules { id: 'a' not_revoked {} }", "rules[1].id"},
      {"rules { id: 'a' min_credits {} }", "rules[0].min_credits.credits"},
      {"rules { id: 'a' min_credits { credits: 'five' } }", "rules[0].min_credits.credits"},
      {"rules { id: 'a' min_credits { credits: '-5' } }", "rules[0].min_credits.credits"},
      {"rules { id: 'a' min_credits { credits: '0' } }", "rules[0].min_credits.credits"},
      {"rules { id: 'a' min_credits { credits: '5' scope { field: 'ICT' } } }", "rules[0].min_credits.scope.field"},
      {"rules { id: 'a' min_credits { credits: '5' scope { least_eqf_level: 9 } } }",
       "rules[0].min_credits.scope.least_eqf_level"},
      {"rules { id: 'a' min_share { fraction: '0.5' } }", "rules[0].min_share.scope"},
      {"rules { id: 'a' min_share { fraction: '1.5' scope { field: '06' } } }", "rules[0].min_share.fraction"},
      {"rules { id: 'a' min_share { fraction: '0.5' credits: '24' scope { field: '06' } } }", "rules[0].min_share"},
      {"rules { id: 'a' min_share { scope { field: '06' } } }", "rules[0].min_share"},
      {"rules { id: 'a' required {} }", "rules[0].required.elements"},
      {"rules { id: 'a' required { elements { id: 'x' } } }", "rules[0].required.elements[0]"},
      {"rules { id: 'a' required { elements { specifications: 's' } } }", "rules[0].required.elements[0].id"},
      {"rules { id: 'a' required { least: 1 elements { id: 'x' specifications: 's' } } }", "rules[0].required.least"},
      {"rules { id: 'a' n_of { elements { id: 'x' specifications: 's' } } }", "rules[0].n_of.least"},
      {"rules { id: 'a' n_of { least: 2 elements { id: 'x' specifications: 's' } } }", "rules[0].n_of.least"},
      {"rules { id: 'a' one_of { elements { id: 'x' specifications: 's' } elements { id: 'x' specifications: 't' } } }",
       "rules[0].one_of.elements[1].id"},
      {"rules { id: 'a' sequence { elements: 'x' elements: 'y' } }", "rules[0].sequence.elements[0]"},
      {"rules { id: 'a' prerequisite {} }", "rules[0].prerequisite.element.id"},
      {"rules { id: 'a' coverage { match: MATCH_MODE_EXACT } }", "rules[0].coverage.outcomes"},
      {"rules { id: 'a' coverage { outcomes { id: 'o' } } }", "rules[0].coverage.match"},
      {"rules { id: 'a' max_overlap { fraction: '0.5' } }", "rules[0].max_overlap.action"},
      {"rules { id: 'a' exclusive_use {} }", "rules[0].exclusive_use.use"},
      {"rules { id: 'a' max_age {} }", "rules[0].max_age.months"},
      {"rules { id: 'a' max_age { months: 1201 } }", "rules[0].max_age.months"},
      {"rules { id: 'a' min_grade { scheme: 's' } }", "rules[0].min_grade.accepted"},
      {"rules { id: 'a' min_grade { accepted: 'A' } }", "rules[0].min_grade.scheme"},
      {"rules { id: 'a' qa_accepted {} }", "rules[0].qa_accepted.schemes"},
      {"rules { id: 'a' max_external { fraction: '1.000001' } }", "rules[0].max_external.fraction"},
      {"valid_from: '2026-02-01' valid_to: '2026-01-01' rules { id: 'a' min_credits { credits: '1' } }", "valid_to"},
      {"rules { id: 'a' not_expired {} } rules { id: 'b' max_credits { credits: '9' } }", "rules"},
      {"valid_from: '2026-2-003' rules { id: 'a' min_credits { credits: '1' } }", "valid_from"},
      {"valid_from: '2026-02-30' rules { id: 'a' min_credits { credits: '1' } }", "valid_from"},
      {"target { eqf_level: 9 } rules { id: 'a' min_credits { credits: '1' } }", "target.eqf_level"},
      {"type: PATHWAY_TYPE_RIGID rules { id: 'a' min_credits { credits: '1' } }", "type"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(CheckPathway(WrittenPathway(row.rules)), HasReasonAt(Reason::kConfigInvalid, row.place)) << row.rules;
  }
}

TEST(CheckPathwayTest, RulesThatContradictEachOtherAreRefused) {
  const std::string core =
      "rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } elements { id: 'y' specifications: 'sy' "
      "} "
      "elements { id: 'z' specifications: 'sz' } } } ";
  const std::vector<std::pair<std::string, const char*>> rows = {
      {"rules { id: 'a' min_credits { credits: '30' } } rules { id: 'b' max_credits { credits: '20' } }",
       "rules[1].max_credits.credits"},
      {"rules { id: 'b' max_credits { credits: '20' } } "
       "rules { id: 'a' min_share { credits: '21' scope { field: '06' } } }",
       "rules[0].max_credits.credits"},
      {"rules { id: 'a' min_credits { credits: '10' scope { field: '06' } } } "
       "rules { id: 'b' max_credits { credits: '9' scope { field: '06' } } }",
       "rules[1].max_credits.credits"},
      {core + "rules { id: 'a' sequence { elements: 'x' elements: 'y' } } "
              "rules { id: 'b' sequence { elements: 'y' elements: 'z' elements: 'x' } }",
       "rules[2].sequence.elements[0]"},
      {core + "rules { id: 'a' sequence { elements: 'x' elements: 'x' } }", "rules[1].sequence.elements[0]"},
      {"rules { id: 'a' exclusive_use { use: EXCLUSIVE_USE_NONE } } "
       "rules { id: 'b' exclusive_use { use: EXCLUSIVE_USE_ACROSS_AWARDS } }",
       "rules[1].exclusive_use"},
  };
  for (const auto& [rules, place] : rows) {
    EXPECT_THAT(CheckPathway(WrittenPathway(rules)), HasReasonAt(Reason::kPathwayContradictory, place)) << rules;
  }
  EXPECT_OK(CheckPathway(
      WrittenPathway("rules { id: 'a' min_credits { credits: '30' } } rules { id: 'b' max_credits { credits: '30' } }"
                     "rules { id: 'c' max_credits { credits: '5' scope { field: '06' } } }")));
}

TEST(CheckPathwayTest, WhatIsMissingAtTheHeadIsRefused) {
  const v1::Pathway good = WrittenPathway("rules { id: 'a' min_credits { credits: '1' } }");
  ASSERT_OK(CheckPathway(good));
  for (const char* field : {"id", "version", "owner", "status", "type"}) {
    v1::Pathway pathway = good;
    pathway.GetReflection()->ClearField(&pathway, pathway.GetDescriptor()->FindFieldByName(field));
    EXPECT_THAT(CheckPathway(pathway), HasReasonAt(Reason::kConfigInvalid, field));
  }
}

TEST(CheckPathwayTest, TooMuchIsRefused) {
  std::string rules = "rules { id: 'first' min_credits { credits: '1' } } ";
  for (int i = 1; i < kRulesMax; ++i) absl::StrAppend(&rules, "rules { id: '", i, "' not_expired {} } ");
  EXPECT_OK(CheckPathway(WrittenPathway(rules)));
  EXPECT_THAT(CheckPathway(WrittenPathway(rules + "rules { id: 'more' not_expired {} }")),
              HasReasonAt(Reason::kConfigInvalid, "rules"));
  std::string places = "rules { id: 'a' one_of { ";
  for (int i = 0; i < kPlacesMax; ++i) absl::StrAppend(&places, "elements { id: '", i, "' specifications: 's' } ");
  EXPECT_OK(CheckPathway(WrittenPathway(places + "} }")));
  EXPECT_THAT(CheckPathway(WrittenPathway(places + "elements { id: 'more' specifications: 's' } } }")),
              HasReasonAt(Reason::kConfigInvalid, "rules[0].one_of.elements"));
  std::vector<v1::Item> items(kItemsMax, WrittenItem("a"));
  EXPECT_OK(CheckItems(items));
  items.push_back(WrittenItem("a"));
  EXPECT_THAT(CheckItems(items), HasReasonAt(Reason::kInputTooLarge, "items"));
}

TEST(CheckItemsTest, MalformedItemsAreRefusedWithThePlace) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"a d=2026-02-30", "items[0].award_date"}, {"a; b u=tomorrow", "items[1].valid_until"},
      {"a r=2026", "items[0].renewal_date"},     {"a l=9", "items[0].eqf_level"},
      {"a c=five", "items[0].credits_low"},      {"a c=6-5", "items[0].credits_high"},
  };
  for (const auto& [items, place] : rows) {
    EXPECT_THAT(CheckItems(WrittenItems(items)), HasReasonAt(Reason::kFieldInvalid, place)) << items;
  }
  EXPECT_THAT(CheckItems({v1::Item()}), HasReasonAt(Reason::kFieldMissing, "items[0].id"));
}

TEST(CheckItemsTest, CirclesAreRefusedWithTheWayRound) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"a parts=a", "items[0].parts"},
      {"z; a parts=b; b parts=c; c parts=a", "items[1].parts"},
      {"a sup=b; b sup=a", "items[0].supersedes"},
  };
  for (const auto& [items, place] : rows) {
    EXPECT_THAT(CheckItems(WrittenItems(items)), HasReasonAt(Reason::kBundleCyclic, place)) << items;
  }
  const absl::Status circle = CheckItems(WrittenItems("z; a parts=b; b parts=c; c parts=a"));
  EXPECT_EQ(base::DetailOf(circle), "it leads back to itself: items[1] -> items[2] -> items[3] -> items[1]");
  EXPECT_OK(CheckItems(WrittenItems("a parts=b,c; b parts=d; c parts=d; d parts=elsewhere")));
}

TEST(AmountTest, SharesAreExactAndNeverRoundedUp) {
  EXPECT_TRUE(IsShare(3, 4, kOneCredit * 3 / 4));
  EXPECT_FALSE(IsShare(kAnyAmount * 3 / 4 - 1, kAnyAmount, kOneCredit * 3 / 4));
  EXPECT_EQ(WriteShare(23, 30), "76.6 %");
  EXPECT_EQ(WriteShare(2, 3), "66.6 %");
  EXPECT_EQ(WriteShare(0, 0), "none");
  EXPECT_EQ(WriteAmount(*ParseAmount("4.166666")), "4.166666");
  EXPECT_EQ(WriteAmount(*ParseAmount("999999.999999")), "999999.999999");
  EXPECT_EQ(WriteRange(*ParseAmount("5"), kAnyAmount), "5 or more");
  EXPECT_FALSE(ParseAmount("7,5").has_value());
}

TEST(MonthsLaterTest, AMonthThatIsTooShortEndsWithItsLastDay) {
  EXPECT_EQ(MonthsLater("2026-01-15", 4), "2026-05-15");
  EXPECT_EQ(MonthsLater("2026-10-31", 4), "2027-02-28");
  EXPECT_EQ(MonthsLater("2027-10-31", 4), "2028-02-29");
  EXPECT_EQ(MonthsLater("2028-02-29", 12), "2029-02-28");
  EXPECT_EQ(MonthsLater("2028-2-9", 0), "");
  EXPECT_EQ(MonthsLater("9999-99-99", 0), "");
}

}  // namespace
}  // namespace passerelle::pathway
