// A federation on one machine, for the demonstration and the integration tests: a certificate authority, keys, node
// map, registers and configurations in one folder, and every node a process of its own on loopback ports.
//
// Everything is real but the distance: the nodes are `passerelle serve` processes that speak gRPC over mutual TLS.
//
// Thread-safety: thread-safe; calls wait for each other. Ownership: the processes end, and the folder goes (unless it
// is to be kept), when the object does.
//
//   LocalFederation::Options options;
//   options.nodes = {{.id = "NO", ...}, {.id = "NL", ...}};
//   ASSIGN_OR_RETURN(auto federation, LocalFederation::Make(options));
//   RETURN_IF_ERROR(federation->Start());
//   NodeClient client(federation->ClientChannel("NL", federation->ClientTls("NL", "admissions")));
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/proof/key.h"
#include "gateway/cli/child_process.h"
#include "gateway/keys/make_certificates.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/credentials.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/erasure/v1/erasure.pb.h"
#include "passerelle/federation/v1/node_map.pb.h"
#include "passerelle/recognition/v1/case_state.pb.h"

namespace passerelle::gateway {

// A document in a node's register.
struct LocalEntry {
  std::string credential_id;
  std::string holder_reference;
  std::string content;
  absl::Time issue_time;
  absl::Time revoke_time = absl::InfiniteFuture();
  std::string media_type = "";
};

// A client of a node.
struct LocalClient {
  std::string id;
  std::vector<std::string> services;
  std::vector<recognition::v1::CaseActor> case_roles = {};  // in which it takes steps of recognition cases
  std::vector<config::v1::TokenIdentity> tokens = {};       // by which it is known beside its certificate
  config::v1::EmergencyRights emergency = {};
  std::vector<config::v1::EmergencyDuty> emergency_duties = {};
  bool works_blind = false;  // whether it does not see whose a case is before the decision
};

// A node of the federation.
struct LocalNode {
  std::string id;
  std::string competent_authority;
  std::string country;
  std::vector<LocalClient> clients;
  std::vector<config::v1::TokenIssuer> token_issuers;  // paths count from the node's folder
  std::vector<LocalEntry> entries;                     // a node without entries has no register
  std::vector<std::string> policies;                   // YAML
  std::vector<std::string> register_facts = {};        // YAML
  std::vector<std::string> skill_collections = {};     // paths
  std::string trust_bundle = "";                       // YAML, which is signed by a root of its own; empty for none
  // A node that somebody else plays: it is in the node map with keys and certificate, but no process is started for it.
  bool played = false;
  // Connection string of a PostgreSQL database in which its store is; empty for a file of its own.
  std::string postgresql;
  // Id of the node of which this is one more replica, after that one in the list: it has that node's keys, clients,
  // register and store, and is no entry of the node map. `id` is then a name within this federation only.
  std::string replica_of;
  // Address under which the node map has the node when it is not its own peer port, such as that of a balancer.
  std::string endpoint;
  bool encryption = false;  // whether others encrypt to it
  bool http = false;        // whether it has a port for HTTP
  std::vector<std::string> http_origins;
  std::string catalogue = "";                        // index of offers; empty for none
  std::string providers = "";                        // path of a list of providers and their policies; empty for none
  bool catalogue_is_open = false;                    // to everybody
  std::vector<std::string> statistics_folders = {};  // of published cubes, which are open to everybody then
  std::vector<erasure::v1::RetentionRule> retention_rules = {};
};

// Ports that a running node listens on.
struct LocalPorts {
  int client = 0;
  int peer = 0;
  int admin = 0;
  int metrics = 0;
  int http = 0;  // of a node with a port for HTTP
};

// PEM texts of one side of a TLS connection.
struct TlsPems {
  std::string certificate;
  std::string private_key;
  std::string trusted_authorities;
};

class LocalFederation {
 public:
  struct Options {
    std::string program = "/proc/self/exe";
    std::string folder;  // empty for a new one under the folder for temporary files
    bool keep = false;   // whether the folder stays
    std::vector<LocalNode> nodes;
    absl::Duration ready_timeout = absl::Seconds(10);
    absl::Duration drain = absl::Seconds(5);
    absl::Duration peer_call = absl::Seconds(5);
  };

