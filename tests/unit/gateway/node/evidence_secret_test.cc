#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/files/files.h"
#include "gateway/node/evidence.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;

class EvidenceSecretTest : public ::testing::Test {
 protected:
  EvidenceSecretTest() {
    std::remove(File().c_str());
    std::remove(Checkpoint().c_str());
  }

  std::string Path() const { return absl::StrCat(::testing::TempDir(), "/evidence_secret"); }
  std::string File() const { return Path() + ".evidence-secret"; }
  std::string Checkpoint() const { return Path() + ".checkpoint"; }
  absl::StatusOr<std::string> Secret() { return EvidenceSecret(Path(), store_, &random_); }
  // A leaf that waits for its place.
  void BeginLog() {
    const auto log = evidence::Log::ForReading({"NO", &store_, &clock_, nullptr, std::string(32, 's')});
    evidence::Statement statement;
    statement.peer = "FR";
    statement.message_id = "1";
    ASSERT_OK(store_.Write([&](base::Transaction& tx) { return log->Append(statement, "", tx); }));
  }

  testing::MemoryStore store_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
};

TEST_F(EvidenceSecretTest, IsMadeAtTheFirstStartAndStays) {
  ASSERT_OK_AND_ASSIGN(const std::string secret, Secret());
  EXPECT_EQ(secret.size(), 32u);
  BeginLog();
  EXPECT_THAT(Secret(), IsOkAndHolds(secret));
}

TEST_F(EvidenceSecretTest, IsNeverReplacedOnceTheLogHasBegun) {
  ASSERT_OK(Secret().status());
  BeginLog();
  std::remove(File().c_str());
  EXPECT_THAT(Secret(), HasReasonAt(Reason::kKeyUnusable, File()));
  EXPECT_EQ(FileFingerprint(File()), "") << "nothing is written";
}

TEST_F(EvidenceSecretTest, ACheckpointSaysThatTheLogHasBegun) {
  std::ofstream(Checkpoint()) << "note";
  EXPECT_THAT(Secret(), HasReasonAt(Reason::kKeyUnusable, File()));
  EXPECT_EQ(FileFingerprint(File()), "") << "nothing is written";
}

TEST_F(EvidenceSecretTest, InTheStoreIsNotReplacedEither) {
  BeginLog();
  EXPECT_THAT(EvidenceSecret("", store_, &random_), HasReasonAt(Reason::kKeyUnusable, "evidence"));
}

}  // namespace
}  // namespace passerelle::gateway
