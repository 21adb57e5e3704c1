// The statements of an exchange on the store of the asking node, beside what the same database does with them when
// nothing of ours is in between: in PostgreSQL of one replica and of three, each a process of its own, beside pgbench
// with the same statements and as many connections; in SQLite one commit after the other, beside fdatasync of the same
// bytes. And a node at rest: how soon it is ready, and what memory it holds.
//
// Each is measured for PASSERELLE_BENCH_SECONDS; 5 when it is not set.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/status_macros.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/metrics_page.h"
#include "gateway/store/postgres_schema.h"
#include "gateway/store/postgres_store.h"
#include "gateway/store/sqlite_store.h"
#include "gateway/telemetry/metric_names.h"
#include "tests/bench/goals.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::bench {
namespace {

namespace fs = std::filesystem;
using base::Record;
using base::Store;
using base::Table;
using base::Transaction;
using gateway::PostgresStatement;
using testing::PostgresqlServer;

constexpr int kReplicas = 3;
constexpr int kWritersPerReplica = 8;
constexpr int kCommitsPerRound = 50;
constexpr char kPgbench[] = "/usr/lib/postgresql/15/bin/pgbench";

// What the store holds of an exchange of a document of 2 kB, as docs/operating/size.md measures it: bytes.
constexpr size_t kRequestBytes = 100;
constexpr size_t kMessageBytes = 600;
constexpr size_t kLeafBytes = 400;
constexpr size_t kAnswerBytes = 20'000;

// Where these were set, replicas took 0.6 to 0.8 times as long as pgbench, which sends its values as text; and a commit
// in SQLite 1.05 times as long as fdatasync.
constexpr double kTimesPgbench = 1.5;
constexpr double kTimesFdatasync = 2.0;
constexpr double kMemoryBytesMost = 64e6;

void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", std::string(what).c_str());
  std::abort();
}

void Require(const absl::Status& status) { Require(status.ok(), status.ToString()); }

absl::Duration Length() {
  int seconds = 5;
  const char* const asked = std::getenv("PASSERELLE_BENCH_SECONDS");
  if (asked != nullptr) Require(absl::SimpleAtoi(asked, &seconds) && seconds >= 1, "PASSERELLE_BENCH_SECONDS");
  return absl::Seconds(seconds);
}

// The client's request: what makes it happen once, the exchange, its message, and the leaf about that.
absl::Status Create(Store& store, const std::string& key) {
  return store.Write([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Get(Table::kRequest, key).status());
    RETURN_IF_ERROR(tx.Insert(Table::kRequest, {.key = key, .value = std::string(kRequestBytes, 'r')}));
    RETURN_IF_ERROR(
        tx.Insert(Table::kExchange, {.key = key, .value = std::string(kMessageBytes, 'e'), .group = "client"}));
    RETURN_IF_ERROR(tx.Insert(Table::kOutbox,
                              {.key = key, .value = std::string(kMessageBytes, 'm'), .due = absl::FromUnixSeconds(1)}));
    return tx.Insert(Table::kSetting,
                     {.key = "sent/" + key, .value = std::string(kLeafBytes, 'l'), .group = "log/waiting"});
  });
}

// A sender claims a message that is due; its key.
absl::StatusOr<std::string> Claim(Store& store) {
  std::string key;
  RETURN_IF_ERROR(store.Write([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Record> due, tx.Due(Table::kOutbox, absl::FromUnixSeconds(2), 1));
    if (due.empty()) return absl::NotFoundError("nothing is due");
    key = due.front().key;
    due.front().due = absl::FromUnixSeconds(3);
    return tx.Update(Table::kOutbox, due.front());
  }));
  return key;
}

// The answer has its effect: the exchange with its documents, the leaf, and the signed sides as evidence.
absl::Status Answer(Store& store, const std::string& key) {
  return store.Write([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<Record> exchange, tx.Get(Table::kExchange, key));
    if (!exchange) return absl::NotFoundError("the exchange");
    exchange->value = std::string(kAnswerBytes, 'd');
    RETURN_IF_ERROR(tx.Update(Table::kExchange, *exchange));
    RETURN_IF_ERROR(tx.Delete(Table::kOutbox, key));
    RETURN_IF_ERROR(tx.Insert(
        Table::kSetting, {.key = "answered/" + key, .value = std::string(kLeafBytes, 'l'), .group = "log/waiting"}));
    return tx.Insert(Table::kSetting, {.key = "payload/" + key, .value = std::string(kAnswerBytes, 'p')});
  });
}

