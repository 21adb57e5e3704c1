// A real node whose clients show access tokens: over gRPC and over HTTP, on connections without a certificate.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"
#include "tests/support/test_signer.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::TestSigner;

constexpr char kIssuer[] = "https://login.example.org";
constexpr char kAudience[] = "https://node.example.org";
constexpr char kSharing[] = "passerelle.sharing.v1.SharingService";
// Stands in tokens and must stand nowhere else.
constexpr char kPerson[] = "Fjordheim";

// What came back over gRPC, as it was on the wire.
struct Answer {
  grpc::StatusCode code;
  Reason reason;
};

class TokenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "NO";
    node.competent_authority = "Authority of the test";
    node.country = "NO";
    node.http = true;
    config::v1::TokenIssuer issuer;
    issuer.set_issuer(kIssuer);
    issuer.set_audience(kAudience);
    issuer.set_jwks_file("../keys.json");
    node.token_issuers = {issuer};
    config::v1::TokenIdentity identity;
    identity.set_issuer(kIssuer);
    identity.add_claims()->set_name("sub");
    identity.mutable_claims(0)->set_value("portal-service");
    node.clients = {{"portal", {kSharing}, {}, {identity}},
                    {"office", {"passerelle.exchange.v1.ExchangeService"}},
                    {"other", {kSharing}}};
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    PutKeys({{"first", &first_}});
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    // A channel that trusts the node, and shows nothing of itself.
    TlsPems nothing = federation_->ClientTls("NO", "portal");
    nothing.certificate.clear();
    nothing.private_key.clear();
    bare_ = federation_->ClientChannel("NO", nothing);
  }

  void PutKeys(const std::vector<std::pair<std::string, const TestSigner*>>& keys) const {
    std::vector<std::string> jwks;
    for (const auto& [id, signer] : keys) {
      std::string jwk = signer->public_key().jwk();
      jwk.insert(1, absl::StrCat(R"("kid":")", id, R"(",)"));
      jwks.push_back(std::move(jwk));
    }
    tests::WriteAll(federation_->folder() + "/keys.json", absl::StrCat(R"({"keys":[)", absl::StrJoin(jwks, ","), "]}"));
  }
  std::string Token(const std::string& kid, const TestSigner& signer, absl::Duration life = absl::Minutes(5),
                    const std::string& audience = kAudience) const {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return signer.Token(
        absl::StrCat(R"("typ":"at+jwt","kid":")", kid, "\""),
        absl::StrCat(R"({"iss":")", kIssuer, R"(","aud":")", audience, R"(","sub":"portal-service","name":")", kPerson,
                     R"(","iat":)", now - 600, R"(,"exp":)", now + absl::ToInt64Seconds(life), "}"));
  }
  std::string Good() const { return Token("first", first_); }

  template <typename Stub, typename Request, typename Response>
  static Answer Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const std::string& token) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(15));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    const grpc::Status status = (stub.*method)(&context, request, response);
    return {status.error_code(), status.ok() ? Reason::kInternal : base::ReasonOf(FromPeer(status))};
  }
  Answer Create(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                sharing::v1::CreateAuthorisationResponse* response) {
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation* const wish = request.mutable_authorisation();
    wish->set_holder_pseudonym("pseudonym-1");
    wish->set_receiver("NL");
    wish->set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    wish->add_credential_ids("NO-1");
    wish->mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Minutes(10)));
    wish->set_uses_allowed(1);
    const auto stub = sharing::v1::SharingService::NewStub(channel);
    return Ask(*stub, &sharing::v1::SharingService::Stub::CreateAuthorisation, request, response, token);
  }
  Answer Create(const std::string& token) {
    sharing::v1::CreateAuthorisationResponse response;
    return Create(bare_, token, &response);
  }
  Answer Get(const std::shared_ptr<grpc::Channel>& channel, const std::string& id, const std::string& token) const {
    sharing::v1::GetAuthorisationRequest request;
    request.set_id(id);
    sharing::v1::GetAuthorisationResponse response;
    const auto stub = sharing::v1::SharingService::NewStub(channel);
    return Ask(*stub, &sharing::v1::SharingService::Stub::GetAuthorisation, request, &response, token);
  }

  SystemRandom random_;
  const TestSigner first_{proof::KeyAlgorithm::kEs256};
  const TestSigner second_{proof::KeyAlgorithm::kRs256};
  std::unique_ptr<LocalFederation> federation_;
  std::shared_ptr<grpc::Channel> bare_;
};

