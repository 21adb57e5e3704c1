#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/seal_families.h"
#include "core/base/cbor.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/cose/mdoc.h"

namespace passerelle::authenticity {
namespace {

using base::Cbor;
using base::Reason;

constexpr absl::string_view kMobileFamily = "mdoc";

// The parts of one document, as whoever hands it over has put them together.
struct MobileDocument {
  absl::string_view issuer_signed;  // as it was sent
  absl::string_view type;           // empty when nothing is claimed
  bool device_signed = false;
};

// Problems: those of ReadCbor; kSeveralSubjects unless there is one document; kClaimInvalid without what the issuer
// signed.
absl::StatusOr<MobileDocument> FindDocument(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const Cbor item, base::ReadCbor(bytes));
  if (item.Find("issuerAuth") != nullptr) return MobileDocument{item.encoded, "", false};
  const Cbor* document = &item;
  if (const Cbor* const documents = item.Find("documents")) {
    if (documents->items.size() != 1) return base::Problem(Reason::kSeveralSubjects, "documents");
    document = &documents->items.front();
  }
  const Cbor* const issuer_signed = document->Find("issuerSigned");
  const Cbor* const type = document->Find("docType");
  if (issuer_signed == nullptr) return base::Problem(Reason::kClaimInvalid, "issuerSigned", "it is missing");
  return MobileDocument{issuer_signed->encoded, type == nullptr ? "" : type->Text().value_or(""),
                        document->Find("deviceSigned") != nullptr};
}

// Whether the signer's certificate leads to an anchor.
bool HasPath(const proof::Findings& findings) {
  return std::none_of(findings.list().begin(), findings.list().end(), [](const proof::Finding& finding) {
    return finding.reason == Reason::kCertificateUntrusted || finding.reason == Reason::kCertificateExpired;
  });
}

}  // namespace

Sealed JudgeMobileDocument(absl::string_view bytes, const Evidence& evidence) {
  const absl::StatusOr<MobileDocument> document = FindDocument(bytes);
  if (!document.ok()) return OpenSeal(base::ReasonOf(document.status()), kMobileFamily);
  proof::MdocVerdict seen = proof::VerifyIssuerSigned(document->issuer_signed, document->type,
                                                      SealTrustOf(evidence.bundle).seals, evidence.at);
  Sealed sealed;
  ConcludeSeal(seen.verified, seen.findings, kMobileFamily, false, sealed);
  if (document->device_signed) sealed.holder = Unknown("holder", Reason::kHolderNotAsked);
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return sealed;
  TakeCertificate(*seen.signer, HasPath(seen.findings), seen.findings, sealed);
  sealed.claimed_time = seen.signed_at;
  sealed.status = std::move(seen.status);
  // The issuer has no name but its certificate, which has to have signed the list too.
  if (sealed.status) sealed.status->issuer = absl::StrCat("urn:sha256:", sealed.signer.certificate_sha256);
  return sealed;
}

}  // namespace passerelle::authenticity
