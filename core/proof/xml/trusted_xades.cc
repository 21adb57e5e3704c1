#include "core/proof/xml/trusted_xades.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/problem.h"
#include "core/proof/x509/time_stamp.h"

namespace passerelle::proof {
namespace {

using base::Reason;

constexpr absl::string_view kSealPlace = "KeyInfo";

// The signer's first. What is no certificate is told and left out.
std::vector<Certificate> ReadCertificates(const XadesVerification& seal, const SealTrust& trust, Findings& findings) {
  std::vector<Certificate> certificates;
  const auto add = [&](const std::string& der) {
    absl::StatusOr<Certificate> certificate = ReadCertificate(der, trust);
    if (certificate.ok()) {
      certificates.push_back(*std::move(certificate));
    } else {
      findings.Note(Reason::kSignerCertificate, kSealPlace, "an entry is not a certificate");
    }
  };
  add(seal.certificate);
  for (const std::string& der : seal.certificates) {
    if (der != seal.certificate) add(der);
  }
  return certificates;
}

// EN 319 132-1, 5.3: whether a time-stamp of the signature holds.
bool CheckTimeStamps(absl::Span<const Certificate> certificates, const SealTrust& trust, TrustedXades& result) {
  bool stamped = false;
  for (const XadesTimestamp& carried : result.seal.timestamps) {
    const absl::string_view bytes = carried.stamped;
    const absl::StatusOr<TimeStamp> checked =
        VerifyTimeStamp(carried.token, absl::MakeConstSpan(&bytes, 1), certificates, trust.time_stamps);
    if (!checked.ok()) {
      const bool malformed = base::ReasonOf(checked.status()) == Reason::kTimeStampMalformed;
      Findings& findings = result.seal.signature.findings;
      if (malformed)
        findings.Refuse(Reason::kTimeStampMalformed, "SignatureTimeStamp", base::DetailOf(checked.status()));
      if (!malformed) findings.Note(Reason::kTimeStampInvalid, "SignatureTimeStamp", base::DetailOf(checked.status()));
      continue;
    }
    stamped = true;
    if (!checked->trusted) continue;
    result.proven_time = std::min(result.proven_time.value_or(absl::InfiniteFuture()), checked->time);
  }
  return stamped;
}

}  // namespace

TrustedXades VerifyXades(absl::string_view bytes, const SealTrust& trust, absl::Time at) {
  TrustedXades result;
  result.seal = VerifyXades(bytes);
  Findings& findings = result.seal.signature.findings;
  if (!result.seal.signature.verified || result.seal.certificate.empty()) return result;
  const std::vector<Certificate> certificates = ReadCertificates(result.seal, trust, findings);
  if (certificates.empty() || certificates.front().der() != result.seal.certificate) return result;
  result.signer = certificates.front();
  CheckSignerUse(*result.signer, kSealPlace, findings);
  const bool whole = !findings.refused();
  const bool stamped = CheckTimeStamps(certificates, trust, result);
  const SignerAnswer answer =
      CheckSigner({kSealPlace, certificates, result.seal.evidence}, trust, result.proven_time.value_or(at), findings);
  result.trusted = answer.trusted;
  result.revocation = answer.revocation;
  if (whole) result.level = stamped ? XadesLevel::kT : XadesLevel::kB;
  if (whole && stamped && answer.revocation.status == RevocationStatus::kGood) result.level = XadesLevel::kLt;
  return result;
}

}  // namespace passerelle::proof
