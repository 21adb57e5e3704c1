#include "gateway/grpc/peer_transport.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

#include "absl/strings/str_join.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
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

std::shared_ptr<relay::v1::RelayService::Stub> PeerTransport::StubOf(const federation::v1::Node& node) {
  const std::string certificates = absl::StrJoin(node.tls_certificate_sha256(), ",");
  const absl::MutexLock lock(&mutex_);
  Peer& peer = peers_[node.id()];
  if (peer.stub == nullptr || peer.certificates != certificates || peer.endpoint != node.endpoint()) {
    peer.certificates = certificates;
    peer.endpoint = node.endpoint();
    peer.stub = relay::v1::RelayService::NewStub(grpc::CreateCustomChannel(
        node.endpoint(),
        MakeChannelCredentials(tls_, {node.tls_certificate_sha256().begin(), node.tls_certificate_sha256().end()}),
        PeerArguments()));
  }
  return peer.stub;
}

void PeerTransport::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopping_ = true;
  for (grpc::ClientContext* context : running_) context->TryCancel();
}

absl::StatusOr<relay::v1::Envelope> PeerTransport::Deliver(const federation::v1::Node& node,
                                                           const relay::v1::Envelope& envelope) {
  const auto stub = StubOf(node);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(call_limit_));
  context.set_wait_for_ready(false);
  const std::string& trace_parent = CurrentTraceParent();
  if (!trace_parent.empty()) context.AddMetadata(kTraceParentKey, trace_parent);
  relay::v1::DeliverRequest request;
  *request.mutable_envelope() = envelope;
  relay::v1::DeliverResponse response;
  {
    const absl::MutexLock lock(&mutex_);
    if (stopping_) return base::Problem(base::Reason::kStopping, "");
    running_.insert(&context);
  }
  const absl::Status status = FromPeer(stub->Deliver(&context, request, &response));
  {
    const absl::MutexLock lock(&mutex_);
    running_.erase(&context);
  }
  if (!status.ok()) {
    log_->WriteProblem(LogEvent::kPeerCallFailed, status, {{"peer", node.id()}, {"trace_id", TraceId(trace_parent)}});
    return status;
  }
  return std::move(*response.mutable_envelope());
}

}  // namespace passerelle::gateway
