#include "core/recognition/inquiries.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/page.h"
#include "core/base/port/random.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_records.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/plain_text.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr absl::string_view kOpen = "inquiry";               // group of those that wait for an answer
constexpr absl::string_view kAnswered = "inquiry-answered";  // group of the others
constexpr absl::string_view kNodePrefix = "node:";
// Bytes of a question or answer on its way: the words with their ids, and room for what a later release says.
constexpr size_t kInquiryBodyBytesMax = 2 * kInquiryBytesMax;

// Of a question that was put to this node, and of one that this node has put: the latter holds the id of the case.
std::string ReceivedKey(absl::string_view id) { return absl::StrCat("inquiry/", id); }
std::string PutKey(absl::string_view id) { return absl::StrCat("inquiry-of/", id); }

// The node that is asked; nullopt for a client of this node.
std::optional<std::string> NodeAsked(absl::string_view asked) {
  if (!absl::ConsumePrefix(&asked, kNodePrefix)) return std::nullopt;
  return std::string(asked);
}

absl::Status CheckWords(absl::string_view field, const std::string& words) {
  if (words.empty()) return Problem(Reason::kFieldMissing, field);
  if (words.size() > kInquiryBytesMax) return Problem(Reason::kInputTooLarge, field);
  return CheckPlainText(field, words);
}

template <typename Message>
absl::Status Put(const CaseContext& context, const std::string& recipient, const Message& body,
                 const std::string& resource, base::Transaction& tx) {
  relay::Outgoing message;
  message.id = base::NewUuid(*context.options.random);
  message.recipient = recipient;
  message.type = body.GetTypeName();
  message.body = body.SerializeAsString();
  message.resource = resource;
  message.expires_at = context.options.clock->Now() + base::kExchangeLifeMax;
  return context.outbox->Put(message, tx);
}

absl::StatusOr<v1::ReceivedInquiry> ReadInquiry(const Record& record) {
  v1::ReceivedInquiry inquiry;
  if (!inquiry.ParseFromString(record.value)) {
    return Problem(Reason::kStoreUnavailable, "inquiry", "a record cannot be read");
  }
  return inquiry;
}

Record ToRecord(const v1::ReceivedInquiry& inquiry) {
  Record record;
  record.key = ReceivedKey(inquiry.id());
  record.value = inquiry.SerializeAsString();
  record.group = std::string(inquiry.answer().empty() ? kOpen : kAnswered);
  return record;
}

// How many questions of a node are open. The count lies in a record of its own, so that nothing has to be counted.
std::string CountKey(absl::string_view node) { return absl::StrCat("inquiries-open/", node); }

absl::StatusOr<int> CountOpen(absl::string_view node, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, CountKey(node)));
  int count = 0;
  if (record.has_value() && !absl::SimpleAtoi(record->value, &count)) {
    return Problem(Reason::kStoreUnavailable, "inquiry", "a record cannot be read");
  }
  return count;
}

absl::Status ChangeOpen(absl::string_view node, int difference, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, CountKey(node)));
  ASSIGN_OR_RETURN(const int count, CountOpen(node, tx));
  const Record changed = {.key = CountKey(node), .value = absl::StrCat(count + difference)};
  if (record.has_value()) return tx.Update(Table::kCase, changed);
  const absl::Status inserted = tx.Insert(Table::kCase, changed);
  // Another transaction has put the first question of this node meanwhile: the message is tried again.
  return absl::IsAlreadyExists(inserted) ? Problem(Reason::kStoreUnavailable, "inquiry") : inserted;
}

// The case in which a question was put to `node` and is the last one; kResourceNotFound for whatever else.
absl::StatusOr<StoredCase> CaseOf(const std::string& inquiry_id, const std::string& node, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> put, tx.Get(Table::kCase, PutKey(inquiry_id)));
  if (!put.has_value()) return Problem(Reason::kResourceNotFound, "inquiry_id");
  ASSIGN_OR_RETURN(StoredCase stored, LoadCase(put->value, tx));
  const auto& inquiries = stored.content.procedure().inquiries();
  if (inquiries.empty() || inquiries.rbegin()->id() != inquiry_id || inquiries.rbegin()->asked() != NodeActor(node)) {
    return Problem(Reason::kResourceNotFound, "inquiry_id");
  }
  return stored;
}

}  // namespace

absl::Status CheckAsked(const CaseContext& context, const v1::CaseAction& action) {
  if (action.step() != v1::CASE_STEP_ASK) return absl::OkStatus();
  const std::optional<std::string> node = NodeAsked(action.inquiry().asked());
  if (!node.has_value()) return absl::OkStatus();
  constexpr absl::string_view kPlace = "action.inquiry.asked";
  if (*node == context.options.node) return Problem(Reason::kFieldInvalid, kPlace, "it is this node itself");
  const absl::Status known = context.options.nodes->Get()->FindActive(*node, context.options.clock->Now()).status();
  if (!known.ok()) return Problem(base::ReasonOf(known), kPlace, base::DetailOf(known));
  if (action.inquiry().question().size() > kInquiryBytesMax) {
    return Problem(Reason::kInputTooLarge, "action.inquiry.question");
  }
  return absl::OkStatus();
}

