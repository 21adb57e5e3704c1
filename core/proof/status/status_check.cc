#include "core/proof/status/status_check.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/proof/status/status_list.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

// Token Status List, 7.1.
constexpr uint64_t kTokenInvalid = 1;
constexpr uint64_t kTokenSuspended = 2;

struct Entry {
  uint64_t value = 0;
  StatusState state = StatusState::kGood;
  std::string detail;
  StatusLifetime lifetime;
};

absl::Status BrokenReference(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kStatusList, place, detail);
}

absl::StatusOr<object> Member(object parent, absl::string_view name) {
  const std::optional<element> member = base::Find(parent, name);
  const std::optional<object> members = member ? base::AsObject(*member) : std::nullopt;
  if (!members) return BrokenReference(name, "it is missing, or no object");
  return *members;
}

// Seconds since 1970, or a number of seconds; absent is fine, anything else is not.
absl::StatusOr<std::optional<double>> Seconds(object claims, absl::string_view name) {
  const std::optional<element> member = base::Find(claims, name);
  if (!member) return std::nullopt;
  double seconds = 0;
  if (member->get(seconds) != simdjson::SUCCESS || !std::isfinite(seconds) || std::abs(seconds) > 1e12) {
    return BrokenReference(name, "it is not a time");
  }
  return std::optional<double>(seconds);
}

absl::StatusOr<std::optional<absl::Time>> Moment(object claims, absl::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<double> seconds, Seconds(claims, name));
  if (!seconds) return std::nullopt;
  return std::optional<absl::Time>(absl::UnixEpoch() + absl::Seconds(*seconds));
}

absl::StatusOr<std::optional<absl::Time>> DateMember(object credential, absl::string_view name) {
  const std::optional<element> member = base::Find(credential, name);
  if (!member) return std::nullopt;
  const std::optional<absl::Time> time = base::ParseDateTime(base::AsString(*member).value_or(""));
  if (!time) return BrokenReference(name, "it is not a time");
  return time;
}

bool HasText(std::optional<element> member, absl::string_view wanted) {
  if (!member) return false;
  if (base::AsString(*member) == wanted) return true;
  const auto list = base::AsArray(*member);
  if (!list) return false;
  return std::any_of(list->begin(), list->end(), [&](element one) { return base::AsString(one) == wanted; });
}

std::string IdOf(std::optional<element> member) {
  if (!member) return "";
  if (const auto text = base::AsString(*member)) return std::string(*text);
  const auto members = base::AsObject(*member);
  return members ? std::string(base::FindString(*members, "id").value_or("")) : "";
}

// Token Status List, 8.3.
absl::StatusOr<Entry> ReadTokenList(const StatusReference& reference, const FetchedStatusList& list) {
  if (list.signer.empty()) return BrokenReference("signer", "nobody signed the list");
  if (base::FindString(list.content, "sub") != reference.list) return BrokenReference("sub", "it names another list");
  ASSIGN_OR_RETURN(const std::optional<absl::Time> issued, Moment(list.content, "iat"));
  if (!issued) return BrokenReference("iat", "it is missing");
  ASSIGN_OR_RETURN(const std::optional<absl::Time> expires, Moment(list.content, "exp"));
  ASSIGN_OR_RETURN(const std::optional<double> ttl, Seconds(list.content, "ttl"));
  if (ttl && *ttl <= 0) return BrokenReference("ttl", "it is not positive");
  ASSIGN_OR_RETURN(const object content, Member(list.content, "status_list"));
  int64_t bits = 0;
  const std::optional<element> size = base::Find(content, "bits");
  if (!size || size->get(bits) != simdjson::SUCCESS) return BrokenReference("bits", "it is not a number");
  ASSIGN_OR_RETURN(const StatusList statuses,
                   StatusList::FromTokenList(base::FindString(content, "lst").value_or(""), bits));
  Entry entry;
  ASSIGN_OR_RETURN(entry.value, statuses.At(reference.index));
  entry.state = entry.value == 0                 ? StatusState::kGood
                : entry.value == kTokenInvalid   ? StatusState::kRevoked
                : entry.value == kTokenSuspended ? StatusState::kSuspended
                                                 : StatusState::kOther;
  entry.lifetime = StatusLifetimeOf(list.fetched_at, expires,
                                    ttl ? std::optional<absl::Duration>(absl::Seconds(*ttl)) : std::nullopt);
  return entry;
}

