#include "gateway/grpc/services.h"

#include <algorithm>
#include <any>
#include <memory>
#include <optional>
#include <utility>

#include "core/authenticity/verdict.h"
#include "core/authenticity/verdict_record.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/blind.h"
#include "gateway/grpc/node_answer.h"
#include "gateway/grpc/stream_call.h"

namespace passerelle::gateway {
namespace {

// A wait ends this long before the call's deadline, so that the answer still arrives.
constexpr absl::Duration kAnswerMargin = absl::Milliseconds(200);

// Whether a waiting call must answer now. Without a stated timeout it waits as long as the call may.
bool WaitIsOver(const CallInfo& info, bool has_timeout, const google::protobuf::Duration& timeout) {
  absl::Time end = info.deadline - kAnswerMargin;
  if (has_timeout) end = std::min(end, info.start + base::FromProto(timeout));
  return info.stopping || info.now >= end;
}

// Whether a case has come to a state that lasts until somebody acts.
bool HasOutcome(const recognition::v1::RecognitionCase& recognition_case) {
  return recognition_case.has_outcome() || recognition_case.state() == recognition::v1::CASE_STATE_NOT_DELIVERED;
}

// Counts a verdict with the reason of the register check, on which it rests most.
void CountVerdict(const authenticity::v1::AuthenticityVerdict& verdict, Metrics& metrics) {
  absl::string_view reason;
  for (const authenticity::v1::Check& check : verdict.checks()) {
    if (check.name() == "register") reason = check.reason();
  }
  metrics.TrustDecision(authenticity::VerdictWord(verdict.verdict()), reason);
}

// Ends a call whose answer is one value.
template <typename T>
absl::Status Take(absl::StatusOr<T> result, T* target) {
  if (!result.ok()) return result.status();
  *target = *std::move(result);
  return absl::OkStatus();
}

}  // namespace

SharingService::SharingService(CallRunner* runner, sharing::Authorisations* authorisations)
    : RawService(runner), authorisations_(authorisations) {
  runner->AddUnary<sharing::v1::CreateAuthorisationRequest, sharing::v1::CreateAuthorisationResponse>(
      sharing::v1::SharingService::service_full_name(), "CreateAuthorisation",
      [this](const CallInfo& info, const sharing::v1::CreateAuthorisationRequest& in,
             sharing::v1::CreateAuthorisationResponse* out) -> CallOutcome {
        return Take(authorisations_->Create(info.caller, in), out->mutable_authorisation());
      });
  runner->AddUnary<sharing::v1::GetAuthorisationRequest, sharing::v1::GetAuthorisationResponse>(
      sharing::v1::SharingService::service_full_name(), "GetAuthorisation",
      [this](const CallInfo& info, const sharing::v1::GetAuthorisationRequest& in,
             sharing::v1::GetAuthorisationResponse* out) -> CallOutcome {
        return Take(authorisations_->Get(info.caller, in.id()), out->mutable_authorisation());
      });
  runner->AddUnary<sharing::v1::WithdrawAuthorisationRequest, sharing::v1::WithdrawAuthorisationResponse>(
      sharing::v1::SharingService::service_full_name(), "WithdrawAuthorisation",
      [this](const CallInfo& info, const sharing::v1::WithdrawAuthorisationRequest& in,
             sharing::v1::WithdrawAuthorisationResponse* out) -> CallOutcome {
        return Take(authorisations_->Withdraw(info.caller, in), out->mutable_authorisation());
      });
  runner->AddUnary<sharing::v1::ListUsesRequest, sharing::v1::ListUsesResponse>(
      sharing::v1::SharingService::service_full_name(), "ListUses",
      [this](const CallInfo& info, const sharing::v1::ListUsesRequest& in, sharing::v1::ListUsesResponse* out)
          -> CallOutcome { return Take(authorisations_->ListUses(info.caller, in.authorisation_id()), out); });
}

ExchangeService::ExchangeService(CallRunner* runner, exchange::Exchanges* exchanges, std::function<void()> created)
    : RawService(runner), exchanges_(exchanges), created_(std::move(created)) {
  runner->AddUnary<exchange::v1::CreateExchangeRequest, exchange::v1::CreateExchangeResponse>(
      exchange::v1::ExchangeService::service_full_name(), "CreateExchange",
      [this](const CallInfo& info, const exchange::v1::CreateExchangeRequest& in,
             exchange::v1::CreateExchangeResponse* out) -> CallOutcome {
        const absl::Status status = Take(exchanges_->Create(info.caller, in), out->mutable_exchange());
        if (status.ok() && !in.validate_only()) created_();
        return status;
      });
  runner->AddUnary<exchange::v1::GetExchangeRequest, exchange::v1::GetExchangeResponse>(
      exchange::v1::ExchangeService::service_full_name(), "GetExchange",
      [this](const CallInfo& info, const exchange::v1::GetExchangeRequest& in,
             exchange::v1::GetExchangeResponse* out) -> CallOutcome {
        return Take(exchanges_->Get(info.caller, in.id(), in.without_large_contents()), out->mutable_exchange());
      });
  runner->AddUnary<exchange::v1::WaitExchangeRequest, exchange::v1::WaitExchangeResponse>(
      exchange::v1::ExchangeService::service_full_name(), "WaitExchange",
      [this](const CallInfo& info, const exchange::v1::WaitExchangeRequest& in,
             exchange::v1::WaitExchangeResponse* out) -> CallOutcome {
        const absl::Status status =
            Take(exchanges_->Get(info.caller, in.id(), in.without_large_contents()), out->mutable_exchange());
        if (!status.ok() || out->exchange().state() != exchange::v1::EXCHANGE_STATE_PENDING) return status;
        if (WaitIsOver(info, in.has_timeout(), in.timeout())) return status;
        return std::nullopt;
      });
  runner->AddUnary<exchange::v1::ReadContentRequest, exchange::v1::ReadContentResponse>(
      exchange::v1::ExchangeService::service_full_name(), "ReadContent",
      [this](const CallInfo& info, const exchange::v1::ReadContentRequest& in, exchange::v1::ReadContentResponse* out)
          -> CallOutcome { return Take(exchanges_->ReadContent(info.caller, in), out); });
  runner->AddUnary<exchange::v1::ListExchangesRequest, exchange::v1::ListExchangesResponse>(
      exchange::v1::ExchangeService::service_full_name(), "ListExchanges",
      [this](const CallInfo& info, const exchange::v1::ListExchangesRequest& in,
             exchange::v1::ListExchangesResponse* out) -> CallOutcome {
        return Take(exchanges_->List(info.caller, in), out);
      });
}

AuthenticityService::AuthenticityService(CallRunner* runner, Options options)
    : RawService(runner), runner_(runner), options_(std::move(options)) {
  runner->AddUnary<authenticity::v1::VerifyDocumentRequest, authenticity::v1::VerifyDocumentResponse>(
      authenticity::v1::AuthenticityService::service_full_name(), "VerifyDocument",
      [this](const CallInfo& info, const authenticity::v1::VerifyDocumentRequest& in,
             authenticity::v1::VerifyDocumentResponse* out) { return Verify(info, in, out); });
  runner->AddMethod(authenticity::v1::AuthenticityService::service_full_name(), "VerifyDocuments");
  runner->AddUnary<authenticity::v1::CheckStudentCardRequest, authenticity::v1::CheckStudentCardResponse>(
      authenticity::v1::AuthenticityService::service_full_name(), "CheckStudentCard",
      [this](const CallInfo&, const authenticity::v1::CheckStudentCardRequest& in,
             authenticity::v1::CheckStudentCardResponse* out) -> CallOutcome { return CheckCard(in, out); });
}

// A question on its way to the issuing node, kept by the call until it is asked again.
struct AuthenticityService::Asked {
  authenticity::Question question;
  NodeAnswer answer;
};

absl::StatusOr<authenticity::Question> AuthenticityService::QuestionOf(
    const authenticity::v1::VerifyDocumentRequest& request) const {
  authenticity::Question question;
  if (!request.content().empty()) question.content = request.content();
  question.sha256 = request.sha256();
  question.now = options_.clock->Now();
  question.at = question.now;
  if (request.has_at()) {
    if (!base::IsValid(request.at())) return base::Problem(base::Reason::kFieldInvalid, "at", "it is no time");
    question.at = base::FromProto(request.at());
  }
  if (request.has_holder()) {
    question.holder = proof::KeyBindingDemand{request.holder().audience(), request.holder().nonce()};
  }
  if (options_.trust != nullptr) question.bundle = options_.trust->Get();
  question.policy = options_.policy;
  if (options_.status_lists != nullptr) {
    question.status_lists = std::make_shared<authenticity::UsedStatusLists>(options_.status_lists);
  }
  return question;
}

CallOutcome AuthenticityService::Verify(const CallInfo& info, const authenticity::v1::VerifyDocumentRequest& request,
                                        authenticity::v1::VerifyDocumentResponse* response) const {
  if (!info.kept->has_value()) {
    absl::StatusOr<authenticity::Question> question = QuestionOf(request);
    if (!question.ok()) return question.status();
    if (request.issuing_node().empty()) {
      auto verdict = authenticity::AskAndJudge(*options_.adapters, *options_.outbox, "", *question);
      return Conclude(*question, std::move(verdict), response);
    }
    const auto asked = std::make_shared<Asked>();
    asked->question = *std::move(question);
    *info.kept = asked;
    const absl::Status sent =
        authenticity::AskOnly(*options_.outbox, request.issuing_node(), asked->question,
                              NodeAnswer::Taker(std::shared_ptr<NodeAnswer>(asked, &asked->answer), info.pause));
    if (!sent.ok()) return sent;
    info.pause->ExpectNews();
  }
  Asked& asked = **std::any_cast<std::shared_ptr<Asked>>(info.kept);
  const absl::StatusOr<relay::Answer>* const answer = asked.answer.Get();
  if (answer == nullptr) return std::nullopt;
  auto verdict = authenticity::JudgeAnswered(*options_.adapters, *answer, asked.question);
  return Conclude(asked.question, std::move(verdict), response);
}

absl::Status AuthenticityService::CheckCard(const authenticity::v1::CheckStudentCardRequest& request,
                                            authenticity::v1::CheckStudentCardResponse* response) const {
  ASSIGN_OR_RETURN(const std::string number, registers::ReadCardNumber(request.card_number()));
  if (options_.student_cards == nullptr) {
    return base::Problem(base::Reason::kCardRouterNotConfigured, "student_cards");
  }
  return Take(options_.student_cards->Check(number), response);
}

absl::Status AuthenticityService::Conclude(const authenticity::Question& question,
                                           absl::StatusOr<authenticity::v1::AuthenticityVerdict> verdict,
                                           authenticity::v1::VerifyDocumentResponse* response) const {
  RETURN_IF_ERROR(Take(std::move(verdict), response->mutable_verdict()));
  CountVerdict(response->verdict(), *options_.metrics);
  const authenticity::v1::VerdictRecord record =
      authenticity::MakeVerdictRecord(question, response->verdict(), options_.node, authenticity::BundlePart::kDigest);
  ASSIGN_OR_RETURN(const federation::MessageKeys::Key key, options_.key.At(question.now));
  ASSIGN_OR_RETURN(*response->mutable_signed_verdict(), authenticity::SignVerdictRecord(record, *key));
  return absl::OkStatus();
}

grpc::ServerBidiReactor<authenticity::v1::VerifyDocumentsRequest, authenticity::v1::VerifyDocumentsResponse>*
AuthenticityService::VerifyDocuments(grpc::CallbackServerContext* context) {
  using Call = StreamCall<authenticity::v1::VerifyDocumentsRequest, authenticity::v1::VerifyDocumentsResponse>;
  const auto work = [this](const CallInfo& info, const authenticity::v1::VerifyDocumentsRequest& in,
                           authenticity::v1::VerifyDocumentsResponse* out) {
    out->set_item(in.item());
    return Verify(info, in.document(), out->mutable_result());
  };
  const auto refuse = [](const authenticity::v1::VerifyDocumentsRequest& in, const absl::Status& problem,
                         authenticity::v1::VerifyDocumentsResponse* out) {
    const base::CatalogueEntry& entry = base::Catalogue(base::ReasonOf(problem));
    out->set_item(in.item());
    out->mutable_problem()->set_reason(std::string(entry.name));
    out->mutable_problem()->set_place(base::PlaceOf(problem));
    out->mutable_problem()->set_message(base::DetailOf(problem));
    out->mutable_problem()->set_retryable(entry.retryable);
  };
  return new Call(runner_, context, authenticity::v1::AuthenticityService::service_full_name(), "VerifyDocuments", work,
                  refuse);
}

RecognitionService::RecognitionService(
    CallRunner* runner, recognition::Cases* cases, std::function<void()> created,
    std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles,
    std::function<bool(absl::string_view client)> works_blind)
    : RawService(runner),
      cases_(cases),
      created_(std::move(created)),
      roles_(std::move(roles)),
      works_blind_(std::move(works_blind)) {
  runner->AddUnary<recognition::v1::CreateCaseRequest, recognition::v1::CreateCaseResponse>(
      recognition::v1::RecognitionService::service_full_name(), "CreateCase",
      [this](const CallInfo& info, const recognition::v1::CreateCaseRequest& in,
             recognition::v1::CreateCaseResponse* out) -> CallOutcome {
        const absl::Status status = Show(info, cases_->Create(info.caller, in), out->mutable_recognition_case());
        if (status.ok() && !in.validate_only()) created_();
        return status;
      });
  runner->AddUnary<recognition::v1::GetCaseRequest, recognition::v1::GetCaseResponse>(
      recognition::v1::RecognitionService::service_full_name(), "GetCase",
      [this](const CallInfo& info, const recognition::v1::GetCaseRequest& in, recognition::v1::GetCaseResponse* out)
          -> CallOutcome { return Show(info, cases_->Get(info.caller, in.id()), out->mutable_recognition_case()); });
  runner->AddUnary<recognition::v1::WaitCaseRequest, recognition::v1::WaitCaseResponse>(
      recognition::v1::RecognitionService::service_full_name(), "WaitCase",
      [this](const CallInfo& info, const recognition::v1::WaitCaseRequest& in,
             recognition::v1::WaitCaseResponse* out) -> CallOutcome {
        const absl::Status status = Show(info, cases_->Get(info.caller, in.id()), out->mutable_recognition_case());
        if (!status.ok() || HasOutcome(out->recognition_case())) return status;
        if (WaitIsOver(info, in.has_timeout(), in.timeout())) return status;
        return std::nullopt;
      });
  runner->AddUnary<recognition::v1::ListCasesRequest, recognition::v1::ListCasesResponse>(
      recognition::v1::RecognitionService::service_full_name(), "ListCases",
      [this](const CallInfo& info, const recognition::v1::ListCasesRequest& in,
             recognition::v1::ListCasesResponse* out) -> CallOutcome {
        RETURN_IF_ERROR(Take(cases_->List(info.caller, in), out));
        for (auto& listed : *out->mutable_recognition_cases()) Blind(info, &listed);
        return absl::OkStatus();
      });
  runner->AddUnary<recognition::v1::TakeStepRequest, recognition::v1::TakeStepResponse>(
      recognition::v1::RecognitionService::service_full_name(), "TakeStep",
      [this](const CallInfo& info, const recognition::v1::TakeStepRequest& in,
             recognition::v1::TakeStepResponse* out) -> CallOutcome {
        const absl::Status status =
            Show(info, cases_->Take(info.caller, roles_(info.caller), in), out->mutable_recognition_case());
        if (status.ok() && !in.validate_only()) created_();
        return status;
      });
  runner->AddUnary<recognition::v1::ListDueCasesRequest, recognition::v1::ListDueCasesResponse>(
      recognition::v1::RecognitionService::service_full_name(), "ListDueCases",
      [this](const CallInfo& info, const recognition::v1::ListDueCasesRequest& in,
             recognition::v1::ListDueCasesResponse* out) -> CallOutcome {
        RETURN_IF_ERROR(Take(cases_->ListDue(in), out));
        for (auto& due : *out->mutable_due_cases()) Blind(info, due.mutable_recognition_case());
        return absl::OkStatus();
      });
  AddQuestionsAndCredentials(runner);
}

void RecognitionService::Blind(const CallInfo& info, recognition::v1::RecognitionCase* shown) const {
  if (works_blind_(info.caller)) recognition::HideIdentity(shown);
}

absl::Status RecognitionService::Show(const CallInfo& info, absl::StatusOr<recognition::v1::RecognitionCase> found,
                                      recognition::v1::RecognitionCase* target) const {
  RETURN_IF_ERROR(Take(std::move(found), target));
  Blind(info, target);
  return absl::OkStatus();
}

void RecognitionService::AddQuestionsAndCredentials(CallRunner* runner) {
  runner->AddUnary<recognition::v1::ListInquiriesRequest, recognition::v1::ListInquiriesResponse>(
      recognition::v1::RecognitionService::service_full_name(), "ListInquiries",
      [this](const CallInfo& info, const recognition::v1::ListInquiriesRequest& in,
             recognition::v1::ListInquiriesResponse* out) -> CallOutcome {
        return Take(cases_->ListInquiries(roles_(info.caller), in), out);
      });
  runner->AddUnary<recognition::v1::AnswerInquiryRequest, recognition::v1::AnswerInquiryResponse>(
      recognition::v1::RecognitionService::service_full_name(), "AnswerInquiry",
      [this](const CallInfo& info, const recognition::v1::AnswerInquiryRequest& in,
             recognition::v1::AnswerInquiryResponse* out) -> CallOutcome {
        const absl::Status status =
            Take(cases_->AnswerInquiry(info.caller, roles_(info.caller), in), out->mutable_inquiry());
        if (status.ok()) created_();
        return status;
      });
  runner->AddUnary<recognition::v1::DeliverCredentialRequest, recognition::v1::DeliverCredentialResponse>(
      recognition::v1::RecognitionService::service_full_name(), "DeliverCredential",
      [this](const CallInfo& info, const recognition::v1::DeliverCredentialRequest& in,
             recognition::v1::DeliverCredentialResponse* out) -> CallOutcome {
        const absl::Status status =
            Take(cases_->DeliverCredential(info.caller, roles_(info.caller), in), out->mutable_credential());
        if (status.ok()) created_();
        return status;
      });
  runner->AddUnary<recognition::v1::ListCredentialsRequest, recognition::v1::ListCredentialsResponse>(
      recognition::v1::RecognitionService::service_full_name(), "ListCredentials",
      [this](const CallInfo& info, const recognition::v1::ListCredentialsRequest& in,
             recognition::v1::ListCredentialsResponse* out) -> CallOutcome {
        return Take(cases_->ListCredentials(info.caller, in.id()), out);
      });
}

RelayService::RelayService(CallRunner* runner, relay::Inbox* inbox, const relay::Encryption* encryption,
                           std::function<void()> received)
    : runner_(runner), inbox_(inbox), encryption_(encryption), received_(std::move(received)) {
  runner->AddMethod(relay::v1::RelayService::service_full_name(), "Deliver");
}

grpc::ServerUnaryReactor* RelayService::Deliver(grpc::CallbackServerContext* context,
                                                const relay::v1::DeliverRequest* request,
                                                relay::v1::DeliverResponse* response) {
  return runner_->Run(context, relay::v1::RelayService::service_full_name(), "Deliver", request, response,
                      [this](const CallInfo& info, const relay::v1::DeliverRequest& in,
                             relay::v1::DeliverResponse* out) -> CallOutcome {
                        const absl::Status status = Receive(info.caller, in, out);
                        received_();
                        return status;
                      });
}

absl::Status RelayService::Receive(const std::string& sender, const relay::v1::DeliverRequest& request,
                                   relay::v1::DeliverResponse* response) const {
  relay::v1::Envelope decrypted;
  ASSIGN_OR_RETURN(const relay::v1::Envelope* const envelope, encryption_->Take(sender, request, decrypted));
  ASSIGN_OR_RETURN(relay::v1::Envelope answer, inbox_->Receive(sender, *envelope));
  return encryption_->Put(sender, std::move(answer), response);
}

}  // namespace passerelle::gateway
