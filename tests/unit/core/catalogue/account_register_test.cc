#include "core/catalogue/account_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

v1::AccountRegister Written(const std::string& entries) {
  v1::AccountRegister data;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("id: 'fr' country: 'FR' as_of: '2026-05-01' ", entries), &data))
      << entries;
  return data;
}

TEST(AccountRegisterTest, AnOfferIsEligibleOnADayOrNotListed) {
  const v1::AccountRegister data = Written(
      "entries { id: '1' offer: 'o' valid_from: '2025-01-01' valid_until: '2026-06-30' } "
      "entries { id: '2' offer: 'o' valid_from: '2026-03-01' valid_until: '2026-12-31' } "
      "entries { id: '3' offer: 'open' } "
      "entries { id: '4' offer: 'past' valid_until: '2025-12-31' }");
  const struct {
    const char* offer;
    const char* day;
    const char* answer;
  } rows[] = {
      {"o", "2025-01-01", "ELIGIBLE until 2026-06-30 by 1"},
      {"o", "2024-12-31", "NOT_ON_THAT_DAY until 2026-12-31 by 2"},
      {"o", "2026-06-01", "ELIGIBLE until 2026-12-31 by 2"},
      {"o", "2026-12-31", "ELIGIBLE until 2026-12-31 by 2"},
      {"o", "2027-01-01", "NOT_ON_THAT_DAY until 2026-12-31 by 2"},
      {"open", "2030-01-01", "ELIGIBLE until  by 3"},
      {"past", "2026-01-01", "NOT_ON_THAT_DAY until 2025-12-31 by 4"},
      {"another", "2026-06-01", "NOT_LISTED until  by "},
      {"O", "2026-06-01", "NOT_LISTED until  by "},
  };
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const EligibilityAnswer answer, EligibilityOf(data, row.offer, row.day));
    EXPECT_EQ(absl::StrCat(EligibilityWord(answer.eligibility), " until ", answer.entry.valid_until(), " by ",
                           answer.entry.id()),
              row.answer)
        << row.offer << " " << row.day;
  }
}

TEST(AccountRegisterTest, WhatCannotBeUsedIsRefusedAtItsPlace) {
  const std::pair<const char*, const char*> rows[] = {
      {"entries { offer: 'o' }", "entries[0].id"},
      {"entries { id: '1' offer: 'o' } entries { id: '1' offer: 'p' }", "entries[1].id"},
      {"entries { id: '1' }", "entries[0].offer"},
      {"entries { id: '1' offer: 'o' valid_from: 'now' }", "entries[0].valid_from"},
      {"entries { id: '1' offer: 'o' valid_until: '2026-13-01' }", "entries[0].valid_until"},
      {"entries { id: '1' offer: 'o' valid_from: '2026-02-01' valid_until: '2026-01-31' }", "entries[0].valid_until"},
  };
  for (const auto& [entries, place] : rows) {
    EXPECT_THAT(CheckAccountRegister(Written(entries)), HasReasonAt(Reason::kConfigInvalid, place)) << entries;
  }
  v1::AccountRegister data = Written("");
  EXPECT_OK(CheckAccountRegister(data));
  EXPECT_THAT(EligibilityOf(data, "", "2026-01-01"), HasReason(Reason::kFieldMissing));
  EXPECT_THAT(EligibilityOf(data, "o", "today"), HasReasonAt(Reason::kFieldInvalid, "day"));
  data.set_as_of("2026");
  EXPECT_THAT(CheckAccountRegister(data), HasReasonAt(Reason::kConfigInvalid, "as_of"));
  data.clear_id();
  EXPECT_THAT(CheckAccountRegister(data), HasReasonAt(Reason::kConfigInvalid, "id"));
}

}  // namespace
}  // namespace passerelle::catalogue
