// Words for the status of an award, or of a result, in the credentials of badges, records and wallets.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::adapters::families {

// What a status says, in whichever spelling: "In Progress", "ext:in-progress" and the address of a vocabulary are one
// word. kOther is said by every word that is not known.
enum class StatusWord {
  kOther,
  kPassed,
  kNotPassed,
  kUnfinished,  // on its way, or not yet final
  kSuspended,   // for the time being
  kRevoked,     // awarded once, and taken back
  kWithdrawn,   // of a result, the learner left; of an award, it was taken back
};
StatusWord StatusWordOf(absl::string_view text);

}  // namespace passerelle::adapters::families
