#include "core/base/unsigned_token.h"

#include <optional>

#include "absl/strings/match.h"
#include "core/base/digest.h"
#include "core/base/json.h"

namespace passerelle::base {

bool SaysUnsigned(absl::string_view protected_header) {
  const auto header = Base64UrlDecode(protected_header);
  if (!header.ok()) return false;
  const auto document = JsonDocument::Parse(*header);
  const auto object = document.ok() ? AsObject(document->root()) : std::nullopt;
  const auto algorithm = object.has_value() ? FindString(*object, "alg") : std::nullopt;
  return algorithm.has_value() && absl::EqualsIgnoreCase(*algorithm, "none");
}

}  // namespace passerelle::base
