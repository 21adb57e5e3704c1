// IRIs (RFC 3987) as far as RDF and JSON-LD need them: form, and resolving references (RFC 3986, 5).
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::rdf {

// Whether the text begins with a scheme and holds no blank: what JSON-LD takes for an IRI rather than a reference.
bool HasScheme(absl::string_view text);

// Whether the text begins with a scheme and has no character that N-Quads excludes from IRIREF.
bool IsIriReference(absl::string_view text);

// The same, and at most one "#" (RFC 3987, 2.2: a fragment holds none).
bool IsWellFormedIri(absl::string_view text);

// Whether the text is a blank node identifier by its first two characters, "_:".
bool IsBlankNodeId(absl::string_view text);

// The reference resolved against an absolute base; the reference itself when the base has no scheme.
std::string ResolveIri(absl::string_view base, absl::string_view reference);

}  // namespace passerelle::rdf
