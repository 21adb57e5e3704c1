// What a Data Integrity proof signs: the canonical forms of its options and of the document without the proof.
//
// Thread-safety: free functions on values. Ownership: values.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/rdf/canonical.h"

namespace passerelle::proof {

// A document, and the proof on it that is looked at.
struct SecuredDocument {
  const base::JsonDocument& json;
  simdjson::dom::object document;
  simdjson::dom::object proof;
  // The proofs on which this one builds; they are signed with the document.
  std::vector<simdjson::dom::element> previous;
};

struct SignedContent {
  std::string hash_data;             // the hash of the options, then that of the document
  bool used_inline_context = false;  // the document brought definitions of its own
};

// For the RDFC suites (EdDSA Cryptosuites, 3.2.3 to 3.2.5; ECDSA Cryptosuites, 3.2.3 to 3.2.5). Problems of rdf::ToRdf
// in safe mode and of rdf::Canonicalize.
absl::StatusOr<SignedContent> RdfcContent(const SecuredDocument& secured, base::HashAlgorithm hash);

// For the JCS suites (EdDSA Cryptosuites, 3.3). Problems of base::CanonicalJson; kProofMalformed when the document's
// contexts do not begin with those of the proof.
absl::StatusOr<SignedContent> JcsContent(const SecuredDocument& secured, base::HashAlgorithm hash);

// The options of the proof in canonical RDF, hashed; and the document as RDF. For selective disclosure.
absl::StatusOr<std::string> RdfcOptionsHash(const SecuredDocument& secured, base::HashAlgorithm hash,
                                            bool& used_inline_context);
absl::StatusOr<rdf::Dataset> DocumentAsRdf(const SecuredDocument& secured, bool& used_inline_context);

}  // namespace passerelle::proof
