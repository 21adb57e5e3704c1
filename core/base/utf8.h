// UTF-8.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::base {

// Whether the bytes are well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF.
bool IsUtf8(absl::string_view bytes);

}  // namespace passerelle::base
