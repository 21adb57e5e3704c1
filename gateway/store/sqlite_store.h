// base::Store on one SQLite file, for a node on one machine.
//
// A write is durable when Write returns OK: write-ahead log, synchronous=FULL. One connection writes, under a mutex and
// in BEGIN IMMEDIATE; a small pool of connections reads beside it, each transaction on one snapshot. The file and the
// files beside it can be read by their owner only.
//
// Thread-safety: thread-safe. Ownership: closes its connections when destroyed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

class SqliteConnection;

class SqliteStore : public base::Store {
 public:
  // Opens the store, or makes it, and brings an older schema up to date. Problem: kStoreUnavailable when the file
  // cannot be opened, is no store, or was written by a newer version.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path);
  ~SqliteStore() override;

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;

 private:
  SqliteStore(std::string path, std::unique_ptr<SqliteConnection> writer);
  absl::StatusOr<std::unique_ptr<SqliteConnection>> TakeReader();

  const std::string path_;
  absl::Mutex writer_mutex_;
  std::unique_ptr<SqliteConnection> writer_ ABSL_PT_GUARDED_BY(writer_mutex_);
  absl::Mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_ ABSL_GUARDED_BY(readers_mutex_);
};

}  // namespace passerelle::gateway
