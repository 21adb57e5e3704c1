// A node as an operator meets it: configuration, ports, health, metrics, node map, drain.
#include "gateway/node/node.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/authenticity/verdict_record.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/proof/key.h"
#include "core/trust/signed_bundle.h"
#include "gateway/config/node_config.h"
#include "gateway/config/yaml.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/make_certificates.h"
#include "gateway/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "passerelle/authenticity/v1/authenticity_service.grpc.pb.h"
#include "passerelle/exchange/v1/exchange_service.grpc.pb.h"
#include "passerelle/federation/v1/node_map.pb.h"
#include "passerelle/sharing/v1/sharing_service.grpc.pb.h"
#include "tests/support/deflate.h"
#include "tests/support/health.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;
using ::testing::HasSubstr;

const bool kTls13Required = [] {
  RequireTls13();
  return true;
}();

constexpr char kConfig[] = R"(node: NO
node_map: map.yaml
message_key: message.key
store: store.db
client_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
  clients:
  - {id: portal, certificate_sha256: "CLIENT", services: [passerelle.exchange.v1.ExchangeService]}
peer_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
time_limits: {drain: 2s}
ports_file: ports.json
)";

class NodeTest : public ::testing::Test {
 public:
  ~NodeTest() override {
    std::fclose(log_);
    std::filesystem::remove_all(folder_);
  }

 protected:
  NodeTest() : folder_(absl::StrCat(::testing::TempDir(), "/node_", getpid(), "_", count++)) {
    std::filesystem::create_directories(folder_);
    const CertificatePems authority = *MakeAuthority("Test");
    const CertificatePems tls = *MakeCertificate(authority, NodeCertificateUri("NO"));
    client_ = *MakeCertificate(authority, "urn:passerelle:client:portal");
    const auto key = proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
    Put("ca.pem", authority.certificate);
    Put("tls.pem", tls.certificate);
    Put("tls.key", tls.private_key);
    Put("message.key", *key->ToPem());
    map_.set_federation("Test");
    map_.set_version(5);
    federation::v1::Node* node = map_.add_nodes();
    node->set_id("NO");
    node->set_competent_authority("Authority");
    node->set_country("NO");
    node->set_endpoint("127.0.0.1:1");
    node->set_state(federation::v1::NODE_STATE_ACTIVE);
    node->add_tls_certificate_sha256(*CertificateSha256(tls.certificate));
    federation::v1::MessageKey* message_key = node->add_message_keys();
    message_key->set_kid(key->verification_key().thumbprint());
    message_key->set_jwk(key->verification_key().jwk());
    PutMap(5);
    config_ = absl::StrReplaceAll(kConfig, {{"CLIENT", *CertificateSha256(client_.certificate)}});
    Put("node.yaml", config_);
    log_ = std::fopen((folder_ + "/log").c_str(), "w");
  }

