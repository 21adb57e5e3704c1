#include "core/federation/map_keeper.h"

#include "tests/support/fake_clock.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/federation/federation_fixture.h"

namespace passerelle::federation {
namespace {

using base::Problem;
using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;
using testing::IsOk;
using testing::IsOkAndHolds;

class MapKeeperTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<NodeMapKeeper>> Open(const absl::StatusOr<std::string>& file,
                                                      const v1::FederationRoot& root = FirstRoot()) {
    return NodeMapKeeper::OpenSigned(root, file, &store_, &clock_);
  }
  static std::string Signed(uint64_t version) { return FileOf(SmallMap(version), {0, 1}); }
  static std::string SecondRootFile(uint64_t version) {
    v1::NodeMap map = SmallMap(version);
    *map.mutable_root() = Root(2, 2, {1, 2, 3});
    return FileOf(map, {0, 1, 3});
  }
  static uint64_t VersionOf(const NodeMapKeeper& keeper) { return keeper.holder()->Get()->map().version(); }

  testing::MemoryStore store_;
  testing::FakeClock clock_{kNow};
};

TEST_F(MapKeeperTest, TakesNewerOnesAndHandsOutTheFileAsItCame) {
  const std::string third = Signed(3);
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(2)));
  EXPECT_THAT(keeper->file_refused(), IsOk());
  const auto before = keeper->holder()->Get();
  EXPECT_THAT(keeper->Offer(third), IsOkAndHolds(true));
  EXPECT_THAT(keeper->Offer(third), IsOkAndHolds(false));
  EXPECT_EQ(*keeper->signed_map(), third);
  EXPECT_EQ(VersionOf(*keeper), 3u);
  EXPECT_EQ(before->map().version(), 2u) << "who works with the map before, keeps it";
}

TEST_F(MapKeeperTest, RefusesAndKeepsWhatIsInForce) {
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(3)));
  EXPECT_THAT(keeper->Offer(Signed(2)), HasReasonAt(Reason::kNodeMapRollback, "version"));
  EXPECT_THAT(keeper->Offer(FileOf(SmallMap(4), {0})), HasReasonAt(Reason::kNodeMapSignatures, "signatures"));
  v1::NodeMap fork = SmallMap(3);
  fork.mutable_nodes(0)->set_endpoint("evil.example:1");
  EXPECT_THAT(keeper->Offer(FileOf(fork, {0, 1})), HasReasonAt(Reason::kNodeMapFork, "version"));
  EXPECT_THAT(keeper->Offer("{"), HasReason(Reason::kJsonMalformed));
  EXPECT_THAT(keeper->OfferUnsigned(NodeDirectory::Make(SmallMap(9)).value()),
              HasReasonAt(Reason::kNodeMapSignatures, "signatures"));
  EXPECT_EQ(VersionOf(*keeper), 3u);
}

TEST_F(MapKeeperTest, RemembersAcrossARestart) {
  {
    ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(3)));
    ASSERT_THAT(keeper->Offer(Signed(5)), IsOkAndHolds(true));
  }
  // The file on disk is the old one; a peer had brought version 5.
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(3)));
  EXPECT_EQ(VersionOf(*keeper), 5u);
  EXPECT_THAT(keeper->file_refused(), HasReasonAt(Reason::kNodeMapRollback, "version"));
  ASSERT_OK_AND_ASSIGN(const auto without, Open(Problem(Reason::kInputNotReadable, "node-map.json")));
  EXPECT_EQ(VersionOf(*without), 5u);
  EXPECT_THAT(without->file_refused(), HasReason(Reason::kInputNotReadable));
}

TEST_F(MapKeeperTest, FollowsTheRootAndNeverGoesBack) {
  {
    ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(1)));
    ASSERT_THAT(keeper->Offer(SecondRootFile(2)), IsOkAndHolds(true));
    EXPECT_EQ(keeper->root().version(), 2u);
  }
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Problem(Reason::kInputNotReadable, "node-map.json")));
  EXPECT_EQ(keeper->root().version(), 2u);
  // 0 and 1 were enough before.
  EXPECT_THAT(keeper->Offer(Signed(3)), HasReasonAt(Reason::kNodeMapSignatures, "signatures"));
}

TEST_F(MapKeeperTest, BeginsAnewWithAHigherRootOfTheOperator) {
  ASSERT_OK(Open(Signed(4)));
  const v1::FederationRoot fresh = Root(2, 1, {6});
  EXPECT_THAT(Open(Signed(5), fresh), HasReasonAt(Reason::kNodeMapSignatures, "signatures"));
  v1::NodeMap map = SmallMap(3);
  *map.mutable_root() = fresh;
  EXPECT_THAT(Open(FileOf(map, {6}), fresh), HasReasonAt(Reason::kNodeMapRollback, "version"));
  map.set_version(5);
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(FileOf(map, {6}), fresh));
  EXPECT_EQ(VersionOf(*keeper), 5u);
}

TEST_F(MapKeeperTest, AFrozenMapGoesStaleThenOverAndStillLetsANewerOneIn) {
  ASSERT_OK(Open(Signed(3)));
  clock_.Set(kIssued + absl::Hours(24 * 60));
  ASSERT_OK_AND_ASSIGN(const auto keeper, Open(Signed(3)));
  EXPECT_EQ(keeper->holder()->Get()->AgeAt(clock_.Now()), MapAge::kOver);
  EXPECT_THAT(keeper->holder()->Get()->FindActive("NO", clock_.Now()), HasReason(Reason::kNodeMapStale));
  v1::NodeMap next = SmallMap(4);
  *next.mutable_issue_time() = base::ToProto(clock_.Now());
  *next.mutable_expire_time() = base::ToProto(clock_.Now() + absl::Hours(24));
  EXPECT_THAT(keeper->Offer(FileOf(next, {1, 2})), IsOkAndHolds(true));
  EXPECT_THAT(keeper->holder()->Get()->FindActive("NO", clock_.Now()), IsOk());
}

TEST_F(MapKeeperTest, ADeadFileAloneIsNoMap) {
  clock_.Set(kIssued + absl::Hours(24 * 60));
  EXPECT_THAT(Open(Signed(3)), HasReasonAt(Reason::kNodeMapStale, "expire_time"));
}

TEST_F(MapKeeperTest, FromUnsignedToSignedTheVersionGoesOn) {
  ASSERT_OK_AND_ASSIGN(const auto plain,
                       NodeMapKeeper::OpenUnsigned(NodeDirectory::Make(SmallMap(6)).value(), &store_));
  EXPECT_EQ(plain->signed_map(), nullptr);
  EXPECT_THAT(plain->Offer(Signed(7)), HasReasonAt(Reason::kNodeMapUnusable, "root"));
  EXPECT_THAT(plain->OfferUnsigned(NodeDirectory::Make(SmallMap(7)).value()), IsOkAndHolds(true));
  EXPECT_THAT(Open(Signed(6)), HasReasonAt(Reason::kNodeMapRollback, "version"));
  EXPECT_THAT(Open(Signed(8)), IsOk());
}

}  // namespace
}  // namespace passerelle::federation
