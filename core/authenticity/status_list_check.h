// What the status lists at hand say about a credential. Internal to core/authenticity.
//
// Thread-safety: a free function on values.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "core/authenticity/sealed.h"

namespace passerelle::authenticity {

// The age that the policy lets a list have.
absl::Duration StatusAgeMax(const v1::VerdictPolicy& policy);

// One check "status" for every reference of the signed content to a list. Contract: sealed.credential.
std::vector<v1::Check> CheckStatusLists(const Sealed& sealed, const Evidence& evidence,
                                        const v1::VerdictPolicy& policy);

}  // namespace passerelle::authenticity
