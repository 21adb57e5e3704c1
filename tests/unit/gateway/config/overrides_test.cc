#include "gateway/config/overrides.h"

#include <stdlib.h>

#include "gateway/config/redacted.h"
#include "gateway/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(FromEnvironment, TakesVariablesOfItsPrefixAlone) {
  const ConfigOverride set = FromEnvironment("PASSERELLE_CONFIG_CLIENT_PORT__LISTEN=0.0.0.0:7001=x");
  EXPECT_EQ(set.source, "PASSERELLE_CONFIG_CLIENT_PORT__LISTEN");
  EXPECT_EQ(set.path, "client_port.listen");
  EXPECT_EQ(set.value, "0.0.0.0:7001=x");
  for (const char* entry : {"PATH=/bin", "PASSERELLE_TSAN=1", "PASSERELLE_CONFIG", "PASSERELLE_CONFIG_STORE", ""}) {
    EXPECT_THAT(FromEnvironment(entry).source, IsEmpty()) << entry;
  }
}

TEST(AllOverrides, PutsFlagsAfterTheEnvironment) {
  setenv("PASSERELLE_CONFIG_STORE", "of the environment", 1);
  setenv("PASSERELLE_CONFIG_NODE", "NO", 1);
  ASSERT_OK_AND_ASSIGN(const auto overrides, AllOverrides({"store=of a flag"}));
  unsetenv("PASSERELLE_CONFIG_STORE");
  unsetenv("PASSERELLE_CONFIG_NODE");
  config::v1::NodeConfig config;
  for (const ConfigOverride& set : overrides) {
    ASSERT_THAT(SetYamlField(set.source, set.path, set.value, &config), IsOk());
  }
  EXPECT_EQ(config.store(), "of a flag");
  EXPECT_EQ(config.node(), "NO");
  EXPECT_THAT(AllOverrides({"store"}), HasReasonAt(Reason::kConfigInvalid, "--set"));
  EXPECT_THAT(AllOverrides({"=x"}), HasReasonAt(Reason::kConfigInvalid, "--set"));
}

TEST(SetYamlField, ReplacesSingleValuesListsAndGroups) {
  config::v1::NodeConfig config;
  ASSERT_THAT(ReadYaml("node: SE\nrefuse_loss: [level]\nadmin_port: {reflection: true}\n", "f", &config), IsOk());
  ASSERT_THAT(SetYamlField("s", "node", "NO: really # so", &config), IsOk());
  ASSERT_THAT(SetYamlField("s", "refuse_loss", "[outcomes, workload]", &config), IsOk());
  ASSERT_THAT(SetYamlField("s", "time_limits.drain", "20s", &config), IsOk());
  ASSERT_THAT(SetYamlField("s", "admin_port", "{listen: '127.0.0.1:1'}", &config), IsOk());
  ASSERT_THAT(SetYamlField("s", "sql_register.sqlite", "a.db", &config), IsOk());
  EXPECT_EQ(config.node(), "NO: really # so");
  EXPECT_THAT(config.refuse_loss(), ElementsAre("outcomes", "workload"));
  EXPECT_EQ(config.time_limits().drain().seconds(), 20);
  EXPECT_EQ(config.admin_port().listen(), "127.0.0.1:1");
  EXPECT_FALSE(config.admin_port().reflection()) << "a group is replaced as a whole";
  EXPECT_EQ(config.sql_register().sqlite(), "a.db");
}

struct RefusedOverride {
  const char* name;
  const char* path;
  const char* value;
  const char* place;
  const char* detail;
};

class SetYamlFieldRefuses : public ::testing::TestWithParam<RefusedOverride> {};

TEST_P(SetYamlFieldRefuses, NamingTheSourceAndTheKey) {
  config::v1::NodeConfig config;
  const absl::Status status = SetYamlField("VARIABLE", GetParam().path, GetParam().value, &config);
  EXPECT_THAT(status, HasReasonAt(Reason::kConfigInvalid, GetParam().place));
  EXPECT_THAT(base::DetailOf(status), HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SetYamlFieldRefuses,
    ::testing::Values(
        RefusedOverride{"UnknownKey", "stroe", "x", "VARIABLE", "the nearest is \"store\""},
        RefusedOverride{"UnknownKeyWithin", "client_port.lisen", "x", "VARIABLE: client_port", "\"listen\""},
        RefusedOverride{"NoKey", "", "x", "VARIABLE", "unknown key"},
        RefusedOverride{"WithinAList", "client_port.clients.id", "x", "VARIABLE: client_port.clients", "one by one"},
        RefusedOverride{"WithinAText", "node.id", "x", "VARIABLE: node", "one by one"},
        RefusedOverride{"NoDuration", "time_limits.call", "soon", "VARIABLE: time_limits.call", "duration"},
        RefusedOverride{"NoBool", "admin_port.reflection", "yes", "VARIABLE: admin_port.reflection", "true or"},
        RefusedOverride{"TextForAList", "refuse_loss", "level", "VARIABLE:1: refuse_loss", "a list"},
        RefusedOverride{"BrokenYaml", "client_port", "{listen", "VARIABLE:1", ""}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(RedactSecrets, HidesWhatOpensADoorAndNothingElse) {
  config::v1::NodeConfig config;
  config.set_node("NO");
  config.set_message_key("pkcs11:token=seals;object=a?module-path=/m.so&pin-source=file:/etc/pin");
  config.mutable_sql_register()->set_postgresql("host=db.example user=passerelle password='open sesame'");
  config.add_seals()->set_key("pkcs11:token=seals?pin-value=1234");
  config.mutable_postgresql_store()->set_connection("postgresql://node:open%20sesame@db.example/passerelle");
  config.mutable_postgresql_store()->set_password_file("/run/secrets/store-password");
  RedactSecrets(&config);
  EXPECT_EQ(config.node(), "NO");
  EXPECT_THAT(config.message_key(), HasSubstr("pin-source=file:/etc/pin"));
  EXPECT_THAT(config.sql_register().postgresql(), HasSubstr("host='db.example'"));
  EXPECT_THAT(config.sql_register().postgresql(), HasSubstr("password='(redacted)'"));
  EXPECT_THAT(WriteYaml(config), Not(HasSubstr("sesame")));
  EXPECT_EQ(config.seals(0).key(), kRedacted);
  EXPECT_THAT(config.postgresql_store().connection(), HasSubstr("host='db.example'"));
  EXPECT_THAT(config.postgresql_store().connection(), HasSubstr("password='(redacted)'"));
  EXPECT_EQ(config.postgresql_store().password_file(), "/run/secrets/store-password");
}

TEST(RedactedText, KnowsEveryWayToWriteAPassword) {
  for (const char* text :
       {"password=hunter2", "host=x PASSWORD=hunter2", "host=x password = 'hunter2 \\' x'", "hots=x password=hunter2",
        "postgresql://me:hunter2@db.example/register", "postgres://db/x?user=me&pass%77ord=hunter2",
        "host=x sslpassword=hunter2", "host=x password=hunter2\\ hunter2", "postgresql://me:hunter2@[bad"}) {
    EXPECT_THAT(RedactedText(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(RedactedText(text), HasSubstr("(redacted)")) << text;
  }
  for (const char* text : {"", "NO", "store.sqlite", "127.0.0.1:7001", "host=db.example dbname=register passfile=/p"}) {
    EXPECT_EQ(RedactedText(text), text);
  }
}

}  // namespace
}  // namespace passerelle::gateway
