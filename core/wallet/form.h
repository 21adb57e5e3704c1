// Bodies of the kind "application/x-www-form-urlencoded" (WHATWG URL, 5), as wallets send them, and texts for the query
// of a URI.
//
// Thread-safety: free functions on values.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::wallet {

// Parameters of a body: those that are defined, and as many again that a wallet may add.
inline constexpr size_t kFormParametersMax = 16;

// By name. Strict: no parameter twice (RFC 6749, 3.2), no broken escape. Problems, at "body": kFieldInvalid,
// kInputTooLarge for too many.
absl::StatusOr<std::map<std::string, std::string>> ReadForm(absl::string_view body);

// The value of a parameter; empty when it is missing.
std::string ValueOf(const std::map<std::string, std::string>& form, absl::string_view name);

// Escapes everything but unreserved characters (RFC 3986, 2.3).
std::string EscapeForQuery(absl::string_view text);

}  // namespace passerelle::wallet
