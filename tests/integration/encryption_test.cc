// What stands between two nodes: real nodes encrypt to each other, and the test, which plays XX, sees what travels.

#include "core/relay/encryption.h"

#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/proof/jose/jwe.h"
#include "gateway/node/node_map_file.h"
#include "gateway/system/system_clock.h"
#include "grpcpp/grpcpp.h"
#include "tests/integration/federation_fixture.h"

namespace passerelle::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// XX as a server, which keeps what comes.
class RecordingPeer : public relay::v1::RelayService::Service {
 public:
  using Answer = std::function<grpc::Status(const relay::v1::DeliverRequest&, relay::v1::DeliverResponse*)>;

  grpc::Status Deliver(grpc::ServerContext* /*context*/, const relay::v1::DeliverRequest* request,
                       relay::v1::DeliverResponse* response) override {
    const absl::MutexLock lock(&mutex_);
    last_ = *request;
    return answer(*request, response);
  }
  relay::v1::DeliverRequest last() {
    const absl::MutexLock lock(&mutex_);
    return last_;
  }
  Answer answer;

 private:
  absl::Mutex mutex_;
  relay::v1::DeliverRequest last_ ABSL_GUARDED_BY(mutex_);
};

class EncryptionTest : public FederationTest {
 protected:
  std::string EndpointOfXx() override { return played_.Serve(federation_->NodeTls("XX"), &service_); }

  // The encryption of XX, by the node map that is in force.
  std::unique_ptr<relay::Encryption> EncryptionOfXx() {
    const auto map =
        LoadNodeMap(federation_->folder() + "/node-map.json", federation_->folder() + "/root.yaml", absl::Now());
    EXPECT_TRUE(map.ok()) << map.status();
    holder_ = std::make_unique<federation::NodeMapHolder>(*map);
    return std::make_unique<relay::Encryption>(
        relay::Encryption::Options{.node = "XX", .nodes = holder_.get(), .keys = &keys_, .clock = &clock_});
  }

  // What NO says to a delivery of XX: "answer", or the message of the status.
  std::string Send(const relay::v1::DeliverRequest& request) {
    const auto response = Call(*peer_, &relay::v1::RelayService::Stub::Deliver, request);
    return response.ok() ? "answer" : std::string(response.status().message());
  }

  SystemClock clock_;
  RecordingPeer service_;
  federation::DecryptionKeys keys_;
  std::unique_ptr<federation::NodeMapHolder> holder_;
  PlayedNode played_;  // last, since it uses the others
};

TEST_F(EncryptionTest, QuestionAndAnswerAreReadByTheTwoNodesOnly) {
  auto key = std::make_shared<const proof::DecryptionKey>(proof::DecryptionKey::Generate().value());
  keys_.Hold({key});
  ChangeNodeMap([&](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (node.id() != "XX") continue;
      federation::v1::ContentKey& content = *node.add_content_keys();
      content.set_kid(key->encryption_key().thumbprint());
      content.set_jwk(key->encryption_key().jwk());
      content.set_use(federation::v1::CONTENT_KEY_USE_ENCRYPTION);
    }
  });
  const std::unique_ptr<relay::Encryption> encryption = EncryptionOfXx();
  const std::string digest = base::Sha256Hex(Transcript());
  service_.answer = [&](const relay::v1::DeliverRequest& request, relay::v1::DeliverResponse* response) {
    relay::v1::Envelope decrypted;
    const auto question = encryption->Take("NL", request, decrypted);
    if (!question.ok()) return grpc::Status(grpc::StatusCode::INTERNAL, question.status().ToString());
    relay::Header header = Header();
    header.audience = "NL";
    header.type = "passerelle.authenticity.v1.AuthenticityAnswer";
    header.request = relay::EnvelopeSha256(**question);
    authenticity::v1::AuthenticityAnswer answer;
    answer.set_sha256(digest);
    answer.set_finding(authenticity::v1::REGISTER_FINDING_IN_FORCE);
    answer.mutable_issue_time()->set_seconds(1770000000);
    answer.mutable_register_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    auto envelope = relay::Seal(*key_, header, answer.SerializeAsString());
    EXPECT_TRUE(envelope.ok()) << envelope.status();
    const absl::Status put = encryption->Put("NL", *std::move(envelope), response);
    EXPECT_TRUE(put.ok()) << put;
    EXPECT_TRUE(response->has_encrypted()) << "NL has a key";
    return grpc::Status::OK;
  };
  const auto verdict = Verify("XX");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->verdict(), authenticity::v1::VERDICT_AUTHENTIC) << verdict->ShortDebugString();

  const relay::v1::DeliverRequest seen = service_.last();
  EXPECT_FALSE(seen.has_envelope());
  const std::string wire = seen.SerializeAsString();
  EXPECT_THAT(wire, Not(HasSubstr(digest)));
  EXPECT_THAT(wire, Not(HasSubstr("AuthenticityQuestion")));
  EXPECT_THAT(seen.encrypted().protected_header(), HasSubstr(key->encryption_key().thumbprint()));
}

TEST_F(EncryptionTest, AnAnswerThatNobodyCanReadIsNone) {
  service_.answer = [](const relay::v1::DeliverRequest&, relay::v1::DeliverResponse* response) {
    response->mutable_encrypted()->set_ciphertext("noise");
    return grpc::Status::OK;
  };
  const auto verdict = Verify("XX");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  EXPECT_EQ(verdict->checks(3).reason(), "PEER_ANSWER_INVALID");
}

TEST_F(EncryptionTest, ANodeRefusesWhatIsNotEncryptedForItByItsCaller) {
  const std::unique_ptr<relay::Encryption> encryption = EncryptionOfXx();
  const auto encrypted = [&](absl::string_view recipient) {
    relay::v1::DeliverRequest request;
    const absl::Status put = encryption->Put(recipient, Sealed(Header()), &request);
    EXPECT_TRUE(put.ok() && request.has_encrypted()) << put;
    return request;
  };
  EXPECT_EQ(Send(encrypted("NO")), "answer");
  EXPECT_THAT(Send(encrypted("NL")), HasSubstr("ENVELOPE_AUDIENCE"));

  relay::v1::DeliverRequest altered = encrypted("NO");
  altered.mutable_encrypted()->mutable_tag()->back() ^= 1;
  EXPECT_THAT(Send(altered), HasSubstr("ENVELOPE_MALFORMED"));

  const auto with = [&](const proof::EncryptionKey& key, const std::string& sender) {
    const proof::JweParts parts =
        proof::EncryptJwe(key, {.content_type = "passerelle.relay.v1.Envelope", .party_u = sender, .party_v = "NO"},
                          Sealed(Header()).SerializeAsString())
            .value();
    relay::v1::DeliverRequest request;
    request.mutable_encrypted()->set_protected_header(parts.header);
    request.mutable_encrypted()->set_iv(parts.iv);
    request.mutable_encrypted()->set_ciphertext(parts.ciphertext);
    request.mutable_encrypted()->set_tag(parts.tag);
    return request;
  };
  const proof::DecryptionKey stranger = proof::DecryptionKey::Generate().value();
  EXPECT_THAT(Send(with(stranger.encryption_key(), "XX")), HasSubstr("MESSAGE_KEY_NOT_ACTIVE"));
  EXPECT_THAT(Send(with(*holder_->Get()->EncryptionKey("NO", absl::Now()), "NL")), HasSubstr("ENVELOPE_SENDER"));
}

}  // namespace
}  // namespace passerelle::gateway
