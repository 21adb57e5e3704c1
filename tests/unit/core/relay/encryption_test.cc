#include "core/relay/encryption.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "core/base/proto_time.h"
#include "core/proof/jose/jwe.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecret[] = "Ada Example, born 2001-02-03";

class EncryptionTest : public ::testing::Test {
 protected:
  EncryptionTest() {
    france_first_ = AddKey(1, std::nullopt);
    Hold({france_first_});
  }

  // A new key of a node in the map.
  federation::DecryptionKeys::Key AddKey(int node, std::optional<absl::Time> from) {
    auto key = std::make_shared<const proof::DecryptionKey>(proof::DecryptionKey::Generate().value());
    federation::v1::ContentKey& content = *nodes_.map.mutable_nodes(node)->add_content_keys();
    content.set_kid(key->encryption_key().thumbprint());
    content.set_jwk(key->encryption_key().jwk());
    content.set_use(federation::v1::CONTENT_KEY_USE_ENCRYPTION);
    if (from) *content.mutable_not_before() = base::ToProto(*from);
    nodes_.Install();
    return key;
  }
  void Hold(std::vector<federation::DecryptionKeys::Key> keys) { france_keys_.Hold(std::move(keys)); }

  Encryption Norway(bool required = false) { return Of("NO", &norway_keys_, required); }
  Encryption France(bool required = false) { return Of("FR", &france_keys_, required); }
  Encryption Of(const std::string& node, const federation::DecryptionKeys* keys, bool required) {
    return Encryption(
        {.node = node, .nodes = nodes_.holder.get(), .keys = keys, .clock = &clock_, .required = required});
  }

  v1::Envelope Envelope() { return Seal(nodes_.norway, nodes_.Request(clock_.Now()), kSecret).value(); }
  v1::DeliverRequest Request() {
    v1::DeliverRequest request;
    EXPECT_OK(Norway().Put("FR", Envelope(), &request));
    return request;
  }
  absl::Status Taken(const v1::DeliverRequest& request, absl::string_view sender = "NO") {
    v1::Envelope decrypted;
    return France().Take(sender, request, decrypted).status();
  }

  TwoNodes nodes_;
  testing::FakeClock clock_;
  federation::DecryptionKeys norway_keys_;
  federation::DecryptionKeys france_keys_;
  federation::DecryptionKeys::Key france_first_;
};

TEST_F(EncryptionTest, OnlyTheRecipientReadsTheEnvelope) {
  const v1::Envelope envelope = Envelope();
  v1::DeliverRequest request;
  ASSERT_OK(Norway().Put("FR", envelope, &request));
  EXPECT_FALSE(request.has_envelope());
  const std::string wire = request.SerializeAsString();
  for (const char* hidden : {"Ada", "2001", "test.Question", "6f9619ff"}) EXPECT_THAT(wire, Not(HasSubstr(hidden)));

  v1::Envelope decrypted;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope* const taken, France().Take("NO", request, decrypted));
  EXPECT_EQ(taken->SerializeAsString(), envelope.SerializeAsString());
  EXPECT_OK(Open(*taken, *nodes_.Directory(), {.audience = "FR", .sender = "NO", .now = clock_.Now()}));
}

TEST_F(EncryptionTest, AnswersAreEncryptedTheSameWay) {
  const auto norway_key = AddKey(0, std::nullopt);
  norway_keys_.Hold({norway_key});
  v1::DeliverResponse response;
  ASSERT_OK(France().Put("NO", Envelope(), &response));
  EXPECT_FALSE(response.has_envelope());
  v1::Envelope decrypted;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope* const taken, Norway().Take("FR", response, decrypted));
  EXPECT_EQ(taken->body(), kSecret);
}

TEST_F(EncryptionTest, ItIsAJweThatAnybodyElseReadsByTheStandard) {
  const v1::EncryptedEnvelope encrypted = Request().encrypted();
  const std::string compact =
      proof::CompactJwe({encrypted.protected_header(), encrypted.iv(), encrypted.ciphertext(), encrypted.tag()});
  ASSERT_OK_AND_ASSIGN(proof::JweParts parts, proof::ReadCompactJwe(compact));
  ASSERT_OK_AND_ASSIGN(const proof::Jwe jwe, proof::Jwe::Parse(std::move(parts)));
  EXPECT_EQ(jwe.header().content_type, "passerelle.relay.v1.Envelope");
  EXPECT_EQ(jwe.header().party_u, "NO");
  EXPECT_EQ(jwe.header().party_v, "FR");
  ASSERT_OK_AND_ASSIGN(const std::string content, jwe.Decrypt(*france_first_));
  v1::Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(content));
  EXPECT_EQ(envelope.body(), kSecret);
}

TEST_F(EncryptionTest, ANodeWithoutAKeyGetsPlainUnlessEncryptionIsRequired) {
  v1::DeliverRequest request;
  ASSERT_OK(France().Put("NO", Envelope(), &request));
  EXPECT_TRUE(request.has_envelope());
  EXPECT_FALSE(request.has_encrypted());
  v1::Envelope decrypted;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope* const taken, Norway().Take("FR", request, decrypted));
  EXPECT_EQ(taken->body(), kSecret);

  v1::DeliverRequest nothing;
  EXPECT_THAT(France(/*required=*/true).Put("NO", Envelope(), &nothing),
              HasReasonAt(Reason::kMessageKeyNotActive, "nodes[NO].content_keys"));
  EXPECT_EQ(nothing.ByteSizeLong(), 0u);
  EXPECT_THAT(Norway(/*required=*/true).Take("FR", request, decrypted),
              HasReasonAt(Reason::kEnvelopeMalformed, "envelope"));
  v1::DeliverRequest required;
  ASSERT_OK(Norway(/*required=*/true).Put("FR", Envelope(), &required));
  EXPECT_OK(France(/*required=*/true).Take("NO", required, decrypted).status());
}

