// What each kind of decision must hold: every row of data/decision.tsv takes something away from a complete decision.
#include "core/recognition/decisions.h"

#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/recognition/reason_codes.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/decision_examples.h"
#include "tests/unit/core/recognition/tables.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

v1::DecisionKind KindOf(const std::string& word) {
  v1::DecisionKind kind = v1::DECISION_KIND_UNSPECIFIED;
  EXPECT_TRUE(v1::DecisionKind_Parse(absl::StrCat("DECISION_KIND_", word), &kind)) << word;
  return kind;
}

// Clears "reasons", or "reasons.text" in the first of them.
void Clear(absl::string_view path, google::protobuf::Message* message) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  const auto* field = message->GetDescriptor()->FindFieldByName(names[0]);
  ASSERT_NE(field, nullptr) << path;
  if (names.size() == 1) {
    message->GetReflection()->ClearField(message, field);
  } else {
    Clear(names[1], message->GetReflection()->MutableRepeatedMessage(message, field, 0));
  }
}

TEST(Decisions, AreCompleteByTheirKind) {
  for (int kind = v1::DECISION_KIND_FULL; kind <= v1::DecisionKind_MAX; ++kind) {
    EXPECT_OK(CheckDecision(ExampleDecision(static_cast<v1::DecisionKind>(kind)))) << kind;
  }
}

TEST(Decisions, AreRefusedWithoutWhatTheirKindDemands) {
  for (const Row& row : Rows("decision.tsv")) {
    SCOPED_TRACE(absl::StrCat(row[0], " without ", row[1], ", for ", row[2]));
    v1::Decision decision = ExampleDecision(KindOf(row[0]));
    for (const absl::string_view path : absl::StrSplit(OrEmpty(row[1]), ' ', absl::SkipEmpty())) Clear(path, &decision);
    if (row[2] != "-") {
      const v1::DecisionReason reason = decision.reasons(0);
      decision.clear_reasons();
      for (const absl::string_view code : absl::StrSplit(row[2], ' ')) {
        v1::DecisionReason* entry = decision.add_reasons();
        *entry = reason;
        entry->set_code(std::string(code));
      }
    }
    const absl::Status status = CheckDecision(decision);
    if (row[3] == "-") {
      EXPECT_OK(status);
      continue;
    }
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(base::Catalogue(base::ReasonOf(status)).name, row[3]);
    EXPECT_EQ(base::PlaceOf(status), absl::StrCat("decision.", row[4]));
  }
}

TEST(Decisions, BesideTheirEvaluation) {
  v1::Evaluation evaluation;
  evaluation.set_proposed_kind(v1::DECISION_KIND_PARTIAL);
  v1::RuleResult* rule = evaluation.add_rules();
  rule->set_rule("R-C05");
  rule->set_essential(true);
  rule->set_outcome(v1::RULE_OUTCOME_MET);
  EXPECT_OK(CheckAgainstEvaluation(ExampleDecision(v1::DECISION_KIND_PARTIAL), evaluation));
  // To depart is allowed, with a reason.
  v1::Decision full = ExampleDecision(v1::DECISION_KIND_FULL);
  EXPECT_THAT(CheckAgainstEvaluation(full, evaluation),
              HasReasonAt(Reason::kFieldMissing, "decision.departure_reason"));
  full.set_departure_reason("The difference does not matter for this programme.");
  EXPECT_OK(CheckAgainstEvaluation(full, evaluation));
  // In favour of the holder also while something essential is unknown; against the holder never.
  rule->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
  EXPECT_OK(CheckAgainstEvaluation(full, evaluation));
  EXPECT_THAT(CheckAgainstEvaluation(ExampleDecision(v1::DECISION_KIND_PARTIAL), evaluation),
              HasReasonAt(Reason::kNoEvidence, "evaluation.rules"));
}

TEST(ReasonCodes, AreThoseOfTheWorkflow) {
  for (const char* code : {"SD-LEVEL", "SD-WORKLOAD", "SD-QUALITY", "SD-PROFILE", "SD-OUTCOMES", "ND-LEVEL",
                           "ND-WORKLOAD", "ND-QUALITY", "ND-PROFILE", "ND-OUTCOMES", "AUTH-INTEGRITY", "AUTH-ISSUER",
                           "AUTH-SUBJECT", "AUTH-REVOKED", "AUTH-EXPIRED", "MILL", "NOT-ASSESSED", "INFO-MISSING"}) {
    EXPECT_TRUE(FindReasonCode(code).has_value()) << code;
  }
  EXPECT_FALSE(FindReasonCode("SD-OTHER").has_value());
  EXPECT_TRUE(ShowsFraudOrLoss("AUTH-REVOKED"));
  EXPECT_FALSE(ShowsFraudOrLoss("SD-LEVEL"));
}

}  // namespace
}  // namespace passerelle::recognition
