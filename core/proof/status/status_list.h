// Status lists as bytes: many small numbers, one per credential, compressed. Two families that differ in everything:
//
//   * IETF Token Status List: base64url of zlib; 1, 2, 4 or 8 bits each; the first stands in the lowest bits of a byte.
//   * W3C Bitstring Status List 1.0, and its forerunners StatusList2021 and RevocationList2020: base64url of gzip, in
//   the
//     newest with the multibase "u" before it; the first stands in the highest bit of a byte.
//
// Inflation stops at kStatusListBytesMax, whatever the compressed bytes promise.
//
// Thread-safety: immutable after making. Ownership: values.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::proof {

class StatusList {
 public:
  // "lst" and "bits" of a Token Status List (4.1, 4.2). Problem: kStatusList, as in all of these.
  static absl::StatusOr<StatusList> FromTokenList(absl::string_view lst, int64_t bits);
  // "encodedList" and "statusSize" of a BitstringStatusList (3.2): at least 131072 entries. kStatusSizeMax bits are the
  // most for one.
  static absl::StatusOr<StatusList> FromBitstring(absl::string_view encoded_list, int64_t status_size);
  // "encodedList" of a StatusList2021 or RevocationList2020: one bit each, in either alphabet of base64.
  static absl::StatusOr<StatusList> FromOlderBitstring(absl::string_view encoded_list);

  // Number of entries.
  uint64_t size() const { return uint64_t{bytes_.size()} * 8 / static_cast<uint64_t>(bits_); }
  // The entry. kStatusIndex beyond the list: what a list does not hold, it says nothing about.
  absl::StatusOr<uint64_t> At(uint64_t index) const;

 private:
  StatusList(std::string bytes, int bits, bool low_first)
      : bytes_(std::move(bytes)), bits_(bits), low_first_(low_first) {}

  std::string bytes_;
  int bits_;
  bool low_first_;
};

inline constexpr int kStatusSizeMax = 32;

}  // namespace passerelle::proof
