// A federation of real node processes for one test: NO issues, NL asks, and XX is played by the test itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/proof/key.h"
#include "core/relay/envelope.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/system/system_random.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {

// A name of the learner of the transcript, which must stand in no log and no metric.
inline constexpr char kLearner[] = "Fjordheim";
inline constexpr char kQuestionType[] = "passerelle.authenticity.v1.AuthenticityQuestion";

// The document that NO has issued.
std::string Transcript();

// A server of the test's own that plays a node: on a free port of 127.0.0.1, over mutual TLS. Ends with the object.
class PlayedNode {
 public:
  PlayedNode() = default;
  PlayedNode(const PlayedNode&) = delete;
  PlayedNode& operator=(const PlayedNode&) = delete;
  ~PlayedNode() { Stop(); }

  // Where it listens, such as "127.0.0.1:40123".
  std::string Serve(const TlsPems& tls, grpc::Service* service);
  // Ends the calls that run, too.
  void Stop();

 private:
  std::unique_ptr<grpc::Server> server_;
};

class FederationTest : public testing::Test {
 protected:
  void SetUp() override;

  // Where XX listens, when a test plays it as a server too. Asked for before the nodes are started; the keys of XX are
  // in `federation_` by then.
  virtual std::string EndpointOfXx() { return ""; }

  // What NO has issued beside the transcript.
  virtual std::vector<LocalEntry> MoreEntries() { return {}; }

  // How long nodes wait for each other.
  virtual absl::Duration PeerCallLimit() { return absl::Seconds(1); }

  // A good question of XX to NO, and its envelope.
  relay::Header Header();
  relay::v1::Envelope Sealed(const relay::Header& header);

  // "answer", "refusal REASON", or "status MESSAGE".
  static std::string Deliver(relay::v1::RelayService::Stub& stub, const relay::v1::Envelope& envelope);

  NodeClient Office();  // NL's client
  NodeClient Portal();  // NO's client

  // Id of a sharing authorisation at NO for NL, good for one use.
  std::string Authorise(const std::string& credential_id = "NO-1");
  // The exchange that NL's client asks for under an authorisation at NO, twice with the same request id.
  absl::StatusOr<exchange::v1::Exchange> StartExchange(const std::string& authorisation_id);
  // An exchange as it is after waiting for its end.
  absl::StatusOr<exchange::v1::Exchange> Wait(const std::string& id, absl::Duration patience = absl::Seconds(10));
  // Both.
  absl::StatusOr<exchange::v1::Exchange> Fetch(const std::string& authorisation_id);
  // The verdict of NL on the transcript, after asking a node.
  absl::StatusOr<authenticity::v1::AuthenticityVerdict> Verify(const std::string& issuing_node);

  // Changes the node map, and waits until every node has read it.
  void ChangeNodeMap(absl::FunctionRef<void(federation::v1::NodeMap&)> change);

  SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<proof::SigningKey> key_;               // of XX
  std::unique_ptr<relay::v1::RelayService::Stub> peer_;  // of XX to NO
};

}  // namespace passerelle::gateway
