// The evidence of messages: for each a leaf in the log of the node (core/evidence/log.h) and, once it is answered, the
// signed message and the signed answer, encrypted so that they can be erased.
//
//   side      when                          leaf       with it
//   sender    the message is put            sent       -
//   receiver  the message has its effect    received   message and answer
//   sender    the answer has its effect     answered   message and answer
//
// Each is written in the transaction of the effect.
//
// Thread-safety: thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/evidence/log.h"
#include "core/relay/envelope.h"
#include "passerelle/evidence/v1/evidence.pb.h"
#include "passerelle/relay/v1/stored.pb.h"

namespace passerelle::relay {

// Names a message at one node.
struct MessageName {
  std::string peer;           // the other node
  std::string id;             // UUID
  std::string resource = "";  // what it belongs to at this node
};

// The leaf of a kind about a message with its answer, as it must read by the envelopes themselves.
evidence::Statement StatementOf(evidence::LeafKind kind, absl::string_view peer, const Header& header,
                                const v1::Envelope& request, const v1::Envelope* answer);

class MessageLog {
 public:
  struct Options {
    const evidence::Log* log = nullptr;
    std::string payload_key;  // 32 bytes: wraps the keys of the payloads
    base::Random* random = nullptr;
  };
  explicit MessageLog(Options options) : options_(std::move(options)) {}

  // Problems of all three: those of Log::Append, kStoreUnavailable, kInternal.
  absl::Status Sent(const MessageName& message, absl::string_view type, absl::string_view body,
                    base::Transaction& tx) const;
  // `message.envelope` must be set.
  absl::Status Received(const Opened& message, const v1::Envelope& answer, base::Transaction& tx) const;
  absl::Status Answered(const MessageName& message, absl::string_view type, const v1::Envelope& request,
                        const v1::Envelope& answer, base::Transaction& tx) const;

  // The signed sides of a message; nothing when none are kept, kEvidenceErased when they were erased, kKeyUnusable
  // when the key of the node is another one.
  absl::StatusOr<std::optional<v1::KeptMessage>> Read(evidence::v1::Side side, const MessageName& message,
                                                      base::Transaction& tx) const;

  // Deletes the key of the payload, so that nobody can read it again; the log stays as it is and still verifies.
  // kResourceNotFound when nothing is kept.
  static absl::Status Erase(evidence::v1::Side side, const MessageName& message, base::Transaction& tx);

  const evidence::Log& log() const { return *options_.log; }

 private:
  absl::Status Keep(evidence::v1::Side side, const MessageName& message, const v1::Envelope& request,
                    const v1::Envelope& answer, base::Transaction& tx) const;

  const Options options_;
};

}  // namespace passerelle::relay
