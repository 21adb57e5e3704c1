// The file-backed register: a folder with register.yaml (passerelle.registers.v1.RegisterIndex) and the documents. For
// nodes whose national system is not connected yet, and for the demonstration.
//
// Digests are computed when the index is loaded. The index is read again when its file changes; a changed index that
// cannot be used leaves the one before in place and makes no question unanswerable. Documents are read, and checked
// against the digest of loading, when they are asked for; who asks for a large one compares its digest.
//
// Thread-safety: thread-safe. Cost: a question costs a look at the index file's date and a hash look-up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/clock.h"
#include "core/registers/register.h"

namespace passerelle::gateway {

class FileRegister : public registers::Register {
 public:
  // `changed` is told of every reload: OK, or the problem for which it was not used. Problems: kConfigInvalid,
  // kInputNotReadable, kInputTooLarge, with the file.
  static absl::StatusOr<std::unique_ptr<FileRegister>> Open(std::string folder, const base::Clock* clock,
                                                            std::function<void(const absl::Status&)> changed);
  ~FileRegister() override;

  absl::StatusOr<registers::v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) override;
  absl::StatusOr<std::string> ReadDocument(absl::string_view credential_id, uint64_t offset, uint32_t limit) override;
  absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view sha256) override;
  absl::StatusOr<std::vector<registers::v1::RegisterEntry>> ListHolderCredentials(absl::string_view holder_reference,
                                                                                  absl::string_view after,
                                                                                  int limit) override;

 private:
  struct Index;

  FileRegister(std::string folder, const base::Clock* clock, std::function<void(const absl::Status&)> changed);
  static absl::StatusOr<std::shared_ptr<const Index>> Load(const std::string& folder, absl::Time now);
  // The index in use, after a look whether the file changed.
  std::shared_ptr<const Index> Current();

  const std::string folder_;
  const base::Clock* const clock_;
  const std::function<void(const absl::Status&)> changed_;
  absl::Mutex mutex_;
  std::shared_ptr<const Index> index_ ABSL_GUARDED_BY(mutex_);
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the file that was last tried
};

}  // namespace passerelle::gateway
