// Assertions of Open Badges 2.0 as tokens ("SignedBadge"). They say in terms of their own what other tokens say in
// their header and claims: who issued them, with which key, and when.
//
// Thread-safety: a free function on values. Ownership: what it returns points into the claims.
#pragma once

#include <simdjson.h>

#include <optional>

#include "absl/strings/string_view.h"

namespace passerelle::authenticity {

// Empty where the assertion states nothing. Nothing of it is to be believed before the signature verifies.
struct SignedBadge {
  absl::string_view id;
  absl::string_view key_id;           // verification.creator: the address of the key
  absl::string_view issued;           // issuedOn
  absl::string_view expires;          // expires
  absl::string_view issuer;           // the profile that issues the badge class, if that class is in the assertion
  absl::string_view revocation_list;  // that the profile names, if it is in the assertion too
};

// Nothing if the claims are no assertion of Open Badges 2.0.
std::optional<SignedBadge> ReadSignedBadge(simdjson::dom::object claims);

}  // namespace passerelle::authenticity
