// The configuration of a node: read, completed, checked.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/federation/node_map.h"
#include "core/proof/encryption_key.h"
#include "core/proof/jades/sealers.h"
#include "core/proof/key.h"
#include "gateway/config/overrides.h"
#include "gateway/fetch/fetcher.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::gateway {

// Reads a configuration file and sets what the overrides say, in their order: paths become absolute or relative to the
// working folder, limits and the operators' port get their defaults, every value is checked. Paths of overrides count
// from the file's folder too. Problems: kInputNotReadable, kInputTooLarge, kConfigInvalid with the key.
absl::StatusOr<config::v1::NodeConfig> LoadNodeConfig(const std::string& path,
                                                      const std::vector<ConfigOverride>& overrides = {});

// The files that a configuration names, loaded and checked against each other.
struct NodeFiles {
  std::vector<std::shared_ptr<const proof::SigningKey>> message_keys;
  std::vector<std::shared_ptr<const proof::DecryptionKey>> decryption_keys;  // none for a node that decrypts nothing
  std::shared_ptr<const proof::Sealers> sealers;                             // empty for a node that does not seal
  std::optional<Fetcher> fetcher;                                            // none for a node that fetches nothing
  std::vector<recognition::v1::RecognitionPolicy> policies;
};

// All but the node map, which has a history. Problems: kConfigInvalid, kPolicyTestFailed, kKeyUnusable,
// kInputNotReadable, kInputTooLarge, with the file.
absl::StatusOr<NodeFiles> LoadNodeFiles(const config::v1::NodeConfig& config);

// Where the node's message keys are, the one it signs with first: paths, or PKCS#11 URIs.
std::vector<std::string> MessageKeyReferences(const config::v1::NodeConfig& config);

// Whether the node map names this node as it is: with one of its message keys, its certificate, what it remembers, and
// no other key that others encrypt to now than it holds. Problems: kConfigInvalid, kKeyUnusable, kNodeMapUnusable.
absl::Status CheckOwnEntry(const config::v1::NodeConfig& config, const NodeFiles& files,
                           const federation::NodeDirectory& nodes);

}  // namespace passerelle::gateway
