// The tools for stores: what they make, find and copy, between both kinds.
#include "gateway/store/maintenance.h"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/record_source.h"
#include "gateway/store/schema.h"
#include "tests/support/postgresql_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::Record;
using base::Table;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::PostgresqlServer;

class MaintenanceTest : public ::testing::Test {
 protected:
  MaintenanceTest() : folder_(absl::StrCat(::testing::TempDir(), "/maintenance_", getpid())) {
    std::filesystem::create_directories(folder_);
    sqlite_.set_store(folder_ + "/a.db");
  }
  ~MaintenanceTest() override { std::filesystem::remove_all(folder_); }

  // A node's records in more than one batch, with bytes that a text could not hold.
  static void Fill(const config::v1::NodeConfig& config) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<base::Store> store, MakeStoreTools().open(config));
    ASSERT_OK(store->Write([](base::Transaction& tx) -> absl::Status {
      for (int i = 99; i >= 0; --i) {
        RETURN_IF_ERROR(tx.Insert(
            Table::kExchange, {.key = absl::StrCat("k", i),
                               .value = std::string("\0\xff\n'", 4) + std::string(i, 'v'),
                               .group = i % 3 == 0 ? "" : "client",
                               .due = i % 2 == 0 ? absl::InfiniteFuture() : absl::FromUnixMillis(1893553445250 + i)}));
      }
      RETURN_IF_ERROR(tx.Insert(Table::kInbox, {.key = "m", .value = "", .due = absl::InfinitePast()}));
      return tx.Insert(Table::kSetting, {.key = std::string("\0", 1), .value = "x"});
    }));
  }

  static std::vector<Record> All(const config::v1::NodeConfig& config, Table table) {
    auto source = OpenRecordSource(config, Others::kWrite);
    EXPECT_OK(source.status());
    auto rows = (*source)->Next(table, 0, 1000);
    EXPECT_OK(rows.status());
    std::vector<Record> records;
    for (NumberedRecord& row : *rows) records.push_back(std::move(row.record));
    return records;
  }

  static void ExpectSame(const config::v1::NodeConfig& one, const config::v1::NodeConfig& other) {
    for (const Table table : kTables) {
      const std::vector<Record> a = All(one, table);
      const std::vector<Record> b = All(other, table);
      ASSERT_EQ(a.size(), b.size()) << TableName(table);
      for (size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].key, b[i].key);
        EXPECT_EQ(a[i].value, b[i].value);
        EXPECT_EQ(a[i].group, b[i].group);
        EXPECT_EQ(a[i].due, b[i].due);
      }
    }
  }

  void Execute(const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(sqlite_.store().c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }

  const std::string folder_;
  config::v1::NodeConfig sqlite_;
};

TEST_F(MaintenanceTest, MigratesOnce) {
  ASSERT_OK_AND_ASSIGN(Migration made, MigrateStore(sqlite_));
  EXPECT_EQ(made.from, 0);
  EXPECT_EQ(made.to, kSchemaVersion);
  ASSERT_OK_AND_ASSIGN(made, MigrateStore(sqlite_));
  EXPECT_EQ(made.from, kSchemaVersion);
}

TEST_F(MaintenanceTest, CountsWhatIsThere) {
  Fill(sqlite_);
  ASSERT_OK_AND_ASSIGN(const StoreReport report, CheckWholeStore(sqlite_));
  EXPECT_EQ(report.kind, "sqlite");
  EXPECT_TRUE(report.findings.empty()) << report.findings[0];
  ASSERT_EQ(report.tables.size(), kTables.size());
  EXPECT_EQ(report.tables[2].table, "exchange");
  EXPECT_EQ(report.tables[2].records, 100);
}

