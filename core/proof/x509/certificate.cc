#include "core/proof/x509/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

// Level 2 of OpenSSL: 112 bits.
constexpr int kSecurityLevel = 2;

struct FreePath {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

bool IsWithin(const std::vector<AnchorPeriod>& periods, absl::Time at) {
  return std::any_of(periods.begin(), periods.end(),
                     [at](const AnchorPeriod& period) { return period.from <= at && at <= period.to; });
}

// Whether a path over the certificate could end at the anchor.
bool Ends(const Certificate& anchor, const Certificate& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(anchor.openssl()), X509_get_issuer_name(certificate.openssl())) == 0 ||
         anchor.der() == certificate.der();
}

std::string DerOf(X509* x509) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

// The certificate of ours that OpenSSL put into a path, so that no key is parsed again.
const Certificate* FindSame(const X509* x509, std::initializer_list<absl::Span<const Certificate>> known) {
  for (const absl::Span<const Certificate> certificates : known) {
    for (const Certificate& certificate : certificates) {
      if (X509_cmp(certificate.openssl(), x509) == 0) return &certificate;
    }
  }
  return nullptr;
}

absl::Status PathProblem(int error, int depth) {
  const std::string place = absl::StrCat("x5c/", depth);
  const char* const detail = X509_verify_cert_error_string(error);
  const bool by_time = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
  return Problem(by_time ? Reason::kCertificateExpired : Reason::kCertificateUntrusted, place, detail);
}

}  // namespace

Certificate::Certificate(X509* x509, absl::string_view der)
    : x509_(x509, X509_free),
      der_(std::make_shared<const std::string>(der)),
      key_(std::make_shared<const absl::StatusOr<PublicKey>>(PublicKey::FromOpenssl(Share(X509_get_pubkey(x509))))) {}

absl::StatusOr<Certificate> Certificate::FromDer(absl::string_view der) {
  const ErrorScope errors;
  if (der.size() > base::kKeyBytesMax) return Problem(Reason::kKeyUnusable, "", "it is too large for a certificate");
  const unsigned char* at = Bytes(der);
  Owned<X509> x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (x509 == nullptr || at != Bytes(der) + der.size()) {
    return Problem(Reason::kKeyUnusable, "", "it is not a certificate");
  }
  return Certificate(x509.release(), der);
}

absl::StatusOr<std::vector<Certificate>> Certificate::FromPem(absl::string_view pem) {
  const ErrorScope errors;
  if (pem.size() > base::kConfigBytesMax) return Problem(Reason::kInputTooLarge, "");
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Certificate> certificates;
  while (bio != nullptr) {
    Owned<X509> x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (x509 == nullptr) break;
    const std::string der = DerOf(x509.get());
    certificates.push_back(Certificate(x509.release(), der));
  }
  if (certificates.empty()) return Problem(Reason::kKeyUnusable, "", "there is no certificate in it");
  return certificates;
}

absl::Time Certificate::not_before() const { return TimeOf(X509_get0_notBefore(openssl())); }
absl::Time Certificate::not_after() const { return TimeOf(X509_get0_notAfter(openssl())); }

bool Certificate::MaySignContent() const {
  // All bits are set when the extension is not there.
  return (X509_get_key_usage(openssl()) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

bool Certificate::IsAuthority() const { return X509_check_ca(openssl()) == 1; }

std::string Certificate::OrganizationIdentifier() const {
  const X509_NAME* const subject = X509_get_subject_name(openssl());
  const int first = X509_NAME_get_index_by_NID(subject, NID_organizationIdentifier, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_organizationIdentifier, first) >= 0) return "";
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
  std::string text(reinterpret_cast<const char*>(bytes), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(bytes);
  return text;
}

bool Certificate::NamesRevocation() const {
  STACK_OF(OPENSSL_STRING)* const responders = X509_get1_ocsp(openssl());
  const bool named = responders != nullptr || X509_get_ext_by_NID(openssl(), NID_crl_distribution_points, -1) >= 0;
  X509_email_free(responders);
  return named;
}

std::vector<Certificate> TrustAnchors::EndsFor(const Certificate& leaf, absl::Span<const Certificate> others,
                                               absl::Time at) const {
  std::vector<Certificate> found;
  for (const Anchor& anchor : anchors_) {
    const bool ends = Ends(anchor.certificate, leaf) ||
                      std::any_of(others.begin(), others.end(),
                                  [&](const Certificate& other) { return Ends(anchor.certificate, other); });
    if (ends && IsWithin(anchor.periods, at)) found.push_back(anchor.certificate);
  }
  return found;
}

std::vector<Certificate> TrustAnchors::InForce(absl::Time at) const {
  std::vector<Certificate> found;
  for (const Anchor& anchor : anchors_) {
    if (IsWithin(anchor.periods, at)) found.push_back(anchor.certificate);
  }
  return found;
}

std::shared_ptr<X509_STORE> MakeStore(absl::Span<const Certificate> anchors, CertificateUse use, absl::Time at,
                                      Strictness strictness) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  if (store == nullptr) return nullptr;
  for (const Certificate& anchor : anchors) X509_STORE_add_cert(store.get(), anchor.openssl());
  X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  if (strictness == Strictness::kRfc5280) X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(at));
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(base::kCertificatesMax));
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  if (use == CertificateUse::kTimeStamps) X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_TIMESTAMP_SIGN);
  return store;
}

absl::StatusOr<std::vector<Certificate>> BuildPath(const Certificate& leaf, absl::Span<const Certificate> others,
                                                   const TrustAnchors& anchors, CertificateUse use, absl::Time at) {
  const ErrorScope errors;
  const std::vector<Certificate> ends = anchors.EndsFor(leaf, others, at);
  const std::shared_ptr<X509_STORE> store = MakeStore(ends, use, at);
  const std::unique_ptr<STACK_OF(X509), FreePath> untrusted(sk_X509_new_null());
  const std::unique_ptr<X509_STORE_CTX, FreePath> context(X509_STORE_CTX_new());
  if (store == nullptr || untrusted == nullptr || context == nullptr) return Problem(Reason::kInternal, "");
  for (const Certificate& other : others.subspan(0, base::kCertificatesMax)) {
    sk_X509_push(untrusted.get(), other.openssl());
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf.openssl(), untrusted.get()) != 1) {
    return Problem(Reason::kInternal, "");
  }
  if (X509_verify_cert(context.get()) != 1) {
    return PathProblem(X509_STORE_CTX_get_error(context.get()), X509_STORE_CTX_get_error_depth(context.get()));
  }
  std::vector<Certificate> path;
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const Certificate* const certificate =
        FindSame(sk_X509_value(chain, i), {absl::MakeConstSpan(&leaf, 1), others, ends});
    if (certificate == nullptr) return Problem(Reason::kInternal, "");
    path.push_back(*certificate);
  }
  return path;
}

}  // namespace passerelle::proof
