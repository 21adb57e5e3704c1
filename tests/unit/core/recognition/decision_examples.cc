#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::recognition {
namespace {

void AddReason(const char* code, v1::Decision* decision) {
  v1::DecisionReason* reason = decision->add_reasons();
  reason->set_code(code);
  reason->set_text("The course does not cover the assessment of risks.");
  reason->set_evidence("rule R-C05");
  reason->set_purpose_link("The programme builds on it in its first semester.");
}

void AddUnits(v1::Decision* decision) {
  decision->set_target("Bachelor's programme in environmental science");
  v1::DecidedUnit* accepted = decision->add_accepted();
  accepted->set_unit("Water quality");
  accepted->set_ects("3");
  v1::DecidedUnit* open = decision->add_not_accepted();
  open->set_unit("Risk assessment");
  open->set_reason("not covered");
}

void AddCondition(v1::Decision* decision) {
  v1::DecisionCondition* condition = decision->add_conditions();
  condition->set_condition("Pass the bridging module");
  condition->set_checked_by("The faculty");
  condition->set_until("2026-12-31");
  condition->set_if_met("Recognised in full");
  condition->set_if_unmet("Not recognised");
}

void AddConsidered(v1::Decision* decision) {
  for (const v1::DecisionKind kind :
       {v1::DECISION_KIND_ALTERNATIVE, v1::DECISION_KIND_PARTIAL, v1::DECISION_KIND_CONDITIONAL}) {
    v1::ConsideredKind* considered = decision->add_considered();
    considered->set_kind(kind);
    considered->set_reason("It does not fit, because the level is lower.");
  }
}

}  // namespace

v1::Decision ExampleDecision(v1::DecisionKind kind) {
  v1::Decision decision;
  decision.set_kind(kind);
  decision.set_purpose("credit towards a bachelor's programme");
  decision.set_competent_authority("Model recognition centre");
  decision.set_legal_base("Article VI.1 of the Lisbon Recognition Convention");
  decision.set_policy_id("model-centre");
  decision.set_policy_version("2026-01-15");
  decision.set_decision_date("2026-03-02");
  decision.set_recognised_as("a unit of the programme");
  decision.set_scope("level only");
  decision.set_eqf_level(6);
  decision.set_agreement("benelux-baltic-2021");
  decision.set_authenticity_checked(true);
  decision.set_level("level 6 of the European framework, registered");
  decision.set_workload("5 ECTS credits");
  decision.set_quality("covered by an obligatory evaluation");
  decision.add_comparable("First unit of the programme");
  decision.set_legal_value("A statement of facts, which binds nobody.");
  decision.set_alternative("Preparatory year");
  decision.set_bridging_offer("Autumn intake");
  decision.set_appeal("Within one month, to the centre.");
  decision.set_remedial_advice("Take the module on risk assessment.");
  AddReason(kind == v1::DECISION_KIND_REFUSED ? "SD-LEVEL" : "ND-OUTCOMES", &decision);
  AddUnits(&decision);
  AddCondition(&decision);
  AddConsidered(&decision);
  return decision;
}

}  // namespace passerelle::recognition
