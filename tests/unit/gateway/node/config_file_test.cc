#include "gateway/node/config_file.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/problem.h"
#include "gateway/config/node_config.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using ::passerelle::testing::HasReason;
using ::passerelle::testing::IsOkAndHolds;

constexpr char kStatistics[] = "passerelle.statistics.v1.StatisticsService";
constexpr char kClients[] = R"(node: NO
node_map: map.yaml
message_key: message.key
store: store.db
client_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
  open_services: [OPEN]
  clients:
  - {id: CLIENT, certificate_sha256: "DIGEST", services: [passerelle.exchange.v1.ExchangeService]}
peer_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
statistics_folders: [cubes]
)";

class ConfigFileTest : public ::testing::Test {
 protected:
  ConfigFileTest() : path_(absl::StrCat(::testing::TempDir(), "/config_file_", getpid(), ".yaml")) {}
  ~ConfigFileTest() override {
    std::fclose(log_stream_);
    std::filesystem::remove(path_);
  }

  void Put(const std::string& client, const std::string& open) const {
    std::ofstream(path_ + ".new") << absl::StrReplaceAll(
        kClients, {{"CLIENT", client}, {"OPEN", open}, {"DIGEST", std::string(64, '1')}});
    std::filesystem::rename(path_ + ".new", path_);
  }
  // Who calls with the certificate of the one client, and who without one.
  absl::StatusOr<std::string> Client() const {
    return Who(std::string(64, '1'), "passerelle.exchange.v1.ExchangeService");
  }
  absl::StatusOr<std::string> Stranger() const {
    return Who(base::Problem(base::Reason::kClientUnknown, "certificate"), kStatistics);
  }
  absl::StatusOr<std::string> Who(absl::StatusOr<std::string> certificate, const char* service) const {
    CallerCredentials caller;
    caller.certificate_sha256 = std::move(certificate);
    return table_.Authorise(caller, service, nullptr);
  }

  const std::string path_;
  std::FILE* const log_stream_ = std::tmpfile();
  Log log_{log_stream_};
  ClientTable table_;
};

// The log says of what is open that it needs a restart, and so it does.
TEST_F(ConfigFileTest, TakesOverClientsAndNotWhatIsOpen) {
  struct Row {
    const char* name;
    std::string before;
    std::string after;
    bool open;
  };
  for (const Row& row : {Row{"opened later", "", kStatistics, false}, Row{"closed later", kStatistics, "", true}}) {
    SCOPED_TRACE(row.name);
    Put("portal", row.before);
    ASSERT_OK_AND_ASSIGN(const config::v1::NodeConfig config, LoadNodeConfig(path_));
    ConfigFile file(path_, {}, config, &table_, &log_);
    // Twice: what was read last is no start either.
    for (const char* const client : {"office", "desk"}) {
      Put(client, row.after);
      file.Refresh();
      EXPECT_THAT(Client(), IsOkAndHolds(client));
      if (row.open) {
        EXPECT_THAT(Stranger(), IsOkAndHolds(std::string(kAnybody)));
      } else {
        EXPECT_THAT(Stranger(), HasReason(base::Reason::kClientUnknown));
      }
    }
  }
}

}  // namespace
}  // namespace passerelle::gateway
