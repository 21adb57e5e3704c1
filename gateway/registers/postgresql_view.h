// A view of a PostgreSQL database. Every session is read-only and has a time limit for its statements; a connection
// that fails is made anew at the next question.
//
// Thread-safety: thread-safe; questions follow each other. Ownership: owns its connection.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/registers/register_view.h"

namespace passerelle::gateway {

class PostgresqlView : public RegisterView {
 public:
  // `connection` is a connection string of libpq; `view` was checked (CheckViewName). A question is given up after
  // `limit`, also when the server says nothing any more.
  PostgresqlView(std::string connection, const std::string& view, absl::Duration limit);

  absl::StatusOr<std::vector<ViewRow>> ById(absl::string_view credential_id) override;
  absl::StatusOr<std::vector<ViewRow>> ByDigest(absl::string_view sha256) override;
  absl::StatusOr<std::vector<ViewRow>> ByHolder(absl::string_view holder_reference, absl::string_view after,
                                                int limit) override;

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Connection = std::unique_ptr<PGconn, Finish>;
  using Result = std::unique_ptr<PGresult, Finish>;

  absl::Status Connect(absl::Time end) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits until the connection can be read (or written, as `state` asks), at most until `end`.
  absl::Status Wait(PostgresPollingStatusType state, absl::Time end) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Result> Run(const std::string& sql, const std::vector<std::string>& texts, absl::Time end)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<ViewRow>> Ask(const std::string& where, const std::vector<std::string>& texts, int limit,
                                           bool with_document);

  const std::string connection_string_;
  const std::string view_;
  const absl::Duration limit_;
  absl::Mutex mutex_;
  Connection connection_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
