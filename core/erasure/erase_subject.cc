#include "core/erasure/erase_subject.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/erasure/erased_records.h"
#include "core/erasure/holds.h"
#include "core/exchange/exchange_records.h"
#include "core/recognition/case_records.h"
#include "core/recognition/clocks.h"
#include "core/relay/erase.h"
#include "core/sharing/authorisations.h"

namespace passerelle::erasure {
namespace {

using base::Reason;

absl::CivilDay Today(const Ground& ground) { return recognition::DayOf(ground.now); }

v1::NodeErasure Empty(const Ground& ground) {
  v1::NodeErasure erasure;
  erasure.set_node(ground.node);
  *erasure.mutable_answer_time() = base::ToProto(ground.now);
  return erasure;
}

// Which of two outcomes counts for both together.
int Weight(v1::ErasureOutcome outcome) {
  switch (outcome) {
    case v1::ERASURE_OUTCOME_RETAINED:
      return 3;
    case v1::ERASURE_OUTCOME_ERASED:
      return 2;
    case v1::ERASURE_OUTCOME_NOT_FOUND:
      return 1;
    default:
      return 0;
  }
}

void AddItem(v1::ErasureItem item, v1::NodeErasure* erasure) {
  if (Weight(item.outcome()) > Weight(erasure->outcome())) erasure->set_outcome(item.outcome());
  for (v1::ErasureItem& known : *erasure->mutable_items()) {
    if (known.what() != item.what()) continue;
    if (Weight(item.outcome()) > Weight(known.outcome())) known = std::move(item);
    return;
  }
  *erasure->add_items() = std::move(item);
}

void AddErased(absl::string_view what, v1::NodeErasure* erasure) {
  v1::ErasureItem item;
  item.set_what(std::string(what));
  item.set_outcome(v1::ERASURE_OUTCOME_ERASED);
  AddItem(std::move(item), erasure);
}

void AddRetained(absl::string_view what, const Duty& duty, v1::NodeErasure* erasure) {
  v1::ErasureItem item;
  item.set_what(std::string(what));
  item.set_outcome(v1::ERASURE_OUTCOME_RETAINED);
  item.set_reason(std::string(base::Catalogue(Reason::kRetained).name));
  item.set_ground(duty.ground);
  item.set_ground_text(duty.text);
  if (duty.until.has_value()) item.set_until(recognition::DayText(*duty.until));
  item.set_authority(duty.authority);
  AddItem(std::move(item), erasure);
}

// What is on its way is known again by its answer, which must find what it belongs to.
absl::StatusOr<std::optional<Duty>> InTransit(const Ground& ground, absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<absl::Time> until, relay::OnItsWayUntil(resource, tx));
  if (!until.has_value()) return std::nullopt;
  return Duty{v1::RETENTION_GROUND_IN_TRANSIT, "", recognition::DayOf(*until), ground.node};
}

absl::StatusOr<std::optional<Duty>> DutyFor(const Ground& ground, const recognition::v1::RecognitionCase& content,
                                            base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<v1::Hold> hold, FindHold(content.id(), tx));
  if (hold.has_value()) {
    std::optional<Duty> duty = DutyByHold(*hold, Today(ground));
    if (duty.has_value()) return duty;
  }
  std::optional<Duty> duty = DutyForCase(content, ground.node, *ground.rules, Today(ground));
  if (duty.has_value()) return duty;
  return InTransit(ground, content.id(), tx);
}

}  // namespace

absl::StatusOr<v1::NodeErasure> EraseCase(const Ground& ground, const recognition::v1::RecognitionCase& content,
                                          base::Transaction& tx) {
  v1::NodeErasure erasure = Empty(ground);
  ASSIGN_OR_RETURN(const std::optional<Duty> duty, DutyFor(ground, content, tx));
  if (duty.has_value()) {
    AddRetained(kCaseItem, *duty, &erasure);
    AddRetained(kMessagesItem, *duty, &erasure);
    return erasure;
  }
  RETURN_IF_ERROR(relay::EraseMessagesOf(content.id(), tx));
  RETURN_IF_ERROR(recognition::EraseCase(content, tx));
  RETURN_IF_ERROR(RemoveHold(content.id(), tx));
  RETURN_IF_ERROR(NoteErased(NameOfCase(content.id()), ground.now, tx));
  AddErased(kCaseItem, &erasure);
  AddErased(kMessagesItem, &erasure);
  return erasure;
}

