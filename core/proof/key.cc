#include "core/proof/key.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <utility>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"
#include "core/proof/pkcs8.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kScalarBytes = 32;
constexpr size_t kSignatureBytes = 64;
// What a key signs once when it is taken into use.
constexpr absl::string_view kTrial = "passerelle: trial of a key";
constexpr KeyAlgorithm kNodeAlgorithms[] = {KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa};
constexpr KeyAlgorithm kSealAlgorithms[] = {KeyAlgorithm::kEs256, KeyAlgorithm::kRs256};

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

std::optional<std::string> SignRs256(EVP_PKEY* key, absl::string_view input) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key)), '\0');
  size_t size = signature.size();
  const base::Sha256Digest digest = base::Sha256(input);
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, digest.data(),
                    digest.size()) != 1) {
    return std::nullopt;
  }
  return signature;
}

}  // namespace

absl::StatusOr<VerificationKey> VerificationKey::FromPublicKey(PublicKey key,
                                                               absl::Span<const KeyAlgorithm> algorithms) {
  for (const KeyAlgorithm algorithm : algorithms) {
    if (key.Accepts(algorithm) && key.IsStrong()) return VerificationKey(std::move(key), algorithm);
  }
  return Problem(Reason::kKeyUnusable, "kty", "it is not for an algorithm that is used here");
}

absl::StatusOr<VerificationKey> VerificationKey::FromJwk(absl::string_view jwk) {
  ASSIGN_OR_RETURN(PublicKey key, PublicKey::FromJwk(jwk));
  return FromPublicKey(std::move(key), kNodeAlgorithms);
}

absl::StatusOr<SigningKey> SigningKey::Generate(KeyAlgorithm algorithm) {
  const ErrorScope errors;
  std::shared_ptr<EVP_PKEY> key =
      Share(algorithm == KeyAlgorithm::kEs256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1")
                                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return Problem(Reason::kInternal, "", "OpenSSL made no key");
  return Make(std::move(key), kNodeAlgorithms);
}

absl::StatusOr<SigningKey> SigningKey::Make(std::shared_ptr<EVP_PKEY> key, absl::Span<const KeyAlgorithm> algorithms) {
  // The public half by itself: that of a key elsewhere cannot verify.
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return Problem(Reason::kKeyUnusable, "", "its public half cannot be had");
  const std::string info(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  ASSIGN_OR_RETURN(PublicKey shared, PublicKey::FromSubjectPublicKeyInfo(info));
  ASSIGN_OR_RETURN(VerificationKey made, VerificationKey::FromPublicKey(std::move(shared), algorithms));
  SigningKey signing(std::move(made), std::move(key));
  // A public half that does not fit would publish a thumbprint with which nothing verifies.
  const absl::StatusOr<std::string> signature = signing.Sign(kTrial);
  if (!signature.ok()) return Problem(Reason::kKeyUnusable, "", "it does not sign");
  if (!signing.public_.Verify(kTrial, *signature)) {
    return Problem(Reason::kKeyUnusable, "", "its private and public halves do not belong together");
  }
  return signing;
}

absl::StatusOr<SigningKey> SigningKey::FromOpenssl(std::shared_ptr<EVP_PKEY> key) {
  const ErrorScope errors;
  return Make(std::move(key), kNodeAlgorithms);
}

absl::StatusOr<SigningKey> SigningKey::ForSealing(std::shared_ptr<EVP_PKEY> key) {
  const ErrorScope errors;
  return Make(std::move(key), kSealAlgorithms);
}

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem) { return FromPem(pem, kNodeAlgorithms); }

absl::StatusOr<SigningKey> SigningKey::ForSealing(absl::string_view pem) { return FromPem(pem, kSealAlgorithms); }

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem, absl::Span<const KeyAlgorithm> algorithms) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(std::shared_ptr<EVP_PKEY> key, ReadPkcs8(pem));
  return Make(std::move(key), algorithms);
}

absl::StatusOr<std::string> SigningKey::ToPem() const {
  ASSIGN_OR_RETURN(std::string pem, WritePkcs8(private_.get()));
  // Of a key that stays elsewhere, OpenSSL writes something that is none.
  const KeyAlgorithm algorithm = public_.algorithm();
  if (!FromPem(pem, absl::MakeConstSpan(&algorithm, 1)).ok()) {
    return Problem(Reason::kInternal, "", "its private half cannot be had");
  }
  return pem;
}

absl::StatusOr<std::string> SigningKey::Sign(absl::string_view input) const {
  const ErrorScope errors;
  EVP_PKEY* const key = private_.get();
  const Family family = TraitsOf(public_.algorithm()).family;
  std::optional<std::string> signature = family == Family::kEcdsa     ? SignEs256(key, input)
                                         : family == Family::kEdwards ? SignEdDsa(key, input)
                                                                      : SignRs256(key, input);
  if (!signature) return Problem(Reason::kInternal, "", "OpenSSL made no signature");
  return *std::move(signature);
}

}  // namespace passerelle::proof
