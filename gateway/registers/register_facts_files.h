// Snapshots of registers of qualifications and awarding bodies as files that may change while the node runs.
//
// Changed files are taken over all together or not at all; those that cannot be used leave those before in place.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/recognition/facts/register_snapshots.h"

namespace passerelle::gateway {

// Reads snapshots (YAML of passerelle.recognition.v1.RegisterFacts). Problems: kConfigInvalid for what is no such YAML;
// kRegisterFactsUnusable with file and field, two of the same source included; kInputNotReadable, kInputTooLarge.
absl::StatusOr<std::shared_ptr<const recognition::RegisterSnapshots>> LoadRegisterFacts(
    const std::vector<std::string>& paths);

class RegisterFactsFiles {
 public:
  // Problems: those of LoadRegisterFacts.
  static absl::StatusOr<std::unique_ptr<RegisterFactsFiles>> Open(std::vector<std::string> paths);

  const recognition::RegisterSnapshotsHolder* holder() const { return &holder_; }

  // Looks whether a file changed, and says whether others are in use now. The problem of files that cannot be used, a
  // snapshot older than the one in use included; they are not tried again until one changes.
  absl::StatusOr<bool> Refresh();

 private:
  RegisterFactsFiles(std::vector<std::string> paths, std::string fingerprint,
                     std::shared_ptr<const recognition::RegisterSnapshots> snapshots)
      : paths_(std::move(paths)), holder_(std::move(snapshots)), fingerprint_(std::move(fingerprint)) {}

  const std::vector<std::string> paths_;
  recognition::RegisterSnapshotsHolder holder_;
  absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the files that were last tried
};

}  // namespace passerelle::gateway
