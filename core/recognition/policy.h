// Recognition policies as data, and their evaluation: a pure function of policy and facts.
//
// Thread-safety: free functions on values. The same inputs give the same bytes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "core/base/owned_message.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Whether a policy can be used: ids and version there, elements of Annex I, level 1 to 8, ECTS a decimal.
// kConfigInvalid with the field.
absl::Status CheckPolicy(const v1::RecognitionPolicy& policy);

// What a policy is evaluated on.
struct Facts {
  document::v1::AnnexOneReport annex_one;
  base::OwnedMessage<elm::v3::EuropeanDigitalCredential> credential;
  authenticity::v1::AuthenticityVerdict verdict;  // only read when the policy requires authenticity
  v1::CaseFacts about;  // judged when the policy has rules (policy_check.h); of who assessed, whatever it has
};

// Rule by rule, in the order required elements, minimum level, minimum credits, authenticity. A value that is not
// stated, or stated only as text, is UNKNOWN, never NOT_MET: the assessing side must show that a requirement is not met
// (Lisbon Recognition Convention). Levels are judged on every learning achievement of the credential, credits on their
// sum; parts are not added to the whole. That an element is there is MET by a text too: what it says is for a person.
// Whatever the policy, what is open about those who assessed and did not award is a warning
// (facts/assessor_warnings.h). A policy with automatic or comparability rules is evaluated by those instead
// (rules/evaluate.h), on `about`. The proposed state: DECIDED when every rule is met, INCOMPLETE when none is "not met"
// and something is unknown, EVALUATION when a rule is not met: a person then looks for recognition in another form
// before anything is refused.
v1::Evaluation Evaluate(const v1::RecognitionPolicy& policy, const Facts& facts);

// The evaluation of a document that the authority's node cannot read: INCOMPLETE, with the reason of the catalogue.
v1::Evaluation EvaluateUnreadable(const v1::RecognitionPolicy& policy, const absl::Status& problem);

// The outcome that an evaluation leads to, with the reasons in words.
v1::RecognitionOutcome MakeOutcome(const v1::RecognitionPolicy& policy, const v1::Evaluation& evaluation);

}  // namespace passerelle::recognition
