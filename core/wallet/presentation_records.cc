#include "core/wallet/presentation_records.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::wallet {
namespace {

using base::Problem;
using base::Reason;
using base::Record;

// Authorisations have ids that are UUIDs, and are due no longer once their end is filed.
constexpr base::Table kTable = base::Table::kAuthorisation;
constexpr absl::string_view kPresentationPrefix = "presentation/";

std::string OpenGroup(absl::string_view client) { return absl::StrCat("presentation/open/", client); }

bool IsOpen(const v1::StoredPresentation& stored) { return stored.content().state() == v1::PRESENTATION_STATE_OPEN; }

Record ToRecord(const v1::StoredPresentation& stored) {
  Record record;
  record.key = absl::StrCat(kPresentationPrefix, stored.content().id());
  record.value = stored.SerializeAsString();
  record.group = IsOpen(stored) ? OpenGroup(stored.client()) : "presentation/over";
  record.due = base::FromProto(IsOpen(stored) ? stored.content().expire_time() : stored.content().delete_time());
  return record;
}

}  // namespace

absl::Status InsertPresentation(const v1::StoredPresentation& stored, base::Transaction& tx) {
  return tx.Insert(kTable, ToRecord(stored));
}

absl::Status UpdatePresentation(const v1::StoredPresentation& stored, base::Transaction& tx) {
  return tx.Update(kTable, ToRecord(stored));
}

absl::StatusOr<v1::StoredPresentation> LoadPresentation(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kTable, absl::StrCat(kPresentationPrefix, id)));
  v1::StoredPresentation stored;
  if (!record.has_value() || !stored.ParseFromString(record->value)) return Problem(Reason::kResourceNotFound, "id");
  return stored;
}

absl::StatusOr<int> CountOpen(absl::string_view client, int most, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> open, tx.List(kTable, OpenGroup(client), "", most));
  return static_cast<int>(open.size());
}

void Conclude(v1::PresentationState state, absl::Time now, v1::StoredPresentation* stored) {
  stored->mutable_content()->set_state(state);
  *stored->mutable_content()->mutable_delete_time() = base::ToProto(now + kPresentationKept);
  stored->clear_decryption_key();
}

absl::StatusOr<bool> ForgetPresentation(const Record& due, absl::Time now, base::Transaction& tx) {
  if (!absl::StartsWith(due.key, kPresentationPrefix)) return false;
  v1::StoredPresentation stored;
  if (stored.ParseFromString(due.value) && IsOpen(stored)) {
    Conclude(v1::PRESENTATION_STATE_EXPIRED, now, &stored);
    RETURN_IF_ERROR(UpdatePresentation(stored, tx));
  } else {
    RETURN_IF_ERROR(tx.Delete(kTable, due.key));
  }
  return true;
}

}  // namespace passerelle::wallet
