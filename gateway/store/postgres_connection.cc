#include "gateway/store/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kPlace = "postgresql";

// Types of parameters (pg_type.dat).
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;
constexpr int kBinary = 1;

// The server ends a statement at the time limit and says so; this is how long we wait for it to say so.
constexpr absl::Duration kAnswerGrace = absl::Seconds(1);

// A replica that stands still in a transaction must not hold up the others for longer.
constexpr absl::Duration kIdleInTransactionMost = absl::Seconds(30);

// What SQLSTATEs mean that an operator can do something about (PostgreSQL 15, appendix A).
struct Meaning {
  absl::string_view code;
  absl::string_view words;
};
constexpr Meaning kMeanings[] = {
    {"25006", "the database is read-only"},
    {"42501", "the role lacks a right"},
    {"42P01", "a table is missing"},
    {"53100", "the disk of the database is full"},
    {"53200", "the database is out of memory"},
    {"53300", "the database has too many connections"},
    {"55P03", "other writers held a record too long"},
    {"57014", "the statement took too long"},
};

std::string Explained(absl::string_view code) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.code == code) return absl::StrCat(meaning.words, " (SQLSTATE ", code, ")");
  }
  return absl::StrCat("SQLSTATE ", code);
}

// Why there is no connection, in words of ours: the server's could name people's accounts.
absl::string_view WhyNotConnected(absl::string_view message) {
  constexpr std::pair<absl::string_view, absl::string_view> kReasons[] = {
      {"password authentication failed", "the role or its password is refused"},
      {"no password supplied", "the database asks for a password"},
      {"no pg_hba.conf entry", "the database lets this role or address not in"},
      {"too many clients", "the database has too many connections"},
      {"too many connections", "the database has too many connections"},
      {"remaining connection slots", "the database has too many connections"},
      {"session is read-only", "the database is read-only"},
      {"starting up", "the database is starting"},
      {"shutting down", "the database is shutting down"},
      {"certificate", "the certificate of one side is refused"},
      {"does not exist", "there is no such database or role"},
  };
  for (const auto& [part, words] : kReasons) {
    if (absl::StrContains(message, part)) return words;
  }
  return "it cannot be connected to";
}

void Ignore(void*, const PGresult*) {}

}  // namespace

std::string PostgresBytes(const PGresult* result, int row, int column) {
  return std::string(PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column)));
}

int64_t PostgresInteger(const PGresult* result, int row, int column) {
  if (PQgetlength(result, row, column) != 8) return 0;
  uint64_t number = 0;
  const char* const bytes = PQgetvalue(result, row, column);
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<int64_t>(number);
}

bool PostgresIsNull(const PGresult* result, int row, int column) { return PQgetisnull(result, row, column) == 1; }

void PostgresParameters::Add(const char* value, int length, Oid type) {
  values_[count_] = value;
  lengths_[count_] = length;
  formats_[count_] = kBinary;
  types_[count_] = type;
  ++count_;
}

PostgresParameters& PostgresParameters::Bytes(absl::string_view bytes) {
  // A null pointer would be NULL instead of no bytes.
  Add(bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()), kBytea);
  return *this;
}

PostgresParameters& PostgresParameters::Text(const std::string& text) {
  Add(text.data(), static_cast<int>(text.size()), kText);
  return *this;
}

PostgresParameters& PostgresParameters::Integer(int64_t number) {
  for (int i = 0; i < 8; ++i) integers_[count_][i] = static_cast<char>(static_cast<uint64_t>(number) >> (56 - 8 * i));
  Add(integers_[count_].data(), 8, kInt8);
  return *this;
}

PostgresParameters& PostgresParameters::NullInteger() {
  Add(nullptr, 0, kInt8);
  return *this;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const PostgresOptions& options) {
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(options));
  RETURN_IF_ERROR(connection->Connect(options));
  PQsetNoticeReceiver(connection->handle(), Ignore, nullptr);
  // A write is durable when it has returned, whatever the role's defaults are; stricter settings stay.
  RETURN_IF_ERROR(connection
                      ->Execute("SELECT set_config('synchronous_commit', 'on', false) "
                                "WHERE current_setting('synchronous_commit') = 'off'")
                      .status());
  return connection;
}

