// Mutual TLS, authentication on every call, and delivery, over real sockets.
#include "gateway/grpc/tls.h"

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/grpc/peer_transport.h"
#include "gateway/grpc/ports.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/make_certificates.h"
#include "gateway/system/system_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::ReasonOf;
using relay::v1::DeliverRequest;
using relay::v1::DeliverResponse;

// gRPC reads its ciphers once, so this has to be before everything, as in main.
const bool kTls13Required = [] {
  RequireTls13();
  return true;
}();

// Answers with the caller's id, after being asked again as often as the body's first byte says.
class EchoService : public relay::v1::RelayService::CallbackService {
 public:
  explicit EchoService(CallRunner* runner) : runner_(runner) { runner->AddMethod(service_name(), "Deliver"); }
  static std::string service_name() { return relay::v1::RelayService::service_full_name(); }

  grpc::ServerUnaryReactor* Deliver(grpc::CallbackServerContext* context, const DeliverRequest* request,
                                    DeliverResponse* response) override {
    return runner_->Run(
        context, service_name(), "Deliver", request, response,
        [this, asked = 0](const CallInfo& info, const DeliverRequest& in, DeliverResponse* out) mutable -> CallOutcome {
          ++works_;
          encrypted_ = in.has_encrypted() && !in.has_envelope();
          const std::string& body = in.envelope().body();
          if (!body.empty() && asked++ < body[0] && !info.stopping) return std::nullopt;
          out->mutable_envelope()->set_body(info.caller);
          return absl::OkStatus();
        });
  }
  int works() const { return works_; }
  bool encrypted() const { return encrypted_; }

 private:
  CallRunner* runner_;
  std::atomic<int> works_ = 0;
  std::atomic<bool> encrypted_ = false;  // whether the last request was
};

class TlsTest : public ::testing::Test {
 public:
  ~TlsTest() override {
    listening_.server->Shutdown();
    std::filesystem::remove_all(folder_);
  }

 protected:
  TlsTest() : folder_(absl::StrCat(::testing::TempDir(), "/tls_", getpid(), "_", count++)), log_(std::tmpfile()) {
    std::filesystem::create_directories(folder_);
    authority_ = *MakeAuthority("Test");
    server_ = Make("server", authority_);
    CallRunner::Options options{
        .pool = &pool_,
        .metrics = &metrics_,
        .log = &log_,
        .clock = &clock_,
        .call_limit = absl::Seconds(10),
        .authorise = [this](const CallerCredentials& caller, absl::string_view) { return Authorise(caller); }};
    runner_ = std::make_unique<CallRunner>(std::move(options));
    echo_ = std::make_unique<EchoService>(runner_.get());
    auto listening =
        StartServer("127.0.0.1:0", MakeServerCredentials(server_, ClientCertificate::kRequired), {echo_.get()});
    EXPECT_TRUE(listening.ok()) << listening.status();
    listening_ = *std::move(listening);
  }

  absl::StatusOr<std::string> Authorise(const CallerCredentials& caller) {
    const absl::MutexLock lock(&mutex_);
    shown_ = caller;
    RETURN_IF_ERROR(caller.certificate_sha256.status());
    if (known_.contains(*caller.certificate_sha256)) return std::string("NO");
    return base::Problem(Reason::kPeerUnknown, "certificate");
  }
  void Know(const config::v1::TlsFiles& files, bool known = true) {
    const absl::MutexLock lock(&mutex_);
    if (known) {
      known_.insert(Sha256Of(files));
    } else {
      known_.erase(Sha256Of(files));
    }
  }

