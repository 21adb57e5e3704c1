// base::Store on one SQLite file, for a node on one machine.
//
// A write is durable when Write returns OK: write-ahead log, synchronous=FULL. One connection writes, in BEGIN
// IMMEDIATE; a small pool of connections reads beside it, each transaction on one snapshot. Writes that come while
// another is at work join its transaction, each as a part that can be undone alone, and all are made durable by one
// flush: on a disk that takes milliseconds for that, as many writes as wait take no longer than one. The thread that
// writes does the work of those that wait as well, so that none is woken before all is done: `work` may run on another
// thread than its caller's, while its caller waits. The file and the files beside it can be read by their owner only.
//
// Thread-safety: thread-safe. Ownership: closes its connections when destroyed.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

class SqliteConnection;

class SqliteStore : public base::Store {
 public:
  // Opens the store, or makes it, and brings an older schema up to date. Problems: kStoreUnavailable when the file
  // cannot be opened or is no store; kStoreNewer, and then it stays as it is.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path);
  ~SqliteStore() override;

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;

  // Transactions made durable so far, and writers that wait for their turn now.
  int64_t commits() const { return commits_; }
  int waiting() const {
    const absl::MutexLock lock(&queue_mutex_);
    return static_cast<int>(queue_.size());
  }

 private:
  // A call of Write. What it is told is that it leads, or that its outcome is there.
  struct Member {
    absl::FunctionRef<absl::Status(base::Transaction&)> work;
    bool leads = false;
    absl::Status outcome = absl::OkStatus();
    absl::Notification told = {};
  };
  // Writes that share a transaction.
  struct Group {
    std::vector<Member*> members;
    int kept = 0;  // of them, those whose work is in the transaction
    absl::Time begun = absl::InfiniteFuture();
    absl::Status failure;  // of the store
  };

  SqliteStore(std::string path, std::unique_ptr<SqliteConnection> writer);
  absl::StatusOr<std::unique_ptr<SqliteConnection>> TakeReader();
  // The next that waits, while there is room in the group; null otherwise.
  Member* Next(const Group& group);
  // For whoever leads, and nobody else meanwhile: does the work of all who wait, makes it durable, has the next one
  // lead and tells all.
  void Lead();
  // Does the work as a part of the open group.
  void Join(Member& member, Group& group);
  // Commits, or undoes everything after a failure.
  absl::Status End(const Group& group);

  const std::string path_;
  std::atomic<int64_t> commits_ = 0;
  mutable absl::Mutex queue_mutex_;
  std::deque<Member*> queue_ ABSL_GUARDED_BY(queue_mutex_);
  bool led_ ABSL_GUARDED_BY(queue_mutex_) = false;
  const std::unique_ptr<SqliteConnection> writer_;  // of whoever leads
  absl::Mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_ ABSL_GUARDED_BY(readers_mutex_);
};

}  // namespace passerelle::gateway
