// `passerelle keys`: making keys that sign messages, what a node holds, and the next step of replacing one.
//
// Nothing here changes the node map: other nodes learn of a key when it is signed by the federation's authorities
// (`passerelle federation add … --message-key`).
//
// Thread-safety: free functions. Each returns an exit code of the command line's contract.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/proof/algorithm.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct KeysGenerateRequest {
  std::string out;  // file for the private key, which must not be there yet
  proof::KeyAlgorithm algorithm = proof::KeyAlgorithm::kEdDsa;
  bool json = false;
};

struct KeysOfNodeRequest {
  std::string config;
  absl::Time now;
  bool json = false;
};

// Writes a private key for its owner only, and its public half to standard output, in PEM.
int RunKeysGenerate(const KeysGenerateRequest& request, const Console& console);

// The message keys and the certificates for TLS of a node: ids, ends, and what the node map says of them.
int RunKeysShow(const KeysOfNodeRequest& request, const Console& console);

// Does the next step of replacing the message key, or says what is waited for. A new key is made only when the node
// holds none beside the one that it signs with. Problem: kConfigInvalid when message_key is no folder.
int RunKeysRotate(const KeysOfNodeRequest& request, const Console& console);

}  // namespace passerelle::gateway
