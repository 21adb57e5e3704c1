#include "core/proof/public_key.h"

#include <openssl/core_names.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kKeyUnusable, place, detail);
}

// Under a key of small order, a signature that anybody can write fits one message in eight or more, so it would bind
// its owner to nothing. These are all encodings of such points on edwards25519, less the bit for the sign.
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

std::optional<std::string> NumberOf(const EVP_PKEY* key, const char* name, std::optional<size_t> bytes) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return std::nullopt;
  const Owned<BIGNUM> owned(number);
  std::string out(bytes.value_or(static_cast<size_t>(BN_num_bytes(number))), '\0');
  const int size = static_cast<int>(out.size());
  if (BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), size) != size) return std::nullopt;
  return out;
}

std::optional<std::string> EdwardsPoint(const EVP_PKEY* key, size_t bytes) {
  std::string point(bytes, '\0');
  size_t size = bytes;
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) != 1 || size != bytes) {
    return std::nullopt;
  }
  return point;
}

// The curve of a key; null for a key that is not of a known one.
const CurveTraits* CurveOf(const EVP_PKEY* key) {
  for (const char* const edwards : {"ED25519", "ED448"}) {
    if (EVP_PKEY_is_a(key, edwards) == 1) return FindCurveOfOpenssl(edwards);
  }
  char group[32] = "";
  size_t size = 0;
  int from_parameters = 0;
  if (EVP_PKEY_is_a(key, "EC") != 1 || EVP_PKEY_get_group_name(key, group, sizeof(group), &size) != 1) return nullptr;
  // Parameters may look like those of a known curve and have another generator (CVE-2020-0601).
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &from_parameters) == 1 &&
      from_parameters != 0) {
    return nullptr;
  }
  return FindCurveOfOpenssl(group);
}

absl::StatusOr<std::string> RsaJwk(const EVP_PKEY* key) {
  const std::optional<std::string> n = NumberOf(key, OSSL_PKEY_PARAM_RSA_N, std::nullopt);
  const std::optional<std::string> e = NumberOf(key, OSSL_PKEY_PARAM_RSA_E, std::nullopt);
  if (!n.has_value() || !e.has_value() || n->empty() || e->empty()) return Unusable("", "OpenSSL cannot represent it");
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < base::kRsaBitsMin || bits > base::kRsaBitsMax) {
    return Unusable("n", absl::StrCat(bits, " bits; the limits are ", base::kRsaBitsMin, " and ", base::kRsaBitsMax));
  }
  if ((n->back() & 1) == 0) return Unusable("n", "it is even");
  const bool one = e->size() == 1 && (*e)[0] == 1;
  if ((e->back() & 1) == 0 || one || e->size() * 8 > base::kRsaExponentBitsMax) {
    return Unusable("e", absl::StrCat("it is even, one, or of more than ", base::kRsaExponentBitsMax, " bits"));
  }
  return absl::StrCat(R"({"e":")", base::Base64UrlEncode(*e), R"(","kty":"RSA","n":")", base::Base64UrlEncode(*n),
                      R"("})");
}

// The required members in the order of RFC 7638.
absl::StatusOr<std::string> CurveJwk(const EVP_PKEY* key, const CurveTraits& curve) {
  const std::string head = absl::StrCat(R"({"crv":")", curve.jwk_name, R"(","kty":")", curve.jwk_type, R"(","x":")");
  if (curve.jwk_type == "OKP") {
    const std::optional<std::string> point = EdwardsPoint(key, curve.coordinate_bytes);
    if (!point.has_value()) return Unusable("", "OpenSSL cannot represent it");
    if (curve.curve == Curve::kEd25519 && IsOfSmallOrder(*point)) return Unusable("x", "it is a point of small order");
    return absl::StrCat(head, base::Base64UrlEncode(*point), R"("})");
  }
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(key), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) {
    return Unusable("x", "it is no point of the curve that can be a key");
  }
  const std::optional<std::string> x = NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, curve.coordinate_bytes);
  const std::optional<std::string> y = NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, curve.coordinate_bytes);
  if (!x.has_value() || !y.has_value()) return Unusable("", "OpenSSL cannot represent it");
  return absl::StrCat(head, base::Base64UrlEncode(*x), R"(","y":")", base::Base64UrlEncode(*y), R"("})");
}

