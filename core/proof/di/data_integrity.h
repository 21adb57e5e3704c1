// Verifying W3C Data Integrity proofs within JSON documents: eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019,
// ecdsa-jcs-2019 (P-256 and P-384), Ed25519Signature2020, and derived proofs of ecdsa-sd-2023; alone, as sets, and as
// chains.
//
// Whether the proofs verify, and what is to be said against the document all the same, are separate answers. A proof
// that verifies says that the holder of a key signed; whether that key is the issuer's is said by `issuer_is_proven`.
//
// Thread-safety: a free function on values. Ownership: a verdict owns what it tells.
//
//   const DataIntegrityVerdict verdict = VerifyDataIntegrity(bytes, {.at = clock.Now()});
//   if (!verdict.Accepted()) ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/di/verification_method.h"
#include "core/proof/finding.h"

namespace passerelle::proof {

struct DataIntegrityOptions {
  absl::Time at;
  // Keys that the operator has installed.
  InstalledMethods installed;
  // Whether a key that is not shown to be the issuer's refuses the document; otherwise it is a note, and the caller
  // has to bind the key to the issuer.
  bool requires_issuer_key = false;
};

// What one proof says.
struct ProofStatement {
  std::string cryptosuite;
  std::string verification_method;
  std::string controller;             // who is named as having the key
  std::string thumbprint;             // of the key (RFC 7638)
  bool issuer_is_proven = false;      // the key is the issuer's, by its own name or by the operator
  std::optional<absl::Time> created;  // by the word of the signer
};

struct DataIntegrityVerdict {
  bool verified = false;  // every proof, mathematically
  // Two readers of the document may differ on what it says (a member stands twice), so no answer means anything.
  bool is_ambiguous = false;
  Findings findings;
  std::vector<ProofStatement> proofs;  // in the order of the document; only if verified
  // The document that was verified; only if verified. Nothing else of the bytes may go on.
  std::optional<base::JsonDocument> document;

  bool Accepted() const { return verified && !findings.refused(); }
};

// Checks all proofs of a document. Findings: the problems of reading the document, of SignedContent, and those of the
// family "Data Integrity proofs" in the catalogue; the place is a JSON pointer.
DataIntegrityVerdict VerifyDataIntegrity(absl::string_view bytes, const DataIntegrityOptions& options);

}  // namespace passerelle::proof
