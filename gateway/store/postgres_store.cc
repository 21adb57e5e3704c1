#include "gateway/store/postgres_store.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/postgres_schema_target.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// How often work is begun before its conflicts are reported. Writers of the same record wait for each other, so that
// only a deadlock or a race for a new key comes here.
constexpr int kAttemptsMost = 8;
// The wait before the next attempt is random, up to this, and twice as long each time.
constexpr absl::Duration kConflictPause = absl::Milliseconds(2);

void Pause(int attempt) {
  absl::BitGen random;
  const int64_t most_us = absl::ToInt64Microseconds(kConflictPause) << std::min(attempt, 6);
  absl::SleepFor(absl::Microseconds(absl::Uniform<int64_t>(random, 0, most_us)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresConnection>> OpenPostgresSchema(const PostgresOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options));
  PostgresSchemaTarget target(connection.get());
  RETURN_IF_ERROR(UpgradeSchema(target, PostgresSchemaChanges()));
  return connection;
}

absl::StatusOr<std::unique_ptr<PostgresStore>> PostgresStore::Open(const PostgresOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, OpenPostgresSchema(options));
  std::unique_ptr<PostgresStore> store(new PostgresStore(options));
  const absl::MutexLock lock(&store->mutex_);
  store->free_.push_back(std::move(connection));
  return store;
}

absl::Status PostgresStore::Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  return Run(PostgresTransaction::Kind::kWriter, work);
}

absl::Status PostgresStore::Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  return Run(PostgresTransaction::Kind::kReader, work);
}

void PostgresStore::OnHint(std::function<void()> look) { hints_.OnHint(std::move(look)); }

absl::Status PostgresStore::Run(PostgresTransaction::Kind kind,
                                absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  for (int attempt = 1;; ++attempt) {
    ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, Take());
    absl::Status status;
    bool again = false;
    {
      PostgresTransaction transaction(connection.get(), kind);
      status = transaction.state();
      if (status.ok()) status = work(transaction);
      // Whatever the work has made of it: nothing of this transaction will ever be.
      again = transaction.conflict() ||
              (!transaction.state().ok() && connection->failure() == PostgresConnection::Failure::kLost);
      if (!again && status.ok()) {
        status = transaction.Commit();
        again = transaction.conflict();
        if (status.ok() && transaction.made_due()) hints_.Give();
      } else if (again) {
        status = transaction.state();
      }
    }
    Return(std::move(connection));
    if (!again || attempt == kAttemptsMost) return status;
    Pause(attempt);
  }
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresStore::Take() {
  {
    const absl::MutexLock lock(&mutex_);
    const auto can = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return in_use_ < options_.connections; };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&can), options_.time_limit)) {
      return Problem(Reason::kStoreUnavailable, "postgresql", "all connections of this node are in use");
    }
    ++in_use_;
    if (!free_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(free_.back());
      free_.pop_back();
      return connection;
    }
  }
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Open(options_);
  if (!connection.ok()) {
    const absl::MutexLock lock(&mutex_);
    --in_use_;
  }
  return connection;
}

void PostgresStore::Return(std::unique_ptr<PostgresConnection> connection) {
  const PostgresConnection::Failure failure = connection->failure();
  const bool usable =
      PQtransactionStatus(connection->handle()) == PQTRANS_IDLE &&
      (failure == PostgresConnection::Failure::kNone || failure == PostgresConnection::Failure::kConflict);
  std::vector<std::unique_ptr<PostgresConnection>> ended;
  const absl::MutexLock lock(&mutex_);
  --in_use_;
  if (usable) {
    free_.push_back(std::move(connection));
  } else if (failure == PostgresConnection::Failure::kLost) {
    // The others were most likely lost with it.
    ended.swap(free_);
  }
}

}  // namespace passerelle::gateway
