// Which key signs, how long a peer remembers, and when material ends: what the map says of a node's life.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/federation/duplicate_memory.h"
#include "core/federation/expiry.h"
#include "core/federation/map_diff.h"
#include "core/federation/message_keys.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/federation/federation_fixture.h"

namespace passerelle::federation {
namespace {

using base::Reason;
using testing::HasReasonAt;
using testing::IsOk;
using ::testing::UnorderedElementsAre;

void SetPeriod(v1::MessageKey& key, std::optional<absl::Time> from, std::optional<absl::Time> to) {
  if (from) *key.mutable_not_before() = base::ToProto(*from);
  if (to) *key.mutable_not_after() = base::ToProto(*to);
}

// NO changes from key 10 to key 8: both are active for an hour around kNow.
v1::NodeMap RotatingMap() {
  v1::NodeMap map = SmallMap();
  v1::Node& norway = *map.mutable_nodes(0);
  SetPeriod(*norway.mutable_message_keys(0), std::nullopt, kNow + absl::Minutes(30));
  *norway.add_message_keys() = MessageKeyOf(8);
  SetPeriod(*norway.mutable_message_keys(1), kNow - absl::Minutes(30), std::nullopt);
  return map;
}

struct KeyCase {
  const char* name;
  std::vector<size_t> held;
  absl::Duration at;  // from kNow
  int signs;          // -1 for none
};

class ActiveKeyTest : public ::testing::TestWithParam<KeyCase> {};

TEST_P(ActiveKeyTest, IsTheOneThatWasActivatedLast) {
  const NodeMapHolder holder(NodeDirectory::Make(RotatingMap()).value());
  MessageKeys keys("NO", &holder);
  std::vector<MessageKeys::Key> held;
  for (const size_t key : GetParam().held) held.push_back(std::make_shared<const proof::SigningKey>(TestKey(key)));
  keys.Hold(held);
  const absl::Time at = kNow + GetParam().at;
  const auto active = MessageKeySource(&keys).At(at);
  if (GetParam().signs < 0) {
    EXPECT_THAT(active, HasReasonAt(Reason::kMessageKeyNotActive, "nodes[NO].message_keys"));
    return;
  }
  ASSERT_THAT(active, IsOk());
  const std::string& kid = (*active)->verification_key().thumbprint();
  EXPECT_EQ(kid, TestKey(GetParam().signs).verification_key().thumbprint());
  // Whatever signs, others take.
  EXPECT_NE(holder.Get()->MessageKey("NO", kid, absl::FromUnixSeconds(absl::ToUnixSeconds(at))), nullptr);
}

INSTANTIATE_TEST_SUITE_P(All, ActiveKeyTest,
                         ::testing::Values(KeyCase{"BeforeTheOverlap", {10, 8}, -absl::Minutes(31), 10},
                                           KeyCase{"AtTheBegin", {10, 8}, -absl::Minutes(30), 8},
                                           KeyCase{"InTheOverlap", {10, 8}, absl::ZeroDuration(), 8},
                                           KeyCase{"InAnyOrder", {8, 10}, absl::ZeroDuration(), 8},
                                           KeyCase{"NewKeyNotThereYet", {10}, absl::ZeroDuration(), 10},
                                           KeyCase{"AfterTheOverlap", {10, 8}, absl::Minutes(31), 8},
                                           KeyCase{"OldKeyAloneAfterTheOverlap", {10}, absl::Minutes(31), -1},
                                           KeyCase{"NewKeyAloneBeforeTheOverlap", {8}, -absl::Minutes(31), -1},
                                           KeyCase{"KeyOfAnotherNode", {11}, absl::ZeroDuration(), -1},
                                           KeyCase{"NoKey", {}, absl::ZeroDuration(), -1}),
                         [](const auto& c) { return c.param.name; });

TEST(MessageKeyWindows, ADateInsideASecondCountsAsReceiversSeeIt) {
  v1::NodeMap map = RotatingMap();
  SetPeriod(*map.mutable_nodes(0)->mutable_message_keys(1), kNow + absl::Milliseconds(300), std::nullopt);
  const NodeMapHolder holder(NodeDirectory::Make(map).value());
  MessageKeys keys("NO", &holder);
  keys.Hold(
      {std::make_shared<const proof::SigningKey>(TestKey(10)), std::make_shared<const proof::SigningKey>(TestKey(8))});
  // The message would be dated before the key's time.
  ASSERT_OK_AND_ASSIGN(const MessageKeys::Key key, keys.Active(kNow + absl::Milliseconds(500)));
  EXPECT_EQ(key->verification_key().thumbprint(), TestKey(10).verification_key().thumbprint());
}

TEST(TlsCertificates, AreNamedForTheirTimeOnly) {
  v1::NodeMap map = SmallMap();
  v1::Node& norway = *map.mutable_nodes(0);
  v1::TlsCertificate& next = *norway.add_tls_certificates();
  next.set_sha256(base::Sha256Hex("next"));
  *next.mutable_not_before() = base::ToProto(kNow);
  *next.mutable_not_after() = base::ToProto(kNow + absl::Hours(1));
  const auto directory = NodeDirectory::Make(map).value();
  EXPECT_THAT(directory->Authenticate(next.sha256(), kNow - absl::Seconds(1)),
              HasReasonAt(Reason::kPeerRevoked, "certificate"));
  EXPECT_THAT(directory->Authenticate(next.sha256(), kNow), IsOk());
  EXPECT_THAT(directory->Authenticate(next.sha256(), kNow + absl::Hours(2)),
              HasReasonAt(Reason::kPeerRevoked, "certificate"));
  EXPECT_EQ(NodeDirectory::TlsCertificates(directory->map().nodes(0), kNow - absl::Hours(1)).size(), 1u);
  EXPECT_EQ(NodeDirectory::TlsCertificates(directory->map().nodes(0), kNow).size(), 2u);
}

struct MemoryCase {
  const char* name;
  std::optional<absl::Duration> memory;        // of the receiver
  std::optional<absl::Duration> horizon;       // of the sender
  std::optional<absl::Duration> sender_clock;  // bounds
  std::optional<absl::Duration> receiver_clock;
  bool enough;
};

class DuplicateMemoryTest : public ::testing::TestWithParam<MemoryCase> {};

TEST_P(DuplicateMemoryTest, HasToOutlastTheSender) {
  const auto set = [](std::optional<absl::Duration> value, google::protobuf::Duration* target) {
    target->set_seconds(absl::ToInt64Seconds(*value));
  };
  v1::Node sender, receiver;
  sender.set_id("NO");
  receiver.set_id("NL");
  const MemoryCase& c = GetParam();
  if (c.memory) set(c.memory, receiver.mutable_duplicate_memory());
  if (c.horizon) set(c.horizon, sender.mutable_sending_horizon());
  if (c.sender_clock) set(c.sender_clock, sender.mutable_clock_bound());
  if (c.receiver_clock) set(c.receiver_clock, receiver.mutable_clock_bound());
  const absl::Status status = CheckDuplicateMemory(sender, receiver);
  if (c.enough) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, HasReasonAt(Reason::kDuplicateMemoryTooShort, "nodes[NL].duplicate_memory"));
  }
}

