// Addresses to which a holder's browser is sent by what another node says.
//
// Thread-safety: a free function on values.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace passerelle::sharing {

// Bytes of an address, the token of a session in it. Browsers and servers take as many.
inline constexpr size_t kBrowserAddressBytesMax = 2048;

// Whether it is an address with https, a host, and no name or password before it, in the printable characters of ASCII
// that may stand in the head of an answer (RFC 3986).
bool IsBrowserAddress(absl::string_view text);

}  // namespace passerelle::sharing
