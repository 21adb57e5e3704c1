#include "core/catalogue/provider_types.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"

namespace passerelle::catalogue {

absl::Status CheckProviderType(absl::string_view code, absl::string_view place) {
  const auto has_code = [&](const ProviderType& type) { return type.code == code; };
  if (code.empty() || std::any_of(std::begin(kProviderTypes), std::end(kProviderTypes), has_code)) {
    return absl::OkStatus();
  }
  const auto add_code = [](std::string* out, const ProviderType& type) { absl::StrAppend(out, type.code); };
  return base::Problem(base::Reason::kConfigInvalid, place,
                       absl::StrCat("it is none of list ", kProviderTypesVersion,
                                    " of provider types: ", absl::StrJoin(kProviderTypes, ", ", add_code)));
}

}  // namespace passerelle::catalogue