  config::v1::TlsFiles Make(const std::string& name, const CertificatePems& authority) {
    const CertificatePems pems = *MakeCertificate(authority, NodeCertificateUri(name));
    config::v1::TlsFiles files;
    files.set_certificate(Put(name + ".pem", pems.certificate));
    files.set_private_key(Put(name + ".key", pems.private_key));
    files.set_trusted_authorities(Put(name + ".ca", authority_.certificate));
    return files;
  }
  std::string Put(const std::string& name, const std::string& content) {
    std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path) << content;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string Sha256Of(const config::v1::TlsFiles& files) {
    return *CertificateSha256(Read(files.certificate()));
  }
  PeerTransport::Options OptionsOf(const config::v1::TlsFiles& client, absl::Duration limit) {
    return {.tls = client, .call_limit = limit, .circuits = &circuits_, .encryption = &encryption_, .log = &log_};
  }
  // The server, as the node map has it.
  federation::v1::Node ServerNode() const {
    federation::v1::Node node;
    node.set_id("NL");
    node.set_endpoint(Address());
    node.add_tls_certificate_sha256(Sha256Of(server_));
    return node;
  }
  std::string Address() const { return absl::StrCat("127.0.0.1:", listening_.port); }

  std::unique_ptr<relay::v1::RelayService::Stub> StubOf(const config::v1::TlsFiles& files) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return relay::v1::RelayService::NewStub(
        grpc::CreateCustomChannel(Address(), MakeChannelCredentials(files, {Sha256Of(server_)}), arguments));
  }
  static absl::StatusOr<std::string> Deliver(relay::v1::RelayService::Stub& stub, const std::string& body,
                                             absl::Duration limit = absl::Seconds(10)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit));
    DeliverRequest request;
    request.mutable_envelope()->set_body(body);
    DeliverResponse response;
    const grpc::Status status = stub.Deliver(&context, request, &response);
    if (!status.ok()) return FromPeer(status);
    return response.envelope().body();
  }

  static inline int count = 0;
  const std::string folder_;
  CertificatePems authority_;
  config::v1::TlsFiles server_;
  SystemClock clock_;
  federation::NodeMapHolder nodes_{*federation::NodeDirectory::Make({})};
  federation::DecryptionKeys keys_;
  relay::CircuitBreaker circuits_{&clock_};
  relay::Encryption encryption_{{.node = "NO", .nodes = &nodes_, .keys = &keys_, .clock = &clock_}};
  Log log_;
  Metrics metrics_;
  WorkerPool pool_{4, 100};
  absl::Mutex mutex_;
  std::set<std::string> known_ ABSL_GUARDED_BY(mutex_);
  CallerCredentials shown_ ABSL_GUARDED_BY(mutex_);  // by the last call
  std::unique_ptr<CallRunner> runner_;
  std::unique_ptr<EchoService> echo_;
  ListeningServer listening_;
};

TEST_F(TlsTest, TakesACallOfAKnownCertificate) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  const auto answer = Deliver(*stub, "");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, "NO");
}

TEST_F(TlsTest, RefusesAnUnknownCertificateOfATrustedAuthorityOnEveryCall) {
  const auto stub = StubOf(Make("XX", authority_));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ReasonOf(Deliver(*stub, "").status()), Reason::kPeerUnknown);
  EXPECT_EQ(echo_->works(), 0);
}

TEST_F(TlsTest, RefusesACertificateRevokedAfterTheConnectionWasMade) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  ASSERT_TRUE(Deliver(*stub, "").ok());
  Know(client, false);
  EXPECT_EQ(ReasonOf(Deliver(*stub, "").status()), Reason::kPeerUnknown);
  EXPECT_EQ(echo_->works(), 1);
}

TEST_F(TlsTest, RefusesACertificateOfAnotherAuthority) {
  const auto client = Make("NO", *MakeAuthority("Other"));
  Know(client);
  const auto stub = StubOf(client);
  EXPECT_EQ(ReasonOf(Deliver(*stub, "").status()), Reason::kPeerUnreachable);
  EXPECT_EQ(echo_->works(), 0);
}

