#include "core/federation/signed_node_map.h"

#include <functional>

#include "absl/strings/str_replace.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/federation/federation_fixture.h"

namespace passerelle::federation {
namespace {

using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;
using testing::IsOk;

HeldMap Nothing() { return {FirstRoot(), 0, ""}; }

TEST(SignedNodeMap, OpensWithEnoughSignatures) {
  ASSERT_OK_AND_ASSIGN(const OpenedMap opened, OpenNodeMap(FileOf(SmallMap(3), {2, 0}), Nothing(), kNow));
  EXPECT_EQ(opened.directory->map().version(), 3u);
  EXPECT_EQ(opened.signers.size(), 2u);
  EXPECT_TRUE(opened.root_changes.empty());
  EXPECT_EQ(opened.root.NameOf(opened.signers[0]), "authority 2");
  EXPECT_EQ(opened.directory->AgeAt(kNow), MapAge::kFresh);
}

TEST(SignedNodeMap, IsProposedSignedAndCombined) {
  ASSERT_OK_AND_ASSIGN(const MapFile proposal, ProposeNodeMap(SmallMap(), nullptr));
  ASSERT_OK_AND_ASSIGN(MapFile first, ReadMapFile(WriteMapFile(proposal)));
  MapFile second = first;
  const auto unsigned_map = OpenNodeMap(WriteMapFile(first), Nothing(), kNow);
  EXPECT_THAT(unsigned_map, HasReasonAt(Reason::kNodeMapSignatures, "signatures"));
  EXPECT_THAT(base::DetailOf(unsigned_map.status()),
              ::testing::HasSubstr("verify; the map is of another federation, or the root is"));
  ASSERT_THAT(SignMapFile(TestKey(0), first), IsOk());
  ASSERT_THAT(SignMapFile(TestKey(1), second), IsOk());
  EXPECT_THAT(SignMapFile(TestKey(0), first), HasReasonAt(Reason::kFieldInvalid, "key"));
  EXPECT_THAT(SignMapFile(TestKey(4), first), HasReasonAt(Reason::kFieldInvalid, "key"));
  ASSERT_THAT(CombineMapFiles(second, first), IsOk());
  ASSERT_THAT(CombineMapFiles(second, first), IsOk());
  EXPECT_EQ(first.part.signatures.size(), 2u);
  EXPECT_THAT(OpenNodeMap(WriteMapFile(first), Nothing(), kNow), IsOk());
  ASSERT_OK_AND_ASSIGN(const MapFile other, ProposeNodeMap(SmallMap(2), nullptr));
  EXPECT_THAT(CombineMapFiles(other, first), HasReasonAt(Reason::kFieldInvalid, "payload"));
}

TEST(SignedNodeMap, AForgedCopyDoesNotPushATrueSignatureOut) {
  MapFile forged = SignedBy(SmallMap(), {0, 1});
  forged.part.signatures[1].signature_text = std::string(86, 'A');
  ASSERT_THAT(CombineMapFiles(SignedBy(SmallMap(), {1}), forged), IsOk());
  EXPECT_THAT(OpenNodeMap(WriteMapFile(forged), Nothing(), kNow), IsOk());
}

// What is refused, why, and where.
struct Refused {
  const char* name;
  std::function<std::string()> file;
  HeldMap held;
  absl::Time now;
  const char* place;
  Reason reason = Reason::kNodeMapUnusable;
};

class RefusedMapTest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedMapTest, NamesItsPlace) {
  EXPECT_THAT(OpenNodeMap(GetParam().file(), GetParam().held, GetParam().now),
              HasReasonAt(GetParam().reason, GetParam().place));
}

std::string TwiceTheSameKey() {
  MapFile file = SignedBy(SmallMap(), {0, 0});
  return WriteMapFile(file);
}

std::string OtherType() {
  MapFile file = SignedBy(SmallMap(), {0});
  file.part.signatures.push_back(
      proof::SignArchive(file.part.payload_text, "passerelle-trust-bundle+jws", TestKey(1)).value());
  return WriteMapFile(file);
}

std::string SignaturesOfAnotherMap() {
  MapFile file = SignedBy(SmallMap(2), {0, 1});
  file.part.payload_text = SignedBy(SmallMap(3), {}).part.payload_text;
  return WriteMapFile(file);
}

v1::NodeMap With(uint64_t version, const std::function<void(v1::NodeMap&)>& change) {
  v1::NodeMap map = SmallMap(version);
  change(map);
  return map;
}

// The second root: authority 0 leaves, 3 comes.
v1::NodeMap SecondRootMap(uint64_t version = 2) {
  return With(version, [](v1::NodeMap& map) { *map.mutable_root() = Root(2, 2, {1, 2, 3}); });
}

const absl::Time kExpiry = kIssued + absl::Hours(24 * 30);
const absl::Time kGraceOver = kExpiry + absl::Hours(24 * 7);

INSTANTIATE_TEST_SUITE_P(
    All, RefusedMapTest,
    ::testing::Values(
        Refused{"TooFewSignatures", [] { return FileOf(SmallMap(), {0}); }, Nothing(), kNow, "signatures",
                Reason::kNodeMapSignatures},
        Refused{"NoSignature", [] { return FileOf(SmallMap(), {}); }, Nothing(), kNow, "signatures",
                Reason::kNodeMapSignatures},
        Refused{"TheSameKeyTwice", TwiceTheSameKey, Nothing(), kNow, "signatures", Reason::kNodeMapSignatures},
        Refused{"AStrangersSignature",
                [] {
                  return FileOf(SmallMap(), {0, 4, 5});
                },
                Nothing(), kNow, "signatures", Reason::kNodeMapSignatures},
        Refused{"ASignatureOfAnotherKind", OtherType, Nothing(), kNow, "signatures", Reason::kNodeMapSignatures},
        Refused{"SignaturesOfAnotherMap", SignaturesOfAnotherMap, Nothing(), kNow, "signatures",
                Reason::kNodeMapSignatures},
        Refused{"Rollback",
                [] {
                  return FileOf(SmallMap(3), {0, 1});
                },
                {FirstRoot(), 4, ""},
                kNow,
                "version",
                Reason::kNodeMapRollback},
        Refused{"Fork",
                [] {
                  return FileOf(SmallMap(4), {0, 1});
                },
                {FirstRoot(), 4, base::Sha256Hex("other")},
                kNow,
                "version",
                Reason::kNodeMapFork},
        Refused{"FrozenBeyondGrace",
                [] {
                  return FileOf(SmallMap(4), {0, 1});
                },
                {FirstRoot(), 3, ""},
                kGraceOver,
                "expire_time",
                Reason::kNodeMapStale},
        Refused{"FromTheFuture",
                [] {
                  return FileOf(SmallMap(), {0, 1});
                },
                Nothing(), kIssued - absl::Hours(1), "issue_time"},
        Refused{"WithoutExpiry",
                [] {
                  return FileOf(With(1, [](auto& map) { map.clear_expire_time(); }), {0, 1});
                },
                Nothing(), kNow, "expire_time"},
        Refused{"WithoutIssue",
                [] {
                  return FileOf(With(1, [](auto& map) { map.clear_issue_time(); }), {0, 1});
                },
                Nothing(), kNow, "issue_time"},
        Refused{"LivesForEver",
                [] {
                  return FileOf(With(1,
                                     [](auto& map) {
                                       *map.mutable_expire_time() = base::ToProto(kIssued + absl::Hours(24 * 400));
                                     }),
                                {0, 1});
                },
                Nothing(), kNow, "expire_time"},
        Refused{"GraceForEver",
                [] {
                  return FileOf(With(1, [](auto& map) { map.mutable_grace()->set_seconds(86'400 * 60); }), {0, 1});
                },
                Nothing(), kNow, "grace"},
        Refused{"WithoutVersion",
                [] {
                  return FileOf(SmallMap(0), {0, 1});
                },
                Nothing(), kNow, "version"},
        Refused{"OfAnotherFederation",
                [] {
                  return FileOf(With(1, [](auto& map) { map.set_federation("other"); }), {0, 1});
                },
                Nothing(), kNow, "federation"},
        Refused{"BadContent",
                [] {
                  return FileOf(With(1, [](auto& map) { map.mutable_nodes(0)->set_id(""); }), {0, 1});
                },
                Nothing(), kNow, "nodes[0].id"},
        // Changes of the root.
        Refused{"NewRootSignedByTheOldOnly",
                [] {
                  return FileOf(SecondRootMap(), {0, 1});
                },
                Nothing(), kNow, "signatures", Reason::kNodeMapSignatures},
        Refused{"NewRootSignedByTheNewOnly",
                [] {
                  return FileOf(SecondRootMap(), {2, 3});
                },
                Nothing(), kNow, "signatures", Reason::kNodeMapSignatures},
        Refused{"NewRootWithoutItsNumber",
                [] {
                  return FileOf(With(2, [](auto& map) { *map.mutable_root() = Root(1, 2, {1, 2, 3}); }), {1, 2});
                },
                Nothing(), kNow, "root", Reason::kNodeMapRoot},
        Refused{"LowerThresholdUnderTheSameNumber",
                [] {
                  return FileOf(With(2, [](auto& map) { map.mutable_root()->set_threshold(1); }), {0, 1});
                },
                Nothing(), kNow, "root", Reason::kNodeMapRoot},
        Refused{"RootThatSkipsOne",
                [] {
                  return FileOf(With(2, [](auto& map) { *map.mutable_root() = Root(3, 2, {1, 2, 3}); }), {0, 1, 2, 3});
                },
                Nothing(), kNow, "root.version", Reason::kNodeMapRoot},
        Refused{"OldRootComesBack",
                [] {
                  return FileOf(SmallMap(9), {0, 1});
                },
                {Root(2, 2, {1, 2, 3}), 2, ""},
                kNow,
                "signatures",
                Reason::kNodeMapSignatures},
        Refused{"OldRootComesBackWithSharedSigners",
                [] {
                  return FileOf(SmallMap(9), {1, 2});
                },
                {Root(2, 2, {1, 2, 3}), 2, ""},
                kNow,
                "root.version",
                Reason::kNodeMapRoot},
        Refused{"HistoryThatBreaks",
                [] {
                  return FileOf(SecondRootMap(5), {1, 3},
                                {SignedBy(SecondRootMap(2), {0, 1, 3}).part, SignedBy(SecondRootMap(2), {1}).part});
                },
                {Root(1, 3, {0, 1, 2}), 0, ""},
                kNow,
                "history[0]",
                Reason::kNodeMapSignatures},
        Refused{"ThresholdNought",
                [] {
                  return FileOf(With(1, [](auto& map) { map.mutable_root()->set_threshold(0); }), {0, 1});
                },
                Nothing(), kNow, "root.threshold"}),
    [](const auto& c) { return c.param.name; });

TEST(SignedNodeMap, IsTakenAsAStaleOneWithinItsGrace) {
  ASSERT_OK_AND_ASSIGN(const OpenedMap opened, OpenNodeMap(FileOf(SmallMap(), {0, 1}), Nothing(), kExpiry));
  EXPECT_EQ(opened.directory->AgeAt(kExpiry), MapAge::kStale);
  EXPECT_THAT(opened.directory->FindActive("NO", kExpiry), IsOk());
  EXPECT_THAT(opened.directory->FindActive("NO", kGraceOver), HasReason(Reason::kNodeMapStale));
}

TEST(SignedNodeMap, TakesTheSameBytesAgain) {
  const MapFile file = SignedBy(SmallMap(4), {0, 1});
  EXPECT_THAT(OpenNodeMap(WriteMapFile(file), {FirstRoot(), 4, file.part.sha256}, kNow), IsOk());
}

TEST(SignedNodeMap, FollowsAChangeOfTheRootSignedByBoth) {
  // 1 and 2 are of both roots, and count for both.
  for (const std::vector<size_t>& keys : {std::vector<size_t>{0, 1, 2, 3}, {1, 2}, {0, 1, 3}}) {
    ASSERT_OK_AND_ASSIGN(const OpenedMap opened, OpenNodeMap(FileOf(SecondRootMap(), keys), Nothing(), kNow));
    EXPECT_EQ(opened.root.message().version(), 2u);
    EXPECT_EQ(opened.root_changes, (std::vector<uint64_t>{2}));
  }
}

TEST(SignedNodeMap, ANodeThatMissedChangesFollowsTheHistory) {
  ASSERT_OK_AND_ASSIGN(const MapFile first, ReadMapFile(FileOf(SmallMap(1), {0, 1})));
  ASSERT_OK_AND_ASSIGN(MapFile second, ProposeNodeMap(SecondRootMap(2), &first));
  EXPECT_TRUE(second.history.empty());
  for (const size_t key : {0, 1, 3}) ASSERT_THAT(SignMapFile(TestKey(key), second), IsOk());
  // An ordinary map between the changes.
  ASSERT_OK_AND_ASSIGN(MapFile third, ProposeNodeMap(SecondRootMap(3), &second));
  ASSERT_EQ(third.history.size(), 1u);
  EXPECT_THAT(SignMapFile(TestKey(0), third), HasReasonAt(Reason::kFieldInvalid, "key"));
  for (const size_t key : {1, 3}) ASSERT_THAT(SignMapFile(TestKey(key), third), IsOk());
  const v1::NodeMap last = With(4, [](auto& map) { *map.mutable_root() = Root(3, 2, {3, 4}); });
  ASSERT_OK_AND_ASSIGN(MapFile fourth, ProposeNodeMap(last, &third));
  ASSERT_EQ(fourth.history.size(), 1u);
  for (const size_t key : {1, 3, 4}) ASSERT_THAT(SignMapFile(TestKey(key), fourth), IsOk());

  ASSERT_OK_AND_ASSIGN(const OpenedMap opened, OpenNodeMap(WriteMapFile(fourth), Nothing(), kNow));
  EXPECT_EQ(opened.root_changes, (std::vector<uint64_t>{2, 3}));
  EXPECT_THAT(OpenNodeMap(WriteMapFile(fourth), {Root(2, 2, {1, 2, 3}), 3, third.part.sha256}, kNow), IsOk());
  // Without the history, the step cannot be followed.
  fourth.history.clear();
  EXPECT_THAT(OpenNodeMap(WriteMapFile(fourth), Nothing(), kNow), HasReasonAt(Reason::kNodeMapRoot, "root.version"));
}

TEST(SignedNodeMap, IsProposedOnlyAsASuccessor) {
  const MapFile present = SignedBy(SmallMap(4), {0, 1});
  EXPECT_THAT(ProposeNodeMap(SmallMap(4), &present), HasReasonAt(Reason::kNodeMapUnusable, "version"));
  EXPECT_THAT(ProposeNodeMap(With(5, [](auto& map) { *map.mutable_root() = Root(3, 1, {1}); }), &present),
              HasReasonAt(Reason::kNodeMapRoot, "root"));
  EXPECT_THAT(ProposeNodeMap(With(5, [](auto& map) { *map.mutable_root() = Root(1, 1, {1}); }), &present),
              HasReasonAt(Reason::kNodeMapRoot, "root"));
}

struct BadFile {
  const char* name;
  const char* bytes;
  const char* place;
};

class BadMapFileTest : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadMapFileTest, IsRefusedWithItsPlace) {
  EXPECT_THAT(ReadMapFile(GetParam().bytes), HasReasonAt(Reason::kNodeMapUnusable, GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadMapFileTest,
    ::testing::Values(BadFile{"NoObject", "[]", ""}, BadFile{"NoPayload", "{}", "payload"},
                      BadFile{"PayloadNoBase64", R"({"payload":"=","signatures":[]})", "payload"},
                      BadFile{"PayloadNoMap", R"({"payload":"_____w","signatures":[]})", "payload"},
                      BadFile{"NoSignatures", R"({"payload":""})", "signatures"},
                      BadFile{"SignatureNoObject", R"({"payload":"","signatures":[1]})", "signatures[0]"},
                      BadFile{"SignatureWithoutHeader", R"({"payload":"","signatures":[{"signature":""}]})",
                              "signatures[0].protected"},
                      BadFile{"HeaderNoJson", R"({"payload":"","signatures":[{"protected":"AAAA","signature":""}]})",
                              "signatures[0].protected"},
                      BadFile{"HistoryNoList", R"({"payload":"","signatures":[],"history":{}})", "history"},
                      BadFile{"HistoryNoPart", R"({"payload":"","signatures":[],"history":[{}]})",
                              "history[0].payload"}),
    [](const auto& c) { return c.param.name; });

TEST(SignedNodeMap, HasALimit) {
  EXPECT_THAT(ReadMapFile(std::string(kNodeMapBytesMax + 1, ' ')), HasReason(Reason::kInputTooLarge));
}

}  // namespace
}  // namespace passerelle::federation
