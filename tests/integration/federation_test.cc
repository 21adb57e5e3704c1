// Real node processes over mutual TLS: what a good client gets, and what a bad peer does not get.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/proof/key.h"
#include "core/relay/envelope.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
#include "gateway/system_random.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {
namespace {

constexpr char kLearner[] = "Fjordheim";
constexpr char kQuestionType[] = "passerelle.authenticity.v1.AuthenticityQuestion";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Transcript() {
  return ReadFile(absl::StrCat(PASSERELLE_SOURCE_DIR, "/gateway/cli/demo_data/transcript.xml"));
}

// NO issues; NL asks; XX is played by the test.
class FederationTest : public testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    LocalNode norway{.id = "NO",
                     .competent_authority = "Register of the test",
                     .country = "NO",
                     .clients = {},
                     .entries = {},
                     .policies = {}};
    norway.clients = {{"portal", {"passerelle.sharing.v1.SharingService"}}};
    norway.entries = {{"NO-1", "holder-1", Transcript(), absl::FromUnixSeconds(1770000000)}};
    LocalNode netherlands{.id = "NL",
                          .competent_authority = "Admissions of the test",
                          .country = "NL",
                          .clients = {},
                          .entries = {},
                          .policies = {}};
    netherlands.clients = {
        {"office", {"passerelle.exchange.v1.ExchangeService", "passerelle.authenticity.v1.AuthenticityService"}}};
    LocalNode played{.id = "XX",
                     .competent_authority = "Played by the test",
                     .country = "BG",
                     .clients = {},
                     .entries = {},
                     .policies = {},
                     .played = true};
    options.nodes = {norway, netherlands, played};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    auto key = proof::SigningKey::FromPem(federation_->MessageKeyPem("XX"));
    ASSERT_TRUE(key.ok()) << key.status();
    key_ = std::make_unique<proof::SigningKey>(*std::move(key));
    peer_ = relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("XX")));
  }

  // A good question of XX to NO.
  relay::Header Header() {
    const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
    return {.id = base::NewUuid(random_),
            .sender = "XX",
            .audience = "NO",
            .issued_at = now,
            .expires_at = now + absl::Seconds(60),
            .type = kQuestionType,
            .request = ""};
  }

  static std::string Question() {
    authenticity::v1::AuthenticityQuestion question;
    question.set_sha256(base::Sha256Hex(Transcript()));
    return question.SerializeAsString();
  }

  relay::v1::Envelope Sealed(const relay::Header& header) {
    auto envelope = relay::Seal(*key_, header, Question());
    EXPECT_TRUE(envelope.ok()) << envelope.status();
    return *std::move(envelope);
  }

  // "answer", "refusal REASON", or "status MESSAGE".
  static std::string Deliver(relay::v1::RelayService::Stub& stub, const relay::v1::Envelope& envelope) {
    relay::v1::DeliverRequest request;
    *request.mutable_envelope() = envelope;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kClientCallLimit));
    relay::v1::DeliverResponse response;
    const grpc::Status status = stub.Deliver(&context, request, &response);
    if (!status.ok()) return absl::StrCat("status ", base::Catalogue(base::ReasonOf(FromPeer(status))).name);
    if (!absl::StrContains(response.envelope().protected_header(), "Refusal")) return "answer";
    relay::v1::Refusal refusal;
    EXPECT_TRUE(refusal.ParseFromString(response.envelope().body()));
    return absl::StrCat("refusal ", refusal.reason());
  }

  absl::StatusOr<exchange::v1::Exchange> Fetch(const std::string& authorisation_id) {
    NodeClient office(federation_->ClientChannel("NL", federation_->ClientTls("NL", "office")));
    exchange::v1::CreateExchangeRequest create;
    create.set_request_id(base::NewUuid(random_));
    create.set_peer("NO");
    create.set_authorisation_id(authorisation_id);
    create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    const auto created = Call(*office.exchange, &exchange::v1::ExchangeService::Stub::CreateExchange, create);
    if (!created.ok()) return created.status();
    const auto again = Call(*office.exchange, &exchange::v1::ExchangeService::Stub::CreateExchange, create);
    EXPECT_TRUE(again.ok() && again->exchange().id() == created->exchange().id()) << "the request id counts once";
    exchange::v1::WaitExchangeRequest wait;
    wait.set_id(created->exchange().id());
    wait.mutable_timeout()->set_seconds(10);
    const auto waited = Call(*office.exchange, &exchange::v1::ExchangeService::Stub::WaitExchange, wait);
    if (!waited.ok()) return waited.status();
    return waited->exchange();
  }

  std::string Authorise() {
    NodeClient portal(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal")));
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation& authorisation = *request.mutable_authorisation();
    authorisation.set_holder_pseudonym("pseudonym-1");
    authorisation.set_receiver("NL");
    authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    authorisation.add_credential_ids("NO-1");
    authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
    authorisation.set_uses_allowed(1);
    const auto created = Call(*portal.sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->authorisation().id() : "";
  }

  SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<proof::SigningKey> key_;
  std::unique_ptr<relay::v1::RelayService::Stub> peer_;
};

TEST_F(FederationTest, DeliversTheOriginalUnderAnAuthorisationOnceAndNamesNobodyInLogs) {
  const std::string authorisation = Authorise();
  const auto delivered = Fetch(authorisation);
  ASSERT_TRUE(delivered.ok()) << delivered.status();
  ASSERT_EQ(delivered->state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << delivered->problem().reason();
  ASSERT_EQ(delivered->documents_size(), 1);
  EXPECT_EQ(delivered->documents(0).document().content(), Transcript());
  EXPECT_TRUE(absl::StrContains(delivered->documents(0).translation().content(), kLearner));
  const auto used_up = Fetch(authorisation);
  ASSERT_TRUE(used_up.ok()) << used_up.status();
  EXPECT_EQ(used_up->state(), exchange::v1::EXCHANGE_STATE_DECLINED);
  for (const char* node : {"NO", "NL"}) {
    const std::string log = federation_->LogOf(node);
    EXPECT_TRUE(absl::StrContains(log, "\"event\":\"node.ready\"")) << log;
    EXPECT_FALSE(absl::StrContains(log, kLearner)) << node;
  }
}

TEST_F(FederationTest, RefusesBadEnvelopesAndStaysUp) {
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");

  relay::v1::Envelope garbage;
  garbage.set_protected_header("\x01\x02garbage");
  garbage.set_body(std::string(100, '\xff'));
  garbage.set_signature("x");
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, garbage), "ENVELOPE_MALFORMED"));

  relay::v1::Envelope tampered = Sealed(Header());
  tampered.mutable_body()->back() ^= 1;
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, tampered), "ENVELOPE_SIGNATURE"));

  relay::Header header = Header();
  header.audience = "NL";
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, Sealed(header)), "ENVELOPE_AUDIENCE"));

  header = Header();
  header.sender = "NL";
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, Sealed(header)), "ENVELOPE_SENDER"));

  header = Header();
  header.issued_at -= absl::Hours(1);
  header.expires_at -= absl::Hours(1);
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, Sealed(header)), "ENVELOPE_STALE"));

  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");
}

