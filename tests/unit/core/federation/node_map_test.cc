#include "core/federation/node_map.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/proto_time.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace passerelle::federation {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::proof::KeyAlgorithm;
using ::passerelle::proof::SigningKey;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

constexpr absl::Duration kSecond = absl::Seconds(1);

const absl::Time kNow = testing::FakeClock().Now();

SigningKey NewKey() { return SigningKey::Generate(KeyAlgorithm::kEdDsa).value(); }

std::string Certificate(char digit) { return std::string(64, digit); }

v1::Node* AddKeyedNode(v1::NodeMap& map, const std::string& id, char certificate, const SigningKey& key) {
  v1::Node* node = map.add_nodes();
  node->set_id(id);
  node->set_state(v1::NODE_STATE_ACTIVE);
  node->add_tls_certificate_sha256(Certificate(certificate));
  v1::MessageKey* message_key = node->add_message_keys();
  message_key->set_kid(key.verification_key().thumbprint());
  message_key->set_jwk(key.verification_key().jwk());
  return node;
}

class NodeMapTest : public ::testing::Test {
 protected:
  NodeMapTest() : norway_key_(NewKey()), france_key_(NewKey()) {
    map_.set_federation("test");
    map_.set_version(3);
    AddKeyedNode(map_, "NO", 'a', norway_key_);
    AddKeyedNode(map_, "FR", 'b', france_key_);
  }

  std::shared_ptr<const NodeDirectory> Directory() { return NodeDirectory::Make(map_).value(); }
  const std::string& norway_kid() const { return norway_key_.verification_key().thumbprint(); }

  const SigningKey norway_key_;
  const SigningKey france_key_;
  v1::NodeMap map_;
};

TEST_F(NodeMapTest, ContentIsEncryptedToTheKeyThatWasActivatedLast) {
  const auto add = [](v1::Node& node, std::optional<absl::Time> from, std::optional<absl::Time> to) {
    const auto key = proof::DecryptionKey::Generate().value();
    v1::ContentKey& content = *node.add_content_keys();
    content.set_kid(key.encryption_key().thumbprint());
    content.set_jwk(key.encryption_key().jwk());
    content.set_use(v1::CONTENT_KEY_USE_ENCRYPTION);
    if (from) *content.mutable_not_before() = base::ToProto(*from);
    if (to) *content.mutable_not_after() = base::ToProto(*to);
    return key.encryption_key().thumbprint();
  };
  v1::Node& france = *map_.mutable_nodes(1);
  // Another use, which must not be taken.
  v1::ContentKey& seal = *france.add_content_keys();
  const SigningKey seal_key = SigningKey::Generate(KeyAlgorithm::kEs256).value();
  seal.set_kid(seal_key.verification_key().thumbprint());
  seal.set_jwk(seal_key.verification_key().jwk());
  seal.set_use(v1::CONTENT_KEY_USE_SEAL);
  const std::string second = add(france, kNow + absl::Hours(1), std::nullopt);
  const std::string first = add(france, std::nullopt, kNow + absl::Hours(2));

  auto directory = Directory();
  const auto key_at = [&](absl::Time time) {
    const proof::EncryptionKey* const key = directory->EncryptionKey("FR", time);
    return key == nullptr ? "" : key->thumbprint();
  };
  EXPECT_EQ(key_at(kNow), first);
  EXPECT_EQ(key_at(kNow + absl::Hours(1) - kSecond), first);
  EXPECT_EQ(key_at(kNow + absl::Hours(1)), second);
  EXPECT_EQ(key_at(kNow + absl::Hours(3)), second);
  EXPECT_EQ(directory->EncryptionKey("NO", kNow), nullptr);
  EXPECT_EQ(directory->EncryptionKey("SE", kNow), nullptr);

  france.set_state(v1::NODE_STATE_REVOKED);
  directory = Directory();
  EXPECT_EQ(key_at(kNow), "");
}

TEST_F(NodeMapTest, FindsNodesCertificatesAndKeys) {
  const auto directory = Directory();
  ASSERT_NE(directory->Find("NO"), nullptr);
  EXPECT_EQ(directory->Find("NO")->id(), "NO");
  EXPECT_EQ(directory->Find("SE"), nullptr);
  ASSERT_OK_AND_ASSIGN(const v1::Node* active, directory->FindActive("FR", kNow));
  EXPECT_EQ(active->id(), "FR");
  ASSERT_OK_AND_ASSIGN(const v1::Node* peer, directory->Authenticate(Certificate('b'), kNow));
  EXPECT_EQ(peer->id(), "FR");
  const proof::VerificationKey* key = directory->MessageKey("NO", norway_kid(), kNow);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->jwk(), norway_key_.verification_key().jwk());
}

