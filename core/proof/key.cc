#include "core/proof/key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jwk.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kScalarBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr char kP256Group[] = "prime256v1";
constexpr char kEd25519[] = "ED25519";

struct Free {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(BIGNUM* value) const { BN_free(value); }
  void operator()(ECDSA_SIG* value) const { ECDSA_SIG_free(value); }
  void operator()(EVP_MD_CTX* value) const { EVP_MD_CTX_free(value); }
  void operator()(EVP_PKEY_CTX* value) const { EVP_PKEY_CTX_free(value); }
  void operator()(OSSL_PARAM_BLD* value) const { OSSL_PARAM_BLD_free(value); }
  void operator()(OSSL_PARAM* value) const { OSSL_PARAM_free(value); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// OpenSSL keeps errors in a queue of the thread; what we refuse must not surface in somebody else's call.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

std::shared_ptr<EVP_PKEY> Share(EVP_PKEY* key) {
  return key == nullptr ? nullptr : std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<std::string> Coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return std::nullopt;
  const Owned<BIGNUM> owned(number);
  std::array<unsigned char, kScalarBytes> bytes;
  if (BN_bn2binpad(number, bytes.data(), kScalarBytes) != static_cast<int>(kScalarBytes)) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes.data()), kScalarBytes);
}

// The required members in the order of RFC 7638; empty if OpenSSL does not yield them.
std::string PublicJwk(const EVP_PKEY* key, KeyAlgorithm algorithm) {
  if (algorithm == KeyAlgorithm::kEs256) {
    const std::optional<std::string> x = Coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X);
    const std::optional<std::string> y = Coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (!x || !y) return "";
    return absl::StrCat(R"({"crv":"P-256","kty":"EC","x":")", base::Base64UrlEncode(*x), R"(","y":")",
                        base::Base64UrlEncode(*y), R"("})");
  }
  std::string point(kScalarBytes, '\0');
  size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) != 1) return "";
  return absl::StrCat(R"({"crv":"Ed25519","kty":"OKP","x":")", base::Base64UrlEncode(point), R"("})");
}

// A point that is not on the curve yields null.
std::shared_ptr<EVP_PKEY> P256Key(absl::string_view x, absl::string_view y) {
  const std::string point = absl::StrCat(absl::string_view("\x04", 1), x, y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kP256Group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  std::shared_ptr<EVP_PKEY> shared = Share(key);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return check != nullptr && EVP_PKEY_public_check(check.get()) == 1 ? shared : nullptr;
}

// Under a key of small order, a signature that anybody can write fits one message in eight or more, so it would bind
// its owner to nothing. These are all encodings of such points, less the bit for the sign.
bool IsOfSmallOrder(absl::string_view point) {
  static constexpr absl::string_view kPoints[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  std::string unsigned_point(point);
  unsigned_point.back() = static_cast<char>(unsigned_point.back() & 0x7f);
  const std::string hex = absl::BytesToHexString(unsigned_point);
  return std::find(std::begin(kPoints), std::end(kPoints), hex) != std::end(kPoints);
}

std::shared_ptr<EVP_PKEY> Ed25519Key(absl::string_view point) {
  if (IsOfSmallOrder(point)) return nullptr;
  return Share(EVP_PKEY_new_raw_public_key_ex(nullptr, kEd25519, nullptr, Bytes(point), point.size()));
}

std::optional<KeyAlgorithm> AlgorithmOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, kEd25519) == 1) return KeyAlgorithm::kEdDsa;
  char group[32] = "";
  size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof(group), &size) == 1 &&
      absl::string_view(group) == kP256Group) {
    return KeyAlgorithm::kEs256;
  }
  return std::nullopt;
}

// R and S must be within 1 and n-1; OpenSSL checks that when it verifies.
std::optional<std::string> RawToDer(absl::string_view raw) {
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  Owned<BIGNUM> r(BN_bin2bn(Bytes(raw), kScalarBytes, nullptr));
  Owned<BIGNUM> s(BN_bin2bn(Bytes(raw) + kScalarBytes, kScalarBytes, nullptr));
  if (signature == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return std::nullopt;
  }
  r.release();  // NOLINT(bugprone-unused-return-value): the signature owns both now.
  s.release();  // NOLINT(bugprone-unused-return-value)
  unsigned char der[kSignatureBytes + 16];
  unsigned char* end = der;
  const int size = i2d_ECDSA_SIG(signature.get(), &end);
  if (size <= 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
}

std::optional<std::string> DerToRaw(absl::string_view der) {
  const unsigned char* begin = Bytes(der);
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  if (signature == nullptr) return std::nullopt;
  unsigned char raw[kSignatureBytes];
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw, kScalarBytes) != static_cast<int>(kScalarBytes) ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw + kScalarBytes, kScalarBytes) !=
          static_cast<int>(kScalarBytes)) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(raw), kSignatureBytes);
}

