#include "core/catalogue/account_register.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/day.h"

namespace passerelle::catalogue {
namespace {

using base::Problem;
using base::Reason;

// Whether a period ends later than another one; an open end is the latest.
bool EndsLater(const v1::AccountEntry& a, const v1::AccountEntry& b) {
  if (a.valid_until().empty() || b.valid_until().empty()) return a.valid_until().empty() && !b.valid_until().empty();
  return DayOf(a.valid_until()) > DayOf(b.valid_until());
}

absl::Status CheckEntry(const v1::AccountEntry& entry, const std::string& at) {
  if (entry.offer().empty()) return Problem(Reason::kConfigInvalid, at + ".offer", "it is missing");
  RETURN_IF_ERROR(CheckDay(entry.valid_from(), Reason::kConfigInvalid, at + ".valid_from"));
  RETURN_IF_ERROR(CheckDay(entry.valid_until(), Reason::kConfigInvalid, at + ".valid_until"));
  const bool both = !entry.valid_from().empty() && !entry.valid_until().empty();
  if (both && DayOf(entry.valid_until()) < DayOf(entry.valid_from())) {
    return Problem(Reason::kConfigInvalid, at + ".valid_until", "it ends before it begins");
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view EligibilityWord(Eligibility eligibility) {
  switch (eligibility) {
    case Eligibility::kEligible:
      return "ELIGIBLE";
    case Eligibility::kNotOnThatDay:
      return "NOT_ON_THAT_DAY";
    case Eligibility::kNotListed:
      return "NOT_LISTED";
  }
  return "";
}

absl::Status CheckAccountRegister(const v1::AccountRegister& data) {
  if (data.id().empty()) return Problem(Reason::kConfigInvalid, "id", "it is missing");
  if (!DayOf(data.as_of())) {
    return Problem(Reason::kConfigInvalid, "as_of", "a register is as of a day such as 2026-01-31");
  }
  std::set<absl::string_view> ids;
  for (int i = 0; i < data.entries_size(); ++i) {
    const v1::AccountEntry& entry = data.entries(i);
    const std::string at = absl::StrCat("entries[", i, "]");
    if (entry.id().empty()) return Problem(Reason::kConfigInvalid, at + ".id", "it is missing");
    if (!ids.insert(entry.id()).second) return Problem(Reason::kConfigInvalid, at + ".id", "it stands twice");
    RETURN_IF_ERROR(CheckEntry(entry, at));
  }
  return absl::OkStatus();
}

absl::StatusOr<EligibilityAnswer> EligibilityOf(const v1::AccountRegister& data, const std::string& offer,
                                                const std::string& day) {
  RETURN_IF_ERROR(CheckAccountRegister(data));
  if (offer.empty()) return Problem(Reason::kFieldMissing, "offer");
  const auto asked = DayOf(day);
  if (!asked.has_value()) return Problem(Reason::kFieldInvalid, "day", "it is no day such as 2026-01-31");
  EligibilityAnswer answer;
  for (const v1::AccountEntry& entry : data.entries()) {
    if (entry.offer() != offer) continue;
    const bool holds = IsWithin(*asked, entry.valid_from(), entry.valid_until());
    const Eligibility found = holds ? Eligibility::kEligible : Eligibility::kNotOnThatDay;
    const bool better = found < answer.eligibility || (found == answer.eligibility && EndsLater(entry, answer.entry));
    if (better) answer = {found, entry};
  }
  return answer;
}

}  // namespace passerelle::catalogue
