// Whether an individual learning account pays for an offer, by a register of one country (point 12(b) of the
// Recommendation). The gateway asks no account and knows no person; the register's owner decides what is eligible.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/account_register.pb.h"

namespace passerelle::catalogue {

// kNotListed says nothing about other registers, nor about an entry that was made after the register was read.
enum class Eligibility { kEligible, kNotOnThatDay, kNotListed };

// "ELIGIBLE", "NOT_ON_THAT_DAY", "NOT_LISTED".
absl::string_view EligibilityWord(Eligibility eligibility);

struct EligibilityAnswer {
  Eligibility eligibility = Eligibility::kNotListed;
  v1::AccountEntry entry;  // of several that hold on the day the one that holds longest; empty when there is none
};

// Whether a register can be used: kConfigInvalid with the place, such as "entries[3].offer".
absl::Status CheckAccountRegister(const v1::AccountRegister& data);

// What a register says of an offer on a day (yyyy-mm-dd). Problems: those of CheckAccountRegister; kFieldMissing for
// "offer", kFieldInvalid for "day".
absl::StatusOr<EligibilityAnswer> EligibilityOf(const v1::AccountRegister& data, const std::string& offer,
                                                const std::string& day);

}  // namespace passerelle::catalogue
