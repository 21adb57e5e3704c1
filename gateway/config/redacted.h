// The configuration as it may be shown: with nothing that opens a door.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace passerelle::gateway {

inline constexpr char kRedacted[] = "(redacted)";

// A text with its secrets replaced by kRedacted: passwords of a PostgreSQL connection, and every text that speaks of a
// password or a PIN in another way, as a whole. Other texts come back as they are.
std::string RedactedText(absl::string_view text);

// Replaces the secrets in all texts of a message, however deep. A field whose name ends in _file or _variable says
// where a secret is found, and stays.
void RedactSecrets(google::protobuf::Message* message);

}  // namespace passerelle::gateway
