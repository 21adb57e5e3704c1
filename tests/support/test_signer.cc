#include "tests/support/test_signer.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/proof/openssl.h"

namespace passerelle::testing {

using proof::Family;
using proof::Owned;

namespace {

void RequireSigned(bool holds) {
  if (!holds) std::abort();
}

EVP_PKEY* RsaKey(int bits, unsigned int exponent) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const Owned<BIGNUM> number(BN_new());
  RequireSigned(BN_set_word(number.get(), exponent) == 1 && EVP_PKEY_keygen_init(context.get()) == 1);
  RequireSigned(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1);
  RequireSigned(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), number.get()) == 1);
  EVP_PKEY* key = nullptr;
  RequireSigned(EVP_PKEY_generate(context.get(), &key) == 1);
  return key;
}

std::string RawOf(absl::string_view der, size_t bytes) {
  const unsigned char* at = proof::Bytes(der);
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string raw(bytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(raw.data());
  const int half = static_cast<int>(bytes / 2);
  RequireSigned(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, half) == half);
  RequireSigned(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + half, half) == half);
  return raw;
}

}  // namespace

TestSigner::TestSigner(proof::KeyAlgorithm algorithm, int rsa_bits, unsigned int rsa_exponent) : algorithm_(algorithm) {
  const proof::CurveTraits* const curve = proof::TraitsOf(traits().curve);
  if (curve == nullptr) {
    key_ = proof::Share(RsaKey(rsa_bits, rsa_exponent));
  } else if (traits().family == Family::kEdwards) {
    key_ = proof::Share(EVP_PKEY_Q_keygen(nullptr, nullptr, curve->openssl_name));
  } else {
    key_ = proof::Share(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve->openssl_name));
  }
  RequireSigned(key_ != nullptr);
}

proof::PublicKey TestSigner::public_key() const { return proof::PublicKey::FromOpenssl(key_).value(); }

std::string TestSigner::SubjectPublicKeyInfo() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  RequireSigned(size > 0);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::string TestSigner::Sign(absl::string_view input) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* scheme = nullptr;
  const bool edwards = traits().family == Family::kEdwards;
  const std::string digest = edwards ? "" : absl::StrCat("SHA", base::DigestBytes(*traits().hash) * 8);
  RequireSigned(EVP_DigestSignInit_ex(context.get(), &scheme, edwards ? nullptr : digest.c_str(), nullptr, nullptr,
                                      key_.get(), nullptr) == 1);
  if (traits().family == Family::kRsaPss) {
    RequireSigned(EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1);
    RequireSigned(EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  size_t size = 0;
  RequireSigned(EVP_DigestSign(context.get(), nullptr, &size, proof::Bytes(input), input.size()) == 1);
  std::string signature(size, '\0');
  RequireSigned(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               proof::Bytes(input), input.size()) == 1);
  signature.resize(size);
  return traits().family == Family::kEcdsa ? RawOf(signature, traits().signature_bytes) : signature;
}

std::string TestSigner::Token(absl::string_view header_members, absl::string_view payload) const {
  const std::string header =
      absl::StrCat(R"({"alg":")", algorithm(), R"(")", header_members.empty() ? "" : ",", header_members, "}");
  const std::string input = absl::StrCat(base::Base64UrlEncode(header), ".", base::Base64UrlEncode(payload));
  return absl::StrCat(input, ".", base::Base64UrlEncode(Sign(input)));
}

}  // namespace passerelle::testing
