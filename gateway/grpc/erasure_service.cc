#include "gateway/grpc/erasure_service.h"

#include <utility>

#include "core/base/status_macros.h"

namespace passerelle::gateway {

namespace erasure_v1 = erasure::v1;

ErasureService::ErasureService(CallRunner* runner, erasure::Erasures* erasures, Roles roles,
                               std::function<void()> erased)
    : RawService(runner), erasures_(erasures), roles_(std::move(roles)), erased_(std::move(erased)) {
  const char* const service = erasure_v1::ErasureService::service_full_name();
  runner->AddUnary<erasure_v1::CreateErasureRequest, erasure_v1::CreateErasureResponse>(
      service, "CreateErasure",
      [this](const CallInfo& info, const erasure_v1::CreateErasureRequest& in,
             erasure_v1::CreateErasureResponse* out) -> CallOutcome {
        absl::StatusOr<erasure_v1::Erasure> erasure = erasures_->Create(info.caller, roles_(info.caller), in);
        if (!erasure.ok()) return erasure.status();
        *out->mutable_erasure() = *std::move(erasure);
        erased_();
        return absl::OkStatus();
      });
  runner->AddUnary<erasure_v1::GetErasureRequest, erasure_v1::GetErasureResponse>(
      service, "GetErasure",
      [this](const CallInfo& info, const erasure_v1::GetErasureRequest& in,
             erasure_v1::GetErasureResponse* out) -> CallOutcome {
        absl::StatusOr<erasure_v1::Erasure> erasure = erasures_->Get(info.caller, in.id());
        if (!erasure.ok()) return erasure.status();
        *out->mutable_erasure() = *std::move(erasure);
        return absl::OkStatus();
      });
  runner->AddUnary<erasure_v1::SetHoldRequest, erasure_v1::SetHoldResponse>(
      service, "SetHold",
      [this](const CallInfo& info, const erasure_v1::SetHoldRequest& in,
             erasure_v1::SetHoldResponse* out) -> CallOutcome {
        absl::StatusOr<erasure_v1::Hold> hold = erasures_->SetHold(info.caller, roles_(info.caller), in);
        if (!hold.ok()) return hold.status();
        *out->mutable_hold() = *std::move(hold);
        return absl::OkStatus();
      });
  runner->AddUnary<erasure_v1::LiftHoldRequest, erasure_v1::LiftHoldResponse>(
      service, "LiftHold",
      [this](const CallInfo& info, const erasure_v1::LiftHoldRequest& in, erasure_v1::LiftHoldResponse*)
          -> CallOutcome { return erasures_->LiftHold(info.caller, roles_(info.caller), in); });
}

}  // namespace passerelle::gateway
