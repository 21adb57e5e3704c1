// The verdict on a document: named checks, three values. Unknown is never a fail and never a pass.
//
// Checks, always all of them and in this order: format, seal, register, validity, status, accreditation, holder. A
// check that this version cannot carry out is UNKNOWN with CHECK_NOT_IMPLEMENTED. The verdict is NOT_AUTHENTIC when a
// check fails, AUTHENTIC when none fails and the issuing side's register confirms the document as issued and in force,
// and CANNOT_BE_ESTABLISHED otherwise. An intact seal alone makes no document authentic: whose key it was made with, it
// cannot prove (seal_check.h). A document that cannot be read is not thereby false: its format check is UNKNOWN.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

struct Question {
  std::optional<std::string> content;  // the document, if it is at hand
  std::string sha256;                  // its digest
  absl::Time at;                       // point in time to judge for
  // What the issuing side's register answered, the problem why it could not, or nothing when no node was asked.
  std::optional<absl::StatusOr<v1::AuthenticityAnswer>> register_answer;
};

v1::AuthenticityVerdict Judge(const document::Registry& adapters, const Question& question);

// Words of the command line's contract: "AUTHENTIC", "NOT_AUTHENTIC", "CANNOT_BE_ESTABLISHED"; "PASS", "FAIL",
// "UNKNOWN".
absl::string_view VerdictWord(v1::Verdict verdict);
absl::string_view OutcomeWord(v1::CheckOutcome outcome);

// {"verdict","checks":[{"name","outcome","reason","inputs"}],"at","sha256"}
std::string VerdictJson(const v1::AuthenticityVerdict& verdict);
std::string VerdictText(const v1::AuthenticityVerdict& verdict);

}  // namespace passerelle::authenticity