struct BitstringKind {
  absl::string_view credential_type;
  absl::string_view subject_type;
  absl::string_view until;
};

BitstringKind KindOf(StatusScheme scheme) {
  if (scheme == StatusScheme::kBitstring) {
    return {"BitstringStatusListCredential", "BitstringStatusList", "validUntil"};
  }
  if (scheme == StatusScheme::kStatusList2021) {
    return {"StatusList2021Credential", "StatusList2021", "expirationDate"};
  }
  return {"RevocationList2020Credential", "RevocationList2020", "expirationDate"};
}

absl::StatusOr<StatusList> ReadBits(const StatusReference& reference, object subject) {
  const absl::string_view encoded = base::FindString(subject, "encodedList").value_or("");
  if (reference.scheme == StatusScheme::kBitstring) return StatusList::FromBitstring(encoded, reference.status_size);
  return StatusList::FromOlderBitstring(encoded);
}

// Milliseconds; absent is fine (Bitstring Status List, 2.2, ttl).
absl::StatusOr<std::optional<absl::Duration>> BitstringTtl(object subject) {
  const std::optional<element> member = base::Find(subject, "ttl");
  if (!member) return std::nullopt;
  int64_t milliseconds = 0;
  if (member->get(milliseconds) != simdjson::SUCCESS || milliseconds < 0)
    return BrokenReference("ttl", "it is not a number");
  return std::optional<absl::Duration>(absl::Milliseconds(milliseconds));
}

StatusState StateOf(const StatusReference& reference, uint64_t value) {
  if (reference.purpose == "message") return StatusState::kOther;
  if (value == 0) return StatusState::kGood;
  if (reference.purpose == "suspension") return StatusState::kSuspended;
  const bool revocation = reference.purpose == "revocation" || reference.scheme == StatusScheme::kRevocationList2020;
  return revocation ? StatusState::kRevoked : StatusState::kOther;
}

// Bitstring Status List, 3.2, and the same in its forerunners.
absl::StatusOr<Entry> ReadBitstring(const StatusReference& reference, const FetchedStatusList& list) {
  const BitstringKind kind = KindOf(reference.scheme);
  if (!HasText(base::Find(list.content, "type"), kind.credential_type))
    return BrokenReference("type", "of another kind");
  const std::optional<absl::string_view> id = base::FindString(list.content, "id");
  if (id && *id != reference.list) return BrokenReference("id", "it names another list");
  const std::string issuer = IdOf(base::Find(list.content, "issuer"));
  if (issuer.empty() || issuer != reference.issuer)
    return BrokenReference("issuer", "it is not that of the credential");
  if (list.signer != issuer) return BrokenReference("issuer", "another one signed the list");
  ASSIGN_OR_RETURN(const object subject, Member(list.content, "credentialSubject"));
  if (!HasText(base::Find(subject, "type"), kind.subject_type))
    return BrokenReference("credentialSubject/type", "other kind");
  if (!reference.purpose.empty() && !HasText(base::Find(subject, "statusPurpose"), reference.purpose)) {
    return BrokenReference("statusPurpose", "it is not the one of the credential");
  }
  ASSIGN_OR_RETURN(const std::optional<absl::Time> expires, DateMember(list.content, kind.until));
  ASSIGN_OR_RETURN(const std::optional<absl::Duration> ttl, BitstringTtl(subject));
  ASSIGN_OR_RETURN(const StatusList statuses, ReadBits(reference, subject));
  Entry entry;
  ASSIGN_OR_RETURN(entry.value, statuses.At(reference.index));
  entry.state = StateOf(reference, entry.value);
  const auto message = reference.messages.find(entry.value);
  if (message != reference.messages.end()) entry.detail = message->second;
  entry.lifetime = StatusLifetimeOf(list.fetched_at, expires, ttl);
  return entry;
}

// Whether an entry of a list of ids is about the credential: its id as a text, or an object with it.
bool Names(element entry, absl::string_view credential_id) {
  if (base::AsString(entry) == credential_id) return true;
  const std::optional<object> members = base::AsObject(entry);
  if (!members || base::FindString(*members, "id") != credential_id) return false;
  // 1EdTech: an entry may say that the credential is not revoked after all.
  const std::optional<element> revoked = base::Find(*members, "revoked");
  bool value = true;
  return !revoked || revoked->get(value) != simdjson::SUCCESS || value;
}

