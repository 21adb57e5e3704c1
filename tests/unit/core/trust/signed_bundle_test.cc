#include "core/trust/signed_bundle.h"

#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/trust/bundle_fixture.h"

namespace passerelle::trust {
namespace {

using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;
using testing::IsOk;

const absl::Time kNow = At(2026, 3, 2);

// Two keys; one signs the daily bundle, both sign what changes anchors.
TrustSigners Signers() {
  v1::TrustRoot root;
  root.add_jwks(TestKey(0).verification_key().jwk());
  root.add_jwks(TestKey(1).verification_key().jwk());
  root.set_threshold(1);
  root.set_anchor_threshold(2);
  return *TrustSigners::Make(root);
}

std::string Signed(const v1::TrustBundle& bundle, const std::vector<size_t>& keys) {
  std::string file = *SignTrustBundle(bundle, TestKey(keys.front()));
  for (size_t i = 1; i < keys.size(); ++i) file = *AddTrustSignature(file, TestKey(keys[i]));
  return file;
}

TEST(SignedBundle, OpensWithEnoughSignatures) {
  const std::string file = Signed(SmallBundle(), {0, 1});
  ASSERT_OK_AND_ASSIGN(const OpenedBundle opened, OpenTrustBundle(file, Signers(), {kNow}));
  EXPECT_EQ(opened.signers.size(), 2u);
  EXPECT_TRUE(opened.changes_anchors);
  EXPECT_EQ(opened.bundle->message().SerializeAsString(), SmallBundle().SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const ReadBundle read, ReadTrustBundle(file));
  EXPECT_EQ(read.signers, opened.signers);
}

TEST(SignedBundle, AsksForMoreSignaturesWhenAnAnchorChanges) {
  EXPECT_THAT(OpenTrustBundle(Signed(SmallBundle(), {0}), Signers(), {kNow}),
              HasReasonAt(Reason::kTrustBundleUnusable, "signatures"));
  ASSERT_OK_AND_ASSIGN(const auto present, TrustBundle::Make(SmallBundle()));
  v1::TrustBundle next = SmallBundle();
  next.set_version(2);
  *next.mutable_expire_time() = On(2026, 3, 9);
  next.add_status_lists()->set_uri("https://fjord.example/status/1");
  ASSERT_OK_AND_ASSIGN(const OpenedBundle daily,
                       OpenTrustBundle(Signed(next, {1}), Signers(), {kNow, 1, present.get()}));
  EXPECT_FALSE(daily.changes_anchors);
  next.mutable_issuer_bindings(0)->add_key_thumbprints("another");
  EXPECT_THAT(OpenTrustBundle(Signed(next, {1}), Signers(), {kNow, 1, present.get()}),
              HasReasonAt(Reason::kTrustBundleUnusable, "signatures"));
  EXPECT_THAT(OpenTrustBundle(Signed(next, {1, 0}), Signers(), {kNow, 1, present.get()}), IsOk());
}

TEST(SignedBundle, CountsNoSignatureOfStrangersAndNoneTwice) {
  EXPECT_THAT(OpenTrustBundle(Signed(SmallBundle(), {2}), Signers(), {kNow}),
              HasReasonAt(Reason::kTrustBundleUnusable, "signatures"));
  EXPECT_THAT(OpenTrustBundle(Signed(SmallBundle(), {0, 2}), Signers(), {kNow}),
              HasReasonAt(Reason::kTrustBundleUnusable, "signatures"));
  const std::string file = Signed(SmallBundle(), {0});
  EXPECT_THAT(AddTrustSignature(file, TestKey(0)), HasReason(Reason::kFieldInvalid));
  const size_t begin = file.find('{', 1);
  const size_t end = file.find('}');
  const std::string entry = file.substr(begin, end + 1 - begin);
  const std::string twice = absl::StrReplaceAll(file, {{entry, entry + "," + entry}});
  EXPECT_THAT(OpenTrustBundle(twice, Signers(), {kNow}), HasReasonAt(Reason::kTrustBundleUnusable, "signatures"));
}

TEST(SignedBundle, RefusesOldAndExpiredOnes) {
  v1::TrustBundle message = SmallBundle();
  message.set_version(3);
  const std::string file = Signed(message, {0, 1});
  EXPECT_THAT(OpenTrustBundle(file, Signers(), {kNow, 4}), HasReasonAt(Reason::kTrustBundleUnusable, "version"));
  EXPECT_THAT(OpenTrustBundle(file, Signers(), {kNow, 3}), IsOk());
  EXPECT_THAT(OpenTrustBundle(file, Signers(), {At(2026, 3, 9), 3}),
              HasReasonAt(Reason::kTrustBundleUnusable, "expire_time"));
}

TEST(SignedBundle, RefusesEveryChangedAndHalfWrittenFile) {
  const std::string file = Signed(SmallBundle(), {0, 1});
  const TrustSigners signers = Signers();
  const std::string before = SmallBundle().SerializeAsString();
  for (size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    const auto opened = OpenTrustBundle(changed, signers, {kNow});
    EXPECT_TRUE(!opened.ok() || opened->bundle->message().SerializeAsString() == before) << "byte " << i;
    EXPECT_FALSE(i + 3 < file.size() && OpenTrustBundle(file.substr(0, i), signers, {kNow}).ok()) << "cut at " << i;
  }
  EXPECT_THAT(ReadTrustBundle(std::string(base::kTrustBundleBytesMax + 1, ' ')), HasReason(Reason::kInputTooLarge));
}

TEST(TrustSigners, RefusesRootsThatProtectNothing) {
  v1::TrustRoot root;
  EXPECT_THAT(TrustSigners::Make(root), HasReason(Reason::kTrustBundleUnusable));
  root.add_jwks(TestKey(0).verification_key().jwk());
  root.set_threshold(1);
  root.set_anchor_threshold(2);
  EXPECT_THAT(TrustSigners::Make(root), HasReasonAt(Reason::kTrustBundleUnusable, "anchor_threshold"));
  root.add_jwks(root.jwks(0));
  EXPECT_THAT(TrustSigners::Make(root), HasReasonAt(Reason::kTrustBundleUnusable, "jwks"));
  root.set_jwks(1, "{}");
  EXPECT_THAT(TrustSigners::Make(root), HasReasonAt(Reason::kTrustBundleUnusable, "jwks"));
}

}  // namespace
}  // namespace passerelle::trust
