#include "core/proof/x509/certificate.h"

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/proof/x509/certificate_cache.h"
#include "core/proof/x509/revocation.h"
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

absl::Time On(absl::string_view date) { return *base::ParseDateTime(date); }

class PathTest : public ::testing::Test {
 protected:
  PathTest() { anchors_.Add(root_.certificate()); }

  absl::StatusOr<std::vector<Certificate>> Path(const TestIdentity& leaf, absl::string_view at = "2025-06-01") const {
    const std::vector<Certificate> others = {middle_.certificate()};
    return BuildPath(leaf.certificate(), others, anchors_, CertificateUse::kContent, On(at));
  }

  const TestIdentity root_{KeyAlgorithm::kEs256, AuthorityWish("Root")};
  const TestIdentity middle_{KeyAlgorithm::kEs256, AuthorityWish("Middle"), root_};
  TrustAnchors anchors_;
};

TEST_F(PathTest, LeadsFromTheLeafToTheAnchor) {
  const TestIdentity leaf(KeyAlgorithm::kEs256, SealWish(), middle_);
  ASSERT_OK_AND_ASSIGN(const std::vector<Certificate> path, Path(leaf));
  ASSERT_EQ(path.size(), 3u);
  EXPECT_EQ(path[0].der(), leaf.der());
  EXPECT_EQ(path[2].der(), root_.der());
}

TEST_F(PathTest, EndsAtAnAnchorBelowTheRoot) {
  TrustAnchors anchors;
  anchors.Add(middle_.certificate());
  const TestIdentity leaf(KeyAlgorithm::kEs256, SealWish(), middle_);
  EXPECT_OK(BuildPath(leaf.certificate(), {}, anchors, CertificateUse::kContent, On("2025-06-01")));
}

TEST_F(PathTest, RefusesOtherRootsWithTheSameName) {
  const TestIdentity other(KeyAlgorithm::kEs256, AuthorityWish("Middle"));
  EXPECT_THAT(Path(TestIdentity(KeyAlgorithm::kEs256, SealWish(), other)), HasReason(Reason::kCertificateUntrusted));
  EXPECT_THAT(Path(TestIdentity(KeyAlgorithm::kEs256, SealWish())), HasReason(Reason::kCertificateUntrusted));
}

TEST_F(PathTest, RefusesSealsThatActAsAuthorities) {
  const TestIdentity seal(KeyAlgorithm::kEs256, SealWish(), root_);
  const TestIdentity below(KeyAlgorithm::kEs256, SealWish(), seal);
  const std::vector<Certificate> others = {seal.certificate()};
  EXPECT_THAT(BuildPath(below.certificate(), others, anchors_, CertificateUse::kContent, On("2025-06-01")),
              HasReason(Reason::kCertificateUntrusted));
}

TEST_F(PathTest, KeepsToTheTimesOfEveryCertificate) {
  const TestIdentity leaf(KeyAlgorithm::kEs256, SealWish(), middle_);
  EXPECT_THAT(Path(leaf, "2023-12-31"), HasReason(Reason::kCertificateExpired));
  EXPECT_THAT(Path(leaf, "2030-01-02"), HasReason(Reason::kCertificateExpired));
}

TEST_F(PathTest, RefusesSha1AndShortKeys) {
  CertificateWish wish = SealWish();
  wish.digest = "SHA1";
  EXPECT_THAT(Path(TestIdentity(KeyAlgorithm::kEs256, wish, middle_)), HasReason(Reason::kCertificateUntrusted));
}