  void Put(const std::string& name, const std::string& content) {
    const std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path + ".new") << content;
    chmod((path + ".new").c_str(), 0600);
    std::filesystem::rename(path + ".new", path);
  }
  void PutMap(uint64_t version) {
    map_.set_version(version);
    Put("map.yaml", WriteYaml(map_));
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(absl::StrCat(folder_, "/", name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string ConfigPath() const { return folder_ + "/node.yaml"; }
  absl::StatusOr<std::unique_ptr<Node>> Start() {
    auto config = LoadNodeConfig(ConfigPath());
    if (!config.ok()) return config.status();
    auto store = SqliteStore::Open(config->store());
    if (!store.ok()) return store.status();
    return Node::Start(*config, {.store = *std::move(store),
                                 .adapters = document::Registry({}),
                                 .log = log_,
                                 .config_path = ConfigPath(),
                                 .version = "9.8.7"});
  }
  // Waits until the log holds the text.
  bool Logs(const std::string& text) const { return LogsTimes(text, 1); }
  bool LogsTimes(const std::string& text, size_t times) const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (absl::Now() < end) {
      if (std::vector<std::string>(absl::StrSplit(Read("log"), text)).size() > times) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }
  std::string CertificateDigest() const { return *CertificateSha256(client_.certificate); }
  std::shared_ptr<grpc::Channel> ClientChannel(const Node& node) const {
    grpc::SslCredentialsOptions options{Read("ca.pem"), client_.private_key, client_.certificate};
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", node.ports().client), grpc::SslCredentials(options));
  }

  static inline int count = 0;
  const std::string folder_;
  CertificatePems client_;
  federation::v1::NodeMap map_;
  std::string config_;
  std::FILE* log_;
};

std::string HttpGet(int port, const std::string& path) {
  const std::string command = absl::StrCat("curl -s --max-time 10 http://127.0.0.1:", port, path);
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  while (pipe != nullptr && std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
  if (pipe != nullptr) pclose(pipe);
  return output;
}

TEST_F(NodeTest, ServesAndSaysWhere) {
  ASSERT_TRUE(kTls13Required);
  const auto node = Start();
  ASSERT_THAT(node, IsOk());
  const Node::Ports& ports = (*node)->ports();
  EXPECT_EQ(Read("ports.json"), absl::StrCat("{\"client\":\"127.0.0.1:", ports.client, "\",\"peer\":\"127.0.0.1:",
                                             ports.peer, "\",\"admin\":\"127.0.0.1:", ports.admin,
                                             "\",\"metrics\":\"127.0.0.1:", ports.metrics, "\"}\n"));
  EXPECT_TRUE(Logs("\"event\":\"node.ready\",\"node\":\"NO\""));
  EXPECT_EQ(testing::Health(ports.admin), "SERVING");

  const auto stub = exchange::v1::ExchangeService::NewStub(ClientChannel(**node));
  grpc::ClientContext context;
  exchange::v1::ListExchangesResponse response;
  EXPECT_TRUE(stub->ListExchanges(&context, {}, &response).ok());
  EXPECT_THAT(HttpGet(ports.metrics, "/metrics"),
              HasSubstr("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"ListExchanges\","
                        "grpc_service=\"passerelle.exchange.v1.ExchangeService\",grpc_type=\"unary\"} 1"));
}

TEST_F(NodeTest, AllowsAClientNothingBeyondItsServices) {
  const auto node = Start();
  ASSERT_THAT(node, IsOk());
  const auto stub = sharing::v1::SharingService::NewStub(ClientChannel(**node));
  grpc::ClientContext context;
  sharing::v1::GetAuthorisationResponse response;
  EXPECT_THAT(FromPeer(stub->GetAuthorisation(&context, {}, &response)), HasReason(Reason::kClientNotAllowed));
}

TEST_F(NodeTest, TakesOverWhoMayCallAndTellsWhatNeedsARestart) {
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const auto stub = sharing::v1::SharingService::NewStub(ClientChannel(*node));
  const auto reason = [&stub] {
    grpc::ClientContext context;
    sharing::v1::GetAuthorisationResponse response;
    return base::ReasonOf(FromPeer(stub->GetAuthorisation(&context, {}, &response)));
  };
  EXPECT_EQ(reason(), Reason::kClientNotAllowed);
  const std::string changed =
      absl::StrReplaceAll(config_, {{"[passerelle.exchange.v1.ExchangeService]",
                                     "[passerelle.exchange.v1.ExchangeService, passerelle.sharing.v1.SharingService]"},
                                    {"drain: 2s", "drain: 3s"}});
  Put("node.yaml", changed);
  ASSERT_TRUE(Logs("\"event\":\"config.needs_restart\",\"key\":\"time_limits\""));
  ASSERT_TRUE(Logs("\"event\":\"config.reloaded\",\"clients\":1"));
  EXPECT_NE(reason(), Reason::kClientNotAllowed);
  Put("node.yaml", changed + "cleint_port: {}\n");
  ASSERT_TRUE(Logs("\"event\":\"config.refused\""));
  EXPECT_TRUE(Logs("the nearest is \\\"client_port\\\""));
  EXPECT_NE(reason(), Reason::kClientNotAllowed) << "what was read last stays in use";
  Put("node.yaml", absl::StrReplaceAll(changed, {{CertificateDigest(), std::string(64, '0')}}));
  ASSERT_TRUE(LogsTimes("\"event\":\"config.reloaded\"", 2));
  EXPECT_EQ(reason(), Reason::kClientUnknown);
}

TEST_F(NodeTest, MeasuresWhatRunsOut) {
  map_.mutable_expire_time()->set_seconds(4'000'000'000);
  PutMap(5);
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const std::string page = HttpGet(node->ports().metrics, "/metrics");
  ASSERT_OK_AND_ASSIGN(const absl::Time end, CertificatesEnd(Read("tls.pem")));
  EXPECT_GT(end, absl::Now());
  for (const char* purpose : {"client_port", "peer_port"}) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat("passerelle_certificate_expiry_seconds{purpose=\"", purpose, "\"} ",
                                             absl::ToUnixSeconds(end))));
  }
  EXPECT_THAT(page, HasSubstr("passerelle_node_map_expiry_seconds 4000000000"));
  EXPECT_THAT(page, HasSubstr("passerelle_relay_overdue_seconds 0\n"));
  EXPECT_THAT(page, HasSubstr("passerelle_build_info{version=\"9.8.7\"} 1"));
  EXPECT_THAT(page, HasSubstr("passerelle_log_events_total{event=\"node.ready\",level=\"info\"} 1"));
  EXPECT_THAT(page, HasSubstr("passerelle_log_events_total{event=\"loop.failed\",level=\"error\"} 0"));
  EXPECT_THAT(page, HasSubstr("process_resident_memory_bytes "));
}

TEST_F(NodeTest, DrainsWithinItsLimit) {
  const auto node = Start();
  ASSERT_THAT(node, IsOk());
  const auto channel = ClientChannel(**node);
  const auto stub = exchange::v1::ExchangeService::NewStub(channel);
  {
    grpc::ClientContext context;
    exchange::v1::ListExchangesResponse response;
    ASSERT_TRUE(stub->ListExchanges(&context, {}, &response).ok());
  }
  const absl::Time start = absl::Now();
  (*node)->Drain();
  (*node)->Drain();
  EXPECT_LT(absl::Now() - start, absl::Seconds(2)) << "an idle caller holds nothing up";
  EXPECT_TRUE(Logs("node.stopped"));
  grpc::ClientContext context;
  exchange::v1::ListExchangesResponse response;
  EXPECT_EQ(stub->ListExchanges(&context, {}, &response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(NodeTest, TakesANewerNodeMapAndKeepsItWhenTheNextIsBroken) {
  const auto node = Start();
  ASSERT_THAT(node, IsOk());
  PutMap(6);
  EXPECT_TRUE(Logs("\"event\":\"node_map.replaced\",\"version\":6"));
  Put("map.yaml", "verison: 7\n");
  EXPECT_TRUE(Logs("\"event\":\"node_map.refused\",\"source\":\"file\",\"reason\":\"CONFIG_INVALID\""));
  PutMap(5);
  EXPECT_TRUE(Logs("\"event\":\"node_map.refused\",\"source\":\"file\",\"reason\":\"NODE_MAP_ROLLBACK\""));
  PutMap(8);
  EXPECT_TRUE(Logs("\"event\":\"node_map.replaced\",\"version\":8"));
}

TEST_F(NodeTest, RefusesAnOlderNodeMapAfterARestart) {
  PutMap(6);
  ASSERT_THAT(Start(), IsOk());
  PutMap(5);
  EXPECT_THAT(Start(), HasReasonAt(Reason::kNodeMapRollback, "version"));
  PutMap(6);
  EXPECT_THAT(Start(), IsOk());
}

// Verdicts by the trust bundle of the configuration, which may change while the node runs.
class NodeWithBundleTest : public NodeTest {
 protected:
  NodeWithBundleTest() {
    trust::v1::TrustRoot root;
    root.add_jwks(bundle_key_.verification_key().jwk());
    root.set_threshold(1);
    root.set_anchor_threshold(1);
    Put("root.yaml", WriteYaml(root));
    config_ = absl::StrReplaceAll(
        config_, {{"[passerelle.exchange.v1.ExchangeService]", "[passerelle.authenticity.v1.AuthenticityService]"}});
    Put("node.yaml", absl::StrCat(config_, "trust_bundle: {path: bundle.json, root: root.yaml}\n"));
  }

  // Version 1 knows the issuer of the token, others do not.
  void PutBundle(uint64_t version) {
    trust::v1::TrustBundle bundle;
    bundle.set_federation("Test");
    bundle.set_version(version);
    *bundle.mutable_issue_time() = base::ToProto(absl::Now() - absl::Hours(1));
    *bundle.mutable_expire_time() = base::ToProto(absl::Now() + absl::Hours(1));
    if (version == 1) {
      trust::v1::DidKeys* keys = bundle.add_did_keys();
      keys->set_did("did:web:fjord.example");
      keys->add_jwks(issuer_.verification_key().jwk());
      trust::v1::IssuerBinding* binding = bundle.add_issuer_bindings();
      binding->add_issuer()->set_scheme("did");
      binding->mutable_issuer(0)->set_value("did:web:fjord.example");
      binding->add_key_thumbprints(issuer_.verification_key().thumbprint());
      binding->set_source("a letter");
    }
    Put("bundle.json", *trust::SignTrustBundle(bundle, bundle_key_));
  }

  std::string Signed(absl::string_view type, absl::string_view claims) const {
    const std::string input =
        absl::StrCat(base::Base64UrlEncode(absl::StrCat(R"({"alg":"EdDSA","typ":")", type, R"("})")), ".",
                     base::Base64UrlEncode(claims));
    return absl::StrCat(input, ".", base::Base64UrlEncode(*issuer_.Sign(input)));
  }
  // `members` to add, with a comma before them.
  std::string Token(absl::string_view members = "") const {
    return Signed("vc+jwt", absl::StrCat(R"({"@context":["https://www.w3.org/ns/credentials/v2"],)"
                                         R"("type":["VerifiableCredential"],"issuer":"did:web:fjord.example",)"
                                         R"("validFrom":"2025-01-01T00:00:00Z","credentialSubject":{})",
                                         members, "}"));
  }

  authenticity::v1::VerifyDocumentResponse Verify(const Node& node) const { return Verify(node, Token()); }
  authenticity::v1::VerifyDocumentResponse Verify(const Node& node, const std::string& content) const {
    const auto stub = authenticity::v1::AuthenticityService::NewStub(ClientChannel(node));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    authenticity::v1::VerifyDocumentRequest request;
    request.set_content(content);
    authenticity::v1::VerifyDocumentResponse response;
    const grpc::Status status = stub->VerifyDocument(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  const proof::SigningKey bundle_key_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const proof::SigningKey issuer_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
};

TEST_F(NodeWithBundleTest, JudgesSignsItsVerdictsAndTakesANewBundle) {
  PutBundle(1);
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const authenticity::v1::VerifyDocumentResponse genuine = Verify(*node);
  EXPECT_EQ(genuine.verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC) << genuine.verdict().DebugString();
  ASSERT_OK_AND_ASSIGN(const proof::SigningKey key, proof::SigningKey::FromPem(Read("message.key")));
  ASSERT_OK_AND_ASSIGN(const proof::PublicKey signer,
                       proof::PublicKey::FromJwk(absl::string_view(key.verification_key().jwk())));
  ASSERT_OK_AND_ASSIGN(const auto saved, authenticity::OpenVerdictRecord(genuine.signed_verdict(), &signer));
  EXPECT_EQ(saved.record.judge(), "NO");
  EXPECT_EQ(saved.record.trust_bundle_version(), 1u);
  EXPECT_FALSE(saved.record.has_trust_bundle());
  PutBundle(2);
  ASSERT_TRUE(Logs(R"("version":2)"));
  EXPECT_EQ(Verify(*node).verdict().verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  Put("bundle.json", "{");
  ASSERT_TRUE(Logs("trust_bundle.refused"));
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), ::testing::Not(IsOk()));
}

TEST_F(NodeWithBundleTest, FetchesStatusListsInTheBackgroundAndKeepsThemInItsVerdicts) {
  std::string list;
  const testing::LoopbackServer server([&list](const std::string& path, const std::string&) {
    return testing::WebReply{path == "/list" ? 200 : 404, list, ""};
  });
  const std::string address = server.origin() + "/list";
  // Entry 1 is revoked.
  list = Signed("statuslist+jwt", absl::StrCat(R"({"sub":")", address, R"(","iat":)", absl::ToUnixSeconds(absl::Now()),
                                               R"(,"status_list":{"bits":2,"lst":")",
                                               testing::Deflated("\xe4", testing::Wrapping::kZlib), R"("}})"));
  PutBundle(1);
  Put("node.yaml", absl::StrCat(Read("node.yaml"), "status_servers: [{origin: '", server.origin(), "'}]\n"));
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const auto verify = [&](int index) {
    return Verify(*node,
                  Token(absl::StrCat(R"(,"status":{"status_list":{"idx":)", index, R"(,"uri":")", address, R"("}})")));
  };
  // Nobody waits for a list; until it is there, the status is not known.
  authenticity::v1::VerifyDocumentResponse good = verify(0);
  EXPECT_EQ(good.verdict().verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (good.verdict().verdict() != authenticity::v1::VERDICT_AUTHENTIC && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(50));
    good = verify(0);
  }
  EXPECT_EQ(good.verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC) << good.verdict().DebugString();
  EXPECT_EQ(verify(1).verdict().verdict(), authenticity::v1::VERDICT_NOT_AUTHENTIC);
  ASSERT_OK_AND_ASSIGN(const auto saved, authenticity::OpenVerdictRecord(good.signed_verdict(), nullptr));
  ASSERT_EQ(saved.record.status_lists_size(), 1);
  EXPECT_EQ(saved.record.status_lists(0).uri(), address);
  EXPECT_EQ(saved.record.status_lists(0).content(), list);
}

TEST_F(NodeWithBundleTest, JudgesManyDocumentsEachByItself) {
  PutBundle(1);
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const auto stub = authenticity::v1::AuthenticityService::NewStub(ClientChannel(*node));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  const auto stream = stub->VerifyDocuments(&context);
  constexpr int kItems = 40;
  // Written without a look at the answers, which then wait within what the connection holds.
  for (int i = 0; i < kItems; ++i) {
    authenticity::v1::VerifyDocumentsRequest request;
    request.set_item(absl::StrCat("item-", i));
    if (i % 4 != 3) request.mutable_document()->set_content(Token());
    if (i % 4 == 1) request.mutable_document()->set_sha256("no digest");
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  authenticity::v1::VerifyDocumentsResponse response;
  for (int i = 0; i < kItems; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.item(), absl::StrCat("item-", i));
    if (i % 4 == 1) {
      EXPECT_EQ(response.problem().reason(), "FIELD_INVALID");
      EXPECT_EQ(response.problem().place(), "sha256");
    } else if (i % 4 == 3) {
      EXPECT_EQ(response.problem().reason(), "FIELD_MISSING");
    } else {
      EXPECT_EQ(response.result().verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC);
      EXPECT_FALSE(response.result().signed_verdict().empty());
    }
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(NodeWithBundleTest, AStreamThatIsOpenDoesNotHoldUpTheEnd) {
  PutBundle(1);
  ASSERT_OK_AND_ASSIGN(const auto node, Start());
  const auto stub = authenticity::v1::AuthenticityService::NewStub(ClientChannel(*node));
  grpc::ClientContext context;
  const auto stream = stub->VerifyDocuments(&context);
  authenticity::v1::VerifyDocumentsRequest request;
  request.mutable_document()->set_content(Token());
  ASSERT_TRUE(stream->Write(request));
  authenticity::v1::VerifyDocumentsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  const absl::Time begin = absl::Now();
  node->Drain();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(4));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
}

TEST_F(NodeWithBundleTest, DoesNotStartWithoutIt) { EXPECT_THAT(Start(), ::testing::Not(IsOk())); }

TEST_F(NodeTest, SaysWhichPortIsTaken) {
  const auto node = Start();
  ASSERT_THAT(node, IsOk());
  Put("node.yaml",
      absl::StrReplaceAll(config_, {{"client_port:\n  listen: 127.0.0.1:0",
                                     absl::StrCat("client_port:\n  listen: 127.0.0.1:", (*node)->ports().client)}}));
  EXPECT_THAT(Start(), HasReasonAt(Reason::kPortUnavailable, absl::StrCat("127.0.0.1:", (*node)->ports().client)));
  EXPECT_TRUE(Logs("\"event\":\"node.failed\""));
}

TEST_F(NodeTest, TheCheckOfAConfigurationFindsAStoreThatIsNone) {
  Put("store.db", "no database");
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), HasReasonAt(Reason::kStoreDamaged, folder_ + "/store.db"));
  Put("store.db", "");
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), IsOk()) << "an empty file is a store that is made yet";
}

