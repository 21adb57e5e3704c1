// A verdict as a message that is signed, and that anybody who has the document can come to again, without asking
// anybody: the record holds every other input, or its digest.
//
// The message is a compact JWS (RFC 7515) of the type "passerelle-verdict+jws", whose payload is a VerdictRecord. The
// bytes of the payload are the same for the same verdict. It holds no personal data but what digests give away to
// somebody who has the document already.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/authenticity/verdict.h"
#include "core/document/adapter.h"
#include "core/proof/key.h"
#include "core/proof/public_key.h"

namespace passerelle::authenticity {

// Whether the record brings the trust bundle itself along.
enum class BundlePart { kDigest, kWhole };

// `judge` is the id of the node that judged, or empty. `question` as it was judged, with the answer of the register.
v1::VerdictRecord MakeVerdictRecord(const Question& question, const v1::AuthenticityVerdict& verdict,
                                    absl::string_view judge, BundlePart part);

absl::StatusOr<std::string> SignVerdictRecord(const v1::VerdictRecord& record, const proof::SigningKey& key);

struct SavedVerdict {
  v1::VerdictRecord record;
  std::string key_thumbprint;  // that the message names; proven only if the signature was verified
  bool signature_verified = false;
};

// Reads a message, and verifies its signature when the key of whoever judged is given. Problem: kVerdictUnusable.
absl::StatusOr<SavedVerdict> OpenVerdictRecord(absl::string_view message, const proof::PublicKey* signer);

// Judges again, and gives the checks that the record has. `bundle` is needed when the record has the digest only, and
// has to be the one of the digest. Problems: kEvidenceDiffers for another document or bundle, or when the answer of the
// register is not the signed one that the verdict carries; kTrustBundleUnusable.
absl::StatusOr<v1::AuthenticityVerdict> ReplayVerdict(const document::Registry& adapters,
                                                      const v1::VerdictRecord& record, absl::string_view content,
                                                      std::shared_ptr<const trust::TrustBundle> bundle);

// Whether both say the same in every check and input.
bool SameVerdict(const v1::AuthenticityVerdict& a, const v1::AuthenticityVerdict& b);

}  // namespace passerelle::authenticity
