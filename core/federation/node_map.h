// The node map in use: who takes part, and with which keys. Keys are parsed once when a map is loaded.
//
// A map is fresh until its expire_time, then stale for the grace that it states, then over: whoever withholds new maps
// cannot keep old keys alive.
//
// Thread-safety: NodeDirectory is immutable; NodeMapHolder is thread-safe and hands out the current directory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/proof/encryption_key.h"
#include "core/proof/key.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

enum class MapAge { kFresh, kStale, kOver };

class NodeDirectory {
 public:
  // Checks (core/federation/node_map_check.h) and indexes a map. Problem: kNodeMapUnusable with the place.
  static absl::StatusOr<std::shared_ptr<const NodeDirectory>> Make(v1::NodeMap map);

  const v1::NodeMap& map() const { return map_; }
  // The node, active or not; null if there is none.
  const v1::Node* Find(absl::string_view id) const;
  MapAge AgeAt(absl::Time now) const;
  // When the map stops being fresh; InfiniteFuture when it does not say.
  absl::Time expire_time() const;
  // The active node. kNodeUnknown if there is none, kNodeMapStale when the map is over.
  absl::StatusOr<const v1::Node*> FindActive(absl::string_view id, absl::Time now) const;
  // The node behind a TLS certificate (SHA-256 of the DER, hexadecimal). kPeerUnknown, kPeerRevoked when the node has
  // been revoked or it is not the certificate's time, kNodeMapStale when the map is over. Called for every call, so
  // that a resumed TLS session gains a revoked node nothing.
  absl::StatusOr<const v1::Node*> Authenticate(absl::string_view certificate_sha256, absl::Time now) const;
  // Digests of the TLS certificates that a node may use at a time, in the order of the map.
  static std::vector<std::string> TlsCertificates(const v1::Node& node, absl::Time now);
  // The message key `kid` of an active node if it may sign at `signed_at`, both ends of its period included; null
  // otherwise.
  const proof::VerificationKey* MessageKey(absl::string_view node, absl::string_view kid, absl::Time signed_at) const;
  // The key that content is encrypted to when it is sent to an active node at a time: of those of its time the one that
  // was activated last. Null when the node has none.
  const proof::EncryptionKey* EncryptionKey(absl::string_view node, absl::Time now) const;

 private:
  struct MessageKeyEntry {
    proof::VerificationKey key;
    const v1::MessageKey* stated;
  };
  struct EncryptionKeyEntry {
    proof::EncryptionKey key;
    const v1::ContentKey* stated;
  };
  struct CertificateEntry {
    const v1::Node* node;
    const v1::TlsCertificate* stated;  // null for one without a time
  };

  explicit NodeDirectory(v1::NodeMap map) : map_(std::move(map)) {}
  v1::NodeMap map_;
  absl::flat_hash_map<std::string, const v1::Node*> by_id_;
  absl::flat_hash_map<std::string, CertificateEntry> by_certificate_;
  absl::flat_hash_map<std::pair<std::string, std::string>, MessageKeyEntry> keys_;
  absl::flat_hash_map<std::string, std::vector<EncryptionKeyEntry>> encryption_keys_;  // by node
};

class NodeMapHolder {
 public:
  explicit NodeMapHolder(std::shared_ptr<const NodeDirectory> directory) : directory_(std::move(directory)) {}
  std::shared_ptr<const NodeDirectory> Get() const;
  // Puts a newer map in place. kNodeMapRollback when its version is lower than the present one.
  absl::Status Replace(std::shared_ptr<const NodeDirectory> directory);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const NodeDirectory> directory_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::federation
