#include "gateway/grpc/evidence_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/relay/note_keys.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr int kProofHashesMax = 128;  // a consistency proof has two for each level at most

}  // namespace

EvidenceService::EvidenceService(CallRunner* runner, Options options) : runner_(runner), options_(options) {
  for (const char* const method : {"GetCheckpoint", "GetInclusionProof", "GetConsistencyProof", "AddCheckpoint"}) {
    runner->AddMethod(evidence::v1::EvidenceService::service_full_name(), method);
  }
}

grpc::ServerUnaryReactor* EvidenceService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                         const evidence::v1::GetCheckpointRequest* request,
                                                         evidence::v1::GetCheckpointResponse* response) {
  return runner_->Run(context, evidence::v1::EvidenceService::service_full_name(), "GetCheckpoint", request, response,
                      [this](const CallInfo&, const evidence::v1::GetCheckpointRequest&,
                             evidence::v1::GetCheckpointResponse* out) -> CallOutcome {
                        absl::StatusOr<std::string> checkpoint = options_.log->Checkpoint();
                        if (!checkpoint.ok()) return checkpoint.status();
                        out->set_checkpoint(*std::move(checkpoint));
                        return absl::OkStatus();
                      });
}

grpc::ServerUnaryReactor* EvidenceService::GetInclusionProof(grpc::CallbackServerContext* context,
                                                             const evidence::v1::GetInclusionProofRequest* request,
                                                             evidence::v1::GetInclusionProofResponse* response) {
  return runner_->Run(
      context, evidence::v1::EvidenceService::service_full_name(), "GetInclusionProof", request, response,
      [this](const CallInfo& info, const evidence::v1::GetInclusionProofRequest& in,
             evidence::v1::GetInclusionProofResponse* out) -> CallOutcome { return Prove(info.caller, in, out); });
}

grpc::ServerUnaryReactor* EvidenceService::GetConsistencyProof(grpc::CallbackServerContext* context,
                                                               const evidence::v1::GetConsistencyProofRequest* request,
                                                               evidence::v1::GetConsistencyProofResponse* response) {
  return runner_->Run(context, evidence::v1::EvidenceService::service_full_name(), "GetConsistencyProof", request,
                      response,
                      [this](const CallInfo&, const evidence::v1::GetConsistencyProofRequest& in,
                             evidence::v1::GetConsistencyProofResponse* out) -> CallOutcome { return Prove(in, out); });
}

grpc::ServerUnaryReactor* EvidenceService::AddCheckpoint(grpc::CallbackServerContext* context,
                                                         const evidence::v1::AddCheckpointRequest* request,
                                                         evidence::v1::AddCheckpointResponse* response) {
  return runner_->Run(
      context, evidence::v1::EvidenceService::service_full_name(), "AddCheckpoint", request, response,
      [this](const CallInfo& info, const evidence::v1::AddCheckpointRequest& in,
             evidence::v1::AddCheckpointResponse* out) -> CallOutcome { return Witness(info.caller, in, out); });
}

// A node is told about its own messages only.
absl::Status EvidenceService::Prove(absl::string_view caller, const evidence::v1::GetInclusionProofRequest& request,
                                    evidence::v1::GetInclusionProofResponse* response) const {
  const std::string id = evidence::LeafId(evidence::LeafKind::kReceived, caller, request.message_id());
  return options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<evidence::v1::LoggedLeaf> leaf, options_.log->Find(id, tx));
    if (!leaf) return Problem(Reason::kResourceNotFound, "message_id", "the log has nothing about such a message");
    *response->mutable_leaf() = *std::move(leaf);
    ASSIGN_OR_RETURN(*response->mutable_checkpoint(), evidence::StoredCheckpoint(tx));
    return absl::OkStatus();
  });
}

absl::Status EvidenceService::Prove(const evidence::v1::GetConsistencyProofRequest& request,
                                    evidence::v1::GetConsistencyProofResponse* response) const {
  return options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const evidence::MerkleProof proof,
                     evidence::Log::ConsistencyProof(request.older_size(), request.newer_size(), tx));
    response->clear_proof();
    for (const evidence::MerkleHash& hash : proof) response->add_proof(hash.data(), hash.size());
    return absl::OkStatus();
  });
}

absl::Status EvidenceService::Witness(absl::string_view caller, const evidence::v1::AddCheckpointRequest& request,
                                      evidence::v1::AddCheckpointResponse* response) const {
  evidence::MerkleProof proof;
  if (request.proof_size() > kProofHashesMax) return Problem(Reason::kFieldInvalid, "proof", "it is too long");
  for (const std::string& hash : request.proof()) {
    if (hash.size() != sizeof(evidence::MerkleHash))
      return Problem(Reason::kFieldInvalid, "proof", "a hash of 32 bytes");
    std::copy(hash.begin(), hash.end(), proof.emplace_back().begin());
  }
  const auto keys = relay::NoteKeysOf(*options_.nodes->Get(), caller);
  ASSIGN_OR_RETURN(evidence::Witness::Seen seen,
                   options_.witness->Add(caller, keys, request.older_size(), proof, request.checkpoint()));
  response->set_seen_size(seen.size);
  response->set_cosigned(std::move(seen.cosigned));
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
