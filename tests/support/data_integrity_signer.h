// Signs JSON documents with Data Integrity proofs, for tests and benchmarks of the verifier. What is signed comes from
// the product, whose canonical forms the W3C's vectors judge.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/test_signer.h"

namespace passerelle::testing {

// The public key as a Multikey: the bytes, and as the text of multibase. Ed25519, P-256 and P-384.
std::string MultikeyBytes(const TestSigner& signer);
std::string MultikeyText(const TestSigner& signer);
// "did:key:z…", and with the fragment that repeats the key.
std::string DidKey(const TestSigner& signer);
std::string DidKeyMethod(const TestSigner& signer);

// The options of a proof as members without braces, for the suite and the method, dated 2024-02-01.
std::string ProofMembers(absl::string_view suite, absl::string_view method);

// The proof with its value: an object. `document` is the document as it is signed, with the proofs on which this one
// builds as its member "proof", if there are any. `proof_members` are the options without braces.
std::string MakeProof(absl::string_view document, absl::string_view suite, const TestSigner& signer,
                      absl::string_view proof_members);

// The derived proof of ecdsa-sd-2023 for a document that shows everything, with every second statement mandatory.
std::string MakeDerivedProof(absl::string_view document, const TestSigner& signer, absl::string_view proof_members);

// The document, an object, with "proof" added as its last member.
std::string WithProof(absl::string_view document, absl::string_view proof);

}  // namespace passerelle::testing
