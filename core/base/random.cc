#include "core/base/port/random.h"

#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace passerelle::base {

namespace {

// Puts version and variant (RFC 9562, 4.1 and 4.2) into sixteen bytes.
std::string UuidOf(std::string bytes, int version) {
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | version << 4);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view view = hex;
  return absl::StrCat(view.substr(0, 8), "-", view.substr(8, 4), "-", view.substr(12, 4), "-", view.substr(16, 4), "-",
                      view.substr(20));
}

}  // namespace

std::string NewUuid(Random& random) { return UuidOf(random.Bytes(16), 4); }

std::string NewTimedUuid(Random& random, absl::Time now) {
  std::string bytes = random.Bytes(16);
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>(milliseconds >> (8 * (5 - i)));
  return UuidOf(std::move(bytes), 7);
}

}  // namespace passerelle::base
