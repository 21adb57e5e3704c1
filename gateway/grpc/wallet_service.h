// The service for clients that ask wallets for presentations.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "core/wallet/presentations.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/wallet/v1/wallet_service.grpc.pb.h"

namespace passerelle::gateway {

class WalletService : public wallet::v1::WalletService::CallbackService {
 public:
  WalletService(CallRunner* runner, wallet::Presentations* presentations);

  grpc::ServerUnaryReactor* RequestPresentation(grpc::CallbackServerContext* context,
                                                const wallet::v1::RequestPresentationRequest* request,
                                                wallet::v1::RequestPresentationResponse* response) override;
  grpc::ServerUnaryReactor* GetPresentation(grpc::CallbackServerContext* context,
                                            const wallet::v1::GetPresentationRequest* request,
                                            wallet::v1::GetPresentationResponse* response) override;

 private:
  CallRunner* const runner_;
};

}  // namespace passerelle::gateway