TEST_F(NodeTest, FillsInDefaultsAndResolvesPaths) {
  const auto config = LoadNodeConfig(ConfigPath());
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->node_map(), folder_ + "/map.yaml");
  EXPECT_EQ(config->peer_port().tls().private_key(), folder_ + "/tls.key");
  EXPECT_EQ(config->time_limits().call().seconds(), 30);
  EXPECT_EQ(config->time_limits().drain().seconds(), 2);
  EXPECT_EQ(config->admin_port().listen(), "127.0.0.1:0");
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), IsOk());
  Put("node.yaml", absl::StrReplaceAll(config_, {{"drain: 2s", "drain: 0s"}}));
  ASSERT_OK_AND_ASSIGN(const config::v1::NodeConfig at_once, LoadNodeConfig(ConfigPath()));
  EXPECT_EQ(base::FromProto(at_once.time_limits().drain()), absl::ZeroDuration()) << "what is stated is no default";
}

TEST_F(NodeTest, TakesSealsAndStatusServers) {
  Put("node.yaml", config_ +
                       "seals: [{key: tls.key, certificate: tls.pem, from: 2020-01-01T00:00:00Z}]\n"
                       "status_servers: [{origin: 'https://status.example.org', key_pins: [a]}]\n");
  EXPECT_THAT(CheckNodeConfig(ConfigPath()), IsOk());
  EXPECT_THAT(Start(), IsOk());
}

