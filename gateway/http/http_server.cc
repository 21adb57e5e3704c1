#include "gateway/http/http_server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/files/files.h"
#include "gateway/http/http_connection.h"

namespace passerelle::gateway {
namespace {

namespace asio = boost::asio;
using base::Problem;
using base::Reason;
using Tcp = asio::ip::tcp;

constexpr int kThreads = 2;
constexpr absl::Duration kLookAtFiles = absl::Seconds(1);
// How long the listener rests when no connection can be taken: without file descriptors every try fails at once.
constexpr std::chrono::milliseconds kAcceptAgain{100};

std::string Fingerprint(const config::v1::TlsFiles& files) {
  return absl::StrCat(FileFingerprint(files.certificate()), FileFingerprint(files.private_key()),
                      FileFingerprint(files.trusted_authorities()));
}

// TLS 1.3 alone, no resumption: each connection shows its certificate. A client without one gets that far, so that
// browsers can ask for permissions, and into no call.
absl::StatusOr<std::shared_ptr<asio::ssl::context>> MakeContext(const config::v1::TlsFiles& files) {
  SSL_CTX* const raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return Problem(Reason::kKeyUnusable, files.certificate());
  auto context = std::make_shared<asio::ssl::context>(raw);
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_verify(raw, files.trusted_authorities().empty() ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate().c_str()) != 1) {
    return Problem(Reason::kKeyUnusable, files.certificate());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.private_key().c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return Problem(Reason::kKeyUnusable, files.private_key());
  }
  if (files.trusted_authorities().empty()) return context;
  STACK_OF(X509_NAME)* const authorities = SSL_load_client_CA_file(files.trusted_authorities().c_str());
  if (authorities == nullptr || SSL_CTX_load_verify_locations(raw, files.trusted_authorities().c_str(), nullptr) != 1) {
    return Problem(Reason::kKeyUnusable, files.trusted_authorities());
  }
  SSL_CTX_set_client_CA_list(raw, authorities);
  return context;
}

absl::StatusOr<Tcp::endpoint> EndpointOf(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  uint32_t port = 0;
  std::string address = listen.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (colon == std::string::npos || error || !absl::SimpleAtoi(listen.substr(colon + 1), &port) || port > 65535) {
    return Problem(Reason::kPortUnavailable, listen, "an IP address and a port are expected");
  }
  return Tcp::endpoint(parsed, static_cast<uint16_t>(port));
}

}  // namespace

class HttpServer::Listener : public std::enable_shared_from_this<Listener> {
 public:
  explicit Listener(Options options) : options_(std::move(options)), shared_(std::make_shared<HttpShared>()) {
    shared_->runner = options_.runner;
    shared_->routes = options_.routes;
    shared_->clock = options_.clock;
    shared_->allowed_origins = options_.allowed_origins;
    shared_->connections_per_client_max = std::max(options_.connections_max / 2, 1);
  }

  absl::Status Open() {
    fingerprint_ = Fingerprint(options_.tls);
    ASSIGN_OR_RETURN(tls_, MakeContext(options_.tls));
    ASSIGN_OR_RETURN(const Tcp::endpoint endpoint, EndpointOf(options_.listen));
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Problem(Reason::kPortUnavailable, options_.listen, error.message());
    port_ = acceptor_.local_endpoint(error).port();
    Accept();
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { context_.run(); });
    return absl::OkStatus();
  }

  int port() const { return port_; }

  void Stop() {
    if (shared_->stopping.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      boost::system::error_code ignored;
      self->acceptor_.close(ignored);
      self->rest_.cancel();
      const absl::MutexLock lock(&self->mutex_);
      for (const auto& weak : self->connections_) {
        if (const auto connection = weak.lock()) connection->Close();
      }
    });
    // Everything that is left ends by itself: reads and writes fail, and calls have been answered.
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(context_),
                           [self = shared_from_this()](boost::system::error_code error, Tcp::socket socket) {
                             if (self->shared_->stopping) return;
                             if (error) return self->Rest();
                             self->Take(std::move(socket));
                             self->Accept();
                           });
  }

  void Rest() {
    rest_.expires_after(kAcceptAgain);
    rest_.async_wait([self = shared_from_this()](boost::system::error_code) {
      if (!self->shared_->stopping) self->Accept();
    });
  }

  void Take(Tcp::socket socket) {
    if (shared_->connections >= options_.connections_max && !MakeRoom()) return;  // closes it
    boost::system::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    RenewTls();
    const auto connection = std::make_shared<HttpConnection>(std::move(socket), tls_, shared_);
    {
      const absl::MutexLock lock(&mutex_);
      connections_.erase(std::remove_if(connections_.begin(), connections_.end(),
                                        [](const std::weak_ptr<HttpConnection>& weak) { return weak.expired(); }),
                         connections_.end());
      connections_.push_back(connection);
    }
    connection->Run();
  }

  // Ends the oldest connection that can be missed most easily; false when all have a request. Whoever opens connections
  // and says nothing keeps nobody out.
  bool MakeRoom() {
    const absl::MutexLock lock(&mutex_);
    for (const HttpConnection::Use use : {HttpConnection::Use::kStranger, HttpConnection::Use::kIdle}) {
      for (auto weak = connections_.begin(); weak != connections_.end(); ++weak) {
        const auto connection = weak->lock();
        if (connection == nullptr || connection->use() != use) continue;
        connection->Close();
        connections_.erase(weak);
        return true;
      }
    }
    return false;
  }

  // Files that do not fit each other, or cannot be read, leave what is in use; they may be half replaced.
  void RenewTls() {
    const absl::Time now = absl::Now();
    if (now < next_look_) return;
    next_look_ = now + kLookAtFiles;
    std::string fingerprint = Fingerprint(options_.tls);
    if (fingerprint == fingerprint_) return;
    auto renewed = MakeContext(options_.tls);
    if (!renewed.ok()) return;
    tls_ = *std::move(renewed);
    fingerprint_ = std::move(fingerprint);
  }

  const Options options_;
  const std::shared_ptr<HttpShared> shared_;
  asio::io_context context_{kThreads};
  // Its handlers run one at a time, and so does what Stop does to it.
  Tcp::acceptor acceptor_{asio::make_strand(context_)};
  asio::steady_timer rest_{acceptor_.get_executor()};
  int port_ = 0;
  // Used by one handler at a time: the one that accepts.
  std::shared_ptr<asio::ssl::context> tls_;
  std::string fingerprint_;
  absl::Time next_look_ = absl::InfinitePast();
  absl::Mutex mutex_;
  std::vector<std::weak_ptr<HttpConnection>> connections_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Options options) {
  auto listener = std::make_shared<Listener>(std::move(options));
  RETURN_IF_ERROR(listener->Open());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

HttpServer::HttpServer(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

HttpServer::~HttpServer() { Stop(); }

int HttpServer::port() const { return listener_->port(); }

void HttpServer::Stop() { listener_->Stop(); }

}  // namespace passerelle::gateway
