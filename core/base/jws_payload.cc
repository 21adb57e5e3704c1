#include "core/base/jws_payload.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::base {
namespace {

namespace dom = simdjson::dom;

absl::Status SealProblem(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kSealMalformed, place, detail);
}

// Whether the payload is unencoded, by the protected header (RFC 7797).
absl::StatusOr<bool> IsUnencoded(absl::string_view encoded_header, absl::string_view place) {
  const auto header = Base64UrlDecode(encoded_header);
  if (!header.ok()) return SealProblem(place, "the protected header is not base64url");
  const auto document = JsonDocument::Parse(*header);
  const auto object = document.ok() ? AsObject(document->root()) : std::nullopt;
  if (!object.has_value()) return SealProblem(place, "the protected header is no JSON object");
  const auto b64 = Find(*object, "b64");
  bool encoded = true;
  if (b64.has_value() && b64->get(encoded) != simdjson::SUCCESS) {
    return SealProblem(place, "b64 in the protected header is neither true nor false");
  }
  return !encoded;
}

absl::StatusOr<bool> IsUnencoded(dom::object signature, absl::string_view place) {
  const auto header = Find(signature, "protected");
  if (!header.has_value()) return false;
  const auto text = AsString(*header);
  if (!text.has_value()) return SealProblem(place, "the protected header is no text");
  return IsUnencoded(*text, place);
}

}  // namespace

absl::StatusOr<std::string> PayloadOfJsonJws(dom::object seal) {
  const auto payload = FindString(seal, "payload");
  if (!payload.has_value()) return SealProblem("/payload", "the payload is no text");
  bool unencoded = false;
  if (const auto signatures = Find(seal, "signatures")) {
    const auto array = AsArray(*signatures);
    if (!array.has_value() || array->size() == 0) return SealProblem("/signatures", "there is no signature");
    size_t index = 0;
    for (const dom::element entry : *array) {
      const std::string place = absl::StrCat("/signatures/", index);
      const auto signature = AsObject(entry);
      if (!signature.has_value()) return SealProblem(place, "the signature is no object");
      ASSIGN_OR_RETURN(const bool here, IsUnencoded(*signature, place));
      if (index > 0 && here != unencoded) return SealProblem(place, "the signatures differ in b64");
      unencoded = here;
      ++index;
    }
  } else {
    ASSIGN_OR_RETURN(unencoded, IsUnencoded(seal, "/protected"));
  }
  if (unencoded) return std::string(*payload);
  auto bytes = Base64UrlDecode(*payload);
  if (!bytes.ok()) return SealProblem("/payload", "the payload is not base64url");
  return *std::move(bytes);
}

absl::StatusOr<std::string> PayloadOfCompactJws(absl::string_view seal) {
  if (!IsCompactJws(seal)) return SealProblem("", "this is no compact signature");
  seal = absl::StripAsciiWhitespace(seal);
  const std::vector<absl::string_view> parts = absl::StrSplit(seal, '.');
  ASSIGN_OR_RETURN(const bool unencoded, IsUnencoded(parts[0], "protected header"));
  // RFC 7797, 5.2: an unencoded payload of a compact seal stands elsewhere, unless it has no dot.
  if (unencoded) return SealProblem("payload", "a compact seal cannot carry a payload that is not encoded");
  auto bytes = Base64UrlDecode(parts[1]);
  if (!bytes.ok()) return SealProblem("payload", "the payload is not base64url");
  return *std::move(bytes);
}

bool IsJsonJws(dom::object object) {
  return Find(object, "payload").has_value() &&
         (Find(object, "signatures").has_value() || Find(object, "signature").has_value());
}

bool IsCompactJws(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  int dots = 0;
  for (const char c : text) {
    const bool base64url = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    if (!base64url && c != '.') return false;
    dots += c == '.';
  }
  return dots == 2 && text.front() != '.';
}

}  // namespace passerelle::base
