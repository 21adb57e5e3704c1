// Where a configuration may say that the store is.
#include "gateway/config/store_config.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;

config::v1::NodeConfig Read(const std::string& yaml) {
  config::v1::NodeConfig config;
  EXPECT_OK(ReadYaml(yaml, "test", &config));
  CompleteStore("/folder", &config);
  return config;
}

TEST(StoreConfig, FillsInDefaultsAndResolvesPaths) {
  EXPECT_EQ(Read("store: store.db").store(), "/folder/store.db");
  const config::v1::NodeConfig config = Read("postgresql_store: {connection: dbname=a, password_file: p}");
  EXPECT_THAT(CheckStore(config), IsOk());
  EXPECT_EQ(config.postgresql_store().password_file(), "/folder/p");
  EXPECT_EQ(config.postgresql_store().schema(), "passerelle");
  EXPECT_EQ(config.postgresql_store().connections(), 10);
  EXPECT_EQ(config.postgresql_store().time_limit().seconds(), 5);
}

struct Fault {
  std::string name;
  std::string yaml;
  std::string place;
};

class StoreConfigFault : public ::testing::TestWithParam<Fault> {};

TEST_P(StoreConfigFault, IsRefusedAtItsPlace) {
  const absl::Status refused = CheckStore(Read(GetParam().yaml));
  EXPECT_THAT(refused, HasReasonAt(Reason::kConfigInvalid, GetParam().place));
  EXPECT_THAT(std::string(refused.message()), ::testing::Not(::testing::HasSubstr("sesame")));
}

INSTANTIATE_TEST_SUITE_P(
    Config, StoreConfigFault,
    ::testing::Values(
        Fault{"NoStore", "node: NO", "store"},
        Fault{"TwoStores", "{store: a, postgresql_store: {connection: dbname=a}}", "store"},
        Fault{"NoConnection", "postgresql_store: {}", "postgresql_store.connection"},
        Fault{"ConnectionMalformed", "postgresql_store: {connection: 'a b'}", "postgresql_store.connection"},
        Fault{"PasswordInConnection", "postgresql_store: {connection: 'dbname=a password=sesame'}",
              "postgresql_store.connection"},
        Fault{"PasswordInUrl", "postgresql_store: {connection: 'postgresql://a:sesame@h/b'}",
              "postgresql_store.connection"},
        Fault{"TwoPasswords", "postgresql_store: {connection: dbname=a, password_file: a, password_variable: B}",
              "postgresql_store.password_variable"},
        Fault{"SchemaMalformed", "postgresql_store: {connection: dbname=a, schema: 'a; DROP TABLE b'}",
              "postgresql_store.schema"},
        Fault{"SchemaOfPostgresql", "postgresql_store: {connection: dbname=a, schema: pg_a}",
              "postgresql_store.schema"},
        Fault{"OneConnection", "postgresql_store: {connection: dbname=a, connections: 1}",
              "postgresql_store.connections"},
        Fault{"TimeLimitTooLong", "postgresql_store: {connection: dbname=a, time_limit: 61s}",
              "postgresql_store.time_limit"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(StorePassword, IsTheOnlyLineOfAFile) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/store_password_", getpid());
  config::v1::PostgresqlStore store;
  ASSERT_OK_AND_ASSIGN(const std::string none, LoadStorePassword(store));
  EXPECT_EQ(none, "");
  store.set_password_file(path);
  EXPECT_THAT(LoadStorePassword(store), HasReasonAt(Reason::kInputNotReadable, path));
  for (const char* text : {"open sesame\n", "open sesame", "open sesame\r\n"}) {
    std::ofstream(path, std::ios::binary) << text;
    ASSERT_OK_AND_ASSIGN(const std::string password, LoadStorePassword(store));
    EXPECT_EQ(password, "open sesame");
  }
  for (const char* text : {"", "\n", "open\nsesame\n"}) {
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_THAT(LoadStorePassword(store), HasReasonAt(Reason::kConfigInvalid, "postgresql_store.password_file"));
  }
  unlink(path.c_str());
}

TEST(StorePassword, IsInAVariable) {
  config::v1::PostgresqlStore store;
  store.set_password_variable("PASSERELLE_TEST_STORE_PASSWORD");
  unsetenv("PASSERELLE_TEST_STORE_PASSWORD");
  EXPECT_THAT(LoadStorePassword(store), HasReasonAt(Reason::kConfigInvalid, "postgresql_store.password_variable"));
  setenv("PASSERELLE_TEST_STORE_PASSWORD", "open sesame", 1);
  ASSERT_OK_AND_ASSIGN(const std::string password, LoadStorePassword(store));
  EXPECT_EQ(password, "open sesame");
  unsetenv("PASSERELLE_TEST_STORE_PASSWORD");
}

}  // namespace
}  // namespace passerelle::gateway
