// What a JSON-LD processor would say of a credential's JSON: one that knows the two contexts, fetches none, and reports
// what the standard's processors drop in silence.
//
// The codec reads what is meant; this judges what is written. A member that no context defines, a text where an IRI
// belongs, a language map with members that are no texts: a processor refuses these or loses them.
//
// Rules: jsonld.undefined-member, jsonld.relative-iri, jsonld.unknown-type, jsonld.id-value, jsonld.type-value,
// jsonld.language-map, jsonld.language-tag, jsonld.datatype, jsonld.context, jsonld.keyword, jsonld.outside.
//
// Thread-safety: free functions on values. Ownership: the reading points into the JSON. Cost: linear in the size of the
// document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/elm/codec.h"
#include "core/elm/constraints_graph.h"

namespace passerelle::elm {

// Names of classes in model 3.2; most nodes state one.
using StatedTypes = absl::InlinedVector<absl::string_view, 2>;

struct JsonLdReading {
  std::vector<Finding> findings;  // violations; bounded by base::kFindingsMax
  // Classes that are stated of a node anywhere under its id, by its identity in the graph; nullopt where no object has
  // the id. Views into the JSON, which must outlive the reading.
  std::vector<std::optional<StatedTypes>> types;
};

// Reads the JSON of the credential that the graph is of.
JsonLdReading ReadAsJsonLd(simdjson::dom::object credential, const NodeGraph& graph);

// The pointer to a place of the message as a pointer into the JSON that it was read from: with an index where a single
// value stands in an array. What the JSON has no such member for stays as it is.
std::string PointerInJson(simdjson::dom::object credential, absl::string_view pointer);

// Whether the text has the form of a language tag by BCP 47.
bool IsLanguageTag(absl::string_view text);

}  // namespace passerelle::elm
