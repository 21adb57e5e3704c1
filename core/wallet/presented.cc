#include "core/wallet/presented.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/issuer_key.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"
#include "core/proof/sd_jwt/key_binding.h"

namespace passerelle::wallet {
namespace {

using base::JsonDocument;
using base::Problem;
using base::Reason;
using proof::KeyBindingDemand;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

absl::Status Missing(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kPresentationIncomplete, place, detail);
}

absl::Status Unbound(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kKeyBinding, place, detail);
}

// The first thing that the profile refuses.
absl::Status FirstRefusal(const proof::Findings& findings) {
  for (const proof::Finding& finding : findings.list()) {
    if (finding.weight == proof::Weight::kRefusal) return Problem(finding.reason, finding.place, finding.detail);
  }
  return absl::OkStatus();
}

// The claims of a token of whose signature nothing is known yet.
absl::StatusOr<JsonDocument> UnprovenClaims(const proof::Jws& jws) {
  const absl::StatusOr<std::string> payload = base::Base64UrlDecode(jws.signed_payload());
  if (!payload.ok()) return Problem(Reason::kJwsMalformed, "payload", "it is not base64url");
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(*payload, base::kTokenNestingMax));
  if (!base::AsObject(document.root()).has_value()) {
    return Problem(Reason::kClaimInvalid, "payload", "it is no object");
  }
  return document;
}

// Pointers to everything that the query asks for.
absl::StatusOr<std::vector<std::string>> SelectAll(const v1::CredentialQuery& query, element root) {
  std::vector<std::string> all;
  for (const v1::ClaimQuery& claim : query.claims()) {
    ASSIGN_OR_RETURN(std::vector<std::string> pointers, Select(claim.path(), root));
    all.insert(all.end(), std::make_move_iterator(pointers.begin()), std::make_move_iterator(pointers.end()));
  }
  return all;
}

bool IsWithin(absl::string_view pointer, absl::string_view outer) {
  return pointer == outer || (absl::StartsWith(pointer, outer) && pointer[outer.size()] == '/');
}

// Of what the holder could withhold, only what was asked for, what is part of it, and what it is part of (6.4).
absl::Status CheckNothingElse(const std::vector<std::string>& disclosed, const std::vector<std::string>& asked) {
  for (const std::string& pointer : disclosed) {
    const bool fits = std::any_of(asked.begin(), asked.end(), [&pointer](const std::string& one) {
      return IsWithin(pointer, one) || IsWithin(one, pointer);
    });
    if (!fits) return Problem(Reason::kFieldInvalid, pointer, "it was disclosed, and not asked for");
  }
  return absl::OkStatus();
}

absl::Status CheckSdJwt(const v1::CredentialQuery& query, absl::string_view text, const KeyBindingDemand& demand,
                        absl::Time at) {
  ASSIGN_OR_RETURN(const base::SdJwtParts parts, base::SplitSdJwt(text));
  ASSIGN_OR_RETURN(const proof::Jws jws, proof::Jws::ParseCompact(parts.token));
  const std::optional<absl::string_view> type = jws.signatures().front().header.ProtectedText("typ");
  if (type != "dc+sd-jwt" && type != "vc+sd-jwt") return Missing("typ", "it is no SD-JWT VC");
  ASSIGN_OR_RETURN(const JsonDocument payload, UnprovenClaims(jws));
  ASSIGN_OR_RETURN(const base::DisclosedClaims claims, base::ResolveDisclosures(payload, parts.disclosures));
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(claims.json, base::kTokenNestingMax));
  const object members = *base::AsObject(document.root());
  if (parts.key_binding.empty()) return Unbound("", "it is missing");
  proof::Findings findings;
  RETURN_IF_ERROR(proof::CheckKeyBinding(parts, claims.hash, members, demand, at, findings));
  RETURN_IF_ERROR(FirstRefusal(findings));
  const std::optional<absl::string_view> vct = base::FindString(members, "vct");
  if (!vct.has_value() ||
      std::find(query.vct_values().begin(), query.vct_values().end(), *vct) == query.vct_values().end()) {
    return Missing("vct", "it is of another type");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> asked, SelectAll(query, document.root()));
  return CheckNothingElse(claims.disclosed, asked);
}