// Deep chains and large heaps of certificates end at once: only so many are looked at.
TEST_F(PathTest, IsBoundedInTime) {
  std::vector<std::unique_ptr<TestIdentity>> chain;
  chain.push_back(std::make_unique<TestIdentity>(KeyAlgorithm::kEs256, AuthorityWish("0"), root_));
  std::vector<Certificate> others = {chain.back()->certificate()};
  for (int i = 1; i < 60; ++i) {
    chain.push_back(
        std::make_unique<TestIdentity>(KeyAlgorithm::kEs256, AuthorityWish(absl::StrCat(i)), *chain.back()));
    others.push_back(chain.back()->certificate());
  }
  const TestIdentity leaf(KeyAlgorithm::kEs256, SealWish(), *chain.back());
  const std::clock_t start = std::clock();  // of the processor: the machine may have other work
  EXPECT_THAT(BuildPath(leaf.certificate(), others, anchors_, CertificateUse::kContent, On("2025-06-01")),
              HasReason(Reason::kCertificateUntrusted));
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST_F(PathTest, RefusesWhatIsNoCertificate) {
  const std::string der = root_.der();
  EXPECT_THAT(Certificate::FromDer(""), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Certificate::FromDer(der + "0"), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Certificate::FromDer(der.substr(0, der.size() - 1)), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Certificate::FromDer(std::string(base::kKeyBytesMax + 1, '0')), HasReason(Reason::kKeyUnusable));
  EXPECT_THAT(Certificate::FromPem("no certificate"), HasReason(Reason::kKeyUnusable));
  EXPECT_EQ(Certificate::FromPem(absl::StrCat(root_.CertificatePem(), middle_.CertificatePem()))->size(), 2u);
}

class RevocationTest : public PathTest {
 protected:
  RevocationAnswer Check(const std::string& list, absl::string_view at = "2025-06-01") const {
    return CheckRevocation(leaf_.certificate(), middle_.certificate(), {{list}, {}}, On(at));
  }

  const TestIdentity leaf_{KeyAlgorithm::kEs256, SealWish(), middle_};
};

TEST_F(RevocationTest, FollowsTheListOfTheIssuer) {
  EXPECT_EQ(Check(middle_.RevocationList(nullptr, {}, On("2025-01-01"))).status, RevocationStatus::kGood);
  const std::string list = middle_.RevocationList(&leaf_, On("2025-03-01"), On("2025-04-01"));
  EXPECT_EQ(Check(list).status, RevocationStatus::kRevoked);
  EXPECT_EQ(Check(list).revoked_at, On("2025-03-01"));
  // The signature was made before.
  EXPECT_EQ(Check(list, "2025-02-01").status, RevocationStatus::kGood);
}

TEST_F(RevocationTest, TakesTheNewestOfSeveralLists) {
  const std::string older = middle_.RevocationList(nullptr, {}, On("2025-01-01"));
  const std::string newer = middle_.RevocationList(&leaf_, On("2025-03-01"), On("2025-04-01"));
  const RevocationEvidence evidence = {{newer, older}, {}};
  EXPECT_EQ(CheckRevocation(leaf_.certificate(), middle_.certificate(), evidence, On("2025-06-01")).status,
            RevocationStatus::kRevoked);
}

TEST_F(RevocationTest, ListsOfOthersSayNothing) {
  const TestIdentity impostor(KeyAlgorithm::kEs256, AuthorityWish("Middle"));
  EXPECT_EQ(Check(impostor.RevocationList(nullptr, {}, On("2025-01-01"))).status, RevocationStatus::kUnknown);
  EXPECT_EQ(Check(root_.RevocationList(nullptr, {}, On("2025-01-01"))).status, RevocationStatus::kUnknown);
  EXPECT_EQ(Check("no list").status, RevocationStatus::kUnknown);
  EXPECT_EQ(CheckRevocation(leaf_.certificate(), middle_.certificate(), {{}, {"no answer"}}, On("2025-06-01")).status,
            RevocationStatus::kUnknown);
}

TEST(CertificateCacheTest, ReadsEachCertificateOnce) {
  const passerelle::testing::TestIdentity root(KeyAlgorithm::kEs256, passerelle::testing::AuthorityWish("Root"));
  CertificateCache cache;
  ASSERT_OK_AND_ASSIGN(const Certificate first, cache.Get(root.der()));
  ASSERT_OK_AND_ASSIGN(const Certificate second, cache.Get(root.der()));
  EXPECT_EQ(first.openssl(), second.openssl());
  EXPECT_EQ(first.der(), root.der());
  EXPECT_FALSE(cache.Get("no certificate").ok());
}

TEST(CertificateCacheTest, ForgetsWhatNobodyAsksFor) {
  const passerelle::testing::TestIdentity root(KeyAlgorithm::kEs256, passerelle::testing::AuthorityWish("Root"));
  const passerelle::testing::TestIdentity kept(KeyAlgorithm::kEs256, passerelle::testing::SealWish(), root);
  CertificateCache cache;
  const Certificate forgotten = *cache.Get(root.der());
  const Certificate remembered = *cache.Get(kept.der());
  for (size_t i = 0; i <= kCertificatesKeptMax; ++i) {
    const passerelle::testing::TestIdentity other(KeyAlgorithm::kEs256, passerelle::testing::SealWish(), root);
    EXPECT_TRUE(cache.Get(other.der()).ok());
    EXPECT_EQ(cache.Get(kept.der())->openssl(), remembered.openssl()) << i;
  }
  EXPECT_NE(cache.Get(root.der())->openssl(), forgotten.openssl());
}

}  // namespace
}  // namespace passerelle::proof
