#include "gateway/store/postgres_transaction.h"

#include <algorithm>
#include <cstdlib>

#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr char kBeginWriter[] = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
constexpr char kBeginReader[] = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

void AddRecord(const Record& record, PostgresParameters& parameters) {
  parameters.Bytes(record.key).Bytes(record.group);
  if (record.due == absl::InfiniteFuture()) {
    parameters.NullInteger();
  } else {
    parameters.Integer(ToMicros(record.due));
  }
  parameters.Bytes(record.value);
}

}  // namespace

PostgresTransaction::PostgresTransaction(PostgresConnection* connection, Kind kind)
    : connection_(connection), kind_(kind) {
  state_ = connection_->Execute(kind == Kind::kWriter ? kBeginWriter : kBeginReader).status();
  open_ = state_.ok();
}

PostgresTransaction::~PostgresTransaction() {
  // A connection that is lost has no transaction any more; a failed roll-back makes it one that is not used again.
  if (open_ && connection_->failure() != PostgresConnection::Failure::kLost) {
    connection_->Execute("ROLLBACK").status().IgnoreError();
  }
}

absl::Status PostgresTransaction::Commit() {
  RETURN_IF_ERROR(state_);
  open_ = false;
  const absl::StatusOr<PostgresResult> committed = connection_->Execute("COMMIT");
  state_ = committed.status();
  conflict_ = !state_.ok() && connection_->failure() == PostgresConnection::Failure::kConflict;
  // A transaction in which a statement failed is rolled back by COMMIT, which calls that no failure.
  if (state_.ok() && absl::string_view(PQcmdStatus(committed->get())) != "COMMIT") {
    state_ = Problem(Reason::kStoreUnavailable, "postgresql", "the transaction was rolled back");
  }
  return state_;
}

absl::StatusOr<PostgresResult> PostgresTransaction::Run(Table table, PostgresStatement statement,
                                                        const PostgresParameters& parameters) {
  RETURN_IF_ERROR(state_);
  absl::StatusOr<PostgresResult> result = connection_->Run(table, statement, parameters);
  if (!result.ok()) {
    state_ = result.status();
    conflict_ = connection_->failure() == PostgresConnection::Failure::kConflict;
  }
  return result;
}

absl::StatusOr<std::vector<Record>> PostgresTransaction::Rows(Table table, PostgresStatement statement,
                                                              const PostgresParameters& parameters) {
  ASSIGN_OR_RETURN(const PostgresResult result, Run(table, statement, parameters));
  std::vector<Record> records;
  const int count = PQntuples(result.get());
  records.reserve(count);
  for (int row = 0; row < count; ++row) {
    const bool never = PostgresIsNull(result.get(), row, 3);
    records.push_back({.key = PostgresBytes(result.get(), row, 0),
                       .value = PostgresBytes(result.get(), row, 1),
                       .group = PostgresBytes(result.get(), row, 2),
                       .due = never ? absl::InfiniteFuture() : FromMicros(PostgresInteger(result.get(), row, 3))});
  }
  return records;
}

absl::StatusOr<int> PostgresTransaction::Change(Table table, PostgresStatement statement,
                                                const PostgresParameters& parameters) {
  if (kind_ == Kind::kReader) {
    return Problem(Reason::kInternal, TableName(table), "a reading transaction cannot write");
  }
  ASSIGN_OR_RETURN(const PostgresResult result, Run(table, statement, parameters));
  return std::atoi(PQcmdTuples(result.get()));
}

absl::StatusOr<std::optional<Record>> PostgresTransaction::Get(Table table, absl::string_view key) {
  const PostgresStatement statement = kind_ == Kind::kWriter ? PostgresStatement::kGetLocked : PostgresStatement::kGet;
  ASSIGN_OR_RETURN(std::vector<Record> records, Rows(table, statement, PostgresParameters().Bytes(key)));
  if (!records.empty() && Missed(table, key)) return Overtaken(table);
  if (!records.empty()) return std::optional<Record>(std::move(records.front()));
  if (kind_ == Kind::kWriter) missed_.insert({table, std::string(key)});
  return std::optional<Record>();
}

absl::Status PostgresTransaction::Insert(Table table, const Record& record) {
  PostgresParameters parameters;
  AddRecord(record, parameters);
  PostgresStatement statement = PostgresStatement::kInsert;
  if (!record.group.empty()) {
    parameters.Integer(PostgresLockOf(connection_->schema(), TableName(table), record.group));
    statement = PostgresStatement::kInsertInGroup;
  }
  ASSIGN_OR_RETURN(const int inserted, Change(table, statement, parameters));
  made_due_ = made_due_ || record.due <= absl::Now();
  const auto missed = missed_.find(std::make_pair(table, record.key));
  if (inserted == 1) {
    if (missed != missed_.end()) missed_.erase(missed);
    return absl::OkStatus();
  }
  if (missed == missed_.end()) return absl::AlreadyExistsError(TableName(table));
  return Overtaken(table);
}

absl::Status PostgresTransaction::Overtaken(Table table) {
  conflict_ = true;
  state_ = Problem(Reason::kStoreUnavailable, TableName(table), "another writer was faster");
  return state_;
}

bool PostgresTransaction::Missed(Table table, absl::string_view key) const {
  return missed_.contains(std::make_pair(table, std::string(key)));
}

absl::Status PostgresTransaction::Update(Table table, const Record& record) {
  PostgresParameters parameters;
  AddRecord(record, parameters);
  ASSIGN_OR_RETURN(const int updated, Change(table, PostgresStatement::kUpdate, parameters));
  if (updated > 0 && Missed(table, record.key)) return Overtaken(table);
  return updated == 0 ? absl::NotFoundError(TableName(table)) : absl::OkStatus();
}

absl::Status PostgresTransaction::Delete(Table table, absl::string_view key) {
  ASSIGN_OR_RETURN(const int deleted, Change(table, PostgresStatement::kDelete, PostgresParameters().Bytes(key)));
  return deleted > 0 && Missed(table, key) ? Overtaken(table) : absl::OkStatus();
}

absl::StatusOr<std::vector<Record>> PostgresTransaction::List(Table table, absl::string_view group,
                                                              absl::string_view after_key, int limit) {
  const int64_t most = std::max(limit, 0);
  if (after_key.empty()) {
    return Rows(table, PostgresStatement::kListFirst, PostgresParameters().Bytes(group).Integer(most));
  }
  ASSIGN_OR_RETURN(const PostgresResult position,
                   Run(table, PostgresStatement::kPosition, PostgresParameters().Bytes(after_key).Bytes(group)));
  if (PQntuples(position.get()) == 0) return absl::NotFoundError(TableName(table));
  const int64_t after = PostgresInteger(position.get(), 0, 0);
  return Rows(table, PostgresStatement::kListAfter, PostgresParameters().Bytes(group).Integer(most).Integer(after));
}

absl::StatusOr<std::vector<Record>> PostgresTransaction::Due(Table table, absl::Time now, int limit) {
  const PostgresStatement statement =
      kind_ == Kind::kWriter ? PostgresStatement::kDueUnclaimed : PostgresStatement::kDue;
  return Rows(table, statement, PostgresParameters().Integer(ToMicros(now)).Integer(std::max(limit, 0)));
}

}  // namespace passerelle::gateway
