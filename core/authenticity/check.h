// Making the checks of a verdict.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/problem.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

v1::Check MakeCheck(absl::string_view name, v1::CheckOutcome outcome, base::Reason reason,
                    std::vector<std::string> inputs = {});

v1::Check Passed(absl::string_view name, base::Reason reason, std::vector<std::string> inputs = {});
v1::Check Failed(absl::string_view name, base::Reason reason, std::vector<std::string> inputs = {});
v1::Check Unknown(absl::string_view name, base::Reason reason, std::vector<std::string> inputs = {});

// "name=2026-03-01T12:00:00Z".
std::string Dated(absl::string_view name, absl::Time time);

}  // namespace passerelle::authenticity
