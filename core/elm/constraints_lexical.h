// Lexical forms of the datatypes that the European Learning Model uses.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::elm {

// Whether the text is a value of the datatype. Texts of any kind are values of the string types, and of xsd:anyURI (XML
// Schema 1.1, part 2, 3.3.17).
bool IsLexical(v3::Datatype datatype, absl::string_view text);

// xsd:dateTime: a date that the calendar has, a time, and an optional zone.
bool IsDateTime(absl::string_view text);

}  // namespace passerelle::elm
