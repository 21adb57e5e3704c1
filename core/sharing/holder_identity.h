// Who a holder is, on either side of a request for an authorisation.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/sharing/v1/preview.pb.h"

namespace passerelle::sharing {

// Identifiers of one person. A log-in brings one or two.
inline constexpr int kHolderIdentifiersMax = 8;

// Problems: kFieldMissing, kFieldInvalid at a field of `place`, such as "holder.family_name"; they tell nothing of the
// values.
absl::Status CheckIdentity(absl::string_view place, const v1::HolderIdentity& identity);

// Whether two identities that are good are of the same person: both names in one spelling (base::NameKey), the date of
// birth, and the identifier of every scheme that both have, in whatever spelling of the scheme (base::NameKey).
bool IsSamePerson(const v1::HolderIdentity& one, const v1::HolderIdentity& other);

}  // namespace passerelle::sharing
