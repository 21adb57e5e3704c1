#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/authenticity/check.h"
#include "core/authenticity/issuer_key.h"
#include "core/authenticity/seal_families.h"
#include "core/authenticity/signed_badge.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/base/status_macros.h"
#include "core/base/unsigned_token.h"
#include "core/proof/credential_times.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/proof/vc_jwt.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kTokenFamily = "token";
constexpr absl::string_view kSelectiveFamily = "sd-jwt";

// Who issued a token, by "iss" or, without it, by the credential.
std::string IssuerOf(object claims) {
  if (const auto iss = base::FindString(claims, "iss")) return std::string(*iss);
  if (const std::optional<SignedBadge> badge = ReadSignedBadge(claims)) return std::string(badge->issuer);
  const std::optional<element> vc = base::Find(claims, "vc");
  const std::optional<object> inner = vc ? base::AsObject(*vc) : std::nullopt;
  return std::string(proof::IdOf(base::Find(inner ? *inner : claims, "issuer")));
}

// When it says it was made.
std::optional<absl::Time> MadeAt(object claims) {
  for (const absl::string_view name : {"iat", "nbf"}) {
    const std::optional<element> claim = base::Find(claims, name);
    const std::optional<absl::Time> time = claim ? proof::NumericDate(*claim) : std::nullopt;
    if (time) return time;
  }
  const std::optional<element> vc = base::Find(claims, "vc");
  const std::optional<object> inner = vc ? base::AsObject(*vc) : std::nullopt;
  for (const absl::string_view name : {"issuanceDate", "issued", "validFrom"}) {
    const auto date = base::FindString(inner ? *inner : claims, name);
    const std::optional<absl::Time> time = date ? base::ParseDateTime(*date) : std::nullopt;
    if (time) return time;
  }
  const std::optional<SignedBadge> badge = ReadSignedBadge(claims);
  return badge ? base::ParseDateTime(badge->issued) : std::nullopt;
}

// The key for a token by what it says of itself, before anything of it is believed.
absl::StatusOr<TokenKey> KeyFor(absl::string_view token, const Evidence& evidence) {
  ASSIGN_OR_RETURN(const proof::Jws jws, proof::Jws::ParseCompact(token));
  const absl::StatusOr<std::string> payload = base::Base64UrlDecode(jws.signed_payload());
  if (!payload.ok()) return base::Problem(Reason::kJwsMalformed, "payload");
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(*payload, base::kTokenNestingMax));
  const std::optional<object> claims = base::AsObject(document.root());
  if (!claims.has_value()) return base::Problem(Reason::kClaimInvalid, "", "the payload is no object");
  const std::optional<SignedBadge> badge = ReadSignedBadge(*claims);
  return FindCertifiedKey(evidence.bundle, IssuerOf(*claims), jws.signatures().front().header,
                          MadeAt(*claims).value_or(evidence.at), badge ? badge->key_id : "");
}

void TakeClaims(base::JsonDocument document, const proof::PublicKey& key, Sealed& sealed) {
  sealed.document = std::move(document);
  sealed.claims = base::AsObject(sealed.document->root());
  sealed.issuer = IssuerOf(*sealed.claims);
  sealed.claimed_time = MadeAt(*sealed.claims);
  sealed.signer.key_thumbprint = key.thumbprint();
  const std::optional<element> vc = base::Find(*sealed.claims, "vc");
  const std::optional<object> inner = vc ? base::AsObject(*vc) : std::nullopt;
  sealed.credential = inner ? inner : sealed.claims;
}

// A signature that does not verify with a key that only fits may be in order, with a key that is not at hand.
void LeaveOpenWithoutName(const TokenKey& key, absl::string_view family, Sealed& sealed) {
  const bool broken = sealed.check.reason() == base::Catalogue(Reason::kSignatureInvalid).name;
  if (broken && !key.is_named) sealed = OpenSeal(Reason::kKeyNotFound, family);
}

