// A node against a peer with a valid certificate that does not behave: the test plays XX, with XX's own keys.

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/relay/circuit_breaker.h"
#include "gateway/cli/metrics_page.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

using relay::v1::Envelope;

// What the played peer does with an envelope.
using Behaviour = std::function<grpc::Status(const Envelope& request, Envelope* answer)>;

class PlayedPeer : public relay::v1::RelayService::Service {
 public:
  explicit PlayedPeer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  grpc::Status Deliver(grpc::ServerContext* context, const relay::v1::DeliverRequest* request,
                       relay::v1::DeliverResponse* response) override {
    static_cast<void>(context);
    return behaviour_(request->envelope(), response->mutable_envelope());
  }

 private:
  const Behaviour behaviour_;
};

class PlayedPeerTest : public FederationTest {
 protected:
  // XX listens from before the nodes start; what it does is decided by the test.
  std::string EndpointOfXx() override { return played_.Serve(federation_->NodeTls("XX"), &peer_service_); }

  void TearDown() override {
    over_.Notify();
    played_.Stop();
  }

  // A good answer of XX to a request, to be spoilt by the test.
  relay::Header AnswerHeader(const Envelope& request) {
    relay::Header header = Header();
    header.audience = "NL";
    header.type = "passerelle.authenticity.v1.AuthenticityAnswer";
    header.request = relay::EnvelopeSha256(request);
    return header;
  }

  static std::string Confirmation() {
    authenticity::v1::AuthenticityAnswer answer;
    answer.set_sha256(base::Sha256Hex(Transcript()));
    answer.set_finding(authenticity::v1::REGISTER_FINDING_IN_FORCE);
    answer.mutable_issue_time()->set_seconds(1770000000);
    answer.mutable_register_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    return answer.SerializeAsString();
  }

  Envelope Signed(const proof::SigningKey& key, const relay::Header& header, const std::string& body) {
    auto envelope = relay::Seal(key, header, body);
    EXPECT_TRUE(envelope.ok()) << envelope.status();
    return *std::move(envelope);
  }

  // Outcome and reason of the register check of a verdict that rests on XX.
  std::string RegisterCheck() {
    const auto verdict = Verify("XX");
    if (!verdict.ok()) return verdict.status().ToString();
    for (const auto& check : verdict->checks()) {
      if (check.name() == "register") {
        return absl::StrCat(authenticity::v1::Verdict_Name(verdict->verdict()), " ", check.reason());
      }
    }
    return "no register check";
  }

  // What NL tells of the circuit to XX.
  double CircuitAtNl() {
    const auto page = ReadMetricsPage(federation_->PortsOf("NL").metrics);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? MetricSum(*page, "passerelle_peer_circuit", {"node=\"XX\""}) : -1;
  }

  Behaviour behaviour_ = [](const Envelope&, Envelope*) { return grpc::Status::OK; };
  absl::Notification over_;
  PlayedPeer peer_service_{[this](const Envelope& request, Envelope* answer) { return behaviour_(request, answer); }};
  PlayedNode played_;
};

constexpr char kNothingKnown[] = "VERDICT_CANNOT_BE_ESTABLISHED PEER_ANSWER_INVALID";

// An answer that XX signed well, and that is still no answer to this request.
struct SpoiltHeader {
  const char* name;
  void (*spoil)(relay::Header&);
};

constexpr SpoiltHeader kSpoiltHeaders[] = {
    {"to another request", [](relay::Header& header) { header.request = base::Sha256Hex("another request"); }},
    {"to no request", [](relay::Header& header) { header.request.clear(); }},
    {"for another node", [](relay::Header& header) { header.audience = "NO"; }},
    {"in the name of NO", [](relay::Header& header) { header.sender = "NO"; }},
    {"of an hour ahead",
     [](relay::Header& header) {
       header.issued_at += absl::Hours(1);
       header.expires_at += absl::Hours(1);
     }},
    {"of another type", [](relay::Header& header) { header.type = "passerelle.relay.v1.Receipt"; }},
};