TEST_F(TlsTest, RefusesACallerWithoutCertificate) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.certificate;
  const auto stub = relay::v1::RelayService::NewStub(grpc::CreateChannel(Address(), grpc::SslCredentials(options)));
  EXPECT_EQ(ReasonOf(Deliver(*stub, "").status()), Reason::kPeerUnreachable);
  EXPECT_EQ(echo_->works(), 0);
}

TEST_F(TlsTest, HandsOnWhatACallerWithoutCertificateShowsWhereNoneIsNeeded) {
  auto open = StartServer("127.0.0.1:0", MakeServerCredentials(server_, ClientCertificate::kOptional), {echo_.get()});
  ASSERT_TRUE(open.ok()) << open.status();
  const std::string address = absl::StrCat("127.0.0.1:", open->port);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.certificate;
  const auto stub = relay::v1::RelayService::NewStub(grpc::CreateChannel(address, grpc::SslCredentials(options)));
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer one");
  context.AddMetadata("authorization", "Bearer two");
  DeliverResponse response;
  EXPECT_EQ(ReasonOf(FromPeer(stub->Deliver(&context, {}, &response))), Reason::kClientUnknown);
  {
    const absl::MutexLock lock(&mutex_);
    EXPECT_THAT(shown_.authorization, ::testing::UnorderedElementsAre("Bearer one", "Bearer two"));
    EXPECT_FALSE(shown_.certificate_sha256.ok());
  }
  // A certificate that is shown has to be of the trusted authority all the same.
  const CertificatePems other = *MakeCertificate(*MakeAuthority("Other"), NodeCertificateUri("NO"));
  options.pem_cert_chain = other.certificate;
  options.pem_private_key = other.private_key;
  const auto stranger = relay::v1::RelayService::NewStub(grpc::CreateChannel(address, grpc::SslCredentials(options)));
  EXPECT_EQ(ReasonOf(Deliver(*stranger, "").status()), Reason::kPeerUnreachable);
  EXPECT_EQ(echo_->works(), 0);
  open->server->Shutdown();
}

// What `openssl s_client` sees of the handshake.
std::string Handshake(const std::string& address, const config::v1::TlsFiles& files, const std::string& version) {
  const std::string command =
      absl::StrCat("openssl s_client -connect ", address, " -alpn h2 -", version, " -cert ", files.certificate(),
                   " -key ", files.private_key(), " -CAfile ", files.trusted_authorities(), " </dev/null 2>&1");
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  while (pipe != nullptr && std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  if (pipe != nullptr) pclose(pipe);
  return output;
}

TEST_F(TlsTest, SpeaksTls13Only) {
  if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "SKIPPED: the openssl program is not there";
  ASSERT_TRUE(kTls13Required);
  const auto client = Make("NO", authority_);
  EXPECT_THAT(Handshake(Address(), client, "tls1_3"), ::testing::HasSubstr("New, TLSv1.3"));
  EXPECT_THAT(Handshake(Address(), client, "tls1_2"), ::testing::Not(::testing::HasSubstr("New, TLSv1")));
}

TEST_F(TlsTest, SendsNothingToANodeWithAnotherCertificateThanTheNodeMapNames) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Seconds(5)));
  federation::v1::Node node;
  node.set_id("NL");
  node.set_endpoint(Address());
  node.add_tls_certificate_sha256(Sha256Of(client));
  EXPECT_EQ(ReasonOf(transport.Deliver(node, {}).status()), Reason::kPeerUnreachable);
  EXPECT_EQ(echo_->works(), 0);
  // The node map is corrected: the next message finds the node.
  node.add_tls_certificate_sha256(Sha256Of(server_));
  const auto answer = transport.Deliver(node, {});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->body(), "NO");
}

TEST_F(TlsTest, SendsNothingUnderAnotherHostName) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Seconds(5)));
  federation::v1::Node node;
  node.set_id("NL");
  // The certificates name localhost and 127.0.0.1, not this way to write the same machine.
  node.set_endpoint(absl::StrCat("127.0.0.2:", listening_.port));
  node.add_tls_certificate_sha256(Sha256Of(server_));
  EXPECT_EQ(ReasonOf(transport.Deliver(node, {}).status()), Reason::kPeerUnreachable);
  EXPECT_EQ(echo_->works(), 0);
}

