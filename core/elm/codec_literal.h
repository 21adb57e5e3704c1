// The forms in which JSON-LD can write a literal or a reference.
//
// Thread-safety: free functions on values.
#pragma once

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
};
std::optional<ValueObject> AsValueObject(simdjson::dom::object object);

// The text of {"id": …} and nothing else.
std::optional<absl::string_view> AsReference(simdjson::dom::object object);

// Whether the text begins with a scheme and has no blanks.
bool IsAbsoluteIri(absl::string_view text);

// Local name of the datatype that JSON-LD gives the literals of a property anyway.
absl::string_view DatatypeName(v3::Datatype datatype);

// Whether a stated type, if any, is that datatype.
bool IsTypeOf(absl::string_view stated, v3::Datatype datatype);

}  // namespace passerelle::elm
