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
// The kept messages of one resource, such as a case, are found by it; those that belong to none are due when they were
// kept, so that whoever erases them after a time finds the oldest first.
//
// Thread-safety: thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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
  // `message.envelope` must be set. `resource` is what the message belongs to here; empty for nothing.
  absl::Status Received(const Opened& message, const v1::Envelope& answer, absl::string_view resource,
                        base::Transaction& tx) const;
  absl::Status Answered(const MessageName& message, absl::string_view type, const v1::Envelope& request,
                        const v1::Envelope& answer, base::Transaction& tx) const;

  // The signed sides of a message; nothing when none are kept, kEvidenceErased when they were erased, kKeyUnusable
  // when the key of the node is another one.
  absl::StatusOr<std::optional<v1::KeptMessage>> Read(evidence::v1::Side side, const MessageName& message,
                                                      base::Transaction& tx) const;

  // Deletes the key of the payload, so that nobody can read it again; the log stays as it is and still verifies.
  // kResourceNotFound when nothing is kept.
  static absl::Status Erase(evidence::v1::Side side, const MessageName& message, base::Transaction& tx);

  // A message whose signed sides are or were kept.
  struct Kept {
    evidence::v1::Side side = evidence::v1::SIDE_UNSPECIFIED;
    MessageName name;
    std::string key;  // of its record: where a list goes on
  };
  // Those that belong to a resource, in the order in which they were kept, after the one of the key `after`.
  static absl::StatusOr<std::vector<Kept>> KeptOf(absl::string_view resource, absl::string_view after, int limit,
                                                  base::Transaction& tx);
  // Those that belong to none and were kept at or before `time`, oldest first; not those that were erased.
  static absl::StatusOr<std::vector<Kept>> KeptUntil(absl::Time time, int limit, base::Transaction& tx);
  // What a message belongs to; nothing when none of it is kept.
  static absl::StatusOr<std::optional<std::string>> ResourceOf(evidence::v1::Side side, const MessageName& message,
                                                               base::Transaction& tx);

  const evidence::Log& log() const { return *options_.log; }

 private:
  absl::Status Keep(evidence::v1::Side side, const MessageName& message, const v1::Envelope& request,
                    const v1::Envelope& answer, base::Transaction& tx) const;

  const Options options_;
};

}  // namespace passerelle::relay
