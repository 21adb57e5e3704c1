// Stores that the programs of earlier releases have written (README.md), opened by the program of today.
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchanges.h"
#include "core/federation/signed_node_map.h"
#include "core/recognition/cases.h"
#include "core/relay/bundle.h"
#include "core/relay/message_log.h"
#include "core/relay/note_keys.h"
#include "gateway/evidence/evidence_folder.h"
#include "gateway/node/evidence.h"
#include "gateway/store/maintenance.h"
#include "gateway/store/schema.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;

constexpr char kClient[] = "admissions-office";

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in.good()) << path;
  return text.str();
}

std::vector<fs::path> Releases() {
  std::vector<fs::path> releases;
  for (const auto& entry : fs::directory_iterator(std::string(testing::kSourceDir) + "/tests/upgrade")) {
    if (entry.is_directory()) releases.push_back(entry.path());
  }
  return releases;
}

// What a node of a release finds when it starts with the program of today.
class KeptNode {
 public:
  KeptNode(const fs::path& release, const std::string& id)
      : id_(id), folder_(fs::path(::testing::TempDir()) / absl::StrCat("kept_", getpid(), "_", id)) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    config_.set_node(id);
    config_.set_store((folder_ / "store").string());
    config_.set_evidence(config_.store());
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(config_.store().c_str(), &handle), SQLITE_OK);
    const std::string sql = ReadText(release / (id + ".sql"));
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
    const fs::path secret = config_.store() + ".evidence-secret";
    fs::copy(release / (id + ".evidence-secret"), secret);
    fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
    checkpoint_ = ReadText(release / (id + ".checkpoint"));
    auto map = federation::ReadMapFile(ReadText(release / "node-map.json"));
    EXPECT_OK(map.status());
    nodes_ = federation::NodeDirectory::Make(map->part.map).value();
  }
  KeptNode(const KeptNode&) = delete;
  KeptNode& operator=(const KeptNode&) = delete;
  ~KeptNode() { fs::remove_all(folder_); }

  const std::string& id() const { return id_; }
  const fs::path& folder() const { return folder_; }
  const config::v1::NodeConfig& config() const { return config_; }
  const std::string& checkpoint() const { return checkpoint_; }
  const std::shared_ptr<const federation::NodeDirectory>& nodes() const { return nodes_; }

 private:
  const std::string id_;
  const fs::path folder_;
  config::v1::NodeConfig config_;
  std::string checkpoint_;
  std::shared_ptr<const federation::NodeDirectory> nodes_;
};

int64_t CountOf(const StoreReport& report, const std::string& table) {
  for (const TableCount& count : report.tables) {
    if (count.table == table) return count.records;
  }
  return -1;
}

void ExpectWhole(const KeptNode& node, int64_t exchanges, int64_t cases) {
  ASSERT_OK_AND_ASSIGN(const Migration migration, MigrateStore(node.config()));
  EXPECT_GE(migration.from, 1);
  EXPECT_EQ(migration.to, kSchemaVersion);
  ASSERT_OK_AND_ASSIGN(const StoreReport report, CheckWholeStore(node.config()));
  EXPECT_TRUE(report.findings.empty()) << report.findings.front();
  EXPECT_EQ(CountOf(report, "exchange"), exchanges);
  EXPECT_EQ(CountOf(report, "recognition_case"), cases);
}

// The whole log is audited twice: as a node does that starts, and as an auditor does by the files; and every message
// whose content is kept proves what it did.
void ExpectEvidence(const KeptNode& node, base::Store& store) {
  const testing::FakeClock clock;
  testing::FakeRandom random;
  ASSERT_OK_AND_ASSIGN(const std::string secret, EvidenceSecret(node.config().evidence(), store, nullptr));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<evidence::Log> log,
                       evidence::Log::Open({node.id(), &store, &clock, nullptr, LeafSecret(secret)},
                                           relay::NoteKeys(*node.nodes()), node.checkpoint()));
  const std::string folder = (node.folder() / "log").string();
  ASSERT_OK(ExportLog(store, folder));
  const std::vector<evidence::NoteKey> keys = relay::NoteKeysOf(*node.nodes(), node.id());
  ASSERT_OK_AND_ASSIGN(const AuditedLog audited, AuditFolder(folder, keys));
  if (!node.checkpoint().empty()) {
    EXPECT_OK(CheckContinues(folder, audited, keys, node.checkpoint(), "checkpoint").status());
  }
  const relay::MessageLog messages({log.get(), PayloadKey(secret), &random});
  std::set<std::pair<evidence::v1::Side, std::pair<std::string, std::string>>> kept;
  uint64_t leaves = 0;
  ASSERT_OK(store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<evidence::v1::StoredLeaf> stored, evidence::StoredLeaves("", 1000, tx));
    leaves = stored.size();
    for (const evidence::v1::StoredLeaf& leaf : stored) {
      const evidence::v1::StoredStatement& about = leaf.statement();
      const bool received = about.kind() == evidence::LeafKindName(evidence::LeafKind::kReceived);
      kept.insert(
          {received ? evidence::v1::SIDE_RECEIVER : evidence::v1::SIDE_SENDER, {about.peer(), about.message_id()}});
    }
    for (const auto& [side, message] : kept) {
      ASSIGN_OR_RETURN(const evidence::v1::EvidenceBundle bundle,
                       relay::MakeBundle(side, {message.first, message.second}, messages, *node.nodes(), tx));
      EXPECT_OK(relay::VerifyBundle(bundle, *node.nodes()).status()) << message.second;
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(audited.summary.sent + audited.summary.received + audited.summary.answered, leaves);
  EXPECT_GT(kept.size(), 0u);
}