TEST_F(TokenTest, ATokenIsEnoughOverGrpcAndMakesTheSameClientAsItsCertificate) {
  sharing::v1::CreateAuthorisationResponse created;
  ASSERT_EQ(Create(bare_, Good(), &created).code, grpc::StatusCode::OK);
  const std::string& id = created.authorisation().id();
  EXPECT_EQ(Get(bare_, id, Good()).code, grpc::StatusCode::OK);
  const auto portal = federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal"));
  EXPECT_EQ(Get(portal, id, "").code, grpc::StatusCode::OK);
  EXPECT_EQ(Get(portal, id, Good()).code, grpc::StatusCode::OK);
  // To a client with the same service that did not record it, it is not there.
  const auto other = federation_->ClientChannel("NO", federation_->ClientTls("NO", "other"));
  EXPECT_EQ(Get(other, id, "").reason, Reason::kResourceNotFound);
  // A token is no better on the connection of somebody else.
  EXPECT_EQ(Get(other, id, Good()).reason, Reason::kClientUnknown);
  EXPECT_TRUE(testing::Logs(*federation_, "NO", "\"caller\":\"portal\""));
}

TEST_F(TokenTest, RefusesOverGrpcWithoutSayingAnythingOfTheToken) {
  struct Row {
    const char* name;
    std::string token;
    grpc::StatusCode code;
    Reason reason;
  };
  const std::string good = Good();
  const std::vector<Row> rows = {
      {"nothing", "", grpc::StatusCode::PERMISSION_DENIED, Reason::kClientUnknown},
      {"garbage", "garbage", grpc::StatusCode::UNAUTHENTICATED, Reason::kJwsMalformed},
      {"expired", Token("first", first_, -absl::Minutes(2)), grpc::StatusCode::UNAUTHENTICATED, Reason::kExpired},
      {"other audience", Token("first", first_, absl::Minutes(5), "https://other.example"),
       grpc::StatusCode::UNAUTHENTICATED, Reason::kClaimInvalid},
      {"key of nobody", Token("first", TestSigner(proof::KeyAlgorithm::kEs256)), grpc::StatusCode::UNAUTHENTICATED,
       Reason::kSignatureInvalid},
      {"large", std::string(9000, 'a'), grpc::StatusCode::UNAUTHENTICATED, Reason::kInputTooLarge},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Answer answer = Create(row.token);
    EXPECT_EQ(answer.code, row.code);
    EXPECT_EQ(answer.reason, row.reason);
  }
  // For a service that the client may not call.
  exchange::v1::ListExchangesResponse list;
  const auto exchanges = exchange::v1::ExchangeService::NewStub(bare_);
  EXPECT_EQ(Ask(*exchanges, &exchange::v1::ExchangeService::Stub::ListExchanges, exchange::v1::ListExchangesRequest(),
                &list, good)
                .reason,
            Reason::kClientNotAllowed);
  // On the port between nodes a token is nothing, and a certificate is needed to connect.
  TlsPems nothing = federation_->ClientTls("NO", "portal");
  nothing.certificate.clear();
  nothing.private_key.clear();
  relay::v1::DeliverResponse delivered;
  const auto bare_peer = relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", nothing));
  EXPECT_EQ(
      Ask(*bare_peer, &relay::v1::RelayService::Stub::Deliver, relay::v1::DeliverRequest(), &delivered, good).code,
      grpc::StatusCode::UNAVAILABLE);
  const auto peer =
      relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", federation_->ClientTls("NO", "portal")));
  EXPECT_EQ(Ask(*peer, &relay::v1::RelayService::Stub::Deliver, relay::v1::DeliverRequest(), &delivered, good).reason,
            Reason::kPeerUnknown);

  const std::string log = federation_->LogOf("NO");
  EXPECT_TRUE(absl::StrContains(log, "\"event\":\"call.refused\"")) << log;
  EXPECT_TRUE(absl::StrContains(log, "\"place\":\"token.exp\"")) << log;
  for (const Row& row : rows) {
    // Every part of every token.
    for (const absl::string_view part : absl::StrSplit(row.token, '.')) {
      EXPECT_FALSE(part.size() > 8 && absl::StrContains(log, part)) << row.name;
    }
  }
  EXPECT_FALSE(absl::StrContains(log, kPerson));
  EXPECT_FALSE(absl::StrContains(log, "portal-service"));
}

