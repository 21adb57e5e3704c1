// The services for clients and the service for other nodes. Thin: each method hands the request to the core and puts
// the answer into the response.
//
// Thread-safety: thread-safe. Ownership: own nothing of what they are given.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/authenticity/register_question.h"
#include "core/document/adapter.h"
#include "core/exchange/exchanges.h"
#include "core/federation/message_keys.h"
#include "core/proof/status/status_lists.h"
#include "core/recognition/cases.h"
#include "core/registers/student_cards.h"
#include "core/relay/encryption.h"
#include "core/relay/inbox.h"
#include "core/sharing/authorisations.h"
#include "core/trust/bundle.h"
#include "gateway/grpc/raw_service.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/authenticity/v1/authenticity_service.grpc.pb.h"
#include "passerelle/exchange/v1/exchange_service.grpc.pb.h"
#include "passerelle/recognition/v1/recognition_service.grpc.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"
#include "passerelle/sharing/v1/sharing_service.grpc.pb.h"

namespace passerelle::gateway {

class SharingService : public RawService<sharing::v1::SharingService> {
 public:
  SharingService(CallRunner* runner, sharing::Authorisations* authorisations);

 private:
  sharing::Authorisations* const authorisations_;
};

class ExchangeService : public RawService<exchange::v1::ExchangeService> {
 public:
  // `created` is called after an exchange was recorded, so that it is sent without delay.
  ExchangeService(CallRunner* runner, exchange::Exchanges* exchanges, std::function<void()> created);

 private:
  exchange::Exchanges* const exchanges_;
  const std::function<void()> created_;
};

class AuthenticityService : public RawService<authenticity::v1::AuthenticityService,
                                              authenticity::v1::AuthenticityService::WithCallbackMethod_VerifyDocuments<
                                                  authenticity::v1::AuthenticityService::Service>> {
 public:
  struct Options {
    std::string node;
    const document::Registry* adapters = nullptr;
    const relay::Outbox* outbox = nullptr;
    const base::Clock* clock = nullptr;
    Metrics* metrics = nullptr;
    const trust::TrustBundleHolder* trust = nullptr;   // null when the node has no bundle
    const proof::StatusLists* status_lists = nullptr;  // null when the node fetches none
    authenticity::v1::VerdictPolicy policy;
    federation::MessageKeySource key = {};             // signs verdicts
    registers::StudentCards* student_cards = nullptr;  // null when the node asks no router
  };
  AuthenticityService(CallRunner* runner, Options options);

  grpc::ServerBidiReactor<authenticity::v1::VerifyDocumentsRequest, authenticity::v1::VerifyDocumentsResponse>*
  VerifyDocuments(grpc::CallbackServerContext* context) override;

 private:
  struct Asked;
  // Waits without a thread while the issuing node is asked.
  CallOutcome Verify(const CallInfo& info, const authenticity::v1::VerifyDocumentRequest& request,
                     authenticity::v1::VerifyDocumentResponse* response) const;
  absl::StatusOr<authenticity::Question> QuestionOf(const authenticity::v1::VerifyDocumentRequest& request) const;
  absl::Status CheckCard(const authenticity::v1::CheckStudentCardRequest& request,
                         authenticity::v1::CheckStudentCardResponse* response) const;
  absl::Status Conclude(const authenticity::Question& question,
                        absl::StatusOr<authenticity::v1::AuthenticityVerdict> verdict,
                        authenticity::v1::VerifyDocumentResponse* response) const;

  CallRunner* const runner_;
  const Options options_;
};

class RecognitionService : public RawService<recognition::v1::RecognitionService> {
 public:
  // `created` is called after something was recorded, so that it is sent without delay; `roles` gives those in which a
  // client may take steps, and `works_blind` says who does not see whose a case is.
  RecognitionService(CallRunner* runner, recognition::Cases* cases, std::function<void()> created,
                     std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles,
                     std::function<bool(absl::string_view client)> works_blind);

 private:
  void AddQuestionsAndCredentials(CallRunner* runner);
  // Leaves of a case, or of one that was found, what the client may see.
  void Blind(const CallInfo& info, recognition::v1::RecognitionCase* shown) const;
  absl::Status Show(const CallInfo& info, absl::StatusOr<recognition::v1::RecognitionCase> found,
                    recognition::v1::RecognitionCase* target) const;

  recognition::Cases* const cases_;
  const std::function<void()> created_;
  const std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles_;
  const std::function<bool(absl::string_view client)> works_blind_;
};

class RelayService : public relay::v1::RelayService::CallbackService {
 public:
  // `received` is called after a message was answered: it may have left work.
  RelayService(CallRunner* runner, relay::Inbox* inbox, const relay::Encryption* encryption,
               std::function<void()> received);

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context, const relay::v1::DeliverRequest* request,
                                    relay::v1::DeliverResponse* response) override;

 private:
  absl::Status Receive(const std::string& sender, const relay::v1::DeliverRequest& request,
                       relay::v1::DeliverResponse* response) const;

  CallRunner* const runner_;
  relay::Inbox* const inbox_;
  const relay::Encryption* const encryption_;
  const std::function<void()> received_;
};

}  // namespace passerelle::gateway
