#include "gateway/registers/postgresql_view.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

absl::Status Failure(absl::string_view detail) { return Problem(Reason::kRegisterUnavailable, "postgresql", detail); }

// Times of the view in the form that the register reads.
std::string TimeColumn(absl::string_view column) {
  return absl::StrCat("to_char(", column, " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
}

std::optional<std::string> Value(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) == 1) return std::nullopt;
  return std::string(PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column)));
}

}  // namespace

PostgresqlView::PostgresqlView(std::string connection, const std::string& view, absl::Duration limit)
    : connection_string_(std::move(connection)), view_(view), limit_(limit) {}

absl::Status PostgresqlView::Wait(PostgresPollingStatusType state, absl::Time end) {
  const int64_t left_ms = absl::ToInt64Milliseconds(end - absl::Now());
  if (left_ms <= 0) return Failure("no answer in time");
  pollfd descriptor = {PQsocket(connection_.get()),
                       static_cast<short>(state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN), 0};
  const int ready = poll(&descriptor, 1, static_cast<int>(left_ms));
  return ready < 0 ? Failure("the connection failed") : absl::OkStatus();
}

absl::Status PostgresqlView::Connect(absl::Time end) {
  if (connection_ != nullptr) return absl::OkStatus();
  // Whatever the connection string says, the session reads and ends its statements in time.
  const std::string options =
      absl::StrCat("-c default_transaction_read_only=on -c statement_timeout=", absl::ToInt64Milliseconds(limit_),
                   " -c client_encoding=UTF8");
  const char* const names[] = {"dbname", "options", "application_name", nullptr};
  const char* const values[] = {connection_string_.c_str(), options.c_str(), "passerelle", nullptr};
  connection_.reset(PQconnectStartParams(names, values, /*expand_dbname=*/1));
  if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD)
    return Failure("it cannot be connected to");
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    RETURN_IF_ERROR(Wait(state, end));
    state = PQconnectPoll(connection_.get());
    if (state == PGRES_POLLING_FAILED) return Failure("it cannot be connected to");
  }
  return absl::OkStatus();
}

absl::StatusOr<PostgresqlView::Result> PostgresqlView::Run(const std::string& sql,
                                                           const std::vector<std::string>& texts, absl::Time end) {
  RETURN_IF_ERROR(Connect(end));
  std::vector<const char*> values;
  for (const std::string& text : texts) values.push_back(text.c_str());
  constexpr int kBinary = 1;
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, kBinary) != 1) {
    return Failure("the question could not be sent");
  }
  while (PQisBusy(connection_.get()) == 1) {
    RETURN_IF_ERROR(Wait(PGRES_POLLING_READING, end));
    if (PQconsumeInput(connection_.get()) != 1) return Failure("the connection failed");
  }
  Result result(PQgetResult(connection_.get()));
  while (Result rest{PQgetResult(connection_.get())}) {
  }
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    // The code alone: the server's message could quote values.
    const char* const code = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return Failure(absl::StrCat("SQLSTATE ", code == nullptr ? "unknown" : code));
  }
  return result;
}

absl::StatusOr<std::vector<ViewRow>> PostgresqlView::Ask(const std::string& where,
                                                         const std::vector<std::string>& texts, int limit,
                                                         bool with_document) {
  const std::string sql = absl::StrCat(
      "SELECT credential_id::text, holder_reference::text, ", TimeColumn("issue_time"), ", ", TimeColumn("revoke_time"),
      ", media_type::text, sha256::text",
      with_document
          ? absl::StrCat(", CASE WHEN octet_length(document) <= ", base::kDocumentBytesMax, " THEN document END")
          : "",
      " FROM ", view_, " WHERE ", where, " LIMIT ", limit);
  const absl::MutexLock lock(&mutex_);
  const absl::StatusOr<Result> result = Run(sql, texts, absl::Now() + limit_);
  if (!result.ok()) {
    connection_.reset();
    return result.status();
  }
  std::vector<ViewRow> rows;
  for (int i = 0; i < PQntuples(result->get()); ++i) {
    const PGresult* const row = result->get();
    rows.push_back({Value(row, i, 0).value_or(""), Value(row, i, 1).value_or(""), Value(row, i, 2), Value(row, i, 3),
                    Value(row, i, 4), Value(row, i, 5).value_or(""), with_document ? Value(row, i, 6) : std::nullopt});
  }
  return rows;
}

absl::StatusOr<std::vector<ViewRow>> PostgresqlView::ById(absl::string_view credential_id) {
  return Ask("credential_id = $1::text", {std::string(credential_id)}, 2, true);
}

absl::StatusOr<std::vector<ViewRow>> PostgresqlView::ByDigest(absl::string_view sha256) {
  return Ask("sha256 = $1::text", {std::string(sha256)}, 2, false);
}

absl::StatusOr<std::vector<ViewRow>> PostgresqlView::ByHolder(absl::string_view holder_reference,
                                                              absl::string_view after, int limit) {
  return Ask(
      "holder_reference = $1::text AND credential_id > $2::text COLLATE \"C\" ORDER BY credential_id COLLATE \"C\"",
      {std::string(holder_reference), std::string(after)}, limit, false);
}

}  // namespace passerelle::gateway
