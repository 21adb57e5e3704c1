// Tokens that say themselves that nobody signed them.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::base {

// Whether a protected header, in base64url as it stands in a signature, names the algorithm "none" (RFC 7515, 4.1.1;
// RFC 7518, 3.6), in whichever letters. What is no header says nothing.
bool SaysUnsigned(absl::string_view protected_header);

}  // namespace passerelle::base
