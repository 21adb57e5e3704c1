// gzip (RFC 1952) for bodies of HTTP messages.
//
// Thread-safety: free functions on values. Cost: linear in the unpacked size.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// Problems: kCompressedBroken, also when something comes after the end; kCompressedTooLarge when it unpacks to more
// than `bytes_max`.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t bytes_max);

std::string Gzip(absl::string_view bytes);

// Whether a header Accept-Encoding names gzip, and not with a weight of 0 (RFC 9110, 12.4.2 and 12.5.3). "*" is not
// taken for it.
bool AcceptsGzip(absl::string_view accept_encoding);

}  // namespace passerelle::gateway
