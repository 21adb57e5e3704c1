// A federation in one process: NO issues, IT acts for the holder, BG recognises. Everything is the production code but
// clock, randomness, stores, registers, formats and the wire, on which faults can be put.
//
// Thread-safety: for one thread. Ownership: the network owns its nodes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/authenticity/register_question.h"
#include "core/base/port/clock.h"
#include "core/contents/arrivals.h"
#include "core/contents/piece_query.h"
#include "core/erasure/erasures.h"
#include "core/erasure/retention_clock.h"
#include "core/evidence/log.h"
#include "core/exchange/credential_query.h"
#include "core/exchange/exchanges.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"
#include "core/recognition/cases.h"
#include "core/registers/register.h"
#include "core/relay/inbox.h"
#include "core/relay/message_log.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisation_query.h"
#include "core/sharing/authorisations.h"
#include "core/sharing/previews.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"

namespace passerelle::testing {

// Where holders see and decide what is asked of them.
inline constexpr char kPreviewAddress[] = "https://portal.example/preview";

class FakeRegister : public registers::Register {
 public:
  explicit FakeRegister(const base::Clock* clock) : clock_(clock) {}

  // Adds an issued document.
  void Issue(const std::string& credential_id, const std::string& content, const std::string& holder_reference = "");
  // The same of one that is too large to be looked up whole.
  void IssueLarge(const std::string& credential_id, const std::string& content, const std::string& media_type,
                  std::optional<uint64_t> stated_bytes = {});
  void ChangeLarge(const std::string& credential_id, const std::string& content) { large_[credential_id] = content; }
  void Revoke(const std::string& credential_id, absl::Time when);

  absl::StatusOr<registers::v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) override;
  absl::StatusOr<std::string> ReadDocument(absl::string_view credential_id, uint64_t offset, uint32_t limit) override;
  absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view sha256) override;
  absl::StatusOr<std::vector<registers::v1::RegisterEntry>> ListHolderCredentials(absl::string_view holder_reference,
                                                                                  absl::string_view after,
                                                                                  int limit) override;

  bool available = true;
  // Called before every look-up, so that a test can let something happen in between.
  std::function<void()> before_look_up;
  // Changes what is answered about a digest.
  std::function<void(authenticity::v1::AuthenticityAnswer&)> distort;
  int questions = 0;

 private:
  const base::Clock* clock_;
  std::map<std::string, registers::v1::RegisterEntry, std::less<>> entries_;
  std::map<std::string, std::string, std::less<>> large_;
};

class Network;

// What happens to one delivery.
enum class WireFault {
  kNone,
  kUnreachable,  // nothing arrives
  kAnswerLost,   // it arrives, and the answer does not
};

// What the nodes keep.
struct Keeping {
  bool evidence = false;  // whether every message leaves its evidence in a log
  uint32_t piece_bytes = base::kPieceBytes;
  bool takes_cases_in_pieces = true;
  erasure::Rules rules = {};
};

// A node with all services.
class TestNode {
 public:
  TestNode(Network& network, const std::string& id, const std::vector<recognition::v1::RecognitionPolicy>& policies,
           const Keeping& keeping);

  const std::string id;
  MemoryStore memory;
  FaultyStore store{memory};
  proof::SigningKey key;
  FakeRegister reg;
  sharing::Authorisations authorisations;
  sharing::AuthorisationQueryHandler authorisation_query_handler;
  sharing::Previews previews;
  contents::Arrivals arrivals;
  exchange::Exchanges exchanges;
  exchange::CredentialQueryHandler query_handler;
  contents::ContentQueryHandler content_handler;
  authenticity::QuestionHandler question_handler;
  recognition::Cases cases;
  erasure::Erasures erasures;
  erasure::RetentionClock retention_clock;

  // Made when all nodes are known.
  void Connect(Network& network);
  relay::Outbox& outbox() { return *outbox_; }
  relay::Inbox& inbox() { return *inbox_; }
  const evidence::Log& log() const { return *log_; }
  const relay::MessageLog& messages() const { return *messages_; }
  // Compares the whole log with its checkpoint, as at the start of a node.
  absl::Status VerifyLog(Network& network);

 private:
  evidence::Log::Options LogOptions(Network& network);

  const bool keeps_evidence_;
  std::unique_ptr<evidence::Log> log_;
  std::unique_ptr<relay::MessageLog> messages_;
  std::unique_ptr<relay::Transport> transport_;
  std::unique_ptr<relay::Outbox> outbox_;
  std::unique_ptr<relay::Inbox> inbox_;
};

class Network {
 public:
  explicit Network(const std::vector<recognition::v1::RecognitionPolicy>& policies = {}, const Keeping& keeping = {});

  // Sends and checks what is due, until nothing is.
  void Run();
  // The same, going on in time until nothing is due within `duration`.
  void RunFor(absl::Duration duration);
  // Takes a node off the node map.
  void RevokeNode(const std::string& node);

  TestNode& Node(const std::string& node) { return *nodes_.at(node); }
  absl::StatusOr<relay::v1::Envelope> Carry(const std::string& sender, const std::string& recipient,
                                            const relay::v1::Envelope& envelope);

  FakeClock clock;
  FakeRandom random;
  const document::Registry formats;
  federation::v1::NodeMap map;
  std::unique_ptr<federation::NodeMapHolder> directory;
  // Faults of the next deliveries, first one first; none when empty.
  std::deque<WireFault> faults;
  // Clocks of cases that ran out, at any node.
  std::map<std::string, int> clocks;
  // Every envelope that was sent, requests and answers.
  std::vector<relay::v1::Envelope> wire;

 private:
  std::map<std::string, std::unique_ptr<TestNode>> nodes_;
};

}  // namespace passerelle::testing
