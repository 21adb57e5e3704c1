#include "gateway/http/http_connection.h"

#include <openssl/x509.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/http/gzip.h"
#include "gateway/telemetry/trace.h"

namespace passerelle::gateway {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using base::Problem;
using base::Reason;

// Each of these is for the whole step, however often bytes come.
constexpr std::chrono::seconds kHandshakeTime{10};
constexpr std::chrono::seconds kHeaderTime{15};  // also how long a connection may have nothing to ask
constexpr std::chrono::seconds kBodyTime{60};
constexpr std::chrono::seconds kSendTime{60};
constexpr std::chrono::seconds kLingerTime{2};
// A connection ends after an hour, so that a replaced certificate is asked for again, as over gRPC.
constexpr absl::Duration kConnectionAge = absl::Hours(1);

constexpr uint32_t kHeaderBytesMax = 16u << 10;
constexpr size_t kBufferBytesMax = 64u << 10;
constexpr size_t kLingerBytesMax = 8u << 20;
// Bodies of all connections together; a node is made for 512 MiB.
constexpr int64_t kBodyBytesMaxTogether = 256 << 20;
// What gzip makes of a byte at most (zlib, technical details).
constexpr size_t kGzipRatioMax = 1032;
// A shorter answer is not worth the work.
constexpr size_t kCompressFrom = 1024;

absl::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// The call that a connection waits for.
struct HttpConnection::Call {
  explicit Call(HttpShared* of) : shared(of) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { shared->GiveBytesBack(client, unpacked_bytes); }

  // Counts what the body is unpacked to among all bodies.
  absl::StatusOr<std::string> Unpack(const std::string& packed) {
    const auto most = static_cast<int64_t>(std::min(body_bytes_max, packed.size() * kGzipRatioMax));
    if (!shared->TakeBytes(client, most)) return Problem(Reason::kOverloaded, "body");
    absl::StatusOr<std::string> bytes = Gunzip(packed, body_bytes_max);
    unpacked_bytes = bytes.ok() ? static_cast<int64_t>(bytes->size()) : 0;
    shared->GiveBytesBack(client, most - unpacked_bytes);
    return bytes;
  }

  HttpShared* const shared;
  std::string client;  // known once it was let in
  CallerCredentials credentials;
  const CallRunner::MethodEntry* method = nullptr;
  size_t body_bytes_max = 0;  // of this caller, packed and unpacked
  // Of a request that is no call of a service.
  const PlainRoute* route = nullptr;
  PlainRequest plain;
  PlainAnswer plain_answer;
  // Of a call of a service.
  ConnectCodec codec = ConnectCodec::kJson;
  std::unique_ptr<google::protobuf::Message> request;
  std::unique_ptr<google::protobuf::Message> response;
  absl::Status problem;  // why the request cannot be worked on
  absl::Time start;
  int64_t unpacked_bytes = 0;
  std::unique_ptr<RunningCall> running;
  // Keeps the server's threads until the call is answered; it waits for nothing else of theirs.
  std::optional<boost::asio::executor_work_guard<boost::beast::tcp_stream::executor_type>> guard;
};

bool HttpShared::TakeConnection(const std::string& client) {
  const absl::MutexLock lock(&mutex_);
  Part& part = clients_[client];
  if (part.connections >= connections_per_client_max) return false;
  ++part.connections;
  return true;
}

void HttpShared::GiveConnectionBack(const std::string& client) {
  const absl::MutexLock lock(&mutex_);
  const auto found = clients_.find(client);
  if (--found->second.connections == 0) clients_.erase(found);
}

bool HttpShared::TakeBytes(const std::string& client, int64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  Part& part = clients_.at(client);
  if (bytes_ + bytes > kBodyBytesMaxTogether || part.bytes + bytes > kBodyBytesMaxTogether / 2) return false;
  bytes_ += bytes;
  part.bytes += bytes;
  return true;
}

void HttpShared::GiveBytesBack(const std::string& client, int64_t bytes) {
  if (bytes == 0) return;
  const absl::MutexLock lock(&mutex_);
  bytes_ -= bytes;
  clients_.at(client).bytes -= bytes;
}

HttpConnection::HttpConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<Context> context,
                               std::shared_ptr<HttpShared> shared)
    : context_(std::move(context)),
      shared_(std::move(shared)),
      stream_(std::move(socket), *context_),
      buffer_(kBufferBytesMax),
      begun_(shared_->clock->Now()) {
  ++shared_->connections;
}

