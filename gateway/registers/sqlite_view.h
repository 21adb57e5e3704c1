// A view of an SQLite file, opened for reading only, anew when it could not be read.
//
// Thread-safety: thread-safe; questions follow each other. Ownership: owns its connection.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/registers/register_view.h"

namespace passerelle::gateway {

class SqliteView : public RegisterView {
 public:
  // `view` was checked (CheckViewName). A question is given up after `limit`.
  SqliteView(std::string path, const std::string& view, absl::Duration limit);

  absl::StatusOr<std::vector<ViewRow>> ById(absl::string_view credential_id) override;
  absl::StatusOr<std::vector<ViewRow>> ByDigest(absl::string_view sha256) override;
  absl::StatusOr<std::vector<ViewRow>> ByHolder(absl::string_view holder_reference, absl::string_view after,
                                                int limit) override;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  absl::Status Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<ViewRow>> Ask(const std::string& where, const std::vector<absl::string_view>& texts,
                                           int limit, bool with_document);

  const std::string path_;
  const std::string view_;
  const absl::Duration limit_;
  absl::Mutex mutex_;
  std::unique_ptr<sqlite3, Close> handle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
