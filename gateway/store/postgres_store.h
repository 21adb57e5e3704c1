// base::Store on PostgreSQL, for a node of several replicas: every replica opens its own store on the same schema, and
// they share the work. Each schema belongs to one node.
//
// A write is durable when Write returns OK. Work that meets another transaction (a conflict) or whose connection was
// lost before it was committed is run again, a bounded number of times; what was lost while it was being committed is
// reported, since it may be durable. What is due is given to one of several transactions that ask at a time: the others
// pass over rows that somebody has locked. After a restart of the database the store connects again by itself.
//
// Thread-safety: thread-safe. Ownership: closes its connections when destroyed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/store.h"
#include "gateway/shared_store.h"
#include "gateway/store/postgres_connection.h"
#include "gateway/store/postgres_hints.h"
#include "gateway/store/postgres_transaction.h"

namespace passerelle::gateway {

class PostgresStore : public SharedStore {
 public:
  // Connects, makes the schema where there is none, and brings an older one up to date. Problems: kStoreUnavailable
  // when the database cannot be reached or written; kStoreNewer when its schema is one that this version cannot work
  // with.
  static absl::StatusOr<std::unique_ptr<PostgresStore>> Open(const PostgresOptions& options);

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  void OnHint(std::function<void()> look) override;

 private:
  explicit PostgresStore(const PostgresOptions& options) : options_(options), hints_(options) {}

  absl::Status Run(PostgresTransaction::Kind kind, absl::FunctionRef<absl::Status(base::Transaction&)> work);
  // A connection that is free, or a new one; waits for one, up to the time limit, while as many as allowed are in use.
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Take();
  void Return(std::unique_ptr<PostgresConnection> connection);

  const PostgresOptions options_;
  absl::Mutex mutex_;
  int in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<PostgresConnection>> free_ ABSL_GUARDED_BY(mutex_);
  PostgresHints hints_;
};

// Connects and brings the schema up to date, without a store; the connection is the one that did it.
absl::StatusOr<std::unique_ptr<PostgresConnection>> OpenPostgresSchema(const PostgresOptions& options);

}  // namespace passerelle::gateway
