#include "core/proof/jades/seal_credential.h"

#include <openssl/x509.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/elm/codec.h"
#include "core/elm/vocabulary.h"

namespace passerelle::proof {
namespace {

// A text of the subject's name (RFC 5280, 4.1.2.6); empty if it is not there.
std::string SubjectText(const Certificate& certificate, int nid) {
  const X509_NAME* const name = X509_get_subject_name(certificate.openssl());
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return "";
  std::string utf8(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return utf8;
}

// Whether the issuer that a credential states is who holds the certificate.
bool Holds(const elm::v3::EuropeanDigitalCredential& credential, const Certificate& certificate) {
  const std::string identifier = SubjectText(certificate, NID_organizationIdentifier);
  return !identifier.empty() && credential.issuer().organisation().eidas_identifier().notation() == identifier;
}

void SetIssuer(const Certificate& certificate, elm::v3::Organisation* issuer) {
  const std::string digest = base::Sha256Hex(certificate.der());
  issuer->set_id(absl::StrCat("urn:passerelle:seal:", digest));
  std::string legal_name = SubjectText(certificate, NID_organizationName);
  if (legal_name.empty()) legal_name = SubjectText(certificate, NID_commonName);
  auto* const name = issuer->add_legal_name();
  name->set_language("en");
  name->set_value(legal_name);
  const std::optional<elm::v3::Concept> country = elm::Country(SubjectText(certificate, NID_countryName));
  if (country) *issuer->add_location()->add_address()->mutable_country_code() = *country;
  const std::string identifier = SubjectText(certificate, NID_organizationIdentifier);
  if (identifier.empty()) return;
  auto* const legal = issuer->mutable_eidas_identifier();
  legal->set_id(absl::StrCat("urn:passerelle:seal:", digest, ":identifier"));
  legal->set_notation(identifier);
  if (country) *legal->mutable_spatial() = *country;
}

}  // namespace

absl::StatusOr<std::string> SealCredential(elm::v3::EuropeanDigitalCredential credential, const Sealer& sealer,
                                           absl::Time at) {
  const std::string date = base::WriteDateTime(at);
  if (credential.issued().empty()) credential.set_issued(date);
  if (credential.issuance_date().empty()) credential.set_issuance_date(date);
  if (!credential.has_issuer()) SetIssuer(sealer.certificate(), credential.mutable_issuer()->mutable_organisation());
  return sealer.Seal(elm::Write(credential), at);
}

absl::StatusOr<std::string> SealTranslated(const document::Translated& translated, const Sealer& sealer,
                                           absl::Time at) {
  if (translated.catalogue.has_value()) return sealer.Seal(translated.content, at);
  elm::v3::EuropeanDigitalCredential credential = translated.credential;
  if (!Holds(credential, sealer.certificate())) credential.clear_issuer();
  return SealCredential(std::move(credential), sealer, at);
}

}  // namespace passerelle::proof