HttpConnection::~HttpConnection() {
  call_.reset();
  if (!client_.empty()) {
    shared_->GiveBytesBack(client_, taken_bytes_);
    shared_->GiveConnectionBack(client_);
  }
  --shared_->connections;
}

void HttpConnection::Run() {
  boost::asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
    beast::get_lowest_layer(self->stream_).expires_after(kHandshakeTime);
    self->stream_.async_handshake(boost::asio::ssl::stream_base::server, [self](Error error) {
      if (error) return;
      self->Identify();
      const absl::StatusOr<std::string>& certificate = self->certificate_sha256_;
      if (!certificate.ok() || self->CountFor(*certificate)) self->ReadHeader();
    });
  });
}

void HttpConnection::Close() {
  boost::asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (self->call_ != nullptr && self->call_->running != nullptr) self->call_->running->Cancel();
    beast::get_lowest_layer(self->stream_).close();
  });
}

// Who it is counts on every call; which certificate it is cannot change on a connection.
void HttpConnection::Identify() {
  certificate_sha256_ = Problem(Reason::kClientUnknown, "certificate", "the call has no client certificate");
  SSL* const ssl = stream_.native_handle();
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), X509_free);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return;
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (size > 0) certificate_sha256_ = base::Sha256Hex({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
}

// Something in front may send the calls of several clients over one connection.
bool HttpConnection::CountFor(const std::string& client) {
  if (client == client_) return true;
  if (!shared_->TakeConnection(client)) return false;
  if (!client_.empty()) shared_->GiveConnectionBack(client_);
  client_ = client;
  return true;
}

bool HttpConnection::TakeBytes(int64_t bytes) {
  if (client_.empty() || !shared_->TakeBytes(client_, bytes)) return false;
  taken_bytes_ += bytes;
  return true;
}

void HttpConnection::ReadHeader() {
  if (shared_->stopping) return;
  use_ = client_.empty() ? Use::kStranger : Use::kIdle;
  call_.reset();
  if (!client_.empty()) shared_->GiveBytesBack(client_, std::exchange(taken_bytes_, 0));
  parser_.emplace();
  parser_->header_limit(kHeaderBytesMax);
  parser_->body_limit(kProtoBodyBytesMax);
  beast::get_lowest_layer(stream_).expires_after(kHeaderTime);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, size_t) { self->OnHeader(error); });
}

void HttpConnection::OnHeader(Error error) {
  if (error) {
    // Errors of the other categories are of the connection.
    if (error == http::error::end_of_stream ||
        error.category() != http::make_error_code(http::error::bad_method).category()) {
      return beast::get_lowest_layer(stream_).close();
    }
    if (error == http::error::body_limit) {
      return Refuse(http::status::payload_too_large, Problem(Reason::kInputTooLarge, "body"));
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return Refuse(http::status::request_header_fields_too_large, Problem(Reason::kInputTooLarge, "header"));
    }
    return Refuse(http::status::bad_request, Problem(Reason::kFieldInvalid, "header", "it is no HTTP request"));
  }
  if (!client_.empty()) use_ = Use::kBusy;
  if (CheckFraming() && Route()) ReadBody();
}

