// Takes a credential out of what it came wrapped in.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

struct OpenedCredential {
  base::JsonDocument document;  // owns what `credential` points to
  simdjson::dom::object credential;
  Envelope envelope = Envelope::kBare;
  std::vector<Finding> findings;  // about the envelope
};

// Problems as of Read.
absl::StatusOr<OpenedCredential> OpenCredential(absl::string_view bytes);

}  // namespace passerelle::elm
