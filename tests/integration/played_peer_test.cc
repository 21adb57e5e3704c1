// A node against a peer with a valid certificate that does not behave: the test plays XX, with XX's own keys.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/integration/federation_fixture.h"

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
  std::string EndpointOfXx() override {
    const TlsPems tls = federation_->NodeTls("XX");
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = tls.trusted_authorities;
    options.pem_key_cert_pairs = {{tls.private_key, tls.certificate}};
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
    builder.RegisterService(&peer_service_);
    server_ = builder.BuildAndStart();
    return absl::StrCat("127.0.0.1:", port);
  }

  void TearDown() override {
    over_.Notify();
    if (server_ != nullptr) server_->Shutdown(absl::ToChronoTime(absl::Now()));
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

  Behaviour behaviour_ = [](const Envelope&, Envelope*) { return grpc::Status::OK; };
  absl::Notification over_;
  PlayedPeer peer_service_{[this](const Envelope& request, Envelope* answer) { return behaviour_(request, answer); }};
  std::unique_ptr<grpc::Server> server_;
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

}  // namespace
}  // namespace passerelle::gateway
