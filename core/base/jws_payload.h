// Takes the payload out of a JSON Web Signature (RFC 7515, 7797) without judging the signature: reading a document and
// proving it are two things, and a document is read even when nobody can prove it.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"

namespace passerelle::base {

// Whether the text has the form of a compact JSON Web Signature, which no JSON text has.
bool IsCompactJws(absl::string_view text);

// Whether the object is a signature in JSON serialization, general or flattened (RFC 7515, 7.2).
bool IsJsonJws(simdjson::dom::object object);

// The payload. Problem: kSealMalformed, with the place.
absl::StatusOr<std::string> PayloadOfCompactJws(absl::string_view seal);
absl::StatusOr<std::string> PayloadOfJsonJws(simdjson::dom::object seal);

}  // namespace passerelle::base
