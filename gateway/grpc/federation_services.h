// What is asked about the federation: which authority answers, by clients; a newer node map, by other nodes.
//
// Thread-safety: thread-safe. Ownership: own nothing of what they are given.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/port/clock.h"
#include "core/federation/node_map.h"
#include "gateway/grpc/raw_service.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/federation/v1/federation_service.grpc.pb.h"
#include "passerelle/federation/v1/node_map_service.grpc.pb.h"

namespace passerelle::gateway {

class FederationService : public RawService<federation::v1::FederationService> {
 public:
  FederationService(CallRunner* runner, const federation::NodeMapHolder* nodes, const base::Clock* clock);

 private:
  absl::Status Find(const federation::v1::FindAuthorityRequest& request,
                    federation::v1::FindAuthorityResponse* response) const;

  const federation::NodeMapHolder* const nodes_;
  const base::Clock* const clock_;
};

class NodeMapService : public federation::v1::NodeMapService::CallbackService {
 public:
  // The signed file in force; null when maps are not signed.
  using SignedMap = std::function<std::shared_ptr<const std::string>()>;
  NodeMapService(CallRunner* runner, const federation::NodeMapHolder* nodes, SignedMap signed_map);

  grpc::ServerUnaryReactor* GetNodeMap(grpc::CallbackServerContext* context,
                                       const federation::v1::GetNodeMapRequest* request,
                                       federation::v1::GetNodeMapResponse* response) override;

 private:
  CallRunner* const runner_;
  const federation::NodeMapHolder* const nodes_;
  const SignedMap signed_map_;
};

}  // namespace passerelle::gateway
