#include "core/authenticity/issuer_key.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::authenticity {

using base::Problem;
using base::Reason;

absl::StatusOr<proof::PublicKey> KeyOfName(absl::string_view did) {
  absl::StatusOr<proof::PublicKey> key = Problem(Reason::kKeyNotFound, "kid");
  absl::string_view encoded = did.substr(0, did.find('#'));
  if (absl::StartsWith(did, "did:key:")) {
    key = proof::PublicKey::FromDidKey(did);
  } else if (absl::ConsumePrefix(&encoded, "did:jwk:")) {
    const absl::StatusOr<std::string> jwk = base::Base64UrlDecode(encoded);
    if (jwk.ok()) key = proof::PublicKey::FromJwk(absl::string_view(*jwk));
  }
  if (!key.ok()) return Problem(Reason::kKeyNotFound, "kid", "the name holds no key");
  return key;
}

absl::StatusOr<TokenKey> FindTokenKey(const trust::TrustBundle* bundle, absl::string_view issuer,
                                      const proof::JoseHeader& header, absl::Time at, absl::string_view key_id) {
  std::optional<absl::string_view> named = header.ProtectedText("kid");
  if (!named.has_value() && !key_id.empty()) named = key_id;
  const std::optional<proof::KeyAlgorithm> algorithm = proof::FindAlgorithm(header.ProtectedText("alg").value_or(""));
  if (bundle != nullptr) {
    absl::StatusOr<trust::IssuerKey> known = bundle->FindIssuerKey(issuer, named, algorithm, at);
    if (known.ok()) return TokenKey{std::move(known->key), known->is_named, {}};
  }
  const bool names_itself = named.has_value() && absl::StartsWith(*named, "did:");
  ASSIGN_OR_RETURN(proof::PublicKey key, KeyOfName(names_itself ? *named : issuer));
  return TokenKey{std::move(key), true, {}};
}

absl::StatusOr<TokenKey> FindCertifiedKey(const trust::TrustBundle* bundle, absl::string_view issuer,
                                          const proof::JoseHeader& header, absl::Time at, absl::string_view key_id) {
  absl::StatusOr<TokenKey> known = FindTokenKey(bundle, issuer, header, at, key_id);
  const std::optional<simdjson::dom::element> x5c = header.FindProtected("x5c");
  const bool named = known.ok() && known->is_named;
  if (named || !x5c.has_value() || bundle == nullptr || bundle->seal_trust().seals.empty()) return known;
  ASSIGN_OR_RETURN(std::vector<proof::Certificate> chain, proof::ReadCertificateChain(*x5c, bundle->seal_trust()));
  if (!chain.front().key().ok()) return Problem(Reason::kSignerCertificate, "x5c", "its key cannot be used");
  return TokenKey{*chain.front().key(), true, std::move(chain)};
}

proof::KeySet OnlyKey(const proof::PublicKey& key) {
  proof::KeySet keys;
  keys.Add(key);
  return keys;
}

proof::InstalledMethods InstalledFor(const trust::TrustBundle* bundle, simdjson::dom::object document, absl::Time at) {
  proof::InstalledMethods installed;
  const std::optional<simdjson::dom::element> member = base::Find(document, "proof");
  if (bundle == nullptr || !member.has_value()) return installed;
  std::vector<simdjson::dom::element> proofs = {*member};
  if (const auto list = base::AsArray(*member)) proofs.assign(list->begin(), list->end());
  for (const simdjson::dom::element entry : proofs) {
    const auto proof = base::AsObject(entry);
    const absl::string_view method = proof ? base::FindString(*proof, "verificationMethod").value_or("") : "";
    if (method.empty() || installed.size() >= base::kProofsMax) continue;
    const absl::Time created = base::ParseDateTime(base::FindString(*proof, "created").value_or("")).value_or(at);
    const size_t hash = method.find('#');
    const std::optional<absl::string_view> key_id =
        hash == absl::string_view::npos ? std::nullopt : std::optional<absl::string_view>(method);
    absl::StatusOr<trust::IssuerKey> known =
        bundle->FindIssuerKey(method.substr(0, hash), key_id, std::nullopt, created);
    if (known.ok() && known->is_named) installed.emplace(std::string(method), std::move(known->key));
  }
  return installed;
}

}  // namespace passerelle::authenticity
