#include "core/recognition/case_arrivals.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_records.h"
#include "core/relay/erase.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

contents::Awaited AwaitedOf(const v1::RecognitionCase& content) {
  return {content.applicant_node(),
          base::FromProto(content.create_time()) + base::kExchangeLifeMax,
          contents::ContentsOfCase(content.id()),
          {DocumentInPieces(content)}};
}

std::string NotReceived(Reason reason) { return absl::StrCat("document not received: ", base::Catalogue(reason).name); }

// Erases what the evidence keeps of the pieces of a case that does not open; not of the question that is being
// answered.
absl::Status ErasePieceEvidence(absl::string_view case_id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<relay::Outbox::Known> sent, relay::Outbox::MessagesOf(case_id, tx));
  for (const relay::Outbox::Known& known : sent) {
    if (!known.ended || known.type != exchange::v1::ContentQuery::descriptor()->full_name()) continue;
    RETURN_IF_ERROR(relay::EraseContent(evidence::v1::SIDE_SENDER, {known.recipient, known.id}, tx));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ArrivingCases::Begin(const v1::RecognitionCase& content, absl::string_view authorisation_id,
                                  base::Transaction& tx) const {
  ASSIGN_OR_RETURN(const int arriving, CountArriving(content.applicant_node(), kArrivingCasesMax, tx));
  if (arriving >= kArrivingCasesMax) return Problem(Reason::kOverloaded, "", "other cases of the node are arriving");
  RETURN_IF_ERROR(InsertArriving(content, tx));
  return context_->options.arrivals->Begin(AwaitedOf(content), content.id(), authorisation_id, content.id(), tx);
}

absl::StatusOr<std::optional<contents::Awaited>> ArrivingCases::FindAwaited(absl::string_view resource,
                                                                            base::Transaction& tx) const {
  const absl::StatusOr<v1::RecognitionCase> content = LoadArriving(resource, tx);
  if (IsGone(content.status())) return std::nullopt;
  RETURN_IF_ERROR(content.status());
  return AwaitedOf(*content);
}

absl::Status ArrivingCases::Complete(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::RecognitionCase content, LoadArriving(resource, tx));
  RETURN_IF_ERROR(DeleteArriving(content.id(), tx));
  const absl::Time now = context_->options.clock->Now();
  Apply({content.state(), NodeActor(content.applicant_node()),
         absl::StrCat("document received in pieces: ", DocumentInPieces(content).pieces()), now},
        &content);
  RETURN_IF_ERROR(InsertCase(content, now, tx));
  return Tell(content, absl::OkStatus(), tx);
}

absl::Status ArrivingCases::Refuse(absl::string_view resource, const absl::Status& problem,
                                   const relay::v1::Envelope* /*evidence*/, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const v1::RecognitionCase content, LoadArriving(resource, tx));
  RETURN_IF_ERROR(EndUnopened(content, context_->options.clock->Now(), tx));
  RETURN_IF_ERROR(ErasePieceEvidence(content.id(), tx));
  return Tell(content, problem, tx);
}

absl::Status ArrivingCases::Spoil(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) {
  return Refuse(resource, problem, nullptr, tx);
}

absl::Status ArrivingCases::Tell(const v1::RecognitionCase& content, const absl::Status& problem,
                                 base::Transaction& tx) const {
  v1::DocumentArrival arrival;
  arrival.set_case_id(content.id());
  arrival.set_document_sha256(content.document().sha256());
  if (!problem.ok()) arrival.set_problem(ReasonName(problem));
  relay::Outgoing message;
  message.id = base::NewUuid(*context_->options.random);
  message.recipient = content.applicant_node();
  message.type = arrival.GetTypeName();
  message.body = arrival.SerializeAsString();
  message.resource = content.id();
  message.expires_at = context_->options.clock->Now() + base::kExchangeLifeMax;
  return context_->outbox->Put(message, tx);
}

std::string DocumentArrivalHandler::Type() const { return v1::DocumentArrival::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> DocumentArrivalHandler::Handle(const relay::Opened& message,
                                                            const std::string& /*prepared*/, base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, kAroundContentBytesMax));
  v1::DocumentArrival arrival;
  if (!arrival.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckSharedId("case_id", arrival.case_id()));
  absl::StatusOr<StoredCase> stored = LoadCase(arrival.case_id(), tx);
  if (!stored.ok() && !IsGone(stored.status())) return stored.status();
  // A case of another authority is answered like one that is not there, and so is one that waits for nothing.
  if (!stored.ok() || stored->content.authority_node() != message.header.sender ||
      stored->content.applicant_node() != context_->options.node) {
    return Problem(Reason::kResourceNotFound, "case_id");
  }
  v1::RecognitionCase& content = stored->content;
  if (arrival.document_sha256() != content.document().sha256()) {
    return Problem(Reason::kFieldInvalid, "document_sha256", "it is not the document of this case");
  }
  ASSIGN_OR_RETURN(const bool was_set_aside, EraseSetAside(&*stored, tx));
  if (!was_set_aside) return Problem(Reason::kResourceNotFound, "case_id");
  RETURN_IF_ERROR(CheckRoom(content, message.body.size()));
  const absl::Time now = context_->options.clock->Now();
  const bool arrived = arrival.problem().empty();
  CaseChange change{content.state(), NodeActor(message.header.sender), "", now, message.sha256};
  change.reason = arrived ? absl::StrCat("document received by ", message.header.sender)
                          : NotReceived(base::ReasonByName(arrival.problem()).value_or(Reason::kPeerRefused));
  // The outcome can be here before this is; what it brought stays.
  if (!content.has_outcome()) change.state = arrived ? v1::CASE_STATE_AUTO_CHECK : v1::CASE_STATE_NOT_DELIVERED;
  Apply(change, &content);
  if (message.envelope != nullptr) *content.add_evidence() = *message.envelope;
  RETURN_IF_ERROR(UpdateCase(*stored, tx));
  return MakeReceipt(message, content.id(), now);
}

absl::Status EndUntold(const CaseContext& context, const StoredCase& claimed) {
  return context.options.store->Write([&](base::Transaction& tx) -> absl::Status {
    absl::StatusOr<StoredCase> stored = LoadCase(claimed.content.id(), tx);
    if (!stored.ok()) return IsGone(stored.status()) ? absl::OkStatus() : stored.status();
    if (stored->due != claimed.due) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool was_set_aside, EraseSetAside(&*stored, tx));
    if (was_set_aside && !stored->content.has_outcome()) {
      Apply({v1::CASE_STATE_NOT_DELIVERED, std::string(kSystem), NotReceived(Reason::kPeerTimeout),
             context.options.clock->Now()},
            &stored->content);
    }
    return UpdateCase(*stored, tx);
  });
}

std::string DocumentArrivalReceipts::Type() const { return v1::DocumentArrival::descriptor()->full_name(); }

absl::Status DocumentArrivalReceipts::HandleAnswer(const relay::Outgoing& message,
                                                   const absl::StatusOr<relay::Answer>& /*answer*/,
                                                   const relay::v1::Envelope* /*evidence*/, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const bool unopened, FileUnopened(message.resource, tx));
  // The last question has ended by now.
  return unopened ? ErasePieceEvidence(message.resource, tx) : absl::OkStatus();
}

}  // namespace passerelle::recognition
