// Cases under a procedure with steps of people: how the tests take them.
#pragma once

#include <string>
#include <vector>

#include "core/recognition/cases.h"
#include "core/recognition/clocks.h"
#include "tests/unit/core/recognition/case_fixture.h"
#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::recognition {

// A procedure that ends in decisions by four eyes, with one essential rule of comparison.
inline v1::RecognitionPolicy Procedure() {
  v1::RecognitionPolicy policy;
  policy.set_id("bg-procedure");
  policy.set_version("2030-01-01");
  policy.set_competent_authority("Recognition authority");
  policy.set_country("BG");
  policy.add_purposes(sharing::v1::PURPOSE_RECOGNITION);
  policy.set_authenticity_required(true);
  policy.set_legal_base("Article VI.1 of the Lisbon Recognition Convention");
  policy.set_appeal("Within one month, to the authority.");
  policy.mutable_procedure()->set_version("2030-01");
  policy.mutable_procedure()->set_kind(v1::CASE_KIND_DECISION);
  policy.mutable_procedure()->set_four_eyes(true);
  v1::AppealLimit* const limit = policy.mutable_procedure()->add_appeal_limits();
  limit->set_country("BG");
  limit->set_months(1);
  policy.mutable_comparison()->add_rules()->set_rule("R-C01");
  policy.mutable_comparison()->set_target("A unit of a programme");
  policy.mutable_comparison()->set_eqf_level(6);
  return policy;
}

class CaseStepsTest : public CaseFixture {
 protected:
  explicit CaseStepsTest(const passerelle::testing::Keeping& keeping = {}) : CaseFixture({Procedure()}, keeping) {}

  // A case of a document that states how it was assessed, by which it comes to an evaluator.
  std::string Open() {
    const std::string id = Submit(Request(document_));
    network_.Run();
    return id;
  }

  v1::TakeStepRequest Step(const std::string& id, v1::CaseStep step, const std::string& official = "official-1") {
    v1::TakeStepRequest request;
    request.set_request_id(NewId());
    request.set_id(id);
    request.mutable_action()->set_step(step);
    request.mutable_action()->set_actor(official);
    request.mutable_action()->set_reason("said in words");
    request.mutable_action()->set_revision(Authoritys(id).procedure().revision());
    return request;
  }

  absl::StatusOr<v1::RecognitionCase> Take(const v1::TakeStepRequest& request,
                                           const std::vector<v1::CaseActor>& roles = {v1::CASE_ACTOR_EVALUATOR}) {
    return bulgaria_.cases.Take("office", roles, request);
  }

  // Brings a case from the evaluator to the state EVALUATION, whatever it waits for.
  void BringToEvaluation(const std::string& id) {
    if (Authoritys(id).state() != v1::CASE_STATE_INCOMPLETE) return;
    v1::TakeStepRequest supply = Step(id, v1::CASE_STEP_SUPPLY);
    const v1::RecognitionCase open = Authoritys(id);
    for (const v1::MissingItem& item : open.procedure().items()) *supply.mutable_action()->add_items() = item;
    ASSERT_OK(Take(supply, {v1::CASE_ACTOR_HOLDER}).status());
    network_.Run();
  }

  v1::TakeStepRequest Proposal(const std::string& id, v1::DecisionKind kind) {
    v1::TakeStepRequest request = Step(id, v1::CASE_STEP_PROPOSE);
    *request.mutable_action()->mutable_decision() = ExampleDecision(kind);
    request.mutable_action()->mutable_decision()->set_departure_reason("as the evaluator sees it");
    v1::Evaluation* const evaluation = request.mutable_action()->mutable_evaluation();
    evaluation->set_policy_id("bg-procedure");
    evaluation->set_policy_version("2030-01-01");
    v1::RuleResult* const rule = evaluation->add_rules();
    rule->set_rule("R-C01");
    rule->set_outcome(v1::RULE_OUTCOME_MET);
    rule->set_explanation("The level is the same.");
    return request;
  }

  // Takes a case to its notification.
  std::string Decided(v1::DecisionKind kind = v1::DECISION_KIND_FULL) {
    const std::string id = Open();
    BringToEvaluation(id);
    EXPECT_OK(Take(Proposal(id, kind)).status());
    EXPECT_OK(Take(Step(id, v1::CASE_STEP_DECIDE, "official-2"), {v1::CASE_ACTOR_DECIDER}).status());
    network_.Run();
    return id;
  }

  std::vector<std::string> Queue(const std::string& until = "") {
    v1::ListDueCasesRequest request;
    request.set_until_day(until);
    std::vector<std::string> days;
    const auto page = bulgaria_.cases.ListDue(request);
    EXPECT_OK(page.status());
    for (const v1::DueCase& due : page->due_cases()) days.push_back(due.day());
    return days;
  }

  std::string Day(int days) { return DayText(DayOf(network_.clock.Now()) + days); }

  void AdvanceDays(int days) {
    for (int i = 0; i < days; ++i) {
      network_.clock.Advance(absl::Hours(24));
      network_.Run();
    }
  }

  // Kept messages of a resource of a node, of which the content can still be read.
  static int Readable(passerelle::testing::TestNode& node, const std::string& resource) {
    int readable = 0;
    EXPECT_OK(node.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<relay::MessageLog::Kept> kept,
                       relay::MessageLog::KeptOf(resource, "", 10'000, tx));
      for (const relay::MessageLog::Kept& message : kept) {
        readable += node.messages().Read(message.side, message.name, tx).ok() ? 1 : 0;
      }
      return absl::OkStatus();
    }));
    return readable;
  }
};

inline std::vector<std::string> Path(const v1::RecognitionCase& content) {
  std::vector<std::string> path;
  for (const v1::CaseEvent& event : content.events()) {
    if (!event.transition().empty()) path.push_back(event.transition());
  }
  return path;
}

}  // namespace passerelle::recognition
