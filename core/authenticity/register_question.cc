#include "core/authenticity/register_question.h"

#include <utility>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::authenticity {
namespace {

using base::Problem;
using base::Reason;

absl::StatusOr<std::string> DigestOf(const Question& question) {
  if (!question.content.has_value() && question.sha256.empty()) return Problem(Reason::kFieldMissing, "content");
  if (!question.sha256.empty() && !base::IsSha256Hex(question.sha256)) {
    return Problem(Reason::kFieldInvalid, "sha256", "it is not 64 lower-case hexadecimal digits");
  }
  if (!question.content.has_value()) return question.sha256;
  std::string sha256 = base::Sha256Hex(*question.content);
  if (!question.sha256.empty() && question.sha256 != sha256) {
    return Problem(Reason::kFieldInvalid, "sha256", "it is not the digest of the content");
  }
  return sha256;
}

const std::string& MessageType() { return v1::AuthenticityQuestion::descriptor()->full_name(); }

std::string Message(const Question& question) {
  v1::AuthenticityQuestion asked;
  asked.set_sha256(question.sha256);
  return asked.SerializeAsString();
}

absl::StatusOr<v1::AuthenticityAnswer> ReadAnswer(const relay::Answer& answer, const std::string& sha256) {
  v1::AuthenticityAnswer read;
  if (answer.opened.header.type != read.GetTypeName() || !read.ParseFromString(answer.opened.body) ||
      read.sha256() != sha256) {
    return Problem(Reason::kPeerAnswerInvalid, "body", "it is not an answer to this question");
  }
  return read;
}

}  // namespace

std::string QuestionHandler::Type() const { return MessageType(); }

absl::StatusOr<std::string> QuestionHandler::Prepare(const relay::Opened& message) {
  v1::AuthenticityQuestion question;
  if (!question.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  if (question.sha256().empty()) return Problem(Reason::kFieldMissing, "sha256");
  if (!base::IsSha256Hex(question.sha256())) {
    return Problem(Reason::kFieldInvalid, "sha256", "it is not 64 lower-case hexadecimal digits");
  }
  if (reg_ == nullptr) return Problem(Reason::kMessageTypeUnknown, "type", "this node has no register");
  ASSIGN_OR_RETURN(v1::AuthenticityAnswer answer, reg_->ConfirmDigest(question.sha256()));
  // A register that answers nothing, or something else, has not said "not issued".
  if (answer.sha256() != question.sha256() || answer.finding() == v1::REGISTER_FINDING_UNSPECIFIED ||
      !v1::RegisterFinding_IsValid(answer.finding())) {
    return Problem(Reason::kRegisterUnavailable, "", "the register did not answer the question");
  }
  return answer.SerializeAsString();
}

absl::StatusOr<relay::Reply> QuestionHandler::Handle(const relay::Opened& /*message*/, const std::string& prepared,
                                                     base::Transaction& /*tx*/) {
  return relay::Reply{v1::AuthenticityAnswer::descriptor()->full_name(), prepared};
}

absl::StatusOr<v1::AuthenticityVerdict> AskAndJudge(const document::Registry& adapters, const relay::Outbox& outbox,
                                                    absl::string_view issuing_node, Question& question) {
  ASSIGN_OR_RETURN(question.sha256, DigestOf(question));
  if (issuing_node.empty()) return Judge(adapters, question);
  return JudgeAnswered(adapters, outbox.Ask(issuing_node, MessageType(), Message(question)), question);
}

absl::Status AskOnly(const relay::Outbox& outbox, absl::string_view issuing_node, Question& question,
                     std::function<void(absl::StatusOr<relay::Answer>)> answered) {
  ASSIGN_OR_RETURN(question.sha256, DigestOf(question));
  outbox.Ask(issuing_node, MessageType(), Message(question), std::move(answered));
  return absl::OkStatus();
}

absl::StatusOr<v1::AuthenticityVerdict> JudgeAnswered(const document::Registry& adapters,
                                                      const absl::StatusOr<relay::Answer>& answer, Question& question) {
  if (!answer.ok()) {
    if (base::ReasonOf(answer.status()) == Reason::kNodeUnknown) return Problem(Reason::kNodeUnknown, "issuing_node");
    question.register_answer.emplace(answer.status());
    return Judge(adapters, question);
  }
  question.register_answer.emplace(ReadAnswer(*answer, question.sha256));
  v1::AuthenticityVerdict verdict = Judge(adapters, question);
  *verdict.mutable_answer() = answer->envelope;
  return verdict;
}

}  // namespace passerelle::authenticity
