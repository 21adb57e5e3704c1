// Derived proofs of ecdsa-sd-2023 (W3C Data Integrity ECDSA Cryptosuites, 3.5.7 and 3.6): the issuer signed the
// mandatory statements together and every other one alone, and the holder shows some of them.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/proof/di/signed_content.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

// OK when the base signature of the issuer and the signature of every statement that is shown verify. Problems:
// kProofMalformed, also for the base proof, which is for the holder only; kSignatureInvalid; and those of RdfcContent.
absl::Status VerifyDerivedProof(const SecuredDocument& secured, absl::string_view proof_value, const PublicKey& key,
                                bool& used_inline_context);

}  // namespace passerelle::proof
