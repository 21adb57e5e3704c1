#include "core/proof/sd_jwt/sd_jwt.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"
#include "core/proof/sd_jwt/key_binding.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

// SD-JWT VC, 3.2.1: dc+sd-jwt, and what its drafts called it. The others are of credentials and presentations of the
// data model 2.0 ("Securing Verifiable Credentials using JOSE and COSE", 3.2), which has its own words for a type.
constexpr absl::string_view kCredentialTypes[] = {"dc+sd-jwt", "vc+sd-jwt", "vc-ld+sd-jwt", "vp+sd-jwt",
                                                  "vp-ld+sd-jwt"};

// What everybody must see: SD-JWT VC, 3.2.2.2, and what is the same in the Verifiable Credentials Data Model.
constexpr absl::string_view kNeverDisclosed[] = {"/iss",
                                                 "/nbf",
                                                 "/exp",
                                                 "/cnf",
                                                 "/vct",
                                                 "/vct#integrity",
                                                 "/status",
                                                 "/@context",
                                                 "/validFrom",
                                                 "/issuanceDate",
                                                 "/validUntil",
                                                 "/expirationDate",
                                                 "/credentialStatus",
                                                 "/issuer"};

// Claims of RFC 7519 and SD-JWT VC whose kind is known; another kind is another reading.
constexpr absl::string_view kTexts[] = {"iss", "sub", "vct", "jti"};

void CheckType(const JoseHeader& header, const SdJwtDemands& demands, Findings& findings) {
  if (demands.any_type) return;
  const std::optional<absl::string_view> type = header.ProtectedText("typ");
  const bool known =
      type && std::find(std::begin(kCredentialTypes), std::end(kCredentialTypes), *type) != std::end(kCredentialTypes);
  if (!known) findings.Refuse(Reason::kTokenType, "typ", "it is not dc+sd-jwt");
  if (known && *type != "dc+sd-jwt") findings.Note(Reason::kTokenType, "typ", "it is an older one than dc+sd-jwt");
}

void CheckDisclosed(const std::vector<std::string>& disclosed, Findings& findings) {
  for (const absl::string_view pointer : kNeverDisclosed) {
    if (std::find(disclosed.begin(), disclosed.end(), pointer) != disclosed.end()) {
      findings.Refuse(Reason::kClaimDisclosed, pointer);
    }
  }
}

void CheckClaims(const JoseHeader& header, object claims, const SdJwtDemands& demands, absl::Time at,
                 Findings& findings) {
  for (const absl::string_view name : kTexts) {
    const std::optional<element> claim = base::Find(claims, name);
    if (claim && !base::AsString(*claim)) findings.Refuse(Reason::kClaimInvalid, name, "it is no text");
  }
  const bool typed = !base::FindString(claims, "vct").value_or("").empty() ||
                     (header.ProtectedText("typ") != "dc+sd-jwt" && base::Find(claims, "@context").has_value());
  if (!demands.any_type && !typed) findings.Refuse(Reason::kClaimInvalid, "vct", "it is missing");
  CheckClaimTimes(claims, at, findings);
}

absl::Status Verify(absl::string_view text, const KeySet& issuer_keys, absl::Time at, const SdJwtDemands& demands,
                    SdJwtVerdict& verdict) {
  ASSIGN_OR_RETURN(const base::SdJwtParts parts, base::SplitSdJwt(text));
  ASSIGN_OR_RETURN(const Jws jws, Jws::ParseCompact(parts.token));
  const JwsVerdict signed_part = jws.Verify(issuer_keys, TokenProfile());
  verdict.findings.Append(signed_part.findings);
  CheckType(jws.signatures().front().header, demands, verdict.findings);
  if (!signed_part.verified) return Problem(Reason::kSignatureInvalid, "token");
  ASSIGN_OR_RETURN(const base::JsonDocument payload,
                   base::JsonDocument::Parse(*signed_part.payload, base::kTokenNestingMax));
  ASSIGN_OR_RETURN(base::DisclosedClaims claims, base::ResolveDisclosures(payload, parts.disclosures));
  // Read as strictly as if it had been sent so: disclosures may nest deeper than any of them is.
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(claims.json, base::kTokenNestingMax));
  const object members = *base::AsObject(document.root());
  CheckDisclosed(claims.disclosed, verdict.findings);
  CheckClaims(jws.signatures().front().header, members, demands, at, verdict.findings);
  if (!parts.key_binding.empty()) {
    RETURN_IF_ERROR(CheckKeyBinding(parts, claims.hash, members, demands.key_binding, at, verdict.findings));
    verdict.bound_to_holder = true;
  } else if (demands.key_binding) {
    return Problem(Reason::kKeyBinding, "", "it is missing");
  }
  verdict.claims = std::move(document);
  verdict.disclosed = std::move(claims.disclosed);
  verdict.withheld = std::move(claims.withheld);
  return absl::OkStatus();
}

}  // namespace

SdJwtVerdict VerifySdJwt(absl::string_view text, const KeySet& issuer_keys, absl::Time at,
                         const SdJwtDemands& demands) {
  SdJwtVerdict verdict;
  const absl::Status status = Verify(text, issuer_keys, at, demands, verdict);
  verdict.verified = status.ok();
  if (status.ok()) return verdict;
  verdict.bound_to_holder = false;
  verdict.findings.Refuse(status);
  return verdict;
}

}  // namespace passerelle::proof
