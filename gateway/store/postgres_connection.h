// One connection to PostgreSQL, with its prepared statements. Nothing on it waits longer than the time limit, whether
// the server answers or not.
//
// Thread-safety: for one thread at a time. Ownership: closes the connection when destroyed, which undoes a transaction
// that is open on it.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "gateway/store/postgres_schema.h"

namespace passerelle::gateway {

// How a database is reached and used.
struct PostgresOptions {
  std::string connection;  // connection string of libpq, without password
  std::string password;    // empty for none; stands in no problem
  std::string schema = "passerelle";
  int connections = 10;                          // most at a time
  absl::Duration time_limit = absl::Seconds(5);  // for connecting, for one statement, and for a free connection
};

struct PostgresFinish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, PostgresFinish>;

// Values of a row in binary form.
std::string PostgresBytes(const PGresult* result, int row, int column);
int64_t PostgresInteger(const PGresult* result, int row, int column);
bool PostgresIsNull(const PGresult* result, int row, int column);

// The parameters of a statement, in order. What is given as bytes must outlive them.
class PostgresParameters {
 public:
  PostgresParameters() = default;
  PostgresParameters(const PostgresParameters&) = delete;
  PostgresParameters& operator=(const PostgresParameters&) = delete;
  PostgresParameters& Bytes(absl::string_view bytes);
  PostgresParameters& Text(const std::string& text);
  PostgresParameters& Integer(int64_t number);
  PostgresParameters& NullInteger();

 private:
  friend class PostgresConnection;
  static constexpr int kMost = 11;
  void Add(const char* value, int length, Oid type);

  int count_ = 0;
  std::array<const char*, kMost> values_ = {};
  std::array<int, kMost> lengths_ = {};
  std::array<int, kMost> formats_ = {};
  std::array<Oid, kMost> types_ = {};
  std::array<std::array<char, 8>, kMost> integers_ = {};
};

class PostgresConnection {
 public:
  // Why the last statement failed.
  enum class Failure {
    kNone,
    kConflict,  // with another transaction: the same work can be tried again at once
    kLost,      // the connection is gone
    kOther,
  };

  // Problem: kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const PostgresOptions& options);
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Problem of all: kStoreUnavailable; failure() says more, and the connection is not to be used for anything else
  // unless it was a conflict and the transaction is rolled back.
  // Statements without parameters; the result of the last one.
  absl::StatusOr<PostgresResult> Execute(const std::string& sql);
  // A statement that is not worth preparing.
  absl::StatusOr<PostgresResult> Ask(const std::string& sql, const PostgresParameters& parameters);
  // A statement of the store, prepared on first use.
  absl::StatusOr<PostgresResult> Run(base::Table table, PostgresStatement statement,
                                     const PostgresParameters& parameters);
  // Another statement, prepared on first use.
  absl::StatusOr<PostgresResult> Prepared(const std::string& sql, const PostgresParameters& parameters);

  Failure failure() const { return failure_; }
  const std::string& schema() const { return schema_; }
  PGconn* handle() const { return handle_.get(); }

 private:
  explicit PostgresConnection(const PostgresOptions& options)
      : schema_(options.schema), time_limit_(options.time_limit) {}
  absl::Status Connect(const PostgresOptions& options);
  // Waits until the socket can be read, or written.
  absl::Status Wait(bool for_writing, absl::Time end);
  // Prepares the statement under a name, or runs the one that was.
  absl::Status Prepare(const std::string& name, const std::string& sql, absl::string_view place,
                       const PostgresParameters& parameters);
  absl::StatusOr<PostgresResult> RunNamed(const std::string& name, absl::string_view place,
                                          const PostgresParameters& parameters);
  // The results of what was sent; the last of them.
  absl::StatusOr<PostgresResult> Finish(bool sent, absl::string_view place);
  absl::Status Fail(const PGresult* result, absl::string_view place);
  absl::Status Lose(absl::string_view detail);

  const std::string schema_;
  const absl::Duration time_limit_;
  std::unique_ptr<PGconn, PostgresFinish> handle_;
  Failure failure_ = Failure::kNone;
  std::array<std::array<bool, kPostgresStatementCount>, kTables.size()> prepared_ = {};
  absl::flat_hash_map<std::string, std::string> names_;  // of other prepared statements, by their text
};

}  // namespace passerelle::gateway
