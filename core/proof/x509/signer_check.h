// Whether the certificate behind a seal is to be trusted: the same for JAdES and XAdES.
//
// Thread-safety: free functions on values; SealTrust is const after filling and can be shared.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/x509/certificate.h"
#include "core/proof/x509/certificate_cache.h"
#include "core/proof/x509/revocation.h"

namespace passerelle::proof {

// Who is trusted, and what is at hand about revocation besides what the document carries. Without anchors for seals no
// path is looked for, and nobody is trusted.
struct SealTrust {
  TrustAnchors seals;
  TrustAnchors time_stamps;
  RevocationEvidence revocation;
  // Where certificates of documents are kept; null: each is read anew.
  std::shared_ptr<CertificateCache> certificates;
};

// A certificate that a document carries, in DER. Problem: kKeyUnusable.
absl::StatusOr<Certificate> ReadCertificate(absl::string_view der, const SealTrust& trust);

// The certificates of a JOSE header in base64, the signer's first (RFC 7515, 4.1.6); at most kCertificatesMax. Problem:
// kSignerCertificate.
absl::StatusOr<std::vector<Certificate>> ReadCertificateChain(simdjson::dom::element x5c, const SealTrust& trust);

// Where a seal has its certificates, and what it says of them.
struct SignerEvidence {
  absl::string_view place;                     // of the certificates in the document, for findings
  absl::Span<const Certificate> certificates;  // the signer's first, then all that the document carries
  RevocationEvidence revocation;
};

struct SignerAnswer {
  bool trusted = false;           // there is a path to an anchor at that time
  std::vector<Certificate> path;  // that path, the signer first; empty without one
  RevocationAnswer revocation;
};

// Whether a certificate is for signatures over content, and not that of an authority. Finding: kSignerCertificate.
void CheckSignerUse(const Certificate& signer, absl::string_view place, Findings& findings);

// Judges the signer as of a time: a path to an anchor, and not revoked by the evidence. What is wrong goes to the
// findings: kCertificateUntrusted, kCertificateExpired, kCertificateRevoked; without anchors a note, kNoEvidence.
SignerAnswer CheckSigner(const SignerEvidence& evidence, const SealTrust& trust, absl::Time at, Findings& findings);

}  // namespace passerelle::proof