TEST_F(FederationTest, RefusesAReplayAlsoAfterAPowerCut) {
  const relay::v1::Envelope envelope = Sealed(Header());
  EXPECT_EQ(Deliver(*peer_, envelope), "answer");
  EXPECT_EQ(Deliver(*peer_, envelope), "refusal ENVELOPE_REPLAYED");
  federation_->KillNode("NO");
  const absl::Status restarted = federation_->StartNode("NO");
  ASSERT_TRUE(restarted.ok()) << restarted;
  const auto stub = relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("XX")));
  EXPECT_EQ(Deliver(*stub, envelope), "refusal ENVELOPE_REPLAYED");
}

TEST_F(FederationTest, RefusesStrangersAndRevokedNodesOnEveryCall) {
  const auto stranger = federation_->StrangerTls("stranger");
  ASSERT_TRUE(stranger.ok()) << stranger.status();
  const auto stub = relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", *stranger));
  EXPECT_TRUE(absl::StrContains(Deliver(*stub, Sealed(Header())), "PEER_UNKNOWN"));

  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");
  const absl::Status changed = federation_->ChangeNodeMap([](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (node.id() == "XX") node.set_state(federation::v1::NODE_STATE_REVOKED);
    }
  });
  ASSERT_TRUE(changed.ok()) << changed;
  std::string outcome;
  for (int i = 0; i < 50 && !absl::StrContains(outcome, "PEER_REVOKED"); ++i) {
    absl::SleepFor(absl::Milliseconds(100));
    outcome = Deliver(*peer_, Sealed(Header()));
  }
  EXPECT_TRUE(absl::StrContains(outcome, "PEER_REVOKED")) << outcome;
}

TEST_F(FederationTest, AnOversizedMessageAndAClientWithoutRightAreRefused) {
  relay::v1::Envelope envelope = Sealed(Header());
  envelope.set_body(std::string(65u << 20, 'x'));
  EXPECT_TRUE(absl::StartsWith(Deliver(*peer_, envelope), "status "));
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");

  NodeClient portal(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal")));
  const auto listed =
      Call(*portal.exchange, &exchange::v1::ExchangeService::Stub::ListExchanges, exchange::v1::ListExchangesRequest());
  EXPECT_EQ(listed.status().code(), absl::StatusCode::kPermissionDenied) << listed.status();
}

TEST_F(FederationTest, APeerThatDoesNotAnswerLeavesTheVerdictOpen) {
  federation_->KillNode("NO");
  NodeClient office(federation_->ClientChannel("NL", federation_->ClientTls("NL", "office")));
  authenticity::v1::VerifyDocumentRequest request;
  request.set_content(Transcript());
  request.set_issuing_node("NO");
  const auto response =
      Call(*office.authenticity, &authenticity::v1::AuthenticityService::Stub::VerifyDocument, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->verdict().verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
}

TEST(Demo, TellsTheThreeRequestsAndSucceeds) {
  std::string story;
  std::FILE* const pipe = popen(absl::StrCat(PASSERELLE_PROGRAM, " demo 2>&1").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) story += buffer.data();
  EXPECT_EQ(pclose(pipe), 0) << story;
  EXPECT_TRUE(absl::StrContains(story, "Verdict: AUTHENTIC"));
  EXPECT_TRUE(absl::StrContains(story, "Verdict: NOT_AUTHENTIC"));
  EXPECT_TRUE(absl::StrContains(story, "Decision: recognised for the stated purpose."));
}

}  // namespace
}  // namespace passerelle::gateway
