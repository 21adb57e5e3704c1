#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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

// End of the value at the start of the text, as far as brackets and quotes tell.
size_t ValueEnd(absl::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;
      --depth;
    } else if (c == ',' && depth == 0) {
      return i;
    }
  }
  return text.size();
}

void Note(absl::string_view name, absl::string_view value, TopMembers& members) {
  if (name == "type" || name == "@type") members.type = value;
  if (name == "payload") members.payload = value;
  if (name == "credential" || name == "elm") members.wrapped = value;
  members.subject = members.subject || name == "credentialSubject";
  members.signature = members.signature || name == "signature" || name == "signatures";
  members.issuing = members.issuing || name == "issuer" || name == "credentialSchema" || name == "displayParameter";
}

std::optional<TopMembers> Look(absl::string_view text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  if (absl::ConsumePrefix(&text, "[")) text = absl::StripLeadingAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&text, "{")) return std::nullopt;
  TopMembers members;
  while (true) {
    text = absl::StripLeadingAsciiWhitespace(text);
    if (!absl::ConsumePrefix(&text, "\"")) return members;
    const size_t quote = text.find('"');
    if (quote == absl::string_view::npos) return members;
    const absl::string_view name = text.substr(0, quote);
    text = absl::StripLeadingAsciiWhitespace(text.substr(quote + 1));
    if (!absl::ConsumePrefix(&text, ":")) return members;
    text = absl::StripLeadingAsciiWhitespace(text);
    const size_t end = ValueEnd(text);
    Note(name, text.substr(0, end), members);
    text.remove_prefix(end);
    if (!absl::ConsumePrefix(&text, ",")) return members;
  }
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
  if (IsCompactSeal(bytes)) {
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
