// What a JSON-LD 1.1 document says as RDF (W3C JSON-LD 1.1 API: expansion and deserialization to RDF). The processing
// mode is json-ld-1.1; there is no compaction, no framing, and no fetching of documents.
//
//   ASSIGN_OR_RETURN(const JsonLdResult result, ToRdf(document.root(), PinnedContexts::Get(), {.safe = true}));
//
// Thread-safety: free functions; the source of contexts as it says itself.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/rdf/context_source.h"
#include "core/rdf/dataset.h"

namespace passerelle::rdf {

// What becomes of the base direction of texts, which RDF has no place for (API, 9.3).
enum class RdfDirection { kDropped, kI18nDatatype, kCompoundLiteral };

struct JsonLdOptions {
  std::string base;  // the IRI of the document; empty when it has none
  RdfDirection direction = RdfDirection::kDropped;
  std::optional<simdjson::dom::element> expand_context;  // a context before those of the document
  // For proofs: whatever would be lost on the way is a problem (kJsonLdNotCovered) instead: undefined terms, relative
  // references, reserved words, directions, and whole numbers that other programs round.
  bool safe = false;
};

struct JsonLdResult {
  Dataset dataset;
  bool used_inline_context = false;  // the document brought definitions of its own
};

// Problems: kJsonLdInvalid with the specification's name of the fault, kJsonLdContextUnknown, kJsonLdNotCovered,
// kJsonNumberInexact and kRdfTooComplex. The place is a JSON pointer, or within contexts a term.
absl::StatusOr<JsonLdResult> ToRdf(simdjson::dom::element document, ContextSource& contexts,
                                   const JsonLdOptions& options);

}  // namespace passerelle::rdf
