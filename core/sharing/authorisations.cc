#include "core/sharing/authorisations.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/sharing/authorisation_form.h"
#include "core/sharing/authorisation_uses.h"

namespace passerelle::sharing {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;
using base::Table;
using base::ToProto;

constexpr size_t kEtagDigits = 16;

// One that ended and was filed has a small record beside it with its end, in the group of all of them.
constexpr absl::string_view kEndedPrefix = "ended/";
constexpr absl::string_view kEndedGroup = "authorisation/ended";

std::string EndedKey(absl::string_view id) { return absl::StrCat(kEndedPrefix, id); }

v1::AuthorisationState StateOf(const v1::Authorisation& authorisation, absl::Time now) {
  if (authorisation.has_withdraw_time()) return v1::AUTHORISATION_STATE_WITHDRAWN;
  if (authorisation.uses_made() >= authorisation.uses_allowed()) return v1::AUTHORISATION_STATE_USED;
  if (now >= FromProto(authorisation.valid_until())) return v1::AUTHORISATION_STATE_EXPIRED;
  return v1::AUTHORISATION_STATE_ACTIVE;
}

// Stands before the stored receiver of an authorisation of elements. A program that does not know of elements, and can
// run beside this one while replicas are replaced, would hand over the document: for it, nobody is the receiver.
constexpr absl::string_view kElementsOnlyMark = "elements only: ";

// What is stored lacks state and etag, because both follow from the rest.
v1::Authorisation Shown(const std::string& stored, absl::Time now) {
  v1::Authorisation authorisation;
  authorisation.ParseFromString(stored);
  if (!authorisation.elements().empty()) {
    authorisation.set_receiver(std::string(absl::StripPrefix(authorisation.receiver(), kElementsOnlyMark)));
  }
  authorisation.set_state(StateOf(authorisation, now));
  authorisation.set_etag(base::Sha256Hex(stored).substr(0, kEtagDigits));
  return authorisation;
}

std::string Stored(v1::Authorisation authorisation) {
  authorisation.clear_state();
  authorisation.clear_etag();
  if (!authorisation.elements().empty()) {
    authorisation.set_receiver(absl::StrCat(kElementsOnlyMark, authorisation.receiver()));
  }
  return authorisation.SerializeAsString();
}

// An authorisation and the client that recorded it, which is the group of its record. It is empty for what was recorded
// before clients were kept.
struct Owned {
  v1::Authorisation authorisation;
  std::string client;
  bool is_due = true;  // not for what is filed, nor for what was recorded before authorisations were due
};

absl::StatusOr<Owned> Load(base::Transaction& tx, absl::string_view id, absl::Time now) {
  // Other records are under other keys.
  if (!base::IsUuid(id)) return Problem(Reason::kResourceNotFound, "id");
  ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(Table::kAuthorisation, absl::AsciiStrToLower(id)));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  return Owned{Shown(record->value, now), record->group, record->due != absl::InfiniteFuture()};
}

// The same for the client that recorded it. To every other one it is not there, so that nobody learns which ids are.
// What is nobody's can be withdrawn by every client, since the holder must be able to.
absl::StatusOr<Owned> LoadOwn(base::Transaction& tx, absl::string_view client, absl::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(Owned owned, Load(tx, id, now));
  if (!owned.client.empty() && owned.client != client) return Problem(Reason::kResourceNotFound, "id");
  return owned;
}

absl::Status Save(base::Transaction& tx, const Owned& owned, bool is_new) {
  base::Record record;
  record.key = owned.authorisation.id();
  record.value = Stored(owned.authorisation);
  record.group = owned.client;
  record.due = Authorisations::EndOf(owned.authorisation);
  // Its end may be another one now, with which it will be filed anew.
  if (!owned.is_due) RETURN_IF_ERROR(tx.Delete(Table::kAuthorisation, EndedKey(record.key)));
  return is_new ? tx.Insert(Table::kAuthorisation, record) : tx.Update(Table::kAuthorisation, record);
}

// What becomes of what is asked now.
v1::UseOutcome OutcomeOf(const v1::Authorisation& authorisation, const Authorisations::Asked& asked, absl::Time now) {
  if (authorisation.receiver() != asked.node) return v1::USE_OUTCOME_OTHER_RECEIVER;
  if (authorisation.purpose() != asked.purpose) return v1::USE_OUTCOME_OTHER_PURPOSE;
  switch (authorisation.state()) {
    case v1::AUTHORISATION_STATE_WITHDRAWN:
      return v1::USE_OUTCOME_WITHDRAWN;
    case v1::AUTHORISATION_STATE_USED:
      return v1::USE_OUTCOME_USED_UP;
    case v1::AUTHORISATION_STATE_EXPIRED:
      return v1::USE_OUTCOME_EXPIRED;
    default:
      return now < FromProto(authorisation.valid_from()) ? v1::USE_OUTCOME_NOT_BEGUN : v1::USE_OUTCOME_HANDED_OVER;
  }
}

