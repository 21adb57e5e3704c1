// The European Student Identifier: a value of schacPersonalUniqueCode by GÉANT's specification, version 1.0.
//
//   urn:schac:personalUniqueCode:int:esi:<country or region>:<code>   given out for a country or a part of it
//   urn:schac:personalUniqueCode:int:esi:<organisation>:<code>        given out by an institution, by its domain
//
// It is compared without regard to case, as the attribute is. That one is well-formed says nothing about a student.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// How adapters name the scheme of such an identifier.
inline constexpr absl::string_view kStudentIdentifierScheme = "European Student Identifier";

// Characters of a whole identifier (the specification). Test: tests/unit/core/elm/rules/rules_test.cc.
inline constexpr size_t kStudentIdentifierCharactersMax = 255;

// Whether a text begins as one, well-formed or not.
bool ClaimsStudentIdentifier(absl::string_view text);

// Whether a text is one: a country of ISO 3166-1 or a region of ISO 3166-2 in its form, or a domain of two labels at
// least; then a code of the characters that a URN may have (RFC 2141, section 2).
bool IsStudentIdentifier(absl::string_view text);

}  // namespace passerelle::elm