absl::Status SendInquiry(const CaseContext& context, v1::RecognitionCase* content, base::Transaction& tx) {
  v1::Inquiry& put = *content->mutable_procedure()->mutable_inquiries()->rbegin();
  const std::optional<std::string> node = NodeAsked(put.asked());
  if (!node.has_value()) return absl::OkStatus();
  put.set_id(base::NewUuid(*context.options.random));
  RETURN_IF_ERROR(tx.Insert(Table::kCase, {.key = PutKey(put.id()), .value = content->id()}));
  v1::CaseInquiry inquiry;
  inquiry.set_inquiry_id(put.id());
  inquiry.set_question(put.question());
  inquiry.set_document_sha256(content->document().sha256());
  return Put(context, *node, inquiry, content->id(), tx);
}

absl::StatusOr<v1::ListInquiriesResponse> ListInquiries(const v1::ListInquiriesRequest& request,
                                                        base::Transaction& tx) {
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(kOpen, request.page_size(), request.page_token()));
  const absl::StatusOr<std::vector<Record>> records = tx.List(Table::kCase, kOpen, page.after, page.size + 1);
  // The place was answered meanwhile, and is no longer in the list.
  if (absl::IsNotFound(records.status())) {
    return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list; begin anew");
  }
  RETURN_IF_ERROR(records.status());
  v1::ListInquiriesResponse response;
  for (const Record& record : *records) {
    if (response.inquiries_size() == page.size) {
      response.set_next_page_token(base::PageToken(kOpen, ReceivedKey(response.inquiries().rbegin()->id())));
      break;
    }
    ASSIGN_OR_RETURN(*response.add_inquiries(), ReadInquiry(record));
  }
  return response;
}

absl::StatusOr<v1::ReceivedInquiry> LoadInquiry(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, ReceivedKey(absl::AsciiStrToLower(id))));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  return ReadInquiry(*record);
}

absl::StatusOr<std::vector<v1::ReceivedInquiry>> ListAnswered(absl::string_view after, int limit,
                                                              base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records,
                   tx.List(Table::kCase, kAnswered, after.empty() ? "" : ReceivedKey(after), limit));
  std::vector<v1::ReceivedInquiry> inquiries;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(v1::ReceivedInquiry inquiry, ReadInquiry(record));
    inquiries.push_back(std::move(inquiry));
  }
  return inquiries;
}

absl::Status EraseInquiry(absl::string_view id, base::Transaction& tx) {
  const absl::StatusOr<v1::ReceivedInquiry> inquiry = LoadInquiry(id, tx);
  if (IsGone(inquiry.status())) return absl::OkStatus();
  RETURN_IF_ERROR(inquiry.status());
  if (inquiry->answer().empty()) RETURN_IF_ERROR(ChangeOpen(inquiry->asking_node(), -1, tx));
  return tx.Delete(Table::kCase, ReceivedKey(inquiry->id()));
}

absl::Status ForgetInquiries(const v1::RecognitionCase& content, base::Transaction& tx) {
  for (const v1::Inquiry& inquiry : content.procedure().inquiries()) {
    if (!inquiry.id().empty()) RETURN_IF_ERROR(tx.Delete(Table::kCase, PutKey(inquiry.id())));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> AnswerInquiry(const CaseContext& context, absl::string_view actor,
                                          const v1::AnswerInquiryRequest& request, base::Transaction& tx) {
  RETURN_IF_ERROR(CheckWords("answer", request.answer()));
  RETURN_IF_ERROR(CheckPlainText("actor", request.actor()));
  ASSIGN_OR_RETURN(v1::ReceivedInquiry inquiry, LoadInquiry(request.id(), tx));
  if (!inquiry.answer().empty()) return Problem(Reason::kInquiryAnswered, "id");
  inquiry.set_answer(request.answer());
  inquiry.set_answered_by(std::string(actor));
  *inquiry.mutable_answer_time() = base::ToProto(context.options.clock->Now());
  RETURN_IF_ERROR(tx.Update(Table::kCase, ToRecord(inquiry)));
  RETURN_IF_ERROR(ChangeOpen(inquiry.asking_node(), -1, tx));
  v1::CaseInquiryAnswer answer;
  answer.set_inquiry_id(inquiry.id());
  answer.set_answer(inquiry.answer());
  RETURN_IF_ERROR(Put(context, inquiry.asking_node(), answer, inquiry.id(), tx));
  return inquiry.id();
}

std::string InquiryHandler::Type() const { return v1::CaseInquiry::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> InquiryHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                    base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, kInquiryBodyBytesMax));
  v1::CaseInquiry inquiry;
  if (!inquiry.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckSharedId("inquiry_id", inquiry.inquiry_id()));
  RETURN_IF_ERROR(CheckWords("question", inquiry.question()));
  if (!base::IsSha256Hex(inquiry.document_sha256())) {
    return Problem(Reason::kFieldInvalid, "document_sha256", "64 lower-case hexadecimal digits are expected");
  }
  const absl::Time now = context_->options.clock->Now();
  const absl::StatusOr<v1::ReceivedInquiry> known = LoadInquiry(inquiry.inquiry_id(), tx);
  if (known.ok()) {
    if (known->asking_node() != message.header.sender || known->question() != inquiry.question() ||
        known->document_sha256() != inquiry.document_sha256()) {
      return Problem(Reason::kFieldInvalid, "inquiry_id", "it is taken");
    }
    return MakeReceipt(message, inquiry.inquiry_id(), now);
  }
  if (base::ReasonOf(known.status()) != Reason::kResourceNotFound) return known.status();
  ASSIGN_OR_RETURN(const int open, CountOpen(message.header.sender, tx));
  if (open >= kInquiriesOpenMax) return Problem(Reason::kOverloaded, "inquiry_id", "too many questions are open");
  RETURN_IF_ERROR(ChangeOpen(message.header.sender, 1, tx));
  v1::ReceivedInquiry received;
  received.set_id(inquiry.inquiry_id());
  received.set_asking_node(message.header.sender);
  received.set_question(inquiry.question());
  received.set_document_sha256(inquiry.document_sha256());
  *received.mutable_receive_time() = base::ToProto(now);
  received.set_evidence_sha256(message.sha256);
  RETURN_IF_ERROR(tx.Insert(Table::kCase, ToRecord(received)));
  return MakeReceipt(message, inquiry.inquiry_id(), now);
}

