#include "core/proof/status/status_list.h"

#include <zlib.h>

#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

// W3C Bitstring Status List 1.0, 6.1: so that a look-up tells little about who was looked up.
constexpr uint64_t kBitstringEntriesMin = 131072;

constexpr int kZlibWindow = 15;
constexpr int kGzipWindow = 15 + 16;

absl::Status Broken(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kStatusList, place, detail);
}

// All of a zlib stream or gzip member, with nothing after it.
absl::StatusOr<std::string> Inflate(absl::string_view bytes, int window, absl::string_view place) {
  z_stream stream = {};
  if (inflateInit2(&stream, window) != Z_OK) return Problem(Reason::kInternal, place, "zlib has no memory");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string inflated;
  int code = Z_OK;
  char chunk[1 << 14];
  while (code == Z_OK && inflated.size() <= base::kStatusListBytesMax) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof(chunk);
    code = inflate(&stream, Z_NO_FLUSH);
    inflated.append(chunk, sizeof(chunk) - stream.avail_out);
  }
  const bool trailing = stream.avail_in > 0;
  inflateEnd(&stream);
  if (inflated.size() > base::kStatusListBytesMax) return Broken(place, "it is too large when inflated");
  if (code != Z_STREAM_END || trailing) return Broken(place, "it is not compressed as the list's kind demands");
  return inflated;
}

absl::StatusOr<std::string> Decode(absl::string_view text, int window, absl::string_view place) {
  // Compressed bytes larger than the limit cannot be a list within it.
  if (text.size() > 2 * base::kStatusListBytesMax) return Broken(place, "it is too large");
  const absl::StatusOr<std::string> bytes = base::Base64UrlDecode(text);
  if (!bytes.ok()) return Broken(place, "it is not base64url");
  return Inflate(*bytes, window, place);
}

}  // namespace

absl::StatusOr<StatusList> StatusList::FromTokenList(absl::string_view lst, int64_t bits) {
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8) return Broken("bits", "it is none of 1, 2, 4 and 8");
  ASSIGN_OR_RETURN(std::string bytes, Decode(lst, kZlibWindow, "lst"));
  return StatusList(std::move(bytes), static_cast<int>(bits), true);
}

absl::StatusOr<StatusList> StatusList::FromBitstring(absl::string_view encoded_list, int64_t status_size) {
  if (status_size < 1 || status_size > kStatusSizeMax) return Broken("statusSize", "it is not within 1 and 32");
  if (!absl::ConsumePrefix(&encoded_list, "u")) return Broken("encodedList", "it is not multibase base64url");
  ASSIGN_OR_RETURN(std::string bytes, Decode(encoded_list, kGzipWindow, "encodedList"));
  StatusList list(std::move(bytes), static_cast<int>(status_size), false);
  if (list.size() < kBitstringEntriesMin) return Broken("encodedList", "it has fewer than 131072 entries");
  return list;
}

absl::StatusOr<StatusList> StatusList::FromOlderBitstring(absl::string_view encoded_list) {
  absl::ConsumePrefix(&encoded_list, "u");
  while (absl::ConsumeSuffix(&encoded_list, "=")) {
  }
  const std::string text = absl::StrReplaceAll(encoded_list, {{"+", "-"}, {"/", "_"}});
  ASSIGN_OR_RETURN(std::string bytes, Decode(text, kGzipWindow, "encodedList"));
  return StatusList(std::move(bytes), 1, false);
}

absl::StatusOr<uint64_t> StatusList::At(uint64_t index) const {
  if (index >= size()) return Problem(Reason::kStatusIndex, "index", "it is beyond the list");
  const uint64_t first = index * static_cast<uint64_t>(bits_);
  uint64_t value = 0;
  for (int i = 0; i < bits_; ++i) {
    const uint64_t bit = first + static_cast<uint64_t>(i);
    const auto byte = static_cast<uint8_t>(bytes_[bit / 8]);
    if (low_first_) {
      value |= static_cast<uint64_t>((byte >> (bit % 8)) & 1) << i;
    } else {
      value = (value << 1) | ((byte >> (7 - bit % 8)) & 1);
    }
  }
  return value;
}

}  // namespace passerelle::proof
