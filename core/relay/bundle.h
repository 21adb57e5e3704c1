// Evidence bundles: what one side holds about a message, made from its store and verified by anybody, offline.
//
// A bundle is not believed in anything: signatures are verified with the keys of a node map, every leaf must lead to
// the checkpoint, and its digest must be that of the envelopes in the bundle.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/federation/node_map.h"
#include "core/relay/message_log.h"
#include "passerelle/evidence/v1/evidence.pb.h"

namespace passerelle::relay {

// The bundle of one message. Problems: kResourceNotFound when the log has nothing about it; kLogRange when it has no
// place in the log yet; those of reading.
absl::StatusOr<evidence::v1::EvidenceBundle> MakeBundle(evidence::v1::Side side, const MessageName& message,
                                                        const MessageLog& log, const federation::NodeDirectory& nodes,
                                                        base::Transaction& tx);

// A signed message as a bundle shows it.
struct MessageFacts {
  std::string sender;
  std::string type;
  absl::Time signed_at;  // as its signer says
  std::string sha256;    // of the signing input: what it is
  std::string body_sha256;
  std::string refusal;  // in an answer that is a refusal: its reason
};

struct LeafFacts {
  evidence::LeafKind kind;
  absl::Time time;  // as the log says
  uint64_t index = 0;
  bool opened = false;  // whether the digest was compared with the message; not so when that was erased
  evidence::MerkleHash digest = {};
  std::string key = "";  // as the bundle has it
};

struct WitnessFacts {
  std::string name;
  absl::Time seen_at;  // as the witness says: the log had its leaves by then
};

// What a bundle shows.
struct BundleFacts {
  evidence::v1::Side side = evidence::v1::SIDE_UNSPECIFIED;
  std::string node;
  std::string peer;
  std::string message_id;
  std::optional<MessageFacts> request;
  std::optional<MessageFacts> answer;
  std::vector<LeafFacts> leaves;
  evidence::TreeHead head;
  std::vector<WitnessFacts> witnesses;  // others than the node itself

  // Whether the message is in the bundle. Without it, id and peer are shown by nothing.
  bool identified() const { return request.has_value(); }
  // The leaf of a kind, if there is one.
  const LeafFacts* Find(evidence::LeafKind kind) const;
};

// The keys that the bundle itself names, for those who have no node map. They show that the bundle fits together, not
// whose it is. Problem: kNodeMapUnusable.
absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> KeysIn(const evidence::v1::EvidenceBundle& bundle);

// Problems: kBundleInvalid for what is missing, malformed or does not fit together, with the field; those of
// Open at "request" and "answer"; kNote, kNoteSignature, kLogFile and kLogProof.
absl::StatusOr<BundleFacts> VerifyBundle(const evidence::v1::EvidenceBundle& bundle,
                                         const federation::NodeDirectory& nodes);

}  // namespace passerelle::relay
