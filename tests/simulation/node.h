// A node of the simulation: what outlives its process, and one run of the process after the other, made of the real
// classes of the core.
//
// Thread-safety: for one thread. Ownership: a node owns its store; a process lives as long as anything that it was
// doing when it was killed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/port/clock.h"
#include "core/document/adapter.h"
#include "core/evidence/log.h"
#include "core/exchange/credential_query.h"
#include "core/exchange/exchanges.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"
#include "core/registers/register.h"
#include "core/relay/inbox.h"
#include "core/relay/message_log.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisations.h"
#include "tests/simulation/store_layers.h"
#include "tests/support/fake_random.h"
#include "tests/support/memory_store.h"

namespace passerelle::simulation {

inline constexpr int kNodes = 3;
inline constexpr absl::string_view kClient = "client";

// What all schedules share: making keys and reading them takes longer than a schedule.
struct Federation {
  Federation();
  std::vector<std::string> ids;
  std::vector<proof::SigningKey> keys;
  std::vector<proof::SigningKey> strangers;  // one; no node map names it
  std::unique_ptr<federation::NodeMapHolder> nodes;
  std::vector<evidence::NoteKey> note_keys;
  document::Registry formats;
};
const Federation& TheFederation();

// The document that a node has under an id.
std::string DocumentOf(absl::string_view node, absl::string_view credential_id);

// The time at one node: all of them run alike, none of them right.
class NodeClock : public base::Clock {
 public:
  NodeClock(const absl::Time& now, absl::Duration ahead) : now_(now), ahead_(ahead) {}
  absl::Time Now() const override { return now_ + ahead_; }
  absl::Duration ahead() const { return ahead_; }

 private:
  const absl::Time& now_;
  const absl::Duration ahead_;
};

// What the world does for its nodes.
class Environment : public Scheduler {
 public:
  virtual bool RegisterAvailable() = 0;
  // Carries an envelope of a living process and brings the answer back; throws Killed when it died meanwhile.
  virtual absl::StatusOr<relay::v1::Envelope> Carry(Life& life, const std::string& recipient,
                                                    const relay::v1::Envelope& envelope) = 0;
  virtual Bug bug() const = 0;
};

class Process;

class Node {
 public:
  Node(int index, Environment& environment, const absl::Time& now, absl::Duration ahead, uint64_t seed, Report& report);

  const std::string& id() const { return id_; }
  const proof::SigningKey& key() const { return TheFederation().keys[index_]; }
  const NodeClock& clock() const { return clock_; }
  // The store below all layers, for looking at it.
  base::Store& truth() { return memory_; }
  // Null while the node is down.
  const std::shared_ptr<Process>& process() const { return process_; }

  // Problems: those of Log::Open; kStoreUnavailable by a planned fault. Throws Killed.
  absl::Status Start();
  void Kill();

 private:
  friend class Process;
  const int index_;
  const std::string id_;
  Environment& environment_;
  const NodeClock clock_;
  testing::FakeRandom random_;
  testing::MemoryStore memory_;
  MonitoredStore monitored_;
  PlantedStore planted_;
  std::shared_ptr<Process> process_;
};

class Process {
 public:
  explicit Process(Node& node);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  absl::Status Open(const std::string& remembered);

  Life life;

 private:
  Node& node_;
  ProcessStore store_;
  std::unique_ptr<registers::Register> register_;
  std::unique_ptr<relay::Transport> transport_;
  std::unique_ptr<relay::Handler> handler_;
  std::unique_ptr<relay::Handler> twice_;
  std::unique_ptr<relay::MessageLog> messages_;

 public:
  sharing::Authorisations authorisations;
  exchange::Exchanges exchanges;
  std::unique_ptr<evidence::Log> log;
  std::unique_ptr<relay::Inbox> inbox;
  std::unique_ptr<relay::Outbox> outbox;
  const relay::MessageLog& messages() const { return *messages_; }
};

}  // namespace passerelle::simulation
