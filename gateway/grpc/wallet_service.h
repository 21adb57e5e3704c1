// The service for clients that ask wallets for presentations, and issue decisions into them.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <functional>
#include <vector>

#include "core/wallet/offers.h"
#include "core/wallet/presentations.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/wallet/v1/wallet_service.grpc.pb.h"

namespace passerelle::gateway {

class WalletService : public wallet::v1::WalletService::CallbackService {
 public:
  // `offers` is null for a node that issues nothing; `roles` gives those in which a client may take steps of cases.
  WalletService(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers,
                std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles);

  grpc::ServerUnaryReactor* RequestPresentation(grpc::CallbackServerContext* context,
                                                const wallet::v1::RequestPresentationRequest* request,
                                                wallet::v1::RequestPresentationResponse* response) override;
  grpc::ServerUnaryReactor* GetPresentation(grpc::CallbackServerContext* context,
                                            const wallet::v1::GetPresentationRequest* request,
                                            wallet::v1::GetPresentationResponse* response) override;
  grpc::ServerUnaryReactor* OfferDecision(grpc::CallbackServerContext* context,
                                          const wallet::v1::OfferDecisionRequest* request,
                                          wallet::v1::OfferDecisionResponse* response) override;
  grpc::ServerUnaryReactor* GetOffer(grpc::CallbackServerContext* context, const wallet::v1::GetOfferRequest* request,
                                     wallet::v1::GetOfferResponse* response) override;

 private:
  CallRunner* const runner_;
};

}  // namespace passerelle::gateway
