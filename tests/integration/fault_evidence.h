// What the stores of two stopped nodes show of their exchanges: the effects, the leaves, and the receipts.
//
// Thread-safety: for one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/evidence/log.h"
#include "core/federation/node_map.h"
#include "core/relay/bundle.h"
#include "core/relay/message_log.h"
#include "gateway/cli/local_federation.h"
#include "gateway/evidence/evidence_folder.h"
#include "gateway/system/system_clock.h"
#include "gateway/system/system_random.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::gateway {

// An exchange that a client asked for and its node confirmed.
struct FaultedExchange {
  std::string asker;
  std::string giver;
  std::string authorisation_id;  // at the giver
  std::string id;                // at the asker
};

// One node, stopped.
class StoppedNode {
 public:
  StoppedNode(const LocalFederation& federation, const std::string& id);

  // The exchanges that the store has for a client.
  size_t CountExchanges(const std::string& client);
  absl::StatusOr<exchange::v1::Exchange> Exchange(const std::string& id);
  uint32_t UsesMade(const std::string& authorisation_id);
  // Ids of the messages that were logged as sent for an exchange.
  std::vector<std::string> MessagesOf(const std::string& exchange_id) const;
  // How many leaves the log has of a kind, about a message.
  int Leaves(evidence::LeafKind kind, const std::string& peer, const std::string& message) const;
  absl::StatusOr<relay::BundleFacts> Facts(evidence::v1::Side side, const std::string& peer, const std::string& message,
                                           const federation::NodeDirectory& nodes);
  // The whole log, by the files that an auditor gets.
  absl::StatusOr<AuditedLog> Audit(const std::string& folder, const federation::NodeDirectory& nodes);

 private:
  absl::Status ReadLeaves();

  const std::string id_;
  const SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<base::Store> store_;
  std::unique_ptr<evidence::Log> log_;
  std::unique_ptr<relay::MessageLog> messages_;
  std::map<std::string, int> leaves_;                           // by leaf id
  std::map<std::string, std::vector<std::string>> message_of_;  // by exchange
};

// OK when the exchange was delivered, used its authorisation up by one, left one leaf for each event on each side, and
// both sides hold the same answer, which verifies.
absl::Status CheckExchange(const FaultedExchange& exchange, StoppedNode& asker, StoppedNode& giver,
                           const federation::NodeDirectory& nodes);

}  // namespace passerelle::gateway
