#include "core/proof/access_token.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

absl::Status Refuse(Reason reason, absl::string_view name, absl::string_view detail = "") {
  return Problem(reason, absl::StrCat("token.", name), detail);
}

// The reason of a problem without its place, which may be text of the token.
absl::Status RefuseUnread(const absl::Status& problem, absl::string_view part) {
  return Refuse(base::ReasonOf(problem), part, "it cannot be read");
}

// Every algorithm that credentials may use, none under an exception, and nothing that has to be understood.
const JoseProfile& Profile() {
  static const JoseProfile profile = {TokenProfile().allowed, {}, {}, false};
  return profile;
}

// RFC 9068, 4, and RFC 8725, 3.11: a token of another kind is none of these, whoever signed it. "JWT" is what many
// servers write; what tells those tokens from others is their audience.
absl::Status CheckType(const JoseHeader& header) {
  if (!header.Find("typ").has_value()) return absl::OkStatus();
  const std::string type = absl::AsciiStrToLower(header.ProtectedText("typ").value_or(""));
  if (type == "at+jwt" || type == "application/at+jwt" || type == "jwt") return absl::OkStatus();
  return Refuse(Reason::kTokenType, "typ");
}

absl::Status CheckAudience(object claims, absl::string_view audience) {
  const std::optional<element> aud = base::Find(claims, "aud");
  if (!aud.has_value()) return Refuse(Reason::kClaimInvalid, "aud", "it is missing");
  const absl::Status other = Refuse(Reason::kClaimInvalid, "aud", "the token is for somebody else");
  if (const auto text = base::AsString(*aud)) return *text == audience ? absl::OkStatus() : other;
  const auto list = base::AsArray(*aud);
  if (!list.has_value() || list->size() > kTokenAudiencesMax) {
    return Refuse(Reason::kClaimInvalid, "aud", "it is neither a text nor a short list");
  }
  bool named = false;
  for (const element entry : *list) {
    const auto text = base::AsString(entry);
    if (!text.has_value()) return Refuse(Reason::kClaimInvalid, "aud", "an entry is no text");
    named = named || *text == audience;
  }
  return named ? absl::OkStatus() : other;
}

// The moment that a claim states; InfinitePast when it may be missing and is.
absl::StatusOr<absl::Time> Moment(object claims, absl::string_view name, bool required) {
  const std::optional<element> member = base::Find(claims, name);
  if (!member.has_value()) {
    if (required) return Refuse(Reason::kClaimInvalid, name, "it is missing");
    return absl::InfinitePast();
  }
  const std::optional<absl::Time> moment = NumericDate(*member);
  if (!moment.has_value()) return Refuse(Reason::kClaimInvalid, name, "it is no date of the right form");
  return *moment;
}

// RFC 7519, 4.1.4 to 4.1.6.
absl::Status CheckTimes(object claims, const TokenTrust& trust, absl::Time now) {
  ASSIGN_OR_RETURN(const absl::Time exp, Moment(claims, "exp", true));
  ASSIGN_OR_RETURN(const absl::Time iat, Moment(claims, "iat", true));
  ASSIGN_OR_RETURN(const absl::Time nbf, Moment(claims, "nbf", false));
  if (now - trust.clock_skew >= exp) return Refuse(Reason::kExpired, "exp", "the token's time is over");
  if (now + trust.clock_skew < nbf) return Refuse(Reason::kNotYetValid, "nbf", "the token's time has not begun");
  if (now + trust.clock_skew < iat) return Refuse(Reason::kNotYetValid, "iat", "the token was made in the future");
  if (exp <= iat) return Refuse(Reason::kClaimInvalid, "exp", "it is not after iat");
  if (exp - iat > trust.life_max) return Refuse(Reason::kClaimInvalid, "exp", "the token lives longer than is allowed");
  return absl::OkStatus();
}

// RFC 7800, 3.1: a token that is bound to something is good together with that only.
absl::Status CheckConfirmation(object claims, absl::string_view certificate_sha256) {
  const std::optional<element> cnf = base::Find(claims, "cnf");
  if (!cnf.has_value()) return absl::OkStatus();
  const std::optional<object> members = base::AsObject(*cnf);
  const auto digest = members.has_value() ? base::FindString(*members, "x5t#S256") : std::nullopt;
  if (!digest.has_value() || members->size() != 1) {
    return Refuse(Reason::kClaimInvalid, "cnf", "the token is bound to something else than a certificate");
  }
  const absl::StatusOr<std::string> bytes = base::Base64UrlDecode(*digest);
  if (!bytes.ok() || certificate_sha256.empty() || absl::BytesToHexString(*bytes) != certificate_sha256) {
    return Refuse(Reason::kClaimInvalid, "cnf", "the token is bound to another certificate than the caller's");
  }
  return absl::OkStatus();
}

