#include "core/authenticity/seal_families.h"
#include "core/base/digest.h"
#include "core/base/problem.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;

// Why there is no path from the certificate to an anchor.
absl::Status PathOf(bool trusted, const proof::Findings& findings) {
  if (trusted) return absl::OkStatus();
  for (const proof::Finding& finding : findings.list()) {
    if (finding.reason == Reason::kCertificateUntrusted || finding.reason == Reason::kCertificateExpired) {
      return base::Problem(finding.reason, finding.place, finding.detail);
    }
  }
  return base::Problem(Reason::kNoEvidence, "", "no anchors are known");
}

}  // namespace

const proof::SealTrust& SealTrustOf(const trust::TrustBundle* bundle) {
  static const auto* const nobody = new proof::SealTrust;
  return bundle == nullptr ? *nobody : bundle->seal_trust();
}

void TakeCertificate(const proof::Certificate& signer, bool trusted, const proof::Findings& findings, Sealed& sealed) {
  sealed.certificate = signer;
  sealed.signer.certificate_sha256 = base::Sha256Hex(signer.der());
  sealed.signer.organization_identifier = signer.OrganizationIdentifier();
  if (signer.key().ok()) sealed.signer.key_thumbprint = signer.key()->thumbprint();
  sealed.path = PathOf(trusted, findings);
}

}  // namespace passerelle::authenticity
