#include "core/exchange/exchange_records.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

std::string DeliveryKey(absl::string_view id) { return absl::StrCat(id, "/delivery"); }
std::string ArrivingKey(absl::string_view id) { return absl::StrCat(id, "/arriving"); }

absl::Status InsertDocuments(std::string key, const v1::Exchange& exchange, base::Transaction& tx) {
  v1::Exchange delivery;
  *delivery.mutable_documents() = exchange.documents();
  if (exchange.has_answer()) *delivery.mutable_answer() = exchange.answer();
  return tx.Insert(Table::kExchange, {.key = std::move(key), .value = delivery.SerializeAsString()});
}

absl::Status AddDocuments(const Record& record, v1::Exchange* exchange) {
  ASSIGN_OR_RETURN(v1::Exchange delivery, ReadExchange(record));
  exchange->mutable_documents()->Swap(delivery.mutable_documents());
  if (delivery.has_answer()) exchange->mutable_answer()->Swap(delivery.mutable_answer());
  return absl::OkStatus();
}

// Clients are never nameless, so the empty group is free for what no list shows.
Record ToRecord(v1::Exchange exchange) {
  exchange.clear_documents();
  exchange.clear_answer();
  Record record;
  record.key = exchange.id();
  record.group = exchange.client();
  record.value = exchange.SerializeAsString();
  // Due from its end on, for whoever erases what it brought after a time.
  if (exchange.state() != v1::EXCHANGE_STATE_PENDING && !exchange.has_erase_time()) {
    record.due = base::FromProto(exchange.update_time());
  }
  return record;
}

}  // namespace

absl::Status InsertExchange(const v1::Exchange& exchange, base::Transaction& tx) {
  return tx.Insert(Table::kExchange, ToRecord(exchange));
}

absl::Status UpdateExchange(const v1::Exchange& exchange, bool with_delivery, base::Transaction& tx) {
  RETURN_IF_ERROR(tx.Update(Table::kExchange, ToRecord(exchange)));
  return with_delivery ? InsertDocuments(DeliveryKey(exchange.id()), exchange, tx) : absl::OkStatus();
}

absl::Status InsertArriving(const v1::Exchange& exchange, base::Transaction& tx) {
  return InsertDocuments(ArrivingKey(exchange.id()), exchange, tx);
}

absl::StatusOr<v1::Exchange> LoadArriving(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(id, tx));
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kExchange, ArrivingKey(exchange.id())));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  RETURN_IF_ERROR(AddDocuments(*record, &exchange));
  return exchange;
}

absl::Status DeleteArriving(absl::string_view id, base::Transaction& tx) {
  return tx.Delete(Table::kExchange, ArrivingKey(id));
}

absl::StatusOr<v1::Exchange> ReadExchange(const Record& record) {
  v1::Exchange exchange;
  if (!exchange.ParseFromString(record.value)) {
    return Problem(Reason::kStoreUnavailable, "exchange", "a record cannot be read");
  }
  return exchange;
}

absl::StatusOr<v1::Exchange> LoadExchange(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kExchange, absl::AsciiStrToLower(id)));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  return ReadExchange(*record);
}

absl::StatusOr<v1::Exchange> LoadWholeExchange(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(id, tx));
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kExchange, DeliveryKey(exchange.id())));
  if (record.has_value()) RETURN_IF_ERROR(AddDocuments(*record, &exchange));
  return exchange;
}

absl::Status EraseDelivery(absl::string_view id, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(id, tx));
  if (exchange.state() == v1::EXCHANGE_STATE_PENDING) {
    return Problem(Reason::kFieldInvalid, "state", "the exchange is pending");
  }
  if (exchange.has_erase_time()) return absl::OkStatus();
  *exchange.mutable_erase_time() = base::ToProto(now);
  RETURN_IF_ERROR(tx.Update(Table::kExchange, ToRecord(exchange)));
  RETURN_IF_ERROR(contents::EraseContents(contents::ContentsOfExchange(exchange.id()).owner, tx));
  RETURN_IF_ERROR(DeleteArriving(exchange.id(), tx));
  return tx.Delete(Table::kExchange, DeliveryKey(exchange.id()));
}

absl::Status EraseAgain(absl::string_view id, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(id, tx));
  if (exchange.state() == v1::EXCHANGE_STATE_PENDING) {
    exchange.set_state(v1::EXCHANGE_STATE_FAILED);
    exchange.mutable_problem()->set_reason(std::string(base::Catalogue(Reason::kEvidenceErased).name));
    RETURN_IF_ERROR(tx.Update(Table::kExchange, ToRecord(exchange)));
  }
  return EraseDelivery(id, now, tx);
}

absl::StatusOr<std::vector<std::string>> EndedUntil(absl::Time time, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.Due(Table::kExchange, time, limit));
  std::vector<std::string> ids;
  for (const Record& record : records) ids.push_back(record.key);
  return ids;
}

}  // namespace passerelle::exchange
