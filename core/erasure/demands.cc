#include "core/erasure/demands.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchange_records.h"
#include "core/recognition/case_records.h"

namespace passerelle::erasure {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr int kKeptPage = 8;
// Items of an answer that are taken over: there are four words for them.
constexpr int kItemsMax = 8;

std::string KeyOf(absl::string_view id) { return absl::StrCat("erasure/", id); }

bool IsQuery(absl::string_view type) { return type == exchange::v1::CredentialQuery::descriptor()->full_name(); }

// One demand for every so many messages.
void AddMessage(const std::string& node, const std::string& id, std::vector<Holder>* holders) {
  if (holders->empty() || holders->back().node != node ||
      holders->back().demand.message_ids_size() == kDemandMessagesMax) {
    holders->push_back({node, {}});
  }
  holders->back().demand.add_message_ids(id);
}

v1::NodeErasure* EntryOf(const std::string& node, v1::Erasure* erasure) {
  for (v1::NodeErasure& entry : *erasure->mutable_nodes()) {
    if (entry.node() == node) return &entry;
  }
  return nullptr;
}

absl::Status CheckDemand(const v1::ErasureDemand& demand) {
  if (!base::IsUuid(demand.erasure_id())) return Problem(Reason::kFieldInvalid, "erasure_id", "it is not a UUID");
  if (!demand.case_id().empty() && !base::IsUuid(demand.case_id())) {
    return Problem(Reason::kFieldInvalid, "case_id", "it is not a UUID");
  }
  if (demand.message_ids_size() > kDemandMessagesMax) return Problem(Reason::kInputTooLarge, "message_ids");
  for (int i = 0; i < demand.message_ids_size(); ++i) {
    if (!base::IsUuid(demand.message_ids(i))) {
      return Problem(Reason::kFieldInvalid, absl::StrCat("message_ids[", i, "]"), "it is not a UUID");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::NodeErasure> EraseCaseOf(const Ground& ground, const std::string& sender, const std::string& id,
                                            base::Transaction& tx) {
  const absl::StatusOr<recognition::v1::RecognitionCase> content = recognition::LoadAnyCase(id, tx);
  if (base::ReasonOf(content.status()) == Reason::kResourceNotFound) return NothingFound(ground);
  RETURN_IF_ERROR(content.status());
  if (content->applicant_node() != sender || content->authority_node() != ground.node) return NothingFound(ground);
  return EraseCase(ground, *content, tx);
}

// A message of an exchange that passed between the two nodes, whichever of them sent it.
absl::StatusOr<v1::NodeErasure> EraseMessageOf(const Ground& ground, const std::string& sender, const std::string& id,
                                               base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<relay::Outbox::Known> sent, relay::Outbox::Find(id, tx));
  if (sent.has_value()) {
    if (sent->recipient != sender || !IsQuery(sent->type)) return NothingFound(ground);
    ASSIGN_OR_RETURN(const exchange::v1::Exchange exchange, exchange::LoadExchange(sent->resource, tx));
    return EraseExchange(ground, exchange, tx);
  }
  const relay::MessageName name = {sender, id};
  ASSIGN_OR_RETURN(const std::optional<std::string> resource,
                   relay::MessageLog::ResourceOf(evidence::v1::SIDE_RECEIVER, name, tx));
  if (!resource.has_value() || resource->empty()) return NothingFound(ground);
  // Of the messages that come in with something that they belong to, those of exchanges belong to an authorisation.
  ASSIGN_OR_RETURN(const std::optional<Record> authorisation, tx.Get(Table::kAuthorisation, *resource));
  if (!authorisation.has_value()) return NothingFound(ground);
  return EraseReceivedMessage(ground, name, tx);
}

// What a node answered, as far as it is for it to say.
absl::StatusOr<v1::NodeErasure> ReadAnswer(const relay::Answer& answer, const std::string& erasure_id) {
  v1::ErasureAnswer told;
  if (answer.opened.header.type != told.GetTypeName() || !told.ParseFromString(answer.opened.body)) {
    return Problem(Reason::kPeerAnswerInvalid, "body", "it is no answer to a demand for erasure");
  }
  const v1::NodeErasure& erasure = told.erasure();
  if (told.erasure_id() != erasure_id || erasure.items_size() > kItemsMax ||
      (erasure.outcome() != v1::ERASURE_OUTCOME_ERASED && erasure.outcome() != v1::ERASURE_OUTCOME_RETAINED &&
       erasure.outcome() != v1::ERASURE_OUTCOME_NOT_FOUND)) {
    return Problem(Reason::kPeerAnswerInvalid, "erasure", "it says nothing about what was asked");
  }
  for (const v1::ErasureItem& item : erasure.items()) {
    for (const std::string* text :
         {&item.what(), &item.reason(), &item.ground_text(), &item.until(), &item.authority()}) {
      if (text->size() > kGroundBytesMax) return Problem(Reason::kPeerAnswerInvalid, "erasure", "a text is too long");
    }
  }
  return erasure;
}

}  // namespace

absl::StatusOr<std::vector<Holder>> HoldersOfCase(const ErasureContext& context,
                                                  const recognition::v1::RecognitionCase& content) {
  if (content.applicant_node() != context.node) return std::vector<Holder>();
  Holder holder{content.authority_node(), {}};
  holder.demand.set_case_id(content.id());
  return std::vector<Holder>{std::move(holder)};
}

absl::StatusOr<std::vector<Holder>> HoldersOfExchange(const exchange::v1::Exchange& exchange, base::Transaction& tx) {
  std::vector<Holder> holders;
  ASSIGN_OR_RETURN(const std::vector<relay::Outbox::Known> sent, relay::Outbox::MessagesOf(exchange.id(), tx));
  for (const relay::Outbox::Known& message : sent) AddMessage(message.recipient, message.id, &holders);
  return holders;
}

absl::StatusOr<std::vector<Holder>> HoldersOfAuthorisation(absl::string_view authorisation_id, base::Transaction& tx) {
  std::map<std::string, std::vector<std::string>> by_node;
  std::string after;
  for (size_t count = kKeptPage; count == kKeptPage;) {
    ASSIGN_OR_RETURN(const std::vector<relay::MessageLog::Kept> kept,
                     relay::MessageLog::KeptOf(authorisation_id, after, kKeptPage, tx));
    for (const relay::MessageLog::Kept& message : kept) {
      if (message.side == evidence::v1::SIDE_RECEIVER) by_node[message.name.peer].push_back(message.name.id);
    }
    count = kept.size();
    if (count > 0) after = kept.back().key;
  }
  std::vector<Holder> holders;
  for (const auto& [node, ids] : by_node) {
    for (const std::string& id : ids) AddMessage(node, id, &holders);
  }
  return holders;
}

absl::Status SendDemands(const ErasureContext& context, std::vector<Holder> holders, v1::Erasure* erasure,
                         base::Transaction& tx) {
  const absl::Time now = context.clock->Now();
  for (Holder& holder : holders) {
    if (EntryOf(holder.node, erasure) == nullptr) {
      v1::NodeErasure* const entry = erasure->add_nodes();
      entry->set_node(holder.node);
      entry->set_outcome(v1::ERASURE_OUTCOME_UNKNOWN);
    }
    holder.demand.set_erasure_id(erasure->id());
    relay::Outgoing message;
    message.id = base::NewUuid(*context.random);
    message.recipient = holder.node;
    message.type = holder.demand.GetTypeName();
    message.body = holder.demand.SerializeAsString();
    message.resource = erasure->id();
    message.expires_at = now + base::kExchangeLifeMax;
    RETURN_IF_ERROR(context.outbox->Put(message, tx));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Erasure> LoadErasure(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, KeyOf(absl::AsciiStrToLower(id))));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  v1::Erasure erasure;
  if (!erasure.ParseFromString(record->value)) return Problem(Reason::kStoreUnavailable, "erasure", "a record");
  return erasure;
}

absl::Status InsertErasure(const v1::Erasure& erasure, base::Transaction& tx) {
  return tx.Insert(Table::kSetting, {.key = KeyOf(erasure.id()), .value = erasure.SerializeAsString()});
}

std::string DemandHandler::Type() const { return v1::ErasureDemand::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> DemandHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                   base::Transaction& tx) {
  v1::ErasureDemand demand;
  if (!demand.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckDemand(demand));
  const Ground ground = context_->GroundNow();
  const std::string& sender = message.header.sender;
  v1::ErasureAnswer answer;
  answer.set_erasure_id(demand.erasure_id());
  *answer.mutable_erasure() = NothingFound(ground);
  if (!demand.case_id().empty()) {
    ASSIGN_OR_RETURN(const v1::NodeErasure erased,
                     EraseCaseOf(ground, sender, absl::AsciiStrToLower(demand.case_id()), tx));
    Add(erased, answer.mutable_erasure());
  }
  for (const std::string& id : demand.message_ids()) {
    ASSIGN_OR_RETURN(const v1::NodeErasure erased, EraseMessageOf(ground, sender, id, tx));
    Add(erased, answer.mutable_erasure());
  }
  return relay::Reply{answer.GetTypeName(), answer.SerializeAsString()};
}

std::string DemandAnswers::Type() const { return v1::ErasureDemand::descriptor()->full_name(); }

absl::Status DemandAnswers::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                         const relay::v1::Envelope* /*evidence*/, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Erasure erasure, LoadErasure(message.resource, tx));
  v1::NodeErasure* const entry = EntryOf(message.recipient, &erasure);
  if (entry == nullptr) return Problem(Reason::kStoreUnavailable, "erasure", "a node is missing");
  const absl::StatusOr<v1::NodeErasure> told =
      answer.ok() ? ReadAnswer(*answer, erasure.id()) : absl::StatusOr<v1::NodeErasure>(answer.status());
  if (told.ok()) {
    // A node can be asked in several messages; of its answers, each counts for what it was about.
    if (entry->outcome() == v1::ERASURE_OUTCOME_UNKNOWN) entry->clear_outcome();
    Add(*told, entry);
  } else if (entry->items().empty()) {
    entry->set_reason(std::string(base::Catalogue(base::ReasonOf(told.status())).name));
  }
  *entry->mutable_answer_time() = base::ToProto(context_->clock->Now());
  return tx.Update(Table::kSetting, {.key = KeyOf(erasure.id()), .value = erasure.SerializeAsString()});
}

}  // namespace passerelle::erasure