v1::AuthorisationUse UseOf(const Authorisations::Asked& asked, v1::UseOutcome outcome, absl::Time now) {
  v1::AuthorisationUse use;
  use.set_node(asked.node);
  use.set_purpose(asked.purpose);
  *use.mutable_time() = ToProto(now);
  use.set_outcome(outcome);
  use.set_message_id(asked.message_id);
  use.set_count(1);
  return use;
}

// As the node will record it; everything that is the node's to say is set here.
v1::Authorisation Recorded(const v1::Authorisation& wished, absl::Time now) {
  v1::Authorisation authorisation;
  authorisation.set_holder_pseudonym(wished.holder_pseudonym());
  authorisation.set_receiver(wished.receiver());
  authorisation.set_purpose(wished.purpose());
  *authorisation.mutable_credential_ids() = wished.credential_ids();
  *authorisation.mutable_valid_from() = wished.has_valid_from() ? wished.valid_from() : ToProto(now);
  *authorisation.mutable_valid_until() = wished.valid_until();
  authorisation.set_uses_allowed(wished.uses_allowed());
  *authorisation.mutable_elements() = wished.elements();
  *authorisation.mutable_elements_requested() = wished.elements_requested();
  if (wished.has_receiver_statement()) *authorisation.mutable_receiver_statement() = wished.receiver_statement();
  if (wished.has_approval()) *authorisation.mutable_approval() = wished.approval();
  *authorisation.mutable_create_time() = ToProto(now);
  return authorisation;
}

}  // namespace

absl::StatusOr<v1::Authorisation> Authorisations::Create(absl::string_view client,
                                                         const v1::CreateAuthorisationRequest& request) {
  const absl::Time now = options_.clock->Now();
  const auto create = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    const std::string id = base::NewUuid(*options_.random);
    RETURN_IF_ERROR(Record(client, id, request.authorisation(), now, tx));
    return id;
  };
  if (request.validate_only()) {
    RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
    RETURN_IF_ERROR(CheckForm(request.authorisation(), now));
    return Shown(Stored(Recorded(request.authorisation(), now)), now);
  }
  absl::StatusOr<v1::Authorisation> result;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        const std::string id,
        base::Once(tx, client, request.request_id(), absl::StrCat("CreateAuthorisation\n", request.SerializeAsString()),
                   now, [&] { return create(tx); }));
    ASSIGN_OR_RETURN(Owned owned, LoadOwn(tx, client, id, now));
    result = std::move(owned.authorisation);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<v1::Authorisation> Authorisations::Get(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  absl::StatusOr<v1::Authorisation> result;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Owned owned, LoadOwn(tx, client, id, options_.clock->Now()));
    result = std::move(owned.authorisation);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<v1::Authorisation> Authorisations::Withdraw(absl::string_view client,
                                                           const v1::WithdrawAuthorisationRequest& request) {
  if (request.id().empty()) return Problem(Reason::kFieldMissing, "id");
  const absl::Time now = options_.clock->Now();
  const auto withdraw = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(Owned owned, LoadOwn(tx, client, request.id(), now));
    if (!request.etag().empty() && request.etag() != owned.authorisation.etag()) {
      return Problem(Reason::kEtagMismatch, "etag");
    }
    // Withdrawing twice is no fault; the first time counts.
    if (!owned.authorisation.has_withdraw_time()) {
      *owned.authorisation.mutable_withdraw_time() = ToProto(now);
      RETURN_IF_ERROR(Save(tx, owned, /*is_new=*/false));
    }
    return owned.authorisation.id();
  };
  absl::StatusOr<v1::Authorisation> result;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id,
                     base::Once(tx, client, request.request_id(),
                                absl::StrCat("WithdrawAuthorisation\n", request.SerializeAsString()), now,
                                [&] { return withdraw(tx); }));
    ASSIGN_OR_RETURN(Owned owned, LoadOwn(tx, client, id, now));
    result = std::move(owned.authorisation);
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<v1::ListUsesResponse> Authorisations::ListUses(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "authorisation_id");
  absl::StatusOr<v1::ListUsesResponse> result;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    absl::Status own = LoadOwn(tx, client, id, options_.clock->Now()).status();
    if (!own.ok() && base::ReasonOf(own) != Reason::kResourceNotFound) return own;
    if (!own.ok()) return Problem(Reason::kResourceNotFound, "authorisation_id");
    result = ReadUses(id, tx);
    return result.status();
  }));
  return result;
}

absl::StatusOr<v1::Authorisation> Authorisations::Use(base::Transaction& tx, absl::string_view id, const Asked& asked,
                                                      bool consume) const {
  const absl::Time now = options_.clock->Now();
  absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok() && base::ReasonOf(owned.status()) != Reason::kResourceNotFound) return owned.status();
  if (!owned.ok() || OutcomeOf(owned->authorisation, asked, now) != v1::USE_OUTCOME_HANDED_OVER) {
    return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
  }
  if (!consume) return owned->authorisation;
  owned->authorisation.set_uses_made(owned->authorisation.uses_made() + 1);
  RETURN_IF_ERROR(Save(tx, *owned, /*is_new=*/false));
  RETURN_IF_ERROR(NoteUse(id, UseOf(asked, v1::USE_OUTCOME_HANDED_OVER, now), tx));
  return Shown(Stored(owned->authorisation), now);
}

