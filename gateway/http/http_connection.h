// One connection of the HTTP server, from the TLS handshake to its end. Only the sources of gateway/http include it.
//
// Thread-safety: everything happens on the connection's strand; other threads post to it. Ownership: keeps itself alive
// while anything of it is under way.
#pragma once

#include <atomic>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/http/connect_protocol.h"
#include "gateway/http/plain_routes.h"

namespace passerelle::gateway {

// What all connections of a server share. Thread-safe.
class HttpShared {
 public:
  CallRunner* runner = nullptr;
  const PlainRoutes* routes = nullptr;  // null where services are called
  const base::Clock* clock = nullptr;
  std::vector<std::string> allowed_origins;
  int connections_per_client_max = 0;
  std::atomic<bool> stopping = false;
  std::atomic<int> connections = 0;

  // Counts a connection of a client; false when it has too many. A client is its id once that is known, and its
  // certificate before.
  bool TakeConnection(const std::string& client);
  void GiveConnectionBack(const std::string& client);
  // Counts bytes of bodies that are in memory for a client, or may come; false when there would be too many, of all
  // clients or of this one.
  bool TakeBytes(const std::string& client, int64_t bytes);
  void GiveBytesBack(const std::string& client, int64_t bytes);

 private:
  struct Part {
    int connections = 0;
    int64_t bytes = 0;
  };
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Part> clients_ ABSL_GUARDED_BY(mutex_);  // those that have a connection
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Context = boost::asio::ssl::context;

  HttpConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<Context> context,
                 std::shared_ptr<HttpShared> shared);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  void Run();
  // Ends it, whatever it does.
  void Close();
  // What would be lost if it ended now: nothing of a stranger's, the handshake of a client that has nothing to ask, or
  // a request. On any thread.
  enum class Use { kStranger, kIdle, kBusy };
  Use use() const { return use_; }

 private:
  using Error = boost::beast::error_code;
  using Fields = boost::beast::http::fields;
  using Reply = boost::beast::http::response<boost::beast::http::string_body>;
  struct Call;

  void ReadHeader();
  void OnHeader(Error error);
  // What is wrong with the head of a request; answered when it returns false.
  bool CheckFraming();
  bool Route();
  bool RouteToService();
  bool RoutePlainly();
  // Whether the request may send its body; answered when it returns false.
  bool LetIn();
  // Whether the body is said to be no longer than it may; answered when it returns false.
  bool BodyFits();
  void ReadBody();
  void OnBody(Error error);
  void StartCall();
  std::function<CallOutcome(const CallInfo&)> ServiceWork();
  std::function<CallOutcome(const CallInfo&)> PlainWork();
  void Answer(const grpc::Status& status);
  void Preflight();
  void AnswerPlainly(const grpc::Status& status);
  // A refusal before there is a call. The connection ends after it, since a body may still come.
  void Refuse(boost::beast::http::status status, const absl::Status& problem, const std::string& allow = "");
  void Send(int status, std::string body, absl::string_view content_type, bool may_compress);
  void OnSent(Error error, bool keep_alive);
  // Lets the other side read the answer before the connection is cut, though it may still be sending.
  void Linger();
  void AddOrigin(Reply& reply) const;
  std::string Header(absl::string_view name) const;
  const Fields& Head() const { return parser_->get().base(); }
  void Identify();
  // Counts the connection among those of a client from now on; false when it has too many.
  bool CountFor(const std::string& client);
  bool MayStay() const;
  // Of the bodies of the request and its answer; given back when the next request is read.
  bool TakeBytes(int64_t bytes);

  const std::shared_ptr<Context> context_;
  const std::shared_ptr<HttpShared> shared_;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::unique_ptr<Reply> reply_;
  absl::StatusOr<std::string> certificate_sha256_;
  const absl::Time begun_;
  std::string client_;  // among whose connections it counts; empty for nobody's
  std::atomic<Use> use_ = Use::kStranger;
  std::shared_ptr<Call> call_;
  int64_t taken_bytes_ = 0;
  size_t drained_bytes_ = 0;
};

}  // namespace passerelle::gateway