  // Writes the folder, which must be new or empty. Problems: kOutputExists, kOutputNotWritable, kKeyUnusable,
  // kInternal.
  static absl::StatusOr<std::unique_ptr<LocalFederation>> Make(Options options);
  LocalFederation(const LocalFederation&) = delete;
  LocalFederation& operator=(const LocalFederation&) = delete;
  ~LocalFederation();

  // Starts every node that is not played by somebody else, and waits until all are ready. Problems: kPortUnavailable,
  // kDeadline, kConfigInvalid; the place names the node.
  absl::Status Start();
  // Ends every node, and removes the folder unless it is kept. Can be called twice.
  void End();

  // One node, on the peer port that it had.
  absl::Status StartNode(const std::string& id);
  // Ends a node in order; returns its exit code.
  int StopNode(const std::string& id);
  // Ends a node as a power cut would.
  void KillNode(const std::string& id);

  const std::string& folder() const { return options_.folder; }
  std::string NodeFolder(const std::string& id) const;
  std::string ConfigPath(const std::string& id) const;
  // What a node has written to its output so far.
  std::string LogOf(const std::string& id) const;
  LocalPorts PortsOf(const std::string& id) const;
  // 0 before it was started.
  pid_t PidOf(const std::string& id) const;
  // RFC 7638 thumbprint of a node's message key.
  std::string KeyIdOf(const std::string& id) const;

  // Keys of a node, to play it, and of a client.
  std::string MessageKeyPem(const std::string& id) const;
  TlsPems NodeTls(const std::string& id) const;
  TlsPems ClientTls(const std::string& node, const std::string& client) const;
  // A certificate of the same authority that no node map and no configuration names.
  absl::StatusOr<TlsPems> StrangerTls(const std::string& name) const;

  std::shared_ptr<grpc::Channel> ClientChannel(const std::string& node, const TlsPems& tls) const;
  std::shared_ptr<grpc::Channel> PeerChannel(const std::string& node, const TlsPems& tls) const;
  std::shared_ptr<grpc::Channel> AdminChannel(const std::string& node) const;

  // Changes the node map, raises its version, and puts it in the place of the one before. Nodes read it again.
  absl::Status ChangeNodeMap(absl::FunctionRef<void(federation::v1::NodeMap&)> change);

 private:
  struct Process {
    std::unique_ptr<ChildProcess> child;
    LocalPorts ports;
  };

  explicit LocalFederation(Options options) : options_(std::move(options)) {}

  absl::Status WriteFolder();
  absl::Status WriteNode(const LocalNode& node, const CertificatePems& authority);
  absl::Status WriteReplica(const LocalNode& node);
  absl::Status WriteRegister(const LocalNode& node);
  absl::Status WriteTrust(const LocalNode& node);
  absl::Status AddClients(const LocalNode& node, config::v1::ClientPort* port) const;
  absl::Status WriteConfig(const LocalNode& node, int peer_port);
  absl::Status MakeRoot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> SignNodeMap() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteNodeMap() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives every node a peer port that is free now, in configuration and node map.
  absl::Status ChoosePorts();
  absl::Status StartAll();
  absl::Status Launch(const std::string& id);
  absl::Status WaitUntilReady(const std::string& id);
  // Why a node ended before it was ready.
  absl::Status WhyEnded(const std::string& id) const;
  void StopAll();
  TlsPems ReadTls(const std::string& path) const;
  static std::shared_ptr<grpc::ChannelCredentials> Credentials(const TlsPems& tls);
  std::shared_ptr<grpc::Channel> Channel(int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) const;

  Options options_;
  mutable absl::Mutex mutex_;
  federation::v1::NodeMap map_ ABSL_GUARDED_BY(mutex_);
  std::vector<proof::SigningKey> authorities_ ABSL_GUARDED_BY(mutex_);  // who sign the map
  std::map<std::string, Process> processes_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway
