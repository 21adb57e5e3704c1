#include "core/proof/status/signed_status_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/di/data_integrity.h"
#include "core/proof/finding.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"
#include "core/proof/vc_jwt.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::object;

// The first refusal as a problem; a signature without one did not verify.
absl::Status ProblemOf(const Findings& findings) {
  for (const Finding& finding : findings.list()) {
    if (finding.weight == Weight::kRefusal) return Problem(finding.reason, finding.place, finding.detail);
  }
  return Problem(Reason::kSignatureInvalid, "list");
}

absl::StatusOr<KeySet> KeysOf(const StatusReference& reference, const StatusSigners& signers) {
  if (!signers.keys) return Problem(Reason::kKeyNotFound, "list", "no keys of issuers are known");
  return signers.keys(reference.issuer);
}

// Token Status List, 5.1: of this type and no other, by the issuer, and not from the future.
absl::StatusOr<base::JsonDocument> OpenToken(absl::string_view bytes, const KeySet& keys, absl::Time fetched_at) {
  ASSIGN_OR_RETURN(const Jws jws, Jws::ParseCompact(bytes));
  const JwsVerdict verdict = jws.Verify(keys, TokenProfile());
  if (!verdict.Accepted()) return ProblemOf(verdict.findings);
  if (jws.signatures().front().header.ProtectedText("typ") != "statuslist+jwt") {
    return Problem(Reason::kTokenType, "typ", "it is no status list");
  }
  ASSIGN_OR_RETURN(base::JsonDocument claims, base::JsonDocument::Parse(*verdict.payload, base::kTokenNestingMax));
  const std::optional<object> members = base::AsObject(claims.root());
  if (!members) return Problem(Reason::kClaimInvalid, "", "the payload is not an object");
  Findings times;
  CheckClaimTimes(*members, fetched_at, times);
  if (times.refused()) return ProblemOf(times);
  const std::optional<simdjson::dom::element> issued = base::Find(*members, "iat");
  const std::optional<absl::Time> issued_at = issued ? NumericDate(*issued) : std::nullopt;
  if (issued_at && *issued_at > fetched_at + base::kTokenClockSkew) return Problem(Reason::kNotYetValid, "iat");
  return claims;
}

// A status list credential as a token, of the data model 2.0 or 1.1.
absl::StatusOr<VcJwtVerdict> OpenCredentialToken(absl::string_view bytes, const KeySet& keys, absl::Time fetched_at) {
  VcJwtVerdict verdict = VerifyVcJwt(bytes, keys, fetched_at);
  if (!verdict.Accepted() || !verdict.credential || !base::AsObject(*verdict.credential)) {
    return ProblemOf(verdict.findings);
  }
  return verdict;
}

absl::StatusOr<base::JsonDocument> OpenCredential(absl::string_view bytes, const InstalledMethods& methods,
                                                  absl::Time fetched_at) {
  DataIntegrityOptions options;
  options.at = fetched_at;
  options.installed = methods;
  options.requires_issuer_key = true;
  DataIntegrityVerdict verdict = VerifyDataIntegrity(bytes, options);
  if (!verdict.Accepted() || !base::AsObject(verdict.document->root())) return ProblemOf(verdict.findings);
  return *std::move(verdict.document);
}

class Look {
 public:
  Look(const StatusReference& reference, const StoredStatusList& list, const StatusSigners& signers, absl::Time now)
      : reference_(reference),
        bytes_(absl::StripAsciiWhitespace(*list.bytes)),
        fetched_at_(list.fetched_at),
        signers_(signers),
        now_(now) {}

  absl::StatusOr<StatusOutcome> Outcome() const {
    switch (reference_.scheme) {
      case StatusScheme::kOneEdTech:
      case StatusScheme::kOpenBadges2:
        return Plain();
      case StatusScheme::kTokenStatusList:
        return Token();
      default:
        return absl::StartsWith(bytes_, "{") ? Credential() : CredentialToken();
    }
  }

 private:
  StatusOutcome Check(object content, const std::string& signer) const {
    return CheckStatus(reference_, {reference_.list, content, signer, fetched_at_}, now_);
  }

  absl::StatusOr<StatusOutcome> Plain() const {
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(bytes_));
    const std::optional<object> content = base::AsObject(document.root());
    if (!content) return Problem(Reason::kStatusList, "", "it is no object");
    return Check(*content, "");
  }

  absl::StatusOr<StatusOutcome> Token() const {
    ASSIGN_OR_RETURN(const KeySet keys, KeysOf(reference_, signers_));
    ASSIGN_OR_RETURN(const base::JsonDocument claims, OpenToken(bytes_, keys, fetched_at_));
    return Check(*base::AsObject(claims.root()), reference_.issuer);
  }

  absl::StatusOr<StatusOutcome> CredentialToken() const {
    ASSIGN_OR_RETURN(const KeySet keys, KeysOf(reference_, signers_));
    ASSIGN_OR_RETURN(const VcJwtVerdict verdict, OpenCredentialToken(bytes_, keys, fetched_at_));
    return Check(*base::AsObject(*verdict.credential), reference_.issuer);
  }

  absl::StatusOr<StatusOutcome> Credential() const {
    ASSIGN_OR_RETURN(const base::JsonDocument document, OpenCredential(bytes_, signers_.methods, fetched_at_));
    // The key was shown to be that of the issuer whom the list names, and CheckStatus wants it to be the credential's.
    return Check(*base::AsObject(document.root()), reference_.issuer);
  }

  const StatusReference& reference_;
  const absl::string_view bytes_;
  const absl::Time fetched_at_;
  const StatusSigners& signers_;
  const absl::Time now_;
};

StatusOutcome Unknown(const StatusReference& reference, const absl::Status& problem, absl::Duration age) {
  StatusOutcome outcome;
  outcome.reason = base::ReasonOf(problem);
  outcome.place = base::PlaceOf(problem).empty() ? reference.place : base::PlaceOf(problem);
  outcome.detail = base::DetailOf(problem);
  outcome.age = age;
  return outcome;
}

}  // namespace

StatusOutcome CheckSignedStatus(const StatusReference& reference, const StatusLists& lists,
                                const StatusSigners& signers, absl::Time now) {
  const std::optional<StoredStatusList> list = lists.Find(reference.list);
  if (!list) {
    return Unknown(reference, Problem(Reason::kNoEvidence, reference.place, "the list was never fetched"), {});
  }
  const absl::StatusOr<StatusOutcome> outcome = Look(reference, *list, signers, now).Outcome();
  if (outcome.ok()) return *outcome;
  return Unknown(reference, outcome.status(), std::max(now - list->fetched_at, absl::ZeroDuration()));
}

}  // namespace passerelle::proof
