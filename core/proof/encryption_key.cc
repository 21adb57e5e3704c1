#include "core/proof/encryption_key.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/openssl.h"
#include "core/proof/pkcs8.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr size_t kSecretBytes = 32;

absl::Status UnusableEncryptionKey(absl::string_view member, absl::string_view detail) {
  return Problem(Reason::kKeyUnusable, member, detail);
}

// RFC 7517, 4.3: what a key is for, if it says so.
bool AllowsAgreement(element operations) {
  const std::optional<simdjson::dom::array> names = base::AsArray(operations);
  if (!names.has_value()) return false;
  for (const element name : *names) {
    const std::optional<absl::string_view> text = base::AsString(name);
    if (text == "deriveKey" || text == "deriveBits") return true;
  }
  return false;
}

absl::Status CheckStatedUse(object jwk) {
  if (base::Find(jwk, "d").has_value()) return UnusableEncryptionKey("d", "it is a private key");
  const std::optional<element> use = base::Find(jwk, "use");
  if (use.has_value() && base::AsString(*use) != "enc")
    return UnusableEncryptionKey("use", "the key is not for encryption");
  const std::optional<element> alg = base::Find(jwk, "alg");
  if (alg.has_value() && base::AsString(*alg) != "ECDH-ES") return UnusableEncryptionKey("alg", "it is not ECDH-ES");
  // An empty list says nothing: public keys that others agree with have no operation of their own.
  const std::optional<element> operations = base::Find(jwk, "key_ops");
  const std::optional<simdjson::dom::array> names = operations.has_value() ? base::AsArray(*operations) : std::nullopt;
  const bool silent = names.has_value() && names->size() == 0;
  if (operations.has_value() && !silent && !AllowsAgreement(*operations)) {
    return UnusableEncryptionKey("key_ops", "the key is not for key agreement");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<EncryptionKey> EncryptionKey::FromPublicKey(PublicKey key) {
  if (key.curve() != Curve::kP256) return UnusableEncryptionKey("crv", "it is not a key of P-256");
  return EncryptionKey(std::move(key));
}

absl::StatusOr<EncryptionKey> EncryptionKey::FromJwk(object jwk) {
  RETURN_IF_ERROR(CheckStatedUse(jwk));
  // Without what it says of its use, which readers of other keys would not take.
  std::string numbers;
  base::JsonWriter out(numbers);
  out.BeginObject();
  for (const char* member : {"crv", "kty", "x", "y"}) {
    const std::optional<absl::string_view> text = base::FindString(jwk, member);
    if (!text.has_value()) return UnusableEncryptionKey(member, "it is missing or not a string");
    out.Member(member, *text);
  }
  out.EndObject();
  ASSIGN_OR_RETURN(PublicKey key, PublicKey::FromJwk(numbers));
  return FromPublicKey(std::move(key));
}

absl::StatusOr<EncryptionKey> EncryptionKey::FromJwk(absl::string_view jwk) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(jwk, base::kJoseHeaderNestingMax);
  if (!document.ok()) return UnusableEncryptionKey(base::PlaceOf(document.status()), base::DetailOf(document.status()));
  const std::optional<object> members = base::AsObject(document->root());
  if (!members.has_value()) return UnusableEncryptionKey("", "it is not a JSON object");
  return FromJwk(*members);
}

absl::StatusOr<DecryptionKey> DecryptionKey::Make(std::shared_ptr<EVP_PKEY> key) {
  ASSIGN_OR_RETURN(PublicKey shared, PublicKey::FromOpenssl(key));
  ASSIGN_OR_RETURN(EncryptionKey made, EncryptionKey::FromPublicKey(std::move(shared)));
  return DecryptionKey(std::move(made), std::move(key));
}

absl::StatusOr<DecryptionKey> DecryptionKey::Generate() {
  const ErrorScope errors;
  std::shared_ptr<EVP_PKEY> key = Share(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1"));
  if (key == nullptr) return Problem(Reason::kInternal, "", "OpenSSL made no key");
  return Make(std::move(key));
}

absl::StatusOr<DecryptionKey> DecryptionKey::FromPem(absl::string_view pem) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(std::shared_ptr<EVP_PKEY> key, ReadPkcs8(pem));
  ASSIGN_OR_RETURN(DecryptionKey made, Make(key));
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_pairwise_check(check.get()) != 1) {
    return UnusableEncryptionKey("", "its private and public halves do not belong together");
  }
  return made;
}

absl::StatusOr<std::string> DecryptionKey::ToPem() const { return WritePkcs8(private_.get()); }

absl::StatusOr<std::string> DecryptionKey::Agree(const EncryptionKey& other) const {
  const ErrorScope errors;
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, private_.get(), nullptr));
  std::string secret(kSecretBytes, '\0');
  size_t size = secret.size();
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      // Both keys were checked when they were made.
      EVP_PKEY_derive_set_peer_ex(context.get(), other.openssl(), /*validate_peer=*/0) != 1 ||
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(secret.data()), &size) != 1 ||
      size != kSecretBytes) {
    return Problem(Reason::kInternal, "", "OpenSSL derived no secret");
  }
  return secret;
}

}  // namespace passerelle::proof