struct Fault {
  std::string name;
  std::string from;
  std::string to;
  Reason reason;
  std::string place;  // $ stands for the folder
};

class NodeConfigRefuses : public NodeTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(NodeConfigRefuses, NamingTheKeyOrFile) {
  const std::string changed = absl::StrReplaceAll(config_, {{GetParam().from, GetParam().to}});
  ASSERT_NE(changed, config_);
  Put("node.yaml", changed);
  Put("other.key", *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa)->ToPem());
  EXPECT_THAT(CheckNodeConfig(ConfigPath()),
              HasReasonAt(GetParam().reason, absl::StrReplaceAll(GetParam().place, {{"$", folder_}})));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, NodeConfigRefuses,
    ::testing::Values(
        Fault{"NoNode", "node: NO\n", "", Reason::kConfigInvalid, "node"},
        Fault{"OtherNode", "node: NO\n", "node: SE\n", Reason::kConfigInvalid, "node"},
        Fault{"NoStore", "store: store.db\n", "", Reason::kConfigInvalid, "store"},
        Fault{"TwoStores", "store: store.db\n", "store: store.db\npostgresql_store: {connection: dbname=a}\n",
              Reason::kConfigInvalid, "store"},
        Fault{"NoPasswordVariable", "store: store.db\n",
              "postgresql_store: {connection: dbname=a, password_variable: PASSERELLE_NOT_SET}\n",
              Reason::kConfigInvalid, "postgresql_store.password_variable"},
        Fault{"NoPort", "client_port:\n  listen: 127.0.0.1:0", "client_port:\n  listen: localhost",
              Reason::kConfigInvalid, "client_port.listen"},
        Fault{"PortTooHigh", "peer_port:\n  listen: 127.0.0.1:0", "peer_port:\n  listen: 127.0.0.1:65536",
              Reason::kConfigInvalid, "peer_port.listen"},
        Fault{"UnknownService", "v1.ExchangeService", "v1.ExchangeServices", Reason::kConfigInvalid,
              "client_port.clients[0].services"},
        Fault{"PeerServiceForClient", "passerelle.exchange.v1.ExchangeService", "passerelle.relay.v1.RelayService",
              Reason::kConfigInvalid, "client_port.clients[0].services"},
        Fault{"ClientInTheRoleOfTheMachine", "services: [", "case_roles: [system], services: [", Reason::kConfigInvalid,
              "client_port.clients[0].case_roles"},
        Fault{"DigestMalformed", "certificate_sha256: \"", "certificate_sha256: \"g", Reason::kConfigInvalid,
              "client_port.clients[0].certificate_sha256"},
        Fault{"PeerCallTooLong", "drain: 2s", "peer_call: 55s", Reason::kConfigInvalid, "time_limits.peer_call"},
        Fault{"CallWithoutTime", "drain: 2s", "call: 0s", Reason::kConfigInvalid, "time_limits.call"},
        Fault{"ExchangeWithoutTime", "drain: 2s", "exchange: 0s", Reason::kConfigInvalid, "time_limits.exchange"},
        Fault{"EmergencyWithoutTime", "ports_file:", "emergency_life: 0s\nports_file:", Reason::kConfigInvalid,
              "emergency_life"},
        Fault{"ExchangeTooLong", "drain: 2s", "exchange: 400h", Reason::kConfigInvalid, "time_limits.exchange"},
        Fault{"NoCertificate", "{certificate: tls.pem, ", "{", Reason::kConfigInvalid, "client_port.tls.certificate"},
        Fault{"NoSuchKey", "private_key: tls.key", "private_key: none.key", Reason::kKeyUnusable, "$/none.key"},
        Fault{"MessageKeyOfNobody", "message_key: message.key", "message_key: other.key", Reason::kKeyUnusable,
              "$/other.key"},
        Fault{"MessageKeyTwice",
              "ports_file:", "further_message_keys: [message.key]\nports_file:", Reason::kKeyUnusable, "$/message.key"},
        Fault{"FederationWithoutRoot",
              "ports_file:", "federation: {ask_interval: 10s}\nports_file:", Reason::kConfigInvalid, "federation.root"},
        Fault{"FederationRootThatIsNone",
              "ports_file:", "federation: {root: map.yaml}\nports_file:", Reason::kConfigInvalid, "$/map.yaml:4"},
        Fault{"NoNodeMap", "node_map: map.yaml", "node_map: none.yaml", Reason::kInputNotReadable, "$/none.yaml"},
        Fault{"NoRegister", "ports_file:", "register: {folder: none}\nports_file:", Reason::kInputNotReadable,
              "$/none/register.yaml"},
        Fault{"SealWithoutCertificate", "ports_file:", "seals: [{key: message.key}]\nports_file:",
              Reason::kConfigInvalid, "seals[0].certificate"},
        Fault{"SealOfAnotherKey", "ports_file:", "seals: [{key: message.key, certificate: tls.pem}]\nports_file:",
              Reason::kKeyUnusable, "$/tls.pem"},
        Fault{"SealInNoModule", "ports_file:", "seals: [{key: 'pkcs11:object=a', certificate: tls.pem}]\nports_file:",
              Reason::kKeyUnusable, "pkcs11"},
        Fault{"StatusServerNoOrigin", "ports_file:",
              "status_servers: [{origin: 'https://a.example/lists'}]\nports_file:", Reason::kConfigInvalid,
              "status_servers[0].origin"},
        Fault{"PreviewWithoutTls", "ports_file:", "sharing: {preview: 'http://a.example'}\nports_file:",
              Reason::kConfigInvalid, "sharing.preview"},
        Fault{"WalletsWithoutAddress", "ports_file:", "wallets: {listen: '127.0.0.1:0'}\nports_file:",
              Reason::kConfigInvalid, "wallets.address"},
        Fault{"WalletsWithoutTls", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'http://a.example'}\nports_file:", Reason::kConfigInvalid,
              "wallets.address"},
        Fault{"WalletsUnderAPath", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'https://a.example/b'}\nports_file:", Reason::kConfigInvalid,
              "wallets.address"},
        Fault{"WalletsWithoutKey", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'https://a.example', tls: {certificate: tls.pem, "
              "private_key: tls.key}}\nports_file:",
              Reason::kConfigInvalid, "wallets.key"},
        Fault{"WalletsThatShowCertificates", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'https://a.example', key: message.key, certificate: tls.pem, "
              "tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: tls.pem}}\nports_file:",
              Reason::kConfigInvalid, "wallets.tls.trusted_authorities"},
        Fault{"WalletsOfAnotherKey", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'https://a.example', key: message.key, certificate: tls.pem, "
              "tls: {certificate: tls.pem, private_key: tls.key}}\nports_file:",
              Reason::kKeyUnusable, "$/tls.pem"},
        Fault{"WalletsWithoutSeal", "ports_file:",
              "wallets: {listen: '127.0.0.1:0', address: 'https://a.example', key: message.key, certificate: tls.pem, "
              "tls: {certificate: tls.pem, private_key: tls.key}, issuing: {issuer: 'https://a.example'}}\nports_file:",
              Reason::kConfigInvalid, "wallets.issuing.key"},
        Fault{"PolicyWithoutId", "ports_file:", "recognition_policies: [empty.yaml]\nports_file:",
              Reason::kInputNotReadable, "$/empty.yaml"}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace passerelle::gateway
