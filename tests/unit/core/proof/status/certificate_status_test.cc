#include "core/proof/status/certificate_status.h"

#include <string>
#include <vector>

#include "core/base/date_time.h"
#include "tests/support/fake_status_lists.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::FakeStatusLists;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;

constexpr char kAddress[] = "http://authority.example/list.crl";
const absl::Time kMade = *base::ParseDateTime("2025-06-01");

class CertificateStatusTest : public ::testing::Test {
 protected:
  void Put(const TestIdentity& by, const TestIdentity* revoked) {
    lists_.Put(kAddress, by.RevocationList(revoked, kMade - absl::Hours(24), kMade), kMade);
  }
  StatusOutcome Check(absl::Duration age) const {
    return CheckCertificateStatus(seal_.certificate(), root_.certificate(), addresses_, lists_, kMade + age);
  }

  const TestIdentity root_{KeyAlgorithm::kEs256, AuthorityWish("Root")};
  const TestIdentity seal_{KeyAlgorithm::kEs256, SealWish(), root_};
  const std::vector<std::string> addresses_ = {"http://authority.example/other.crl", kAddress};
  FakeStatusLists lists_;
};

TEST_F(CertificateStatusTest, TellsTheStatusAndItsAge) {
  Put(root_, nullptr);
  const StatusOutcome good = Check(absl::Hours(1));
  EXPECT_EQ(good.state, StatusState::kGood);
  EXPECT_EQ(good.age, absl::Hours(1));
  Put(root_, &seal_);
  EXPECT_EQ(Check(absl::Hours(1)).state, StatusState::kRevoked);
  EXPECT_EQ(Check(absl::Hours(1)).reason, Reason::kCertificateRevoked);
}

TEST_F(CertificateStatusTest, AnOldListSaysNothingSaveThatItRevokes) {
  Put(root_, nullptr);
  const StatusOutcome stale = Check(absl::Hours(25));
  EXPECT_EQ(stale.state, StatusState::kUnknown);
  EXPECT_EQ(stale.reason, Reason::kStatusStale);
  EXPECT_TRUE(stale.within_grace);
  EXPECT_FALSE(Check(absl::Hours(49)).within_grace);
  Put(root_, &seal_);
  EXPECT_EQ(Check(absl::Hours(49)).state, StatusState::kRevoked);
  EXPECT_TRUE(Check(absl::Hours(49)).stale);
}

TEST_F(CertificateStatusTest, OnlyTheIssuerSpeaksOfIt) {
  EXPECT_EQ(Check(absl::Hours(1)).reason, Reason::kNoEvidence);
  const TestIdentity other(KeyAlgorithm::kEs256, AuthorityWish("Root"));
  Put(other, &seal_);
  EXPECT_EQ(Check(absl::Hours(1)).state, StatusState::kUnknown);
  EXPECT_EQ(Check(absl::Hours(1)).reason, Reason::kNoEvidence);
  lists_.Put(kAddress, "no list", kMade);
  EXPECT_EQ(Check(absl::Hours(1)).reason, Reason::kNoEvidence);
}

}  // namespace
}  // namespace passerelle::proof
