// Closed cases with a decision of each kind, and their invented holder.
#pragma once

#include <string>

#include "core/recognition/issue/decision_credential.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::recognition {

inline constexpr v1::DecisionKind kKinds[] = {v1::DECISION_KIND_FULL,        v1::DECISION_KIND_AUTO_LEVEL,
                                              v1::DECISION_KIND_PARTIAL,     v1::DECISION_KIND_CONDITIONAL,
                                              v1::DECISION_KIND_ALTERNATIVE, v1::DECISION_KIND_REFUSED,
                                              v1::DECISION_KIND_STATEMENT};

inline v1::RecognitionCase ClosedCase(v1::DecisionKind kind) {
  v1::RecognitionCase content;
  content.set_id("11111111-1111-4111-8111-111111111111");
  content.set_state(kind == v1::DECISION_KIND_STATEMENT ? v1::CASE_STATE_STATEMENT_ISSUED : v1::CASE_STATE_NOTIFIED);
  content.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  content.mutable_document()->set_sha256(std::string(64, 'a'));
  content.mutable_procedure()->set_version("2026-01");
  content.mutable_procedure()->set_appeal_until("2026-04-02");
  *content.mutable_procedure()->mutable_decision() = ExampleDecision(kind);
  return content;
}

inline elm::v3::Person ExampleHolder(const std::string& name = "Ingrid Solbakken") {
  elm::v3::Person holder;
  holder.set_id("urn:person:1");
  elm::v3::LanguageString* const full = holder.add_full_name();
  full->set_language("nb");
  full->set_value(name);
  holder.set_date_of_birth("1991-04-17T00:00:00Z");
  return holder;
}

inline DecisionIssue ExampleIssue() {
  DecisionIssue issue;
  issue.issuer = "https://centre.example";
  issue.country = "BG";
  issue.organization_identifier = "VATBG-111222333";
  issue.language = "en";
  issue.key_id = "k1";
  issue.at = absl::FromUnixSeconds(1'900'000'000);
  issue.until = issue.at + absl::Hours(24 * 365);
  issue.bitstring_status = proof::Statement::BitstringStatus{"https://centre.example/status/bitstring", 17};
  return issue;
}

}  // namespace passerelle::recognition
