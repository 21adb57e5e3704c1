#include "gateway/grpc/wallet_service.h"

#include "core/base/status_macros.h"

namespace passerelle::gateway {

namespace v1 = wallet::v1;

WalletService::WalletService(CallRunner* runner, wallet::Presentations* presentations) : runner_(runner) {
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

}  // namespace passerelle::gateway