TEST_F(TlsTest, TellsATimeoutFromAnUnreachableNode) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Milliseconds(400)));
  federation::v1::Node node;
  node.set_id("NL");
  node.set_endpoint(Address());
  node.add_tls_certificate_sha256(Sha256Of(server_));
  ASSERT_TRUE(transport.Deliver(node, {}).ok());
  relay::v1::Envelope slow;
  slow.set_body("\x7f");
  EXPECT_EQ(ReasonOf(transport.Deliver(node, slow).status()), Reason::kPeerTimeout);
  transport.Stop();
  EXPECT_EQ(ReasonOf(transport.Deliver(node, slow).status()), Reason::kStopping);
}

TEST_F(TlsTest, SendsWithoutWaitingAndHandsEveryAnswerOver) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Seconds(30)));
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  const auto send = [&](const char* body) {
    relay::v1::Envelope envelope;
    envelope.set_body(body);
    transport.Send(ServerNode(), envelope,
                   [&](const absl::StatusOr<relay::v1::Envelope>& answer) { answer.ok() ? ++answered : ++refused; });
  };
  // One thread, and more that wait than it has.
  for (int i = 0; i < 40; ++i) send("\x7f");
  send("");
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (answered == 0 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(answered, 1) << "the one that did not wait";
  EXPECT_EQ(refused, 0);
  transport.Stop();
  EXPECT_EQ(answered + refused, 41) << "nobody is left without an answer";
  send("");
  EXPECT_EQ(answered + refused, 42);
}

TEST_F(TlsTest, LeavesANodeAloneThatItCannotReach) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Seconds(5)));
  federation::v1::Node node = ServerNode();
  node.set_endpoint("127.0.0.1:1");
  for (int i = 0; i < relay::kFailuresToOpen; ++i) {
    const absl::Status status = transport.Deliver(node, {}).status();
    EXPECT_EQ(ReasonOf(status), Reason::kPeerUnreachable);
    EXPECT_EQ(base::PlaceOf(status), "") << "it was called";
  }
  EXPECT_EQ(base::PlaceOf(transport.Deliver(node, {}).status()), "circuit");
  absl::Status sent;
  transport.Send(node, {}, [&](const absl::StatusOr<relay::v1::Envelope>& answer) { sent = answer.status(); });
  EXPECT_EQ(base::PlaceOf(sent), "circuit") << "at once";
  EXPECT_EQ(base::PlaceOf(transport.GetNodeMap(node, 1).status()), "circuit");
  EXPECT_GT(transport.MayCallAt("NL"), clock_.Now() - absl::Minutes(1));
  // It is back, after the pause.
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  absl::StatusOr<relay::v1::Envelope> answer = base::Problem(Reason::kPeerUnreachable, "");
  while (!answer.ok() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(20));
    answer = transport.Deliver(ServerNode(), {});
  }
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST_F(TlsTest, ARefusalIsNoFailureToReach) {
  PeerTransport transport(OptionsOf(Make("XX", authority_), absl::Seconds(5)));
  for (int i = 0; i < 2 * relay::kFailuresToOpen; ++i) {
    EXPECT_EQ(ReasonOf(transport.Deliver(ServerNode(), {}).status()), Reason::kPeerUnknown);
  }
}