absl::Status PostgresConnection::Connect(const PostgresOptions& options) {
  const int64_t limit_ms = absl::ToInt64Milliseconds(options.time_limit);
  const std::string settings =
      absl::StrCat("-c search_path=", options.schema, " -c client_encoding=UTF8 -c statement_timeout=", limit_ms,
                   " -c lock_timeout=", limit_ms,
                   " -c idle_in_transaction_session_timeout=", absl::ToInt64Milliseconds(kIdleInTransactionMost));
  const std::string tcp_limit = absl::StrCat(limit_ms);
  // What comes before "dbname" can be changed by the connection string, what comes after cannot.
  const char* const names[] = {"target_session_attrs",
                               "tcp_user_timeout",
                               "keepalives_idle",
                               "application_name",
                               "dbname",
                               "options",
                               options.password.empty() ? nullptr : "password",
                               nullptr};
  const char* const values[] = {
      "read-write",     tcp_limit.c_str(),        "10",   "passerelle", options.connection.c_str(),
      settings.c_str(), options.password.c_str(), nullptr};
  handle_.reset(PQconnectStartParams(names, values, /*expand_dbname=*/1));
  if (handle_ == nullptr) return Lose("it cannot be connected to");
  const absl::Time end = absl::Now() + time_limit_;
  PostgresPollingStatusType state =
      PQstatus(handle_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return Lose(WhyNotConnected(PQerrorMessage(handle_.get())));
    RETURN_IF_ERROR(Wait(state == PGRES_POLLING_WRITING, end));
    state = PQconnectPoll(handle_.get());
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Wait(bool for_writing, absl::Time end) {
  while (true) {
    const int64_t left_ms = absl::ToInt64Milliseconds(end - absl::Now());
    if (left_ms <= 0) return Lose("no answer in time");
    pollfd descriptor = {PQsocket(handle_.get()), static_cast<short>(for_writing ? POLLOUT : POLLIN), 0};
    const int ready = poll(&descriptor, 1, static_cast<int>(left_ms));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Lose("the connection failed");
  }
}

absl::StatusOr<PostgresResult> PostgresConnection::Finish(bool sent, absl::string_view place) {
  if (!sent) return Lose("the connection failed");
  const absl::Time end = absl::Now() + time_limit_ + kAnswerGrace;
  PostgresResult last;
  absl::Status failed;
  while (true) {
    while (PQisBusy(handle_.get()) == 1) {
      RETURN_IF_ERROR(Wait(/*for_writing=*/false, end));
      if (PQconsumeInput(handle_.get()) != 1) return Lose("the connection failed");
    }
    PostgresResult result(PQgetResult(handle_.get()));
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && failed.ok()) failed = Fail(result.get(), place);
    last = std::move(result);
  }
  RETURN_IF_ERROR(failed);
  if (last == nullptr) return Lose("the connection failed");
  return last;
}

absl::Status PostgresConnection::Fail(const PGresult* result, absl::string_view place) {
  // The code alone: the server's message could quote values.
  const char* const field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const absl::string_view code = field == nullptr ? "" : field;
  if (PQstatus(handle_.get()) == CONNECTION_BAD || code.empty()) return Lose("the connection failed");
  if (code == "40001" || code == "40P01") {
    failure_ = Failure::kConflict;
  } else if (absl::StartsWith(code, "57P") || absl::StartsWith(code, "08")) {
    failure_ = Failure::kLost;
  } else {
    failure_ = Failure::kOther;
  }
  return Problem(Reason::kStoreUnavailable, place, Explained(code));
}

absl::Status PostgresConnection::Lose(absl::string_view detail) {
  failure_ = Failure::kLost;
  return Problem(Reason::kStoreUnavailable, kPlace, detail);
}

absl::StatusOr<PostgresResult> PostgresConnection::Execute(const std::string& sql) {
  return Finish(PQsendQuery(handle_.get(), sql.c_str()) == 1, kPlace);
}

absl::StatusOr<PostgresResult> PostgresConnection::Ask(const std::string& sql, const PostgresParameters& parameters) {
  return Finish(PQsendQueryParams(handle_.get(), sql.c_str(), parameters.count_, parameters.types_.data(),
                                  parameters.values_.data(), parameters.lengths_.data(), parameters.formats_.data(),
                                  kBinary) == 1,
                kPlace);
}

absl::Status PostgresConnection::Prepare(const std::string& name, const std::string& sql, absl::string_view place,
                                         const PostgresParameters& parameters) {
  return Finish(
             PQsendPrepare(handle_.get(), name.c_str(), sql.c_str(), parameters.count_, parameters.types_.data()) == 1,
             place)
      .status();
}

absl::StatusOr<PostgresResult> PostgresConnection::RunNamed(const std::string& name, absl::string_view place,
                                                            const PostgresParameters& parameters) {
  return Finish(PQsendQueryPrepared(handle_.get(), name.c_str(), parameters.count_, parameters.values_.data(),
                                    parameters.lengths_.data(), parameters.formats_.data(), kBinary) == 1,
                place);
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(base::Table table, PostgresStatement statement,
                                                       const PostgresParameters& parameters) {
  const auto t = static_cast<size_t>(table);
  const auto s = static_cast<size_t>(statement);
  const std::string name = absl::StrCat("t", t, "s", s);
  if (!prepared_[t][s]) {
    RETURN_IF_ERROR(Prepare(name, PostgresStatementSql(table, statement), TableName(table), parameters));
    prepared_[t][s] = true;
  }
  return RunNamed(name, TableName(table), parameters);
}

absl::StatusOr<PostgresResult> PostgresConnection::Prepared(const std::string& sql,
                                                            const PostgresParameters& parameters) {
  auto found = names_.find(sql);
  if (found == names_.end()) {
    std::string name = absl::StrCat("p", names_.size());
    RETURN_IF_ERROR(Prepare(name, sql, kPlace, parameters));
    found = names_.emplace(sql, std::move(name)).first;
  }
  return RunNamed(found->second, kPlace, parameters);
}

}  // namespace passerelle::gateway
