#include "gateway/cli/case_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace v1 = recognition::v1;

v1::Decision Partial() {
  v1::Decision decision;
  decision.set_kind(v1::DECISION_KIND_PARTIAL);
  decision.set_recognised_as("a unit of the programme");
  v1::DecisionReason& reason = *decision.add_reasons();
  reason.set_code("SD-WORKLOAD");
  reason.set_text("two credits are missing");
  decision.set_competent_authority("Centre");
  decision.set_legal_base("Lisbon Recognition Convention");
  decision.set_appeal("to the court");
  return decision;
}

v1::RecognitionCase AtAuthority(v1::CaseState state) {
  v1::RecognitionCase content;
  content.set_id("7");
  content.set_applicant_node("NL");
  content.set_state(state);
  v1::CaseProcedure& procedure = *content.mutable_procedure();
  procedure.set_reply_until("2026-01-01");
  procedure.set_due_day("2026-02-02");
  procedure.set_appeal_until("2026-03-03");
  *procedure.mutable_decision() = Partial();
  v1::RuleResult& rule = *procedure.mutable_evaluation()->add_rules();
  rule.set_rule("R-C02");
  rule.set_outcome(v1::RULE_OUTCOME_SUBSTANTIAL);
  rule.set_explanation("The workload is smaller.");
  return content;
}

TEST(CaseText, ShowsTheDaysOfThePhaseAlone) {
  struct Row {
    v1::CaseState state;
    const char* day;
  };
  for (const Row& row : {Row{v1::CASE_STATE_INCOMPLETE, "reply     2026-01-01\n"},
                         Row{v1::CASE_STATE_EVALUATION, "due       2026-02-02\n"},
                         Row{v1::CASE_STATE_NOTIFIED, "appeal by 2026-03-03\n"}, Row{v1::CASE_STATE_FINAL, ""}}) {
    const std::string text = CaseText(AtAuthority(row.state));
    for (const std::string day : {"reply     2026-01-01\n", "due       2026-02-02\n", "appeal by 2026-03-03\n"}) {
      EXPECT_EQ(text.find(day) != std::string::npos, day == row.day) << day << text;
    }
  }
}

TEST(CaseText, ShowsTheDecisionAndTheRulesAtTheAuthority) {
  const std::string text = CaseText(AtAuthority(v1::CASE_STATE_NOTIFIED));
  EXPECT_THAT(text, HasSubstr("decision  PARTIAL\n"
                              "as        a unit of the programme\n"
                              "reason    SD-WORKLOAD: two credits are missing\n"
                              "authority Centre\n"
                              "law       Lisbon Recognition Convention\n"
                              "appeal    to the court\n"));
  EXPECT_THAT(text, HasSubstr("rules\nSUBSTANTIAL     R-C02"));
  EXPECT_THAT(CaseText(AtAuthority(v1::CASE_STATE_PROPOSED)), HasSubstr("proposed  PARTIAL\n"));
  EXPECT_THAT(CaseText(AtAuthority(v1::CASE_STATE_EVALUATION)), Not(HasSubstr("PARTIAL")));
}

TEST(CaseText, ShowsTheHoldersNodeWhatItWasTold) {
  v1::RecognitionCase content;
  content.set_state(v1::CASE_STATE_INCOMPLETE);
  content.mutable_outcome()->set_reply_until("2026-01-01");
  content.mutable_outcome()->add_missing("the workload (credential.workload)");
  EXPECT_THAT(CaseText(content), HasSubstr("reply     2026-01-01\nmissing   the workload (credential.workload)\n"));
  content.set_state(v1::CASE_STATE_NOTIFIED);
  *content.mutable_outcome()->mutable_full_decision() = Partial();
  content.mutable_outcome()->set_appeal_until("2026-03-03");
  EXPECT_THAT(CaseText(content), HasSubstr("decision  PARTIAL\nas        a unit of the programme\n"));
  EXPECT_THAT(CaseText(content), HasSubstr("appeal    to the court\nappeal by 2026-03-03\n"));
}

TEST(CaseText, LetsNobodySteerTheTerminal) {
  v1::RecognitionCase content;
  content.set_state(v1::CASE_STATE_EVALUATION);
  v1::CaseEvent& event = *content.add_events();
  event.set_actor("node:NL\x1b[2J");
  event.set_reason("first\nsecond\x1b]0;x\x07");
  v1::MissingItem& item = *content.mutable_procedure()->add_items();
  item.set_input("a\nstate     DECIDED");
  const std::string text = CaseText(content);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("first\n    second"));
  EXPECT_THAT(text, HasSubstr("missing   a\n          state     DECIDED: \n"));
}

}  // namespace
}  // namespace passerelle::gateway
