#include "core/proof/jose/signed_archive.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

constexpr KeyAlgorithm kArchiveAllowed[] = {KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa};

const JoseProfile& ArchiveProfile() {
  static const JoseProfile profile = {kArchiveAllowed, {}, {}};
  return profile;
}

}  // namespace

absl::StatusOr<ArchiveSigners> ArchiveSigners::Make(absl::Span<const std::string> jwks) {
  ArchiveSigners signers;
  for (size_t i = 0; i < jwks.size(); ++i) {
    const std::string place = absl::StrCat("jwks[", i, "]");
    const auto key = VerificationKey::FromJwk(jwks[i]);
    if (!key.ok()) {
      return base::Problem(base::Reason::kKeyUnusable, place, "it cannot be read, or is neither EC P-256 nor Ed25519");
    }
    if (signers.Find(key->thumbprint()) != nullptr) {
      return base::Problem(base::Reason::kKeyUnusable, place, "the key stands twice");
    }
    ASSIGN_OR_RETURN(PublicKey parsed, PublicKey::FromJwk(jwks[i]));
    signers.keys_.push_back(std::move(parsed));
  }
  return signers;
}

const PublicKey* ArchiveSigners::Find(absl::string_view thumbprint) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const PublicKey& key) { return key.thumbprint() == thumbprint; });
  return found == keys_.end() ? nullptr : &*found;
}

absl::StatusOr<ArchiveSignature> SignArchive(absl::string_view payload_text, absl::string_view type,
                                             const SigningKey& key) {
  ArchiveSignature made;
  made.signer = key.verification_key().thumbprint();
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", AlgorithmName(key.verification_key().algorithm()));
  json.Member("kid", absl::string_view(made.signer));
  json.Member("typ", type);
  json.EndObject();
  made.protected_text = base::Base64UrlEncode(header);
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(absl::StrCat(made.protected_text, ".", payload_text)));
  made.signature_text = base::Base64UrlEncode(signature);
  return made;
}

void WriteArchive(absl::string_view payload_text, absl::Span<const ArchiveSignature> signatures,
                  base::JsonWriter& json) {
  json.Member("payload", payload_text);
  json.Key("signatures");
  json.BeginArray();
  for (const ArchiveSignature& signature : signatures) {
    json.BeginObject();
    json.Member("protected", absl::string_view(signature.protected_text));
    json.Member("signature", absl::string_view(signature.signature_text));
    json.EndObject();
  }
  json.EndArray();
}

std::vector<ArchiveSignature> SignaturesOf(const Jws& archive) {
  std::vector<ArchiveSignature> signatures;
  for (const JwsSignature& signature : archive.signatures()) {
    signatures.push_back({std::string(signature.header.ProtectedText("kid").value_or("")),
                          std::string(signature.protected_text), std::string(signature.signature_text)});
  }
  return signatures;
}

bool HasSigned(absl::Span<const ArchiveSignature> signatures, absl::string_view thumbprint) {
  return std::any_of(signatures.begin(), signatures.end(),
                     [&](const ArchiveSignature& signature) { return signature.signer == thumbprint; });
}

std::vector<std::string> CountSigners(const Jws& archive, absl::string_view type, const ArchiveSigners& signers) {
  std::vector<std::string> counted;
  for (const JwsSignature& signature : archive.signatures()) {
    const std::string kid(signature.header.ProtectedText("kid").value_or(""));
    const PublicKey* const key = signers.Find(kid);
    const bool before = std::find(counted.begin(), counted.end(), kid) != counted.end();
    if (key == nullptr || before || signature.header.ProtectedText("typ") != type) continue;
    if (archive.VerifyWithKey(signature, *key, ArchiveProfile()).Accepted()) counted.push_back(kid);
  }
  return counted;
}

}  // namespace passerelle::proof
