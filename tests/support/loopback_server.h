// A small web server on 127.0.0.1 for tests of what fetches: HTTP, or HTTPS with a certificate. It answers one request
// at a time and closes.
//
// Thread-safety: `Answer` is called on the server's thread; the rest is thread-safe. Ownership: joins its thread when
// destroyed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace passerelle::testing {

struct WebReply {
  int status = 200;
  std::string body;
  std::string location;  // where a redirect points
};

class LoopbackServer {
 public:
  using Answer = std::function<WebReply(const std::string& path, const std::string& body)>;

  explicit LoopbackServer(Answer answer);
  // With TLS; both in PEM.
  LoopbackServer(Answer answer, const std::string& certificate, const std::string& private_key);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  // "http://127.0.0.1:40123".
  std::string origin() const;
  // Requests that were answered.
  int requests() const { return requests_; }

 private:
  void Run();

  class Tls;
  const Answer answer_;
  const std::unique_ptr<Tls> tls_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace passerelle::testing
