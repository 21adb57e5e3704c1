#include "core/proof/status/make_status_list.h"

#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/sign.h"

namespace passerelle::proof {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;

constexpr int kWrittenZlibWindow = 15;
constexpr int kWrittenGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;  // zlib's usual one

absl::Status Check(const StatusListWish& wish) {
  if (wish.uri.empty()) return Problem(Reason::kFieldInvalid, "uri", "is missing");
  if (wish.issuer.empty()) return Problem(Reason::kFieldInvalid, "issuer", "is missing");
  if (wish.key_id.empty()) return Problem(Reason::kFieldInvalid, "key_id", "is missing");
  if (wish.until <= wish.at) return Problem(Reason::kFieldInvalid, "until", "it is not after the begin");
  if (!wish.revoked.empty() && *wish.revoked.rbegin() >= kStatusEntries) {
    return Problem(Reason::kFieldInvalid, "revoked", "an index is beyond the list");
  }
  return absl::OkStatus();
}

// One bit an entry; the first in the lowest bit of a byte, or in the highest.
std::string Bits(const std::set<uint64_t>& revoked, bool low_first) {
  std::string bytes(kStatusEntries / 8, '\0');
  for (const uint64_t index : revoked) {
    const uint64_t shift = low_first ? index % 8 : 7 - index % 8;
    bytes[index / 8] = static_cast<char>(static_cast<uint8_t>(bytes[index / 8]) | (1u << shift));
  }
  return bytes;
}

absl::StatusOr<std::string> Deflate(const std::string& bytes, int window) {
  z_stream stream = {};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return Problem(Reason::kInternal, "list", "zlib has no memory");
  }
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int code = deflate(&stream, Z_FINISH);
  const size_t written = stream.total_out;
  deflateEnd(&stream);
  if (code != Z_STREAM_END) return Problem(Reason::kInternal, "list", "zlib did not finish");
  return compressed.substr(0, written);
}

void WriteClaims(const StatusListWish& wish, JsonWriter& json) {
  json.Member("iss", wish.issuer);
  json.Member("iat", absl::ToUnixSeconds(wish.at));
  json.Member("exp", absl::ToUnixSeconds(wish.until));
}

}  // namespace

absl::StatusOr<std::string> MakeBitstringStatusList(const StatusListWish& wish, const SigningKey& key) {
  RETURN_IF_ERROR(Check(wish));
  ASSIGN_OR_RETURN(const std::string compressed, Deflate(Bits(wish.revoked, false), kWrittenGzipWindow));
  std::string payload;
  JsonWriter json(payload);
  json.BeginObject();
  json.Key("@context");
  json.BeginArray();
  json.String("https://www.w3.org/ns/credentials/v2");
  json.EndArray();
  json.Member("id", wish.uri);
  json.Key("type");
  json.BeginArray();
  json.String("VerifiableCredential");
  json.String("BitstringStatusListCredential");
  json.EndArray();
  json.Member("issuer", wish.issuer);
  json.Member("validFrom", base::WriteDateTime(wish.at));
  json.Member("validUntil", base::WriteDateTime(wish.until));
  json.Key("credentialSubject");
  json.BeginObject();
  json.Member("id", absl::StrCat(wish.uri, "#list"));
  json.Member("type", "BitstringStatusList");
  json.Member("statusPurpose", "revocation");
  json.Member("encodedList", absl::StrCat("u", base::Base64UrlEncode(compressed)));
  json.EndObject();
  WriteClaims(wish, json);
  json.EndObject();
  return SignToken("vc+jwt", wish.key_id, payload, key);
}

absl::StatusOr<std::string> MakeTokenStatusList(const StatusListWish& wish, const SigningKey& key) {
  RETURN_IF_ERROR(Check(wish));
  ASSIGN_OR_RETURN(const std::string compressed, Deflate(Bits(wish.revoked, true), kWrittenZlibWindow));
  std::string payload;
  JsonWriter json(payload);
  json.BeginObject();
  json.Member("sub", wish.uri);
  WriteClaims(wish, json);
  json.Key("status_list");
  json.BeginObject();
  json.Member("bits", 1);
  json.Member("lst", base::Base64UrlEncode(compressed));
  json.EndObject();
  json.EndObject();
  return SignToken("statuslist+jwt", wish.key_id, payload, key);
}

std::vector<std::pair<absl::string_view, std::string>> BitstringEntry(absl::string_view list, uint64_t index) {
  return {{"id", absl::StrCat(list, "#", index)},
          {"type", "BitstringStatusListEntry"},
          {"statusPurpose", "revocation"},
          {"statusListIndex", absl::StrCat(index)},
          {"statusListCredential", std::string(list)}};
}

std::string BitstringEntryJson(absl::string_view list, uint64_t index) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  for (const auto& [name, value] : BitstringEntry(list, index)) json.Member(name, value);
  json.EndObject();
  return text;
}

}  // namespace passerelle::proof
