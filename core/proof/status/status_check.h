// What a status list says about a credential, and how far that can be relied on now.
//
// A list is a document of its own, signed like any other (lists of 1EdTech and Open Badges 2.0 are not: they are as
// good as the connection they came over, and are marked weak). Whoever calls this has verified it and hands over the
// verified content, who signed it, and when it was fetched.
//
// The answer has three values. What cannot be said with a list that is fresh, is not said: "unknown" never counts as
// good and never as revoked.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/proof/status/status_reference.h"

namespace passerelle::proof {

// A list as it was fetched and verified.
struct FetchedStatusList {
  absl::string_view uri;          // where it was fetched
  simdjson::dom::object content;  // the claims of a token, or the credential; only what was verified
  std::string signer;             // the issuer whose key verified; empty for a list that nobody signed
  absl::Time fetched_at;
};

// How long a list may be used: fresh until the first moment, marked as stale until the second, then not at all.
struct StatusLifetime {
  absl::Time fresh_until;
  absl::Time usable_until;
};

// min(the list's own end, fetched + its ttl, fetched + kStatusFreshMax), and kStatusStaleMax after that.
StatusLifetime StatusLifetimeOf(absl::Time fetched_at, std::optional<absl::Time> expires,
                                std::optional<absl::Duration> ttl);

enum class StatusState { kGood, kRevoked, kSuspended, kOther, kUnknown };

struct StatusOutcome {
  StatusState state = StatusState::kUnknown;
  base::Reason reason = base::Reason::kStatusList;
  std::string place;  // of the reference, or the member of the list that was at fault
  std::string detail;
  std::optional<uint64_t> value;  // the entry of the list
  absl::Duration age;             // of the list, since it was fetched
  bool stale = false;             // the list was beyond its time
  bool within_grace = false;      // but not by so much that a policy may not take it with a warning
  bool weak = false;              // nobody signed the list
};

// The status by one reference. A list that revokes does so also when it is stale; a stale list without an objection
// leaves the status unknown, with the age of the list. The list must be the one that the reference names, of its kind
// and purpose, and by the issuer of the credential.
StatusOutcome CheckStatus(const StatusReference& reference, const FetchedStatusList& list, absl::Time now);

}  // namespace passerelle::proof
