#include "core/wallet/key_proof.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/authenticity/issuer_key.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"

namespace passerelle::wallet {
namespace {

using base::Problem;
using base::Reason;
using proof::KeyAlgorithm;
using simdjson::dom::element;
using simdjson::dom::object;

// Age of a proof. Wallets make it right before they send it; their clocks may be wrong.
constexpr absl::Duration kProofAgeMax = absl::Minutes(5);
constexpr size_t kProofBytesMax = 16u << 10;

absl::Status Refuse(absl::string_view member, absl::string_view detail) {
  return Problem(Reason::kWalletProof, absl::StrCat("proofs.jwt[0]", member.empty() ? "" : ".", member), detail);
}

// What came of a part of it, told as the proof's.
absl::Status Refuse(absl::string_view member, const absl::Status& problem) {
  return Refuse(member, base::DetailOf(problem));
}

absl::StatusOr<proof::PublicKey> KeyOf(const proof::JoseHeader& header) {
  const std::optional<element> jwk = header.FindProtected("jwk");
  const std::optional<element> kid = header.FindProtected("kid");
  if (header.FindProtected("x5c").has_value()) return Refuse("x5c", "a certificate is not taken");
  if (jwk.has_value() == kid.has_value()) return Refuse("jwk", "either this or kid is expected");
  absl::StatusOr<proof::PublicKey> key = Refuse("jwk", "it is no object");
  if (jwk.has_value()) {
    const std::optional<object> members = base::AsObject(*jwk);
    if (members.has_value()) key = proof::PublicKey::FromJwk(*members);
  } else {
    key = authenticity::KeyOfName(base::AsString(*kid).value_or(""));
  }
  if (!key.ok()) return Refuse(jwk.has_value() ? "jwk" : "kid", key.status());
  return key;
}

absl::Status CheckClaims(object claims, absl::string_view issuer, absl::Time now) {
  if (base::FindString(claims, "aud") != issuer) return Refuse("aud", "it is another issuer");
  const std::optional<element> iat = base::Find(claims, "iat");
  const std::optional<absl::Time> made = iat.has_value() ? proof::NumericDate(*iat) : std::nullopt;
  if (!made.has_value()) return Refuse("iat", "it is missing, or no time");
  if (now - *made > kProofAgeMax || *made - now > base::kTokenClockSkew) {
    return Refuse("iat", "it was made too long ago, or in the future");
  }
  return absl::OkStatus();
}

}  // namespace

const proof::JoseProfile& KeyProofProfile() {
  static constexpr KeyAlgorithm kAllowed[] = {KeyAlgorithm::kEs256, KeyAlgorithm::kEs384, KeyAlgorithm::kEs512,
                                              KeyAlgorithm::kEdDsa};
  static const proof::JoseProfile profile = {kAllowed, {}, {}, false};
  return profile;
}

absl::StatusOr<KeyProof> ReadKeyProof(absl::string_view token, absl::string_view issuer, absl::Time now) {
  if (token.size() > kProofBytesMax) return Refuse("", "it is too long");
  const absl::StatusOr<proof::Jws> jws = proof::Jws::ParseCompact(token);
  if (!jws.ok()) return Refuse("", jws.status());
  const proof::JwsSignature& signature = jws->signatures().front();
  if (signature.header.ProtectedText("typ") != "openid4vci-proof+jwt") {
    return Refuse("typ", "it is not openid4vci-proof+jwt");
  }
  ASSIGN_OR_RETURN(proof::PublicKey key, KeyOf(signature.header));
  const proof::JwsVerdict verdict = jws->VerifyWithKey(signature, key, KeyProofProfile());
  if (!verdict.Accepted()) return Refuse("signature", "it is not by that key, or not as is allowed");
  const absl::StatusOr<base::JsonDocument> document =
      base::JsonDocument::Parse(*verdict.payload, base::kTokenNestingMax);
  if (!document.ok()) return Refuse("payload", document.status());
  const std::optional<object> claims = base::AsObject(document->root());
  if (!claims.has_value()) return Refuse("payload", "it is no object");
  RETURN_IF_ERROR(CheckClaims(*claims, issuer, now));
  const std::optional<absl::string_view> nonce = base::FindString(*claims, "nonce");
  if (!nonce.has_value()) return Refuse("nonce", "it is missing");
  return KeyProof{std::move(key), std::string(*nonce)};
}

}  // namespace passerelle::wallet
