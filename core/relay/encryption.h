// Envelopes that only the node can read for which they are: the signed envelope as a JWE (core/proof/jose/jwe.h) to a
// key of that node in the node map, so that whoever stands in between or keeps logs sees who writes to whom and nothing
// else. Signed first and then encrypted: what both sides keep as evidence is the envelope, as without encryption.
//
// The parties stand in the header of the JWE and go into its key, so that nobody can hand on what another node
// encrypted as its own.
//
// Thread-safety: thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/clock.h"
#include "core/federation/decryption_keys.h"
#include "core/federation/node_map.h"
#include "passerelle/relay/v1/relay_service.pb.h"

namespace passerelle::relay {

class Encryption {
 public:
  struct Options {
    std::string node;  // this node
    const federation::NodeMapHolder* nodes = nullptr;
    const federation::DecryptionKeys* keys = nullptr;
    const base::Clock* clock = nullptr;
    // Whether nothing is sent or taken in plain. Otherwise a node that has no key in the map gets it in plain.
    bool required = false;
  };
  explicit Encryption(Options options) : options_(std::move(options)) {}

  // Puts an envelope into what goes to `recipient`: a DeliverRequest or a DeliverResponse. Problems:
  // kMessageKeyNotActive at "nodes[ID].content_keys" when encryption is required and the map has no key of the time for
  // the node, kInternal.
  // The envelope is copied, or moved from where it may be, only if it goes in plain.
  template <typename Envelope, typename Delivery>
  absl::Status Put(absl::string_view recipient, Envelope&& envelope, Delivery* delivery) const {
    auto encrypted = Encrypt(recipient, envelope);
    if (!encrypted.ok()) return encrypted.status();
    if (encrypted->has_value()) {
      *delivery->mutable_encrypted() = **std::move(encrypted);
    } else {
      *delivery->mutable_envelope() = std::forward<Envelope>(envelope);
    }
    return absl::OkStatus();
  }

  // The envelope in what came from `sender`, who is known from the connection: that of the delivery, or `decrypted`.
  // Nothing of it is verified yet.
  // Problems: kEnvelopeMalformed, also at "encrypted/tag" for what was changed on the way and at "envelope" for both
  // or, where encryption is required, a plain one; kEnvelopeAudience and kEnvelopeSender for what was encrypted to or
  // by another node; kMessageKeyNotActive at "encrypted/header/kid" for a key that is not held here.
  template <typename Delivery>
  absl::StatusOr<const v1::Envelope*> Take(absl::string_view sender, const Delivery& delivery,
                                           v1::Envelope& decrypted) const {
    const absl::Status status = delivery.has_encrypted()
                                    ? Decrypt(sender, delivery.encrypted(), delivery.has_envelope(), decrypted)
                                    : CheckPlain();
    if (!status.ok()) return status;
    return delivery.has_encrypted() ? &decrypted : &delivery.envelope();
  }

 private:
  absl::StatusOr<std::optional<v1::EncryptedEnvelope>> Encrypt(absl::string_view recipient,
                                                               const v1::Envelope& envelope) const;
  absl::Status Decrypt(absl::string_view sender, const v1::EncryptedEnvelope& encrypted, bool has_plain,
                       v1::Envelope& decrypted) const;
  absl::Status CheckPlain() const;

  const Options options_;
};

}  // namespace passerelle::relay