// Open Badges 2.0, RevocationList; Open Badges 3.0, 1EdTechRevocationList.
absl::StatusOr<Entry> ReadIds(const StatusReference& reference, const FetchedStatusList& list) {
  if (reference.credential_id.empty()) return Problem(Reason::kStatusIndex, "id", "the credential has none");
  const absl::string_view name =
      reference.scheme == StatusScheme::kOpenBadges2 ? "revokedAssertions" : "revokedCredentials";
  const std::optional<absl::string_view> id = base::FindString(list.content, "id");
  if (id && *id != reference.list) return BrokenReference("id", "it names another list");
  const std::string issuer = IdOf(base::Find(list.content, "issuer"));
  if (!issuer.empty() && issuer != reference.issuer)
    return BrokenReference("issuer", "it is not that of the credential");
  const std::optional<element> member = base::Find(list.content, name);
  // One entry may stand without its array, as JSON-LD allows.
  const auto array = member ? base::AsArray(*member) : std::nullopt;
  if (!member) return BrokenReference(name, "it is missing");
  Entry entry;
  const bool named = array ? std::any_of(array->begin(), array->end(),
                                         [&](element one) { return Names(one, reference.credential_id); })
                           : Names(*member, reference.credential_id);
  entry.value = named ? 1 : 0;
  entry.state = named ? StatusState::kRevoked : StatusState::kGood;
  entry.lifetime = StatusLifetimeOf(list.fetched_at, std::nullopt, std::nullopt);
  return entry;
}

absl::StatusOr<Entry> ReadEntry(const StatusReference& reference, const FetchedStatusList& list) {
  if (list.uri != reference.list) return BrokenReference("uri", "it is another list than the credential names");
  switch (reference.scheme) {
    case StatusScheme::kTokenStatusList:
      return ReadTokenList(reference, list);
    case StatusScheme::kOneEdTech:
    case StatusScheme::kOpenBadges2:
      return ReadIds(reference, list);
    default:
      return ReadBitstring(reference, list);
  }
}

Reason ReasonOf(StatusState state) {
  switch (state) {
    case StatusState::kGood:
      return Reason::kStatusGood;
    case StatusState::kRevoked:
      return Reason::kRevoked;
    case StatusState::kSuspended:
      return Reason::kSuspended;
    default:
      return Reason::kStatusOther;
  }
}

}  // namespace

StatusLifetime StatusLifetimeOf(absl::Time fetched_at, std::optional<absl::Time> expires,
                                std::optional<absl::Duration> ttl) {
  absl::Time fresh_until = fetched_at + base::kStatusFreshMax;
  if (expires) fresh_until = std::min(fresh_until, *expires);
  if (ttl) fresh_until = std::min(fresh_until, fetched_at + *ttl);
  return {fresh_until, fresh_until + base::kStatusStaleMax};
}

StatusOutcome CheckStatus(const StatusReference& reference, const FetchedStatusList& list, absl::Time now) {
  StatusOutcome outcome;
  outcome.age = std::max(now - list.fetched_at, absl::ZeroDuration());
  outcome.weak = list.signer.empty();
  outcome.place = reference.place;
  const absl::StatusOr<Entry> entry = ReadEntry(reference, list);
  if (!entry.ok()) {
    outcome.reason = base::ReasonOf(entry.status());
    outcome.place = base::PlaceOf(entry.status());
    outcome.detail = base::DetailOf(entry.status());
    return outcome;
  }
  outcome.value = entry->value;
  outcome.detail = entry->detail;
  outcome.stale = now > entry->lifetime.fresh_until;
  outcome.within_grace = outcome.stale && now <= entry->lifetime.usable_until;
  // Revocation is for good, so that an old list still proves it.
  if (outcome.stale && entry->state != StatusState::kRevoked) {
    outcome.reason = Reason::kStatusStale;
    return outcome;
  }
  outcome.state = entry->state;
  outcome.reason = ReasonOf(entry->state);
  return outcome;
}

}  // namespace passerelle::proof