TEST_F(TlsTest, EncryptsToANodeThatHasAKey) {
  const auto client = Make("NO", authority_);
  Know(client);
  PeerTransport transport(OptionsOf(client, absl::Seconds(5)));
  ASSERT_TRUE(transport.Deliver(ServerNode(), {}).ok());
  EXPECT_FALSE(echo_->encrypted());
  federation::v1::NodeMap map;
  map.set_version(1);
  federation::v1::Node& node = *map.add_nodes();
  node = ServerNode();
  node.set_state(federation::v1::NODE_STATE_ACTIVE);
  const proof::EncryptionKey key = proof::DecryptionKey::Generate()->encryption_key();
  federation::v1::ContentKey& content = *node.add_content_keys();
  content.set_kid(key.thumbprint());
  content.set_jwk(key.jwk());
  content.set_use(federation::v1::CONTENT_KEY_USE_ENCRYPTION);
  ASSERT_TRUE(nodes_.Replace(*federation::NodeDirectory::Make(map)).ok());
  const auto answer = transport.Deliver(ServerNode(), {});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->body(), "NO");
  EXPECT_TRUE(echo_->encrypted());
}

TEST_F(TlsTest, HoldsNoThreadWhileACallWaits) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  // More waiting calls than the pool has threads, and none keeps the others out.
  std::vector<std::thread> callers;
  callers.reserve(12);
  std::atomic<int> answered = 0;
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&] { answered += Deliver(*stub, "\x04").ok() ? 1 : 0; });
  }
  EXPECT_TRUE(Deliver(*stub, "").ok());
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, 12);
  EXPECT_EQ(echo_->works(), 12 * 5 + 1);
}

TEST_F(TlsTest, EndsACallAtItsDeadline) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  ASSERT_TRUE(Deliver(*stub, "").ok());
  EXPECT_EQ(Deliver(*stub, "\x7f", absl::Milliseconds(300)).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, RefusesNewCallsAndAnswersWaitingOnesWhenStopping) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  ASSERT_TRUE(Deliver(*stub, "").ok());
  absl::StatusOr<std::string> waiting;
  std::thread caller([&] { waiting = Deliver(*stub, "\x7f"); });
  while (echo_->works() < 3) usleep(1000);
  runner_->Stop();
  caller.join();
  EXPECT_TRUE(waiting.ok()) << waiting.status();
  EXPECT_EQ(ReasonOf(Deliver(*stub, "").status()), Reason::kStopping);
}

TEST_F(TlsTest, RefusesAMessageThatIsTooLarge) {
  const auto client = Make("NO", authority_);
  Know(client);
  const auto stub = StubOf(client);
  EXPECT_FALSE(Deliver(*stub, std::string(base::kGrpcMessageBytesMax + 1, '\0')).ok());
  EXPECT_EQ(echo_->works(), 0);
}

TEST_F(TlsTest, SaysThatAPortIsTaken) {
  const auto second = StartServer(Address(), MakeServerCredentials(server_, ClientCertificate::kRequired), {});
  EXPECT_EQ(ReasonOf(second.status()), Reason::kPortUnavailable);
  EXPECT_EQ(base::DetailOf(second.status()), "Address already in use");
  // An address for documentation (RFC 5737), which no machine has.
  const auto nowhere = StartServer("203.0.113.7:0", MakeServerCredentials(server_, ClientCertificate::kRequired), {});
  EXPECT_EQ(ReasonOf(nowhere.status()), Reason::kPortUnavailable);
  EXPECT_EQ(base::DetailOf(nowhere.status()),
            "this machine has no such address; choose one that it has, such as 127.0.0.1");
}

TEST_F(TlsTest, TakesAReplacedCertificateWithoutARestart) {
  const auto client = Make("NO", authority_);
  Know(client);
  const CertificatePems fresh = *MakeCertificate(authority_, NodeCertificateUri("server"));
  Put("server.key", fresh.private_key);
  Put("server.pem", fresh.certificate);
  absl::StatusOr<std::string> answer;
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  do {
    usleep(200'000);
    answer = Deliver(*StubOf(client), "");  // names the fresh certificate
  } while (!answer.ok() && absl::Now() < give_up);
  EXPECT_TRUE(answer.ok()) << answer.status();
}

}  // namespace
}  // namespace passerelle::gateway
