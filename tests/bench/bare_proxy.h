// What a node is measured against: a server that answers every question with the same bytes, and a proxy in front of
// it that reads each message, looks at it and writes it out again. gRPC's callback interface over mutual TLS, and
// nothing else.
//
// Thread-safety: RunBare is called once, from main, in a process of its own.
#pragma once

#include <memory>
#include <string>

#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"

namespace passerelle::bench {

// PEM files of one side, and of the authority that both trust.
struct BareTls {
  std::string certificate;
  std::string private_key;
  std::string authority;

  std::shared_ptr<grpc::ServerCredentials> Server() const;
  std::shared_ptr<grpc::ChannelCredentials> Channel() const;
};

// Listens on a free port of 127.0.0.1, prints it on a line, and serves until standard input ends. `answer_file`: the
// serialised VerifyDocumentResponse that it answers with; when it is empty, calls go on to `back`, an address. Exit
// code: 0, or 2 if it cannot listen.
int RunBare(const std::string& back, const std::string& answer_file, const BareTls& tls);

}  // namespace passerelle::bench
