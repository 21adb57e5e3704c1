// The wrappings in which national systems send documents over the wire: base64, gzip, and base64 of gzip.
//
// Each layer is undone once at most, base64 before gzip, so that work stays bounded; a gzip inside a gzip stays as it
// is.
//
// Thread-safety: free functions on values. Cost: linear in the unpacked size.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

struct Unpacked {
  std::string bytes;
  bool was_base64 = false;
  bool was_gzip = false;
};

// The bytes without their wrappings; bytes that are in none come back as they are. Bytes that look like base64 and are
// not count as wrapped in none, unless they begin as base64 of gzip does.
// Problems: kCompressedBroken, kCompressedTooLarge (above kUnpackedBytesMax).
absl::StatusOr<Unpacked> Unpack(absl::string_view bytes);

// The first `limit` bytes of what Unpack would give, for format detection; what cannot be unpacked comes back as it is.
std::string UnpackBeginning(absl::string_view bytes, size_t limit);

}  // namespace passerelle::base
