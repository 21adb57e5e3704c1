#include "tests/bench/bare_proxy.h"

#include <array>
#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "grpcpp/grpcpp.h"
#include "passerelle/authenticity/v1/authenticity_service.grpc.pb.h"

namespace passerelle::bench {
namespace {

using authenticity::v1::AuthenticityService;
using authenticity::v1::VerifyDocumentRequest;
using authenticity::v1::VerifyDocumentResponse;

// Connections to what is behind the proxy, as many as the peers in other languages had.
constexpr size_t kConnections = 4;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Backend final : public AuthenticityService::CallbackService {
 public:
  explicit Backend(VerifyDocumentResponse answer) : answer_(std::move(answer)) {}

  grpc::ServerUnaryReactor* VerifyDocument(grpc::CallbackServerContext* context,
                                           const VerifyDocumentRequest* /*request*/,
                                           VerifyDocumentResponse* response) override {
    *response = answer_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const VerifyDocumentResponse answer_;
};

class Proxy final : public AuthenticityService::CallbackService {
 public:
  Proxy(const std::string& back, const BareTls& tls) {
    for (size_t i = 0; i < kConnections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("passerelle.connection", static_cast<int>(i));  // or they would be one
      stubs_[i] = AuthenticityService::NewStub(grpc::CreateCustomChannel(back, tls.Channel(), arguments));
    }
  }

  grpc::ServerUnaryReactor* VerifyDocument(grpc::CallbackServerContext* context, const VerifyDocumentRequest* request,
                                           VerifyDocumentResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (request->issuing_node().empty()) {
      reactor->Finish({grpc::StatusCode::INVALID_ARGUMENT, "issuing_node"});
      return reactor;
    }
    auto onward = std::make_shared<grpc::ClientContext>();
    stubs_[next_++ % kConnections]->async()->VerifyDocument(
        onward.get(), request, response, [reactor, onward](const grpc::Status& status) { reactor->Finish(status); });
    return reactor;
  }

 private:
  std::array<std::unique_ptr<AuthenticityService::Stub>, kConnections> stubs_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> BareTls::Server() const {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = ReadAll(authority);
  options.pem_key_cert_pairs.push_back({ReadAll(private_key), ReadAll(certificate)});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> BareTls::Channel() const {
  return grpc::SslCredentials({ReadAll(authority), ReadAll(private_key), ReadAll(certificate)});
}

int RunBare(const std::string& back, const std::string& answer_file, const BareTls& tls) {
  std::unique_ptr<grpc::Service> service;
  if (answer_file.empty()) {
    service = std::make_unique<Proxy>(back, tls);
  } else {
    VerifyDocumentResponse answer;
    if (!answer.ParseFromString(ReadAll(answer_file))) return 2;
    service = std::make_unique<Backend>(std::move(answer));
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", tls.Server(), &port);
  builder.RegisterService(service.get());
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return 2;
  std::cout << port << std::endl;
  while (std::cin.get() != std::char_traits<char>::eof()) {
  }
  server->Shutdown();
  return 0;
}

}  // namespace passerelle::bench
