// Types of providers, as point 5(b) of the Recommendation lists who may award micro-credentials.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace passerelle::catalogue {

struct ProviderType {
  absl::string_view code;
  absl::string_view meaning;
};

// Version of the list; a code that is added makes a new one, and none is taken away.
inline constexpr absl::string_view kProviderTypesVersion = "1";

inline constexpr ProviderType kProviderTypes[] = {
    {"HEI", "higher education institution"},
    {"VET", "provider of vocational education and training"},
    {"EDUCATION", "other institution of education or training"},
    {"SOCIAL_PARTNER", "organisation of workers or employers"},
    {"EMPLOYER", "employer or industry"},
    {"CIVIL_SOCIETY", "civil society organisation"},
    {"PES", "public employment service"},
    {"AUTHORITY", "regional or national authority"},
    {"OTHER", "any other"},
};

// An empty code is not stated, and no fault. kConfigInvalid at the place for one that is not in the list; the detail
// names the version of the list.
absl::Status CheckProviderType(absl::string_view code, absl::string_view place);

}  // namespace passerelle::catalogue
