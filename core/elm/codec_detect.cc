#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/json.h"
#include "core/base/json_peek.h"
#include "core/base/jws_payload.h"
#include "core/base/limits.h"
#include "core/elm/codec.h"
#include "core/elm/codec_envelope.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kClass = "EuropeanDigitalCredential";

// Bytes of a payload that are looked at; the type of real ones stands within the first or the last hundreds.
constexpr size_t kPayloadLook = 64u << 10;

// What the top members of an object tell.
struct TopMembers {
  absl::string_view type;     // as JSON
  absl::string_view payload;  // as JSON
  absl::string_view wrapped;  // the value of "credential", "elm", "vc" or "@graph"
  absl::string_view subject;  // as JSON
  bool issuing = false;       // an issuer, a schema or a display
  bool signature = false;
};

std::optional<TopMembers> Look(absl::string_view text) {
  const auto peek = base::JsonPeek::Of(text);
  if (!peek.has_value()) return std::nullopt;
  TopMembers members;
  members.type = peek->Has("type") ? peek->Value("type") : peek->Value("@type");
  members.payload = peek->Value("payload");
  for (const absl::string_view name : {"@graph", "vc", "elm", "credential"}) {
    if (peek->Has(name)) members.wrapped = peek->Value(name);
  }
  members.subject = peek->Value("credentialSubject");
  members.signature = peek->Has("signature") || peek->Has("signatures");
  members.issuing = peek->Has("issuer") || peek->Has("credentialSchema") || peek->Has("displayParameter");
  return members;
}

bool Names(absl::string_view text) { return absl::StrContains(text, kClass); }

// The subject of a badge: persons of the model have claims.
bool IsOfBadge(absl::string_view subject) {
  const auto peek = base::JsonPeek::Of(subject);
  return peek.has_value() && peek->Has("achievement");
}

bool LooksBare(const TopMembers& members) {
  if (!members.type.empty()) return Names(members.type);
  return !members.subject.empty() && members.issuing && !IsOfBadge(members.subject);
}

bool LooksBareOrWrapped(const TopMembers& members) {
  if (LooksBare(members)) return true;
  const auto inner = members.wrapped.empty() ? std::nullopt : Look(members.wrapped);
  return inner.has_value() && LooksBare(*inner);
}

// Whether a payload, encoded or not, names the class near one of its ends. Groups of four digits decode by themselves.
bool PayloadNames(absl::string_view payload) {
  const absl::string_view head = payload.substr(0, kPayloadLook);
  const size_t behind = payload.size() - std::min(payload.size(), kPayloadLook);
  const absl::string_view tail = payload.substr(std::min(payload.size(), (behind + 3) / 4 * 4));
  for (const absl::string_view end : {head, tail}) {
    std::string bytes;
    if (Names(end) || (absl::WebSafeBase64Unescape(end, &bytes) && Names(bytes))) return true;
  }
  return false;
}

// Whether a payload that names the class is of it, or of the envelope of one, and no presentation of it. What cannot be
// taken out, since it is broken, is left to the reader, which says where.
bool PayloadIs(absl::string_view payload) {
  const bool is_text = absl::ConsumePrefix(&payload, "\"") && absl::ConsumeSuffix(&payload, "\"");
  if (!PayloadNames(payload)) return false;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(payload, &bytes)) {
    const auto text = base::JsonDocument::Parse(is_text ? absl::StrCat("\"", payload, "\"") : "");
    bytes = std::string(text.ok() ? base::AsString(text->root()).value_or("") : "");
  }
  const auto members = Look(bytes);
  return !members.has_value() || LooksBareOrWrapped(*members);
}

}  // namespace

bool LooksLikeCredential(absl::string_view bytes) {
  if (bytes.size() > base::kDocumentBytesMax) return false;
  if (base::IsCompactJws(bytes)) {
    const std::vector<absl::string_view> parts = absl::StrSplit(bytes, '.');
    return PayloadIs(parts[1]);
  }
  // A token behind a byte order mark is none that the reader takes.
  if (absl::ConsumePrefix(&bytes, "\xef\xbb\xbf") && base::IsCompactJws(bytes)) return false;
  const auto members = Look(bytes);
  if (!members.has_value()) return false;
  if (!members->payload.empty() && members->signature) return PayloadIs(members->payload);
  return LooksBareOrWrapped(*members);
}

}  // namespace passerelle::elm
