// The store in PostgreSQL, on a real server of this test: the contract of every store, and what only a server can do to
// us.
#include "gateway/store/postgres_store.h"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "tests/support/postgresql_server.h"
#include "tests/support/store_contract.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::ReasonOf;
using base::Record;
using base::Table;
using base::Transaction;
using ::passerelle::testing::PostgresqlServer;

// One server for the contract; tests that stop theirs have their own.
PostgresqlServer* SharedServer() {
  // Destroyed at exit, since its processes would go on.
  static const absl::StatusOr<std::unique_ptr<PostgresqlServer>> server = PostgresqlServer::Start();
  if (!server.ok()) std::fprintf(stderr, "SKIPPED: %s\n", std::string(server.status().message()).c_str());
  return server.ok() ? server->get() : nullptr;
}

PostgresOptions OptionsFor(const PostgresqlServer& server) {
  static std::atomic<int> count = 0;
  PostgresOptions options;
  options.connection = server.ConnectionString();
  options.schema = absl::StrCat("node_", ++count);
  return options;
}

std::unique_ptr<base::Store> FreshStore() {
  PostgresqlServer* const server = SharedServer();
  if (server == nullptr) return nullptr;
  auto store = PostgresStore::Open(OptionsFor(*server));
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

absl::Status Insert(base::Store& store, const std::string& key, const std::string& value) {
  return store.Write([&](Transaction& tx) { return tx.Insert(Table::kExchange, {.key = key, .value = value}); });
}

absl::StatusOr<std::string> Value(base::Store& store, const std::string& key) {
  std::string value = "nothing";
  RETURN_IF_ERROR(store.Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kExchange, key));
    if (record.has_value()) value = record->value;
    return absl::OkStatus();
  }));
  return value;
}

class PostgresStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PostgresqlServer::Start();
    if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
    server_ = *std::move(server);
    options_ = OptionsFor(*server_);
    options_.time_limit = absl::Seconds(2);
  }
  std::unique_ptr<PostgresStore> Open() {
    auto store = PostgresStore::Open(options_);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  std::string Count(const std::string& table) {
    return server_->Ask(absl::StrCat("SELECT count(*) FROM ", options_.schema, ".", table));
  }

  std::unique_ptr<PostgresqlServer> server_;
  PostgresOptions options_;
};

TEST_F(PostgresStoreTest, GoesOnAfterTheDatabaseWasAway) {
  auto store = Open();
  ASSERT_OK(Insert(*store, "a", "1"));
  server_->Stop();
  const absl::Time begin = absl::Now();
  const absl::Status away = Insert(*store, "b", "2");
  EXPECT_EQ(ReasonOf(away), Reason::kStoreUnavailable) << away;
  EXPECT_TRUE(base::Catalogue(ReasonOf(away)).retryable);
  EXPECT_EQ(ReasonOf(Value(*store, "a").status()), Reason::kStoreUnavailable);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  ASSERT_OK(server_->Restart());
  EXPECT_OK(Insert(*store, "b", "2"));
  EXPECT_THAT(Value(*store, "a"), testing::IsOkAndHolds("1"));
  EXPECT_THAT(Value(*store, "b"), testing::IsOkAndHolds("2"));
}

