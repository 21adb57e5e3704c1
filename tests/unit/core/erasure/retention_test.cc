// What has to be kept, why and until when, by tables.
#include "core/erasure/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/base/proto_time.h"
#include "core/erasure/holds.h"
#include "core/recognition/clocks.h"
#include "tests/support/status_matchers.h"

namespace passerelle::erasure {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using recognition::v1::CaseState;
using recognition::v1::RecognitionCase;

constexpr char kChanged[] = "2030-03-01";  // last change of every case
constexpr int kArchiveDays = 100;          // until 2030-06-09
constexpr int kShortDays = 10;             // until 2030-03-11

v1::RetentionRule Rule(v1::RetentionClass retention_class, uint32_t days) {
  v1::RetentionRule rule;
  rule.set_retention_class(retention_class);
  rule.set_days(days);
  rule.set_ground("Archives Act, section 9");
  return rule;
}

Rules AllRules() {
  return {Rule(v1::RETENTION_CLASS_UNDECIDED_CASE, kShortDays), Rule(v1::RETENTION_CLASS_DECIDED_CASE, kArchiveDays),
          Rule(v1::RETENTION_CLASS_HOLDERS_CASE, kShortDays), Rule(v1::RETENTION_CLASS_AUTHORISATION, kShortDays)};
}

absl::CivilDay Day(const std::string& text) { return recognition::ParseDay(text).value(); }

absl::Time TimeOn(const std::string& text) { return absl::FromCivil(Day(text), absl::UTCTimeZone()); }

RecognitionCase CaseIn(CaseState state, const std::string& appeal_until, bool has_procedure) {
  RecognitionCase content;
  content.set_applicant_node("IT");
  content.set_authority_node("BG");
  content.set_state(state);
  *content.mutable_update_time() = base::ToProto(TimeOn(kChanged) + absl::Hours(7));
  content.mutable_outcome()->set_competent_authority("Recognition authority");
  content.mutable_outcome()->set_revision(has_procedure ? 9 : 0);
  content.mutable_outcome()->set_appeal_until(appeal_until);
  return content;
}

std::string Words(const std::optional<Duty>& duty) {
  if (!duty.has_value()) return "-";
  absl::string_view ground = v1::RetentionGround_Name(duty->ground);
  ground.remove_prefix(std::string("RETENTION_GROUND_").size());
  return std::string(ground) + " " + (duty->until.has_value() ? recognition::DayText(*duty->until) : "open");
}

std::string Words(const std::optional<v1::RetentionClass>& its) {
  if (!its.has_value()) return "-";
  return v1::RetentionClass_Name(*its).substr(std::string("RETENTION_CLASS_").size());
}

TEST(Retention, ACaseIsKeptByItsStateOnBothSides) {
  struct Row {
    CaseState state;
    const char* appeal_until;
    const char* today;
    const char* at_authority;  // duty and its end, then class
    const char* authority_class;
    const char* at_holders_side;
    const char* holders_class;
  };
  using namespace recognition::v1;  // NOLINT: the states, for a table that can be read
  for (const Row& row : std::vector<Row>{
           {CASE_STATE_SUBMITTED, "", "2030-03-02", "PROCEDURE_OPEN open", "-", "PROCEDURE_OPEN open", "-"},
           {CASE_STATE_INCOMPLETE, "", "2030-03-02", "PROCEDURE_OPEN open", "-", "PROCEDURE_OPEN open", "-"},
           {CASE_STATE_EVALUATION, "", "2030-03-02", "PROCEDURE_OPEN open", "-", "PROCEDURE_OPEN open", "-"},
           {CASE_STATE_PROPOSED, "", "2030-03-02", "PROCEDURE_OPEN open", "-", "PROCEDURE_OPEN open", "-"},
           {CASE_STATE_FRAUD_SUSPENDED, "", "2030-03-02", "PROCEDURE_OPEN open", "-", "PROCEDURE_OPEN open", "-"},
           {CASE_STATE_NOT_DELIVERED, "", "2030-03-02", "-", "UNDECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_WITHDRAWN, "", "2030-03-02", "-", "UNDECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_LAPSED, "", "2030-03-02", "-", "UNDECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_ROUTED_RPL, "", "2030-03-02", "-", "UNDECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_OUT_OF_SCOPE, "", "2030-03-02", "-", "UNDECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_DECIDED, "", "2030-03-02", "APPEAL_OPEN open", "-", "APPEAL_OPEN open", "-"},
           {CASE_STATE_NOTIFIED, "", "2030-03-02", "APPEAL_OPEN open", "-", "APPEAL_OPEN open", "-"},
           {CASE_STATE_NOTIFIED, "2030-04-01", "2030-03-02", "APPEAL_OPEN 2030-04-01", "-", "APPEAL_OPEN 2030-04-01",
            "-"},
           {CASE_STATE_NOTIFIED, "2030-04-01", "2030-04-01", "APPEAL_OPEN 2030-04-01", "-", "APPEAL_OPEN 2030-04-01",
            "-"},
           {CASE_STATE_NOTIFIED, "2030-04-01", "2030-04-02", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-",
            "HOLDERS_CASE"},
           {CASE_STATE_APPEALED, "2030-04-01", "2030-04-02", "APPEAL_OPEN open", "-", "APPEAL_OPEN open", "-"},
           {CASE_STATE_APPEAL_DECIDED, "", "2030-04-02", "APPEAL_OPEN open", "-", "APPEAL_OPEN open", "-"},
           {CASE_STATE_FINAL, "2030-04-01", "2030-03-02", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-",
            "HOLDERS_CASE"},
           {CASE_STATE_FINAL, "", "2030-06-09", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_FINAL, "", "2030-06-10", "-", "DECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_SUPERSEDED, "", "2030-03-02", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-", "HOLDERS_CASE"},
           {CASE_STATE_STATEMENT_ISSUED, "", "2030-03-02", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-",
            "HOLDERS_CASE"},
           {CASE_STATE_REVOKED, "2030-04-01", "2030-03-02", "APPEAL_OPEN 2030-04-01", "-", "APPEAL_OPEN 2030-04-01",
            "-"},
           {CASE_STATE_REVOKED, "", "2030-03-02", "ARCHIVE_PERIOD 2030-06-09", "DECIDED_CASE", "-", "HOLDERS_CASE"},
       }) {
    SCOPED_TRACE(CaseState_Name(row.state) + " on " + row.today);
    const RecognitionCase content = CaseIn(row.state, row.appeal_until, true);
    const absl::CivilDay today = Day(row.today);
    EXPECT_EQ(Words(DutyForCase(content, "BG", AllRules(), today)), row.at_authority);
    EXPECT_EQ(Words(ClassOfCase(content, "BG", today)), row.authority_class);
    EXPECT_EQ(Words(DutyForCase(content, "IT", AllRules(), today)), row.at_holders_side);
    EXPECT_EQ(Words(ClassOfCase(content, "IT", today)), row.holders_class);
  }
}

TEST(Retention, ADecisionWithoutAProcedureHasNoAppealToWaitFor) {
  const RecognitionCase content = CaseIn(recognition::v1::CASE_STATE_DECIDED, "", false);
  EXPECT_EQ(Words(DutyForCase(content, "BG", AllRules(), Day("2030-03-02"))), "ARCHIVE_PERIOD 2030-06-09");
}

TEST(Retention, WithoutARuleAFileIsKeptWithoutAKnownEndAndNeverErasedByTheClock) {
  const RecognitionCase content = CaseIn(recognition::v1::CASE_STATE_FINAL, "", true);
  const std::optional<Duty> duty = DutyForCase(content, "BG", {}, Day("2099-01-01"));
  EXPECT_EQ(Words(duty), "ARCHIVE_PERIOD open");
  EXPECT_EQ(duty->authority, "Recognition authority");
  EXPECT_FALSE(IsOver(v1::RETENTION_CLASS_DECIDED_CASE, {}, Day(kChanged), Day("2099-01-01")));
}

TEST(Retention, TheAnswerNamesTheLawAndTheAuthority) {
  Rules rules = AllRules();
  const RecognitionCase content = CaseIn(recognition::v1::CASE_STATE_FINAL, "", true);
  EXPECT_EQ(DutyForCase(content, "BG", rules, Day("2030-03-02"))->text, "Archives Act, section 9");
  EXPECT_EQ(DutyForCase(content, "BG", rules, Day("2030-03-02"))->authority, "Recognition authority");
  rules[1].set_authority("National archive");
  EXPECT_EQ(DutyForCase(content, "BG", rules, Day("2030-03-02"))->authority, "National archive");
}

TEST(Retention, AnAuthorisationIsProofFromItsEndOn) {
  sharing::v1::Authorisation authorisation;
  *authorisation.mutable_valid_until() = base::ToProto(TimeOn("2030-05-01") + absl::Hours(3));
  EXPECT_EQ(Words(DutyForAuthorisation(authorisation, "NO", AllRules(), Day("2030-03-02"))), "PROOF 2030-05-11");
  EXPECT_EQ(Words(DutyForAuthorisation(authorisation, "NO", AllRules(), Day("2030-05-11"))), "PROOF 2030-05-11");
  EXPECT_EQ(Words(DutyForAuthorisation(authorisation, "NO", AllRules(), Day("2030-05-12"))), "-");
  *authorisation.mutable_withdraw_time() = base::ToProto(TimeOn("2030-03-01"));
  EXPECT_EQ(Words(DutyForAuthorisation(authorisation, "NO", AllRules(), Day("2030-03-02"))), "PROOF 2030-03-11");
  EXPECT_EQ(Words(DutyForAuthorisation(authorisation, "NO", {}, Day("2030-03-02"))), "PROOF open");
}

TEST(Retention, AHoldCountsUntilItsLastDay) {
  v1::Hold hold;
  hold.set_ground("Claim before the administrative court");
  hold.set_authority("Recognition authority");
  EXPECT_EQ(Words(DutyByHold(hold, Day("2099-01-01"))), "LEGAL_CLAIM open");
  hold.set_until("2030-03-05");
  EXPECT_EQ(Words(DutyByHold(hold, Day("2030-03-05"))), "LEGAL_CLAIM 2030-03-05");
  EXPECT_EQ(Words(DutyByHold(hold, Day("2030-03-06"))), "-");
}

TEST(Retention, TheClockErasesOnTheDayAfterTheLast) {
  EXPECT_FALSE(IsOver(v1::RETENTION_CLASS_UNDECIDED_CASE, AllRules(), Day(kChanged), Day("2030-03-11")));
  EXPECT_TRUE(IsOver(v1::RETENTION_CLASS_UNDECIDED_CASE, AllRules(), Day(kChanged), Day("2030-03-12")));
  EXPECT_FALSE(IsOver(v1::RETENTION_CLASS_INQUIRY, AllRules(), Day(kChanged), Day("2099-01-01"))) << "no rule";
}

TEST(Retention, RulesThatCannotBeUsedAreRefusedWithThePlace) {
  struct Row {
    const char* name;
    std::function<void(Rules&)> change;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no class", [](Rules& r) { r[1].clear_retention_class(); }, "retention_rules[1].retention_class"},
           {"a class that there is not",
            [](Rules& r) { r[0].set_retention_class(static_cast<v1::RetentionClass>(77)); },
            "retention_rules[0].retention_class"},
           {"twice", [](Rules& r) { r[2].set_retention_class(v1::RETENTION_CLASS_DECIDED_CASE); },
            "retention_rules[2].retention_class"},
           {"too long", [](Rules& r) { r[0].set_days(kRetentionDaysMax + 1); }, "retention_rules[0].days"},
           {"ground", [](Rules& r) { r[0].set_ground(std::string(kGroundBytesMax + 1, 'x')); },
            "retention_rules[0].ground"},
           {"authority", [](Rules& r) { r[3].set_authority(std::string(kGroundBytesMax + 1, 'x')); },
            "retention_rules[3].authority"},
       }) {
    SCOPED_TRACE(row.name);
    Rules rules = AllRules();
    EXPECT_OK(CheckRules(rules));
    row.change(rules);
    EXPECT_THAT(CheckRules(rules), HasReasonAt(Reason::kConfigInvalid, row.place));
  }
  Rules longest = AllRules();
  longest[0].set_days(kRetentionDaysMax);
  EXPECT_OK(CheckRules(longest));
}

TEST(Holds, WhatCannotBeAHoldIsRefusedWithThePlace) {
  v1::Hold hold;
  hold.set_ground("Claim before the administrative court");
  hold.set_authority("Recognition authority");
  const absl::CivilDay today = Day("2030-03-02");
  EXPECT_OK(CheckHold(hold, today));
  hold.set_until("2030-03-02");
  EXPECT_OK(CheckHold(hold, today)) << "the last day itself counts";
  hold.set_until("2030-03-01");
  EXPECT_THAT(CheckHold(hold, today), HasReasonAt(Reason::kFieldInvalid, "hold.until"));
  hold.set_until("soon");
  EXPECT_THAT(CheckHold(hold, today), HasReasonAt(Reason::kFieldInvalid, "hold.until"));
  hold.clear_until();
  hold.clear_authority();
  EXPECT_THAT(CheckHold(hold, today), HasReasonAt(Reason::kFieldMissing, "hold.authority"));
  hold.set_authority("x");
  hold.set_ground(std::string(kGroundBytesMax + 1, 'x'));
  EXPECT_THAT(CheckHold(hold, today), HasReasonAt(Reason::kFieldInvalid, "hold.ground"));
  hold.clear_ground();
  EXPECT_THAT(CheckHold(hold, today), HasReasonAt(Reason::kFieldMissing, "hold.ground"));
}

}  // namespace
}  // namespace passerelle::erasure
