#include "gateway/store/sqlite_store.h"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/sqlite_schema.h"
#include "tests/support/paths.h"
#include "tests/support/store_contract.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::ReasonOf;
using base::Record;
using base::Table;
using base::Transaction;

std::string FreshPath() {
  static int count = 0;
  std::string path = absl::StrCat(::testing::TempDir(), "/sqlite_store_", getpid(), "_", ++count, ".db");
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  return path;
}

std::unique_ptr<SqliteStore> OpenOrDie(const std::string& path) {
  auto store = SqliteStore::Open(path);
  EXPECT_TRUE(store.ok()) << store.status();
  return *std::move(store);
}

absl::Status Insert(base::Store& store, const std::string& key, const std::string& value) {
  Record record;
  record.key = key;
  record.value = value;
  return store.Write([&](Transaction& tx) { return tx.Insert(Table::kExchange, record); });
}

std::optional<std::string> Value(base::Store& store, const std::string& key) {
  std::optional<std::string> value;
  EXPECT_TRUE(store
                  .Read([&](Transaction& tx) -> absl::Status {
                    ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kExchange, key));
                    if (record.has_value()) value = record->value;
                    return absl::OkStatus();
                  })
                  .ok());
  return value;
}

// A limit on the size of files is the nearest thing to a full disk that a test can make.
class FullDisk {
 public:
  FullDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, SIG_IGN);
    rlimit small = before_;
    small.rlim_cur = rlim_t{512} << 10;
    setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &handle_), SQLITE_OK); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;
  ~RawDatabase() { sqlite3_close(handle_); }
  void Execute(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle_);
  }
  // The last column of every row.
  std::vector<std::string> Rows(const std::string& sql) {
    std::vector<std::string> rows;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(handle_);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      const int last = sqlite3_column_count(statement) - 1;
      rows.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, last)));
    }
    sqlite3_finalize(statement);
    return rows;
  }

 private:
  sqlite3* handle_ = nullptr;
};

TEST(SqliteStore, KeepsWhatWasWrittenWhenOpenedAgain) {
  const std::string path = FreshPath();
  const std::string bytes("\0\xff'--", 5);
  {
    auto store = OpenOrDie(path);
    ASSERT_TRUE(Insert(*store, bytes, bytes).ok());
  }
  EXPECT_EQ(Value(*OpenOrDie(path), bytes), bytes);
}

