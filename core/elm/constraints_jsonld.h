// What a JSON-LD processor would say of a credential's JSON: one that knows the two contexts, fetches none, and reports
// what the standard's processors drop in silence.
//
// The codec reads what is meant; this judges what is written. A member that no context defines, a text where an IRI
// belongs, a language map with members that are no texts: a processor refuses these or loses them.
//
// Rules: jsonld.undefined-member, jsonld.relative-iri, jsonld.unknown-type, jsonld.id-value, jsonld.type-value,
// jsonld.language-map, jsonld.language-tag, jsonld.datatype, jsonld.context.
//
// Thread-safety: free functions on values. Ownership: the reading points into the JSON. Cost: linear in the size of the
// document.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

// Names of classes; most nodes state one.
using StatedTypes = absl::InlinedVector<absl::string_view, 2>;

struct JsonLdReading {
  std::vector<Finding> findings;  // violations; bounded by base::kFindingsMax
  // Classes that are stated of a node, here or anywhere under its id. A node written out several times is one node.
  // Views into the JSON, which must outlive the reading.
  absl::flat_hash_map<absl::string_view, StatedTypes> types_by_id;
};

JsonLdReading ReadAsJsonLd(simdjson::dom::object credential);

// Whether the text has the form of a language tag by BCP 47.
bool IsLanguageTag(absl::string_view text);

}  // namespace passerelle::elm
