// Questions between nodes: a competent authority asks the issuing side, or the centre of the country of origin, about a
// document; people there answer, and the answer takes the case on. What is sent is the question, the digest of the
// document and an id that says nothing: neither the case nor the holder.
//
// Thread-safety: thread-safe. Ownership: the context must outlive the handlers.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/recognition/case_context.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// Bytes of a question, and of an answer: words, and no documents.
inline constexpr size_t kInquiryBytesMax = 8u << 10;
// Questions of one node that wait for an answer: more than people answer in a week. No node fills the store of another.
inline constexpr int kInquiriesOpenMax = 200;

// Whether who is asked can be: a node of the federation that takes part and is not this one, and a question that is not
// too long for it. Anybody else is a client of this node, of whom nothing is checked here. Problems: kNodeUnknown and
// kFieldInvalid at "action.inquiry.asked", kInputTooLarge at "action.inquiry.question".
absl::Status CheckAsked(const CaseContext& context, const v1::CaseAction& action);

// Sends the last question of a case, if it is put to a node, and gives it its id.
absl::Status SendInquiry(const CaseContext& context, v1::RecognitionCase* content, base::Transaction& tx);

// Questions that nobody has answered, oldest first. Problems: kFieldInvalid.
absl::StatusOr<v1::ListInquiriesResponse> ListInquiries(const v1::ListInquiriesRequest& request, base::Transaction& tx);

// Answers a question, once; `actor` is the client with its official. Returns its id. Problems: kFieldMissing and
// kInputTooLarge at "answer", kResourceNotFound at "id", kFieldInvalid at "id" for one that was answered.
absl::StatusOr<std::string> AnswerInquiry(const CaseContext& context, absl::string_view actor,
                                          const v1::AnswerInquiryRequest& request, base::Transaction& tx);

// Questions that were answered, in the order in which they came, after the question `after`; NotFound when there is no
// such question.
absl::StatusOr<std::vector<v1::ReceivedInquiry>> ListAnswered(absl::string_view after, int limit,
                                                              base::Transaction& tx);

// Deletes a question that was put to this node; does nothing where there is none.
absl::Status EraseInquiry(absl::string_view id, base::Transaction& tx);

// Deletes what the questions of a case are found by, for a case that is erased.
absl::Status ForgetInquiries(const v1::RecognitionCase& content, base::Transaction& tx);

// A question that was put to this node. Problem: kResourceNotFound at "id".
absl::StatusOr<v1::ReceivedInquiry> LoadInquiry(absl::string_view id, base::Transaction& tx);

// At the node that is asked: keeps the question. Refusals: kFieldMissing, kFieldInvalid, kInputTooLarge; kOverloaded,
// which the asking node tries again, while too many of its questions are open.
class InquiryHandler : public relay::Handler {
 public:
  explicit InquiryHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// At the node that asks: takes the answer of the node that was asked, and of no other, as a step of the case. Refusals:
// kFieldMissing, kFieldInvalid, kInputTooLarge, kResourceNotFound, kPurposeOutOfScope; those of TakeStep, such as for a
// case that goes on without the answer.
class InquiryAnswerHandler : public relay::Handler {
 public:
  explicit InquiryAnswerHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// At the node that asks: what became of a question on its way, as an event of the case.
class InquiryReceipts : public relay::AnswerHandler {
 public:
  explicit InquiryReceipts(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// At the node that is asked: what became of an answer on its way.
class InquiryAnswerReceipts : public relay::AnswerHandler {
 public:
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
};

}  // namespace passerelle::recognition