// A length that can be read in two ways lets somebody hide a request in another one (RFC 9112, 11.2).
bool HttpConnection::CheckFraming() {
  const auto refuse = [this](absl::string_view field, absl::string_view detail) {
    Refuse(http::status::bad_request, Problem(Reason::kFieldInvalid, field, detail));
    return false;
  };
  const auto& head = parser_->get();
  const auto lengths = head.count(http::field::content_length);
  const auto codings = head.count(http::field::transfer_encoding);
  if (lengths > 1 || absl::StrContains(View(head[http::field::content_length]), ",")) {
    return refuse("Content-Length", "one is expected");
  }
  if (codings > 0 && (codings > 1 || lengths > 0 || head.version() != 11 || !parser_->chunked() ||
                      !beast::iequals(head[http::field::transfer_encoding], "chunked"))) {
    return refuse("Transfer-Encoding", "chunked alone is expected, and no Content-Length beside it");
  }
  if (head.version() == 11 && head.count(http::field::host) != 1) return refuse("Host", "one is expected");
  return true;
}

std::string HttpConnection::Header(absl::string_view name) const {
  const auto found = Head().find(beast::string_view(name.data(), name.size()));
  return found == Head().end() ? std::string() : std::string(View(found->value()));
}

bool HttpConnection::Route() {
  call_ = std::make_shared<Call>(shared_.get());
  call_->start = shared_->clock->Now();
  call_->credentials.certificate_sha256 = certificate_sha256_;
  return (shared_->routes == nullptr ? RouteToService() : RoutePlainly()) && LetIn();
}

bool HttpConnection::RoutePlainly() {
  const auto& head = parser_->get();
  const auto refuse = [this](http::status status, Reason reason, absl::string_view place, absl::string_view detail,
                             const std::string& allow = "") {
    Refuse(status, Problem(reason, place, detail), allow);
    return false;
  };
  PlainRoutes::Match match = shared_->routes->Find(View(head.method_string()), View(head.target()));
  if (match.route == nullptr && !match.allow.empty()) {
    return refuse(http::status::method_not_allowed, Reason::kFieldInvalid, "method", "another one is expected",
                  match.allow);
  }
  if (match.route == nullptr) {
    return refuse(http::status::not_found, Reason::kResourceNotFound, "path", "there is nothing under it");
  }
  const absl::string_view type = View(head[http::field::content_type]);
  const absl::string_view essence = absl::StripAsciiWhitespace(type.substr(0, type.find(';')));
  if (!match.route->content_type.empty() && !absl::EqualsIgnoreCase(essence, match.route->content_type)) {
    return refuse(http::status::unsupported_media_type, Reason::kFieldInvalid, "Content-Type",
                  absl::StrCat(match.route->content_type, " is expected"));
  }
  const absl::string_view encoding = View(head[http::field::content_encoding]);
  if (!encoding.empty() && encoding != "identity") {
    return refuse(http::status::unsupported_media_type, Reason::kFieldInvalid, "Content-Encoding",
                  "identity is expected");
  }
  call_->route = match.route;
  call_->method = match.route->method;
  call_->body_bytes_max = match.route->body_bytes_max;
  call_->plain.id = std::move(match.id);
  const auto [begin, end] = head.equal_range(http::field::authorization);
  for (auto field = begin; field != end; ++field) call_->plain.authorization.emplace_back(View(field->value()));
  return true;
}

