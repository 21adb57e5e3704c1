#include "gateway/http/plain_routes.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace passerelle::gateway {
namespace {

// Bytes of an id in a path. Those that the node gives have 32.
constexpr size_t kPathIdBytesMax = 64;

// What the path has in the place of the id, if it fits the route. Ids are letters and digits.
std::optional<std::string> IdOf(const PlainRoute& route, absl::string_view path) {
  if (!absl::ConsumePrefix(&path, route.before) || !absl::ConsumeSuffix(&path, route.after)) return std::nullopt;
  if (!route.has_id) return path.empty() ? std::optional<std::string>("") : std::nullopt;
  const bool is_id = !path.empty() && path.size() <= kPathIdBytesMax &&
                     std::all_of(path.begin(), path.end(), [](char c) { return absl::ascii_isalnum(c); });
  return is_id ? std::optional<std::string>(path) : std::nullopt;
}

}  // namespace

PlainRoutes::Match PlainRoutes::Find(absl::string_view verb, absl::string_view target) const {
  const absl::string_view path = target.substr(0, target.find('?'));
  Match match;
  for (const PlainRoute& route : routes_) {
    std::optional<std::string> id = IdOf(route, path);
    if (!id.has_value()) continue;
    if (route.verb == verb) return {&route, *std::move(id)};
    absl::StrAppend(&match.allow, match.allow.empty() ? "" : ", ", route.verb);
  }
  return match;
}

}  // namespace passerelle::gateway
