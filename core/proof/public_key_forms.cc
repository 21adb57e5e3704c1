// Where public keys come from: JWK, DER and PEM, certificates, Multikey.
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/base58.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jwk.h"
#include "core/proof/openssl.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

absl::Status UnusableForm(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kKeyUnusable, place, detail);
}

std::shared_ptr<EVP_PKEY> FromParameters(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Share(key);
}

// A point in the form of SEC 1, 2.3.3. One that is not on the curve yields null, or a key that Make refuses.
std::shared_ptr<EVP_PKEY> EcKey(const CurveTraits& curve, absl::string_view point) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.openssl_name, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return FromParameters("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> EdwardsKey(const CurveTraits& curve, absl::string_view point) {
  return Share(EVP_PKEY_new_raw_public_key_ex(nullptr, curve.openssl_name, nullptr, Bytes(point), point.size()));
}

// The lengths are limited before anything is calculated.
absl::StatusOr<std::shared_ptr<EVP_PKEY>> RsaKey(absl::string_view n, absl::string_view e) {
  if (n.size() * 8 > base::kRsaBitsMax)
    return UnusableForm("n", absl::StrCat("more than ", base::kRsaBitsMax, " bits"));
  if (e.size() * 8 > base::kRsaExponentBitsMax) {
    return UnusableForm("e", absl::StrCat("more than ", base::kRsaExponentBitsMax, " bits"));
  }
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const Owned<BIGNUM> modulus(BN_bin2bn(Bytes(n), static_cast<int>(n.size()), nullptr));
  const Owned<BIGNUM> exponent(BN_bin2bn(Bytes(e), static_cast<int>(e.size()), nullptr));
  if (builder == nullptr || modulus == nullptr || exponent == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return UnusableForm("n", "OpenSSL cannot read it");
  }
  return FromParameters("RSA", builder.get());
}

struct MultikeyKind {
  absl::string_view code;
  Curve curve;
  size_t key_bytes;
};

constexpr MultikeyKind kMultikeyKinds[] = {{"\xed\x01", Curve::kEd25519, 32},
                                           {absl::string_view("\x80\x24", 2), Curve::kP256, 33},
                                           {absl::string_view("\x81\x24", 2), Curve::kP384, 49}};

}  // namespace

absl::StatusOr<PublicKey> PublicKey::FromOpenssl(std::shared_ptr<EVP_PKEY> key) {
  return Make(std::move(key), std::nullopt);
}

absl::StatusOr<PublicKey> PublicKey::FromJwk(simdjson::dom::object jwk) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(const PublicNumbers numbers, ReadPublicJwk(jwk));
  const CurveTraits* const curve = TraitsOf(numbers.curve);
  std::shared_ptr<EVP_PKEY> key;
  if (curve == nullptr) {
    ASSIGN_OR_RETURN(key, RsaKey(numbers.n, numbers.e));
    if (key == nullptr) return UnusableForm("n", "OpenSSL cannot read it");
  } else {
    key = curve->jwk_type == "OKP" ? EdwardsKey(*curve, numbers.x)
                                   : EcKey(*curve, absl::StrCat("\x04", numbers.x, numbers.y));
    if (key == nullptr) return UnusableForm("x", "it is no point of the curve that can be a key");
  }
  return Make(std::move(key), numbers.algorithm);
}

absl::StatusOr<PublicKey> PublicKey::FromJwk(absl::string_view jwk) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(jwk, base::kJoseHeaderNestingMax);
  if (!document.ok()) return UnusableForm(base::PlaceOf(document.status()), base::DetailOf(document.status()));
  const std::optional<simdjson::dom::object> members = base::AsObject(document->root());
  if (!members.has_value()) return UnusableForm("", "it is not a JSON object");
  return FromJwk(*members);
}

absl::StatusOr<PublicKey> PublicKey::FromSubjectPublicKeyInfo(absl::string_view der) {
  const ErrorScope errors;
  if (der.size() > base::kKeyBytesMax) return UnusableForm("", "it is too large for a key");
  const unsigned char* at = Bytes(der);
  std::shared_ptr<EVP_PKEY> key = Share(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), nullptr, nullptr));
  if (key == nullptr || at != Bytes(der) + der.size()) return UnusableForm("", "it is not a SubjectPublicKeyInfo");
  return Make(std::move(key), std::nullopt);
}

absl::StatusOr<PublicKey> PublicKey::FromPem(absl::string_view pem) {
  const ErrorScope errors;
  if (pem.size() > base::kKeyBytesMax) return UnusableForm("", "it is too large for a key");
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return UnusableForm("", "OpenSSL cannot read it");
  if (absl::StrContains(pem, "-----BEGIN CERTIFICATE-----")) {
    const Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
    return Make(certificate == nullptr ? nullptr : Share(X509_get_pubkey(certificate.get())), std::nullopt);
  }
  return Make(Share(PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr)), std::nullopt);
}

absl::StatusOr<PublicKey> PublicKey::FromCertificate(absl::string_view der) {
  const ErrorScope errors;
  if (der.size() > base::kKeyBytesMax) return UnusableForm("", "it is too large for a certificate");
  const unsigned char* at = Bytes(der);
  const Owned<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr || at != Bytes(der) + der.size()) return UnusableForm("", "it is not a certificate");
  return Make(Share(X509_get_pubkey(certificate.get())), std::nullopt);
}

absl::StatusOr<PublicKey> PublicKey::FromMultikey(absl::string_view bytes) {
  const ErrorScope errors;
  for (const MultikeyKind& kind : kMultikeyKinds) {
    absl::string_view point = bytes;
    if (!absl::ConsumePrefix(&point, kind.code) || point.size() != kind.key_bytes) continue;
    const CurveTraits& curve = *TraitsOf(kind.curve);
    return Make(curve.jwk_type == "OKP" ? EdwardsKey(curve, point) : EcKey(curve, point), std::nullopt);
  }
  return UnusableForm("", "it is no Multikey of Ed25519, P-256 or P-384");
}

absl::StatusOr<PublicKey> PublicKey::FromMultibase(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "z")) return UnusableForm("", "it is not multibase base58");
  const absl::StatusOr<std::string> bytes = base::Base58Decode(text);
  if (!bytes.ok()) return UnusableForm("", "it is not multibase base58");
  return FromMultikey(*bytes);
}

absl::StatusOr<PublicKey> PublicKey::FromDidKey(absl::string_view did) {
  absl::string_view text = did;
  if (!absl::ConsumePrefix(&text, "did:key:")) return UnusableForm("", "it is not a did:key");
  const size_t hash = text.find('#');
  const absl::string_view key = text.substr(0, hash);
  if (hash != absl::string_view::npos && text.substr(hash + 1) != key) {
    return UnusableForm("", "the fragment of the did:key is not its key");
  }
  return FromMultibase(key);
}

}  // namespace passerelle::proof