// ES256 signs the digest made with the fetched algorithm of base; DigestVerify would fetch it anew for every call.
bool VerifyEs256(EVP_PKEY* key, absl::string_view input, absl::string_view signature) {
  const std::optional<std::string> der = RawToDer(signature);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!der || context == nullptr || EVP_PKEY_verify_init(context.get()) != 1) return false;
  const base::Sha256Digest digest = base::Sha256(input);
  return EVP_PKEY_verify(context.get(), Bytes(*der), der->size(), digest.data(), digest.size()) == 1;
}

bool VerifyEdDsa(EVP_PKEY* key, absl::string_view input, absl::string_view signature) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(input), input.size()) == 1;
}

std::optional<std::string> SignEs256(EVP_PKEY* key, absl::string_view input) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1) return std::nullopt;
  const base::Sha256Digest digest = base::Sha256(input);
  unsigned char der[kSignatureBytes + 16];
  size_t size = sizeof(der);
  if (EVP_PKEY_sign(context.get(), der, &size, digest.data(), digest.size()) != 1) return std::nullopt;
  return DerToRaw(absl::string_view(reinterpret_cast<const char*>(der), size));
}

std::optional<std::string> SignEdDsa(EVP_PKEY* key, absl::string_view input) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(input),
                     input.size()) != 1 ||
      size != kSignatureBytes) {
    return std::nullopt;
  }
  return signature;
}

// Without it OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

}  // namespace

absl::string_view AlgorithmName(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kEs256 ? "ES256" : "EdDSA";
}

VerificationKey::VerificationKey(std::shared_ptr<EVP_PKEY> key, KeyAlgorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm), jwk_(PublicJwk(key_.get(), algorithm)) {
  const base::Sha256Digest digest = base::Sha256(jwk_);
  thumbprint_ = base::Base64UrlEncode(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

absl::StatusOr<VerificationKey> VerificationKey::FromJwk(absl::string_view jwk) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(const PublicPoint point, ReadPublicJwk(jwk));
  std::shared_ptr<EVP_PKEY> key =
      point.algorithm == KeyAlgorithm::kEs256 ? P256Key(point.x, point.y) : Ed25519Key(point.x);
  if (key == nullptr) return Problem(Reason::kKeyUnusable, "x", "it is no point of the curve that can be a key");
  VerificationKey made(std::move(key), point.algorithm);
  if (made.jwk_.empty()) return Problem(Reason::kKeyUnusable, "", "OpenSSL cannot represent the key");
  return made;
}

bool VerificationKey::Verify(absl::string_view input, absl::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const ErrorScope errors;
  return algorithm_ == KeyAlgorithm::kEs256 ? VerifyEs256(key_.get(), input, signature)
                                            : VerifyEdDsa(key_.get(), input, signature);
}

absl::StatusOr<SigningKey> SigningKey::Generate(KeyAlgorithm algorithm) {
  const ErrorScope errors;
  std::shared_ptr<EVP_PKEY> key =
      Share(algorithm == KeyAlgorithm::kEs256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kP256Group)
                                              : EVP_PKEY_Q_keygen(nullptr, nullptr, kEd25519));
  if (key == nullptr) return Problem(Reason::kInternal, "", "OpenSSL made no key");
  return SigningKey(VerificationKey(std::move(key), algorithm));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem) {
  const ErrorScope errors;
  if (pem.size() > base::kConfigBytesMax) return Problem(Reason::kKeyUnusable, "", "it is too large for a key");
  if (!absl::StrContains(pem, "-----BEGIN PRIVATE KEY-----")) {
    return Problem(Reason::kKeyUnusable, "",
                   "it is not an unencrypted PKCS#8 PEM; convert it with openssl pkcs8 -topk8");
  }
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::shared_ptr<EVP_PKEY> key =
      Share(bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Problem(Reason::kKeyUnusable, "", "the PEM cannot be read");
  const std::optional<KeyAlgorithm> algorithm = AlgorithmOf(key.get());
  if (!algorithm) return Problem(Reason::kKeyUnusable, "", "it is neither an EC P-256 nor an Ed25519 key");
  // A public key that does not fit would publish a thumbprint with which nothing verifies.
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_pairwise_check(check.get()) != 1) {
    return Problem(Reason::kKeyUnusable, "", "its private and public halves do not belong together");
  }
  VerificationKey made(std::move(key), *algorithm);
  if (made.jwk().empty()) return Problem(Reason::kKeyUnusable, "", "OpenSSL cannot represent the key");
  return SigningKey(std::move(made));
}

absl::StatusOr<std::string> SigningKey::ToPem() const {
  const ErrorScope errors;
  const Owned<BIO> bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), public_.key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Problem(Reason::kInternal, "", "OpenSSL wrote no PEM");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<std::string> SigningKey::Sign(absl::string_view input) const {
  const ErrorScope errors;
  std::optional<std::string> signature = public_.algorithm() == KeyAlgorithm::kEs256
                                             ? SignEs256(public_.key_.get(), input)
                                             : SignEdDsa(public_.key_.get(), input);
  if (!signature) return Problem(Reason::kInternal, "", "OpenSSL made no signature");
  return *std::move(signature);
}

}  // namespace passerelle::proof
