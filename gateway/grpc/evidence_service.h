// The service with which nodes ask each other for proofs, and witness each other's logs. On the port between nodes.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "core/base/port/store.h"
#include "core/evidence/log.h"
#include "core/evidence/witness.h"
#include "core/federation/node_map.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/evidence/v1/evidence_service.grpc.pb.h"

namespace passerelle::gateway {

class EvidenceService : public evidence::v1::EvidenceService::CallbackService {
 public:
  struct Options {
    base::Store* store = nullptr;
    const evidence::Log* log = nullptr;
    const evidence::Witness* witness = nullptr;
    const federation::NodeMapHolder* nodes = nullptr;
  };
  EvidenceService(CallRunner* runner, Options options);

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const evidence::v1::GetCheckpointRequest* request,
                                          evidence::v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* context,
                                              const evidence::v1::GetInclusionProofRequest* request,
                                              evidence::v1::GetInclusionProofResponse* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* context,
                                                const evidence::v1::GetConsistencyProofRequest* request,
                                                evidence::v1::GetConsistencyProofResponse* response) override;
  grpc::ServerUnaryReactor* AddCheckpoint(grpc::CallbackServerContext* context,
                                          const evidence::v1::AddCheckpointRequest* request,
                                          evidence::v1::AddCheckpointResponse* response) override;

 private:
  absl::Status Prove(absl::string_view caller, const evidence::v1::GetInclusionProofRequest& request,
                     evidence::v1::GetInclusionProofResponse* response) const;
  absl::Status Prove(const evidence::v1::GetConsistencyProofRequest& request,
                     evidence::v1::GetConsistencyProofResponse* response) const;
  absl::Status Witness(absl::string_view caller, const evidence::v1::AddCheckpointRequest& request,
                       evidence::v1::AddCheckpointResponse* response) const;

  CallRunner* const runner_;
  const Options options_;
};

}  // namespace passerelle::gateway
