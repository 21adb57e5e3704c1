#include "gateway/evidence/evidence_folder.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/evidence/merkle_tree.h"
#include "core/evidence/tile_writer.h"
#include "gateway/files/files.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

class EvidenceFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / absl::StrCat("evidence_folder_", getpid());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<evidence::NoteKey> Keys() const {
    return {*evidence::NoteKey::Make("log", evidence::NoteKey::Kind::kLog, key_.verification_key())};
  }
  void Sign(const evidence::TreeHead& head) {
    evidence::SignedNote note;
    ASSERT_OK_AND_ASSIGN(note.text, evidence::WriteCheckpoint({"log", head, {}}));
    ASSERT_OK(evidence::SignNote("log", key_, note));
    ASSERT_OK(ReplaceFile(folder_ / "checkpoint", evidence::WriteNote(note)));
  }
  // A log of that size in the folder, file by file.
  void MakeLog(uint64_t size) {
    const auto none = [](const std::string&) -> absl::StatusOr<std::string> { return std::string(); };
    const auto write = [&](const std::string& path, const std::string& bytes) -> absl::Status {
      auto tile = evidence::ReadTilePath(path);
      std::string name = path;
      if (tile) {
        tile->width = static_cast<int>(bytes.size() / sizeof(evidence::MerkleHash));
        name = evidence::TilePath(*tile);
      } else if (path == evidence::EntryBundlePath({0, size / 256, 256})) {
        name = evidence::EntryBundlePath({0, size / 256, static_cast<int>(size % 256)});
      }
      fs::create_directories((folder_ / name).parent_path());
      std::ofstream(folder_ / name, std::ios::binary) << bytes;
      return absl::OkStatus();
    };
    evidence::TileWriter writer(0, none, write);
    evidence::Leaf leaf = {evidence::LeafKind::kReceived, absl::FromUnixSeconds(1893553445), {}};
    for (uint64_t i = 0; i < size; ++i) {
      leaf.digest[i % 32] = static_cast<uint8_t>(leaf.digest[i % 32] + 1);
      ASSERT_OK(writer.Append(evidence::WriteLeaf(leaf)));
    }
    ASSERT_OK_AND_ASSIGN(const evidence::TreeHead head, writer.Finish());
    Sign(head);
  }
  absl::Status Audit() { return AuditFolder(folder_, Keys()).status(); }
  absl::Status Continues(const std::string& seen) {
    const absl::StatusOr<AuditedLog> audited = AuditFolder(folder_, Keys());
    return audited.ok() ? CheckContinues(folder_, *audited, Keys(), seen, "seen").status() : audited.status();
  }
  absl::Status AuditStamps() {
    const absl::StatusOr<AuditedLog> audited = AuditFolder(folder_, Keys());
    return audited.ok() ? AuditTimeStamps(folder_, *audited, Keys(), {}).status() : audited.status();
  }
  void Flip(const std::string& name, std::streamoff at) {
    std::fstream file(folder_ / name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(at);
    file.put(byte);
  }
  static int64_t PeakKilobytes() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  }

  const proof::SigningKey key_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  fs::path folder_;
};

TEST_F(EvidenceFolderTest, AMillionLeavesTakeLittleMemory) {
  constexpr uint64_t kLeaves = 1'000'000;
  [[maybe_unused]] const int64_t before = PeakKilobytes();
  MakeLog(kLeaves);
  ASSERT_OK_AND_ASSIGN(const AuditedLog audited, AuditFolder(folder_, Keys()));
  EXPECT_EQ(audited.summary.received, kLeaves);
#ifdef __SANITIZE_ADDRESS__
  std::cout << "SKIPPED: the bound on memory, since the sanitizer keeps what was freed" << std::endl;
#else
  EXPECT_LT(PeakKilobytes() - before, 16 * 1024);
#endif
  Flip("tile/entries/x002/000", 1000);
  EXPECT_FALSE(Audit().ok());
}

TEST_F(EvidenceFolderTest, EveryFileCounts) {
  MakeLog(700);
  ASSERT_OK(Audit());
  struct Case {
    const char* file;
    std::streamoff at;
    Reason reason;
    const char* place;
  };
  for (const Case& test : {Case{"tile/entries/001", 54, Reason::kLogFile, "tile/0/001"},
                           Case{"tile/entries/002.p/188", 0, Reason::kLogFile, "tile/entries/002.p/188"},
                           Case{"tile/0/000", 31, Reason::kLogFile, "tile/0/000"},
                           Case{"tile/0/002.p/188", 6000, Reason::kLogFile, "tile/0/002.p/188"},
                           Case{"tile/1/000.p/2", 0, Reason::kLogFile, "tile/1/000.p/2"},
                           Case{"checkpoint", 4, Reason::kNoteSignature, "checkpoint: signature"}}) {
    SCOPED_TRACE(test.file);
    Flip(test.file, test.at);
    EXPECT_THAT(Audit(), HasReasonAt(test.reason, test.place));
    Flip(test.file, test.at);
    fs::rename(folder_ / test.file, folder_ / "aside");
    EXPECT_THAT(Audit(), HasReasonAt(Reason::kLogFile, test.file));
    fs::rename(folder_ / "aside", folder_ / test.file);
    ASSERT_OK(Audit());
  }
  EXPECT_THAT(AuditFolder(folder_, {}), HasReason(Reason::kNoteSignature));
}

