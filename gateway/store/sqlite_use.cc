#include "gateway/store/sqlite_use.h"

namespace passerelle::gateway {
namespace {

// A null pointer would bind NULL instead of no bytes.
const char* DataOf(absl::string_view bytes) { return bytes.empty() ? "" : bytes.data(); }

}  // namespace

SqliteUse::~SqliteUse() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

SqliteUse& SqliteUse::Note(int code) {
  if (code_ == SQLITE_OK) code_ = code;
  return *this;
}

SqliteUse& SqliteUse::Bind(absl::string_view text) {
  return Note(sqlite3_bind_text64(statement_, ++bound_, DataOf(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

SqliteUse& SqliteUse::BindBytes(absl::string_view bytes) {
  return Note(sqlite3_bind_blob64(statement_, ++bound_, DataOf(bytes), bytes.size(), SQLITE_STATIC));
}

SqliteUse& SqliteUse::Bind(int64_t number) { return Note(sqlite3_bind_int64(statement_, ++bound_, number)); }

SqliteUse& SqliteUse::Bind(std::optional<int64_t> number) {
  return number.has_value() ? Bind(*number) : Note(sqlite3_bind_null(statement_, ++bound_));
}

int SqliteUse::Step() { return code_ == SQLITE_OK ? sqlite3_step(statement_) : code_; }

std::string SqliteUse::Bytes(int column) const {
  const void* const data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return "";
  return std::string(static_cast<const char*>(data), static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

}  // namespace passerelle::gateway
