// The services for those who ask other nodes for authorisations, and for the portal where holders decide.
//
// Thread-safety: thread-safe. Ownership: own nothing of what they are given.
#pragma once

#include "core/relay/outbox.h"
#include "core/sharing/previews.h"
#include "gateway/grpc/raw_service.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/sharing/v1/preview_service.grpc.pb.h"

namespace passerelle::gateway {

class RequestService : public RawService<sharing::v1::RequestService> {
 public:
  RequestService(CallRunner* runner, const relay::Outbox* outbox);

 private:
  // Waits without a thread while the other node is asked.
  CallOutcome Ask(const CallInfo& info, const sharing::v1::RequestAuthorisationRequest& request,
                  sharing::v1::RequestAuthorisationResponse* response) const;

  const relay::Outbox* const outbox_;
};

class PreviewService : public RawService<sharing::v1::PreviewService> {
 public:
  PreviewService(CallRunner* runner, sharing::Previews* previews);
};

}  // namespace passerelle::gateway
