// The log of a node whose replicas share a store in PostgreSQL.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/evidence/log.h"
#include "gateway/store/postgres_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgresql_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using evidence::NoteKey;

TEST(PostgresLogTest, ReplicasGiveEveryLeafOnePlace) {
  const auto server = testing::PostgresqlServer::Start();
  if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
  PostgresOptions options;
  options.connection = (*server)->ConnectionString();
  testing::FakeClock clock;
  const proof::SigningKey key = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const std::vector<NoteKey> keys = {
      *NoteKey::Make(evidence::LogName("NL"), NoteKey::Kind::kLog, key.verification_key())};
  std::vector<std::unique_ptr<PostgresStore>> stores;
  std::vector<std::unique_ptr<evidence::Log>> replicas;
  const auto open = [&] {
    return evidence::Log::Open({"NL", stores.back().get(), &clock, evidence::OneKey(&key), std::string(32, 's')}, keys,
                               std::nullopt);
  };
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(stores.emplace_back(), PostgresStore::Open(options));
    ASSERT_OK_AND_ASSIGN(replicas.emplace_back(), open());
  }

  constexpr int kLeaves = 300;
  std::atomic<bool> all = false;
  std::atomic<int> placed = 0;
  std::vector<std::thread> sequencers;
  for (const auto& replica : replicas) {
    sequencers.emplace_back([&] {
      for (bool last = false; !last;) {
        last = all;
        const auto sequenced = replica->Sequence(kLeaves);
        EXPECT_OK(sequenced);
        placed += sequenced.value_or(0);
      }
    });
  }
  for (int i = 0; i < kLeaves; ++i) {
    evidence::Statement statement;
    statement.peer = "NO";
    statement.message_id = absl::StrCat("id-", i);
    EXPECT_OK(stores[i % 2]->Write([&](base::Transaction& tx) { return replicas[i % 2]->Append(statement, "", tx); }));
  }
  all = true;
  for (std::thread& sequencer : sequencers) sequencer.join();
  EXPECT_EQ(placed, kLeaves);
  ASSERT_OK_AND_ASSIGN(const std::string checkpoint, replicas[0]->Checkpoint());
  ASSERT_OK_AND_ASSIGN(const evidence::OpenedCheckpoint opened, evidence::OpenCheckpoint(checkpoint, keys));
  EXPECT_EQ(opened.checkpoint.head.size, static_cast<uint64_t>(kLeaves));
  EXPECT_OK(open());
}

}  // namespace
}  // namespace passerelle::gateway
