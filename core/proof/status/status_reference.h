// Where a credential says that its status is to be found.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"

namespace passerelle::proof {

enum class StatusScheme {
  kTokenStatusList,     // IETF Token Status List
  kBitstring,           // W3C Bitstring Status List 1.0
  kStatusList2021,      // its forerunner
  kRevocationList2020,  // and the one before
  kOneEdTech,           // 1EdTech revocation list: a plain document that names what is revoked
  kOpenBadges2,         // Open Badges 2.0 RevocationList, named by the issuer's profile
};

struct StatusReference {
  StatusScheme scheme = StatusScheme::kBitstring;
  std::string place;                         // JSON pointer of the reference in the credential
  std::string list;                          // URI of the list
  uint64_t index = 0;                        // for lists of numbers
  std::string purpose;                       // "revocation", "suspension", "message"; empty where the scheme has none
  int64_t status_size = 1;                   // bits of an entry, for kBitstring
  std::map<uint64_t, std::string> messages;  // what the issuer says that values mean, for kBitstring
  std::string credential_id;                 // for lists of ids
  std::string issuer;                        // of the credential: a list must be by the same one
};

// The references of a credential, whose claims were verified before: "status" of a token (Token Status List, 6.2) and
// "credentialStatus" of a verifiable credential, one or many. A status of a kind that is not known is no reference but
// is counted, because it leaves the question open. Problems: kStatusIndex for an index that is not a non-negative
// number; kStatusList for a reference that lacks what its kind demands.
struct StatusReferences {
  std::vector<StatusReference> known;
  std::vector<std::string> unknown;  // places
};
absl::StatusOr<StatusReferences> ReadStatusReferences(simdjson::dom::object credential);

// The reference of a badge to its issuer's list (Open Badges 2.0: Profile.revocationList).
StatusReference OpenBadges2Reference(absl::string_view list, absl::string_view assertion_id, absl::string_view issuer);

}  // namespace passerelle::proof
