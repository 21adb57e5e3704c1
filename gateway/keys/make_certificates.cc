#include "gateway/keys/make_certificates.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using proof::Owned;

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kLifeSeconds = 14 * kSecondsPerDay;
// Clocks of two machines may differ.
constexpr int64_t kBackdatedSeconds = 3600;
constexpr int kSerialBits = 127;

absl::Status Failed(absl::string_view step) { return Problem(Reason::kInternal, "certificate", step); }

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

absl::StatusOr<Owned<X509>> StartCertificate(EVP_PKEY* key, absl::string_view name) {
  Owned<X509> certificate(X509_new());
  const Owned<BIGNUM> serial(BN_new());
  X509_NAME* subject = certificate == nullptr ? nullptr : X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>(name.data());
  if (subject == nullptr || serial == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) == nullptr ||
      X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kBackdatedSeconds) == nullptr ||
      X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifeSeconds) == nullptr ||
      X509_set_pubkey(certificate.get(), key) != 1 ||
      X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, common_name, static_cast<int>(name.size()), -1,
                                 0) != 1) {
    return Failed("fields");
  }
  return certificate;
}

absl::StatusOr<CertificatePems> Write(X509* certificate, EVP_PKEY* key) {
  const Owned<BIO> certificate_bio(BIO_new(BIO_s_mem()));
  const Owned<BIO> key_bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_bio.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Failed("writing");
  }
  const auto text = [](BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);  // NOLINT: OpenSSL's type
    return std::string(data, static_cast<size_t>(length));
  };
  return CertificatePems{text(certificate_bio.get()), text(key_bio.get())};
}

}  // namespace

std::string NodeCertificateUri(absl::string_view node) { return absl::StrCat("urn:passerelle:node:", node); }

absl::StatusOr<CertificatePems> MakeAuthority(absl::string_view name) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("key");
  ASSIGN_OR_RETURN(const Owned<X509> certificate, StartCertificate(key.get(), name));
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) != 1 ||
      !AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return Failed("authority");
  }
  return Write(certificate.get(), key.get());
}

absl::StatusOr<CertificatePems> MakeCertificate(const CertificatePems& authority, absl::string_view uri) {
  const Owned<BIO> issuer_bio(
      BIO_new_mem_buf(authority.certificate.data(), static_cast<int>(authority.certificate.size())));
  const Owned<BIO> issuer_key_bio(
      BIO_new_mem_buf(authority.private_key.data(), static_cast<int>(authority.private_key.size())));
  const Owned<X509> issuer(PEM_read_bio_X509(issuer_bio.get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> issuer_key(PEM_read_bio_PrivateKey(issuer_key_bio.get(), nullptr, nullptr, nullptr));
  if (issuer == nullptr || issuer_key == nullptr) return Problem(Reason::kKeyUnusable, "authority");
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("key");
  ASSIGN_OR_RETURN(const Owned<X509> certificate, StartCertificate(key.get(), uri));
  const std::string names = absl::StrCat("DNS:localhost,IP:127.0.0.1,URI:", uri);
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !AddExtension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
      !AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name, names) ||
      !AddExtension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid") ||
      X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) == 0) {
    return Failed("certificate");
  }
  return Write(certificate.get(), key.get());
}

}  // namespace passerelle::gateway