TEST_F(MaintenanceTest, FindsWhatIsMissing) {
  Fill(sqlite_);
  Execute("DROP INDEX outbox_by_due");
  ASSERT_OK_AND_ASSIGN(StoreReport report, CheckWholeStore(sqlite_));
  EXPECT_EQ(report.findings.size(), 1u);
  Execute(absl::StrCat("PRAGMA user_version = ", kSchemaVersion + 1));
  ASSERT_OK_AND_ASSIGN(report, CheckWholeStore(sqlite_));
  EXPECT_EQ(report.findings.size(), 1u);
  config::v1::NodeConfig none;
  none.set_store(folder_ + "/none.db");
  EXPECT_THAT(CheckWholeStore(none).status(), HasReasonAt(Reason::kStoreUnavailable, none.store()));
  EXPECT_FALSE(std::filesystem::exists(none.store())) << "checking made a store";
}

TEST_F(MaintenanceTest, BacksUpAndRestoresSqliteAlone) {
  Fill(sqlite_);
  const StoreTools tools = MakeStoreTools();
  ASSERT_OK_AND_ASSIGN(const StoreReport backed_up, tools.back_up(sqlite_, folder_ + "/backup"));
  EXPECT_EQ(backed_up.tables[2].records, 100);
  config::v1::NodeConfig other;
  other.set_store(folder_ + "/b.db");
  ASSERT_OK(tools.restore(other, folder_ + "/backup").status());
  ExpectSame(sqlite_, other);
  config::v1::NodeConfig postgresql;
  postgresql.mutable_postgresql_store()->set_connection("host=127.0.0.1");
  EXPECT_THAT(tools.back_up(postgresql, folder_ + "/refused"), HasReasonAt(Reason::kConfigInvalid, "postgresql_store"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/refused"));
  EXPECT_THAT(tools.restore(postgresql, folder_ + "/backup"), HasReasonAt(Reason::kConfigInvalid, "postgresql_store"));
}

TEST_F(MaintenanceTest, CopiesBetweenBothKinds) {
  const auto server = PostgresqlServer::Start();
  if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
  config::v1::NodeConfig postgresql;
  postgresql.mutable_postgresql_store()->set_connection((*server)->ConnectionString());
  postgresql.mutable_postgresql_store()->set_schema("node_no");
  postgresql.mutable_postgresql_store()->set_connections(4);
  postgresql.mutable_postgresql_store()->mutable_time_limit()->set_seconds(5);
  EXPECT_THAT(CheckWholeStore(postgresql).status(), HasReasonAt(Reason::kStoreUnavailable, "node_no"));
  Fill(sqlite_);
  ASSERT_OK_AND_ASSIGN(const StoreReport copied, CopyStore(sqlite_, postgresql));
  EXPECT_EQ(copied.tables[2].records, 100);
  ExpectSame(sqlite_, postgresql);
  EXPECT_THAT(CopyStore(sqlite_, postgresql).status(), HasReasonAt(Reason::kOutputExists, "to"));
  config::v1::NodeConfig back;
  back.set_store(folder_ + "/b.db");
  ASSERT_OK(CopyStore(postgresql, back).status());
  ExpectSame(sqlite_, back);
  // This server's files are not synchronised, which a check must not keep quiet about.
  ASSERT_OK_AND_ASSIGN(const StoreReport checked, CheckWholeStore(postgresql));
  EXPECT_TRUE(checked.findings.empty());
  ASSERT_EQ(checked.risks.size(), 1u);
  EXPECT_THAT(checked.risks[0], ::testing::HasSubstr("fsync"));
}

TEST_F(MaintenanceTest, CopiesNothingFromAStoreThatSomebodyWritesTo) {
  Fill(sqlite_);
  auto source = OpenRecordSource(sqlite_, Others::kWait);
  ASSERT_OK(source.status());
  config::v1::NodeConfig other;
  other.set_store(folder_ + "/b.db");
  EXPECT_THAT(CopyStore(sqlite_, other).status(), HasReasonAt(Reason::kStoreInUse, sqlite_.store()));
}

}  // namespace
}  // namespace passerelle::gateway
