#include "core/base/unpack.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::base {
namespace {

bool IsGzip(absl::string_view bytes) { return bytes.substr(0, 2) == "\x1F\x8B"; }

// base64 of the first bytes of a gzip member: 1F 8B 08.
bool IsBase64OfGzip(absl::string_view text) { return text.substr(0, 4) == "H4sI"; }

bool IsBase64Character(char c) { return absl::ascii_isalnum(c) || absl::StrContains("+/=-_", c); }

bool LooksLikeBase64(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsBase64Character(c) || absl::ascii_isspace(c); });
}

// A byte order mark is of the file that the text was kept in.
absl::string_view WithoutMark(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  return text;
}

// base64 as RFC 4648 has it. Senders also leave the padding out, or write the alphabet for addresses; so much is
// allowed where a document comes out of it, because words and tokens look the same.
absl::StatusOr<std::string> Decode(absl::string_view text) {
  absl::StatusOr<std::string> decoded = Base64Decode(text);
  if (decoded.ok()) return decoded;
  std::string bare(text);
  bare.erase(std::remove_if(bare.begin(), bare.end(), [](char c) { return absl::ascii_isspace(c); }), bare.end());
  if (absl::StrContains(bare, '=')) {  // padding is whole or absent
    constexpr size_t kGroup = 4;
    if (bare.size() % kGroup != 0) return decoded;
    for (size_t padding = 0; padding < 2 && absl::EndsWith(bare, "="); ++padding) bare.pop_back();
  }
  if (bare.find_first_of("+/") != std::string::npos) {
    if (bare.find_first_of("-_") != std::string::npos) return decoded;
    absl::StrReplaceAll({{"+", "-"}, {"/", "_"}}, &bare);
  }
  absl::StatusOr<std::string> tolerant = Base64UrlDecode(bare);
  if (!tolerant.ok()) return decoded;
  const bool document = IsGzip(*tolerant) || absl::StartsWith(WithoutMark(*tolerant), "<");
  return document ? std::move(tolerant) : std::move(decoded);
}

enum class Inflated { kWhole, kCut, kBroken };

// Inflates a gzip member up to `limit` bytes; kCut when there is more.
Inflated Inflate(absl::string_view bytes, size_t limit, std::string* result) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return Inflated::kBroken;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  int code = Z_OK;
  char chunk[1 << 14];
  while (code == Z_OK && result->size() <= limit) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof(chunk);
    code = inflate(&stream, Z_NO_FLUSH);
    result->append(chunk, sizeof(chunk) - stream.avail_out);
  }
  const bool trailing = stream.avail_in > 0;
  inflateEnd(&stream);
  if (result->size() > limit) return Inflated::kCut;
  return code == Z_STREAM_END && !trailing ? Inflated::kWhole : Inflated::kBroken;
}

absl::Status UndoBase64(Unpacked* unpacked) {
  const absl::string_view text = absl::StripAsciiWhitespace(WithoutMark(unpacked->bytes));
  if (!LooksLikeBase64(text) && !IsBase64OfGzip(text)) return absl::OkStatus();
  absl::StatusOr<std::string> decoded = Decode(text);
  if (!decoded.ok()) {
    if (!IsBase64OfGzip(text)) return absl::OkStatus();
    return Problem(Reason::kCompressedBroken, "document", "the base64 is broken");
  }
  unpacked->bytes = *std::move(decoded);
  unpacked->was_base64 = true;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Unpacked> Unpack(absl::string_view bytes) {
  Unpacked unpacked;
  unpacked.bytes = std::string(bytes);
  RETURN_IF_ERROR(UndoBase64(&unpacked));
  if (!IsGzip(unpacked.bytes)) return unpacked;
  std::string inflated;
  switch (Inflate(unpacked.bytes, kUnpackedBytesMax, &inflated)) {
    case Inflated::kCut:
      return Problem(Reason::kCompressedTooLarge, "document");
    case Inflated::kBroken:
      return Problem(Reason::kCompressedBroken, "document", "the gzip is broken");
    case Inflated::kWhole:
      break;
  }
  unpacked.bytes = std::move(inflated);
  unpacked.was_gzip = true;
  return unpacked;
}

std::string UnpackBeginning(absl::string_view bytes, size_t limit) {
  std::string beginning(bytes.substr(0, limit));
  if (LooksLikeBase64(WithoutMark(beginning))) {
    std::string text(WithoutMark(beginning));
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return absl::ascii_isspace(c); }), text.end());
    // Groups of four characters decode on their own, so a beginning of the text gives a beginning of the bytes.
    text.resize(text.size() / 4 * 4);
    const absl::StatusOr<std::string> decoded = Decode(text);
    if (decoded.ok()) beginning = *decoded;
  }
  if (!IsGzip(beginning)) return beginning;
  std::string inflated;
  Inflate(beginning, limit, &inflated);
  inflated.resize(std::min(inflated.size(), limit));
  return inflated;
}

}  // namespace passerelle::base
