// What connections of an HTTP server may take, over real sockets.
#include "gateway/http/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/http/gzip.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/make_certificates.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.pb.h"
#include "tests/support/fake_clock.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using relay::v1::DeliverRequest;
using relay::v1::DeliverResponse;

int Connect(int port) {
  const int connected = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience = {10, 0};
  setsockopt(connected, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_EQ(connect(connected, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return connected;
}

std::string Request(const std::string& method, const std::string& body, const std::string& more = "") {
  return absl::StrCat("POST /test.Service/", method, " HTTP/1.1\r\nHost: a\r\nContent-Type: application/proto\r\n",
                      more, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

// A connection of a client.
class Client {
 public:
  // Files that name nothing stand for a client without a certificate.
  explicit Client(int port, const config::v1::TlsFiles& files = {}) : context_(SSL_CTX_new(TLS_client_method())) {
    if (!files.certificate().empty()) {
      SSL_CTX_use_certificate_chain_file(context_, files.certificate().c_str());
      SSL_CTX_use_PrivateKey_file(context_, files.private_key().c_str(), SSL_FILETYPE_PEM);
    }
    socket_ = Connect(port);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    (void)SSL_connect(ssl_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    SSL_free(ssl_);
    close(socket_);
    SSL_CTX_free(context_);
  }

  void Send(const std::string& bytes) { (void)SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())); }
  // What comes next; empty when nothing does for so long.
  std::string Read(absl::Duration wait = absl::Seconds(10)) {
    const timeval time = absl::ToTimeval(wait);
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    char bytes[4096];
    const int count = SSL_read(ssl_, bytes, sizeof(bytes));
    return count > 0 ? std::string(bytes, static_cast<size_t>(count)) : std::string();
  }
  std::string Ask(const std::string& method, const std::string& body, const std::string& more = "") {
    Send(Request(method, body, more));
    return Read();
  }

 private:
  SSL_CTX* const context_;
  SSL* ssl_ = nullptr;
  int socket_ = -1;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() : folder_(absl::StrCat(::testing::TempDir(), "/http_", getpid())), log_(std::tmpfile()) {
    signal(SIGPIPE, SIG_IGN);
    std::filesystem::create_directories(folder_);
    authority_ = *MakeAuthority("Test");
    server_files_ = Make("server");
    CallRunner::Options options{
        .pool = &pool_,
        .metrics = &metrics_,
        .log = &log_,
        .clock = &clock_,
        .call_limit = absl::Minutes(5),
        .authorise = [this](const CallerCredentials& caller, absl::string_view) { return Authorise(caller); }};
    runner_ = std::make_unique<CallRunner>(std::move(options));
    runner_->AddUnary<DeliverRequest, DeliverResponse>(
        "test.Service", "Echo", [](const CallInfo&, const DeliverRequest& in, DeliverResponse* out) -> CallOutcome {
          *out->mutable_envelope() = in.envelope();
          return absl::OkStatus();
        });
    runner_->AddUnary<DeliverRequest, DeliverResponse>(
        "test.Service", "Wait",
        [this](const CallInfo& info, const DeliverRequest& in, DeliverResponse*) -> CallOutcome {
          ++asked_;
          const absl::MutexLock lock(&mutex_);
          waiting_.insert(&in);
          return info.stopping ? CallOutcome(absl::OkStatus()) : std::nullopt;
        });
  }
  ~HttpServerTest() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  // A token is the name of a client here.
  absl::StatusOr<std::string> Authorise(const CallerCredentials& caller) const {
    if (caller.authorization.size() == 1) return caller.authorization[0].substr(sizeof("Bearer"));
    // A reason whose code is UNAUTHENTICATED, in the place of all that a token can be refused for.
    if (caller.authorization.size() > 1) return base::Problem(Reason::kNoteSignature, "token");
    if (open_to_anybody_) return std::string(kAnybody);
    RETURN_IF_ERROR(caller.certificate_sha256.status());
    if (known_.count(*caller.certificate_sha256) == 0) return base::Problem(Reason::kClientUnknown, "certificate");
    return caller.certificate_sha256;
  }
  void Start(int connections_max = 100) {
    auto started = HttpServer::Start({.listen = "127.0.0.1:0",
                                      .tls = server_files_,
                                      .allowed_origins = {},
                                      .runner = runner_.get(),
                                      .clock = &clock_,
                                      .connections_max = connections_max});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  void Stop() {
    runner_->Stop();
    pool_.Drain();
    if (server_ != nullptr) server_->Stop();
  }

  // Files of a client of the trusted authority, known to the node or not.
  config::v1::TlsFiles Make(const std::string& name, bool known = true) {
    const CertificatePems pems = *MakeCertificate(authority_, NodeCertificateUri(name));
    config::v1::TlsFiles files;
    files.set_certificate(Put(name + ".pem", pems.certificate));
    files.set_private_key(Put(name + ".key", pems.private_key));
    files.set_trusted_authorities(Put(name + ".ca", authority_.certificate));
    if (known) known_.insert(*CertificateSha256(pems.certificate));
    return files;
  }
  std::string Put(const std::string& name, const std::string& content) {
    std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path) << content;
    return path;
  }

  const std::string folder_;
  CertificatePems authority_;
  config::v1::TlsFiles server_files_;
  std::set<std::string> known_;
  bool open_to_anybody_ = false;  // whether who brings no token is a stranger who may call
  testing::FakeClock clock_;
  Log log_;
  Metrics metrics_;
  WorkerPool pool_{4, 100};
  std::atomic<int> asked_ = 0;
  absl::Mutex mutex_;
  std::set<const DeliverRequest*> waiting_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<CallRunner> runner_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AClientThatIsNotKnownHasNoBodyKeptFreeForIt) {
  const config::v1::TlsFiles removed = Make("removed", false);
  Start();
  Client client(server_->port(), removed);
  client.Send(
      "POST /test.Service/Echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/proto\r\n"
      "Content-Length: 60000000\r\n\r\n");
  EXPECT_TRUE(absl::StartsWith(client.Read(), "HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, WhoSaysNothingKeepsNobodyOut) {
  const config::v1::TlsFiles known = Make("known");
  Start(/*connections_max=*/4);
  std::vector<int> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(Connect(server_->port()));
  Client client(server_->port(), known);
  EXPECT_TRUE(absl::StartsWith(client.Ask("Echo", ""), "HTTP/1.1 200 "));
  // And once more in their place.
  for (int i = 0; i < 8; ++i) silent.push_back(Connect(server_->port()));
  EXPECT_TRUE(absl::StartsWith(client.Ask("Echo", ""), "HTTP/1.1 200 "));
  for (const int connection : silent) close(connection);
}

TEST_F(HttpServerTest, AClientHasHalfOfTheConnectionsAndIdleOnesMakeRoom) {
  const config::v1::TlsFiles one = Make("one");
  const config::v1::TlsFiles two = Make("two");
  const config::v1::TlsFiles three = Make("three");
  Start(/*connections_max=*/4);
  Client first(server_->port(), one);
  EXPECT_TRUE(absl::StartsWith(first.Ask("Echo", ""), "HTTP/1.1 200 "));
  Client second(server_->port(), one);
  EXPECT_TRUE(absl::StartsWith(second.Ask("Echo", ""), "HTTP/1.1 200 "));
  Client too_many(server_->port(), one);
  EXPECT_EQ(too_many.Ask("Echo", ""), "");
  Client third(server_->port(), two);
  EXPECT_TRUE(absl::StartsWith(third.Ask("Echo", ""), "HTTP/1.1 200 "));
  Client fourth(server_->port(), two);
  EXPECT_TRUE(absl::StartsWith(fourth.Ask("Echo", ""), "HTTP/1.1 200 "));
  Client fifth(server_->port(), three);
  EXPECT_TRUE(absl::StartsWith(fifth.Ask("Echo", ""), "HTTP/1.1 200 "));
  EXPECT_EQ(first.Ask("Echo", ""), "") << "the oldest that had nothing to ask";
  EXPECT_TRUE(absl::StartsWith(second.Ask("Echo", ""), "HTTP/1.1 200 "));
  // A place that is free again is its client's.
  Client again(server_->port(), one);
  EXPECT_TRUE(absl::StartsWith(again.Ask("Echo", ""), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ClientsWithTokensHaveTheSamePartAsThoseWithCertificates) {
  const config::v1::TlsFiles two = Make("two");
  const std::string one = "Authorization: Bearer one\r\n";
  Start(/*connections_max=*/4);
  Client stranger(server_->port());
  EXPECT_TRUE(absl::StartsWith(stranger.Ask("Echo", ""), "HTTP/1.1 403 "));
  Client first(server_->port());
  EXPECT_TRUE(absl::StartsWith(first.Ask("Echo", "", one), "HTTP/1.1 200 "));
  Client second(server_->port());
  EXPECT_TRUE(absl::StartsWith(second.Ask("Echo", "", one), "HTTP/1.1 200 "));
  Client too_many(server_->port());
  EXPECT_TRUE(absl::StartsWith(too_many.Ask("Echo", "", one), "HTTP/1.1 503 "));
  Client other(server_->port(), two);
  EXPECT_TRUE(absl::StartsWith(other.Ask("Echo", ""), "HTTP/1.1 200 "));
  EXPECT_TRUE(absl::StartsWith(first.Ask("Echo", "", one), "HTTP/1.1 200 ")) << "strangers went first";
  // A connection that another client goes on with counts for that one.
  EXPECT_TRUE(absl::StartsWith(second.Ask("Echo", "", "Authorization: Bearer three\r\n"), "HTTP/1.1 200 "));
  Client third(server_->port());
  EXPECT_TRUE(absl::StartsWith(third.Ask("Echo", "", one), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, BodiesOfClientsWithTokensCount) {
  Start();
  const std::string head =
      "POST /test.Service/Echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/proto\r\n"
      "Authorization: Bearer one\r\nExpect: 100-continue\r\nContent-Length: 60000000\r\n\r\n";
  std::vector<std::unique_ptr<Client>> connections;
  for (const char* answer : {"HTTP/1.1 100 ", "HTTP/1.1 100 ", "HTTP/1.1 503 ", "HTTP/1.1 503 "}) {
    connections.push_back(std::make_unique<Client>(server_->port()));
    connections.back()->Send(head);
    EXPECT_TRUE(absl::StartsWith(connections.back()->Read(), answer)) << connections.size();
  }
  Client other(server_->port());
  EXPECT_TRUE(absl::StartsWith(other.Ask("Echo", "", "Authorization: Bearer two\r\n"), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AStrangersBodyIsShortHoweverItComes) {
  open_to_anybody_ = true;
  Start();
  const auto ask = [this](const std::string& request) {
    Client client(server_->port());
    client.Send(request);
    return client.Read();
  };
  const std::string head = "POST /test.Service/Echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/proto\r\n";
  DeliverRequest request;
  request.mutable_envelope()->set_body(std::string(kRequestBytesOfAnybodyMax - 100, 'b'));
  EXPECT_TRUE(absl::StartsWith(ask(Request("Echo", request.SerializeAsString())), "HTTP/1.1 200 "));
  // Before a byte of it was sent.
  const std::string announced = ask(absl::StrCat(head, "Content-Length: ", kRequestBytesOfAnybodyMax + 1, "\r\n\r\n"));
  EXPECT_TRUE(absl::StartsWith(announced, "HTTP/1.1 413 ")) << announced;
  EXPECT_TRUE(absl::StrContains(announced, "INPUT_TOO_LARGE")) << announced;
  EXPECT_TRUE(absl::StrContains(announced, R"("place":"body")")) << announced;
  std::string chunks;
  for (int i = 0; i < 5; ++i) absl::StrAppend(&chunks, "4000\r\n", std::string(0x4000, 'b'), "\r\n");
  const std::string chunked = ask(absl::StrCat(head, "Transfer-Encoding: chunked\r\n\r\n", chunks));
  EXPECT_TRUE(absl::StartsWith(chunked, "HTTP/1.1 413 ")) << chunked;
  request.mutable_envelope()->set_body(std::string(1u << 20, 'b'));
  const std::string packed = ask(Request("Echo", Gzip(request.SerializeAsString()), "Content-Encoding: gzip\r\n"));
  EXPECT_TRUE(absl::StrContains(packed, "COMPRESSED_DATA_TOO_LARGE")) << packed;
  // A client's may be long.
  const std::string token = "Authorization: Bearer one\r\n";
  EXPECT_TRUE(absl::StartsWith(ask(Request("Echo", request.SerializeAsString(), token)), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ARefusedTokenIsUnauthorized) {
  Start();
  Client client(server_->port());
  const std::string answer = client.Ask("Echo", "", "Authorization: Bearer one\r\nAuthorization: Bearer two\r\n");
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 401 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\r\nWWW-Authenticate: Bearer\r\n")) << answer;
}

TEST_F(HttpServerTest, AConnectionEndsAfterAnHour) {
  const config::v1::TlsFiles known = Make("known");
  Start();
  Client client(server_->port(), known);
  EXPECT_FALSE(absl::StrContains(client.Ask("Echo", ""), "Connection: close"));
  clock_.Advance(absl::Minutes(61));
  const std::string last = client.Ask("Echo", "");
  EXPECT_TRUE(absl::StartsWith(last, "HTTP/1.1 200 "));
  EXPECT_TRUE(absl::StrContains(last, "Connection: close")) << last;
}

TEST_F(HttpServerTest, BodiesCountAsWhatTheyAreUnpackedTo) {
  const config::v1::TlsFiles clients[] = {Make("one"), Make("two"), Make("three")};
  DeliverRequest request;
  request.mutable_envelope()->set_body(std::string(60u << 20, '\0'));
  const std::string packed = Gzip(request.SerializeAsString());
  request.Clear();
  Start();
  std::vector<std::unique_ptr<Client>> waiting;
  for (size_t i = 0; i < 4; ++i) {
    waiting.push_back(std::make_unique<Client>(server_->port(), clients[i / 2]));
    waiting.back()->Send(Request("Wait", packed, "Content-Encoding: gzip\r\n"));
    const absl::MutexLock lock(&mutex_);
    const auto waits = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return waiting_.size() > i; };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&waits), absl::Seconds(60)));
    // One client gets half of the memory.
    if (i != 1) continue;
    mutex_.Unlock();
    Client same(server_->port(), clients[0]);
    EXPECT_TRUE(absl::StartsWith(same.Ask("Wait", packed, "Content-Encoding: gzip\r\n"), "HTTP/1.1 503 "));
    EXPECT_TRUE(absl::StartsWith(same.Ask("Echo", ""), "HTTP/1.1 200 "));
    mutex_.Lock();
  }
  Client other(server_->port(), clients[2]);
  EXPECT_TRUE(absl::StartsWith(other.Ask("Wait", packed, "Content-Encoding: gzip\r\n"), "HTTP/1.1 503 "));
  EXPECT_TRUE(absl::StartsWith(other.Ask("Echo", ""), "HTTP/1.1 200 "));
}

// Announcing a body that never comes must not be enough.
TEST_F(HttpServerTest, BodiesThatWereRefusedCountNoMore) {
  const config::v1::TlsFiles one = Make("one");
  const config::v1::TlsFiles two = Make("two");
  Start();
  const std::string head =
      "POST /test.Service/Echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/proto\r\nContent-Length: "
      "60000000\r\n\r\n";
  std::vector<std::unique_ptr<Client>> connections;
  for (int i = 0; i < 20; ++i) {
    connections.push_back(std::make_unique<Client>(server_->port(), one));
    connections.back()->Send(head);
  }
  // Which two come first is the server's affair.
  std::set<size_t> refused;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); refused.size() < 18 && absl::Now() < end;) {
    for (size_t i = 0; i < connections.size(); ++i) {
      if (refused.count(i) > 0) continue;
      if (absl::StartsWith(connections[i]->Read(absl::Milliseconds(100)), "HTTP/1.1 503 ")) refused.insert(i);
    }
  }
  EXPECT_EQ(refused.size(), 18u);
  Client other(server_->port(), two);
  EXPECT_TRUE(absl::StartsWith(other.Ask("Echo", ""), "HTTP/1.1 200 "));
  other.Send(head + std::string(60000000, '\0'));
  EXPECT_TRUE(absl::StartsWith(other.Read(), "HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, StopsWhenTheLastCallWasAnswered) {
  const config::v1::TlsFiles known = Make("known");
  Start();
  Client client(server_->port(), known);
  client.Send(Request("Wait", ""));
  // By then it is asked again every 200 ms only.
  for (const absl::Time end = absl::Now() + absl::Seconds(20); asked_ < 8 && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  ASSERT_GE(asked_.load(), 8);
  Stop();
  EXPECT_TRUE(runner_->WaitUntilIdle(absl::Now() + absl::Milliseconds(100)));
}

}  // namespace
}  // namespace passerelle::gateway
