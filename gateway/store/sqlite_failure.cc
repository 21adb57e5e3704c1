#include "gateway/store/sqlite_failure.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

using base::Reason;

Reason ReasonFor(int code) {
  switch (code & 0xff) {  // without what makes it an extended code
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Reason::kStoreInUse;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Reason::kStoreDamaged;
    default:
      return Reason::kStoreUnavailable;
  }
}

}  // namespace

absl::Status SqliteFailure(int code, absl::string_view place) {
  return base::Problem(ReasonFor(code), place, absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

}  // namespace passerelle::gateway
