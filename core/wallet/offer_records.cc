#include "core/wallet/offer_records.h"

#include <optional>
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

constexpr absl::string_view kOfferPrefix = "offer/of/";

std::string OpenGroup(absl::string_view client) { return absl::StrCat("offer/open/", client); }

bool IsOpen(const v1::StoredOffer& stored) {
  return stored.content().state() == v1::OFFER_STATE_OPEN || stored.content().state() == v1::OFFER_STATE_REDEEMED;
}

Record ToRecord(const v1::StoredOffer& stored) {
  Record record;
  record.key = absl::StrCat(kOfferPrefix, stored.content().id());
  record.value = stored.SerializeAsString();
  record.group = IsOpen(stored) ? OpenGroup(stored.client()) : "offer/over";
  record.due = IsOpen(stored) ? EndOf(stored) : base::FromProto(stored.content().delete_time());
  return record;
}

}  // namespace

absl::Status InsertOffer(const v1::StoredOffer& stored, base::Transaction& tx) {
  return tx.Insert(kOfferTable, ToRecord(stored));
}

absl::Status UpdateOffer(const v1::StoredOffer& stored, base::Transaction& tx) {
  return tx.Update(kOfferTable, ToRecord(stored));
}

absl::StatusOr<v1::StoredOffer> LoadOffer(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kOfferTable, absl::StrCat(kOfferPrefix, id)));
  v1::StoredOffer stored;
  if (!record.has_value() || !stored.ParseFromString(record->value)) return Problem(Reason::kResourceNotFound, "id");
  return stored;
}

absl::StatusOr<int> CountOffers(absl::string_view client, int most, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> open, tx.List(kOfferTable, OpenGroup(client), "", most));
  return static_cast<int>(open.size());
}

absl::Time EndOf(const v1::StoredOffer& stored) {
  return base::FromProto(stored.content().state() == v1::OFFER_STATE_REDEEMED ? stored.token_expire_time()
                                                                              : stored.content().expire_time());
}

void ConcludeOffer(v1::OfferState state, absl::Time now, v1::StoredOffer* stored) {
  stored->mutable_content()->set_state(state);
  *stored->mutable_content()->mutable_delete_time() = base::ToProto(now + kOfferKept);
  stored->clear_code_sha256();
  stored->clear_transaction_code_sha256();
  stored->clear_token_sha256();
}

absl::StatusOr<bool> ForgetOffer(const Record& due, absl::Time now, base::Transaction& tx) {
  const bool is_nonce = absl::StartsWith(due.key, kUsedNoncePrefix);
  if (!is_nonce && !absl::StartsWith(due.key, kOfferPrefix)) return false;
  v1::StoredOffer stored;
  if (!is_nonce && stored.ParseFromString(due.value) && IsOpen(stored)) {
    ConcludeOffer(v1::OFFER_STATE_EXPIRED, now, &stored);
    RETURN_IF_ERROR(UpdateOffer(stored, tx));
  } else {
    RETURN_IF_ERROR(tx.Delete(kOfferTable, due.key));
  }
  return true;
}

}  // namespace passerelle::wallet
