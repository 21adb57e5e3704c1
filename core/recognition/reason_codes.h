// Reason codes of decisions (reason_codes.def), and which of them can be a ground for what.
//
// Thread-safety: free functions on constants.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace passerelle::recognition {

enum class ReasonKind { kSubstantial, kNonSubstantial, kAuthenticity, kInformation };

struct ReasonCode {
  absl::string_view code;
  ReasonKind kind;
  absl::string_view meaning;
};

inline constexpr ReasonCode kReasonCodes[] = {
#define CODE(code, kind, meaning) {code, ReasonKind::kind, meaning},
#include "core/recognition/reason_codes.def"
#undef CODE
};

// The code of that name; nullopt if there is none.
inline std::optional<ReasonCode> FindReasonCode(absl::string_view code) {
  for (const ReasonCode& entry : kReasonCodes) {
    if (entry.code == code) return entry;
  }
  return std::nullopt;
}

// Whether a case can be held, or a decision withdrawn, for it: what shows that the document is not what it seems.
inline bool ShowsFraudOrLoss(absl::string_view code) {
  const std::optional<ReasonCode> entry = FindReasonCode(code);
  return entry.has_value() && (entry->kind == ReasonKind::kAuthenticity || entry->code == "MILL");
}

}  // namespace passerelle::recognition
