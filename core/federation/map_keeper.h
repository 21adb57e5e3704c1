// The node map of a running node: takes newer ones from a file or from any peer, refuses what does not hold, and
// remembers across restarts what was in force, so that nobody can bring an old map or an old root back.
//
// Thread-safety: thread-safe. Ownership: store and clock outlive the keeper.
//
//   ASSIGN_OR_RETURN(auto keeper, NodeMapKeeper::OpenSigned(root, file_bytes, &store, &clock));
//   const absl::StatusOr<bool> newer = keeper->Offer(bytes_from_a_peer);
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/federation/node_map.h"
#include "core/federation/signed_node_map.h"

namespace passerelle::federation {

class NodeMapKeeper {
 public:
  // For a map that is not signed, as `directory`. Problems: kNodeMapRollback when a newer version was used before,
  // kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<NodeMapKeeper>> OpenUnsigned(std::shared_ptr<const NodeDirectory> directory,
                                                                     base::Store* store);
  // For signed maps, by the root that the operator vouches for. The map in force is the one that was in force last, or
  // the one in `file` if that is newer; `file` may be the problem with which it could not be read. A map that was taken
  // once is taken again after its time, so that a node can be restarted and ask others. Problems: that of `file` when
  // there is no other, those of OpenNodeMap, kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<NodeMapKeeper>> OpenSigned(const v1::FederationRoot& root,
                                                                   const absl::StatusOr<std::string>& file,
                                                                   base::Store* store, const base::Clock* clock);

  const NodeMapHolder* holder() const { return holder_.get(); }
  // Why the file of OpenSigned is not the map in force; OK when it is, or is one of the same content.
  const absl::Status& file_refused() const { return file_refused_; }
  // The signed file in force, exactly as it came; null when the map is not signed.
  std::shared_ptr<const std::string> signed_map() const;
  // The root that is trusted now; empty when the map is not signed.
  v1::FederationRoot root() const;

  // Puts a signed map in force. True when it is newer, false when it is the one in force. Problems: those of
  // OpenNodeMap, kNodeMapUnusable when no root is known, kStoreUnavailable; the map in force stays.
  absl::StatusOr<bool> Offer(absl::string_view bytes);
  // The same for a map that is not signed; kNodeMapSignatures when maps have to be signed, kNodeMapRollback,
  // kStoreUnavailable.
  absl::StatusOr<bool> OfferUnsigned(std::shared_ptr<const NodeDirectory> directory);

 private:
  NodeMapKeeper(base::Store* store, const base::Clock* clock) : store_(store), clock_(clock) {}
  // Keeps the version, and the file if it is one, unless a higher version is kept already.
  absl::Status Keep(uint64_t version, absl::string_view signed_map);
  void PutInForce(OpenedMap opened, absl::string_view bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Store* const store_;
  const base::Clock* const clock_;
  absl::Status file_refused_;
  std::unique_ptr<NodeMapHolder> holder_;
  mutable absl::Mutex mutex_;
  HeldMap held_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const std::string> signed_map_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::federation
