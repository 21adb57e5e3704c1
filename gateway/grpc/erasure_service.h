// The service for erasure.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/erasure/erasures.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/erasure/v1/erasure_service.grpc.pb.h"

namespace passerelle::gateway {

class ErasureService : public erasure::v1::ErasureService::CallbackService {
 public:
  using Roles = std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)>;
  // `erased` is called after something was erased and others were asked, so that both go on without delay.
  ErasureService(CallRunner* runner, erasure::Erasures* erasures, Roles roles, std::function<void()> erased);

  grpc::ServerUnaryReactor* CreateErasure(grpc::CallbackServerContext* context,
                                          const erasure::v1::CreateErasureRequest* request,
                                          erasure::v1::CreateErasureResponse* response) override;
  grpc::ServerUnaryReactor* GetErasure(grpc::CallbackServerContext* context,
                                       const erasure::v1::GetErasureRequest* request,
                                       erasure::v1::GetErasureResponse* response) override;
  grpc::ServerUnaryReactor* SetHold(grpc::CallbackServerContext* context, const erasure::v1::SetHoldRequest* request,
                                    erasure::v1::SetHoldResponse* response) override;
  grpc::ServerUnaryReactor* LiftHold(grpc::CallbackServerContext* context, const erasure::v1::LiftHoldRequest* request,
                                     erasure::v1::LiftHoldResponse* response) override;

 private:
  CallRunner* const runner_;
  erasure::Erasures* const erasures_;
  const Roles roles_;
  const std::function<void()> erased_;
};

}  // namespace passerelle::gateway
