#include "gateway/grpc/peer_transport.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <limits>
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
// Threads that take the answers to what was sent. As many as a port has, since each call of a port may wait for one.
constexpr int kAnswerThreads = 16;

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

// Whether another node was at the other end. What a node refuses it says with a reason of the catalogue; the rest comes
// from the connection, or from what stands in between.
bool WasReached(const grpc::Status& result) {
  if (!result.error_details().empty()) return true;
  switch (result.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return false;
    default:
      return true;
  }
}

}  // namespace

void PeerTransport::RefreshOwnFiles() {
  std::string files =
      absl::StrCat(FileFingerprint(options_.tls.certificate()), " ", FileFingerprint(options_.tls.private_key()), " ",
                   FileFingerprint(options_.tls.trusted_authorities()));
  if (files == own_files_tried_) return;
  const absl::Status fit = CheckTlsFiles(options_.tls);
  if (fit.ok()) {
    own_files_ = files;
  } else {
    options_.log->WriteProblem(LogEvent::kTlsFilesRefused, fit);
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
    peer.channel = grpc::CreateCustomChannel(
        node.endpoint(), MakeChannelCredentials(options_.tls, std::move(certificates)), PeerArguments());
  }
  return peer.channel;
}

// What is sent is bounded by the calls that the node takes, so the queue needs no limit of its own.
PeerTransport::PeerTransport(Options options)
    : options_(std::move(options)), answers_(kAnswerThreads, std::numeric_limits<size_t>::max()) {}

void PeerTransport::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (grpc::ClientContext* context : running_) context->TryCancel();
    const auto ended = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return running_.empty(); };
    mutex_.Await(absl::Condition(&ended));
  }
  answers_.Drain();
}

absl::Status PeerTransport::Begin(PeerCall& call) {
  call.context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(options_.call_limit));
  call.context.set_wait_for_ready(false);
  call.trace_parent = CurrentTraceParent();
  if (!call.trace_parent.empty()) call.context.AddMetadata(kTraceParentKey, call.trace_parent);
  const absl::MutexLock lock(&mutex_);
  if (stopping_) return base::Problem(base::Reason::kStopping, "");
  if (call.kind == Kind::kEnvelope) {
    ASSIGN_OR_RETURN(call.circuit, options_.circuits->Begin(call.peer));
  } else if (options_.circuits->MayCallAt(call.peer) != absl::InfinitePast()) {
    return base::Problem(base::Reason::kPeerLeftAlone, "circuit");
  }
  running_.insert(&call.context);
  return absl::OkStatus();
}

absl::Status PeerTransport::Record(const PeerCall& call, const grpc::Status& result) {
  absl::Status status = FromPeer(result);
  if (!status.ok()) {
    options_.log->WriteProblem(LogEvent::kPeerCallFailed, status,
                               {{"peer", call.peer}, {"trace_id", TraceId(call.trace_parent)}});
  }
  const absl::MutexLock lock(&mutex_);
  // What was ended by ourselves says nothing about the other node.
  if (!stopping_ && call.kind == Kind::kEnvelope) options_.circuits->Ended(call.circuit, WasReached(result));
  return status;
}

void PeerTransport::End(PeerCall& call) {
  const absl::MutexLock lock(&mutex_);
  running_.erase(&call.context);
}

absl::Status PeerTransport::Run(const federation::v1::Node& node, Kind kind,
                                absl::FunctionRef<grpc::Status(grpc::ClientContext&)> make) {
  PeerCall call(node.id(), kind);
  RETURN_IF_ERROR(Begin(call));
  absl::Status status = Record(call, make(call.context));
  End(call);
  return status;
}

absl::StatusOr<relay::v1::Envelope> PeerTransport::AnswerOf(const std::string& peer,
                                                            relay::v1::DeliverResponse& response) const {
  relay::v1::Envelope decrypted;
  const auto answer = options_.encryption->Take(peer, response, decrypted);
  if (!answer.ok()) {
    return base::Problem(base::Reason::kPeerAnswerInvalid, base::PlaceOf(answer.status()),
                         base::Catalogue(base::ReasonOf(answer.status())).name);
  }
  return std::move(*answer == &decrypted ? decrypted : *response.mutable_envelope());
}

absl::StatusOr<relay::v1::Envelope> PeerTransport::Deliver(const federation::v1::Node& node,
                                                           const relay::v1::Envelope& envelope) {
  relay::v1::DeliverRequest request;
  RETURN_IF_ERROR(options_.encryption->Put(node.id(), envelope, &request));
  relay::v1::DeliverResponse response;
  RETURN_IF_ERROR(Run(node, Kind::kEnvelope, [&](grpc::ClientContext& context) {
    return relay::v1::RelayService::NewStub(ChannelTo(node))->Deliver(&context, request, &response);
  }));
  return AnswerOf(node.id(), response);
}

// What belongs to a call until its answer was handed over.
struct PeerTransport::Sending {
  Sending(std::string node, Delivered to) : call(std::move(node), Kind::kEnvelope), delivered(std::move(to)) {}
  PeerCall call;
  std::unique_ptr<relay::v1::RelayService::Stub> stub;
  relay::v1::DeliverRequest request;
  relay::v1::DeliverResponse response;
  const Delivered delivered;
};

void PeerTransport::Send(const federation::v1::Node& node, const relay::v1::Envelope& envelope, Delivered delivered) {
  const auto sending = std::make_shared<Sending>(node.id(), std::move(delivered));
  const absl::Status written = options_.encryption->Put(node.id(), envelope, &sending->request);
  if (!written.ok()) return sending->delivered(written);
  const absl::Status begun = Begin(sending->call);
  if (!begun.ok()) return sending->delivered(begun);
  sending->stub = relay::v1::RelayService::NewStub(ChannelTo(node));
  const auto ended = [this, sending](const grpc::Status& result) {
    // Recorded first: who has the answer finds the circuit and the log as the call left them. Ended last: whoever stops
    // waits for what is handed over.
    answers_
        .Submit(sending->call.peer,
                [this, sending, status = Record(sending->call, result)] {
                  if (!status.ok()) return sending->delivered(status);
                  sending->delivered(AnswerOf(sending->call.peer, sending->response));
                })
        .IgnoreError();
    End(sending->call);
  };
  sending->stub->async()->Deliver(&sending->call.context, &sending->request, &sending->response, ended);
}

absl::StatusOr<std::string> PeerTransport::GetNodeMap(const federation::v1::Node& node, uint64_t version) {
  federation::v1::GetNodeMapRequest request;
  request.set_version(version);
  federation::v1::GetNodeMapResponse response;
  RETURN_IF_ERROR(Run(node, Kind::kBackground, [&](grpc::ClientContext& context) {
    return federation::v1::NodeMapService::NewStub(ChannelTo(node))->GetNodeMap(&context, request, &response);
  }));
  return std::move(*response.mutable_signed_map());
}

absl::StatusOr<evidence::v1::AddCheckpointResponse> PeerTransport::AddCheckpoint(
    const federation::v1::Node& node, const evidence::v1::AddCheckpointRequest& request) {
  evidence::v1::AddCheckpointResponse response;
  RETURN_IF_ERROR(Run(node, Kind::kBackground, [&](grpc::ClientContext& context) {
    return evidence::v1::EvidenceService::NewStub(ChannelTo(node))->AddCheckpoint(&context, request, &response);
  }));
  return response;
}

}  // namespace passerelle::gateway
