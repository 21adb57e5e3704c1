// Names of people and bodies, to be compared.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::base {

// One spelling of a name: compatible characters and letters of either case alike (NFKC_Casefold of Unicode), blanks
// once and none at the ends. The name as it is where it cannot be folded.
std::string NameKey(absl::string_view name);

}  // namespace passerelle::base
