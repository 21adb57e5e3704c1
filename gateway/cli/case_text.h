// A recognition case for a terminal. What people and other nodes wrote is shown on lines of its own, and nothing of it
// can steer the terminal.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::gateway {

// The paragraphs of a text, each on one line (core/base/one_line.h); from the second on after `indent`.
std::string Paragraphs(absl::string_view text, absl::string_view indent);

// What the case is about, what is open, how it was decided and on which rules, and what happened: lines. The same at
// the holder's node, as far as the authority has told it. Days are those of the phase that the case is in.
std::string CaseText(const recognition::v1::RecognitionCase& content);

}  // namespace passerelle::gateway
