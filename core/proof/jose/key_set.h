// The keys of one issuer, pinned or resolved beforehand, and how a signature finds its key among them.
//
// Thread-safety: const after filling; can then be shared. Ownership: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

class KeySet {
 public:
  // From a JWK Set (RFC 7517, 5), or a single JWK. Keys that cannot be used, such as keys for encryption, take their
  // place without being found. Problems: kKeyUnusable, kInputTooLarge for more than kKeySetKeysMax keys.
  static absl::StatusOr<KeySet> Parse(absl::string_view json);
  static absl::StatusOr<KeySet> Of(simdjson::dom::element json);

  void Add(PublicKey key, std::optional<std::string> key_id = std::nullopt);

  // The key that a signature names by its exact "kid". Without one: the only key of the set. If no key of the set has
  // an id: the only key that accepts the algorithm. Nothing is tried out. Problems: kKeyNotFound, kKeyUnusable.
  absl::StatusOr<PublicKey> Find(std::optional<absl::string_view> key_id, KeyAlgorithm algorithm) const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::optional<std::string> key_id;
    absl::StatusOr<PublicKey> key;
  };
  absl::StatusOr<PublicKey> FindFitting(KeyAlgorithm algorithm) const;

  std::vector<Entry> entries_;
};

}  // namespace passerelle::proof