// The DER of R||S; OpenSSL checks that both are within 1 and n-1 when it verifies.
std::optional<std::string> RawToDer(absl::string_view raw) {
  const size_t half = raw.size() / 2;
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  Owned<BIGNUM> r(BN_bin2bn(Bytes(raw), static_cast<int>(half), nullptr));
  Owned<BIGNUM> s(BN_bin2bn(Bytes(raw) + half, static_cast<int>(half), nullptr));
  if (signature == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return std::nullopt;
  }
  r.release();  // NOLINT(bugprone-unused-return-value): the signature owns both now.
  s.release();  // NOLINT(bugprone-unused-return-value)
  unsigned char der[160];
  static_assert(sizeof(der) >= 132 + 12, "the longest is that of P-521");
  unsigned char* end = der;
  const int size = i2d_ECDSA_SIG(signature.get(), &end);
  if (size <= 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
}

const char* DigestName(base::HashAlgorithm hash) {
  switch (hash) {
    case base::HashAlgorithm::kSha256:
      return "SHA256";
    case base::HashAlgorithm::kSha384:
      return "SHA384";
    case base::HashAlgorithm::kSha512:
      break;
  }
  return "SHA512";
}

// RFC 7518, 3.5: the salt is as long as the digest, and MGF1 takes the same digest.
bool SetRsaScheme(EVP_PKEY_CTX* context, const AlgorithmTraits& traits) {
  OSSL_PARAM params[5];
  size_t count = 0;
  const auto text = [&](const char* name, const char* value) {
    params[count++] = OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
  };
  const bool pss = traits.family == Family::kRsaPss;
  text(OSSL_SIGNATURE_PARAM_PAD_MODE, pss ? OSSL_PKEY_RSA_PAD_MODE_PSS : OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
  text(OSSL_SIGNATURE_PARAM_DIGEST, DigestName(*traits.hash));
  if (pss) {
    text(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, DigestName(*traits.hash));
    text(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST);
  }
  params[count] = OSSL_PARAM_construct_end();
  return EVP_PKEY_CTX_set_params(context, params) == 1;
}

// The digest is made with the fetched algorithm of base; DigestVerify would fetch it anew for every call.
bool VerifyDigest(EVP_PKEY* key, const AlgorithmTraits& traits, absl::Span<const absl::string_view> input,
                  absl::string_view signature) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context == nullptr || EVP_PKEY_verify_init(context.get()) != 1) return false;
  if (traits.family != Family::kEcdsa && !SetRsaScheme(context.get(), traits)) return false;
  const std::string digest = base::Digest(*traits.hash, input);
  return EVP_PKEY_verify(context.get(), Bytes(signature), signature.size(), Bytes(digest), digest.size()) == 1;
}

bool VerifyEdwards(EVP_PKEY* key, absl::Span<const absl::string_view> input, absl::string_view signature) {
  std::string joined;
  absl::string_view message = input.empty() ? absl::string_view() : input[0];
  if (input.size() > 1) {
    for (const absl::string_view piece : input) absl::StrAppend(&joined, piece);
    message = joined;
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
}

}  // namespace

absl::StatusOr<PublicKey> PublicKey::Make(std::shared_ptr<EVP_PKEY> key, std::optional<KeyAlgorithm> algorithm) {
  const ErrorScope errors;
  if (key == nullptr) return Unusable("", "OpenSSL cannot read it");
  auto parts = std::make_shared<Parts>();
  const CurveTraits* const curve = CurveOf(key.get());
  if (curve != nullptr) {
    parts->curve = curve->curve;
    ASSIGN_OR_RETURN(parts->jwk, CurveJwk(key.get(), *curve));
  } else if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    ASSIGN_OR_RETURN(parts->jwk, RsaJwk(key.get()));
  } else {
    return Unusable("kty", "it is no RSA key, and none of a curve that is known");
  }
  parts->bits = EVP_PKEY_get_bits(key.get());
  parts->algorithm = algorithm;
  parts->thumbprint = base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, parts->jwk));
  parts->key = std::move(key);
  return PublicKey(std::move(parts));
}

bool PublicKey::IsStrong() const { return curve() != Curve::kNone || bits() >= base::kRsaBitsStrong; }

bool PublicKey::Accepts(KeyAlgorithm algorithm) const {
  return TraitsOf(algorithm).curve == curve() && (!pinned_algorithm().has_value() || pinned_algorithm() == algorithm);
}

bool PublicKey::Verify(KeyAlgorithm algorithm, absl::string_view input, absl::string_view signature) const {
  return Verify(algorithm, absl::MakeConstSpan(&input, 1), signature);
}

bool PublicKey::Verify(KeyAlgorithm algorithm, absl::Span<const absl::string_view> input,
                       absl::string_view signature) const {
  const AlgorithmTraits& traits = TraitsOf(algorithm);
  const size_t length = traits.signature_bytes > 0 ? traits.signature_bytes : static_cast<size_t>(bits() + 7) / 8;
  if (!Accepts(algorithm) || signature.size() != length) return false;
  const ErrorScope errors;
  if (traits.family == Family::kEdwards) return VerifyEdwards(openssl(), input, signature);
  if (traits.family != Family::kEcdsa) return VerifyDigest(openssl(), traits, input, signature);
  const std::optional<std::string> der = RawToDer(signature);
  return der.has_value() && VerifyDigest(openssl(), traits, input, *der);
}

bool PublicKey::VerifyDer(KeyAlgorithm algorithm, absl::string_view input, absl::string_view signature) const {
  const AlgorithmTraits& traits = TraitsOf(algorithm);
  if (!Accepts(algorithm) || traits.family != Family::kEcdsa) return false;
  const ErrorScope errors;
  return VerifyDigest(openssl(), traits, absl::MakeConstSpan(&input, 1), signature);
}

}  // namespace passerelle::proof