TEST_F(EncryptionTest, KeysOverlapWhenTheyAreReplaced) {
  const v1::DeliverRequest under_way = Request();
  const auto second = AddKey(1, clock_.Now() + absl::Hours(1));
  Hold({france_first_, second});
  EXPECT_EQ(Request().encrypted().protected_header().find(second->encryption_key().thumbprint()), std::string::npos);
  clock_.Advance(absl::Hours(1));
  const v1::DeliverRequest later = Request();
  EXPECT_THAT(later.encrypted().protected_header(), HasSubstr(second->encryption_key().thumbprint()));
  EXPECT_OK(Taken(later));
  EXPECT_OK(Taken(under_way));
  Hold({second});
  EXPECT_THAT(Taken(under_way), HasReasonAt(Reason::kMessageKeyNotActive, "encrypted/header/kid"));
  EXPECT_OK(Taken(later));
}

TEST_F(EncryptionTest, WhatIsForOrFromAnotherNodeIsRefused) {
  EXPECT_THAT(Taken(Request(), "SE"), HasReasonAt(Reason::kEnvelopeSender, "encrypted/header/apu"))
      << "SE hands on what NO encrypted";
  // Encrypted to the key of FR, for another node.
  v1::DeliverRequest request = Request();
  const proof::JweParts parts =
      proof::EncryptJwe(france_first_->encryption_key(),
                        {.content_type = "passerelle.relay.v1.Envelope", .party_u = "NO", .party_v = "SE"}, "")
          .value();
  request.mutable_encrypted()->set_protected_header(parts.header);
  EXPECT_THAT(Taken(request), HasReasonAt(Reason::kEnvelopeAudience, "encrypted/header/apv"));
}

TEST_F(EncryptionTest, WhatWasChangedIsRefused) {
  struct Change {
    const char* name;
    std::function<void(v1::DeliverRequest&)> make;
    const char* place;
  };
  const auto header = [](v1::DeliverRequest& request, const char* from, const char* to) {
    std::string& json = *request.mutable_encrypted()->mutable_protected_header();
    const std::string changed = absl::StrReplaceAll(json, {{from, to}});
    ASSERT_NE(changed, json);
    json = changed;
  };
  for (const Change& change : std::vector<Change>{
           {"tag", [](auto& request) { request.mutable_encrypted()->mutable_tag()->back() ^= 1; }, "encrypted/tag"},
           {"content", [](auto& request) { request.mutable_encrypted()->mutable_ciphertext()->front() ^= 1; },
            "encrypted/tag"},
           {"nonce", [](auto& request) { request.mutable_encrypted()->mutable_iv()->back() ^= 1; }, "encrypted/tag"},
           {"a blank in the header", [&](auto& request) { header(request, R"("alg":)", R"("alg" :)"); },
            "encrypted/tag"},
           {"cut tag", [](auto& request) { request.mutable_encrypted()->mutable_tag()->pop_back(); }, "encrypted/tag"},
           {"no nonce", [](auto& request) { request.mutable_encrypted()->clear_iv(); }, "encrypted/iv"},
           {"no header", [](auto& request) { request.mutable_encrypted()->clear_protected_header(); },
            "encrypted/header"},
           {"another content", [&](auto& request) { header(request, "relay.v1.Envelope", "relay.v1.Receipt"); },
            "encrypted/header/cty"},
           {"another algorithm", [&](auto& request) { header(request, "A256GCM", "A128GCM"); }, "encrypted/header/enc"},
           {"both", [](auto& request) { request.mutable_envelope()->set_body("plain"); }, "envelope"},
           {"nothing", [](auto& request) { request.mutable_encrypted()->Clear(); }, "encrypted/iv"},
       }) {
    SCOPED_TRACE(change.name);
    v1::DeliverRequest request = Request();
    change.make(request);
    EXPECT_THAT(Taken(request), HasReasonAt(Reason::kEnvelopeMalformed, change.place));
  }
}

TEST_F(EncryptionTest, WhatHoldsNoEnvelopeIsRefused) {
  const proof::JweParts parts =
      proof::EncryptJwe(france_first_->encryption_key(),
                        {.content_type = "passerelle.relay.v1.Envelope", .party_u = "NO", .party_v = "FR"}, "\xff\xff")
          .value();
  v1::DeliverRequest request;
  request.mutable_encrypted()->set_protected_header(parts.header);
  request.mutable_encrypted()->set_iv(parts.iv);
  request.mutable_encrypted()->set_ciphertext(parts.ciphertext);
  request.mutable_encrypted()->set_tag(parts.tag);
  EXPECT_THAT(Taken(request), HasReasonAt(Reason::kEnvelopeMalformed, "encrypted/ciphertext"));
}

}  // namespace
}  // namespace passerelle::relay