absl::Status CheckSignature(const Jws& jws, const TokenTrust& trust) {
  const JoseHeader& header = jws.signatures().front().header;
  if (trust.keys->size() > 1 && !header.Find("kid").has_value()) {
    return Refuse(Reason::kKeyNotFound, "kid", "it is missing, and the issuer has several keys");
  }
  const JwsVerdict verdict = jws.Verify(*trust.keys, Profile());
  for (const Finding& finding : verdict.findings.list()) {
    if (finding.weight != Weight::kRefusal) continue;
    return Refuse(finding.reason, finding.place.empty() ? "key" : finding.place, finding.detail);
  }
  return verdict.Accepted() ? absl::OkStatus() : Refuse(Reason::kSignatureInvalid, "signature");
}

}  // namespace

bool AccessClaims::Has(absl::string_view claim, absl::string_view text) const {
  const std::optional<element> member = base::Find(*base::AsObject(document_.root()), claim);
  if (!member.has_value()) return false;
  if (const auto single = base::AsString(*member)) {
    if (claim != "scope") return *single == text;
    // RFC 8693, 4.2: words in one text.
    const std::vector<absl::string_view> words = absl::StrSplit(*single, ' ', absl::SkipEmpty());
    return std::find(words.begin(), words.end(), text) != words.end();
  }
  const auto list = base::AsArray(*member);
  if (!list.has_value()) return false;
  for (const element entry : *list) {
    if (base::AsString(entry) == text) return true;
  }
  return false;
}

absl::StatusOr<KeySet> ReadIssuerKeys(absl::string_view jwk_set) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(jwk_set, base::kJoseHeaderNestingMax);
  if (!document.ok()) {
    return Problem(Reason::kKeyUnusable, base::PlaceOf(document.status()), base::DetailOf(document.status()));
  }
  const auto root = base::AsObject(document->root());
  const auto member = root.has_value() ? base::Find(*root, "keys") : std::nullopt;
  const auto list = member.has_value() ? base::AsArray(*member) : std::nullopt;
  if (!list.has_value()) return Problem(Reason::kKeyUnusable, "keys", "a list of keys is expected");
  if (list->size() > base::kKeySetKeysMax) {
    return Problem(Reason::kInputTooLarge, "keys", absl::StrCat("the limit is ", base::kKeySetKeysMax));
  }
  KeySet keys;
  std::set<std::string> ids;
  for (const element entry : *list) {
    const std::optional<object> jwk = base::AsObject(entry);
    if (!jwk.has_value()) return Problem(Reason::kKeyUnusable, "keys", "an entry is no object");
    absl::StatusOr<PublicKey> key = PublicKey::FromJwk(*jwk);
    if (!key.ok()) continue;
    const auto id = base::FindString(*jwk, "kid");
    if (id.has_value() && !ids.insert(std::string(*id)).second) {
      return Problem(Reason::kKeyUnusable, "kid", "two keys have the same id");
    }
    keys.Add(*std::move(key), id.has_value() ? std::make_optional(std::string(*id)) : std::nullopt);
  }
  if (keys.size() == 0) return Problem(Reason::kKeyUnusable, "keys", "there is no key that can sign tokens");
  if (keys.size() > 1 && ids.size() < keys.size()) {
    return Problem(Reason::kKeyUnusable, "kid", "there are several keys, and one has no id");
  }
  return keys;
}

absl::StatusOr<AccessClaims> OpenAccessToken(
    absl::string_view token, absl::FunctionRef<absl::StatusOr<TokenTrust>(absl::string_view issuer)> trust_of,
    absl::string_view certificate_sha256, absl::Time now) {
  if (token.size() > kAccessTokenBytesMax) {
    return Problem(Reason::kInputTooLarge, "token", absl::StrCat("at most ", kAccessTokenBytesMax, " bytes"));
  }
  const absl::StatusOr<Jws> jws = Jws::ParseCompact(token);
  if (!jws.ok()) return Problem(base::ReasonOf(jws.status()), "token", "it is no signed token");
  RETURN_IF_ERROR(CheckType(jws->signatures().front().header));
  // Only the issuer's name is taken from what nobody has proven yet; the rest is looked at when it is.
  const absl::StatusOr<std::string> payload = base::Base64UrlDecode(jws->signed_payload());
  if (!payload.ok()) return Refuse(Reason::kJwsMalformed, "claims");
  absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(*payload, base::kTokenNestingMax);
  if (!document.ok()) return RefuseUnread(document.status(), "claims");
  const std::optional<object> claims = base::AsObject(document->root());
  if (!claims.has_value()) return Refuse(Reason::kClaimInvalid, "claims", "they are no JSON object");
  const std::optional<absl::string_view> issuer = base::FindString(*claims, "iss");
  if (!issuer.has_value()) return Refuse(Reason::kClaimInvalid, "iss", "it is missing");
  ASSIGN_OR_RETURN(const TokenTrust trust, trust_of(*issuer));
  RETURN_IF_ERROR(CheckSignature(*jws, trust));
  RETURN_IF_ERROR(CheckAudience(*claims, trust.audience));
  RETURN_IF_ERROR(CheckTimes(*claims, trust, now));
  RETURN_IF_ERROR(CheckConfirmation(*claims, certificate_sha256));
  return AccessClaims(*std::move(document));
}

}  // namespace passerelle::proof
