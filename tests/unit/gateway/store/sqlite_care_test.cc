#include "gateway/store/sqlite_care.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/maintenance.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::Record;
using base::Table;
using base::Transaction;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::Not;

class SqliteCareTest : public ::testing::Test {
 protected:
  SqliteCareTest() : folder_(absl::StrCat(::testing::TempDir(), "/sqlite_care_", getpid(), "_", count++)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~SqliteCareTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_, "/", name); }
  std::unique_ptr<SqliteStore> Open() const { return *SqliteStore::Open(Path("store")); }
  static absl::Status Insert(base::Store& store, const std::string& key) {
    Record record;
    record.key = key;
    record.value = std::string(2000, 'v');
    return store.Write([&](Transaction& tx) { return tx.Insert(Table::kExchange, record); });
  }
  // What `passerelle store check` says of a file.
  static absl::StatusOr<StoreReport> Check(const std::string& path) {
    config::v1::NodeConfig config;
    config.set_store(path);
    return CheckWholeStore(config);
  }
  static int64_t Exchanges(const StoreReport& report) {
    for (const TableCount& table : report.tables) {
      if (table.table == "exchange") return table.records;
    }
    return -1;
  }
  // Changes bytes in the middle of a file.
  void Damage(const std::string& name) const {
    std::fstream file(Path(name), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(Path(name)) / 2));
    file << std::string(4096, '\xff');
  }

  static inline int count = 0;
  const std::string folder_;
};

TEST_F(SqliteCareTest, BacksUpARunningStoreAndRestoresIt) {
  {
    const auto store = Open();
    ASSERT_THAT(Insert(*store, "a"), IsOk());
    ASSERT_THAT(Insert(*store, "b"), IsOk());
    ASSERT_OK_AND_ASSIGN(const StoreReport backed_up, BackUpSqliteStore(Path("store"), Path("backup")));
    EXPECT_EQ(Exchanges(backed_up), 2);
    EXPECT_EQ(backed_up.schema_version, kSchemaVersion);
    ASSERT_THAT(Insert(*store, "c"), IsOk());
    ASSERT_OK_AND_ASSIGN(const StoreReport now, Check(Path("store")));
    EXPECT_EQ(Exchanges(now), 3);
    EXPECT_THAT(RestoreSqliteStore(Path("backup"), Path("store")), HasReasonAt(Reason::kStoreInUse, Path("store")));
  }
  struct stat info = {};
  ASSERT_EQ(stat(Path("backup").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(Path("backup-wal")));

  ASSERT_THAT(RestoreSqliteStore(Path("backup"), Path("store")), IsOk());
  ASSERT_OK_AND_ASSIGN(const StoreReport restored, Check(Path("store")));
  EXPECT_EQ(Exchanges(restored), 2);
  ASSERT_OK_AND_ASSIGN(const StoreReport replaced, Check(ReplacedStorePath(Path("store"))));
  EXPECT_EQ(Exchanges(replaced), 3) << "what was in the write-ahead log of the store before is kept too";
  ASSERT_THAT(Insert(*Open(), "d"), IsOk());
}

TEST_F(SqliteCareTest, RestoresWhereNoStoreIs) {
  ASSERT_THAT(Insert(*Open(), "a"), IsOk());
  ASSERT_THAT(BackUpSqliteStore(Path("store"), Path("backup")), IsOk());
  std::filesystem::remove(Path("store"));
  ASSERT_OK_AND_ASSIGN(const StoreReport restored, RestoreSqliteStore(Path("backup"), Path("store")));
  EXPECT_EQ(Exchanges(restored), 1);
  EXPECT_FALSE(std::filesystem::exists(ReplacedStorePath(Path("store"))));
}

TEST_F(SqliteCareTest, ABackupIsOneMomentWhileOthersWrite) {
  const auto store = Open();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    // Two records a transaction: a backup with an odd number would have torn one apart.
    for (int i = 0; i < 2000 && !stop; ++i) {
      EXPECT_THAT(store->Write([&](Transaction& tx) -> absl::Status {
        Record record;
        record.key = absl::StrCat("a", i);
        RETURN_IF_ERROR(tx.Insert(Table::kExchange, record));
        record.key = absl::StrCat("b", i);
        return tx.Insert(Table::kExchange, record);
      }),
                  IsOk());
    }
  });
  int64_t before = 0;
  for (int i = 0; i < 5; ++i) {
    const auto state = BackUpSqliteStore(Path("store"), Path(absl::StrCat("backup", i)));
    EXPECT_THAT(state, IsOk());
    if (!state.ok()) break;
    EXPECT_EQ(Exchanges(*state) % 2, 0);
    EXPECT_GE(Exchanges(*state), before);
    before = Exchanges(*state);
  }
  stop = true;
  writer.join();
}

