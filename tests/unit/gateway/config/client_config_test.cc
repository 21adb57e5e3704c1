// What a configuration may say of clients and issuers of tokens.
#include "gateway/config/client_config.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/problem.h"
#include "gateway/config/yaml.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

constexpr char kPort[] = R"(
token_issuers:
- {issuer: a, audience: n, jwks_file: keys.json}
- {issuer: b, audience: n, jwks_url: "https://b.example/keys", trusted_authorities: ca.pem, key_pins: [x], clock_skew: 5m}
clients:
- {id: one, certificate_sha256: "DIGEST"}
- {id: two, tokens: [{issuer: b, claims: [{name: sub, value: two}]}]}
)";

config::v1::ClientPort Port(const std::string& from = "", const std::string& to = "") {
  std::string yaml = absl::StrReplaceAll(kPort, {{"DIGEST", std::string(64, 'a')}});
  if (!from.empty()) {
    EXPECT_NE(yaml.find(from), std::string::npos) << from;
    yaml = absl::StrReplaceAll(yaml, {{from, to}});
  }
  config::v1::ClientPort port;
  EXPECT_OK(ReadYaml(yaml, "port", &port));
  CompleteTokenIssuers("/etc/node", &port);
  return port;
}

TEST(ClientConfigTest, FillsInWhatIsNotStated) {
  const config::v1::ClientPort port = Port();
  EXPECT_OK(CheckClients(port));
  EXPECT_EQ(port.token_issuers(0).jwks_file(), "/etc/node/keys.json");
  EXPECT_EQ(port.token_issuers(0).clock_skew().seconds(), 60);
  EXPECT_EQ(port.token_issuers(0).token_life_max().seconds(), 3600);
  EXPECT_EQ(port.token_issuers(1).trusted_authorities(), "/etc/node/ca.pem");
  EXPECT_EQ(port.token_issuers(1).clock_skew().seconds(), 300);
  EXPECT_EQ(port.token_issuers(1).jwks_age_max().seconds(), 24 * 3600);
}

TEST(ClientConfigTest, RefusesWhatWouldLetInOthersThanAreMeant) {
  struct Row {
    const char* from;
    const char* to;
    const char* place;
  };
  for (const Row& row : {
           Row{"issuer: a, ", "", "client_port.token_issuers[0].issuer"},
           Row{"issuer: a", "issuer: b", "client_port.token_issuers[1].issuer"},
           Row{"issuer: a, audience: n", "issuer: a", "client_port.token_issuers[0].audience"},
           Row{", jwks_file: keys.json", "", "client_port.token_issuers[0].jwks_file"},
           Row{"jwks_file: keys.json", "jwks_file: keys.json, jwks_url: 'https://a.example'",
               "client_port.token_issuers[0].jwks_file"},
           Row{"jwks_file: keys.json", "jwks_file: keys.json, key_pins: [x]", "client_port.token_issuers[0].jwks_file"},
           Row{"https://b.example", "http://b.example", "client_port.token_issuers[1].jwks_url"},
           Row{"https://b.example", "https://user@b.example", "client_port.token_issuers[1].jwks_url"},
           Row{"https://b.example", "HTTPS://b.example", "client_port.token_issuers[1].jwks_url"},
           Row{"clock_skew: 5m", "clock_skew: 301s", "client_port.token_issuers[1].clock_skew"},
           Row{"clock_skew: 5m", "jwks_age_max: 169h", "client_port.token_issuers[1].jwks_age_max"},
           Row{"clock_skew: 5m", "token_life_max: 25h", "client_port.token_issuers[1].token_life_max"},
           Row{"tokens: [{issuer: b", "tokens: [{issuer: c", "client_port.clients[1].tokens[0].issuer"},
           Row{", claims: [{name: sub, value: two}]", "", "client_port.clients[1].tokens[0].claims"},
           Row{"name: sub, ", "", "client_port.clients[1].tokens[0].claims[0].name"},
           Row{", value: two", "", "client_port.clients[1].tokens[0].claims[0].value"},
           Row{", tokens: [{issuer: b, claims: [{name: sub, value: two}]}]", "",
               "client_port.clients[1].certificate_sha256"},
           Row{"id: two", "id: one", "client_port.clients[1].id"},
           Row{"id: two", "id: anybody", "client_port.clients[1].id"},
           Row{"id: two", "id: 'node:NO'", "client_port.clients[1].id"},
           Row{"clients:", "open_services: [passerelle.sharing.v1.SharingService]\nclients:",
               "client_port.open_services[0]"},
       }) {
    EXPECT_THAT(CheckClients(Port(row.from, row.to)), HasReasonAt(Reason::kConfigInvalid, row.place)) << row.from;
  }
}

// The examples of the page for operators are some that a node would take.
TEST(ClientConfigTest, TakesTheExamplesOfTheDocumentation) {
  std::ifstream file(absl::StrCat(passerelle::testing::kSourceDir, "/docs/operating/clients.md"));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```yaml\n";
  std::vector<config::v1::NodeConfig> examples;
  for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    config::v1::NodeConfig& config = examples.emplace_back();
    EXPECT_OK(ReadYaml(page.substr(at, page.find("```\n", at) - at), "clients.md", &config));
    CompleteTokenIssuers("/etc/node", config.mutable_client_port());
    EXPECT_OK(CheckClients(config.client_port()));
  }
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[0].client_port().clients_size(), 3);
  EXPECT_EQ(examples[0].client_port().token_issuers_size(), 2);
  EXPECT_EQ(examples[1].client_port().open_services_size(), 1);
  EXPECT_TRUE(examples[1].has_catalogue());
}

}  // namespace
}  // namespace passerelle::gateway
