// What the disk makes of leaves of evidence: how many a second become durable and how many share a flush, beside a file
// that is made long enough before, into which whoever waits is written at once (the least that durability can cost).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/evidence/log.h"
#include "core/proof/key.h"
#include "gateway/store/sqlite_store.h"
#include "gateway/system/system_clock.h"
#include "tests/bench/goals.h"
#include "tests/bench/load.h"

namespace passerelle::bench {
namespace {

constexpr int kWriters[] = {1, 32, 256};
constexpr absl::Duration kLength = absl::Seconds(3);
constexpr size_t kRecordBytes = 512;
constexpr size_t kFileBytes = size_t{64} << 20;

std::string Folder() {
  static const std::string folder =
      absl::StrCat(std::filesystem::temp_directory_path().string(), "/evidence-bench-", getpid());
  std::filesystem::create_directories(folder);
  return folder;
}

// Seconds a record, with that many always outstanding.
double PreallocatedFile(int outstanding) {
  const std::string path = Folder() + "/preallocated";
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  Require(file >= 0, path);
  const std::string zeros(size_t{1} << 20, '\0');
  for (size_t at = 0; at < kFileBytes; at += zeros.size()) {
    Require(pwrite(file, zeros.data(), zeros.size(), static_cast<off_t>(at)) > 0, path);
  }
  Require(fdatasync(file) == 0, path);
  const std::string batch(kRecordBytes * static_cast<size_t>(outstanding), 'x');
  size_t at = 0;
  int64_t records = 0;
  const absl::Time begun = absl::Now();
  while (absl::Now() - begun < kLength) {
    if (at + batch.size() > kFileBytes) at = 0;
    Require(pwrite(file, batch.data(), batch.size(), static_cast<off_t>(at)) > 0 && fdatasync(file) == 0, path);
    at += batch.size();
    records += outstanding;
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun) / static_cast<double>(records);
  close(file);
  return seconds;
}

evidence::Statement StatementOf(int64_t number) {
  static const std::string digest = base::Sha256Hex("x");
  return {evidence::LeafKind::kReceived,
          "NO",
          absl::StrCat("message-", number),
          "passerelle.test.Question",
          digest,
          digest,
          digest};
}

// Seconds a leaf, from so many writers at once, each of which waits until its leaf is durable.
double Leaves(int writers) {
  const std::string path = absl::StrCat(Folder(), "/store-", writers);
  const auto store = gateway::SqliteStore::Open(path);
  const auto key = proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  Require(store.ok() && key.ok(), path);
  const gateway::SystemClock clock;
  const auto log = evidence::Log::Open({"FR", store->get(), &clock, evidence::OneKey(&*key), std::string(32, 's')}, {},
                                       std::nullopt);
  Require(log.ok(), log.status().ToString());
  std::atomic<int64_t> number = 0;
  std::atomic<bool> over = false;
  const int64_t commits = (*store)->commits();
  const absl::Time begun = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      while (!over) {
        const evidence::Statement statement = StatementOf(number++);
        const absl::Status written =
            (*store)->Write([&](base::Transaction& tx) { return (*log)->Append(statement, "", tx); });
        Require(written.ok(), written.ToString());
      }
    });
  }
  absl::SleepFor(kLength);
  over = true;
  for (std::thread& thread : threads) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begun) / static_cast<double>(number);
  const int64_t flushes = (*store)->commits() - commits;
  const absl::Time sequencing = absl::Now();
  for (int placed = 1; placed > 0;) {
    const absl::StatusOr<int> some = (*log)->Sequence(1000);
    Require(some.ok(), some.status().ToString());
    placed = *some;
  }
  std::printf("%3d writers: %6.0f leaves a second, %5.1f a flush; a place in the log %.1f us each\n", writers,
              1 / seconds, static_cast<double>(number) / static_cast<double>(flushes),
              absl::ToDoubleMicroseconds(absl::Now() - sequencing) / static_cast<double>(number));
  return seconds;
}

int Run(int argc, char** argv) {
  std::vector<Measured> measured;
  std::vector<Goal> goals;
  for (const int writers : kWriters) {
    const std::string file = absl::StrCat("PreallocatedFile/", writers);
    const std::string leaves = absl::StrCat("Leaves/", writers);
    measured.push_back({file, PreallocatedFile(writers)});
    measured.push_back({leaves, Leaves(writers)});
    std::printf("%3d writers: %6.0f records a second into the preallocated file\n", writers,
                1 / measured[measured.size() - 2].seconds);
    const std::optional<double> at_least = writers == 1 ? std::nullopt : std::optional<double>(0.5);
    goals.push_back({absl::StrCat("leaves of evidence, ", writers, " at once, against the preallocated file"),
                     file,
                     leaves,
                     at_least,
                     {}});
  }
  std::filesystem::remove_all(Folder());
  return Main(argc, argv, goals, measured);
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) { return passerelle::bench::Run(argc, argv); }
