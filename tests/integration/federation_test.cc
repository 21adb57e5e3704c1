// Real node processes over mutual TLS: what a good client gets, and what a bad peer does not get.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "core/relay/circuit_breaker.h"
#include "grpc/grpc_security.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

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
  ChangeNodeMap([](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (node.id() == "XX") node.set_state(federation::v1::NODE_STATE_REVOKED);
    }
  });
  EXPECT_TRUE(absl::StrContains(Deliver(*peer_, Sealed(Header())), "PEER_REVOKED"));
}

// A TLS session that can be resumed brings the certificate of the session before, without a new handshake.
TEST_F(FederationTest, RefusesARevokedNodeThatResumesItsSession) {
  const TlsPems tls = federation_->NodeTls("XX");
  grpc_ssl_session_cache* const cache = grpc_ssl_session_cache_create_lru(8);
  const grpc_arg cache_argument = grpc_ssl_session_cache_create_channel_arg(cache);
  grpc::ChannelArguments arguments;
  arguments.SetPointerWithVtable(cache_argument.key, cache_argument.value.pointer.p,
                                 cache_argument.value.pointer.vtable);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto connect = [&] {
    return relay::v1::RelayService::NewStub(grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", federation_->PortsOf("NO").peer),
        grpc::SslCredentials({tls.trusted_authorities, tls.private_key, tls.certificate}), arguments));
  };
  EXPECT_EQ(Deliver(*connect(), Sealed(Header())), "answer");
  EXPECT_EQ(Deliver(*connect(), Sealed(Header())), "answer");
  ChangeNodeMap([](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (node.id() == "XX") node.set_state(federation::v1::NODE_STATE_REVOKED);
    }
  });
  EXPECT_TRUE(absl::StrContains(Deliver(*connect(), Sealed(Header())), "PEER_REVOKED"));
  grpc_ssl_session_cache_destroy(cache);
}

TEST_F(FederationTest, DeclinesWhatTheHolderWithdrewAsItDeclinesWhatNeverWas) {
  const std::string authorisation = Authorise();
  sharing::v1::WithdrawAuthorisationRequest withdraw;
  withdraw.set_request_id(base::NewUuid(random_));
  withdraw.set_id(authorisation);
  const auto withdrawn = Call(*Portal().sharing, &sharing::v1::SharingService::Stub::WithdrawAuthorisation, withdraw);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  for (const std::string& id : {authorisation, base::NewUuid(random_)}) {
    const auto exchange = Fetch(id);
    ASSERT_TRUE(exchange.ok()) << exchange.status();
    EXPECT_EQ(exchange->state(), exchange::v1::EXCHANGE_STATE_DECLINED);
    EXPECT_EQ(exchange->problem().reason(), "NOT_AVAILABLE");
    EXPECT_EQ(exchange->documents_size(), 0);
  }
}

TEST_F(FederationTest, AnOversizedMessageAndAClientWithoutRightAreRefused) {
  relay::v1::Envelope envelope = Sealed(Header());
  envelope.set_body(std::string(65u << 20, 'x'));
  EXPECT_TRUE(absl::StartsWith(Deliver(*peer_, envelope), "status "));
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");

  const auto listed = Call(*Portal().exchange, &exchange::v1::ExchangeService::Stub::ListExchanges,
                           exchange::v1::ListExchangesRequest());
  EXPECT_EQ(listed.status().code(), absl::StatusCode::kPermissionDenied) << listed.status();
}

TEST_F(FederationTest, WhatWaitsForANodeThatIsLeftAloneGoesOnWhenTheNodeIsBack) {
  const std::string authorisation = Authorise();
  federation_->KillNode("NO");
  for (int i = 0; i < relay::kFailuresToOpen; ++i) {
    const auto verdict = Verify("NO");
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_EQ(verdict->verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  }
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "peer.left_alone"));
  const auto started = StartExchange(authorisation);
  ASSERT_TRUE(started.ok()) << started.status();
  ASSERT_TRUE(federation_->StartNode("NO").ok());
  const auto delivered = Wait(started->id());
  ASSERT_TRUE(delivered.ok()) << delivered.status();
  EXPECT_EQ(delivered->state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << delivered->problem().reason();
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "peer.reached_again"));
}

// A verdict is about a document, and goes where the document need not go.
TEST_F(FederationTest, AVerdictNamesNobody) {
  const auto verdict = Verify("NO");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  for (const char* personal : {kLearner, "Solveig", "1994-05-17", "700142"}) {
    ASSERT_TRUE(absl::StrContains(Transcript(), personal)) << personal;
    EXPECT_FALSE(absl::StrContains(verdict->SerializeAsString(), personal)) << personal;
  }
}

TEST_F(FederationTest, APeerThatDoesNotAnswerLeavesTheVerdictOpen) {
  federation_->KillNode("NO");
  const auto verdict = Verify("NO");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
}

}  // namespace
}  // namespace passerelle::gateway
