// What the identifier of a learner says about itself.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::adapters::families {

// The name of the scheme, which the European Student Identifier shows by its prefix; empty for any other.
absl::string_view SchemeOfLearner(absl::string_view identifier);

}  // namespace passerelle::adapters::families
