// What people write in cases, for people of other nodes: text without control characters. Whoever shows it on a
// terminal still has base::OneLine to call, for controls of the direction of text.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace passerelle::recognition {

// A text in UTF-8 without control characters (C0, DEL, C1), tabs and ends of lines (LF, CR LF) excepted. Problem:
// kFieldInvalid at `place`.
absl::Status CheckPlainText(absl::string_view place, absl::string_view text);

// The same of every text in a message. Problem: kFieldInvalid at the place of the first one, after `place`, such as
// "action.items[2].needed"; without `place`, "items[2].needed".
absl::Status CheckPlainTexts(absl::string_view place, const google::protobuf::Message& message);

}  // namespace passerelle::recognition
