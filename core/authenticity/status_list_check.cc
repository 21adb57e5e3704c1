#include "core/authenticity/status_list_check.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/issuer_key.h"
#include "core/authenticity/seal_families.h"
#include "core/authenticity/signed_badge.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/credential_times.h"
#include "core/proof/di/data_integrity.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"
#include "core/proof/status/status_check.h"
#include "core/proof/status/status_reference.h"
#include "core/proof/vc_jwt.h"

namespace passerelle::authenticity {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kStatusListCheck = "status";

// References of one credential that are looked up; real ones have two: revocation and suspension.
constexpr size_t kReferencesMax = 16;

// A list whose signature was checked.
struct VerifiedList {
  base::JsonDocument document;
  object content;
  std::string signer;  // empty for a list that nobody signed
};

absl::Status FirstRefusal(const proof::Findings& findings) {
  for (const proof::Finding& finding : findings.list()) {
    // Its age is looked at with the policy.
    const bool by_time = finding.reason == Reason::kExpired || finding.reason == Reason::kNotYetValid;
    if (finding.weight == proof::Weight::kRefusal && !by_time) {
      return Problem(finding.reason, finding.place, finding.detail);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<VerifiedList> Hold(base::JsonDocument document, std::optional<element> content, std::string signer) {
  const std::optional<object> members = base::AsObject(content.value_or(document.root()));
  if (!members) return Problem(Reason::kStatusList, "", "it is no object");
  return VerifiedList{std::move(document), *members, std::move(signer)};
}

// The key of the issuer of the credential: one that is known, or that of the certificate with which the credential was
// signed itself. Another certificate may be anybody's.
absl::StatusOr<proof::PublicKey> KeyOfList(const proof::JoseHeader& header, const std::string& issuer,
                                           const Sealed& sealed, const Evidence& evidence) {
  absl::StatusOr<TokenKey> known = FindTokenKey(evidence.bundle, issuer, header, evidence.at);
  const std::optional<element> x5c = header.FindProtected("x5c");
  if (known.ok() || !sealed.certificate || !x5c) {
    RETURN_IF_ERROR(known.status());
    return std::move(known->key);
  }
  ASSIGN_OR_RETURN(const std::vector<proof::Certificate> chain,
                   proof::ReadCertificateChain(*x5c, SealTrustOf(evidence.bundle)));
  if (chain.front().der() != sealed.certificate->der()) return known.status();
  return chain.front().key();
}

// A Status List Token (Token Status List, 5.1), or a list credential as a token.
absl::StatusOr<VerifiedList> VerifyToken(absl::string_view token, const std::string& issuer, const Sealed& sealed,
                                         const Evidence& evidence) {
  ASSIGN_OR_RETURN(const proof::Jws jws, proof::Jws::ParseCompact(token));
  const proof::JoseHeader& header = jws.signatures().front().header;
  ASSIGN_OR_RETURN(const proof::PublicKey key, KeyOfList(header, issuer, sealed, evidence));
  if (header.ProtectedText("typ") != "statuslist+jwt") {
    proof::VcJwtVerdict seen = proof::VerifyVcJwt(token, OnlyKey(key), evidence.at);
    RETURN_IF_ERROR(FirstRefusal(seen.findings));
    if (!seen.verified || !seen.credential) return Problem(Reason::kStatusList, "", "its signature does not verify");
    return Hold(*std::move(seen.claims), seen.credential, issuer);
  }
  const proof::JwsVerdict seen = jws.Verify(OnlyKey(key), proof::TokenProfile());
  RETURN_IF_ERROR(FirstRefusal(seen.findings));
  if (!seen.verified) return Problem(Reason::kStatusList, "", "its signature does not verify");
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(*seen.payload, base::kTokenNestingMax));
  const std::optional<object> claims = base::AsObject(document.root());
  const std::optional<absl::string_view> iss = claims ? base::FindString(*claims, "iss") : std::nullopt;
  if (iss && *iss != issuer) return Problem(Reason::kStatusList, "iss", "it is not that of the credential");
  return Hold(std::move(document), std::nullopt, issuer);
}

absl::StatusOr<VerifiedList> VerifyJson(absl::string_view text, const Evidence& evidence) {
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(text));
  const std::optional<object> members = base::AsObject(document.root());
  if (!members) return Problem(Reason::kStatusList, "", "it is no object");
  if (!base::Find(*members, "proof").has_value()) return Hold(std::move(document), std::nullopt, "");
  proof::DataIntegrityOptions options;
  options.at = evidence.at;
  options.installed = InstalledFor(evidence.bundle, *members, evidence.at);
  options.requires_issuer_key = true;
  proof::DataIntegrityVerdict seen = proof::VerifyDataIntegrity(text, options);
  RETURN_IF_ERROR(FirstRefusal(seen.findings));
  if (!seen.verified) return Problem(Reason::kStatusList, "proof", "it does not verify");
  return Hold(*std::move(seen.document), std::nullopt, seen.proofs.front().controller);
}

// What a list says of its own time. Seconds for tokens, dates for credentials.
struct ListTimes {
  std::optional<absl::Time> made;
  std::optional<absl::Time> ends;
};

std::optional<absl::Time> NumberOrDate(object content, absl::string_view claim, absl::string_view first,
                                       absl::string_view second) {
  const std::optional<element> number = base::Find(content, claim);
  if (number) return proof::NumericDate(*number);
  for (const absl::string_view name : {first, second}) {
    const auto text = base::FindString(content, name);
    const std::optional<absl::Time> time = text ? base::ParseDateTime(*text) : std::nullopt;
    if (time) return time;
  }
  return std::nullopt;
}

ListTimes TimesOf(object content) {
  ListTimes times;
  times.made = NumberOrDate(content, "iat", "validFrom", "issuanceDate");
  times.ends = NumberOrDate(content, "exp", "validUntil", "expirationDate");
  const std::optional<element> ttl = base::Find(content, "ttl");
  double seconds = 0;
  if (times.made && ttl && ttl->get(seconds) == simdjson::SUCCESS && seconds > 0 && seconds < 1e12) {
    const absl::Time end = *times.made + absl::Seconds(seconds);
    times.ends = std::min(times.ends.value_or(end), end);
  }
  return times;
}

// When the list was known to be the one in force, as far as it can say something about `at`: when it was fetched;
// without that, at `at` itself if it states an end and that has not come, or when it was made.
absl::Time KnownAt(const trust::v1::PinnedStatusList& pinned, const ListTimes& times, absl::Time at) {
  if (pinned.has_fetch_time()) return base::FromProto(pinned.fetch_time());
  const absl::Time made = times.made.value_or(absl::InfinitePast());
  return times.ends && made <= at && at <= *times.ends ? at : made;
}

class ListCheck {
 public:
  ListCheck(const proof::StatusReference& reference, const trust::v1::PinnedStatusList& pinned, const Sealed& sealed,
            const Evidence& evidence, absl::Duration age_max)
      : reference_(reference),
        pinned_(pinned),
        sealed_(sealed),
        evidence_(evidence),
        age_max_(age_max),
        inputs_(
            {absl::StrCat("list=", reference.list), absl::StrCat("list_sha256=", base::Sha256Hex(pinned.content()))}) {}

  v1::Check Run() {
    const absl::string_view text = absl::StripAsciiWhitespace(pinned_.content());
    const absl::StatusOr<VerifiedList> list = absl::StartsWith(text, "{")
                                                  ? VerifyJson(text, evidence_)
                                                  : VerifyToken(text, reference_.issuer, sealed_, evidence_);
    if (!list.ok()) return Unknown(kStatusListCheck, base::ReasonOf(list.status()), std::move(inputs_));
    const ListTimes times = TimesOf(list->content);
    const absl::Time known_at = KnownAt(pinned_, times, evidence_.at);
    const absl::Duration age = evidence_.at - known_at;
    const bool usable = age <= age_max_ && (!times.ends || evidence_.at <= *times.ends);
    if (times.made) inputs_.push_back(Dated("made", *times.made));
    if (times.ends) inputs_.push_back(Dated("ends", *times.ends));
    inputs_.push_back(known_at == absl::InfinitePast()
                          ? "age=unknown"
                          : absl::StrCat("age=", std::max<int64_t>(0, absl::ToInt64Seconds(age)), "s"));
    // A list that may be used is looked at as of when it was known to be in force; one that is too old, as it is now.
    const proof::StatusOutcome said =
        proof::CheckStatus(reference_, {pinned_.uri(), list->content, list->signer, known_at},
                           usable ? known_at : std::max(evidence_.at, known_at));
    if (said.weak) inputs_.push_back("nobody signed the list");
    return Conclude(said, times.made.value_or(known_at));
  }

 private:
  v1::Check Conclude(const proof::StatusOutcome& said, absl::Time stated_at) {
    switch (said.state) {
      case proof::StatusState::kGood:
        // A list that nobody signed can be anybody's.
        return said.weak ? Unknown(kStatusListCheck, Reason::kNoEvidence, std::move(inputs_))
                         : Passed(kStatusListCheck, Reason::kStatusGood, std::move(inputs_));
      case proof::StatusState::kRevoked:
      case proof::StatusState::kSuspended:
        if (said.weak) return Unknown(kStatusListCheck, said.reason, std::move(inputs_));
        // Lists do not say since when. What one said before the time that is asked about, held then.
        if (stated_at <= evidence_.at) return Failed(kStatusListCheck, said.reason, std::move(inputs_));
        inputs_.push_back("the list was made later and does not say since when");
        return Unknown(kStatusListCheck, Reason::kNoEvidence, std::move(inputs_));
      default:
        return Unknown(kStatusListCheck, said.reason, std::move(inputs_));
    }
  }

  const proof::StatusReference& reference_;
  const trust::v1::PinnedStatusList& pinned_;
  const Sealed& sealed_;
  const Evidence& evidence_;
  const absl::Duration age_max_;
  std::vector<std::string> inputs_;
};

// The list that was fetched is the newer one, unless it is from after the time that is asked about.
const trust::v1::PinnedStatusList* FindList(const std::string& uri, const Evidence& evidence) {
  const auto* const pinned = evidence.bundle == nullptr ? nullptr : evidence.bundle->StatusList(uri);
  const auto* const fetched = evidence.status_lists == nullptr ? nullptr : evidence.status_lists->Find(uri);
  if (fetched == nullptr || pinned == nullptr) return fetched == nullptr ? pinned : fetched;
  return base::FromProto(fetched->fetch_time()) <= evidence.at ? fetched : pinned;
}

v1::Check CheckReference(const proof::StatusReference& reference, const Sealed& sealed, const Evidence& evidence,
                         absl::Duration age_max) {
  const trust::v1::PinnedStatusList* const pinned = FindList(reference.list, evidence);
  if (pinned == nullptr) return Unknown(kStatusListCheck, Reason::kNoEvidence, {absl::StrCat("list=", reference.list)});
  return ListCheck(reference, *pinned, sealed, evidence, age_max).Run();
}

// What is revoked of Open Badges 2.0 stands in a list that the profile of the issuer names. The profile is a document
// of its own, so that an assertion which does not name the list can be on it all the same.
v1::Check CheckBadge(const SignedBadge& badge, const Sealed& sealed, const Evidence& evidence, absl::Duration age_max) {
  if (badge.revocation_list.empty()) {
    return Unknown(kStatusListCheck, Reason::kNoEvidence, {"the profile of the issuer names its list"});
  }
  return CheckReference(proof::OpenBadges2Reference(badge.revocation_list, badge.id, badge.issuer), sealed, evidence,
                        age_max);
}

}  // namespace

absl::Duration StatusAgeMax(const v1::VerdictPolicy& policy) {
  if (!policy.has_status_age_max()) return base::kStatusStaleMax;
  return base::FromProto(policy.status_age_max());
}

std::vector<v1::Check> CheckStatusLists(const Sealed& sealed, const Evidence& evidence,
                                        const v1::VerdictPolicy& policy) {
  std::vector<object> places;
  if (sealed.credential) places.push_back(*sealed.credential);
  // Of a token with a credential inside, both can name lists (VCDM 1.1, 6.3.1; Token Status List, 6.2).
  if (sealed.claims && sealed.credential && base::Find(*sealed.claims, "vc")) places.push_back(*sealed.claims);
  std::vector<v1::Check> checks;
  const absl::Duration age_max = StatusAgeMax(policy);
  for (const object place : places) {
    const absl::StatusOr<proof::StatusReferences> references = proof::ReadStatusReferences(place);
    if (!references.ok()) {
      checks.push_back(Unknown(kStatusListCheck, base::ReasonOf(references.status()),
                               {absl::StrCat("place=", base::PlaceOf(references.status()))}));
      continue;
    }
    for (const std::string& unknown : references->unknown) {
      checks.push_back(Unknown(kStatusListCheck, Reason::kCheckNotImplemented, {absl::StrCat("place=", unknown)}));
    }
    for (proof::StatusReference reference : references->known) {
      if (checks.size() >= kReferencesMax) return {Unknown(kStatusListCheck, Reason::kInputTooLarge)};
      if (reference.issuer.empty()) reference.issuer = sealed.issuer;
      checks.push_back(CheckReference(reference, sealed, evidence, age_max));
    }
  }
  if (sealed.status) checks.push_back(CheckReference(*sealed.status, sealed, evidence, age_max));
  const std::optional<SignedBadge> badge = sealed.claims ? ReadSignedBadge(*sealed.claims) : std::nullopt;
  if (badge) checks.push_back(CheckBadge(*badge, sealed, evidence, age_max));
  return checks;
}

}  // namespace passerelle::authenticity
