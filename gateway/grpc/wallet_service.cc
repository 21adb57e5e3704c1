#include "gateway/grpc/wallet_service.h"

#include <algorithm>
#include <utility>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

namespace wallet_v1 = wallet::v1;

namespace {

absl::Status NothingIssued() {
  return base::Problem(base::Reason::kFormatNotSupported, "wallets.issuing", "the node issues nothing into wallets");
}

}  // namespace

WalletService::WalletService(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers,
                             std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles)
    : RawService(runner) {
  runner->AddUnary<wallet_v1::RequestPresentationRequest, wallet_v1::RequestPresentationResponse>(
      wallet_v1::WalletService::service_full_name(), "RequestPresentation",
      [presentations](const CallInfo& info, const wallet_v1::RequestPresentationRequest& in,
                      wallet_v1::RequestPresentationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out->mutable_presentation(), presentations->Request(info.caller, in));
        return absl::OkStatus();
      });
  runner->AddUnary<wallet_v1::GetPresentationRequest, wallet_v1::GetPresentationResponse>(
      wallet_v1::WalletService::service_full_name(), "GetPresentation",
      [presentations](const CallInfo& info, const wallet_v1::GetPresentationRequest& in,
                      wallet_v1::GetPresentationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out->mutable_presentation(), presentations->Get(info.caller, in.id()));
        return absl::OkStatus();
      });
  runner->AddUnary<wallet_v1::OfferDecisionRequest, wallet_v1::OfferDecisionResponse>(
      wallet_v1::WalletService::service_full_name(), "OfferDecision",
      [offers, roles = std::move(roles)](const CallInfo& info, const wallet_v1::OfferDecisionRequest& in,
                                         wallet_v1::OfferDecisionResponse* out) -> absl::Status {
        if (offers == nullptr) return NothingIssued();
        // It has the authority's seal used: that is for whoever may decide.
        const std::vector<recognition::v1::CaseActor> held = roles(info.caller);
        if (std::find(held.begin(), held.end(), recognition::v1::CASE_ACTOR_DECIDER) == held.end()) {
          return base::Problem(base::Reason::kClientNotAllowed, "case_roles", "the role decider is needed");
        }
        ASSIGN_OR_RETURN(*out->mutable_offer(), offers->Make(info.caller, in));
        return absl::OkStatus();
      });
  runner->AddUnary<wallet_v1::GetOfferRequest, wallet_v1::GetOfferResponse>(
      wallet_v1::WalletService::service_full_name(), "GetOffer",
      [offers](const CallInfo& info, const wallet_v1::GetOfferRequest& in,
               wallet_v1::GetOfferResponse* out) -> absl::Status {
        if (offers == nullptr) return NothingIssued();
        ASSIGN_OR_RETURN(*out->mutable_offer(), offers->Get(info.caller, in.id()));
        return absl::OkStatus();
      });
}

}  // namespace passerelle::gateway
