// A client of a node: the four services over one channel, each call with a deadline and with the node's problem as the
// status when it is refused.
//
// Thread-safety: thread-safe, as gRPC stubs are.
#pragma once

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "grpcpp/grpcpp.h"
#include "passerelle/authenticity/v1/authenticity_service.grpc.pb.h"
#include "passerelle/exchange/v1/exchange_service.grpc.pb.h"
#include "passerelle/recognition/v1/recognition_service.grpc.pb.h"
#include "passerelle/sharing/v1/sharing_service.grpc.pb.h"

namespace passerelle::gateway {

inline constexpr absl::Duration kClientCallLimit = absl::Seconds(15);

// The services of one node.
struct NodeClient {
  explicit NodeClient(const std::shared_ptr<grpc::Channel>& channel)
      : sharing(sharing::v1::SharingService::NewStub(channel)),
        exchange(exchange::v1::ExchangeService::NewStub(channel)),
        authenticity(authenticity::v1::AuthenticityService::NewStub(channel)),
        recognition(recognition::v1::RecognitionService::NewStub(channel)) {}

  std::unique_ptr<sharing::v1::SharingService::Stub> sharing;
  std::unique_ptr<exchange::v1::ExchangeService::Stub> exchange;
  std::unique_ptr<authenticity::v1::AuthenticityService::Stub> authenticity;
  std::unique_ptr<recognition::v1::RecognitionService::Stub> recognition;
};

// Calls a method and waits for its answer.
//
//   ASSIGN_OR_RETURN(auto response, Call(*client.sharing, &SharingService::Stub::CreateAuthorisation, request));
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, absl::Duration limit = kClientCallLimit) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.ok()) return response;
  absl::Status problem = FromPeer(status);
  // The node has not answered: what gRPC says is all there is.
  if (status.error_details().empty() && base::ReasonOf(problem) == base::Reason::kPeerUnreachable) {
    problem = base::Problem(base::Reason::kPeerUnreachable, "", status.error_message());
  }
  return problem;
}

}  // namespace passerelle::gateway