absl::StatusOr<v1::NodeErasure> EraseExchange(const Ground& ground, const exchange::v1::Exchange& exchange,
                                              base::Transaction& tx) {
  v1::NodeErasure erasure = Empty(ground);
  ASSIGN_OR_RETURN(const std::optional<Duty> duty, InTransit(ground, exchange.id(), tx));
  if (duty.has_value()) {
    AddRetained(kDocumentsItem, *duty, &erasure);
    AddRetained(kMessagesItem, *duty, &erasure);
    return erasure;
  }
  RETURN_IF_ERROR(exchange::EraseDelivery(exchange.id(), ground.now, tx));
  RETURN_IF_ERROR(relay::EraseMessagesOf(exchange.id(), tx));
  RETURN_IF_ERROR(NoteErased(NameOfExchange(exchange.id()), ground.now, tx));
  AddErased(kDocumentsItem, &erasure);
  AddErased(kMessagesItem, &erasure);
  return erasure;
}

absl::StatusOr<v1::NodeErasure> EraseAuthorisation(const Ground& ground,
                                                   const sharing::v1::Authorisation& authorisation,
                                                   base::Transaction& tx) {
  v1::NodeErasure erasure = Empty(ground);
  // The record may have to stay as a proof; nothing may leave under it any more.
  sharing::v1::Authorisation ended = authorisation;
  if (!ended.has_withdraw_time()) *ended.mutable_withdraw_time() = base::ToProto(ground.now);
  RETURN_IF_ERROR(sharing::Authorisations::WithdrawForHolder(ended.id(), ground.now, tx));
  const std::optional<Duty> duty = DutyForAuthorisation(ended, ground.node, *ground.rules, Today(ground));
  if (duty.has_value()) {
    AddRetained(kAuthorisationItem, *duty, &erasure);
    RETURN_IF_ERROR(NoteErased(NameOfMessages(authorisation.id()), ground.now, tx));
  } else {
    RETURN_IF_ERROR(sharing::Authorisations::Erase(authorisation.id(), tx));
    RETURN_IF_ERROR(NoteErased(NameOfAuthorisation(authorisation.id()), ground.now, tx));
    AddErased(kAuthorisationItem, &erasure);
  }
  RETURN_IF_ERROR(contents::EraseOffered(authorisation.id(), tx));
  RETURN_IF_ERROR(relay::EraseMessagesOf(authorisation.id(), tx));
  AddErased(kMessagesItem, &erasure);
  return erasure;
}

absl::StatusOr<v1::NodeErasure> EraseReceivedMessage(const Ground& ground, const relay::MessageName& message,
                                                     base::Transaction& tx) {
  v1::NodeErasure erasure = Empty(ground);
  RETURN_IF_ERROR(EraseReceived(message, tx));
  RETURN_IF_ERROR(NoteErased(NameOfMessage(message), ground.now, tx));
  AddErased(kMessagesItem, &erasure);
  return erasure;
}

v1::NodeErasure NothingFound(const Ground& ground) {
  v1::NodeErasure erasure = Empty(ground);
  erasure.set_outcome(v1::ERASURE_OUTCOME_NOT_FOUND);
  return erasure;
}

std::string WhyKept(const v1::NodeErasure& erasure) {
  constexpr absl::string_view kPrefix = "RETENTION_GROUND_";
  for (const v1::ErasureItem& item : erasure.items()) {
    if (item.outcome() != v1::ERASURE_OUTCOME_RETAINED) continue;
    absl::string_view ground = v1::RetentionGround_Name(item.ground());
    absl::ConsumePrefix(&ground, kPrefix);
    return absl::StrCat(ground, item.until().empty() ? ", no end known" : absl::StrCat(" until ", item.until()),
                        ", says ", item.authority());
  }
  return "";
}

void Add(const v1::NodeErasure& more, v1::NodeErasure* erasure) {
  if (Weight(more.outcome()) > Weight(erasure->outcome())) erasure->set_outcome(more.outcome());
  for (const v1::ErasureItem& item : more.items()) AddItem(item, erasure);
}

}  // namespace passerelle::erasure
