// Text from outside, such as a file name or a peer's detail, for a terminal or a line of a report.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::base {

// The text in UTF-8 on one line: control characters (C0, DEL, C1), separators of lines and paragraphs, controls of the
// direction of text, and bytes that are no UTF-8 become visible escapes such as \x1b and \u202e. Nothing else changes.
std::string OneLine(absl::string_view text);

}  // namespace passerelle::base
