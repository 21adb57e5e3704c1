// A use of a prepared statement of SQLite: its values in their order, then its rows.
//
//   SqliteUse use(statement);
//   use.Bind(key).Bind(int64_t{7});
//   for (int code = use.Step(); code == SQLITE_ROW; code = use.Step()) Keep(use.Bytes(0));
//
// Thread-safety: for one thread. Ownership: borrows the statement, and leaves it ready for its next use whatever
// happened; what is bound has to stay until the last Step.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::gateway {

class SqliteUse {
 public:
  // `code` is what preparing the statement has given; the statement is null when that failed.
  explicit SqliteUse(sqlite3_stmt* statement, int code = SQLITE_OK) : statement_(statement), code_(code) {}
  ~SqliteUse();
  SqliteUse(const SqliteUse&) = delete;
  SqliteUse& operator=(const SqliteUse&) = delete;

  SqliteUse& Bind(absl::string_view text);
  SqliteUse& BindBytes(absl::string_view bytes);
  SqliteUse& Bind(int64_t number);
  SqliteUse& Bind(std::optional<int64_t> number);  // NULL for none

  // SQLITE_ROW, SQLITE_DONE, or the code of the first failure.
  int Step();

  // Of the row.
  std::string Bytes(int column) const;  // of a text too; empty for NULL
  int64_t Number(int column) const { return sqlite3_column_int64(statement_, column); }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  SqliteUse& Note(int code);

  sqlite3_stmt* statement_;
  int code_;
  int bound_ = 0;
};

}  // namespace passerelle::gateway
