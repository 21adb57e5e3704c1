// UTF-8.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::base {

// Whether the bytes are well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF.
bool IsUtf8(absl::string_view bytes);

// The bytes if they are UTF-8; otherwise with a replacement character (U+FFFD) for every byte that is not ASCII.
std::string ToUtf8(absl::string_view bytes);

}  // namespace passerelle::base
