// What the two sides of a case say to each other: the authority takes applications, the holder's side takes outcomes,
// and each side takes the answers to what it sent.
//
// Thread-safety: thread-safe. Ownership: the context must outlive them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// At the competent authority: records a case, or that it arrives piece by piece, and answers with a receipt that names
// it. Refusals: kFieldMissing, kFieldInvalid, kInputTooLarge, kPurposeOutOfScope, kOverloaded.
class ApplicationHandler : public relay::Handler {
 public:
  ApplicationHandler(const CaseContext* context, const ArrivingCases* arriving)
      : context_(context), arriving_(arriving) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
  const ArrivingCases* arriving_;
};

// On the holder's side: takes the outcome of a case that was submitted to the sender, and of no other.
// One that was overtaken by a later one leaves an event, and nothing else.
// Refusals: kFieldMissing, kFieldInvalid, kInputTooLarge, kResourceNotFound, kCaseDecided.
class OutcomeHandler : public relay::Handler {
 public:
  explicit OutcomeHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// On the holder's side: what became of an application on its way. Where the authority's node takes no documents in
// pieces, it is sent once more, as a whole.
class ApplicationAnswers : public relay::AnswerHandler {
 public:
  explicit ApplicationAnswers(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  absl::Status SendWhole(const relay::Outgoing& message, v1::RecognitionApplication application, StoredCase* stored,
                         base::Transaction& tx) const;

  const CaseContext* context_;
};

// At the competent authority: what became of an outcome on its way. The decision stands whatever became of it.
class OutcomeAnswers : public relay::AnswerHandler {
 public:
  explicit OutcomeAnswers(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

}  // namespace passerelle::recognition
