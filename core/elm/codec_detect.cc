#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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
  absl::string_view wrapped;  // the value of "credential" or "elm"
  bool subject = false;
  bool issuing = false;  // an issuer, a schema or a display
  bool signature = false;
};

std::optional<TopMembers> Look(absl::string_view text) {
  const auto peek = base::JsonPeek::Of(text);
  if (!peek.has_value()) return std::nullopt;
  TopMembers members;
  members.type = peek->Has("type") ? peek->Value("type") : peek->Value("@type");
  members.payload = peek->Value("payload");
  members.wrapped = peek->Has("credential") ? peek->Value("credential") : peek->Value("elm");
  members.subject = peek->Has("credentialSubject");
  members.signature = peek->Has("signature") || peek->Has("signatures");
  members.issuing = peek->Has("issuer") || peek->Has("credentialSchema") || peek->Has("displayParameter");
  return members;
}

bool Names(absl::string_view text) { return absl::StrContains(text, kClass); }

bool PayloadNames(absl::string_view payload) {
  absl::ConsumePrefix(&payload, "\"");
  absl::ConsumeSuffix(&payload, "\"");
  const auto ends_name = [](absl::string_view text) {
    return Names(text.substr(0, kPayloadLook)) || Names(text.substr(text.size() - std::min(text.size(), kPayloadLook)));
  };
  if (ends_name(payload)) return true;
  std::string bytes;
  const absl::string_view head = payload.substr(0, kPayloadLook);
  // Whole groups of four digits decode by themselves.
  return absl::WebSafeBase64Unescape(head.size() < payload.size() ? head : payload, &bytes) && Names(bytes);
}

bool LooksBare(const TopMembers& members) {
  return Names(members.type) || (members.type.empty() && members.subject && members.issuing);
}

}  // namespace

bool LooksLikeCredential(absl::string_view bytes) {
  absl::ConsumePrefix(&bytes, "\xef\xbb\xbf");
  if (bytes.size() > base::kDocumentBytesMax) return false;
  if (base::IsCompactJws(bytes)) {
    const std::vector<absl::string_view> parts = absl::StrSplit(bytes, '.');
    return PayloadNames(parts[1]);
  }
  const auto members = Look(bytes);
  if (!members.has_value()) return false;
  if (!members->payload.empty() && members->signature) return PayloadNames(members->payload);
  if (LooksBare(*members)) return true;
  const auto inner = members->wrapped.empty() ? std::nullopt : Look(members->wrapped);
  return inner.has_value() && LooksBare(*inner);
}

}  // namespace passerelle::elm
