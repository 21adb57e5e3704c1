#include "core/proof/statement.h"

#include <functional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/proof/sd_jwt/issue.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/proof/status/status_reference.h"
#include "core/proof/vc_jwt.h"
#include "tests/support/fake_random.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::FakeRandom;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;

const absl::Time kStatedAt = absl::FromUnixSeconds(1'900'000'000);

class StatementTest : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  StatementTest() { keys_.Add(*PublicKey::FromJwk(key_.verification_key().jwk()), "did:web:node.example#k1"); }

  static Statement Made() {
    Statement statement;
    statement.id = "urn:uuid:00000000-0000-4000-8000-000000000002";
    statement.issuer = "did:web:node.example";
    statement.type = "ExampleCredential";
    statement.vct = "urn:example:statement";
    statement.claims = R"({"level":5,"title":"Welding","part":{"ects":3}})";
    statement.from = kStatedAt;
    statement.until = kStatedAt + absl::Hours(48);
    statement.key_id = "did:web:node.example#k1";
    return statement;
  }

  SigningKey MakeKey() const { return *SigningKey::Generate(GetParam()); }

  const SigningKey key_ = MakeKey();
  const SigningKey holder_ = *SigningKey::Generate(KeyAlgorithm::kEs256);
  FakeRandom random_;
  KeySet keys_;
};

TEST_P(StatementTest, AsVcJwtIsACredentialOfTheModel20) {
  ASSERT_OK_AND_ASSIGN(const std::string token, StatementAsVcJwt(Made(), key_));
  const VcJwtVerdict verdict = VerifyVcJwt(token, keys_, kStatedAt + absl::Hours(1));
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_THAT(verdict.findings.list(), ::testing::IsEmpty());
  const auto credential = *base::AsObject(*verdict.credential);
  EXPECT_EQ(base::FindString(credential, "issuer"), "did:web:node.example");
  EXPECT_EQ(base::FindString(credential, "validUntil"), "2030-03-19T17:46:40Z");
  EXPECT_FALSE(VerifyVcJwt(token, keys_, kStatedAt + absl::Hours(49)).Accepted());
}

TEST_P(StatementTest, AVcJwtNamesItsPlaceInAStatusList) {
  Statement statement = Made();
  statement.bitstring_status = Statement::BitstringStatus{"https://node.example/status/2", 17};
  ASSERT_OK_AND_ASSIGN(const std::string token, StatementAsVcJwt(statement, key_));
  const VcJwtVerdict verdict = VerifyVcJwt(token, keys_, kStatedAt + absl::Hours(1));
  ASSERT_TRUE(verdict.Accepted());
  ASSERT_OK_AND_ASSIGN(const StatusReferences references, ReadStatusReferences(*base::AsObject(*verdict.credential)));
  ASSERT_EQ(references.known.size(), 1u);
  EXPECT_EQ(references.known[0].list, "https://node.example/status/2");
  EXPECT_EQ(references.known[0].index, 17u);
}

TEST_P(StatementTest, AFlippedBitBreaksTheToken) {
  ASSERT_OK_AND_ASSIGN(const std::string token, StatementAsVcJwt(Made(), key_));
  for (size_t i = 0; i < token.size(); i += 7) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(VerifyVcJwt(changed, keys_, kStatedAt).Accepted()) << i;
  }
}

TEST_P(StatementTest, AsSdJwtVcIsPresentedByItsHolder) {
  StatementHolder holder;
  holder.jwk = holder_.verification_key().jwk();
  holder.withholdable = {"/title", "/part/ects"};
  holder.status = {"https://node.example/status/1", 17};
  ASSERT_OK_AND_ASSIGN(const std::string issued, StatementAsSdJwtVc(Made(), holder, key_, random_));
  ASSERT_OK_AND_ASSIGN(const std::string shown, PresentSdJwt(issued, {0}));
  ASSERT_OK_AND_ASSIGN(const std::string bound, BindSdJwt(shown, holder_, "https://reader.example", "n", kStatedAt));
  SdJwtDemands demands;
  demands.key_binding = KeyBindingDemand{"https://reader.example", "n"};
  const SdJwtVerdict verdict = VerifySdJwt(bound, keys_, kStatedAt, demands);
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_TRUE(verdict.bound_to_holder);
  EXPECT_THAT(verdict.disclosed, ElementsAre("/title"));
  const auto claims = *base::AsObject(verdict.claims->root());
  EXPECT_EQ(base::FindString(claims, "vct"), "urn:example:statement");
  ASSERT_OK_AND_ASSIGN(const StatusReferences references, ReadStatusReferences(claims));
  ASSERT_EQ(references.known.size(), 1u);
  EXPECT_EQ(references.known[0].index, 17u);
  EXPECT_FALSE(VerifySdJwt(bound, keys_, kStatedAt + absl::Hours(49), demands).Accepted());
}

INSTANTIATE_TEST_SUITE_P(All, StatementTest, ::testing::Values(KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa),
                         [](const auto& c) { return std::string(AlgorithmName(c.param)); });

TEST(StatementProblemsTest, RefusesWhatNobodyCouldVerify) {
  const SigningKey key = *SigningKey::Generate(KeyAlgorithm::kEs256);
  FakeRandom random;
  struct Row {
    const char* place;
    std::function<void(Statement&)> change;
  };
  const std::vector<Row> rows = {
      {"issuer", [](Statement& s) { s.issuer = ""; }},
      {"type",
       [](Statement& s) {
         s.type = "";
         s.vct = "";
       }},
      {"key_id", [](Statement& s) { s.key_id = ""; }},
      {"until", [](Statement& s) { s.until = s.from; }},
      {"claims", [](Statement& s) { s.claims = "[]"; }},
  };
  for (const Row& row : rows) {
    Statement statement{"urn:example:1", "https://node.example",     "T", "urn:example:t", "{}",
                        kStatedAt,       kStatedAt + absl::Hours(1), "k"};
    row.change(statement);
    EXPECT_THAT(StatementAsVcJwt(statement, key), HasReasonAt(Reason::kFieldInvalid, row.place));
    EXPECT_THAT(StatementAsSdJwtVc(statement, {}, key, random), HasReasonAt(Reason::kFieldInvalid, row.place));
  }
  const Statement reserved{"urn:example:1", "https://node.example",     "T", "urn:example:t", R"({"exp":1})",
                           kStatedAt,       kStatedAt + absl::Hours(1), "k"};
  EXPECT_THAT(StatementAsSdJwtVc(reserved, {}, key, random), HasReasonAt(Reason::kFieldInvalid, "claims"));
}

}  // namespace
}  // namespace passerelle::proof
