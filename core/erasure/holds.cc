#include "core/erasure/holds.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/erasure/retention.h"
#include "core/recognition/clocks.h"

namespace passerelle::erasure {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

std::string HoldKeyOf(absl::string_view case_id) { return absl::StrCat("hold/case/", case_id); }

absl::Status CheckText(absl::string_view field, const std::string& text) {
  if (text.empty()) return Problem(Reason::kFieldMissing, field);
  return text.size() > kGroundBytesMax ? Problem(Reason::kFieldInvalid, field, "it is too long") : absl::OkStatus();
}

}  // namespace

absl::Status CheckHold(const v1::Hold& hold, absl::CivilDay today) {
  RETURN_IF_ERROR(CheckText("hold.ground", hold.ground()));
  RETURN_IF_ERROR(CheckText("hold.authority", hold.authority()));
  if (hold.until().empty()) return absl::OkStatus();
  const std::optional<absl::CivilDay> until = recognition::ParseDay(hold.until());
  if (!until.has_value()) return Problem(Reason::kFieldInvalid, "hold.until", "it is no day such as 2026-01-31");
  if (*until < today) return Problem(Reason::kFieldInvalid, "hold.until", "it is over already");
  return absl::OkStatus();
}

absl::Status PutHold(absl::string_view case_id, const v1::Hold& hold, base::Transaction& tx) {
  const Record record = {.key = HoldKeyOf(case_id), .value = hold.SerializeAsString()};
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, record.key));
  return known.has_value() ? tx.Update(Table::kSetting, record) : tx.Insert(Table::kSetting, record);
}

absl::StatusOr<std::optional<v1::Hold>> FindHold(absl::string_view case_id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, HoldKeyOf(case_id)));
  if (!record.has_value()) return std::nullopt;
  v1::Hold hold;
  // What cannot be read is no reason to erase.
  if (!hold.ParseFromString(record->value)) return Problem(Reason::kStoreUnavailable, "hold", "a record");
  return hold;
}

absl::Status RemoveHold(absl::string_view case_id, base::Transaction& tx) {
  return tx.Delete(Table::kSetting, HoldKeyOf(case_id));
}

}  // namespace passerelle::erasure
