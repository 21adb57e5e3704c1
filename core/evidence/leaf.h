// The leaves of a node's log. A leaf says what kind of event it is about and when it was, in clear, and has a keyed
// digest of the rest: whoever sees the log learns nothing about anybody, and whoever gets the key of one leaf can see
// that it is about the message before him.
//
//   passerelle-leaf/1
//   received
//   2030-01-02T03:04:05.678901Z
//   mKfO...=
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/evidence/merkle.h"

namespace passerelle::evidence {

enum class LeafKind {
  kSent,      // by the sender, before a message leaves
  kReceived,  // by the receiver, with the effect and the answer
  kAnswered,  // by the sender, with the effect of the answer
  // By the node about itself: something that happened with emergency access (gateway/clients/emergency_access.h). The
  // peer is the node, the message the event.
  kEmergency,
};

// "sent", "received", "answered", "emergency".
absl::string_view LeafKindName(LeafKind kind);

// What a leaf is about. Digests are lower-case hexadecimal.
struct Statement {
  LeafKind kind = LeafKind::kSent;
  std::string peer;        // node id
  std::string message_id;  // UUID
  std::string type;        // full name of the body's message
  std::string body_sha256;
  std::string request_sha256 = "";  // of the request's signing input; empty before it is signed
  std::string answer_sha256 = "";   // of the answer's signing input; empty before there is one
};

struct Leaf {
  LeafKind kind = LeafKind::kSent;
  absl::Time time;  // the log's clock, to the microsecond
  MerkleHash digest = {};
};

std::string WriteLeaf(const Leaf& leaf);
// Strict inverse. Problem: kLogFile.
absl::StatusOr<Leaf> ReadLeaf(absl::string_view bytes);

// Names one leaf of a log: a log has at most one of each kind for a message of a peer.
std::string LeafId(LeafKind kind, absl::string_view peer, absl::string_view message_id);

// The key that opens the leaf of that id, made from the secret of the log. 32 bytes.
std::string LeafKey(absl::string_view secret, absl::string_view leaf_id);

// The digest that stands in the leaf.
MerkleHash StatementDigest(absl::string_view leaf_key, const Statement& statement);

}  // namespace passerelle::evidence