TEST_F(PostgresStoreTest, RunsWorkAgainWhoseConnectionWasLostBeforeItWasCommitted) {
  auto store = Open();
  int runs = 0;
  EXPECT_OK(store->Write([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(Table::kExchange, {.key = "a", .value = absl::StrCat(++runs)}));
    if (runs == 1) {
      server_->Ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'passerelle'");
    }
    return tx.Insert(Table::kOutbox, {.key = "a", .value = ""});
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(Value(*store, "a"), testing::IsOkAndHolds("2"));
  EXPECT_EQ(Count("outbox"), "1");
}

TEST_F(PostgresStoreTest, DoesNotRunWorkAgainThatMayBeDurable) {
  // A trigger that is deferred to the commit ends the connection in the middle of it.
  auto store = Open();
  server_->Execute(
      absl::StrCat("CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                   "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; "
                   "END $$; CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON ",
                   options_.schema, ".exchange DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()"));
  int runs = 0;
  const absl::Status status = store->Write([&](Transaction& tx) {
    ++runs;
    return tx.Insert(Table::kExchange, {.key = "a", .value = ""});
  });
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable) << status;
  EXPECT_EQ(runs, 1);
}

TEST_F(PostgresStoreTest, SolvesADeadlock) {
  options_.time_limit = absl::Seconds(60);
  auto store = Open();
  ASSERT_OK(Insert(*store, "a", ""));
  ASSERT_OK(Insert(*store, "b", ""));
  std::atomic<int> runs = 0;
  std::atomic<int> held = 0;
  const auto both = [&](const std::string& first, const std::string& second) {
    return store->Write([&](Transaction& tx) -> absl::Status {
      ++runs;
      for (const std::string& key : {first, second}) {
        ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kExchange, key));
        record->value += "x";
        RETURN_IF_ERROR(tx.Update(Table::kExchange, *record));
        // Neither goes on before both hold what the other wants.
        ++held;
        for (int waits = 0; held < 2 && waits < 500; ++waits) absl::SleepFor(absl::Milliseconds(10));
      }
      return absl::OkStatus();
    });
  };
  absl::Status other;
  std::thread thread([&] { other = both("b", "a"); });
  EXPECT_OK(both("a", "b"));
  thread.join();
  EXPECT_OK(other);
  EXPECT_GT(runs, 2) << "there was no deadlock";
  EXPECT_THAT(Value(*store, "a"), testing::IsOkAndHolds("xx"));
  EXPECT_THAT(Value(*store, "b"), testing::IsOkAndHolds("xx"));
}

// What was looked for in vain and is there after all is a conflict, whatever is done with it.
TEST_F(PostgresStoreTest, RunsWorkAgainThatDidNotSeeWhatAnotherWriterMade) {
  const auto store = Open();
  const auto other = Open();
  const auto update = [](Transaction& tx, const std::string& key) {
    return tx.Update(Table::kExchange, {.key = key, .value = "mine"});
  };
  const auto insert = [](Transaction& tx, const std::string& key) {
    return tx.Insert(Table::kExchange, {.key = key, .value = "mine"});
  };
  const auto get = [](Transaction& tx, const std::string& key) { return tx.Get(Table::kExchange, key).status(); };
  const auto remove = [](Transaction& tx, const std::string& key) { return tx.Delete(Table::kExchange, key); };
  const std::vector<std::function<absl::Status(Transaction&, const std::string&)>> steps = {update, insert, get,
                                                                                            remove};
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string key = absl::StrCat("key-", i);
    int runs = 0;
    const absl::Status status = store->Write([&](Transaction& tx) -> absl::Status {
      ++runs;
      ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kExchange, key));
      if (record.has_value()) return absl::OkStatus();
      EXPECT_TRUE(Insert(*other, key, "theirs").ok());
      return steps[i](tx, key);
    });
    EXPECT_TRUE(status.ok()) << i << " " << status;
    EXPECT_EQ(runs, 2) << i;
    EXPECT_EQ(Value(*store, key).value_or(""), "theirs") << i;
  }
}

TEST_F(PostgresStoreTest, WaitsForOthersNoLongerThanTheLimit) {
  options_.time_limit = absl::Seconds(1);
  auto store = Open();
  ASSERT_OK(Insert(*store, "a", "1"));
  absl::Notification held, done;
  std::thread holder([&] {
    EXPECT_OK(store->Write([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Get(Table::kExchange, "a").status());
      held.Notify();
      done.WaitForNotification();
      return absl::OkStatus();
    }));
  });
  held.WaitForNotification();
  const absl::Time begin = absl::Now();
  const absl::Status status =
      store->Write([](Transaction& tx) { return tx.Update(Table::kExchange, {.key = "a", .value = "2"}); });
  EXPECT_THAT(status, testing::HasReasonAt(Reason::kStoreUnavailable, "exchange"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(4));
  // Readers wait for nobody.
  EXPECT_THAT(Value(*store, "a"), testing::IsOkAndHolds("1"));
  done.Notify();
  holder.join();
}