std::string InquiryAnswerHandler::Type() const { return v1::CaseInquiryAnswer::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> InquiryAnswerHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                          base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, kInquiryBodyBytesMax));
  v1::CaseInquiryAnswer answer;
  if (!answer.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckSharedId("inquiry_id", answer.inquiry_id()));
  RETURN_IF_ERROR(CheckWords("answer", answer.answer()));
  const std::string& sender = message.header.sender;
  ASSIGN_OR_RETURN(StoredCase stored, CaseOf(answer.inquiry_id(), sender, tx));
  v1::RecognitionCase& content = stored.content;
  RETURN_IF_ERROR(CheckRoom(content, message.body.size()));
  const v1::RecognitionPolicy* const policy = context_->PolicyFor(content.purpose());
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  v1::CaseAction action;
  action.set_step(v1::CASE_STEP_ANSWER);
  action.set_role(sender == content.issuing_node() ? v1::CASE_ACTOR_ISSUING_NODE : v1::CASE_ACTOR_PEER_CENTRE);
  action.set_actor(NodeActor(sender));
  action.set_reason("answer received");
  action.set_evidence_sha256(message.sha256);
  action.mutable_inquiry()->set_answer(answer.answer());
  action.set_revision(content.procedure().revision());
  if (message.envelope != nullptr) *content.add_evidence() = *message.envelope;
  RETURN_IF_ERROR(TakeAndFollowUp(*context_, *policy, action, &stored, tx));
  relay::Reply receipt = MakeReceipt(message, answer.inquiry_id(), context_->options.clock->Now());
  receipt.resource = stored.content.id();  // the question is a part of the case here
  return receipt;
}

std::string InquiryReceipts::Type() const { return v1::CaseInquiry::descriptor()->full_name(); }

absl::Status InquiryReceipts::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                           const relay::v1::Envelope* evidence, base::Transaction& tx) {
  v1::CaseInquiry inquiry;
  if (!inquiry.ParseFromString(message.body)) return Problem(Reason::kInternal, "body");
  absl::StatusOr<StoredCase> found = LoadCase(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  StoredCase& stored = *found;
  CaseChange change{stored.content.state(), "", "", context_->options.clock->Now()};
  NoteAnswer({"question", message.recipient, inquiry.inquiry_id()}, answer, evidence, &change, &stored.content);
  Apply(change, &stored.content);
  return UpdateCase(stored, tx);
}

std::string InquiryAnswerReceipts::Type() const { return v1::CaseInquiryAnswer::descriptor()->full_name(); }

absl::Status InquiryAnswerReceipts::HandleAnswer(const relay::Outgoing& message,
                                                 const absl::StatusOr<relay::Answer>& answer,
                                                 const relay::v1::Envelope* /*evidence*/, base::Transaction& tx) {
  absl::StatusOr<v1::ReceivedInquiry> found = LoadInquiry(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  v1::ReceivedInquiry& inquiry = *found;
  const bool received = answer.ok() && IsReceiptFor(*answer, inquiry.id());
  inquiry.set_delivery(received      ? "received"
                       : answer.ok() ? ReasonName(Problem(Reason::kPeerAnswerInvalid, "body"))
                                     : ReasonName(answer.status()));
  return tx.Update(Table::kCase, ToRecord(inquiry));
}

}  // namespace passerelle::recognition
