#include "core/statistics/facts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"

namespace passerelle::statistics {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

v1::Event Written(const std::string& text) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

Rows RowsOfYear(const std::vector<std::string>& texts) {
  std::vector<v1::Event> events;
  for (const std::string& text : texts) events.push_back(Written(text));
  return RowsOf(events, {"2026", "2026-12-31"});
}

TEST(FactsTest, WhatIsNoCodeIsRefusedWithThePlace) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"award {}", "e.date"},
      {"date: '2026-02-30' award {}", "e.date"},
      {"date: '2026-01-01'", "e.kind"},
      {"date: '2026-01-01' offer {}", "e.key"},
      {"date: '2026-01-01' recognition_case { state: 'OPEN' }", "e.key"},
      {"date: '2026-01-01' award { learning { country: 'Norway' } }", "e.award.learning.country"},
      {"date: '2026-01-01' award { learning { country: 'no' } }", "e.award.learning.country"},
      {"date: '2026-01-01' award { learning { eqf_level: 9 } }", "e.award.learning.eqf_level"},
      {"date: '2026-01-01' award { learning { credits: 'five' } }", "e.award.learning.credits"},
      {"date: '2026-01-01' award { learning { mode: 'at the house of Ada Lovelace' } }", "e.award.learning.mode"},
      {"date: '2026-01-01' award { learning { skill_groups: 'S1' skill_groups: 'a b' } }",
       "e.award.learning.skill_groups[1]"},
      {"date: '2026-01-01' recognition_case { key: 'k' reasons: 'because, well' }", "e.recognition_case.reasons[0]"},
      {"date: '2026-01-01' verification { from_country: 'NORWAY' }", "e.verification.from_country"},
      {"date: '2026-01-01' award { learning { provider_type: '_T' } }", "e.award.learning.provider_type"},
      {"date: '2026-01-01' award { learning { mode: '_U' } }", "e.award.learning.mode"},
      {"date: '2026-01-01' award { learning { field: '_X' } }", "e.award.learning.field"},
      {"date: '2026-01-01' award { learning { tags: 'DIGITAL' tags: 'NONE' } }", "e.award.learning.tags[1]"},
      {"date: '2026-01-01' stack { gap: 'NONE' }", "e.stack.gap"},
      {"date: '2026-01-01' award { learning { setting: 'X1' } }", "e.award.learning.setting"},
      {"date: '2026-01-01' award { learning { level_basis: 'X1' } }", "e.award.learning.level_basis"},
      {"date: '2026-01-01' award { learning { tags: 'GREEN' tags: 'X1' } }", "e.award.learning.tags[1]"},
      {"date: '2026-01-01' provider { key: 'k' status: 'X1' }", "e.provider.status"},
      {"date: '2026-01-01' recognition_case { key: 'k' state: 'X1' }", "e.recognition_case.state"},
      {"date: '2026-01-01' recognition_case { key: 'k' outcome: 'SATISFIED' }", "e.recognition_case.outcome"},
      {"date: '2026-01-01' recognition_case { key: 'k' appeal: 'X1' }", "e.recognition_case.appeal"},
      {"date: '2026-01-01' stack { outcome: 'FULL' }", "e.stack.outcome"},
      {"date: '2026-01-01' verification { result: 'X1' }", "e.verification.result"},
      {"date: '2026-01-01' sharing { result: 'X1' }", "e.sharing.result"},
  };
  for (const auto& [text, place] : rows) {
    EXPECT_THAT(CheckEvent(Written(text), "e"), HasReasonAt(Reason::kEventInvalid, place)) << text;
  }
  for (const char* text : {"date: '2026-01-01' award { holder: 'any key at all, 1' provider: 'p p' }",
                           "date: '2026-01-01' award { holder: '_T' learning { mode: 'ON_SITE' } }",
                           "date: '2026-01-01' provider { key: 'k' status: 'NONE' }",
                           "date: '2026-01-01' recognition_case { key: 'k' appeal: 'NONE' }"}) {
    EXPECT_OK(CheckEvent(Written(text), "e")) << text;
  }
}

