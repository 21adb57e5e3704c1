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
           Row{"clock_skew: 5m", "token_life_max: 0s", "client_port.token_issuers[1].token_life_max"},
           Row{"clock_skew: 5m", "jwks_age_max: 0s", "client_port.token_issuers[1].jwks_age_max"},
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

// Rights for emergencies are never a way around two people.
TEST(ClientConfigTest, RefusesRightsForEmergenciesThatNeedNoneOrOpenThemselves) {
  constexpr char kEmergencyService[] = "passerelle.emergency.v1.EmergencyAccessService";
  constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";
  constexpr char kExchange[] = "passerelle.exchange.v1.ExchangeService";
  struct Row {
    std::string rights;
    const char* place;  // empty when they are good
  };
  for (const Row& row : {
           Row{absl::StrCat("emergency: {services: [", kRecognition, "], case_roles: [evaluator]}"), ""},
           Row{absl::StrCat("services: [", kEmergencyService, "], emergency_duties: [declare, approve]"), ""},
           Row{"emergency: {services: [passerelle.relay.v1.RelayService]}", "emergency.services"},
           Row{absl::StrCat("services: [", kExchange, "], emergency: {services: [", kExchange, "]}"),
               "emergency.services"},
           Row{absl::StrCat("emergency: {services: [", kEmergencyService, "]}"), "emergency.services"},
           Row{absl::StrCat("emergency: {services: [", kExchange, "], case_roles: [evaluator]}"),
               "emergency.case_roles"},
           Row{absl::StrCat("emergency: {services: [", kRecognition, "], case_roles: [system]}"),
               "emergency.case_roles"},
           Row{"emergency_duties: [approve]", "emergency_duties"},
       }) {
    const absl::Status checked = CheckClients(Port("id: one,", absl::StrCat("id: one, ", row.rights, ",")));
    if (*row.place == '\0') {
      EXPECT_OK(checked) << row.rights;
    } else {
      EXPECT_THAT(checked, HasReasonAt(Reason::kConfigInvalid, absl::StrCat("client_port.clients[0].", row.place)))
          << row.rights;
    }
  }
}

// The examples of a page for operators, as a node would take them.
std::vector<config::v1::NodeConfig> ExamplesOf(const std::string& name) {
  std::ifstream file(absl::StrCat(passerelle::testing::kSourceDir, "/docs/operating/", name));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```yaml\n";
  std::vector<config::v1::NodeConfig> examples;
  for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    config::v1::NodeConfig& config = examples.emplace_back();
    EXPECT_OK(ReadYaml(page.substr(at, page.find("```\n", at) - at), name, &config));
    CompleteTokenIssuers("/etc/node", config.mutable_client_port());
    EXPECT_OK(CheckClients(config.client_port()));
  }
  return examples;
}

TEST(ClientConfigTest, TakesTheExamplesOfTheDocumentation) {
  const std::vector<config::v1::NodeConfig> emergency = ExamplesOf("emergency-access.md");
  ASSERT_EQ(emergency.size(), 1u);
  EXPECT_EQ(emergency[0].client_port().clients_size(), 3);
  EXPECT_EQ(emergency[0].emergency_life().seconds(), 4 * 3600);
  const std::vector<config::v1::NodeConfig> examples = ExamplesOf("clients.md");
  ASSERT_EQ(examples.size(), 2u);
  EXPECT_EQ(examples[0].client_port().clients_size(), 3);
  EXPECT_EQ(examples[0].client_port().token_issuers_size(), 2);
  EXPECT_EQ(examples[1].client_port().open_services_size(), 2);
  EXPECT_TRUE(examples[1].has_catalogue());
}

}  // namespace
}  // namespace passerelle::gateway