absl::StatusOr<v1::Authorisation> Authorisations::UseOwn(base::Transaction& tx, absl::string_view client,
                                                         absl::string_view id, const Asked& asked, bool consume) const {
  const absl::Status own = LoadOwn(tx, client, id, options_.clock->Now()).status();
  if (!own.ok() && base::ReasonOf(own) != Reason::kResourceNotFound) return own;
  if (!own.ok()) return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
  return Use(tx, id, asked, consume);
}

absl::Status Authorisations::NoteRefused(base::Transaction& tx, absl::string_view id, const Asked& asked) const {
  const absl::Time now = options_.clock->Now();
  const absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok()) {
    return base::ReasonOf(owned.status()) == Reason::kResourceNotFound ? absl::OkStatus() : owned.status();
  }
  v1::UseOutcome outcome = OutcomeOf(owned->authorisation, asked, now);
  // The authorisation was not the reason.
  if (outcome == v1::USE_OUTCOME_HANDED_OVER) outcome = v1::USE_OUTCOME_NOT_AVAILABLE;
  return NoteUse(id, UseOf(asked, outcome, now), tx);
}

absl::Status Authorisations::WithdrawForHolder(absl::string_view id, absl::Time now, base::Transaction& tx) {
  absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok() && base::ReasonOf(owned.status()) == Reason::kResourceNotFound) return absl::OkStatus();
  RETURN_IF_ERROR(owned.status());
  if (owned->authorisation.has_withdraw_time()) return absl::OkStatus();
  *owned->authorisation.mutable_withdraw_time() = ToProto(now);
  return Save(tx, *owned, /*is_new=*/false);
}

absl::Status Authorisations::Record(absl::string_view client, absl::string_view id, const v1::Authorisation& wished,
                                    absl::Time now, base::Transaction& tx) {
  RETURN_IF_ERROR(CheckForm(wished, now));
  Owned owned;
  owned.authorisation = Recorded(wished, now);
  owned.client = std::string(client);
  owned.authorisation.set_id(std::string(id));
  return Save(tx, owned, /*is_new=*/true);
}

absl::Status Authorisations::CheckStands(base::Transaction& tx, absl::string_view id,
                                         absl::string_view receiver) const {
  const absl::Time now = options_.clock->Now();
  const absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok() && base::ReasonOf(owned.status()) != Reason::kResourceNotFound) return owned.status();
  if (owned.ok() && owned->authorisation.receiver() == receiver && now < EndOf(owned->authorisation)) {
    return absl::OkStatus();
  }
  return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
}

absl::StatusOr<v1::Authorisation> Authorisations::ReadOwn(absl::string_view client, absl::string_view id,
                                                          absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(Owned owned, LoadOwn(tx, client, id, now));
  return std::move(owned.authorisation);
}

absl::Time Authorisations::EndOf(const v1::Authorisation& authorisation) {
  return FromProto(authorisation.has_withdraw_time() ? authorisation.withdraw_time() : authorisation.valid_until());
}

absl::StatusOr<int> Authorisations::FileEnded(absl::Time now, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::vector<base::Record> records, tx.Due(Table::kAuthorisation, now, limit));
  int filed = 0;
  for (base::Record& record : records) {
    if (!base::IsUuid(record.key)) continue;
    // It has a place already when an earlier version of the node withdrew it after that; it goes to the end.
    RETURN_IF_ERROR(tx.Delete(Table::kAuthorisation, EndedKey(record.key)));
    RETURN_IF_ERROR(tx.Insert(Table::kAuthorisation, {.key = EndedKey(record.key),
                                                      .value = ToProto(record.due).SerializeAsString(),
                                                      .group = std::string(kEndedGroup)}));
    record.due = absl::InfiniteFuture();
    RETURN_IF_ERROR(tx.Update(Table::kAuthorisation, record));
    ++filed;
  }
  return filed;
}

absl::StatusOr<std::vector<std::string>> Authorisations::EndedUntil(absl::Time time, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<base::Record> records, tx.List(Table::kAuthorisation, kEndedGroup, "", limit));
  std::vector<std::string> ids;
  for (const base::Record& record : records) {
    absl::string_view id = record.key;
    google::protobuf::Timestamp end;
    if (!absl::ConsumePrefix(&id, kEndedPrefix) || !end.ParseFromString(record.value)) continue;
    if (FromProto(end) <= time) ids.emplace_back(id);
  }
  return ids;
}

absl::Status Authorisations::Erase(absl::string_view id, base::Transaction& tx) {
  const std::string key = absl::AsciiStrToLower(id);
  RETURN_IF_ERROR(tx.Delete(Table::kAuthorisation, EndedKey(key)));
  RETURN_IF_ERROR(EraseUses(key, tx));
  return tx.Delete(Table::kAuthorisation, key);
}

}  // namespace passerelle::sharing