TEST_F(EvidenceFolderTest, ALogMustContinueWhatWasSeen) {
  MakeLog(300);
  const std::string seen = ReadFile(folder_ / "checkpoint", 10000).value();
  ASSERT_OK(Continues(seen));
  fs::remove_all(folder_);
  MakeLog(700);
  ASSERT_OK(Continues(seen));
  const std::string later = ReadFile(folder_ / "checkpoint", 10000).value();
  fs::remove_all(folder_);
  MakeLog(300);
  EXPECT_THAT(Continues(later), HasReasonAt(Reason::kLogTruncated, "seen"));
  // Another history of the same size, with a good signature.
  evidence::MerkleTree tree;
  for (int i = 0; i < 200; ++i) tree.Append(evidence::LeafHash(absl::StrCat(i)));
  const fs::path good = folder_ / "checkpoint";
  const std::string own = ReadFile(good, 10000).value();
  Sign(tree.Head());
  const std::string forked = ReadFile(good, 10000).value();
  ASSERT_OK(ReplaceFile(good, own));
  EXPECT_THAT(Continues(forked), HasReasonAt(Reason::kLogForked, "seen"));
  EXPECT_THAT(Continues("no note"), HasReasonAt(Reason::kNote, "seen: note"));
}

// Somebody who has the folder could have taken the time-stamps out that he does not like.
TEST_F(EvidenceFolderTest, TimeStampsThatWereTakenOutAreMissed) {
  MakeLog(3);
  EXPECT_THAT(AuditStamps(), HasReasonAt(Reason::kLogFile, "time-stamps"));
  std::ofstream(folder_ / "time-stamps") << "no folder";
  EXPECT_THAT(AuditStamps(), HasReasonAt(Reason::kLogFile, "time-stamps"));
  fs::remove(folder_ / "time-stamps");
  fs::create_directories(folder_ / "time-stamps");
  EXPECT_THAT(AuditStamps(), HasReasonAt(Reason::kLogFile, "time-stamps"));
  fs::copy_file(folder_ / "checkpoint", folder_ / "time-stamps" / "20261126T104000.123Z.checkpoint");
  EXPECT_THAT(AuditStamps(), HasReasonAt(Reason::kLogFile, "time-stamps/20261126T104000.123Z.token"));
  fs::rename(folder_ / "time-stamps" / "20261126T104000.123Z.checkpoint", folder_ / "time-stamps" / "1.token");
  EXPECT_THAT(AuditStamps(), HasReasonAt(Reason::kLogFile, "time-stamps/1.checkpoint"));
}

TEST_F(EvidenceFolderTest, AStoredLogIsExportedWholeIntoANewFolder) {
  testing::MemoryStore store;
  testing::FakeClock clock;
  evidence::Log::Options options = {"NO", &store, &clock, evidence::OneKey(&key_), std::string(32, 's')};
  ASSERT_OK_AND_ASSIGN(const auto log, evidence::Log::Open(options, {}, std::nullopt));
  EXPECT_THAT(ExportLog(store, folder_), HasReason(Reason::kResourceNotFound));
  for (int i = 0; i < 300; ++i) {
    evidence::Statement statement;
    statement.peer = "FR";
    statement.message_id = absl::StrCat(i);
    ASSERT_OK(store.Write([&](base::Transaction& tx) { return log->Append(statement, "", tx); }));
  }
  ASSERT_OK(log->Sequence(1000).status());
  ASSERT_OK(ExportLog(store, folder_));
  const std::string name = evidence::LogName("NO");
  const auto key = *evidence::NoteKey::Make(name, evidence::NoteKey::Kind::kLog, key_.verification_key());
  ASSERT_OK_AND_ASSIGN(const AuditedLog audited, AuditFolder(folder_, {key}));
  EXPECT_OK(CheckContinues(folder_, audited, {key}, log->Checkpoint().value(), "seen").status());
  EXPECT_EQ(audited.summary.sent, 300u);
  EXPECT_EQ(audited.opened.checkpoint.origin, name);
  EXPECT_THAT(ExportLog(store, folder_), HasReason(Reason::kOutputExists));
}

}  // namespace
}  // namespace passerelle::gateway
