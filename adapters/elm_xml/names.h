// What the elements of ELM v1 and v2 are called in ELM v3. Elements that kept their name have no row.
//
// Thread-safety: free functions on constants.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::adapters::elm_xml {

// Where an element goes: the term of a property, or two of them with "/" between for a node that v3 puts in between. An
// empty term means that v3 has no place for it, and why.
struct Place {
  absl::string_view term;
  absl::string_view reason;
};

// The place of an element in a class of v3.
Place PlaceOf(absl::string_view v3_class, absl::string_view element);

// The class of v3 that an element stands for by its name, such as Organisation for "organization"; empty for others.
absl::string_view ClassNamed(absl::string_view element);

}  // namespace passerelle::adapters::elm_xml