// Concludes "seal", and takes over who signed: the key, and its certificates where it has some.
void Conclude(const TokenKey& key, bool verified, std::optional<base::JsonDocument> claims, proof::Findings findings,
              absl::string_view family, const Evidence& evidence, Sealed& sealed) {
  if (!key.certificates.empty()) proof::CheckSignerUse(key.certificates.front(), "x5c/0", findings);
  ConcludeSeal(verified, findings, family, false, sealed);
  LeaveOpenWithoutName(key, family, sealed);
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return;
  TakeClaims(*std::move(claims), key.key, sealed);
  if (key.certificates.empty()) return;
  const proof::SignerAnswer answer =
      proof::CheckSigner({"x5c", key.certificates, {}}, SealTrustOf(evidence.bundle), evidence.at, findings);
  TakeCertificate(key.certificates.front(), answer.trusted, findings, sealed);
  sealed.revocation = answer.revocation;
}

bool HasReason(const proof::Findings& findings, Reason reason) {
  for (const proof::Finding& finding : findings.list()) {
    if (finding.reason == reason) return true;
  }
  return false;
}

// Of the Verifiable Credentials Data Model, or of the European Learning Model.
bool Withholds(const std::vector<std::string>& withheld, object claims) {
  return std::any_of(withheld.begin(), withheld.end(), [&claims](const std::string& pointer) {
    return pointer.empty() ? base::Find(claims, "@context").has_value() : pointer == "/vc" || pointer == "/elm";
  });
}

v1::Check JudgeHolder(const proof::SdJwtVerdict& seen, const Evidence& evidence) {
  constexpr absl::string_view kName = "holder";
  for (const Reason reason : {Reason::kKeyBinding, Reason::kKeyBindingOld}) {
    if (HasReason(seen.findings, reason)) return Failed(kName, reason);
  }
  if (!seen.bound_to_holder) {
    return Unknown(kName, evidence.holder.has_value() ? Reason::kNoEvidence : Reason::kNotStated);
  }
  if (!evidence.holder.has_value()) return Unknown(kName, Reason::kHolderNotAsked);
  return Passed(kName, Reason::kHolderBound);
}

}  // namespace

Sealed JudgeToken(absl::string_view token, const Evidence& evidence) {
  if (base::SaysUnsigned(token.substr(0, token.find('.')))) return OpenSeal(Reason::kSignatureNone, kTokenFamily);
  const absl::StatusOr<proof::Jws> jws = proof::Jws::ParseCompact(token);
  if (!jws.ok()) return OpenSeal(base::ReasonOf(jws.status()), kTokenFamily);
  // What only JAdES has (TS 119 182-1, 5.2.1).
  if (jws->signatures().front().header.FindProtected("sigT").has_value()) return JudgeJades(token, evidence);
  const absl::StatusOr<TokenKey> key = KeyFor(token, evidence);
  if (!key.ok()) return OpenSeal(base::ReasonOf(key.status()), kTokenFamily);
  proof::VcJwtVerdict seen = proof::VerifyVcJwt(token, OnlyKey(key->key), evidence.at);
  Sealed sealed;
  Conclude(*key, seen.verified, std::move(seen.claims), std::move(seen.findings), kTokenFamily, evidence, sealed);
  return sealed;
}

Sealed JudgeSelectiveToken(absl::string_view text, const Evidence& evidence) {
  const absl::StatusOr<base::SdJwtParts> parts = base::SplitSdJwt(text);
  if (!parts.ok()) return OpenSeal(base::ReasonOf(parts.status()), kSelectiveFamily);
  if (base::SaysUnsigned(parts->token.substr(0, parts->token.find('.')))) {
    return OpenSeal(Reason::kSignatureNone, kSelectiveFamily);
  }
  const absl::StatusOr<TokenKey> key = KeyFor(parts->token, evidence);
  if (!key.ok()) return OpenSeal(base::ReasonOf(key.status()), kSelectiveFamily);
  proof::SdJwtDemands demands;
  // A binding that is missing is told apart from one that is wrong.
  if (!parts->key_binding.empty()) demands.key_binding = evidence.holder;
  proof::SdJwtVerdict seen = proof::VerifySdJwt(text, OnlyKey(key->key), evidence.at, demands);
  Sealed sealed;
  std::optional<v1::Check> holder = JudgeHolder(seen, evidence);
  Conclude(*key, seen.verified, std::move(seen.claims), std::move(seen.findings), kSelectiveFamily, evidence, sealed);
  sealed.withholds = sealed.claims.has_value() && Withholds(seen.withheld, *sealed.claims);
  sealed.holder = std::move(holder);
  return sealed;
}

}  // namespace passerelle::authenticity
