#include "gateway/trust/trust_bundle_file.h"

#include <filesystem>
#include <fstream>

#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/trust/bundle_fixture.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;
using testing::IsOk;
using trust::At;
using trust::SmallBundle;
using trust::TestKey;

// A root of two keys, one signature a day and two for anchors; a bundle file; a store.
class TrustBundleFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    trust::v1::TrustRoot root;
    root.add_jwks(TestKey(0).verification_key().jwk());
    root.add_jwks(TestKey(1).verification_key().jwk());
    root.set_threshold(1);
    root.set_anchor_threshold(2);
    ASSERT_THAT(ReplaceFile(root_, WriteYaml(root)), IsOk());
  }

  static std::string Signed(const trust::v1::TrustBundle& bundle, bool twice = true) {
    const std::string once = *trust::SignTrustBundle(bundle, TestKey(0));
    return twice ? *trust::AddTrustSignature(once, TestKey(1)) : once;
  }
  void Write(absl::string_view bytes) { ASSERT_THAT(ReplaceFile(path_, bytes), IsOk()); }
  absl::StatusOr<std::unique_ptr<TrustBundleFile>> Open() {
    return TrustBundleFile::Open(path_, root_, &store_, &clock_);
  }

  const std::string folder_ = ::testing::TempDir() + "trust_bundle_file";
  const std::string path_ = folder_ + "/bundle.json";
  const std::string root_ = folder_ + "/root.yaml";
  testing::MemoryStore store_;
  testing::FakeClock clock_{At(2026, 3, 2)};
};

TEST_F(TrustBundleFileTest, ReplacesABundleWhileItRuns) {
  Write(Signed(SmallBundle()));
  ASSERT_OK_AND_ASSIGN(const auto file, Open());
  EXPECT_EQ(file->holder()->Get()->message().version(), 1u);
  EXPECT_THAT(file->Refresh(), IsOk());
  trust::v1::TrustBundle next = SmallBundle();
  next.set_version(2);
  Write(Signed(next, false));
  EXPECT_THAT(file->Refresh(), IsOk());
  EXPECT_EQ(file->holder()->Get()->message().version(), 2u);
}

TEST_F(TrustBundleFileTest, KeepsTheBundleWhenTheFileCannotBeUsed) {
  Write(Signed(SmallBundle()));
  ASSERT_OK_AND_ASSIGN(const auto file, Open());
  trust::v1::TrustBundle next = SmallBundle();
  next.set_version(2);
  next.clear_issuer_bindings();
  const std::string half = Signed(next).substr(0, 400);
  for (const std::string& bytes : {half, Signed(next, false), std::string("x")}) {
    Write(bytes);
    EXPECT_FALSE(file->Refresh().ok());
    EXPECT_THAT(file->Refresh(), IsOk()) << "it is not tried again until it changes";
    EXPECT_EQ(file->holder()->Get()->message().version(), 1u);
  }
  Write(Signed(next));
  EXPECT_THAT(file->Refresh(), IsOk());
  EXPECT_EQ(file->holder()->Get()->message().version(), 2u);
}

TEST_F(TrustBundleFileTest, RefusesAnOlderBundleAfterARestartToo) {
  trust::v1::TrustBundle message = SmallBundle();
  message.set_version(5);
  Write(Signed(message));
  ASSERT_THAT(Open(), IsOk());
  // With one signature, since nothing has changed since.
  message.set_version(6);
  Write(Signed(message, false));
  ASSERT_THAT(Open(), IsOk());
  message.set_version(5);
  Write(Signed(message));
  EXPECT_THAT(Open(), HasReasonAt(Reason::kTrustBundleUnusable, "version"));
  message.set_version(6);
  message.clear_provider_keys();
  message.clear_issuer_bindings();
  Write(Signed(message));
  EXPECT_THAT(Open(), HasReasonAt(Reason::kTrustBundleUnusable, "version")) << "a fork";
}

TEST_F(TrustBundleFileTest, DoesNotStartWithoutAGoodBundle) {
  EXPECT_THAT(Open(), HasReason(Reason::kInputNotReadable));
  Write(Signed(SmallBundle()));
  clock_.Set(At(2026, 4, 1));
  EXPECT_THAT(Open(), HasReasonAt(Reason::kTrustBundleUnusable, "expire_time"));
  ASSERT_THAT(ReplaceFile(root_, "jwks: []\n"), IsOk());
  EXPECT_THAT(Open(), HasReason(Reason::kTrustBundleUnusable));
}

}  // namespace
}  // namespace passerelle::gateway