absl::Status WholeExchange(Store& store, const std::string& key) {
  RETURN_IF_ERROR(Create(store, key));
  absl::StatusOr<std::string> claimed = Claim(store);
  // Somebody who came later may have claimed what was due, and left what came later still.
  while (absl::IsNotFound(claimed.status())) claimed = Claim(store);
  RETURN_IF_ERROR(claimed.status());
  return Answer(store, *claimed);
}

gateway::PostgresOptions OptionsOf(const PostgresqlServer& server, const std::string& schema) {
  gateway::PostgresOptions options;
  options.connection = server.ConnectionString();
  options.schema = schema;
  return options;
}

// The exchanges that one replica makes in the time, by several writers.
int64_t WorkAsReplica(const gateway::PostgresOptions& options, int replica, absl::Time end) {
  const auto store = gateway::PostgresStore::Open(options);
  Require(store.status());
  std::atomic<int64_t> done = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWritersPerReplica; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; absl::Now() < end; ++i) {
        Require(WholeExchange(**store, absl::StrFormat("%d-%d-%d", replica, writer, i)));
        ++done;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  return done;
}

// Seconds for an exchange, of so many replicas together. Each is a process, as replicas are.
double MeasureReplicas(const PostgresqlServer& server, int replicas, absl::Duration length) {
  const std::string schema = absl::StrCat("replicas_", replicas);
  Require(gateway::PostgresStore::Open(OptionsOf(server, schema)).status());
  const absl::Time end = absl::Now() + length;
  std::vector<std::pair<pid_t, int>> children;
  for (int replica = 0; replica < replicas; ++replica) {
    int ends[2];
    Require(pipe(ends) == 0, "pipe");
    const pid_t child = fork();
    if (child == 0) {
      const int64_t done = WorkAsReplica(OptionsOf(server, schema), replica, end);
      _exit(write(ends[1], &done, sizeof(done)) == sizeof(done) ? 0 : 1);
    }
    close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  int64_t all = 0;
  for (const auto& [child, from] : children) {
    int64_t done = 0;
    Require(read(from, &done, sizeof(done)) == sizeof(done), "a replica failed");
    close(from);
    int status = 0;
    waitpid(child, &status, 0);
    all += done;
  }
  Require(all > 0, "no exchange");
  return absl::ToDoubleSeconds(length) / static_cast<double>(all);
}

// A statement of ours with pgbench's variables in the place of its parameters.
std::string Statement(Table table, PostgresStatement statement, const std::vector<std::string>& values) {
  std::string sql = gateway::PostgresStatementSql(table, statement);
  for (size_t i = values.size(); i > 0; --i) sql = absl::StrReplaceAll(sql, {{absl::StrCat("$", i), values[i - 1]}});
  return sql + ";\n";
}

// The exchange above as a script: the same statements in the same transactions.
std::string Script() {
  using S = PostgresStatement;
  const std::string group = "'client'::bytea", waiting = "'log/waiting'::bytea", none = "''::bytea";
  const auto leaf = [&](const std::string& key) {
    return Statement(Table::kSetting, S::kInsertInGroup, {key, waiting, "NULL::bigint", ":leaf::bytea", "1"});
  };
  const auto key = [](const std::string& kind, const std::string& variable) {
    return absl::StrCat("convert_to('", kind, "/' || ", variable, "::text, 'UTF8')");
  };
  const std::string own = "convert_to(:key::text, 'UTF8')";
  return absl::StrCat(
      "\\set key random(1, 9000000000000000)\n\\set due_key 0\n", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE;\n",
      Statement(Table::kRequest, S::kGetLocked, {own}),
      Statement(Table::kRequest, S::kInsert, {own, none, "NULL::bigint", ":request::bytea"}),
      Statement(Table::kExchange, S::kInsertInGroup, {own, group, "NULL::bigint", ":message::bytea", "2"}),
      Statement(Table::kOutbox, S::kInsert, {own, none, "1000000", ":message::bytea"}), leaf(key("sent", ":key")),
      "COMMIT;\n", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE;\n",
      absl::StrReplaceAll(Statement(Table::kOutbox, S::kDueUnclaimed, {"2000000", "1"}), {{";\n", " \\aset due_\n"}}),
      Statement(Table::kOutbox, S::kUpdate, {":due_key::bytea", none, "3000000", ":message::bytea"}), "COMMIT;\n",
      "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE;\n",
      Statement(Table::kExchange, S::kGetLocked, {":due_key::bytea"}),
      Statement(Table::kExchange, S::kUpdate, {":due_key::bytea", group, "NULL::bigint", ":answer::bytea"}),
      Statement(Table::kOutbox, S::kDelete, {":due_key::bytea"}), leaf(key("answered", ":due_key")),
      Statement(Table::kSetting, S::kInsert, {key("payload", ":due_key"), none, "NULL::bigint", ":answer::bytea"}),
      "COMMIT;\n");
}

// Seconds for an exchange by pgbench with so many connections.
double MeasurePgbench(const PostgresqlServer& server, int connections, absl::Duration length, const fs::path& folder) {
  const std::string schema = absl::StrCat("pgbench_", connections);
  Require(gateway::PostgresStore::Open(OptionsOf(server, schema)).status());
  const fs::path script = folder / "exchange.sql";
  std::ofstream(script) << Script();
  std::string values;
  for (const auto& [name, size] : {std::pair("request", kRequestBytes), std::pair("message", kMessageBytes),
                                   std::pair("leaf", kLeafBytes), std::pair("answer", kAnswerBytes)}) {
    absl::StrAppend(&values, " -D ", name, "=", std::string(size, 'v'));
  }
  const std::string command =
      absl::StrCat("PGOPTIONS='-c search_path=", schema, " -c synchronous_commit=on' ", kPgbench, " -n -M prepared -c ",
                   connections, " -j 2 -T ", absl::ToInt64Seconds(length), values, " -f ", script.string(), " '",
                   server.ConnectionString(), "' 2>&1");
  std::FILE* const output = popen(command.c_str(), "r");
  Require(output != nullptr, "pgbench");
  std::string text;
  char buffer[4096];
  for (size_t count = 0; (count = fread(buffer, 1, sizeof(buffer), output)) > 0;) text.append(buffer, count);
  Require(pclose(output) == 0, absl::StrCat("pgbench failed: ", text.substr(0, 2000)));
  const size_t at = text.find("tps = ");
  double rate = 0;
  Require(at != std::string::npos && absl::SimpleAtod(text.substr(at + 6, text.find(' ', at + 6) - at - 6), &rate) &&
              rate > 0,
          text);
  return 1 / rate;
}

// Bytes that this process has handed to the system to write.
int64_t BytesWritten() {
  std::ifstream io("/proc/self/io");
  std::string name;
  int64_t value = 0;
  while (io >> name >> value) {
    if (name == "wchar:") return value;
  }
  return 0;
}

// Commits in SQLite and fdatasync of as many bytes, in turns.
void MeasureSqlite(absl::Duration length, const fs::path& folder, std::vector<Measured>* measured) {
  const auto store = gateway::SqliteStore::Open((folder / "store.sqlite").string());
  Require(store.status());
  const int raw = open((folder / "raw").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  Require(raw >= 0, "a file beside the store");
  absl::Duration committing, syncing;
  int64_t commits = 0, bytes = 0;
  for (const absl::Time end = absl::Now() + 2 * length; absl::Now() < end;) {
    const int64_t before = BytesWritten();
    absl::Time start = absl::Now();
    for (int i = 0; i < kCommitsPerRound; ++i) Require(Create(**store, absl::StrCat("k", commits++)));
    committing += absl::Now() - start;
    const int64_t written = BytesWritten() - before;
    bytes += written;
    const std::string piece(static_cast<size_t>(written / kCommitsPerRound), 'x');
    start = absl::Now();
    for (int i = 0; i < kCommitsPerRound; ++i) {
      Require(write(raw, piece.data(), piece.size()) == static_cast<ssize_t>(piece.size()), "write");
      Require(fdatasync(raw) == 0, "fdatasync");
    }
    syncing += absl::Now() - start;
  }
  close(raw);
  const double count = static_cast<double>(commits);
  measured->push_back({"sqlite/commit", absl::ToDoubleSeconds(committing) / count});
  measured->push_back({"sqlite/fdatasync of the same bytes", absl::ToDoubleSeconds(syncing) / count});
  std::printf("sqlite: %.0f commits a second, %.0f fdatasync of %lld bytes a second\n", 1 / (*measured)[0].seconds,
              1 / (*measured)[1].seconds, static_cast<long long>(bytes / commits));
}

void MeasurePostgresql(const PostgresqlServer& server, absl::Duration length, const fs::path& folder,
                       std::vector<Measured>* measured, std::vector<Goal>* goals) {
  for (const int replicas : {1, kReplicas}) {
    const std::string ours = absl::StrCat("postgresql/replicas:", replicas);
    const std::string theirs = absl::StrCat("postgresql/pgbench:", replicas * kWritersPerReplica);
    const double exchange = MeasureReplicas(server, replicas, length);
    const double bare = MeasurePgbench(server, replicas * kWritersPerReplica, length, folder);
    std::printf("postgresql: %d replica(s) with %d writers each %.0f exchanges a second, pgbench with as many %.0f\n",
                replicas, kWritersPerReplica, 1 / exchange, 1 / bare);
    std::fflush(stdout);
    measured->push_back({ours, exchange});
    measured->push_back({theirs, bare});
    goals->push_back({absl::StrCat("an exchange in PostgreSQL, ", replicas, " replica(s), against pgbench"),
                      ours,
                      theirs,
                      {},
                      kTimesPgbench});
  }
  goals->push_back({"an exchange, one replica against three",
                    "postgresql/replicas:1",
                    absl::StrCat("postgresql/replicas:", kReplicas),
                    {},
                    {}});
}

// A node with nothing to do.
void MeasureRest(std::vector<Measured>* measured) {
  gateway::LocalFederation::Options options;
  options.program = PASSERELLE_PROGRAM;
  options.ready_timeout = absl::Seconds(60);
  gateway::LocalNode node;
  node.id = "NO";
  node.competent_authority = "Authority of the benchmark";
  node.country = "NO";
  options.nodes = {node};
  auto federation = gateway::LocalFederation::Make(options);
  Require(federation.status());
  const absl::Time start = absl::Now();
  Require((*federation)->Start());
  const absl::Duration ready = absl::Now() - start;
  const auto page = gateway::ReadMetricsPage((*federation)->PortsOf("NO").metrics);
  Require(page.status());
  const double memory = gateway::MetricSum(*page, gateway::kMetricResidentMemory);
  std::printf("a node: ready after %.2f s, %.1f MB at rest\n", absl::ToDoubleSeconds(ready), memory / 1e6);
  Require(memory > 0 && memory < kMemoryBytesMost, "a node at rest holds too much memory");
  measured->push_back({"a node/until it is ready", absl::ToDoubleSeconds(ready)});
  // The bound as a quantity of the same kind, to be judged with the others.
  measured->push_back({"a node/a second", 1.0});
}

int Run(int argc, char** argv) {
  const absl::Duration length = Length();
  const fs::path folder = fs::temp_directory_path() / absl::StrCat("store_bench_", getpid());
  fs::create_directories(folder);
  std::vector<Measured> measured;
  std::vector<Goal> goals = {
      {"a commit in SQLite against fdatasync of the same bytes",
       "sqlite/commit",
       "sqlite/fdatasync of the same bytes",
       {},
       kTimesFdatasync},
      {"a node until it is ready against a second", "a node/until it is ready", "a node/a second", {}, 1.0}};
  MeasureSqlite(length / 2, folder, &measured);
  const auto server = PostgresqlServer::Start(/*durable=*/true);
  if (server.ok() && fs::exists(kPgbench)) {
    MeasurePostgresql(**server, length, folder, &measured, &goals);
  } else {
    std::printf("postgresql: SKIPPED, %s\n",
                server.ok() ? "pgbench is not installed" : std::string(server.status().message()).c_str());
  }
  fs::remove_all(folder);
  MeasureRest(&measured);
  return Main(argc, argv, goals, measured);
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) { return passerelle::bench::Run(argc, argv); }
