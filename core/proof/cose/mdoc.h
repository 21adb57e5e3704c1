// Issuer data authentication of mobile documents (ISO/IEC 18013-5, 9.1.2): what an issuer signed about a document, and
// whether the elements that were handed over are among it.
//
// The certificate of the signer travels unprotected, by design of the standard, so that it proves nothing by itself:
// trust is its path to an authority that was pinned (IACA). Authentication of the device is another question.
//
// Thread-safety: a free function on values. Ownership: a verdict owns what it tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/finding.h"
#include "core/proof/status/status_reference.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

struct MdocElement {
  std::string name_space;
  std::string identifier;
  std::string value;  // CBOR, as it was signed
};

struct MdocVerdict {
  bool verified = false;  // the signature over the security object, and the digest of every element
  Findings findings;      // the path, the times, and what else the profile says
  // Only if verified.
  std::string document_type;
  std::vector<MdocElement> elements;
  std::string device_key;  // a COSE_Key, in CBOR
  std::optional<Certificate> signer;
  std::optional<StatusReference> status;  // where its status stands, if the issuer says so (Token Status List, 6.3)
  absl::Time signed_at = absl::InfinitePast();
  absl::Time valid_from = absl::InfinitePast();
  absl::Time valid_until = absl::InfinitePast();

  bool Accepted() const { return verified && !findings.refused(); }
};

// Checks an IssuerSigned structure (8.3.2.1.2.2) as of a time. `document_type` is what the document claims to be
// outside of what is signed; empty when nobody claims anything. Reasons beside those of COSE: kClaimInvalid for
// what the issuer signed, kDisclosure for an element that it did not sign, kExpired, kNotYetValid, and those of
// BuildPath.
MdocVerdict VerifyIssuerSigned(absl::string_view issuer_signed, absl::string_view document_type,
                               const TrustAnchors& authorities, absl::Time at);

}  // namespace passerelle::proof
