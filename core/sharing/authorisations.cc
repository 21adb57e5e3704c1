#include "core/sharing/authorisations.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

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

absl::Status Missing(absl::string_view field) {
  return Problem(Reason::kFieldMissing, absl::StrCat("authorisation.", field));
}

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Problem(Reason::kFieldInvalid, absl::StrCat("authorisation.", field), detail);
}

absl::Status CheckText(absl::string_view field, absl::string_view text) {
  return text.size() <= base::kIdBytesMax ? absl::OkStatus() : Invalid(field, "it is longer than an id may be");
}

absl::Status CheckCredentialIds(const v1::Authorisation& authorisation) {
  if (authorisation.credential_ids().empty()) return Missing("credential_ids");
  if (authorisation.credential_ids_size() > base::kAuthorisationCredentialsMax) {
    return Invalid("credential_ids", absl::StrCat("there are more than ", base::kAuthorisationCredentialsMax));
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < authorisation.credential_ids_size(); ++i) {
    const std::string field = absl::StrCat("credential_ids[", i, "]");
    absl::string_view id = authorisation.credential_ids(i);
    if (id.empty()) return Missing(field);
    RETURN_IF_ERROR(CheckText(field, id));
    if (!seen.insert(id).second) return Invalid(field, "it is named twice");
    if (absl::ConsumePrefix(&id, kDigestPrefix) && !base::IsSha256Hex(id)) {
      return Invalid(field, "what follows \"sha256:\" is not 64 lower-case hexadecimal digits");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPeriod(const v1::Authorisation& authorisation, absl::Time now) {
  if (!authorisation.has_valid_until()) return Missing("valid_until");
  if (!base::IsValid(authorisation.valid_until())) return Invalid("valid_until", "it is not a valid time");
  if (authorisation.has_valid_from() && !base::IsValid(authorisation.valid_from())) {
    return Invalid("valid_from", "it is not a valid time");
  }
  const absl::Time from = authorisation.has_valid_from() ? FromProto(authorisation.valid_from()) : now;
  const absl::Time until = FromProto(authorisation.valid_until());
  if (until <= from) return Invalid("valid_until", "it is not after valid_from");
  if (until <= now) return Invalid("valid_until", "it is over already");
  return absl::OkStatus();
}

absl::Status Check(const v1::Authorisation& authorisation, absl::Time now) {
  RETURN_IF_ERROR(CheckText("holder_pseudonym", authorisation.holder_pseudonym()));
  if (authorisation.receiver().empty()) return Missing("receiver");
  RETURN_IF_ERROR(CheckText("receiver", authorisation.receiver()));
  if (authorisation.purpose() == v1::PURPOSE_UNSPECIFIED) return Missing("purpose");
  if (!v1::Purpose_IsValid(authorisation.purpose())) return Invalid("purpose", "this purpose is not known");
  RETURN_IF_ERROR(CheckCredentialIds(authorisation));
  RETURN_IF_ERROR(CheckPeriod(authorisation, now));
  if (authorisation.uses_allowed() == 0) return Invalid("uses_allowed", "at least one use must be allowed");
  return absl::OkStatus();
}

v1::AuthorisationState StateOf(const v1::Authorisation& authorisation, absl::Time now) {
  if (authorisation.has_withdraw_time()) return v1::AUTHORISATION_STATE_WITHDRAWN;
  if (authorisation.uses_made() >= authorisation.uses_allowed()) return v1::AUTHORISATION_STATE_USED;
  if (now >= FromProto(authorisation.valid_until())) return v1::AUTHORISATION_STATE_EXPIRED;
  return v1::AUTHORISATION_STATE_ACTIVE;
}

// What is stored lacks state and etag, because both follow from the rest.
v1::Authorisation Shown(const std::string& stored, absl::Time now) {
  v1::Authorisation authorisation;
  authorisation.ParseFromString(stored);
  authorisation.set_state(StateOf(authorisation, now));
  authorisation.set_etag(base::Sha256Hex(stored).substr(0, kEtagDigits));
  return authorisation;
}

std::string Stored(v1::Authorisation authorisation) {
  authorisation.clear_state();
  authorisation.clear_etag();
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

bool Covers(const v1::Authorisation& authorisation, absl::string_view receiver, v1::Purpose purpose, absl::Time now) {
  return authorisation.receiver() == receiver && authorisation.purpose() == purpose &&
         authorisation.state() == v1::AUTHORISATION_STATE_ACTIVE && now >= FromProto(authorisation.valid_from());
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
    RETURN_IF_ERROR(Check(request.authorisation(), now));
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

absl::StatusOr<v1::Authorisation> Authorisations::Use(base::Transaction& tx, absl::string_view id,
                                                      absl::string_view receiver, v1::Purpose purpose,
                                                      bool consume) const {
  const absl::Time now = options_.clock->Now();
  absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok() && base::ReasonOf(owned.status()) != Reason::kResourceNotFound) return owned.status();
  if (!owned.ok() || !Covers(owned->authorisation, receiver, purpose, now)) {
    return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
  }
  if (!consume) return owned->authorisation;
  owned->authorisation.set_uses_made(owned->authorisation.uses_made() + 1);
  RETURN_IF_ERROR(Save(tx, *owned, /*is_new=*/false));
  return Shown(Stored(owned->authorisation), now);
}

absl::StatusOr<v1::Authorisation> Authorisations::UseOwn(base::Transaction& tx, absl::string_view client,
                                                         absl::string_view id, absl::string_view receiver,
                                                         v1::Purpose purpose, bool consume) const {
  const absl::Status own = LoadOwn(tx, client, id, options_.clock->Now()).status();
  if (!own.ok() && base::ReasonOf(own) != Reason::kResourceNotFound) return own;
  if (!own.ok()) return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
  return Use(tx, id, receiver, purpose, consume);
}

absl::Status Authorisations::WithdrawForHolder(absl::string_view id, absl::Time now, base::Transaction& tx) {
  absl::StatusOr<Owned> owned = Load(tx, id, now);
  if (!owned.ok() && base::ReasonOf(owned.status()) == Reason::kResourceNotFound) return absl::OkStatus();
  RETURN_IF_ERROR(owned.status());
  if (owned->authorisation.has_withdraw_time()) return absl::OkStatus();
  *owned->authorisation.mutable_withdraw_time() = ToProto(now);
  return Save(tx, *owned, /*is_new=*/false);
}

absl::Status Authorisations::CheckWish(const v1::Authorisation& wished, absl::Time now) { return Check(wished, now); }

absl::Status Authorisations::Record(absl::string_view client, absl::string_view id, const v1::Authorisation& wished,
                                    absl::Time now, base::Transaction& tx) {
  RETURN_IF_ERROR(Check(wished, now));
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
  return tx.Delete(Table::kAuthorisation, key);
}

}  // namespace passerelle::sharing