TEST_F(NodeMapTest, KnowsNoStrangers) {
  const auto directory = Directory();
  EXPECT_THAT(directory->FindActive("SE", kNow), HasReason(Reason::kNodeUnknown));
  EXPECT_THAT(directory->Authenticate(Certificate('c'), kNow), HasReason(Reason::kPeerUnknown));
  EXPECT_THAT(directory->Authenticate("", kNow), HasReason(Reason::kPeerUnknown));
  EXPECT_EQ(directory->MessageKey("NO", "stranger", kNow), nullptr);
}

TEST_F(NodeMapTest, TakesAKeyOnlyForItsOwnNode) {
  EXPECT_EQ(Directory()->MessageKey("FR", norway_kid(), kNow), nullptr);
}

class InactiveNodeTest : public NodeMapTest, public ::testing::WithParamInterface<v1::NodeState> {};

TEST_P(InactiveNodeTest, TakesNoPart) {
  map_.mutable_nodes(0)->set_state(GetParam());
  const auto directory = Directory();
  EXPECT_NE(directory->Find("NO"), nullptr);
  EXPECT_THAT(directory->FindActive("NO", kNow), HasReason(Reason::kNodeUnknown));
  EXPECT_THAT(directory->Authenticate(Certificate('a'), kNow), HasReason(Reason::kPeerRevoked));
  EXPECT_EQ(directory->MessageKey("NO", norway_kid(), kNow), nullptr);
  EXPECT_OK(directory->FindActive("FR", kNow));
}

INSTANTIATE_TEST_SUITE_P(All, InactiveNodeTest, ::testing::Values(v1::NODE_STATE_REVOKED, v1::NODE_STATE_UNSPECIFIED),
                         [](const auto& c) { return v1::NodeState_Name(c.param); });

TEST_F(NodeMapTest, IsUnusableFromItsExpiryOn) {
  *map_.mutable_expire_time() = base::ToProto(kNow);
  const auto directory = Directory();
  EXPECT_OK(directory->FindActive("NO", kNow - kSecond));
  EXPECT_OK(directory->Authenticate(Certificate('a'), kNow - kSecond));
  EXPECT_THAT(directory->FindActive("NO", kNow), HasReason(Reason::kNodeMapStale));
  EXPECT_THAT(directory->Authenticate(Certificate('a'), kNow), HasReason(Reason::kNodeMapStale));
}

TEST_F(NodeMapTest, LetsAKeySignWithinItsPeriodOnly) {
  v1::MessageKey* key = map_.mutable_nodes(0)->mutable_message_keys(0);
  *key->mutable_not_before() = base::ToProto(kNow);
  *key->mutable_not_after() = base::ToProto(kNow + absl::Hours(1));
  const auto directory = Directory();
  EXPECT_EQ(directory->MessageKey("NO", norway_kid(), kNow - kSecond), nullptr);
  EXPECT_NE(directory->MessageKey("NO", norway_kid(), kNow), nullptr);
  EXPECT_NE(directory->MessageKey("NO", norway_kid(), kNow + absl::Hours(1)), nullptr);
  EXPECT_EQ(directory->MessageKey("NO", norway_kid(), kNow + absl::Hours(1) + kSecond), nullptr);
}

TEST_F(NodeMapTest, ReplacesAMapByOneThatIsNotOlder) {
  NodeMapHolder holder(Directory());
  map_.set_version(2);
  EXPECT_THAT(holder.Replace(Directory()), HasReasonAt(Reason::kNodeMapRollback, "version"));
  EXPECT_EQ(holder.Get()->map().version(), 3u);
  map_.set_version(4);
  const auto before = holder.Get();
  EXPECT_OK(holder.Replace(Directory()));
  EXPECT_EQ(holder.Get()->map().version(), 4u);
  EXPECT_NE(before->Find("NO"), nullptr);
}

struct BadMap {
  const char* name;
  std::function<void(v1::NodeMap&)> spoil;
  const char* place;
};

class BadMapTest : public NodeMapTest, public ::testing::WithParamInterface<BadMap> {};

TEST_P(BadMapTest, IsRefusedWithItsPlace) {
  GetParam().spoil(map_);
  EXPECT_THAT(NodeDirectory::Make(map_), HasReasonAt(Reason::kNodeMapUnusable, GetParam().place));
}

v1::Node& Second(v1::NodeMap& map) { return *map.mutable_nodes(1); }
v1::MessageKey& SecondKey(v1::NodeMap& map) { return *map.mutable_nodes(1)->mutable_message_keys(0); }

