// The JSON Canonicalization Scheme (RFC 8785): one text for all spellings of the same JSON data.
//
// Members are ordered by the UTF-16 code units of their names (3.2.3), numbers are written as ECMAScript writes them
// (3.2.2.3), strings with the fewest escapes (3.2.2.2).
//
// Thread-safety: free functions on values.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

// The canonical text. Problem: kJsonNumberInexact for an integer that a double cannot hold, since readers would differ
// on what was signed; the place is its JSON pointer.
absl::StatusOr<std::string> CanonicalJson(simdjson::dom::element element);

// Whether `left` comes before `right` by UTF-16 code units. Both are UTF-8.
bool Utf16Less(absl::string_view left, absl::string_view right);

// The number as ECMAScript's Number::toString writes it. It must be finite.
std::string EcmaScriptNumber(double number);

}  // namespace passerelle::base
