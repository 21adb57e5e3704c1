#include "gateway/node/turns.h"

#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

absl::StatusOr<bool> TakeTurn(base::Store& store, absl::string_view name, absl::Time now, absl::Duration interval) {
  const std::string key = absl::StrCat("turn/", name);
  bool mine = false;
  RETURN_IF_ERROR(store.Write([&](base::Transaction& tx) -> absl::Status {
    mine = false;
    ASSIGN_OR_RETURN(const std::optional<base::Record> last, tx.Get(base::Table::kSetting, key));
    int64_t last_ms = 0;
    if (last && absl::SimpleAtoi(last->value, &last_ms)) {
      const absl::Time taken = absl::FromUnixMillis(last_ms);
      // A turn in the future was taken by a clock that was wrong; it counts no longer than any other.
      if (taken <= now + interval && now < taken + interval) return absl::OkStatus();
    }
    mine = true;
    const base::Record record{.key = key, .value = absl::StrCat(absl::ToUnixMillis(now))};
    return last ? tx.Update(base::Table::kSetting, record) : tx.Insert(base::Table::kSetting, record);
  }));
  return mine;
}

}  // namespace passerelle::gateway