bool HttpConnection::RouteToService() {
  const auto& head = parser_->get();
  if (head.method() == http::verb::options) {
    Preflight();
    return false;
  }
  const auto refuse = [this](http::status status, Reason reason, absl::string_view place, absl::string_view detail,
                             const std::string& allow = "") {
    Refuse(status, Problem(reason, place, detail), allow);
    return false;
  };
  if (head.method() != http::verb::post) {
    return refuse(http::status::method_not_allowed, Reason::kFieldInvalid, "method", "POST is expected",
                  "POST, OPTIONS");
  }
  absl::string_view path = View(head.target());
  if (!path.empty() && path[0] == '/') path.remove_prefix(1);
  call_->method = shared_->runner->Find(path);
  if (call_->method == nullptr || call_->method->request == nullptr) {
    return refuse(http::status::not_found, Reason::kResourceNotFound, "path", "there is no such method");
  }
  const std::optional<ConnectCodec> codec = CodecOf(View(head[http::field::content_type]));
  if (!codec.has_value()) {
    return refuse(http::status::unsupported_media_type, Reason::kFieldInvalid, "Content-Type",
                  "application/json or application/proto is expected");
  }
  call_->codec = *codec;
  const std::string version = Header("Connect-Protocol-Version");
  if (!version.empty() && version != "1") {
    return refuse(http::status::bad_request, Reason::kFieldInvalid, "Connect-Protocol-Version", "1 is expected");
  }
  const absl::string_view encoding = View(head[http::field::content_encoding]);
  if (!encoding.empty() && encoding != "identity" && encoding != "gzip") {
    return refuse(http::status::not_implemented, Reason::kFieldInvalid, "Content-Encoding",
                  "identity or gzip is expected");
  }
  call_->body_bytes_max = BodyBytesMax(*codec);
  const auto [begin, end] = head.equal_range(http::field::authorization);
  for (auto field = begin; field != end; ++field) {
    call_->credentials.authorization.emplace_back(View(field->value()));
  }
  return true;
}

bool HttpConnection::BodyFits() {
  const auto length = parser_->content_length();
  if (!length.has_value() || *length <= call_->body_bytes_max) return true;
  Refuse(http::status::payload_too_large,
         Problem(Reason::kInputTooLarge, "body", absl::StrCat("at most ", call_->body_bytes_max, " bytes")));
  return false;
}

bool HttpConnection::LetIn() {
  if (!BodyFits()) return false;
  // Nobody has to send a body that will not be looked at, and nothing is kept free for it; the call says why.
  const absl::StatusOr<std::string> client = shared_->runner->MayCall(call_->credentials, *call_->method);
  call_->problem = client.status();
  if (!client.ok()) {
    StartCall();
    return false;
  }
  call_->body_bytes_max = std::min(call_->body_bytes_max, shared_->runner->RequestBytesMax(*client));
  if (!BodyFits()) return false;
  if (!CountFor(*client)) {
    Refuse(http::status::service_unavailable,
           Problem(Reason::kOverloaded, "connection", "the client has too many connections"));
    return false;
  }
  call_->client = *client;
  use_ = Use::kBusy;
  return true;
}

void HttpConnection::ReadBody() {
  const auto length = parser_->content_length();
  if (!TakeBytes(static_cast<int64_t>(length.has_value() ? *length : call_->body_bytes_max))) {
    return Refuse(http::status::service_unavailable, Problem(Reason::kOverloaded, "body"));
  }
  parser_->body_limit(call_->body_bytes_max);
  beast::get_lowest_layer(stream_).expires_after(kBodyTime);
  const auto read = [self = shared_from_this()](Error error, size_t) {
    if (error) return self->OnBody(error);
    http::async_read(self->stream_, self->buffer_, *self->parser_,
                     [self](Error read_error, size_t) { self->OnBody(read_error); });
  };
  if (!beast::iequals(Head()[http::field::expect], "100-continue")) return read(Error(), 0);
  static constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  boost::asio::async_write(stream_, boost::asio::buffer(kContinue.data(), kContinue.size()), read);
}

void HttpConnection::OnBody(Error error) {
  if (error == http::error::body_limit) {
    return Refuse(http::status::payload_too_large,
                  Problem(Reason::kInputTooLarge, "body", absl::StrCat("at most ", call_->body_bytes_max, " bytes")));
  }
  if (error) return beast::get_lowest_layer(stream_).close();
  StartCall();
}