TEST_F(PostgresStoreTest, HasNoMoreConnectionsThanAllowed) {
  options_.connections = 2;
  options_.time_limit = absl::Milliseconds(500);
  auto store = Open();
  absl::Notification done;
  std::atomic<int> inside = 0;
  std::vector<std::thread> holders;
  for (int i = 0; i < 2; ++i) {
    holders.emplace_back([&] {
      EXPECT_OK(store->Read([&](Transaction&) {
        ++inside;
        done.WaitForNotification();
        return absl::OkStatus();
      }));
    });
  }
  while (inside < 2) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_THAT(Insert(*store, "a", ""), testing::HasReasonAt(Reason::kStoreUnavailable, "postgresql"));
  // With the one for hints.
  EXPECT_EQ(server_->Ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'passerelle'"), "3");
  done.Notify();
  for (std::thread& holder : holders) holder.join();
  EXPECT_OK(Insert(*store, "a", ""));
}

TEST_F(PostgresStoreTest, SaysSoWhenTheDatabaseIsReadOnly) {
  auto store = Open();
  server_->Execute("ALTER DATABASE postgres SET default_transaction_read_only = on");
  server_->Ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'passerelle'");
  const absl::Status status = Insert(*store, "a", "");
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable);
  EXPECT_EQ(base::DetailOf(status), "the database is read-only");
}

TEST_F(PostgresStoreTest, SaysSoWhenTheServerTakesNoMoreConnections) {
  Open();
  server_->Execute(
      absl::StrCat("CREATE ROLE few LOGIN CONNECTION LIMIT 0; GRANT ALL ON SCHEMA ", options_.schema, " TO few"));
  options_.connection = absl::StrReplaceAll(options_.connection, {{"user=owner", "user=few"}});
  const absl::Status status = PostgresStore::Open(options_).status();
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable);
  EXPECT_EQ(base::DetailOf(status), "the database has too many connections");
}

TEST_F(PostgresStoreTest, SaysSoWhenTheRoleLacksARight) {
  Open();
  server_->Execute(absl::StrCat("CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA ", options_.schema,
                                " TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA ", options_.schema, " TO reader"));
  options_.connection = absl::StrReplaceAll(options_.connection, {{"user=owner", "user=reader"}});
  auto store = Open();
  EXPECT_TRUE(absl::StrContains(Insert(*store, "a", "").message(), "the role lacks a right"));
  options_.schema = "not_made";
  EXPECT_EQ(ReasonOf(PostgresStore::Open(options_).status()), Reason::kStoreUnavailable);
}

TEST_F(PostgresStoreTest, SaysSoWhenTheServerCannotGrowAndKeepsWhatWasThere) {
  auto store = Open();
  ASSERT_OK(Insert(*store, "a", "1"));
  server_->Stop();
  ASSERT_OK(server_->Restart(/*file_kib_most=*/20 << 10));
  std::string bytes(4 << 20, '\0');
  uint64_t state = 1;
  for (char& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  absl::Status status;
  int stored = 0;
  for (; stored < 10 && status.ok(); ++stored) status = Insert(*store, absl::StrCat("big", stored), bytes);
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable) << status;
  EXPECT_THAT(Value(*store, "a"), testing::IsOkAndHolds("1"));
  EXPECT_THAT(Value(*store, absl::StrCat("big", stored - 1)), testing::IsOkAndHolds("nothing"));
  server_->Stop();
  ASSERT_OK(server_->Restart());
  EXPECT_OK(Insert(*store, "b", "2"));
}

TEST_F(PostgresStoreTest, RefusesASchemaThatIsNotThisVersions) {
  Open();
  const std::string table = absl::StrCat(options_.schema, ".schema_change");
  server_->Execute(absl::StrCat("INSERT INTO ", table, " VALUES (", kSchemaVersion + 1, ", ", kSchemaVersion, ", '')"));
  Open();
  server_->Execute(absl::StrCat("UPDATE ", table, " SET oldest_program = ", kSchemaVersion + 1,
                                " WHERE version = ", kSchemaVersion + 1));
  EXPECT_THAT(PostgresStore::Open(options_).status(), testing::HasReasonAt(Reason::kStoreNewer, "schema version"));
  server_->Execute(absl::StrCat("DELETE FROM ", table, " WHERE version > ", kSchemaVersion));
  Open();
  server_->Execute(absl::StrCat("UPDATE ", table, " SET sha256 = 'other'"));
  EXPECT_THAT(PostgresStore::Open(options_).status(),
              testing::HasReasonAt(Reason::kStoreUnavailable, "schema version"));
}

