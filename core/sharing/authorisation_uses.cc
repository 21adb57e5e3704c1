#include "core/sharing/authorisation_uses.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"

namespace passerelle::sharing {
namespace {

using base::Table;

constexpr absl::string_view kUsesGroup = "authorisation/uses";

// Beside the authorisations, whose ids are UUIDs.
std::string UsesKey(absl::string_view authorisation_id) {
  return absl::StrCat("uses/", absl::AsciiStrToLower(authorisation_id));
}

using Uses = google::protobuf::RepeatedPtrField<v1::AuthorisationUse>;

void PutFirst(v1::AuthorisationUse use, Uses* uses) {
  *uses->Add() = std::move(use);
  std::rotate(uses->begin(), uses->end() - 1, uses->end());
  if (uses->size() > base::kAuthorisationUsesListed) uses->RemoveLast();
}

// One entry for what is tried again and again, so that nobody pushes the others out.
void PutAttempt(v1::AuthorisationUse use, Uses* uses) {
  const auto same = std::find_if(uses->begin(), uses->end(), [&use](const v1::AuthorisationUse& known) {
    return known.node() == use.node() && known.purpose() == use.purpose() && known.outcome() == use.outcome();
  });
  if (same != uses->end()) {
    use.set_count(same->count() + 1);
    uses->erase(same);
  }
  PutFirst(std::move(use), uses);
}

}  // namespace

absl::Status NoteUse(absl::string_view authorisation_id, const v1::AuthorisationUse& use, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<base::Record> record, tx.Get(Table::kAuthorisation, UsesKey(authorisation_id)));
  const bool is_new = !record.has_value();
  if (is_new) record = base::Record{.key = UsesKey(authorisation_id), .value = "", .group = std::string(kUsesGroup)};
  v1::ListUsesResponse uses;
  uses.ParseFromString(record->value);
  if (use.outcome() == v1::USE_OUTCOME_HANDED_OVER) {
    PutFirst(use, uses.mutable_handed_over());
    uses.set_handed_over_count(uses.handed_over_count() + 1);
  } else {
    PutAttempt(use, uses.mutable_refused());
    uses.set_refused_count(uses.refused_count() + 1);
  }
  record->value = uses.SerializeAsString();
  return is_new ? tx.Insert(Table::kAuthorisation, *record) : tx.Update(Table::kAuthorisation, *record);
}

absl::StatusOr<v1::ListUsesResponse> ReadUses(absl::string_view authorisation_id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(Table::kAuthorisation, UsesKey(authorisation_id)));
  v1::ListUsesResponse uses;
  if (record.has_value()) uses.ParseFromString(record->value);
  return uses;
}

absl::Status EraseUses(absl::string_view authorisation_id, base::Transaction& tx) {
  return tx.Delete(Table::kAuthorisation, UsesKey(authorisation_id));
}

}  // namespace passerelle::sharing
