// Two replicas of a node get two attempts of one message: whoever comes second finds nothing at first, and the first
// one's leaf after that.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/evidence/log.h"
#include "core/relay/inbox.h"
#include "core/relay/message_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {
namespace {

using base::Record;
using base::Table;

// A transaction that began before the other replica's was committed, and reads on after it: the inbox was looked at
// before.
class EarlyTransaction : public base::Transaction {
 public:
  explicit EarlyTransaction(base::Transaction& tx) : tx_(tx) {}
  absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
    if (table == Table::kInbox) return std::nullopt;
    return tx_.Get(table, key);
  }
  absl::Status Insert(Table table, const Record& record) override { return tx_.Insert(table, record); }
  absl::Status Update(Table table, const Record& record) override { return tx_.Update(table, record); }
  absl::Status Delete(Table table, absl::string_view key) override { return tx_.Delete(table, key); }
  absl::StatusOr<std::vector<Record>> List(Table table, absl::string_view group, absl::string_view after_key,
                                           int limit) override {
    return tx_.List(table, group, after_key, limit);
  }
  absl::StatusOr<std::vector<Record>> Due(Table table, absl::Time now, int limit) override {
    return tx_.Due(table, now, limit);
  }

 private:
  base::Transaction& tx_;
};

// The first write after `early` was set is such a transaction.
class EarlyStore : public base::Store {
 public:
  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override {
    if (!std::exchange(early, false)) return inner_.Write(work);
    return inner_.Write([&](base::Transaction& tx) {
      EarlyTransaction before(tx);
      return work(before);
    });
  }
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override { return inner_.Read(work); }

  bool early = false;

 private:
  testing::MemoryStore inner_;
};

class ReplicaHandler : public Handler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::StatusOr<std::string> Prepare(const Opened& /*message*/) override { return std::string(); }
  absl::StatusOr<Reply> Handle(const Opened& message, const std::string& /*prepared*/,
                               base::Transaction& /*tx*/) override {
    RETURN_IF_ERROR(status);
    return Reply{"test.Answer", message.body};
  }
  absl::Status status;
};

class InboxReplicasTest : public ::testing::Test {
 protected:
  v1::Envelope Request() { return Seal(nodes_.norway, nodes_.Request(clock_.Now()), "a").value(); }

  TwoNodes nodes_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  EarlyStore store_;
  ReplicaHandler handler_;
  const std::unique_ptr<evidence::Log> log_ = *evidence::Log::Open(
      {"FR", &store_, &clock_, evidence::OneKey(&nodes_.france), std::string(32, 'F')}, {}, std::nullopt);
  const MessageLog evidence_{{.log = log_.get(), .payload_key = std::string(32, 'P'), .random = &random_}};
  Inbox inbox_{Inbox::Options{.node = "FR",
                              .nodes = nodes_.holder.get(),
                              .key = &nodes_.france,
                              .store = &store_,
                              .clock = &clock_,
                              .random = &random_,
                              .handlers = {&handler_},
                              .evidence = &evidence_}};
};

TEST_F(InboxReplicasTest, TheSecondAttemptGetsTheAnswerToTheFirst) {
  ASSERT_OK_AND_ASSIGN(const v1::Envelope first, inbox_.Receive("NO", Request()));
  clock_.Advance(absl::Seconds(1));
  store_.early = true;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope second, inbox_.Receive("NO", Request()));
  EXPECT_FALSE(store_.early);
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
}

// A refusal is an answer too.
TEST_F(InboxReplicasTest, TheSecondAttemptGetsTheRefusalOfTheFirst) {
  handler_.status = base::Problem(base::Reason::kFieldInvalid, "body");
  ASSERT_OK_AND_ASSIGN(const v1::Envelope first, inbox_.Receive("NO", Request()));
  clock_.Advance(absl::Seconds(1));
  store_.early = true;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope second, inbox_.Receive("NO", Request()));
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
}

}  // namespace
}  // namespace passerelle::relay
