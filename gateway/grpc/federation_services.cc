#include "gateway/grpc/federation_services.h"

#include <utility>

#include "core/base/status_macros.h"
#include "core/federation/route.h"

namespace passerelle::gateway {

FederationService::FederationService(CallRunner* runner, const federation::NodeMapHolder* nodes,
                                     const base::Clock* clock)
    : RawService(runner), nodes_(nodes), clock_(clock) {
  runner->AddUnary<federation::v1::FindAuthorityRequest, federation::v1::FindAuthorityResponse>(
      federation::v1::FederationService::service_full_name(), "FindAuthority",
      [this](const CallInfo&, const federation::v1::FindAuthorityRequest& in,
             federation::v1::FindAuthorityResponse* out) -> CallOutcome { return Find(in, out); });
}

absl::Status FederationService::Find(const federation::v1::FindAuthorityRequest& request,
                                     federation::v1::FindAuthorityResponse* response) const {
  ASSIGN_OR_RETURN(*response->mutable_answer(),
                   federation::FindAuthority(*nodes_->Get(), request.question(), clock_->Now()));
  return absl::OkStatus();
}

NodeMapService::NodeMapService(CallRunner* runner, const federation::NodeMapHolder* nodes, SignedMap signed_map)
    : runner_(runner), nodes_(nodes), signed_map_(std::move(signed_map)) {
  runner->AddMethod(federation::v1::NodeMapService::service_full_name(), "GetNodeMap");
}

grpc::ServerUnaryReactor* NodeMapService::GetNodeMap(grpc::CallbackServerContext* context,
                                                     const federation::v1::GetNodeMapRequest* request,
                                                     federation::v1::GetNodeMapResponse* response) {
  return runner_->Run(context, federation::v1::NodeMapService::service_full_name(), "GetNodeMap", request, response,
                      [this](const CallInfo&, const federation::v1::GetNodeMapRequest& in,
                             federation::v1::GetNodeMapResponse* out) -> CallOutcome {
                        const std::shared_ptr<const std::string> signed_map = signed_map_();
                        if (signed_map == nullptr) return absl::OkStatus();
                        // Read after the file: a map in between only makes it look older, and the caller asks again.
                        out->set_version(nodes_->Get()->map().version());
                        if (out->version() > in.version()) out->set_signed_map(*signed_map);
                        return absl::OkStatus();
                      });
}

}  // namespace passerelle::gateway
