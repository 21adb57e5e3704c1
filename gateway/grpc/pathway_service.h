// The service for clients that apply pathways to what is presented.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "core/document/adapter.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/pathway/v1/pathway_service.grpc.pb.h"

namespace passerelle::gateway {

class PathwayService : public pathway::v1::PathwayService::CallbackService {
 public:
  PathwayService(CallRunner* runner, const document::Registry* adapters, const base::Clock* clock);

  grpc::ServerUnaryReactor* EvaluatePathway(grpc::CallbackServerContext* context,
                                            const pathway::v1::EvaluatePathwayRequest* request,
                                            pathway::v1::EvaluatePathwayResponse* response) override;

 private:
  absl::Status Evaluate(const pathway::v1::EvaluatePathwayRequest& request,
                        pathway::v1::EvaluatePathwayResponse* response) const;

  CallRunner* const runner_;
  const document::Registry* const adapters_;
  const base::Clock* const clock_;
};

}  // namespace passerelle::gateway
