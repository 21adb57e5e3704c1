#include "core/proof/x509/revocation.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include <memory>

#include "core/base/limits.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

struct FreeEvidence {
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(OCSP_RESPONSE* response) const { OCSP_RESPONSE_free(response); }
  void operator()(OCSP_BASICRESP* response) const { OCSP_BASICRESP_free(response); }
  void operator()(OCSP_CERTID* id) const { OCSP_CERTID_free(id); }
};
template <typename T>
using OwnedEvidence = std::unique_ptr<T, FreeEvidence>;

std::optional<absl::Time> IfStated(const ASN1_TIME* time) {
  return time == nullptr ? std::nullopt : std::optional<absl::Time>(TimeOf(time));
}

struct Period {
  absl::Time made;
  std::optional<absl::Time> next;
};

// Takes a piece of evidence if it is newer than what is known.
void Take(RevocationAnswer& answer, Period period, std::optional<absl::Time> revoked_at, absl::Time at) {
  if (period.made <= answer.as_of) return;
  answer.as_of = period.made;
  answer.next_update = period.next;
  answer.revoked_at = revoked_at;
  const bool revoked = revoked_at.has_value() && *revoked_at <= at;
  answer.status = revoked ? RevocationStatus::kRevoked : RevocationStatus::kGood;
}

void ReadList(absl::string_view der, const Certificate& certificate, const Certificate& issuer, absl::Time at,
              RevocationAnswer& answer) {
  const unsigned char* begin = Bytes(der);
  const OwnedEvidence<X509_CRL> list(d2i_X509_CRL(nullptr, &begin, static_cast<long>(der.size())));
  if (list == nullptr || !issuer.key().ok() ||
      X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(issuer.openssl())) != 0 ||
      X509_CRL_verify(list.get(), issuer.key()->openssl()) != 1) {
    return;
  }
  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_cert(list.get(), &entry, certificate.openssl());
  std::optional<absl::Time> revoked_at;
  if (found == 1) revoked_at = TimeOf(X509_REVOKED_get0_revocationDate(entry));
  Take(answer, {TimeOf(X509_CRL_get0_lastUpdate(list.get())), IfStated(X509_CRL_get0_nextUpdate(list.get()))},
       revoked_at, at);
}

OwnedEvidence<OCSP_BASICRESP> BasicResponse(absl::string_view der) {
  const unsigned char* begin = Bytes(der);
  const OwnedEvidence<OCSP_RESPONSE> whole(d2i_OCSP_RESPONSE(nullptr, &begin, static_cast<long>(der.size())));
  if (whole != nullptr) return OwnedEvidence<OCSP_BASICRESP>(OCSP_response_get1_basic(whole.get()));
  begin = Bytes(der);
  return OwnedEvidence<OCSP_BASICRESP>(d2i_OCSP_BASICRESP(nullptr, &begin, static_cast<long>(der.size())));
}

void ReadOcsp(absl::string_view der, const Certificate& certificate, const Certificate& issuer, absl::Time at,
              RevocationAnswer& answer) {
  const OwnedEvidence<OCSP_BASICRESP> basic = BasicResponse(der);
  if (basic == nullptr) return;
  const absl::Time made = TimeOf(OCSP_resp_get0_produced_at(basic.get()));
  // The issuer is the anchor: the responder is the issuer itself, or has a certificate from it for OCSP.
  const std::shared_ptr<X509_STORE> store =
      MakeStore(absl::MakeConstSpan(&issuer, 1), CertificateUse::kContent, made, Strictness::kLenient);
  if (store == nullptr || OCSP_basic_verify(basic.get(), nullptr, store.get(), 0) != 1) return;
  for (const EVP_MD* const digest : {EVP_sha1(), EVP_sha256()}) {
    const OwnedEvidence<OCSP_CERTID> id(OCSP_cert_to_id(digest, certificate.openssl(), issuer.openssl()));
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* this_update = nullptr;
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    if (id == nullptr ||
        OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, &revoked, &this_update, &next_update) != 1 ||
        status == V_OCSP_CERTSTATUS_UNKNOWN) {
      continue;
    }
    std::optional<absl::Time> revoked_at;
    if (status == V_OCSP_CERTSTATUS_REVOKED) revoked_at = TimeOf(revoked);
    Take(answer, {TimeOf(this_update), IfStated(next_update)}, revoked_at, at);
  }
}

}  // namespace

RevocationAnswer CheckRevocation(const Certificate& certificate, const Certificate& issuer,
                                 const RevocationEvidence& evidence, absl::Time at) {
  const ErrorScope errors;
  RevocationAnswer answer;
  for (const std::string& list : evidence.revocation_lists) ReadList(list, certificate, issuer, at, answer);
  for (const std::string& response : evidence.ocsp_responses) ReadOcsp(response, certificate, issuer, at, answer);
  return answer;
}

}  // namespace passerelle::proof
