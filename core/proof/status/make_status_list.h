// Making status lists of revocations: a W3C Bitstring Status List as a credential in a token, and an IETF Token Status
// List. Both have as many entries, most of them unused, so that a look-up tells little about who was looked up
// (Bitstring Status List 1.0, 6.1).
//
// Thread-safety: free functions on values; the key can be shared.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/key.h"

namespace passerelle::proof {

inline constexpr uint64_t kStatusEntries = 131072;

struct StatusListWish {
  std::string uri;             // address at which it is published
  std::string issuer;          // URI of the issuer, the same as in the credentials
  std::string key_id;          // "kid": the key in the issuer's document
  std::set<uint64_t> revoked;  // below kStatusEntries
  absl::Time at;               // to the second
  absl::Time until;            // when a newer one will have taken its place
};

// Problems of both: kFieldInvalid for a wish without address, issuer or key id, whose end is not after its begin, or
// for an index beyond the list; those of SignToken.

// A token of the type "vc+jwt" that holds a BitstringStatusListCredential for the purpose "revocation".
absl::StatusOr<std::string> MakeBitstringStatusList(const StatusListWish& wish, const SigningKey& key);

// A token of the type "statuslist+jwt" with one bit for each entry.
absl::StatusOr<std::string> MakeTokenStatusList(const StatusListWish& wish, const SigningKey& key);

// The entry of a credential in a Bitstring Status List, the value of "credentialStatus": its members, all of them
// texts.
std::vector<std::pair<absl::string_view, std::string>> BitstringEntry(absl::string_view list, uint64_t index);

// The same as JSON.
std::string BitstringEntryJson(absl::string_view list, uint64_t index);

}  // namespace passerelle::proof