// One hour, and what has to come on top of it: the freshness window and both clocks.
constexpr absl::Duration kHorizon = absl::Hours(1);
const absl::Duration kMargin = base::kFreshnessWindow + absl::Seconds(10) + absl::Seconds(20);

INSTANTIATE_TEST_SUITE_P(
    All, DuplicateMemoryTest,
    ::testing::Values(MemoryCase{"NothingStated", {}, {}, {}, {}, true},
                      MemoryCase{"JustEnough", kHorizon + kMargin, kHorizon, absl::Seconds(10), absl::Seconds(20),
                                 true},
                      MemoryCase{"OneSecondShort", kHorizon + kMargin - absl::Seconds(1), kHorizon, absl::Seconds(10),
                                 absl::Seconds(20), false},
                      MemoryCase{"HorizonNotStatedIsAWeek", absl::Hours(24 * 7), {}, {}, {}, false},
                      MemoryCase{"ClocksCount", kHorizon + base::kFreshnessWindow, kHorizon, {}, {}, false},
                      MemoryCase{"MemoryOfTenMinutes", absl::Minutes(10), kHorizon, {}, {}, false}),
    [](const auto& c) { return c.param.name; });

TEST(OwnTerms, MustBeWhatTheProgramDoes) {
  v1::Node own;
  own.set_id("NO");
  EXPECT_THAT(CheckOwnTerms(own), IsOk());
  own.mutable_duplicate_memory()->set_seconds(absl::ToInt64Seconds(base::kDuplicateMemory) + 1);
  EXPECT_THAT(CheckOwnTerms(own), HasReasonAt(Reason::kNodeMapUnusable, "nodes[NO].duplicate_memory"));
  own.clear_duplicate_memory();
  own.mutable_sending_horizon()->set_seconds(60);
  EXPECT_THAT(CheckOwnTerms(own), HasReasonAt(Reason::kNodeMapUnusable, "nodes[NO].sending_horizon"));
}