TEST_F(PostgresStoreTest, IsMadeOnceByReplicasThatStartTogether) {
  std::vector<absl::Status> statuses(4);
  std::vector<std::thread> threads;
  for (absl::Status& status : statuses) {
    threads.emplace_back([this, &status] { status = PostgresStore::Open(options_).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(statuses, ::testing::Each(testing::IsOk()));
  EXPECT_EQ(Count("schema_change"), absl::StrCat(kSchemaVersion));
}

TEST_F(PostgresStoreTest, KeepsTheSchemasOfNodesApart) {
  auto store = Open();
  ASSERT_OK(Insert(*store, "a", "1"));
  options_.schema = "another_node";
  EXPECT_THAT(Value(*Open(), "a"), testing::IsOkAndHolds("nothing"));
}

TEST_F(PostgresStoreTest, IsDurableWhateverTheRoleSays) {
  server_->Execute("ALTER ROLE owner SET synchronous_commit = off");
  auto connection = PostgresConnection::Open(options_);
  ASSERT_TRUE(connection.ok()) << connection.status();
  const auto shown = (*connection)->Execute("SHOW synchronous_commit");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_STREQ(PQgetvalue(shown->get(), 0, 0), "on");
}

TEST_F(PostgresStoreTest, HintsTheOtherReplicasAtWhatIsDue) {
  auto first = Open();
  auto second = Open();
  std::atomic<int> own = 0;
  std::atomic<int> looks = 0;
  first->OnHint([&] { ++own; });
  second->OnHint([&] { ++looks; });
  // Until both listen, and again after the database was away.
  const auto hinted = [&] {
    const int before = looks;
    const absl::Time end = absl::Now() + absl::Seconds(20);
    for (int i = 0; looks == before && absl::Now() < end; ++i) {
      EXPECT_OK(first->Write([&](Transaction& tx) {
        return tx.Insert(Table::kOutbox,
                         {.key = absl::StrCat(absl::ToUnixNanos(absl::Now())), .value = "", .due = absl::Now()});
      }));
      absl::SleepFor(absl::Milliseconds(100));
    }
    return looks > before;
  };
  EXPECT_TRUE(hinted());
  server_->Stop();
  ASSERT_OK(server_->Restart());
  EXPECT_TRUE(hinted());
  EXPECT_EQ(own, 0);
  second->OnHint(nullptr);
  const int before = looks;
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(first->Write([&](Transaction& tx) {
      return tx.Insert(Table::kOutbox, {.key = absl::StrCat("after", i), .value = "", .due = absl::Now()});
    }));
  }
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(looks, before);
}

TEST_F(PostgresStoreTest, FindsEveryRecordByAnIndex) {
  Open();
  auto opened = PostgresConnection::Open(options_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  PostgresConnection& connection = **opened;
  ASSERT_TRUE(connection.Execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").ok());
  for (const Table table : kTables) {
    for (size_t i = 0; i < kPostgresStatementCount; ++i) {
      const std::string sql = PostgresStatementSql(table, static_cast<PostgresStatement>(i));
      if (absl::StrContains(sql, "INSERT")) continue;
      ASSERT_TRUE(connection.Execute(absl::StrCat("PREPARE plan AS ", sql)).ok()) << sql;
      std::string arguments = "NULL";
      for (int p = 2; absl::StrContains(sql, absl::StrCat("$", p)); ++p) absl::StrAppend(&arguments, ", NULL");
      const auto plan = connection.Execute(absl::StrCat("EXPLAIN EXECUTE plan(", arguments, ")"));
      ASSERT_TRUE(plan.ok()) << plan.status() << " " << sql;
      std::string text;
      for (int row = 0; row < PQntuples(plan->get()); ++row)
        absl::StrAppend(&text, PQgetvalue(plan->get(), row, 0), "\n");
      EXPECT_TRUE(absl::StrContains(text, "Index") || absl::StrContains(text, "Bitmap")) << sql << "\n" << text;
      EXPECT_FALSE(absl::StrContains(text, "Seq Scan")) << sql << "\n" << text;
      EXPECT_FALSE(absl::StrContains(text, "Sort")) << sql << "\n" << text;
      ASSERT_TRUE(connection.Execute("DEALLOCATE plan").ok());
    }
  }
}

}  // namespace

using ::passerelle::testing::StoreContract;
INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, ::testing::Values(::passerelle::testing::StoreFactory(FreshStore)));

}  // namespace passerelle::gateway
