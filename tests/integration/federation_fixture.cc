#include "tests/integration/federation_fixture.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "gateway/grpc/tls.h"
#include "tests/support/logs.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

LocalNode NodeOf(const std::string& id, const std::string& country) {
  LocalNode node;
  node.id = id;
  node.competent_authority = "Authority " + id + " of the test";
  node.country = country;
  return node;
}

}  // namespace

std::string Transcript() {
  std::ifstream file(absl::StrCat(testing::kSourceDir, "/gateway/cli/demo_data/transcript.xml"), std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string PlayedNode::Serve(const TlsPems& tls, grpc::Service* service) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls.trusted_authorities;
  options.pem_key_cert_pairs = {{tls.private_key, tls.certificate}};
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  return absl::StrCat("127.0.0.1:", port);
}

void PlayedNode::Stop() {
  if (server_ != nullptr) server_->Shutdown(absl::ToChronoTime(absl::Now()));
}

void FederationTest::SetUp() {
  RequireTls13();
  LocalFederation::Options options;
  options.program = PASSERELLE_PROGRAM;
  options.peer_call = PeerCallLimit();
  options.drain = absl::Seconds(2);
  LocalNode norway = NodeOf("NO", "NO");
  norway.clients = {{"portal",
                     {"passerelle.sharing.v1.SharingService", "passerelle.authenticity.v1.AuthenticityService",
                      "passerelle.erasure.v1.ErasureService", "passerelle.sharing.v1.PreviewService"}},
                    {"office", {"passerelle.sharing.v1.RequestService"}}};
  norway.entries = {{"NO-1", "holder-1", Transcript(), absl::FromUnixSeconds(1770000000)}};
  for (const LocalEntry& entry : MoreEntries()) norway.entries.push_back(entry);
  LocalNode netherlands = NodeOf("NL", "NL");
  netherlands.clients = {{"office",
                          {"passerelle.exchange.v1.ExchangeService", "passerelle.authenticity.v1.AuthenticityService",
                           "passerelle.federation.v1.FederationService", "passerelle.erasure.v1.ErasureService",
                           "passerelle.sharing.v1.RequestService"}}};
  for (LocalNode* node : {&norway, &netherlands}) node->encryption = true;
  LocalNode played = NodeOf("XX", "BG");
  played.played = true;
  options.nodes = {norway, netherlands, played};
  auto made = LocalFederation::Make(options);
  ASSERT_TRUE(made.ok()) << made.status();
  federation_ = *std::move(made);
  auto key = proof::SigningKey::FromPem(federation_->MessageKeyPem("XX"));
  ASSERT_TRUE(key.ok()) << key.status();
  key_ = std::make_unique<proof::SigningKey>(*std::move(key));
  const absl::Status changed = federation_->ChangeNodeMap([endpoint = EndpointOfXx()](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (node.id() == "XX" && !endpoint.empty()) node.set_endpoint(endpoint);
    }
  });
  ASSERT_TRUE(changed.ok()) << changed;
  const absl::Status started = federation_->Start();
  ASSERT_TRUE(started.ok()) << started;
  peer_ = relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("XX")));
}

relay::Header FederationTest::Header() {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  relay::Header header;
  header.id = base::NewUuid(random_);
  header.sender = "XX";
  header.audience = "NO";
  header.issued_at = now;
  header.expires_at = now + absl::Seconds(60);
  header.type = kQuestionType;
  return header;
}

relay::v1::Envelope FederationTest::Sealed(const relay::Header& header) {
  authenticity::v1::AuthenticityQuestion question;
  question.set_sha256(base::Sha256Hex(Transcript()));
  auto envelope = relay::Seal(*key_, header, question.SerializeAsString());
  EXPECT_TRUE(envelope.ok()) << envelope.status();
  return *std::move(envelope);
}

