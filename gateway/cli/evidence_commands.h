// passerelle evidence: what a node can show of a message, what a bundle or a log proves, and what two parties' bundles
// show together.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "gateway/cli/console.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

// Whose keys count: a node map, and the root by which it must be signed. A map without a root is believed whoever made
// it. No map at all: the keys that a bundle names itself. Either is said on the error stream.
struct EvidenceKeys {
  std::string node_map;  // signed, or YAML
  std::string root;      // YAML

  // Whether the signatures on a map are checked.
  bool MapChecked() const { return !node_map.empty() && !root.empty(); }
};

struct EvidenceExportRequest {
  std::string config;  // of the node, YAML; the node may run meanwhile
  std::string id;      // of the message, or of what it belongs to at the node; empty with `folder`
  std::string out;     // file to write the bundle to; standard output when empty
  std::string folder;  // new folder to write the whole log to
};
// Problems: kResourceNotFound when the log has nothing under that id; kFieldInvalid when several messages have it.
int RunEvidenceExport(const EvidenceExportRequest& request, const StoreTools& stores, const Console& console);

// Lists the leaves of a node's log in their order: time, kind, the other node, message, type, and what it belongs to.
int RunEvidenceList(const std::string& config, const StoreTools& stores, const Console& console);

struct EvidenceEraseRequest {
  std::string config;  // of the node, YAML; the node may run meanwhile
  std::string id;      // of a message, or of an exchange
};
// Erases the content of every message that has the id or belongs to it, and the documents of the exchange, in one
// transaction; or a recognition case with all that belongs to it. Problems: kResourceNotFound when the log has nothing
// under that id; kFieldInvalid for what is still on its way; kRetained for a case that has to be kept.
int RunEvidenceErase(const EvidenceEraseRequest& request, const StoreTools& stores, const Console& console);

struct EvidenceVerifyRequest {
  std::string bundle;  // JSON; or
  std::string folder;  // a log
  EvidenceKeys keys;
  std::string key;          // public key of the log: PEM, or the text of a key for notes
  std::string seen;         // an older checkpoint of the log, from elsewhere
  std::string time_stamps;  // certificates of the authority whose time-stamps are to be checked, PEM; empty for none
  bool json = false;
};
// kExitDone when everything holds, kExitRefused otherwise.
int RunEvidenceVerify(const EvidenceVerifyRequest& request, const Console& console);

struct EvidenceDisputeRequest {
  std::string one;
  std::string other;
  EvidenceKeys keys;
  bool json = false;
};
// kExitDone when both bundles hold and nothing is open between them, kExitRefused otherwise.
int RunEvidenceDispute(const EvidenceDisputeRequest& request, const Console& console);

}  // namespace passerelle::gateway