TEST(SqliteStore, KeepsWhatWasWrittenWhenTheProcessIsKilled) {
  const std::string path = FreshPath();
  const pid_t child = fork();
  if (child == 0) {
    auto store = SqliteStore::Open(path);
    if (store.ok() && Insert(**store, "a", "1").ok()) raise(SIGKILL);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(Value(*OpenOrDie(path), "a"), "1");
}

TEST(SqliteStore, LeavesNothingOfAWriteThatWasRefused) {
  const std::string path = FreshPath();
  auto store = OpenOrDie(path);
  Record record;
  record.key = "a";
  EXPECT_EQ(store
                ->Write([&](Transaction& tx) -> absl::Status {
                  RETURN_IF_ERROR(tx.Insert(Table::kExchange, record));
                  RETURN_IF_ERROR(tx.Insert(Table::kOutbox, record));
                  return absl::CancelledError("no");
                })
                .code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(Value(*store, "a"), std::nullopt);
  EXPECT_EQ(Value(*OpenOrDie(path), "a"), std::nullopt);
}

TEST(SqliteStore, LetsReadersSeeTheStateBeforeWhileAWriterWrites) {
  auto store = OpenOrDie(FreshPath());
  ASSERT_TRUE(Insert(*store, "a", "1").ok());
  ASSERT_TRUE(store
                  ->Write([&](Transaction& tx) -> absl::Status {
                    Record record;
                    record.key = "a";
                    record.value = "2";
                    RETURN_IF_ERROR(tx.Update(Table::kExchange, record));
                    std::thread([&] { EXPECT_EQ(Value(*store, "a"), "1"); }).join();
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Value(*store, "a"), "2");
}

// The first write is at work until all the others wait.
TEST(SqliteStore, MakesWritesThatWaitDurableTogether) {
  constexpr int kOthers = 8;
  const std::string path = FreshPath();
  auto store = OpenOrDie(path);
  const int64_t before = store->commits();
  std::vector<std::thread> others;
  absl::BlockingCounter ended(kOthers);
  EXPECT_TRUE(store
                  ->Write([&](Transaction& tx) -> absl::Status {
                    for (int i = 0; i < kOthers; ++i) {
                      others.emplace_back([&, i] {
                        const bool refused = i % 4 == 3;
                        const absl::Status written = store->Write([&](Transaction& part) -> absl::Status {
                          // The others' writes are there, those that were refused are not.
                          RETURN_IF_ERROR(part.Get(Table::kExchange, "first")->has_value()
                                              ? absl::OkStatus()
                                              : absl::InternalError("the first write is not there"));
                          Record record;
                          record.key = absl::StrCat("other ", i);
                          RETURN_IF_ERROR(part.Insert(Table::kExchange, record));
                          return refused ? absl::CancelledError("no") : absl::OkStatus();
                        });
                        EXPECT_EQ(written.code(), refused ? absl::StatusCode::kCancelled : absl::StatusCode::kOk);
                        // Another connection sees it: it is durable.
                        EXPECT_EQ(Value(*store, absl::StrCat("other ", i)).has_value(), !refused);
                        ended.DecrementCount();
                      });
                    }
                    Record record;
                    record.key = "first";
                    RETURN_IF_ERROR(tx.Insert(Table::kExchange, record));
                    while (store->waiting() < kOthers) std::this_thread::yield();
                    return absl::OkStatus();
                  })
                  .ok());
  ended.Wait();
  for (std::thread& other : others) other.join();
  EXPECT_LT(store->commits() - before, 1 + kOthers) << "they did not share a transaction";
  EXPECT_EQ(RawDatabase(path).Rows("SELECT count(*) FROM exchange"), std::vector<std::string>{"7"});
}

// Where the disk is full, nothing of a group counts.
TEST(SqliteStore, AFailureUndoesTheWholeGroup) {
  const std::string path = FreshPath();
  auto store = OpenOrDie(path);
  std::thread second;
  absl::Status second_status;
  const absl::Status first = store->Write([&](Transaction& tx) -> absl::Status {
    second = std::thread([&] {
      second_status = store->Write([&](Transaction& part) -> absl::Status {
        const FullDisk full;
        Record record;
        record.key = "large";
        record.value = std::string(size_t{16} << 20, 'x');
        return part.Insert(Table::kExchange, record);
      });
    });
    Record record;
    record.key = "small";
    RETURN_IF_ERROR(tx.Insert(Table::kExchange, record));
    while (store->waiting() < 1) std::this_thread::yield();
    return absl::OkStatus();
  });
  second.join();
  EXPECT_EQ(ReasonOf(second_status), Reason::kStoreUnavailable);
  EXPECT_EQ(first, second_status) << "what it wrote is gone";
  EXPECT_EQ(Value(*store, "small"), std::nullopt);
  EXPECT_TRUE(Insert(*store, "small", "again").ok());
}

TEST(SqliteStore, RefusesToWriteInARead) {
  auto store = OpenOrDie(FreshPath());
  const absl::Status status = store->Read([&](Transaction& tx) { return tx.Insert(Table::kExchange, Record()); });
  EXPECT_EQ(ReasonOf(status), Reason::kInternal);
}

TEST(SqliteStore, MakesFilesThatOnlyTheOwnerCanUse) {
  const std::string path = FreshPath();
  const mode_t before = umask(0);
  auto store = OpenOrDie(path);
  ASSERT_TRUE(Insert(*store, "a", "1").ok());
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info = {};
    ASSERT_EQ(stat((path + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST(SqliteStore, IsDurableAgainstPowerLoss) {
  const std::string path = FreshPath();
  auto store = OpenOrDie(path);
  RawDatabase raw(path);
  EXPECT_EQ(raw.Rows("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST(SqliteStore, RefusesASchemaOfANewerVersion) {
  const std::string path = FreshPath();
  OpenOrDie(path);
  RawDatabase(path).Execute(absl::StrCat("PRAGMA user_version = ", kSchemaVersion + 1));
  const auto store = SqliteStore::Open(path);
  EXPECT_EQ(ReasonOf(store.status()), Reason::kStoreNewer);
  EXPECT_EQ(base::PlaceOf(store.status()), "schema version");
}

TEST(SqliteStore, RefusesAFileThatIsNoStore) {
  const std::string path = FreshPath();
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_EQ(ReasonOf(SqliteStore::Open(path).status()), Reason::kStoreUnavailable);
}

TEST(SqliteStore, RefusesAFolderThatIsNotThere) {
  EXPECT_EQ(ReasonOf(SqliteStore::Open("/nonexistent/store.db").status()), Reason::kStoreUnavailable);
}

TEST(SqliteStore, SaysSoWhenTheFileIsCorrupted) {
  const std::string path = FreshPath();
  {
    auto store = OpenOrDie(path);
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(Insert(*store, absl::StrCat(i), std::string(1000, 'v')).ok());
  }
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    for (int i = 0; i < 100; ++i) file << std::string(4096, '\xee');
  }
  auto store = SqliteStore::Open(path);
  const absl::Status status = store.ok() ? Insert(**store, "new", "v") : store.status();
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable) << status;
}

TEST(SqliteStore, SaysSoWhenTheDiskIsFullAndKeepsWhatWasThere) {
  const std::string path = FreshPath();
  auto store = OpenOrDie(path);
  ASSERT_TRUE(Insert(*store, "a", "1").ok());
  absl::Status status;
  {
    const FullDisk full;
    status = Insert(*store, "b", std::string(4 << 20, 'x'));
  }
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable) << status;
  EXPECT_EQ(Value(*store, "a"), "1");
  EXPECT_EQ(Value(*store, "b"), std::nullopt);
  EXPECT_TRUE(Insert(*store, "b", "2").ok());
}

TEST(SqliteStore, FindsEveryRecordByAnIndex) {
  const std::string path = FreshPath();
  OpenOrDie(path);
  RawDatabase raw(path);
  for (const Table table : kTables) {
    for (size_t i = 0; i < kStoreStatementCount; ++i) {
      const std::string sql = StatementSql(table, static_cast<StoreStatement>(i));
      for (const std::string& step : raw.Rows("EXPLAIN QUERY PLAN " + sql)) {
        EXPECT_TRUE(absl::StartsWith(step, "SEARCH ")) << sql << ": " << step;
      }
    }
  }
}

// The queue of recognition cases and their clocks: docs/operating/cases.md states these plans.
TEST(SqliteStore, FindsDueCasesAndTheQueueByTheIndexesThatThePageNames) {
  const std::string path = FreshPath();
  OpenOrDie(path);
  RawDatabase raw(path);
  std::stringstream page;
  page << std::ifstream(absl::StrCat(::passerelle::testing::kSourceDir, "/docs/operating/cases.md")).rdbuf();
  for (const StoreStatement statement :
       {StoreStatement::kDue, StoreStatement::kListFirst, StoreStatement::kListAfter, StoreStatement::kGet}) {
    const std::vector<std::string> plan = raw.Rows("EXPLAIN QUERY PLAN " + StatementSql(Table::kCase, statement));
    ASSERT_EQ(plan.size(), 1u);
    EXPECT_TRUE(absl::StrContains(page.str(), "`" + plan[0] + "`")) << plan[0];
  }
}

}  // namespace

using ::passerelle::testing::StoreContract;
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         ::testing::Values(::passerelle::testing::StoreFactory([] { return OpenOrDie(FreshPath()); })));

}  // namespace passerelle::gateway
