#include "gateway/grpc/peer_transport.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/files/files.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
#include "gateway/keys/keys.h"
#include "gateway/telemetry/trace.h"

namespace passerelle::gateway {
namespace {

// How long a channel waits before it tries again to reach a node: short, since messages have waits of their own.
constexpr int kReconnectFirstMs = 100;
constexpr int kReconnectLastMs = 2000;
constexpr int kConnectTimeoutMs = 5000;
constexpr int kKeepaliveMs = 60'000;

grpc::ChannelArguments PeerArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(base::kGrpcMessageBytesMax));
  arguments.SetMaxSendMessageSize(static_cast<int>(base::kGrpcMessageBytesMax));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectLastMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  // A retry is a new signed envelope, made by the outbox; gRPC must not repeat one.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Channels with other credentials must not share connections.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetServiceConfigJSON("{}");
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

}  // namespace

void PeerTransport::RefreshOwnFiles() {
  std::string files = absl::StrCat(FileFingerprint(tls_.certificate()), " ", FileFingerprint(tls_.private_key()), " ",
                                   FileFingerprint(tls_.trusted_authorities()));
  if (files == own_files_tried_) return;
  const absl::Status fit = CheckTlsFiles(tls_);
  if (fit.ok()) {
    own_files_ = files;
  } else {
    log_->WriteProblem(LogEvent::kTlsFilesRefused, fit);
  }
  own_files_tried_ = std::move(files);
}

std::shared_ptr<grpc::Channel> PeerTransport::ChannelTo(const federation::v1::Node& node) {
  std::vector<std::string> certificates = federation::NodeDirectory::TlsCertificates(node, absl::Now());
  const absl::MutexLock lock(&mutex_);
  RefreshOwnFiles();
  const std::string made_for = absl::StrCat(own_files_, " ", absl::StrJoin(certificates, ","));
  Peer& peer = peers_[node.id()];
  if (peer.channel == nullptr || peer.certificates != made_for || peer.endpoint != node.endpoint()) {
    peer.certificates = made_for;
    peer.endpoint = node.endpoint();
    peer.channel = grpc::CreateCustomChannel(node.endpoint(), MakeChannelCredentials(tls_, std::move(certificates)),
                                             PeerArguments());
  }
  return peer.channel;
}

void PeerTransport::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopping_ = true;
  for (grpc::ClientContext* context : running_) context->TryCancel();
}

absl::Status PeerTransport::Run(const federation::v1::Node& node,
                                absl::FunctionRef<grpc::Status(grpc::ClientContext&)> call) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(call_limit_));
  context.set_wait_for_ready(false);
  const std::string& trace_parent = CurrentTraceParent();
  if (!trace_parent.empty()) context.AddMetadata(kTraceParentKey, trace_parent);
  {
    const absl::MutexLock lock(&mutex_);
    if (stopping_) return base::Problem(base::Reason::kStopping, "");
    running_.insert(&context);
  }
  const absl::Status status = FromPeer(call(context));
  {
    const absl::MutexLock lock(&mutex_);
    running_.erase(&context);
  }
  if (!status.ok()) {
    log_->WriteProblem(LogEvent::kPeerCallFailed, status, {{"peer", node.id()}, {"trace_id", TraceId(trace_parent)}});
  }
  return status;
}

absl::StatusOr<relay::v1::Envelope> PeerTransport::Deliver(const federation::v1::Node& node,
                                                           const relay::v1::Envelope& envelope) {
  relay::v1::DeliverRequest request;
  *request.mutable_envelope() = envelope;
  relay::v1::DeliverResponse response;
  RETURN_IF_ERROR(Run(node, [&](grpc::ClientContext& context) {
    return relay::v1::RelayService::NewStub(ChannelTo(node))->Deliver(&context, request, &response);
  }));
  return std::move(*response.mutable_envelope());
}

absl::StatusOr<std::string> PeerTransport::GetNodeMap(const federation::v1::Node& node, uint64_t version) {
  federation::v1::GetNodeMapRequest request;
  request.set_version(version);
  federation::v1::GetNodeMapResponse response;
  RETURN_IF_ERROR(Run(node, [&](grpc::ClientContext& context) {
    return federation::v1::NodeMapService::NewStub(ChannelTo(node))->GetNodeMap(&context, request, &response);
  }));
  return std::move(*response.mutable_signed_map());
}

absl::StatusOr<evidence::v1::AddCheckpointResponse> PeerTransport::AddCheckpoint(
    const federation::v1::Node& node, const evidence::v1::AddCheckpointRequest& request) {
  evidence::v1::AddCheckpointResponse response;
  RETURN_IF_ERROR(Run(node, [&](grpc::ClientContext& context) {
    return evidence::v1::EvidenceService::NewStub(ChannelTo(node))->AddCheckpoint(&context, request, &response);
  }));
  return response;
}

}  // namespace passerelle::gateway
