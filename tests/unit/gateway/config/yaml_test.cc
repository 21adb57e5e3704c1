#include "gateway/config/yaml.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/federation/v1/node_map.pb.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/relay/v1/envelope.pb.h"

namespace passerelle::gateway {
namespace {

using ::testing::HasSubstr;

TEST(ReadYaml, FillsNestedRepeatedAndTimedFields) {
  federation::v1::NodeMap map;
  ASSERT_TRUE(ReadYaml(R"(
federation: Nordic trial
version: 7
expire_time: 2027-01-31T12:00:00.5Z
nodes:
  - id: NO
    endpoint: 127.0.0.1:7001
    state: active
    tls_certificate_sha256: ["00", "11"]
  - id: FI
    state: NODE_STATE_REVOKED
)",
                       "map.yaml", &map)
                  .ok());
  EXPECT_EQ(map.version(), 7);
  EXPECT_EQ(map.expire_time().seconds(), 1801396800);
  EXPECT_EQ(map.expire_time().nanos(), 500'000'000);
  ASSERT_EQ(map.nodes_size(), 2);
  // A YAML 1.1 reader would have made this the boolean false.
  EXPECT_EQ(map.nodes(0).id(), "NO");
  EXPECT_EQ(map.nodes(0).state(), federation::v1::NODE_STATE_ACTIVE);
  EXPECT_EQ(map.nodes(0).tls_certificate_sha256(1), "11");
  EXPECT_EQ(map.nodes(1).state(), federation::v1::NODE_STATE_REVOKED);
}

TEST(ReadYaml, ReadsWhatWriteYamlWrites) {
  config::v1::NodeConfig config;
  config.set_node("NO");
  config.set_ports_file("a \"quoted\"\n: # name\x01");
  config.mutable_time_limits()->mutable_call()->set_seconds(12);
  config.mutable_time_limits()->mutable_drain()->set_nanos(250'000'000);
  config.mutable_time_limits()->mutable_exchange()->set_seconds(14 * 86'400 + 1);
  config.mutable_client_port()->mutable_tls()->set_certificate("c.pem");
  auto* client = config.mutable_client_port()->add_clients();
  client->set_id("portal");
  client->add_services("passerelle.exchange.v1.ExchangeService");
  client->add_services("passerelle.sharing.v1.SharingService");
  config.mutable_client_port()->add_clients()->set_id("other");
  config.mutable_admin_port()->set_reflection(true);
  config.mutable_register_();
  config.add_recognition_policies("p.yaml");
  config::v1::NodeConfig again;
  const std::string yaml = WriteYaml(config);
  const absl::Status status = ReadYaml(yaml, "written", &again);
  ASSERT_TRUE(status.ok()) << status << yaml;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(config, again)) << yaml;
}

TEST(ReadYaml, ReadsBytesAsBase64) {
  relay::v1::Envelope envelope;
  ASSERT_TRUE(ReadYaml("body: AAEC", "e", &envelope).ok());
  EXPECT_EQ(envelope.body(), std::string("\x00\x01\x02", 3));
}

struct RefusedYaml {
  std::string name;
  std::string yaml;
  std::string place;
  std::string detail;
};

class ReadYamlRefuses : public ::testing::TestWithParam<RefusedYaml> {};

TEST_P(ReadYamlRefuses, NamingLineAndField) {
  config::v1::NodeConfig config;
  const absl::Status status = ReadYaml(GetParam().yaml, "node.yaml", &config);
  EXPECT_EQ(base::ReasonOf(status), base::Reason::kConfigInvalid) << status;
  EXPECT_EQ(base::PlaceOf(status), GetParam().place);
  EXPECT_THAT(base::DetailOf(status), HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ReadYamlRefuses,
    ::testing::Values(
        RefusedYaml{"UnknownKey", "node: NO\nnode_mpa: x\n", "node.yaml:2",
                    "unknown key \"node_mpa\"; the nearest is \"node_map\""},
        RefusedYaml{"UnknownKeyWithin", "peer_port:\n  tls:\n    certifcate: x\n", "node.yaml:3: peer_port.tls",
                    "\"certificate\""},
        RefusedYaml{"ScalarForMapping", "node: NO\npeer_port: 7001\n", "node.yaml:2: peer_port",
                    "a mapping is expected"},
        RefusedYaml{"MappingForScalar", "node:\n  id: NO\n", "node.yaml:2: node", "a single value is expected"},
        RefusedYaml{"ScalarForList", "recognition_policies: p.yaml\n", "node.yaml:1: recognition_policies",
                    "a list is expected"},
        RefusedYaml{"WordForBool", "admin_port:\n  reflection: yes\n", "node.yaml:2: admin_port.reflection",
                    "true or false is expected"},
        RefusedYaml{"QuotedBool", "admin_port:\n  reflection: \"true\"\n", "node.yaml:2: admin_port.reflection",
                    "true or false"},
        RefusedYaml{"NoValue", "node:\n", "node.yaml:1: node", "a single value is expected"},
        RefusedYaml{"DurationWithoutUnit", "time_limits:\n  call: 10\n", "node.yaml:2: time_limits.call", "duration"},
        RefusedYaml{"DurationNegative", "time_limits:\n  call: -10s\n", "node.yaml:2: time_limits.call", "duration"},
        RefusedYaml{"DurationEndless", "time_limits:\n  call: inf\n", "node.yaml:2: time_limits.call", "duration"},
        RefusedYaml{"KeyTwice", "node: NO\nstore: s\nnode: FI\n", "node.yaml:3", "stands twice"},
        RefusedYaml{"Anchor", "node: &a NO\n", "node.yaml:1", "anchors"},
        RefusedYaml{"Alias", "recognition_policies: [&a x, *a]\n", "node.yaml:1", "anchors"},
        RefusedYaml{"Bomb", "a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\n", "node.yaml:1", "anchors"},
        RefusedYaml{"Tag", "node: !!binary AAAA\n", "node.yaml:1", "tags"},
        RefusedYaml{"SecondDocument", "node: NO\n---\nnode: FI\n", "node.yaml:2", "one document"},
        RefusedYaml{"Malformed", "node: [NO\nstore: x: y\n", "node.yaml:2", ""},
        RefusedYaml{"Truncated", "node: \"NO", "node.yaml:1", ""},
        RefusedYaml{"Deep", std::string(200, '['), "node.yaml:1", "nested too deep"},
        RefusedYaml{"VeryDeep", std::string(100'000, '['), "node.yaml:1", "nested too deep"},
        RefusedYaml{"List", "- node\n", "node.yaml:1", "a mapping is expected"},
        RefusedYaml{"Oversized", std::string(base::kConfigBytesMax + 1, '#'), "node.yaml", "larger than"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(ReadYaml, RefusesAnUnknownEnumValueWithTheNearest) {
  federation::v1::Node node;
  const absl::Status status = ReadYaml("id: NO\nstate: activ", "n", &node);
  EXPECT_EQ(base::PlaceOf(status), "n:2: state");
  EXPECT_THAT(base::DetailOf(status), HasSubstr("\"active\""));
  EXPECT_FALSE(ReadYaml("state: unspecified", "n", &node).ok());
}

TEST(ReadYaml, RefusesNumbersThatDoNotFit) {
  for (const char* value : {"-1", "4294967296", "1.5", "\"1\"", "x", ""}) {
    recognition::v1::RecognitionPolicy policy;
    EXPECT_FALSE(ReadYaml(absl::StrCat("minimum_eqf_level: ", value), "p", &policy).ok()) << value;
  }
}

TEST(ReadYaml, RefusesTimesThatAreNone) {
  for (const char* value : {"2026-01-31", "2026-02-30T00:00:00Z", "now", "infinite-future"}) {
    federation::v1::NodeMap map;
    EXPECT_FALSE(ReadYaml(absl::StrCat("expire_time: ", value), "m", &map).ok()) << value;
  }
}

TEST(ReadYaml, NeverFailsToAnswerOnAnyPrefix) {
  const std::string yaml =
      "node: NO\nclient_port:\n  listen: \"127.0.0.1:0\"\n  clients:\n  - {id: a, services: [b, 'c']}\n";
  for (size_t length = 0; length <= yaml.size(); ++length) {
    config::v1::NodeConfig config;
    const absl::Status status = ReadYaml(yaml.substr(0, length), "n", &config);
    EXPECT_TRUE(status.ok() || base::ReasonOf(status) == base::Reason::kConfigInvalid) << length << status;
  }
}

TEST(ReadYamlFile, NamesAFileThatIsNotThere) {
  config::v1::NodeConfig config;
  EXPECT_EQ(base::ReasonOf(ReadYamlFile("/nonexistent/node.yaml", &config)), base::Reason::kInputNotReadable);
}

}  // namespace
}  // namespace passerelle::gateway