std::string FederationTest::Deliver(relay::v1::RelayService::Stub& stub, const relay::v1::Envelope& envelope) {
  relay::v1::DeliverRequest request;
  *request.mutable_envelope() = envelope;
  const auto response = Call(stub, &relay::v1::RelayService::Stub::Deliver, request);
  if (!response.ok()) return absl::StrCat("status ", response.status().message());
  if (!absl::StrContains(response->envelope().protected_header(), "Refusal")) return "answer";
  relay::v1::Refusal refusal;
  EXPECT_TRUE(refusal.ParseFromString(response->envelope().body()));
  return absl::StrCat("refusal ", refusal.reason());
}

NodeClient FederationTest::Office() {
  return NodeClient(federation_->ClientChannel("NL", federation_->ClientTls("NL", "office")));
}

NodeClient FederationTest::Portal() {
  return NodeClient(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal")));
}

std::string FederationTest::Authorise(const std::string& credential_id) {
  sharing::v1::CreateAuthorisationRequest request;
  request.set_request_id(base::NewUuid(random_));
  sharing::v1::Authorisation& authorisation = *request.mutable_authorisation();
  authorisation.set_holder_pseudonym("pseudonym-1");
  authorisation.set_receiver("NL");
  authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  authorisation.add_credential_ids(credential_id);
  authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
  authorisation.set_uses_allowed(1);
  const auto created = Call(*Portal().sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, request);
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? created->authorisation().id() : "";
}

absl::StatusOr<exchange::v1::Exchange> FederationTest::StartExchange(const std::string& authorisation_id) {
  using Stub = exchange::v1::ExchangeService::Stub;
  const NodeClient office = Office();
  exchange::v1::CreateExchangeRequest create;
  create.set_request_id(base::NewUuid(random_));
  create.set_peer("NO");
  create.set_authorisation_id(authorisation_id);
  create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  const auto created = Call(*office.exchange, &Stub::CreateExchange, create);
  if (!created.ok()) return created.status();
  const auto again = Call(*office.exchange, &Stub::CreateExchange, create);
  EXPECT_TRUE(again.ok() && again->exchange().id() == created->exchange().id()) << "the request id counts once";
  create.set_peer("XX");
  const auto other = Call(*office.exchange, &Stub::CreateExchange, create);
  EXPECT_TRUE(absl::StrContains(other.status().message(), "REQUEST_ID_REUSED")) << other.status();
  return created->exchange();
}

absl::StatusOr<exchange::v1::Exchange> FederationTest::Wait(const std::string& id, absl::Duration patience) {
  exchange::v1::WaitExchangeRequest wait;
  wait.set_id(id);
  wait.mutable_timeout()->set_seconds(absl::ToInt64Seconds(patience));
  const auto waited = Call(*Office().exchange, &exchange::v1::ExchangeService::Stub::WaitExchange, wait);
  if (!waited.ok()) return waited.status();
  return waited->exchange();
}

absl::StatusOr<exchange::v1::Exchange> FederationTest::Fetch(const std::string& authorisation_id) {
  const auto started = StartExchange(authorisation_id);
  if (!started.ok()) return started.status();
  return Wait(started->id());
}

absl::StatusOr<authenticity::v1::AuthenticityVerdict> FederationTest::Verify(const std::string& issuing_node) {
  authenticity::v1::VerifyDocumentRequest request;
  request.set_content(Transcript());
  request.set_issuing_node(issuing_node);
  const auto response =
      Call(*Office().authenticity, &authenticity::v1::AuthenticityService::Stub::VerifyDocument, request);
  if (!response.ok()) return response.status();
  return response->verdict();
}

void FederationTest::ChangeNodeMap(absl::FunctionRef<void(federation::v1::NodeMap&)> change) {
  uint64_t version = 0;
  const absl::Status changed = federation_->ChangeNodeMap([&](federation::v1::NodeMap& map) {
    change(map);
    version = map.version() + 1;
  });
  ASSERT_TRUE(changed.ok()) << changed;
  const std::string line = absl::StrCat("\"version\":", version);
  for (const char* node : {"NO", "NL"}) ASSERT_TRUE(testing::Logs(*federation_, node, line));
}

}  // namespace passerelle::gateway