TEST_F(SqliteCareTest, FindsDamage) {
  {
    const auto store = Open();
    for (int i = 0; i < 50; ++i) ASSERT_THAT(Insert(*store, absl::StrCat(i)), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const StoreReport whole, Check(Path("store")));
  EXPECT_THAT(whole.findings, IsEmpty());
  ASSERT_THAT(BackUpSqliteStore(Path("store"), Path("backup")), IsOk());
  Damage("store");
  EXPECT_THAT(Check(Path("store")), HasReasonAt(Reason::kStoreDamaged, Path("store")));
  EXPECT_THAT(BackUpSqliteStore(Path("store"), Path("of damage")), HasReason(Reason::kStoreDamaged));
  EXPECT_FALSE(std::filesystem::exists(Path("of damage")));
  EXPECT_FALSE(std::filesystem::exists(Path("of damage.partial")));
  ASSERT_THAT(RestoreSqliteStore(Path("backup"), Path("store")), IsOk());
  ASSERT_OK_AND_ASSIGN(const StoreReport restored, Check(Path("store")));
  EXPECT_THAT(restored.findings, IsEmpty());
  EXPECT_EQ(Exchanges(restored), 50);
}

TEST_F(SqliteCareTest, RefusesWhatItCannotUse) {
  ASSERT_THAT(Insert(*Open(), "a"), IsOk());
  ASSERT_THAT(BackUpSqliteStore(Path("store"), Path("backup")), IsOk());
  EXPECT_THAT(BackUpSqliteStore(Path("store"), Path("backup")), HasReasonAt(Reason::kOutputExists, Path("backup")));
  EXPECT_THAT(BackUpSqliteStore(Path("store"), Path("none/backup")), HasReason(Reason::kOutputNotWritable));
  EXPECT_THAT(BackUpSqliteStore(Path("none"), Path("new")), HasReasonAt(Reason::kInputNotReadable, Path("none")));
  EXPECT_FALSE(std::filesystem::exists(Path("none"))) << "looking makes no store";
  std::ofstream(Path("text")) << "no store";
  std::ofstream(Path("empty"));
  EXPECT_THAT(Check(Path("text")), HasReasonAt(Reason::kStoreDamaged, Path("text")));
  ASSERT_OK_AND_ASSIGN(const StoreReport empty, Check(Path("empty")));
  EXPECT_THAT(empty.findings, Not(IsEmpty()));
  for (const char* name : {"text", "empty"}) {
    EXPECT_THAT(RestoreSqliteStore(Path(name), Path("store")), HasReasonAt(Reason::kStoreDamaged, Path(name)));
  }
  sqlite3* newer = nullptr;
  ASSERT_EQ(sqlite3_open(Path("newer").c_str(), &newer), SQLITE_OK);
  sqlite3_exec(newer, absl::StrCat("PRAGMA user_version = ", kSchemaVersion + 1).c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(newer);
  EXPECT_THAT(RestoreSqliteStore(Path("newer"), Path("store")), HasReason(Reason::kStoreNewer));
  ASSERT_THAT(RestoreSqliteStore(Path("backup"), Path("store")), IsOk());
  EXPECT_THAT(RestoreSqliteStore(Path("backup"), Path("store")),
              HasReasonAt(Reason::kOutputExists, ReplacedStorePath(Path("store"))));
}

}  // namespace
}  // namespace passerelle::gateway
