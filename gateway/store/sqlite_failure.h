// What a result code of SQLite means to those who care for a store from outside of its node.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// The problem for a code other than SQLITE_OK, extended or not, with SQLite's words for it: kStoreInUse when another
// program has a lock, kStoreDamaged when the file is damaged or no database, kStoreUnavailable otherwise.
absl::Status SqliteFailure(int code, absl::string_view place);

}  // namespace passerelle::gateway