void HttpConnection::StartCall() {
  CallOrigin origin;
  origin.caller = call_->credentials;
  origin.deadline = absl::InfiniteFuture();
  origin.request_bytes = parser_->get().body().size();
  const std::string trace = Header(kTraceParentKey);
  if (IsTraceParent(trace)) origin.trace_parent = trace;
  if (const std::string timeout = Header("Connect-Timeout-Ms"); !timeout.empty()) {
    const absl::StatusOr<absl::Duration> limit = ReadTimeout(timeout);
    if (limit.ok()) origin.deadline = call_->start + *limit;
    call_->problem.Update(limit.status());
  }
  auto work = call_->route == nullptr ? ServiceWork() : PlainWork();
  beast::get_lowest_layer(stream_).expires_never();
  call_->guard.emplace(stream_.get_executor());
  call_->running = shared_->runner->Begin(
      *call_->method, std::move(origin), std::move(work), [self = shared_from_this()](const grpc::Status& status) {
        boost::asio::post(self->stream_.get_executor(), [self, status] { self->Answer(status); });
      });
  call_->running->Start();
}

std::function<CallOutcome(const CallInfo&)> HttpConnection::ServiceWork() {
  call_->request.reset(call_->method->request->New());
  call_->response.reset(call_->method->response->New());
  // Read on a thread of the pool, after the caller was let in.
  const bool packed = Head()[http::field::content_encoding] == "gzip";
  return [call = call_.get(), packed, read = false,
          body = std::move(parser_->get().body())](const CallInfo& info) mutable -> CallOutcome {
    if (!read && call->problem.ok()) {
      absl::StatusOr<std::string> bytes = std::move(body);
      if (packed) bytes = call->Unpack(*bytes);
      call->problem = bytes.ok() ? ReadMessage(call->codec, *bytes, call->request.get()) : bytes.status();
    }
    read = true;
    if (!call->problem.ok()) return call->problem;
    return call->method->work(info, *call->request, call->response.get());
  };
}

std::function<CallOutcome(const CallInfo&)> HttpConnection::PlainWork() {
  call_->plain.body = std::move(parser_->get().body());
  return [call = call_.get()](const CallInfo&) -> CallOutcome {
    if (!call->problem.ok()) return call->problem;
    absl::StatusOr<PlainAnswer> answer = call->route->work(call->plain);
    if (!answer.ok()) return answer.status();
    call->plain_answer = *std::move(answer);
    return absl::OkStatus();
  };
}

void HttpConnection::Answer(const grpc::Status& status) {
  call_->guard.reset();
  if (call_->route != nullptr) return AnswerPlainly(status);
  if (!status.ok()) {
    const ConnectError error = ErrorOf(status);
    return Send(error.http_status, error.json, "application/json", false);
  }
  absl::StatusOr<std::string> body = WriteMessage(call_->codec, *call_->response);
  if (!body.ok()) return Answer(ToGrpc(body.status()));
  // An answer is held until it is read.
  if (!TakeBytes(static_cast<int64_t>(body->size()))) {
    return Answer(ToGrpc(Problem(Reason::kOverloaded, "body")));
  }
  Send(200, *std::move(body), ContentTypeOf(call_->codec), true);
}

void HttpConnection::AnswerPlainly(const grpc::Status& status) {
  PlainAnswer answer = std::move(call_->plain_answer);
  if (!status.ok()) answer = call_->route->refuse(FromPeer(status), ErrorOf(status).http_status);
  Send(answer.status, std::move(answer.body), answer.content_type, false);
}

void HttpConnection::AddOrigin(Reply& reply) const {
  const std::string origin = Header("Origin");
  const auto& allowed = shared_->allowed_origins;
  reply.set(http::field::vary, "Origin");
  if (origin.empty() || std::find(allowed.begin(), allowed.end(), origin) == allowed.end()) return;
  reply.set(http::field::access_control_allow_origin, origin);
  // Certificates and tokens are credentials.
  reply.set(http::field::access_control_allow_credentials, "true");
}

