// What the JSON-LD contexts of a credential must be. Contexts are known, never fetched.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

// Violations of the contexts and of the types of the credential itself.
std::vector<Finding> CheckContext(const v3::EuropeanDigitalCredential& credential);

// Whether the public context gives this term a type that makes a JSON-LD processor drop its value.
bool IsContextFault(absl::string_view term);

}  // namespace passerelle::elm
