// What the tests of the outbox stand on: an outbox of NO, the inbox of FR at the other end, and a connection between
// them that does what the test says.
//
// Thread-safety: for one thread, except the connection.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "passerelle/relay/v1/stored.pb.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {

using ::passerelle::base::Reason;
using ::passerelle::base::Table;
using ::passerelle::testing::FaultyStore;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

inline constexpr char kId[] = "6f9619ff-8b86-4011-b42d-00c04fc964ff";

// A connection to FR that does what the test says; by default it hands the envelope over.
class ScriptedTransport : public Transport {
 public:
  using Peer = std::function<absl::StatusOr<v1::Envelope>(const v1::Envelope&)>;

  absl::StatusOr<v1::Envelope> Deliver(const federation::v1::Node& node, const v1::Envelope& envelope) override {
    {
      const absl::MutexLock lock(&mutex_);
      sent.push_back(envelope);
      recipients.push_back(node.id());
    }
    return peer(envelope);
  }
  absl::Time MayCallAt(absl::string_view node) const override {
    return node == "FR" ? may_call_at : absl::InfinitePast();
  }

  Peer peer;
  absl::Time may_call_at = absl::InfinitePast();  // FR
  std::vector<v1::Envelope> sent;
  std::vector<std::string> recipients;

 private:
  absl::Mutex mutex_;
};

// Counts effects at FR.
class CountingHandler : public Handler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::StatusOr<std::string> Prepare(const Opened& /*message*/) override { return std::string(); }
  absl::StatusOr<Reply> Handle(const Opened& message, const std::string& /*prepared*/,
                               base::Transaction& /*tx*/) override {
    RETURN_IF_ERROR(status);
    ++effects;
    return Reply{"test.Answer", absl::StrCat("to ", message.body)};
  }

  absl::Status status;
  int effects = 0;
};

// Writes what it is told into the transaction, so that what is undone does not show.
class RecordingAnswerHandler : public AnswerHandler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::Status HandleAnswer(const Outgoing& message, const absl::StatusOr<Answer>& answer, const v1::Envelope* evidence,
                            base::Transaction& tx) override {
    const std::string text = answer.ok() ? answer->opened.body : std::string(answer.status().message());
    RETURN_IF_ERROR(tx.Insert(
        Table::kCase, {.key = message.resource, .value = absl::StrCat(text, evidence == nullptr ? "" : " (signed)")}));
    return answer_status;
  }
  absl::Status HandleAttempt(const Outgoing& /*message*/, const absl::Status& problem, int attempts,
                             base::Transaction& /*tx*/) override {
    EXPECT_EQ(attempts, static_cast<int>(problems.size()) + 1);
    problems.push_back(problem);
    return absl::OkStatus();
  }

  absl::Status answer_status;
  std::vector<absl::Status> problems;
};

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() : store_(memory_) {
    inbox_ = std::make_unique<Inbox>(Inbox::Options{.node = "FR",
                                                    .nodes = nodes_.holder.get(),
                                                    .key = &nodes_.france,
                                                    .store = &peer_store_,
                                                    .clock = &clock_,
                                                    .random = &random_,
                                                    .handlers = {&peer_handler_}});
    transport_.peer = [this](const v1::Envelope& envelope) { return inbox_->Receive("NO", envelope); };
    Restart();
  }

  void Restart() {
    outbox_ = std::make_unique<Outbox>(Outbox::Options{.node = "NO",
                                                       .nodes = nodes_.holder.get(),
                                                       .key = &nodes_.norway,
                                                       .store = &store_,
                                                       .clock = &clock_,
                                                       .random = &random_,
                                                       .transport = &transport_,
                                                       .handlers = {&answers_}});
  }

  Outgoing Message() const {
    return {.id = kId,
            .recipient = "FR",
            .type = "test.Question",
            .body = "a",
            .resource = "case 1",
            .expires_at = clock_.Now() + absl::Hours(24)};
  }
  absl::Status Put(const Outgoing& message) {
    return store_.Write([&](base::Transaction& tx) { return outbox_->Put(message, tx); });
  }
  // What the handler wrote about the end of the message; empty before.
  std::string End(absl::string_view resource = "case 1") {
    std::string value;
    EXPECT_OK(memory_.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(Table::kCase, resource));
      value = record ? record->value : "";
      return absl::OkStatus();
    }));
    return value;
  }
  std::optional<Evidence> EvidenceOf(absl::string_view id) {
    std::optional<Evidence> evidence;
    EXPECT_OK(memory_.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(evidence, Outbox::ReadEvidence(id, tx));
      return absl::OkStatus();
    }));
    return evidence;
  }
  static ScriptedTransport::Peer Unreachable() {
    return [](const v1::Envelope&) { return base::Problem(Reason::kPeerUnreachable, ""); };
  }
  // An answer by FR's key, whatever the header says.
  v1::Envelope AnswerTo(const v1::Envelope& request, const std::function<void(Header&)>& change,
                        const std::string& body = "") {
    Header header{.id = base::NewUuid(random_),
                  .sender = "FR",
                  .audience = "NO",
                  .issued_at = clock_.Now(),
                  .expires_at = clock_.Now() + absl::Minutes(1),
                  .type = "test.Answer",
                  .request = EnvelopeSha256(request)};
    change(header);
    return Seal(nodes_.france, header, body).value();
  }
  ScriptedTransport::Peer Refusing(const v1::Refusal& refusal) {
    return [this, refusal](const v1::Envelope& request) {
      return AnswerTo(
          request, [](Header& header) { header.type = "passerelle.relay.v1.Refusal"; }, refusal.SerializeAsString());
    };
  }

  TwoNodes nodes_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  testing::MemoryStore memory_;
  testing::MemoryStore peer_store_;
  FaultyStore store_;
  CountingHandler peer_handler_;
  RecordingAnswerHandler answers_;
  ScriptedTransport transport_;
  std::unique_ptr<Inbox> inbox_;
  std::unique_ptr<Outbox> outbox_;
};

}  // namespace passerelle::relay