std::multiset<std::string> ExchangesOf(const KeptNode& node, base::Store& store) {
  const testing::FakeClock clock;
  testing::FakeRandom random;
  const federation::NodeMapHolder nodes(node.nodes());
  exchange::Exchanges exchanges({node.id(), &store, &clock, &random, &nodes});
  std::multiset<std::string> states;
  const auto page = exchanges.List(kClient, {});
  EXPECT_OK(page.status());
  for (const exchange::v1::Exchange& listed : page->exchanges()) {
    const auto whole = exchanges.Get(kClient, listed.id());
    EXPECT_OK(whole.status());
    states.insert(exchange::v1::ExchangeState_Name(whole->state()));
    for (const exchange::v1::DeliveredDocument& delivered : whole->documents()) {
      EXPECT_EQ(base::Sha256Hex(delivered.document().content()), delivered.document().sha256());
      EXPECT_GT(delivered.translation().ByteSizeLong(), 0u);
    }
  }
  return states;
}

std::multiset<std::string> CasesOf(const KeptNode& node, base::Store& store) {
  const testing::FakeClock clock;
  testing::FakeRandom random;
  const federation::NodeMapHolder nodes(node.nodes());
  recognition::Cases::Options options;
  options.node = node.id();
  options.store = &store;
  options.clock = &clock;
  options.random = &random;
  options.nodes = &nodes;
  recognition::Cases cases(std::move(options));
  std::multiset<std::string> states;
  const auto page = cases.List(kClient, {});
  EXPECT_OK(page.status());
  for (const recognition::v1::RecognitionCase& listed : page->recognition_cases()) {
    const auto whole = cases.Get(kClient, listed.id());
    EXPECT_OK(whole.status());
    states.insert(recognition::v1::CaseState_Name(whole->state()));
    EXPECT_EQ(base::Sha256Hex(whole->document().content()), whole->document().sha256());
    EXPECT_GT(whole->events_size(), 0);
  }
  return states;
}

TEST(StoredData, OfEveryReleaseIsReadByTheProgramOfToday) {
  const std::vector<fs::path> releases = Releases();
  ASSERT_FALSE(releases.empty());
  for (const fs::path& release : releases) {
    SCOPED_TRACE(release.filename());
    {
      const KeptNode node(release, "NL");
      // A row for the exchange and one for its documents; for the case alike.
      ExpectWhole(node, 2, 2);
      ASSERT_OK_AND_ASSIGN(const std::unique_ptr<base::Store> store, MakeStoreTools().open(node.config()));
      ExpectEvidence(node, *store);
      EXPECT_EQ(ExchangesOf(node, *store), std::multiset<std::string>{"EXCHANGE_STATE_DELIVERED"});
      EXPECT_EQ(CasesOf(node, *store).size(), 1u);
    }
    const KeptNode node(release, "BG");
    ExpectWhole(node, 0, 2);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<base::Store> store, MakeStoreTools().open(node.config()));
    ExpectEvidence(node, *store);
    EXPECT_EQ(CasesOf(node, *store).size(), 1u);
  }
}

// What a test of the tests needs: a store with one byte changed does not pass.
TEST(StoredData, IsNotReadAsWholeWhenItIsNot) {
  const KeptNode node(Releases().front(), "NL");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(node.config().store().c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle,
                         "UPDATE setting SET value = CAST(substr(value, 1, 60) || x'00' || substr(value, 62) AS BLOB) "
                         "WHERE key = CAST('log/tile/entries/000' AS BLOB)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_changes(handle), 1);
  sqlite3_close(handle);
  const testing::FakeClock clock;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<base::Store> store, MakeStoreTools().open(node.config()));
  ASSERT_OK_AND_ASSIGN(const std::string secret, EvidenceSecret(node.config().evidence(), *store, nullptr));
  EXPECT_THAT(evidence::Log::Open({node.id(), store.get(), &clock, nullptr, LeafSecret(secret)},
                                  relay::NoteKeys(*node.nodes()), node.checkpoint())
                  .status(),
              testing::HasReason(base::Reason::kLogFile));
}

// A store as a later release would leave it is left as it is.
TEST(StoredData, OfALaterReleaseIsRefusedUntouched) {
  const KeptNode node(Releases().front(), "BG");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(node.config().store().c_str(), &handle), SQLITE_OK);
  const std::string later = absl::StrCat("PRAGMA user_version = ", kSchemaVersion + 1);
  ASSERT_EQ(sqlite3_exec(handle, later.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  const std::string before = ReadText(node.config().store());
  const StoreTools tools = MakeStoreTools();
  const std::string versions =
      absl::StrCat("the store has schema ", kSchemaVersion + 1, ", this version knows ", kSchemaVersion);
  for (const absl::Status& refused : {tools.open(node.config()).status(), tools.migrate(node.config()).status(),
                                      tools.copy(node.config(), node.config()).status(),
                                      tools.back_up(node.config(), (node.folder() / "backup").string()).status()}) {
    EXPECT_THAT(refused, testing::HasReason(base::Reason::kStoreNewer));
    EXPECT_EQ(base::DetailOf(refused), versions);
  }
  EXPECT_EQ(ReadText(node.config().store()), before);
  EXPECT_FALSE(fs::exists(node.folder() / "backup"));
}

}  // namespace
}  // namespace passerelle::gateway
