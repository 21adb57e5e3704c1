#include "core/proof/jose/key_set.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::TestSigner;

std::string WithId(absl::string_view id, const TestSigner& signer) {
  return absl::StrCat(R"({"kid":")", id, R"(",)", signer.public_key().jwk().substr(1));
}

std::string Set(std::initializer_list<std::string> keys) {
  std::string list;
  for (const std::string& key : keys) absl::StrAppend(&list, list.empty() ? "" : ",", key);
  return absl::StrCat(R"({"keys":[)", list, "]}");
}

class KeySetTest : public ::testing::Test {
 protected:
  // The thumbprint of the key that is found.
  static absl::StatusOr<std::string> Find(const std::string& set, std::optional<absl::string_view> id,
                                          KeyAlgorithm algorithm = KeyAlgorithm::kEs256) {
    const absl::StatusOr<KeySet> keys = KeySet::Parse(set);
    if (!keys.ok()) return keys.status();
    const absl::StatusOr<PublicKey> key = keys->Find(id, algorithm);
    if (!key.ok()) return key.status();
    return key->thumbprint();
  }

  const TestSigner ec_{KeyAlgorithm::kEs256};
  const TestSigner other_{KeyAlgorithm::kEs256};
  const TestSigner ed_{KeyAlgorithm::kEdDsa};
};

TEST_F(KeySetTest, FindsByTheExactId) {
  const std::string set = Set({WithId("a", ec_), WithId("b", other_), WithId("c", ed_)});
  EXPECT_THAT(Find(set, "b"), testing::IsOkAndHolds(other_.public_key().thumbprint()));
  for (const char* const id : {"", "A", "a ", "a%20", "../a", "d"}) {
    EXPECT_THAT(Find(set, id), HasReason(Reason::kKeyNotFound)) << id;
  }
  EXPECT_THAT(Find(set, std::nullopt), HasReason(Reason::kKeyNotFound));
}

TEST_F(KeySetTest, TakesTheOnlyKey) {
  EXPECT_THAT(Find(WithId("a", ec_), std::nullopt), testing::IsOkAndHolds(ec_.public_key().thumbprint()));
  EXPECT_THAT(Find(ec_.public_key().jwk(), "any"), testing::IsOkAndHolds(ec_.public_key().thumbprint()));
  EXPECT_THAT(Find(WithId("a", ec_), "b"), HasReason(Reason::kKeyNotFound));
}

TEST_F(KeySetTest, WithoutIdsTakesTheOnlyFittingKey) {
  const std::string set = Set({ec_.public_key().jwk(), ed_.public_key().jwk()});
  EXPECT_THAT(Find(set, std::nullopt, KeyAlgorithm::kEdDsa), testing::IsOkAndHolds(ed_.public_key().thumbprint()));
  EXPECT_THAT(Find(set, "any", KeyAlgorithm::kEs256), testing::IsOkAndHolds(ec_.public_key().thumbprint()));
  EXPECT_THAT(Find(set, std::nullopt, KeyAlgorithm::kRs256), HasReason(Reason::kKeyNotFound));
  const std::string two = Set({ec_.public_key().jwk(), other_.public_key().jwk()});
  EXPECT_THAT(Find(two, std::nullopt), HasReason(Reason::kKeyNotFound));
}

TEST_F(KeySetTest, RefusesIdsThatAreThereTwice) {
  EXPECT_THAT(Find(Set({WithId("a", ec_), WithId("a", other_)}), "a"), HasReason(Reason::kKeyNotFound));
}

TEST_F(KeySetTest, KeysForOtherUsesTakeTheirPlace) {
  const std::string set = Set({R"({"kid":"x","kty":"oct","k":"AA"})", WithId("a", ec_), "7"});
  EXPECT_THAT(Find(set, "a"), testing::IsOkAndHolds(ec_.public_key().thumbprint()));
  EXPECT_THAT(Find(set, "x"), HasReason(Reason::kKeyUnusable));
}

TEST_F(KeySetTest, RefusesWhatIsNoKeySet) {
  for (const char* const bad : {"", "[]", "7", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "{"}) {
    EXPECT_THAT(KeySet::Parse(bad), HasReason(Reason::kKeyUnusable)) << bad;
  }
  EXPECT_THAT(Find(R"({"keys":[]})", "a"), HasReason(Reason::kKeyNotFound));
  std::string many;
  for (size_t i = 0; i <= base::kKeySetKeysMax; ++i) absl::StrAppend(&many, many.empty() ? "" : ",", "{}");
  EXPECT_THAT(KeySet::Parse(absl::StrCat(R"({"keys":[)", many, "]}")), HasReason(Reason::kInputTooLarge));
}

}  // namespace
}  // namespace passerelle::proof
