#include "core/proof/x509/time_stamp.h"

#include <string>

#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using ::passerelle::testing::TimeStampWish;

class TimeStampTest : public ::testing::Test {
 protected:
  TimeStampTest() { anchors_.Add(root_.certificate()); }

  static absl::StatusOr<TimeStamp> Verify(const std::string& token, absl::string_view bytes,
                                          const TrustAnchors& anchors) {
    return VerifyTimeStamp(token, absl::MakeConstSpan(&bytes, 1), {}, anchors);
  }

  const absl::Time time_ = *base::ParseDateTime("2025-02-03T04:05:06Z");
  const TestIdentity root_{KeyAlgorithm::kRs256, AuthorityWish("Root")};
  const TestIdentity clock_{KeyAlgorithm::kRs256, TimeStampWish(), root_};
  TrustAnchors anchors_;
};

TEST_F(TimeStampTest, TellsTheTimeOverTheBytesAndWhetherItIsTrusted) {
  const std::string token = clock_.TimeStampOver("signature", time_);
  ASSERT_OK_AND_ASSIGN(const TimeStamp trusted, Verify(token, "signature", anchors_));
  EXPECT_EQ(trusted.time, time_);
  EXPECT_TRUE(trusted.trusted);
  ASSERT_OK_AND_ASSIGN(const TimeStamp claimed, Verify(token, "signature", TrustAnchors()));
  EXPECT_FALSE(claimed.trusted);
  TrustAnchors others;
  others.Add(TestIdentity(KeyAlgorithm::kRs256, AuthorityWish("Root")).certificate());
  ASSERT_OK_AND_ASSIGN(const TimeStamp elsewhere, Verify(token, "signature", others));
  EXPECT_FALSE(elsewhere.trusted);
}

TEST_F(TimeStampTest, DoesNotHoldOverOtherBytes) {
  EXPECT_THAT(Verify(clock_.TimeStampOver("signature", time_), "signatur", anchors_),
              HasReason(Reason::kTimeStampInvalid));
}

TEST_F(TimeStampTest, RefusesWhatIsNoToken) {
  const std::string token = clock_.TimeStampOver("signature", time_);
  for (const std::string& bad : {std::string(), std::string("junk"), token.substr(0, token.size() / 2), token + "0",
                                 std::string(base::kTimeStampBytesMax + 1, '0')}) {
    EXPECT_THAT(Verify(bad, "signature", anchors_), HasReason(Reason::kTimeStampMalformed));
  }
}

// Wherever a bit is flipped, the token does not hold, or says the same.
TEST_F(TimeStampTest, NoFlippedBitTellsAnotherTime) {
  const std::string token = clock_.TimeStampOver("signature", time_);
  for (size_t bit = 0; bit < token.size() * 8; bit += 11) {
    std::string changed = token;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<TimeStamp> checked = Verify(changed, "signature", anchors_);
    EXPECT_TRUE(!checked.ok() || checked->time == time_) << bit;
  }
}

TEST_F(TimeStampTest, TakesTheTimeOfTheAuthorityForItsCertificate) {
  CertificateWish wish = TimeStampWish();
  wish.to = time_ - absl::Hours(24);
  const TestIdentity expired(KeyAlgorithm::kRs256, wish, root_);
  const absl::StatusOr<TimeStamp> late = Verify(expired.TimeStampOver("signature", time_), "signature", anchors_);
  EXPECT_TRUE(!late.ok() || !late->trusted);
  const absl::StatusOr<TimeStamp> timely =
      Verify(expired.TimeStampOver("signature", wish.to - absl::Hours(1)), "signature", anchors_);
  ASSERT_OK(timely);
  EXPECT_TRUE(timely->trusted);
}

}  // namespace
}  // namespace passerelle::proof