TEST_F(PlayedPeerTest, OnlyAnAnswerOfThePeerToThisRequestCounts) {
  const std::string confirmation = Confirmation();
  // The control: XX can answer well.
  behaviour_ = [&](const Envelope& request, Envelope* answer) {
    *answer = Signed(*key_, AnswerHeader(request), confirmation);
    return grpc::Status::OK;
  };
  EXPECT_EQ(RegisterCheck(), "VERDICT_AUTHENTIC REGISTER_CONFIRMS");

  Envelope earlier;
  for (const SpoiltHeader& spoilt : kSpoiltHeaders) {
    SCOPED_TRACE(spoilt.name);
    behaviour_ = [&](const Envelope& request, Envelope* answer) {
      relay::Header header = AnswerHeader(request);
      earlier = Signed(*key_, header, confirmation);
      spoilt.spoil(header);
      *answer = Signed(*key_, header, confirmation);
      return grpc::Status::OK;
    };
    EXPECT_EQ(RegisterCheck(), kNothingKnown);
  }

  const auto stranger = proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  ASSERT_TRUE(stranger.ok()) << stranger.status();
  const std::pair<const char*, std::function<void(const Envelope& request, Envelope& answer)>> bad_answers[] = {
      {"to the request before", [&](const Envelope&, Envelope& answer) { answer = earlier; }},
      {"signed with a key that nobody knows",
       [&](const Envelope& request, Envelope& answer) {
         answer = Signed(*stranger, AnswerHeader(request), confirmation);
       }},
      {"changed after signing",
       [&](const Envelope& request, Envelope& answer) {
         answer = Signed(*key_, AnswerHeader(request), confirmation);
         answer.mutable_body()->back() ^= 1;
       }},
      {"that is the request sent back", [](const Envelope& request, Envelope& answer) { answer = request; }},
      {"that is garbage",
       [](const Envelope&, Envelope& answer) { answer.set_protected_header(std::string(1000, '\xff')); }},
      {"that is empty", [](const Envelope&, Envelope&) {}},
  };
  for (const auto& [name, give] : bad_answers) {
    SCOPED_TRACE(name);
    behaviour_ = [&give = give](const Envelope& request, Envelope* answer) {
      give(request, *answer);
      return grpc::Status::OK;
    };
    EXPECT_EQ(RegisterCheck(), kNothingKnown);
  }
}

TEST_F(PlayedPeerTest, AnAnswerAboutAnotherDocumentConfirmsNothing) {
  behaviour_ = [&](const Envelope& request, Envelope* answer) {
    authenticity::v1::AuthenticityAnswer other;
    other.ParseFromString(Confirmation());
    other.set_sha256(base::Sha256Hex("another document"));
    *answer = Signed(*key_, AnswerHeader(request), other.SerializeAsString());
    return grpc::Status::OK;
  };
  EXPECT_EQ(RegisterCheck(), kNothingKnown);
}

