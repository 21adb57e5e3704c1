// The forms in which JSON-LD can write a literal or a reference.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::elm {

// {"@value": …} and {"value": …}, with the type or the language that stand beside it.
struct ValueObject {
  simdjson::dom::element value;
  absl::string_view type;
  absl::string_view language;
  bool bare = false;  // "value" or "language" without the @, which makes no value object in JSON-LD
};
std::optional<ValueObject> AsValueObject(simdjson::dom::object object);

// The text of {"id": …} and nothing else.
std::optional<absl::string_view> AsReference(simdjson::dom::object object);

// The array of {"@set": […]}, which says the same as the array alone; nothing for other values.
std::optional<simdjson::dom::element> AsSet(simdjson::dom::element value);

// The integer that JSON-LD makes of a number: one without a fraction, such as 1, 1.0 or 1e3; nothing for other values.
std::optional<int64_t> AsInteger(simdjson::dom::element value);

// Whether N-Triples (2.3, IRIREF) can write the text as an IRI.
bool HasIriCharactersOnly(absl::string_view text);

// The same of a text that begins with a scheme.
bool IsAbsoluteIri(absl::string_view text);

// JSON-LD's word for a text without a language, and what people write for it.
bool IsNoLanguage(absl::string_view language);

// Whether a name in a map of texts can be their language, none included. Keywords are none; "value" would be read as
// one if it were written. A tag stands beside each of its texts, so that a long one is none either: RFC 5646, 4.4.1,
// names 35 characters as enough.
bool CanBeLanguage(absl::string_view language);

// Local name of the datatype that JSON-LD gives the literals of a property anyway.
absl::string_view DatatypeName(v3::Datatype datatype);

// Whether a text in JSON is a value of the datatype without a type beside it.
bool IsTextDatatype(v3::Datatype datatype);

// Whether a stated type is that datatype.
bool IsTypeOf(absl::string_view stated, v3::Datatype datatype);

// Whether the literal is of that datatype. A context gives a value object no type: without one of its own, a text is a
// string, a truth value a boolean and a whole number an integer (JSON-LD 1.1 API, 8.2.2), never a positive integer.
bool IsLiteralOf(const ValueObject& literal, v3::Datatype datatype);

}  // namespace passerelle::elm
