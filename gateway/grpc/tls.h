// TLS 1.3 for both ports, mutual but for clients that show tokens. The experimental part of gRPC's interface is used in
// this file's source only.
//
// Certificates and keys are read again when their files change (once a second), so that they can be replaced while the
// node runs. A handshake proves only that a certificate comes from a trusted authority. Who may call is decided on
// every call, from the certificate's digest: a resumed session brings the certificate of the session before, so a node
// that was revoked meanwhile gains nothing by it.
//
// Thread-safety: free functions, thread-safe except RequireTls13.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Makes gRPC refuse TLS 1.2 and older in this process. gRPC 1.51 has no setting for it, so its list of older ciphers is
// set to one that no certificate can use. To be called first in main, before any thread and any gRPC call.
void RequireTls13();

// Whether who connects to a port needs a certificate. One that is shown has to be of the trusted authorities either
// way.
enum class ClientCertificate { kRequired, kOptional };

// The files were checked.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const config::v1::TlsFiles& files,
                                                               ClientCertificate certificate);

// For a channel to the one side whose certificate has one of the digests (SHA-256 of the DER, hexadecimal). Host name,
// authority and digest are checked in the handshake, before any byte of a request is sent.
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const config::v1::TlsFiles& files,
                                                                 std::vector<std::string> certificate_sha256);

// Digest of the certificate behind a call. Problem: kClientUnknown when there is none.
absl::StatusOr<std::string> CallerCertificateSha256(const grpc::AuthContext* context);

}  // namespace passerelle::gateway
