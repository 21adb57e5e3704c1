// Work that a node does now and then, once for all of its replicas.
//
// Thread-safety: a free function; the store's transaction decides between replicas.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

// Whether the work called `name` is to be done now by the caller: nobody has taken the turn within `interval` before
// `now`. The turn is taken by asking; when the caller fails, the work is done at the next turn. Problem:
// kStoreUnavailable.
absl::StatusOr<bool> TakeTurn(base::Store& store, absl::string_view name, absl::Time now, absl::Duration interval);

}  // namespace passerelle::gateway
