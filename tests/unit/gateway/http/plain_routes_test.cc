#include "gateway/http/plain_routes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace passerelle::gateway {
namespace {

PlainRoutes Routes() {
  PlainRoutes routes;
  routes.Add({.verb = "GET", .before = "/things/", .after = "/request", .has_id = true});
  routes.Add({.verb = "POST", .before = "/things/", .after = "/request", .has_id = true});
  routes.Add({.verb = "POST", .before = "/nonce"});
  return routes;
}

// "GET /things/ 7", with the verbs that the path has where there is no such route.
std::string Found(absl::string_view verb, absl::string_view target) {
  static const auto* const routes = new PlainRoutes(Routes());
  const PlainRoutes::Match match = routes->Find(verb, target);
  if (match.route == nullptr) return absl::StrCat("none", match.allow.empty() ? "" : " but ", match.allow);
  return absl::StrCat(match.route->verb, " ", match.route->before, match.id.empty() ? "" : " ", match.id);
}

TEST(PlainRoutesTest, AreFoundByVerbAndPath) {
  struct Row {
    const char* verb;
    std::string target;
    std::string found;
  };
  const std::vector<Row> rows = {
      {"GET", "/things/a7/request", "GET /things/ a7"},
      {"POST", "/things/a7/request", "POST /things/ a7"},
      {"PUT", "/things/a7/request", "none but GET, POST"},
      {"GET", "/things/a7/request?x=/nonce", "GET /things/ a7"},
      {"POST", "/nonce", "POST /nonce"},
      {"POST", "/nonce?x", "POST /nonce"},
      {"GET", "/nonce", "none but POST"},
      {"POST", "/nonce/", "none"},
      {"POST", "nonce", "none"},
      {"GET", "/", "none"},
      {"GET", "", "none"},
      {"GET", "*", "none"},
      {"GET", "/things//request", "none"},
      {"GET", "/things/request", "none"},
      {"GET", "/things/a/b/request", "none"},
      {"GET", "/things/../request", "none"},
      {"GET", "/things/%61/request", "none"},
      {"GET", absl::StrCat("/things/", std::string(64, 'a'), "/request"), "GET /things/ " + std::string(64, 'a')},
      {"GET", absl::StrCat("/things/", std::string(65, 'a'), "/request"), "none"},
      {"GET", "https://a.example/things/a7/request", "none"},
  };
  for (const Row& row : rows) EXPECT_EQ(Found(row.verb, row.target), row.found) << row.verb << " " << row.target;
}

}  // namespace
}  // namespace passerelle::gateway
