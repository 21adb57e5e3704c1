// The trust bundle as a file that may change while the node runs.
//
// The highest version ever used is kept in the store, so that an older bundle is refused after a restart too. A changed
// file that cannot be used leaves the bundle before in place. The bundle in force is kept beside the version, so that
// after a restart, too, it is known whether a new one changes anchors.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/trust/signed_bundle.h"

namespace passerelle::gateway {

class TrustBundleFile {
 public:
  // Opens the bundle at `path` by the trust root at `root` (YAML). Problems: kTrustBundleUnusable, kConfigInvalid,
  // kInputNotReadable, kStoreUnavailable. Store and clock outlive the object.
  static absl::StatusOr<std::unique_ptr<TrustBundleFile>> Open(std::string path, const std::string& root,
                                                               base::Store* store, const base::Clock* clock);

  const trust::TrustBundleHolder* holder() const { return holder_.get(); }

  // Looks whether the file changed, and puts a newer bundle in place. The problem of a file that cannot be used; it is
  // not tried again until it changes.
  absl::Status Refresh();

 private:
  TrustBundleFile(std::string path, trust::TrustSigners signers, base::Store* store, const base::Clock* clock)
      : path_(std::move(path)), signers_(std::move(signers)), store_(store), clock_(clock) {}
  absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> Load();
  // The bundle that was in force last, as it was signed; empty before the first one.
  absl::StatusOr<std::string> Kept() const;
  absl::Status Keep(absl::string_view signed_bundle);

  const std::string path_;
  const trust::TrustSigners signers_;
  base::Store* const store_;
  const base::Clock* const clock_;
  std::unique_ptr<trust::TrustBundleHolder> holder_;
  absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the file that was last tried
};

}  // namespace passerelle::gateway
