// base::Store on one SQLite file, for a node on one machine.
//
// A write is durable when Write returns OK: write-ahead log, synchronous=FULL. One connection writes, under a mutex and
// in BEGIN IMMEDIATE; a small pool of connections reads beside it, each transaction on one snapshot. Writes that come
// while another is at work join its transaction, each as a part that can be undone alone, and all are made durable by
// one flush: on a disk that takes milliseconds for that, as many writes as wait take no longer than one. The file and
// the files beside it can be read by their owner only.
//
// Thread-safety: thread-safe. Ownership: closes its connections when destroyed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
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
  int waiting() const { return waiting_; }

 private:
  // Writes that share a transaction, and what became of all of them.
  struct Group {
    int members = 0;  // whose work is in the transaction
    absl::Time begun = absl::InfiniteFuture();
    absl::Status outcome;  // once ended
    absl::Notification ended;
  };

  SqliteStore(std::string path, std::unique_ptr<SqliteConnection> writer);
  absl::StatusOr<std::unique_ptr<SqliteConnection>> TakeReader();
  // Does the work as a part of the open group.
  absl::Status Join(absl::FunctionRef<absl::Status(base::Transaction&)> work)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);
  bool IsGroupFull() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);
  // Commits, or undoes everything after `failure`, and tells the members.
  void EndGroup(const absl::Status& failure) ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);

  const std::string path_;
  std::atomic<int64_t> commits_ = 0;
  std::atomic<int> waiting_ = 0;
  absl::Mutex writer_mutex_;
  std::shared_ptr<Group> group_ ABSL_GUARDED_BY(writer_mutex_);  // null while no transaction is open
  std::unique_ptr<SqliteConnection> writer_ ABSL_PT_GUARDED_BY(writer_mutex_);
  absl::Mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_ ABSL_GUARDED_BY(readers_mutex_);
};

}  // namespace passerelle::gateway
