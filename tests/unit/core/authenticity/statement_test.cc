#include "core/authenticity/statement.h"

#include <string>

#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/proof/vc_jwt.h"
#include "tests/support/fake_random.h"
#include "tests/support/status_matchers.h"

namespace passerelle::authenticity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'900'000'000);

proof::Statement MadeStatement() {
  v1::AuthenticityVerdict verdict;
  verdict.set_verdict(v1::VERDICT_CANNOT_BE_ESTABLISHED);
  verdict.set_sha256(base::Sha256Hex("document"));
  *verdict.mutable_at() = base::ToProto(kNow);
  v1::Check* const check = verdict.add_checks();
  check->set_name("seal");
  check->set_outcome(v1::CHECK_OUTCOME_UNKNOWN);
  check->set_reason("NO_EVIDENCE");
  check->add_inputs("not to be told");
  return StatementOf(verdict, {"urn:uuid:00000000-0000-4000-8000-000000000001", "https://node.example", "k", kNow,
                               kNow + absl::Hours(24)});
}

TEST(StatementTest, SaysWhatWasJudgedAndHow) {
  EXPECT_EQ(MadeStatement().claims,
            "{\"id\":\"ni:///sha-256;Q8wj-lK4e0zB0CtbEUFUFR1q3dsXyf3cBrAn-pniQAg\","
            "\"verdict\":\"CANNOT_BE_ESTABLISHED\",\"at\":\"2030-03-17T17:46:40Z\",\"checks\":[{\"name\":\"seal\","
            "\"outcome\":\"UNKNOWN\",\"reason\":\"NO_EVIDENCE\"}]}");
}

TEST(StatementTest, BothFormsVerifyWithTheKeyOfTheNode) {
  const proof::SigningKey key = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  proof::KeySet keys;
  keys.Add(*proof::PublicKey::FromJwk(key.verification_key().jwk()), "k");
  passerelle::testing::FakeRandom random;
  ASSERT_OK_AND_ASSIGN(const std::string token, proof::StatementAsVcJwt(MadeStatement(), key));
  EXPECT_TRUE(proof::VerifyVcJwt(token, keys, kNow).Accepted());
  ASSERT_OK_AND_ASSIGN(const std::string sd_jwt, proof::StatementAsSdJwtVc(MadeStatement(), {}, key, random));
  EXPECT_TRUE(proof::VerifySdJwt(sd_jwt, keys, kNow, {}).Accepted());
}

}  // namespace
}  // namespace passerelle::authenticity
