#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace passerelle::testing {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

struct FreeAll {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Connection = std::unique_ptr<BIO, FreeAll>;

// The request up to the end of its body; empty when the client goes away.
std::string ReadRequest(BIO* connection) {
  std::string request;
  char buffer[4096];
  size_t wanted = 0;
  while (wanted == 0 || request.size() < wanted) {
    const int size = BIO_read(connection, buffer, sizeof(buffer));
    if (size <= 0) return "";
    request.append(buffer, static_cast<size_t>(size));
    const size_t end = request.find("\r\n\r\n");
    if (wanted != 0 || end == std::string::npos) continue;
    size_t length = 0;
    const std::string lower = absl::AsciiStrToLower(request.substr(0, end));
    const size_t member = lower.find("content-length: ");
    if (member != std::string::npos) {
      const std::string value = lower.substr(member + 16, lower.find("\r\n", member) - member - 16);
      Require(absl::SimpleAtoi(value, &length));
    }
    wanted = end + 4 + length;
  }
  return request;
}

}  // namespace

class LoopbackServer::Tls {
 public:
  Tls(const std::string& certificate, const std::string& private_key) : context_(SSL_CTX_new(TLS_server_method())) {
    BIO* const in = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
    BIO* const key_in = BIO_new_mem_buf(private_key.data(), static_cast<int>(private_key.size()));
    X509* const x509 = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_in, nullptr, nullptr, nullptr);
    Require(SSL_CTX_use_certificate(context_, x509) == 1 && SSL_CTX_use_PrivateKey(context_, key) == 1);
    X509_free(x509);
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(key_in);
  }
  ~Tls() { SSL_CTX_free(context_); }

  BIO* Wrap(BIO* socket) const { return BIO_push(BIO_new_ssl(context_, 0), socket); }

 private:
  SSL_CTX* context_;
};

LoopbackServer::LoopbackServer(Answer answer, const std::string& certificate, const std::string& private_key)
    : answer_(std::move(answer)), tls_(certificate.empty() ? nullptr : new Tls(certificate, private_key)) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  Require(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(socket_, 8) == 0);
  Require(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

LoopbackServer::LoopbackServer(Answer answer) : LoopbackServer(std::move(answer), "", "") {}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  shutdown(socket_, SHUT_RDWR);
  thread_.join();
  close(socket_);
}

std::string LoopbackServer::origin() const {
  return absl::StrCat(tls_ == nullptr ? "http" : "https", "://127.0.0.1:", port_);
}

void LoopbackServer::Run() {
  // A client that goes away while it is written to ends its connection, and nothing else.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (!stopping_) {
    const int client = accept(socket_, nullptr, nullptr);
    if (client < 0) continue;
    const timeval patience = {5, 0};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    BIO* const plain = BIO_new_socket(client, BIO_CLOSE);
    const Connection connection(tls_ == nullptr ? plain : tls_->Wrap(plain));
    const std::string request = ReadRequest(connection.get());
    if (request.empty()) continue;
    const size_t begin = request.find(' ') + 1;
    const std::string path = request.substr(begin, request.find(' ', begin) - begin);
    const WebReply reply = answer_(path, request.substr(request.find("\r\n\r\n") + 4));
    ++requests_;
    const std::string head = absl::StrCat(
        "HTTP/1.1 ", reply.status, " X\r\nContent-Length: ", reply.body.size(), "\r\n",
        reply.location.empty() ? "" : absl::StrCat("Location: ", reply.location, "\r\n"), "Connection: close\r\n\r\n");
    const std::string bytes = head + reply.body;
    for (size_t written = 0; written < bytes.size();) {
      const int size = BIO_write(connection.get(), bytes.data() + written, static_cast<int>(bytes.size() - written));
      if (size <= 0) break;
      written += static_cast<size_t>(size);
    }
  }
}

}  // namespace passerelle::testing
