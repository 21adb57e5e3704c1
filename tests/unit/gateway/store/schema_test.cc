// How schemas move on, for every database alike.
#include "gateway/store/schema.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gateway/store/postgres_schema.h"
#include "gateway/store/sqlite_schema.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

// A database in memory that notes what is done with it.
class NotedTarget : public SchemaTarget {
 public:
  absl::StatusOr<SchemaState> State() override { return state; }
  absl::Status Begin() override {
    done.emplace_back("begin");
    if (meanwhile.version > 0) state = meanwhile;
    return absl::OkStatus();
  }
  absl::Status Apply(const SchemaChange& change) override {
    done.push_back(change.sql);
    return change.sql == failing ? absl::InternalError("no") : absl::OkStatus();
  }
  absl::Status Commit() override {
    done.emplace_back("commit");
    return absl::OkStatus();
  }

  SchemaState state;
  SchemaState meanwhile;  // what another program has made of it by the time of Begin
  std::string failing;
  std::vector<std::string> done;
};

const std::vector<SchemaChange>& Changes() {
  static const auto* const changes = new std::vector<SchemaChange>{{1, 1, "one"}, {2, 1, "two"}, {3, 3, "three"}};
  return *changes;
}

std::vector<std::string> Digests(const std::vector<std::string>& texts) {
  std::vector<std::string> digests;
  for (const std::string& text : texts) digests.push_back(base::Sha256Hex(text));
  return digests;
}

TEST(Schema, AppliesWhatIsMissingInOrderAndOnce) {
  NotedTarget empty;
  EXPECT_OK(UpgradeSchema(empty, Changes()));
  EXPECT_EQ(empty.done, (std::vector<std::string>{"begin", "one", "two", "three", "commit"}));
  NotedTarget older;
  older.state = {2, 1, Digests({"one", "two"})};
  EXPECT_OK(UpgradeSchema(older, Changes()));
  EXPECT_EQ(older.done, (std::vector<std::string>{"begin", "three", "commit"}));
  NotedTarget same;
  same.state = {3, 3, Digests({"one", "two", "three"})};
  EXPECT_OK(UpgradeSchema(same, Changes()));
  EXPECT_TRUE(same.done.empty());
}

TEST(Schema, LeavesToAnotherProgramWhatThatHasDoneMeanwhile) {
  NotedTarget target;
  target.meanwhile = {3, 3, Digests({"one", "two", "three"})};
  EXPECT_OK(UpgradeSchema(target, Changes()));
  EXPECT_EQ(target.done, (std::vector<std::string>{"begin", "commit"}));
}

TEST(Schema, CommitsNothingWhenAChangeFails) {
  NotedTarget target;
  target.failing = "two";
  EXPECT_FALSE(UpgradeSchema(target, Changes()).ok());
  EXPECT_EQ(target.done, (std::vector<std::string>{"begin", "one", "two"}));
}

TEST(Schema, WorksBesideANewerProgramOnlyWhenThatSaysSo) {
  NotedTarget newer;
  newer.state = {4, 4, {}};
  const absl::Status refused = UpgradeSchema(newer, Changes());
  EXPECT_THAT(refused, HasReasonAt(Reason::kStoreNewer, "schema version"));
  EXPECT_EQ(base::DetailOf(refused), "the store has schema 4, this version knows 3");
  EXPECT_TRUE(newer.done.empty());
  newer.state.oldest_program = 3;
  EXPECT_OK(UpgradeSchema(newer, Changes()));
  EXPECT_TRUE(newer.done.empty());
}

TEST(Schema, RefusesADatabaseThatHadOtherChanges) {
  NotedTarget other;
  other.state = {2, 1, Digests({"one", "something else"})};
  EXPECT_THAT(UpgradeSchema(other, Changes()), HasReasonAt(Reason::kStoreUnavailable, "schema version"));
  EXPECT_TRUE(other.done.empty());
}

// What is stored is evidence: no change takes anything away.
TEST(Schema, NoChangeIsDestructive) {
  for (const auto& changes : {SqliteSchemaChanges(), PostgresSchemaChanges()}) {
    ASSERT_EQ(static_cast<int>(changes.size()), kSchemaVersion);
    for (size_t i = 0; i < changes.size(); ++i) {
      EXPECT_EQ(changes[i].version, static_cast<int>(i) + 1);
      EXPECT_LE(changes[i].oldest_program, changes[i].version);
      const std::string sql = absl::AsciiStrToUpper(changes[i].sql);
      for (const char* word : {"DROP", "DELETE", "TRUNCATE", "RENAME", "UPDATE", "REPLACE", " TYPE "}) {
        EXPECT_FALSE(absl::StrContains(sql, word)) << changes[i].version << ": " << word;
      }
    }
  }
}

TEST(Schema, KeepsEveryTimeThatThePortHas) {
  for (const absl::Time time : {absl::InfinitePast(), absl::UnixEpoch(), absl::FromUnixMillis(1893553445250)}) {
    EXPECT_EQ(FromMicros(ToMicros(time)), time);
  }
}

}  // namespace
}  // namespace passerelle::gateway