bool HasType(object credential, absl::string_view wanted) {
  const std::optional<element> type = base::Find(credential, "type");
  if (!type.has_value()) return false;
  if (const auto text = base::AsString(*type)) return *text == wanted;
  const std::optional<array> list = base::AsArray(*type);
  if (!list.has_value()) return false;
  return std::any_of(list->begin(), list->end(), [wanted](element one) { return base::AsString(one) == wanted; });
}

bool FitsTypes(const v1::CredentialQuery& query, object credential) {
  return std::any_of(query.type_values().begin(), query.type_values().end(), [credential](const v1::TypeSet& set) {
    return std::all_of(set.types().begin(), set.types().end(),
                       [credential](const std::string& type) { return HasType(credential, type); });
  });
}

// The holder's key, as the credential has it: in "cnf", or in the name of its subject.
absl::StatusOr<proof::PublicKey> HolderKey(object claims, object credential) {
  if (base::Find(claims, "cnf").has_value()) return proof::ConfirmedKey(claims);
  const std::optional<element> subject = base::Find(credential, "credentialSubject");
  const std::optional<object> members = subject.has_value() ? base::AsObject(*subject) : std::nullopt;
  std::optional<absl::string_view> id = members.has_value() ? base::FindString(*members, "id") : std::nullopt;
  // VC Data Model 1.1, 6.3.1: the claim stands for the id.
  if (!id.has_value()) id = base::FindString(claims, "sub");
  if (!id.has_value()) return Unbound("credentialSubject/id", "the credential names no holder");
  absl::StatusOr<proof::PublicKey> key = authenticity::KeyOfName(*id);
  if (!key.ok()) return Unbound("credentialSubject/id", "the holder's name holds no key");
  return key;
}

bool IsAudience(object claims, absl::string_view audience) {
  const std::optional<element> aud = base::Find(claims, "aud");
  if (!aud.has_value()) return false;
  if (const auto text = base::AsString(*aud)) return *text == audience;
  const std::optional<array> list = base::AsArray(*aud);
  return list.has_value() && list->size() == 1 && base::AsString(list->at(0).value_unsafe()) == audience;
}

// The one credential of a presentation.
absl::StatusOr<std::string> OnlyCredential(object presentation) {
  const std::optional<element> vp = base::Find(presentation, "vp");
  const std::optional<object> members = vp.has_value() ? base::AsObject(*vp) : std::nullopt;
  if (!members.has_value()) return Missing("vp", "it is missing, or no object");
  const std::optional<element> held = base::Find(*members, "verifiableCredential");
  if (!held.has_value()) return Missing("vp/verifiableCredential", "it is missing");
  std::optional<absl::string_view> text = base::AsString(*held);
  const std::optional<array> list = base::AsArray(*held);
  if (list.has_value() && list->size() == 1) text = base::AsString(list->at(0).value_unsafe());
  if (!text.has_value()) {
    return Problem(Reason::kFieldInvalid, "vp/verifiableCredential", "one credential as a token is expected");
  }
  return std::string(*text);
}

absl::Status CheckProof(const proof::Jws& jws, object claims, const proof::PublicKey& key,
                        const KeyBindingDemand& demand, absl::Time at) {
  const proof::JwsSignature& signature = jws.signatures().front();
  // A token made for another use cannot serve as a presentation (RFC 8725, 3.11).
  if (signature.header.Find("typ").has_value() && signature.header.ProtectedText("typ") != "JWT") {
    return Unbound("typ", "it is not JWT");
  }
  proof::JwsVerdict verdict = jws.VerifyWithKey(signature, key, proof::TokenProfile());
  if (!verdict.verified) return Unbound("signature", "it is not by the holder's key");
  if (base::FindString(claims, "nonce") != demand.nonce) return Unbound("nonce", "it is another request");
  if (!IsAudience(claims, demand.audience)) return Unbound("aud", "it is another receiver");
  proof::CheckClaimTimes(claims, at, verdict.findings);
  return FirstRefusal(verdict.findings);
}

