// Problems on the wire: one google.rpc.ErrorInfo with the reason of the catalogue, FieldViolations for fields,
// RetryInfo for what can succeed later; and back.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

namespace passerelle::gateway {

// Domain of ErrorInfo: reasons of another domain are not ours.
inline constexpr absl::string_view kErrorDomain = "passerelle.eu";

grpc::Status ToGrpc(const absl::Status& status);

// A status that came from another node. With an ErrorInfo of our domain and a reason of the catalogue it is that
// problem; a status that gRPC itself makes is kPeerUnreachable or kPeerTimeout; anything else is kPeerAnswerInvalid.
// Texts are cut to a length that can be logged.
absl::Status FromPeer(const grpc::Status& status);

}  // namespace passerelle::gateway