TEST_F(PlayedPeerTest, ASilentPeerIsGivenUpAndHoldsNobodyElseUp) {
  std::atomic<int> asked = 0;
  behaviour_ = [&](const Envelope&, Envelope*) {
    ++asked;
    over_.WaitForNotification();
    return grpc::Status::CANCELLED;
  };
  std::string slow;
  const absl::Time start = absl::Now();
  std::thread waiting([&] { slow = RegisterCheck(); });
  while (asked == 0 && absl::Now() < start + absl::Seconds(5)) absl::SleepFor(absl::Milliseconds(5));
  const auto quick = Verify("NO");
  const absl::Duration quick_took = absl::Now() - start;
  waiting.join();
  ASSERT_TRUE(quick.ok()) << quick.status();
  EXPECT_EQ(quick->verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  EXPECT_LT(quick_took, absl::Now() - start) << "it did not wait for the silent one";
  EXPECT_EQ(slow, "VERDICT_CANNOT_BE_ESTABLISHED PEER_TIMEOUT");
  EXPECT_LT(absl::Now() - start, absl::Seconds(8));
}

// The figures: more calls than a port has threads (16), so that a thread held for each would hold up whoever comes next
// for the whole limit.
constexpr int kQuestionsAtOnce = 40;
constexpr int kStreamsAtOnce = 20;

class StalledPeerTest : public PlayedPeerTest {
 protected:
  absl::Duration PeerCallLimit() override { return absl::Seconds(8); }
};

TEST_F(StalledPeerTest, ManyQuestionsToASilentPeerHoldNobodyElseUp) {
  behaviour_ = [&](const Envelope&, Envelope*) {
    over_.WaitForNotification();
    return grpc::Status::CANCELLED;
  };
  const NodeClient office = Office();
  authenticity::v1::VerifyDocumentRequest request;
  request.set_content(Transcript());
  request.set_issuing_node("XX");
  std::atomic<int> ended = 0;
  struct Waiting {
    grpc::ClientContext context;
    authenticity::v1::VerifyDocumentResponse response;
  };
  std::vector<std::unique_ptr<Waiting>> questions;
  for (int i = 0; i < kQuestionsAtOnce; ++i) {
    questions.push_back(std::make_unique<Waiting>());
    Waiting& waiting = *questions.back();
    office.authenticity->async()->VerifyDocument(&waiting.context, &request, &waiting.response,
                                                 [&](const grpc::Status& status) {
                                                   EXPECT_TRUE(status.ok()) << status.error_message();
                                                   ++ended;
                                                 });
  }
  // Items of streams wait the same way.
  struct Stream {
    grpc::ClientContext context;
    std::unique_ptr<
        grpc::ClientReaderWriter<authenticity::v1::VerifyDocumentsRequest, authenticity::v1::VerifyDocumentsResponse>>
        items;
  };
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < kStreamsAtOnce; ++i) {
    streams.push_back(std::make_unique<Stream>());
    streams.back()->items = office.authenticity->VerifyDocuments(&streams.back()->context);
    authenticity::v1::VerifyDocumentsRequest item;
    item.set_item("7");
    *item.mutable_document() = request;
    ASSERT_TRUE(streams.back()->items->Write(item));
  }

  const auto quick = Verify("NO");
  ASSERT_TRUE(quick.ok()) << quick.status();
  EXPECT_EQ(quick->verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  EXPECT_EQ(ended, 0) << "it was answered while all the others were waiting";

  for (const auto& stream : streams) {
    authenticity::v1::VerifyDocumentsResponse answer;
    ASSERT_TRUE(stream->items->Read(&answer));
    EXPECT_EQ(answer.item(), "7");
    EXPECT_EQ(answer.result().verdict().verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
    stream->items->WritesDone();
    EXPECT_TRUE(stream->items->Finish().ok());
  }
  while (ended < kQuestionsAtOnce) absl::SleepFor(absl::Milliseconds(10));
  for (const auto& waiting : questions) {
    EXPECT_EQ(waiting->response.verdict().verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  }
}

TEST_F(PlayedPeerTest, ASilentPeerIsLeftAloneAndTriedAgain) {
  std::atomic<bool> silent = true;
  std::atomic<int> asked = 0;
  behaviour_ = [&](const Envelope& request, Envelope* answer) {
    ++asked;
    if (silent) {
      // Longer than it is waited for.
      over_.WaitForNotificationWithTimeout(absl::Milliseconds(1500));
      return grpc::Status::CANCELLED;
    }
    *answer = Signed(*key_, AnswerHeader(request), Confirmation());
    return grpc::Status::OK;
  };
  for (int i = 0; i < relay::kFailuresToOpen; ++i) {
    EXPECT_THAT(RegisterCheck(), ::testing::EndsWith("PEER_TIMEOUT"));
  }
  const int asked_before = asked;
  EXPECT_EQ(RegisterCheck(), "VERDICT_CANNOT_BE_ESTABLISHED PEER_LEFT_ALONE");
  EXPECT_EQ(asked, asked_before) << "it was not called";
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "peer.left_alone"));
  EXPECT_EQ(CircuitAtNl(), 2);

  silent = false;
  const absl::Time patience = absl::Now() + relay::kCircuitPauseLast;
  std::string found;
  while (absl::Now() < patience && (found = RegisterCheck()) != "VERDICT_AUTHENTIC REGISTER_CONFIRMS") {
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_EQ(found, "VERDICT_AUTHENTIC REGISTER_CONFIRMS");
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "peer.reached_again"));
  EXPECT_EQ(CircuitAtNl(), 0);
}

}  // namespace
}  // namespace passerelle::gateway