TEST_F(TokenTest, KeysRollOverWhileTheNodeRuns) {
  EXPECT_EQ(Create(Token("second", second_)).reason, Reason::kKeyNotFound);
  PutKeys({{"second", &second_}});
  Answer answer = Create(Token("second", second_));
  for (int i = 0; i < 200 && answer.code != grpc::StatusCode::OK; ++i) {
    absl::SleepFor(absl::Milliseconds(100));
    answer = Create(Token("second", second_));
  }
  EXPECT_EQ(answer.code, grpc::StatusCode::OK);
  EXPECT_EQ(Create(Good()).code, grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(testing::Logs(*federation_, "NO",
                            absl::StrCat("\"event\":\"token_keys.replaced\",\"issuer\":\"", kIssuer, "\"")));
}

TEST_F(TokenTest, ATokenIsEnoughOverHttp) {
  // As curl sends it; the status, and the body.
  const auto post = [this](const std::vector<std::string>& headers) {
    std::vector<std::string> arguments = {"/usr/bin/curl", "--silent",
                                          "--show-error",  "--include",
                                          "--cacert",      federation_->folder() + "/authority.crt.pem",
                                          "--max-time",    "60",
                                          "--header",      "Content-Type: application/json",
                                          "--data",        R"({"id":"4f9c6b0e-8a53-4f0e-9d0c-1f6a3b0d2c11"})"};
    for (const std::string& header : headers) arguments.insert(arguments.end(), {"--header", header});
    arguments.push_back(
        absl::StrCat("https://127.0.0.1:", federation_->PortsOf("NO").http, "/", kSharing, "/GetAuthorisation"));
    return tests::RunProgram(arguments).out;
  };
  const std::string found = post({"Authorization: Bearer " + Good()});
  EXPECT_TRUE(absl::StartsWith(found, "HTTP/1.1 404 ")) << found;
  EXPECT_TRUE(absl::StrContains(found, "RESOURCE_NOT_FOUND")) << found;
  const std::string nobody = post({});
  EXPECT_TRUE(absl::StartsWith(nobody, "HTTP/1.1 403 ")) << nobody;
  for (const auto& [header, reason] : std::vector<std::pair<std::string, std::string>>{
           {"Authorization: Bearer " + Token("first", first_, -absl::Minutes(2)), "EXPIRED"},
           {"Authorization: Bearer a.b", "JWS_MALFORMED"},
           {"Authorization: Basic cG9ydGFsOnBvcnRhbA==", "FIELD_INVALID"}}) {
    const std::string refused = post({header});
    EXPECT_TRUE(absl::StartsWith(refused, "HTTP/1.1 401 ")) << refused;
    EXPECT_TRUE(absl::StrContains(refused, "WWW-Authenticate: Bearer")) << refused;
    EXPECT_TRUE(absl::StrContains(refused, absl::StrCat("\"reason\":\"", reason, "\""))) << refused;
    EXPECT_TRUE(absl::StrContains(refused, "\"code\":\"unauthenticated\"")) << refused;
  }
  const std::string twice = post({"Authorization: Bearer " + Good(), "Authorization: Bearer " + Good()});
  EXPECT_TRUE(absl::StartsWith(twice, "HTTP/1.1 401 ")) << twice;
  EXPECT_FALSE(absl::StrContains(federation_->LogOf("NO"), kPerson));
}

}  // namespace
}  // namespace passerelle::gateway
