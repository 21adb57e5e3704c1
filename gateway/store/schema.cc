#include "gateway/store/schema.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

using base::Problem;
using base::Reason;

absl::string_view TableName(base::Table table) {
  switch (table) {
    case base::Table::kRequest:
      return "request";
    case base::Table::kAuthorisation:
      return "authorisation";
    case base::Table::kExchange:
      return "exchange";
    case base::Table::kCase:
      return "recognition_case";
    case base::Table::kOutbox:
      return "outbox";
    case base::Table::kInbox:
      return "inbox";
    case base::Table::kSetting:
      return "setting";
    case base::Table::kContent:
      return "content";
  }
  return "setting";
}

int64_t ToMicros(absl::Time time) {
  if (time == absl::InfinitePast()) return std::numeric_limits<int64_t>::min();
  return absl::ToUnixMicros(time);
}

absl::Time FromMicros(int64_t micros) {
  return micros == std::numeric_limits<int64_t>::min() ? absl::InfinitePast() : absl::FromUnixMicros(micros);
}

absl::Status StoreIsNewer(absl::string_view place, int version, int known) {
  return Problem(Reason::kStoreNewer, place,
                 absl::StrCat("the store has schema ", version, ", this version knows ", known));
}

absl::Status CheckSchema(const SchemaState& state, const std::vector<SchemaChange>& changes) {
  const int known = changes.empty() ? 0 : changes.back().version;
  if (state.version > known && state.oldest_program > known)
    return StoreIsNewer("schema version", state.version, known);
  const size_t both = std::min(state.sha256.size(), changes.size());
  for (size_t i = 0; i < both; ++i) {
    if (state.sha256[i] == base::Sha256Hex(changes[i].sql)) continue;
    return Problem(Reason::kStoreUnavailable, "schema version",
                   absl::StrCat("change ", changes[i].version, " of the schema was another one than this version's"));
  }
  return absl::OkStatus();
}

absl::Status UpgradeSchema(SchemaTarget& target, const std::vector<SchemaChange>& changes) {
  const int known = changes.empty() ? 0 : changes.back().version;
  ASSIGN_OR_RETURN(SchemaState state, target.State());
  RETURN_IF_ERROR(CheckSchema(state, changes));
  if (state.version >= known) return absl::OkStatus();
  RETURN_IF_ERROR(target.Begin());
  // Another program may have upgraded it in the meantime.
  ASSIGN_OR_RETURN(state, target.State());
  RETURN_IF_ERROR(CheckSchema(state, changes));
  for (const SchemaChange& change : changes) {
    if (change.version > state.version) RETURN_IF_ERROR(target.Apply(change));
  }
  return target.Commit();
}

}  // namespace passerelle::gateway