// The credential within a presentation as a token (OpenID4VP 1.0, B.1.3.1). The rest of the presentation goes no
// further.
absl::StatusOr<std::string> TakeVpJwt(const v1::CredentialQuery& query, absl::string_view text,
                                      const KeyBindingDemand& demand, absl::Time at) {
  ASSIGN_OR_RETURN(const proof::Jws jws, proof::Jws::ParseCompact(text));
  ASSIGN_OR_RETURN(const JsonDocument presentation, UnprovenClaims(jws));
  ASSIGN_OR_RETURN(std::string token, OnlyCredential(*base::AsObject(presentation.root())));
  ASSIGN_OR_RETURN(const proof::Jws credential_jws, proof::Jws::ParseCompact(token));
  ASSIGN_OR_RETURN(const JsonDocument document, UnprovenClaims(credential_jws));
  const object claims = *base::AsObject(document.root());
  const std::optional<element> vc = base::Find(claims, "vc");
  const std::optional<object> credential = vc.has_value() ? base::AsObject(*vc) : std::nullopt;
  if (!credential.has_value()) return Missing("vc", "it is missing, or no object");
  ASSIGN_OR_RETURN(const proof::PublicKey key, HolderKey(claims, *credential));
  RETURN_IF_ERROR(CheckProof(jws, *base::AsObject(presentation.root()), key, demand, at));
  if (!FitsTypes(query, *credential)) return Missing("vc/type", "it is of another type");
  RETURN_IF_ERROR(SelectAll(query, *vc).status());
  return token;
}

absl::StatusOr<std::string> Take(const v1::CredentialQuery& query, element entry, const KeyBindingDemand& demand,
                                 absl::Time at) {
  const std::optional<array> list = base::AsArray(entry);
  if (!list.has_value() || list->size() != 1) {
    return Problem(Reason::kFieldInvalid, "", "a list of one presentation is expected");
  }
  const std::optional<absl::string_view> text = base::AsString(list->at(0).value_unsafe());
  if (!text.has_value()) return Problem(Reason::kFieldInvalid, "", "a presentation is no text");
  if (query.format() == v1::CREDENTIAL_FORMAT_JWT_VC_JSON) return TakeVpJwt(query, *text, demand, at);
  RETURN_IF_ERROR(CheckSdJwt(query, *text, demand, at));
  return std::string(*text);
}

// The problem of one presentation of several.
absl::Status At(const v1::CredentialQuery& query, const absl::Status& problem) {
  const std::string inner = base::PlaceOf(problem);
  const std::string place = absl::StrCat("vp_token.", query.id(), inner.empty() ? "" : ": ", inner);
  return Problem(base::ReasonOf(problem), place, base::DetailOf(problem));
}

}  // namespace

absl::StatusOr<std::vector<v1::PresentedCredential>> ReadPresented(absl::string_view vp_token, const Queries& queries,
                                                                   const KeyBindingDemand& demand, absl::Time at) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(vp_token, base::kTokenNestingMax);
  if (!document.ok()) {
    return Problem(base::ReasonOf(document.status()), "vp_token", base::DetailOf(document.status()));
  }
  const std::optional<object> members = base::AsObject(document->root());
  if (!members.has_value()) return Problem(Reason::kFieldInvalid, "vp_token", "it is no object");
  std::vector<v1::PresentedCredential> presented;
  for (const v1::CredentialQuery& query : queries) {
    const std::optional<element> entry = base::Find(*members, query.id());
    if (!entry.has_value()) return At(query, Missing("", "it is missing"));
    absl::StatusOr<std::string> content = Take(query, *entry, demand, at);
    if (!content.ok()) return At(query, content.status());
    v1::PresentedCredential& credential = presented.emplace_back();
    credential.set_query_id(query.id());
    credential.set_format(query.format());
    credential.set_sha256(base::Sha256Hex(*content));
    credential.set_content(*std::move(content));
  }
  if (members->size() != presented.size()) {
    return Problem(Reason::kFieldInvalid, "vp_token", "it has something that was not asked for");
  }
  return presented;
}

}  // namespace passerelle::wallet