TEST(Expiries, AreTheLastEndOfEachKind) {
  v1::NodeMap map = RotatingMap();
  SetPeriod(*map.mutable_nodes(0)->mutable_message_keys(1), std::nullopt, kNow + absl::Hours(48));
  v1::Node& netherlands = *map.mutable_nodes(1);
  netherlands.clear_tls_certificate_sha256();
  for (const int days : {3, 5}) {
    v1::TlsCertificate& certificate = *netherlands.add_tls_certificates();
    certificate.set_sha256(base::Sha256Hex(absl::StrCat(days)));
    *certificate.mutable_not_after() = base::ToProto(kNow + absl::Hours(24 * days));
  }
  AddNode(map, "GR", 9).set_state(v1::NODE_STATE_REVOKED);
  *map.mutable_nodes(2)->mutable_message_keys(0)->mutable_not_after() = base::ToProto(kNow);
  std::vector<std::string> seen;
  for (const Expiry& expiry : ExpiriesOf(map)) {
    seen.push_back(absl::StrCat(expiry.node, " ", expiry.material, " ", absl::ToInt64Hours(expiry.end - kNow)));
  }
  EXPECT_THAT(seen, UnorderedElementsAre(" node_map 719", "NO message_key 48", "NL tls_certificate 120"));
}

TEST(MapDiff, NamesWhatChangesByIdAndKey) {
  const v1::NodeMap before = SmallMap(1);
  v1::NodeMap after = RotatingMap();
  after.set_version(2);
  after.mutable_nodes()->SwapElements(0, 1);
  after.mutable_nodes(0)->set_endpoint("nl.example:7443");
  AddNode(after, "BG", 9);
  after.mutable_root()->mutable_authorities()->SwapElements(0, 2);
  std::vector<std::string> seen;
  for (const base::MessageChange& change : CompareNodeMaps(before, after)) {
    const std::string after_text = change.place == "version" ? absl::StrCat(" ", change.before, " ", change.after) : "";
    seen.push_back(absl::StrCat(base::ChangeWord(change.kind), " ", change.place, after_text));
  }
  const std::string old_key = TestKey(10).verification_key().thumbprint();
  const std::string new_key = TestKey(8).verification_key().thumbprint();
  EXPECT_THAT(seen, UnorderedElementsAre("changed version 1 2", "added nodes[NL].endpoint", "added nodes[BG]",
                                         absl::StrCat("added nodes[NO].message_keys[", old_key, "].not_after"),
                                         absl::StrCat("added nodes[NO].message_keys[", new_key, "]")));
  EXPECT_TRUE(CompareNodeMaps(before, before).empty());
}

}  // namespace
}  // namespace passerelle::federation
