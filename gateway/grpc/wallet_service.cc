#include "gateway/grpc/wallet_service.h"

#include <algorithm>
#include <utility>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

namespace v1 = wallet::v1;

namespace {

absl::Status NothingIssued() {
  return base::Problem(base::Reason::kFormatNotSupported, "wallets.issuing", "the node issues nothing into wallets");
}

}  // namespace

WalletService::WalletService(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers,
                             std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles)
    : runner_(runner) {
  runner->AddUnary<v1::RequestPresentationRequest, v1::RequestPresentationResponse>(
      v1::WalletService::service_full_name(), "RequestPresentation",
      [presentations](const CallInfo& info, const v1::RequestPresentationRequest& in,
                      v1::RequestPresentationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out->mutable_presentation(), presentations->Request(info.caller, in));
        return absl::OkStatus();
      });
  runner->AddUnary<v1::GetPresentationRequest, v1::GetPresentationResponse>(
      v1::WalletService::service_full_name(), "GetPresentation",
      [presentations](const CallInfo& info, const v1::GetPresentationRequest& in,
                      v1::GetPresentationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out->mutable_presentation(), presentations->Get(info.caller, in.id()));
        return absl::OkStatus();
      });
  runner->AddUnary<v1::OfferDecisionRequest, v1::OfferDecisionResponse>(
      v1::WalletService::service_full_name(), "OfferDecision",
      [offers, roles = std::move(roles)](const CallInfo& info, const v1::OfferDecisionRequest& in,
                                         v1::OfferDecisionResponse* out) -> absl::Status {
        if (offers == nullptr) return NothingIssued();
        // It has the authority's seal used: that is for whoever may decide.
        const std::vector<recognition::v1::CaseActor> held = roles(info.caller);
        if (std::find(held.begin(), held.end(), recognition::v1::CASE_ACTOR_DECIDER) == held.end()) {
          return base::Problem(base::Reason::kClientNotAllowed, "case_roles", "the role decider is needed");
        }
        ASSIGN_OR_RETURN(*out->mutable_offer(), offers->Make(info.caller, in));
        return absl::OkStatus();
      });
  runner->AddUnary<v1::GetOfferRequest, v1::GetOfferResponse>(
      v1::WalletService::service_full_name(), "GetOffer",
      [offers](const CallInfo& info, const v1::GetOfferRequest& in, v1::GetOfferResponse* out) -> absl::Status {
        if (offers == nullptr) return NothingIssued();
        ASSIGN_OR_RETURN(*out->mutable_offer(), offers->Get(info.caller, in.id()));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* WalletService::RequestPresentation(grpc::CallbackServerContext* context,
                                                             const v1::RequestPresentationRequest* request,
                                                             v1::RequestPresentationResponse* response) {
  return runner_->Run(context, v1::WalletService::service_full_name(), "RequestPresentation", request, response);
}

grpc::ServerUnaryReactor* WalletService::GetPresentation(grpc::CallbackServerContext* context,
                                                         const v1::GetPresentationRequest* request,
                                                         v1::GetPresentationResponse* response) {
  return runner_->Run(context, v1::WalletService::service_full_name(), "GetPresentation", request, response);
}

grpc::ServerUnaryReactor* WalletService::OfferDecision(grpc::CallbackServerContext* context,
                                                       const v1::OfferDecisionRequest* request,
                                                       v1::OfferDecisionResponse* response) {
  return runner_->Run(context, v1::WalletService::service_full_name(), "OfferDecision", request, response);
}

grpc::ServerUnaryReactor* WalletService::GetOffer(grpc::CallbackServerContext* context,
                                                  const v1::GetOfferRequest* request, v1::GetOfferResponse* response) {
  return runner_->Run(context, v1::WalletService::service_full_name(), "GetOffer", request, response);
}

}  // namespace passerelle::gateway
