// The forms of envelopes, each with what it holds.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::presentation {

// A credential within an envelope.
struct Content {
  std::string bytes;
  std::string place;  // of what holds it
};

struct Envelope {
  std::vector<Content> contents;
  // Places of the texts that hold a credential, and of what is the envelope's own.
  std::vector<std::string> used;
  std::vector<std::string> dropped;
  bool has_others = false;  // what it drops holds credentials too
};

// Whether the bytes are an envelope: kCertain where they say so by a type, kPossible where only the form tells.
document::Confidence LooksLikeEnvelope(absl::string_view bytes);

// The credentials inside, in their order; none is opened further. Problems: kFormatUnknown, those of JSON and of
// signatures, and kFormatNotSupported for envelopes that hold no text.
absl::StatusOr<Envelope> OpenEnvelope(absl::string_view bytes);

}  // namespace passerelle::adapters::presentation