// What a browser asks before it lets a page of another origin call (Fetch, 4.8). It sends no certificate with that.
void HttpConnection::Preflight() {
  reply_ = std::make_unique<Reply>(http::status::no_content, parser_->get().version());
  AddOrigin(*reply_);
  reply_->set(http::field::access_control_allow_methods, "POST");
  reply_->set(
      http::field::access_control_allow_headers,
      "Authorization, Content-Type, Content-Encoding, Connect-Protocol-Version, Connect-Timeout-Ms, traceparent");
  reply_->set(http::field::access_control_max_age, "600");
  const bool keep_alive = parser_->get().keep_alive() && parser_->is_done();
  reply_->keep_alive(keep_alive);
  beast::get_lowest_layer(stream_).expires_after(kSendTime);
  http::async_write(stream_, *reply_,
                    [self = shared_from_this(), keep_alive](Error error, size_t) { self->OnSent(error, keep_alive); });
}

void HttpConnection::Refuse(http::status status, const absl::Status& problem, const std::string& allow) {
  reply_ = std::make_unique<Reply>(status, 11);
  reply_->set(http::field::content_type, "application/json");
  if (!allow.empty()) reply_->set(http::field::allow, allow);
  if (status == http::status::not_implemented) reply_->set("Accept-Encoding", "gzip");
  AddOrigin(*reply_);
  reply_->body() = ErrorOf(ToGrpc(problem)).json;
  reply_->keep_alive(false);
  reply_->prepare_payload();
  beast::get_lowest_layer(stream_).expires_after(kSendTime);
  http::async_write(stream_, *reply_, [self = shared_from_this()](Error error, size_t) { self->OnSent(error, false); });
}

bool HttpConnection::MayStay() const { return !shared_->stopping && shared_->clock->Now() - begun_ < kConnectionAge; }

void HttpConnection::Send(int status, std::string body, absl::string_view content_type, bool may_compress) {
  reply_ = std::make_unique<Reply>(http::status::ok, parser_->get().version());
  reply_->result(static_cast<unsigned>(status));
  reply_->set(http::field::content_type, beast::string_view(content_type.data(), content_type.size()));
  reply_->set(http::field::cache_control, "no-store");
  reply_->set("X-Content-Type-Options", "nosniff");
  // RFC 6750, 3. Why is in the body.
  if (reply_->result() == http::status::unauthorized) reply_->set(http::field::www_authenticate, "Bearer");
  AddOrigin(*reply_);
  if (may_compress && body.size() >= kCompressFrom && AcceptsGzip(Header("Accept-Encoding"))) {
    std::string packed = Gzip(body);
    if (!packed.empty()) {
      body = std::move(packed);
      reply_->set(http::field::content_encoding, "gzip");
    }
  }
  reply_->body() = std::move(body);
  const bool keep_alive = parser_->get().keep_alive() && parser_->is_done() && MayStay();
  reply_->keep_alive(keep_alive);
  reply_->prepare_payload();
  beast::get_lowest_layer(stream_).expires_after(kSendTime);
  http::async_write(stream_, *reply_,
                    [self = shared_from_this(), keep_alive](Error error, size_t) { self->OnSent(error, keep_alive); });
}

void HttpConnection::OnSent(Error error, bool keep_alive) {
  if (error) return beast::get_lowest_layer(stream_).close();
  if (keep_alive) return ReadHeader();
  beast::tcp_stream& connection = beast::get_lowest_layer(stream_);
  Error ignored;
  connection.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  connection.expires_after(kLingerTime);
  Linger();
}

void HttpConnection::Linger() {
  buffer_.clear();
  beast::get_lowest_layer(stream_).async_read_some(buffer_.prepare(kBufferBytesMax / 2),
                                                   [self = shared_from_this()](Error error, size_t bytes) {
                                                     self->drained_bytes_ += bytes;
                                                     if (error || self->drained_bytes_ > kLingerBytesMax)
                                                       return beast::get_lowest_layer(self->stream_).close();
                                                     self->Linger();
                                                   });
}

}  // namespace passerelle::gateway
