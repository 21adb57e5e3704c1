// The verdict on a document: named checks, three values. Unknown is never a fail and never a pass.
//
// Checks, always all of them and in this order: format, seal, signer, register, validity, status, accreditation,
// holder, assessor. The verdict is NOT_AUTHENTIC when a check fails. It is AUTHENTIC when none fails, every check
// passes that the policy demands, and one of two holds: the issuing side's register confirms the document as issued and
// in force; or the seal is intact, its signer may speak for the issuer, the document is within its validity, and it is
// not revoked as far as it says that it could be. It is CANNOT_BE_ESTABLISHED otherwise. An intact seal alone makes no
// document authentic. A document that cannot be read is not thereby false: its format check is UNKNOWN.
// docs/reference/verdict.md has it all.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/authenticity/used_status_lists.h"
#include "core/document/adapter.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/trust/bundle.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

struct Question {
  std::optional<std::string> content;  // the document, if it is at hand
  std::string sha256;                  // its digest
  absl::Time at;                       // point in time to judge for
  // What the issuing side's register answered, the problem why it could not, or nothing when no node was asked.
  std::optional<absl::StatusOr<v1::AuthenticityAnswer>> register_answer;
  // Whose keys count; null when nobody is trusted. One that has expired by `now` is not used.
  std::shared_ptr<const trust::TrustBundle> bundle;
  absl::Time now = absl::InfinitePast();
  // Status lists besides those of the bundle, and which of them were used; null when there are none.
  std::shared_ptr<UsedStatusLists> status_lists;
  v1::VerdictPolicy policy;
  std::optional<proof::KeyBindingDemand> holder;  // what the holder was asked with
};

v1::AuthenticityVerdict Judge(const document::Registry& adapters, const Question& question);

// Problem: kConfigInvalid for a policy that demands a check that there is not, or an age that is none.
absl::Status CheckVerdictPolicy(const v1::VerdictPolicy& policy);

// Words of the command line's contract: "AUTHENTIC", "NOT_AUTHENTIC", "CANNOT_BE_ESTABLISHED"; "PASS", "FAIL",
// "UNKNOWN".
absl::string_view VerdictWord(v1::Verdict verdict);
absl::string_view OutcomeWord(v1::CheckOutcome outcome);

// {"verdict","checks":[{"name","outcome","reason","inputs","time"}],"at","sha256"}; "time" only where it is not "at".
std::string VerdictJson(const v1::AuthenticityVerdict& verdict);
std::string VerdictText(const v1::AuthenticityVerdict& verdict);

}  // namespace passerelle::authenticity
