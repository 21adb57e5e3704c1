#include "core/authenticity/check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"

namespace passerelle::authenticity {

using base::Reason;

v1::Check MakeCheck(absl::string_view name, v1::CheckOutcome outcome, Reason reason, std::vector<std::string> inputs) {
  v1::Check check;
  check.set_name(std::string(name));
  check.set_outcome(outcome);
  check.set_reason(std::string(base::Catalogue(reason).name));
  for (std::string& input : inputs) check.add_inputs(std::move(input));
  return check;
}

v1::Check Passed(absl::string_view name, Reason reason, std::vector<std::string> inputs) {
  return MakeCheck(name, v1::CHECK_OUTCOME_PASS, reason, std::move(inputs));
}

v1::Check Failed(absl::string_view name, Reason reason, std::vector<std::string> inputs) {
  return MakeCheck(name, v1::CHECK_OUTCOME_FAIL, reason, std::move(inputs));
}

v1::Check Unknown(absl::string_view name, Reason reason, std::vector<std::string> inputs) {
  return MakeCheck(name, v1::CHECK_OUTCOME_UNKNOWN, reason, std::move(inputs));
}

std::string Dated(absl::string_view name, absl::Time time) {
  return absl::StrCat(name, "=", base::WriteDateTime(time));
}

}  // namespace passerelle::authenticity