TEST(FactsTest, TheLatestStateByTheEndOfTheYearCounts) {
  const Rows rows = RowsOfYear({
      "date: '2025-05-01' offer { key: 'a' missing_elements: 'A1-M07' }",
      "date: '2026-05-01' offer { key: 'a' }",
      "date: '2027-01-01' offer { key: 'a' withdrawn: true }",
      "date: '2026-02-01' offer { key: 'b' }",
      "date: '2026-03-01' offer { key: 'b' withdrawn: true }",
      "date: '2025-02-01' recognition_case { key: 'c' state: 'CLOSED' }",
      "date: '2026-02-01' recognition_case { key: 'd' state: 'OPEN' }",
      "date: '2026-03-01' recognition_case { key: 'd' state: 'CLOSED' reasons: 'SD-LEVEL' reasons: 'SD-LEVEL' }",
      "date: '2026-03-01' recognition_case { key: 'e' state: 'OPEN' }",
      "date: '2026-03-01' recognition_case { key: 'e' state: 'LAPSED' }",
  });
  ASSERT_EQ(rows.at(Population::kOffers).size(), 1u);
  EXPECT_EQ(rows.at(Population::kOffers)[0].codes.at("complete"), "Y");
  ASSERT_EQ(rows.at(Population::kCases).size(), 2u);
  EXPECT_EQ(rows.at(Population::kCases)[0].codes.at("state"), "CLOSED");
  EXPECT_EQ(rows.at(Population::kCases)[1].codes.at("state"), "LAPSED");
  EXPECT_EQ(rows.at(Population::kReasons).size(), 1u);
}

TEST(FactsTest, HoldersCountOnceWhateverTheyHold) {
  const Rows rows = RowsOfYear({
      "date: '2026-05-01' award { holder: 'h1' provider: 'p1' learning { country: 'NO' eqf_level: 6 field: '0613' } }",
      "date: '2026-06-01' award { holder: 'h1' provider: 'p2' learning { country: 'NO' eqf_level: 7 field: '061' } }",
      "date: '2026-06-01' award { holder: 'h2' provider: 'p1' learning { country: 'NO' eqf_level: 6 } }",
      "date: '2025-06-01' award { holder: 'h3' }",
      "date: '2026-06-01' award {}",
  });
  ASSERT_EQ(rows.at(Population::kHolders).size(), 2u);
  const Row& first = rows.at(Population::kHolders)[0];
  EXPECT_EQ(first.codes.at("level"), "_X");
  EXPECT_EQ(first.codes.at("country"), "NO");
  EXPECT_EQ(first.codes.at("field"), "06");
  EXPECT_EQ(first.contributor, "");
  EXPECT_EQ(rows.at(Population::kHolders)[1].codes.at("field"), "_U");
  EXPECT_EQ(rows.at(Population::kHolders)[1].contributor, "p1");
  EXPECT_EQ(rows.at(Population::kAwards).size(), 4u);
}

TEST(FactsTest, Bands) {
  for (const auto& [credits, band] : std::map<std::string, std::string>{{"0.9", "<1"},
                                                                        {"1", "1-4"},
                                                                        {"4.9", "1-4"},
                                                                        {"5", "5-9"},
                                                                        {"10", "10-29"},
                                                                        {"29", "10-29"},
                                                                        {"30", "30-59"},
                                                                        {"60", "60+"},
                                                                        {"", "_U"}}) {
    EXPECT_EQ(CreditsBand(credits), band) << credits;
  }
  for (const auto& [days, band] : std::map<uint32_t, std::string>{
           {0, "0-30"}, {30, "0-30"}, {31, "31-60"}, {90, "61-90"}, {120, "91-120"}, {121, "121+"}}) {
    EXPECT_EQ(DaysBand(days), band) << days;
  }
}

}  // namespace
}  // namespace passerelle::statistics
