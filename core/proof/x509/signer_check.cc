#include "core/proof/x509/signer_check.h"

#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::proof {
namespace {

using base::Reason;

// A path names its certificates as "x5c/1".
void RefusePath(const absl::Status& problem, absl::string_view place, Findings& findings) {
  const std::string where = base::PlaceOf(problem);
  findings.Refuse(base::ReasonOf(problem), absl::StrCat(place, absl::StripPrefix(where, "x5c")),
                  base::DetailOf(problem));
}

// What the document carries, and what is at hand besides.
RevocationEvidence Together(RevocationEvidence carried, const RevocationEvidence& known) {
  const auto append = [](const std::vector<std::string>& more, std::vector<std::string>& list) {
    list.insert(list.end(), more.begin(), more.end());
  };
  append(known.revocation_lists, carried.revocation_lists);
  append(known.ocsp_responses, carried.ocsp_responses);
  return carried;
}

RevocationAnswer FindRevocation(const SignerEvidence& evidence, const SealTrust& trust,
                                absl::Span<const Certificate> path, absl::Time at) {
  const Certificate& signer = evidence.certificates.front();
  std::vector<Certificate> known(path.begin(), path.end());
  known.insert(known.end(), evidence.certificates.begin(), evidence.certificates.end());
  for (const Certificate& issuer : known) {
    if (X509_check_issued(issuer.openssl(), signer.openssl()) != X509_V_OK) continue;
    return CheckRevocation(signer, issuer, Together(evidence.revocation, trust.revocation), at);
  }
  return {};
}

}  // namespace

absl::StatusOr<Certificate> ReadCertificate(absl::string_view der, const SealTrust& trust) {
  return trust.certificates == nullptr ? Certificate::FromDer(der) : trust.certificates->Get(der);
}

absl::StatusOr<std::vector<Certificate>> ReadCertificateChain(simdjson::dom::element x5c, const SealTrust& trust) {
  const auto list = base::AsArray(x5c);
  if (!list.has_value() || list->size() == 0 || list->size() > base::kCertificatesMax) {
    return base::Problem(Reason::kSignerCertificate, "x5c", "it is not a list of certificates");
  }
  std::vector<Certificate> chain;
  for (const simdjson::dom::element entry : *list) {
    const absl::StatusOr<std::string> der = base::Base64Decode(base::AsString(entry).value_or(""));
    absl::StatusOr<Certificate> certificate = ReadCertificate(der.ok() ? *der : "", trust);
    if (!certificate.ok()) {
      return base::Problem(Reason::kSignerCertificate, "x5c", "an entry is not a certificate");
    }
    chain.push_back(*std::move(certificate));
  }
  return chain;
}

void CheckSignerUse(const Certificate& signer, absl::string_view place, Findings& findings) {
  if (!signer.MaySignContent()) {
    findings.Refuse(Reason::kSignerCertificate, place, "its key is not for signatures over content");
  }
  if (signer.IsAuthority()) {
    findings.Refuse(Reason::kSignerCertificate, place, "it is the certificate of an authority");
  }
}

SignerAnswer CheckSigner(const SignerEvidence& evidence, const SealTrust& trust, absl::Time at, Findings& findings) {
  SignerAnswer answer;
  const Certificate& signer = evidence.certificates.front();
  if (trust.seals.empty()) {
    findings.Note(Reason::kNoEvidence, evidence.place, "no anchors are known");
  } else {
    absl::StatusOr<std::vector<Certificate>> built =
        BuildPath(signer, evidence.certificates, trust.seals, CertificateUse::kContent, at);
    answer.trusted = built.ok();
    if (built.ok()) {
      answer.path = *std::move(built);
    } else {
      RefusePath(built.status(), evidence.place, findings);
    }
  }
  answer.revocation = FindRevocation(evidence, trust, answer.path, at);
  if (answer.revocation.status == RevocationStatus::kRevoked) {
    findings.Refuse(Reason::kCertificateRevoked, absl::StrCat(evidence.place, "/0"));
  }
  return answer;
}

}  // namespace passerelle::proof
