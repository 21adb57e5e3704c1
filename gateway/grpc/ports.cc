#include "gateway/grpc/ports.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

constexpr int kMetadataBytesMax = 16 * 1024;
constexpr int kStreamsPerConnectionMax = 128;
constexpr int kServerKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kPingIntervalMinMs = 20'000;
// A connection ends after an hour, so that a replaced certificate is asked for again; running calls get their time.
constexpr int kConnectionAgeMs = 60 * 60 * 1000;
constexpr int kConnectionAgeGraceMs = 5 * 60 * 1000;
constexpr int kHandshakeTimeoutMs = 10'000;
constexpr size_t kQuotaBytes = 512u << 20;

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(base::kGrpcMessageBytesMax));
  // An exchange holds what the other node sent twice: signed, and ready for use.
  builder.SetMaxSendMessageSize(2 * static_cast<int>(base::kGrpcMessageBytesMax));
  // gRPC unpacks a message without any bound, a thousandfold and before anybody asks who sent it.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kServerKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  // Two nodes on one port would share its calls without anybody noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Why an address cannot be listened on, found out by trying: gRPC says it in its log only. Empty when it can by now.
std::string WhyNoPort(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return "an address and a port are expected";
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo wish = {};
  wish.ai_socktype = SOCK_STREAM;
  wish.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int unknown = getaddrinfo(host.c_str(), listen.c_str() + colon + 1, &wish, &found);
  if (unknown != 0) return gai_strerror(unknown);
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return strerrordesc_np(errno);
  const absl::Cleanup close_descriptor = [descriptor] { close(descriptor); };
  const int reuse = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  if (bind(descriptor, found->ai_addr, found->ai_addrlen) == 0 && ::listen(descriptor, 1) == 0) return "";
  if (errno == EADDRNOTAVAIL) return "this machine has no such address; choose one that it has, such as 127.0.0.1";
  return strerrordesc_np(errno);
}

// `port` is set by the builder.
absl::StatusOr<ListeningServer> Build(grpc::ServerBuilder& builder, const std::string& listen, const int& port) {
  ListeningServer listening;
  listening.server = builder.BuildAndStart();
  if (listening.server == nullptr || port == 0) {
    return base::Problem(base::Reason::kPortUnavailable, listen, WhyNoPort(listen));
  }
  listening.port = port;
  return listening;
}

}  // namespace

absl::StatusOr<ListeningServer> StartServer(const std::string& listen,
                                            std::shared_ptr<grpc::ServerCredentials> credentials,
                                            const std::vector<grpc::Service*>& services) {
  grpc::ServerBuilder builder;
  int port = 0;
  SetLimits(builder);
  builder.SetResourceQuota(grpc::ResourceQuota("passerelle").Resize(kQuotaBytes));
  builder.AddListeningPort(listen, std::move(credentials), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  return Build(builder, listen, port);
}

absl::StatusOr<ListeningServer> StartAdminServer(const std::string& listen, bool reflection) {
  // Both plug-ins are global in gRPC: every server that is built afterwards has them. This one is built last, so the
  // ports for clients and peers, which were built before, have neither.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::channelz::experimental::InitChannelzService();
  if (reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  SetLimits(builder);
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  auto listening = Build(builder, listen, port);
  grpc::EnableDefaultHealthCheckService(false);
  return listening;
}

std::string ReachableAddress(const std::string& listen, int port) {
  std::string host = listen.substr(0, listen.rfind(':'));
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = "127.0.0.1";
  return absl::StrCat(host, ":", port);
}

}  // namespace passerelle::gateway
