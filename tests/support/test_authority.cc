#include "tests/support/test_authority.h"

#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/proof/openssl.h"

namespace passerelle::testing {

using proof::Owned;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

template <typename T, void (*free_function)(T*)>
struct Freer {
  void operator()(T* value) const { free_function(value); }
};
template <typename T, void (*free_function)(T*)>
using Owner = std::unique_ptr<T, Freer<T, free_function>>;

Owner<ASN1_TIME, ASN1_TIME_free> Asn1(absl::Time time) {
  return Owner<ASN1_TIME, ASN1_TIME_free>(ASN1_TIME_set(nullptr, absl::ToTimeT(time)));
}

long NextSerial() {
  static std::atomic<long> serial{1000};
  return ++serial;
}

void AddExtension(X509* x509, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  const Owner<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1);
}

template <typename Write>
std::string Pem(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  Require(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

ASN1_INTEGER* SerialOfToken(TS_resp_ctx* /*context*/, void* /*data*/) {
  ASN1_INTEGER* const serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, NextSerial());
  return serial;
}

int TimeOfToken(TS_resp_ctx* /*context*/, void* data, long* seconds, long* microseconds) {
  *seconds = absl::ToTimeT(*static_cast<absl::Time*>(data));
  *microseconds = 0;
  return 1;
}

template <typename T>
std::string Encoded(int (*encode)(const T*, unsigned char**), const T* value) {
  unsigned char* der = nullptr;
  const int size = encode(value, &der);
  Require(size > 0);
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

// A request for a time-stamp over the bytes, in DER.
std::string TimeStampRequest(absl::string_view bytes) {
  const Owner<TS_REQ, TS_REQ_free> request(TS_REQ_new());
  const Owner<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owner<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  std::string digest = base::Digest(base::HashAlgorithm::kSha256, bytes);
  Require(TS_REQ_set_version(request.get(), 1) == 1 && TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1);
  Require(TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                 static_cast<int>(digest.size())) == 1);
  Require(TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 && TS_REQ_set_cert_req(request.get(), 1) == 1);
  return Encoded(i2d_TS_REQ, static_cast<const TS_REQ*>(request.get()));
}

}  // namespace

TestIdentity::TestIdentity(proof::KeyAlgorithm algorithm, const CertificateWish& wish, const TestIdentity* issuer)
    : signer_(algorithm), x509_(X509_new(), X509_free) {
  X509* const x509 = x509_.get();
  X509* const above = issuer == nullptr ? x509 : issuer->x509();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), NextSerial());
  X509_set1_notBefore(x509, Asn1(wish.from).get());
  X509_set1_notAfter(x509, Asn1(wish.to).get());
  const auto add_name = [x509](int nid, const std::string& text) {
    if (text.empty()) return;
    Require(X509_NAME_add_entry_by_NID(X509_get_subject_name(x509), nid, MBSTRING_UTF8, proof::Bytes(text),
                                       static_cast<int>(text.size()), -1, 0) == 1);
  };
  add_name(NID_countryName, wish.country);
  add_name(NID_organizationName, wish.organisation);
  add_name(NID_organizationIdentifier, wish.organization_identifier);
  add_name(NID_commonName, wish.name);
  X509_set_issuer_name(x509, X509_get_subject_name(above));
  X509_set_pubkey(x509, signer_.openssl());
  AddExtension(x509, above, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wish.key_usage.empty()) AddExtension(x509, above, NID_key_usage, wish.key_usage);
  if (!wish.extended_key_usage.empty()) AddExtension(x509, above, NID_ext_key_usage, wish.extended_key_usage);
  if (!wish.revocation_list.empty()) {
    AddExtension(x509, above, NID_crl_distribution_points, absl::StrCat("URI:", wish.revocation_list));
  }
  AddExtension(x509, above, NID_subject_key_identifier, "hash");
  AddExtension(x509, above, NID_authority_key_identifier, "keyid:always");
  EVP_PKEY* const key = issuer == nullptr ? signer_.openssl() : issuer->signer().openssl();
  Require(X509_sign(x509, key, EVP_get_digestbyname(wish.digest)) > 0);
}

std::string TestIdentity::der() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509(), &bytes);
  Require(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::string TestIdentity::CertificatePem() const {
  return Pem([this](BIO* bio) { return PEM_write_bio_X509(bio, x509()); });
}

std::string TestIdentity::KeyPem() const {
  return Pem([this](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, signer_.openssl(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string TestIdentity::TimeStampAnswer(absl::string_view request, absl::Time time) const {
  const Owner<TS_RESP_CTX, TS_RESP_CTX_free> context(TS_RESP_CTX_new());
  const Owner<ASN1_OBJECT, ASN1_OBJECT_free> policy(OBJ_txt2obj("1.2.3.4.1", 1));
  Require(TS_RESP_CTX_set_signer_cert(context.get(), x509()) == 1);
  Require(TS_RESP_CTX_set_signer_key(context.get(), signer_.openssl()) == 1);
  Require(TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256()) == 1);
  Require(TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1);
  Require(TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1);
  Require(TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1);
  TS_RESP_CTX_set_serial_cb(context.get(), SerialOfToken, nullptr);
  TS_RESP_CTX_set_time_cb(context.get(), TimeOfToken, &time);
  const Owned<BIO> in(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
  const Owner<TS_RESP, TS_RESP_free> response(TS_RESP_create_response(context.get(), in.get()));
  Require(response != nullptr);
  return Encoded(i2d_TS_RESP, static_cast<const TS_RESP*>(response.get()));
}

std::string TestIdentity::TimeStampOver(absl::string_view bytes, absl::Time time) const {
  const std::string answer = TimeStampAnswer(TimeStampRequest(bytes), time);
  const unsigned char* at = proof::Bytes(answer);
  const Owner<TS_RESP, TS_RESP_free> response(d2i_TS_RESP(nullptr, &at, static_cast<long>(answer.size())));
  PKCS7* const token = response == nullptr ? nullptr : TS_RESP_get_token(response.get());
  Require(token != nullptr);
  return Encoded(i2d_PKCS7, static_cast<const PKCS7*>(token));
}

std::string TestIdentity::RevocationList(const TestIdentity* revoked, absl::Time revoked_at, absl::Time made_at) const {
  const Owner<X509_CRL, X509_CRL_free> list(X509_CRL_new());
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(x509()));
  X509_CRL_set1_lastUpdate(list.get(), Asn1(made_at).get());
  X509_CRL_set1_nextUpdate(list.get(), Asn1(made_at + absl::Hours(24)).get());
  if (revoked != nullptr) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->x509()));
    X509_REVOKED_set_revocationDate(entry, Asn1(revoked_at).get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  Require(X509_CRL_sign(list.get(), signer_.openssl(), EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(list.get(), &der);
  Require(size > 0);
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

CertificateWish AuthorityWish(absl::string_view name) {
  CertificateWish wish;
  wish.name = std::string(name);
  wish.authority = true;
  wish.key_usage = "critical,keyCertSign,cRLSign";
  return wish;
}

CertificateWish SealWish() {
  CertificateWish wish;
  wish.name = "Seal of the School of Example";
  wish.key_usage = "critical,nonRepudiation";
  return wish;
}

CertificateWish TimeStampWish() {
  CertificateWish wish;
  wish.name = "Clock of Example";
  wish.extended_key_usage = "critical,timeStamping";
  return wish;
}

}  // namespace passerelle::testing