INSTANTIATE_TEST_SUITE_P(
    All, BadMapTest,
    ::testing::Values(
        BadMap{"IdMissing", [](auto& map) { Second(map).clear_id(); }, "nodes[1].id"},
        BadMap{"IdWithSlash", [](auto& map) { Second(map).set_id("F/R"); }, "nodes[1].id"},
        BadMap{"IdTooLong", [](auto& map) { Second(map).set_id(std::string(65, 'F')); }, "nodes[1].id"},
        BadMap{"IdTwice", [](auto& map) { Second(map).set_id("NO"); }, "nodes[1].id"},
        BadMap{"DigestInUpperCase", [](auto& map) { Second(map).set_tls_certificate_sha256(0, Certificate('B')); },
               "nodes[1].tls_certificate_sha256[0]"},
        BadMap{"DigestTooShort", [](auto& map) { Second(map).set_tls_certificate_sha256(0, "abcd"); },
               "nodes[1].tls_certificate_sha256[0]"},
        BadMap{"CertificateUnderTwoNodes", [](auto& map) { Second(map).add_tls_certificate_sha256(Certificate('a')); },
               "nodes[1].tls_certificate_sha256[1]"},
        BadMap{"KidOfAnotherKey", [](auto& map) { SecondKey(map).set_kid(map.nodes(0).message_keys(0).kid()); },
               "nodes[1].message_keys[0].kid"},
        BadMap{"KeyUnderTwoNodes", [](auto& map) { SecondKey(map) = map.nodes(0).message_keys(0); },
               "nodes[1].message_keys[0]"},
        BadMap{"KeyUnreadable", [](auto& map) { SecondKey(map).set_jwk("{}"); }, "nodes[1].message_keys[0].jwk"},
        BadMap{"PeriodTurnedRound",
               [](auto& map) {
                 *SecondKey(map).mutable_not_before() = base::ToProto(kNow);
                 *SecondKey(map).mutable_not_after() = base::ToProto(kNow - kSecond);
               },
               "nodes[1].message_keys[0].not_after"},
        BadMap{"TimeImpossible", [](auto& map) { SecondKey(map).mutable_not_before()->set_nanos(-1); },
               "nodes[1].message_keys[0].not_before"},
        BadMap{"CertificateTwiceWithATime",
               [](auto& map) { Second(map).add_tls_certificates()->set_sha256(Certificate('a')); },
               "nodes[1].tls_certificates[0].sha256"},
        BadMap{"ContentKeyOfNoUse",
               [](auto& map) {
                 const SigningKey key = NewKey();
                 v1::ContentKey& content = *Second(map).add_content_keys();
                 content.set_kid(key.verification_key().thumbprint());
                 content.set_jwk(key.verification_key().jwk());
               },
               "nodes[1].content_keys[0].use"},
        BadMap{"ContentKeyThatSignsMessages",
               [](auto& map) {
                 v1::ContentKey& content = *Second(map).add_content_keys();
                 content.set_kid(SecondKey(map).kid());
                 content.set_jwk(SecondKey(map).jwk());
                 content.set_use(v1::CONTENT_KEY_USE_SEAL);
               },
               "nodes[1].content_keys[0]"},
        BadMap{"ContentKeyThatNothingCanBeEncryptedTo",
               [](auto& map) {
                 const SigningKey key = NewKey();
                 v1::ContentKey& content = *Second(map).add_content_keys();
                 content.set_kid(key.verification_key().thumbprint());
                 content.set_jwk(key.verification_key().jwk());
                 content.set_use(v1::CONTENT_KEY_USE_ENCRYPTION);
               },
               "nodes[1].content_keys[0].jwk"},
        BadMap{"CountryInLowerCase", [](auto& map) { Second(map).set_country("fr"); }, "nodes[1].country"},
        BadMap{"MemoryBelowNothing", [](auto& map) { Second(map).mutable_duplicate_memory()->set_seconds(-1); },
               "nodes[1].duplicate_memory"},
        BadMap{"MaintenanceWithoutEnd",
               [](auto& map) { *Second(map).add_maintenance()->mutable_begin() = base::ToProto(kNow); },
               "nodes[1].maintenance[0]"},
        BadMap{"CompetenceForNothing", [](auto& map) { Second(map).add_competences(); },
               "nodes[1].competences[0].purposes"},
        BadMap{"CompetenceForLevelNine",
               [](auto& map) {
                 Second(map).add_competences()->add_purposes(v1::ROUTE_PURPOSE_RECOGNITION);
                 Second(map).mutable_competences(0)->set_level_max(9);
               },
               "nodes[1].competences[0].level_max"},
        BadMap{"CompetenceForAFieldInWords",
               [](auto& map) {
                 Second(map).add_competences()->add_purposes(v1::ROUTE_PURPOSE_RECOGNITION);
                 Second(map).mutable_competences(0)->add_fields("law");
               },
               "nodes[1].competences[0].fields"},
        BadMap{"GraceOfTwoYears", [](auto& map) { map.mutable_grace()->set_seconds(2 * 366 * 86'400); }, "grace"},
        BadMap{"ExpiryImpossible", [](auto& map) { map.mutable_expire_time()->set_seconds(253402300800); },
               "expire_time"}),
    [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace passerelle::federation
