#include "gateway/registers/sqlite_view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
constexpr int kStepsBetweenLooks = 1000;

// sqlite3_errstr names the code alone; sqlite3_errmsg could quote values.
absl::Status Failure(int code) {
  return Problem(Reason::kRegisterUnavailable, "sqlite", absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

std::optional<std::string> Column(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
  const char* const data = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return data == nullptr ? std::string() : std::string(data, sqlite3_column_bytes(statement, column));
}

int IsLate(void* end) { return absl::Now() > *static_cast<absl::Time*>(end) ? 1 : 0; }

}  // namespace

SqliteView::SqliteView(std::string path, const std::string& view, absl::Duration limit)
    : path_(std::move(path)), view_(view), limit_(limit) {}

absl::Status SqliteView::Connect() {
  if (handle_ != nullptr) return absl::OkStatus();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Close> opened(handle);
  if (code != SQLITE_OK) return Failure(code);
  sqlite3_busy_timeout(handle, static_cast<int>(absl::ToInt64Milliseconds(limit_)));
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, static_cast<int>(2 * base::kDocumentBytesMax));
  // A view of another's file must not run functions that could do more than compute.
  const int prepared =
      sqlite3_exec(handle, "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON", nullptr, nullptr, nullptr);
  if (prepared != SQLITE_OK) return Failure(prepared);
  handle_ = std::move(opened);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ViewRow>> SqliteView::Ask(const std::string& where,
                                                     const std::vector<absl::string_view>& texts, int limit,
                                                     bool with_document) {
  const absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Connect());
  const std::string sql = absl::StrCat(
      "SELECT credential_id, holder_reference, issue_time, revoke_time, media_type, sha256",
      with_document ? absl::StrCat(", CASE WHEN length(document) <= ", base::kDocumentBytesMax, " THEN document END")
                    : "",
      " FROM ", view_, " WHERE ", where, " LIMIT ", limit);
  absl::Time end = absl::Now() + limit_;
  sqlite3_progress_handler(handle_.get(), kStepsBetweenLooks, IsLate, &end);
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr);
  for (size_t i = 0; code == SQLITE_OK && i < texts.size(); ++i) {
    code = sqlite3_bind_text64(statement, static_cast<int>(i + 1), texts[i].data() == nullptr ? "" : texts[i].data(),
                               texts[i].size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  std::vector<ViewRow> rows;
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW) break;
    rows.push_back({Column(statement, 0).value_or(""), Column(statement, 1).value_or(""), Column(statement, 2),
                    Column(statement, 3), Column(statement, 4), Column(statement, 5).value_or(""),
                    with_document ? Column(statement, 6) : std::nullopt});
  }
  sqlite3_finalize(statement);
  sqlite3_progress_handler(handle_.get(), 0, nullptr, nullptr);
  if (code == SQLITE_DONE) return rows;
  handle_.reset();
  return Failure(code);
}

absl::StatusOr<std::vector<ViewRow>> SqliteView::ById(absl::string_view credential_id) {
  return Ask("credential_id = ?1", {credential_id}, 2, true);
}

absl::StatusOr<std::vector<ViewRow>> SqliteView::ByDigest(absl::string_view sha256) {
  return Ask("sha256 = ?1", {sha256}, 2, false);
}

absl::StatusOr<std::vector<ViewRow>> SqliteView::ByHolder(absl::string_view holder_reference, absl::string_view after,
                                                          int limit) {
  return Ask("holder_reference = ?1 AND credential_id > ?2 ORDER BY credential_id", {holder_reference, after}, limit,
             false);
}

}  // namespace passerelle::gateway
