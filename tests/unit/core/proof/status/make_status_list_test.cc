// Lists that are made are lists that can be read: by the checks that verify those of others.
#include "core/proof/status/make_status_list.h"

#include <functional>

#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/proof/jose/jws.h"
#include "core/proof/status/status_check.h"
#include "core/proof/status/status_list.h"
#include "core/proof/vc_jwt.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

const absl::Time kNow = absl::FromUnixSeconds(1'900'000'000);
constexpr char kListIssuer[] = "https://authority.example";
constexpr char kMadeList[] = "https://status.example/list";

StatusListWish ListWish() {
  StatusListWish wish;
  wish.uri = kMadeList;
  wish.issuer = kListIssuer;
  wish.key_id = "k1";
  wish.revoked = {0, 7, 8, 4711, kStatusEntries - 1};
  wish.at = kNow;
  wish.until = kNow + absl::Hours(48);
  return wish;
}

class MadeListTest : public ::testing::TestWithParam<StatusScheme> {
 protected:
  bool IsBitstring() const { return GetParam() == StatusScheme::kBitstring; }
  std::string Make(const StatusListWish& wish) const {
    return (IsBitstring() ? MakeBitstringStatusList(wish, key_) : MakeTokenStatusList(wish, key_)).value();
  }

  // What the list says to whom it verifies; unknown where it does not.
  StatusOutcome Check(const std::string& list, uint64_t index, absl::Time now) const {
    StatusReference reference;
    reference.scheme = GetParam();
    reference.list = kMadeList;
    reference.index = index;
    reference.purpose = IsBitstring() ? "revocation" : "";
    reference.issuer = kListIssuer;
    KeySet keys;
    keys.Add(*PublicKey::FromJwk(key_.verification_key().jwk()), "k1");
    if (IsBitstring()) {
      const VcJwtVerdict verdict = VerifyVcJwt(list, keys, now);
      if (!verdict.Accepted() || !verdict.credential) return {};
      return CheckStatus(reference, {kMadeList, *base::AsObject(*verdict.credential), kListIssuer, now}, now);
    }
    const absl::StatusOr<Jws> jws = Jws::ParseCompact(list);
    if (!jws.ok()) return {};
    const JwsVerdict verdict = jws->Verify(keys, TokenProfile());
    if (!verdict.Accepted()) return {};
    EXPECT_EQ(jws->signatures().front().header.ProtectedText("typ"), "statuslist+jwt");
    const base::JsonDocument claims = *base::JsonDocument::Parse(*verdict.payload);
    return CheckStatus(reference, {kMadeList, *base::AsObject(claims.root()), kListIssuer, now}, now);
  }

  const SigningKey key_ = *SigningKey::Generate(KeyAlgorithm::kEs256);
};

TEST_P(MadeListTest, EveryPlaceSaysWhatItWasMadeOf) {
  const StatusListWish wish = ListWish();
  const std::string list = Make(wish);
  for (const uint64_t index : {0u, 1u, 6u, 7u, 8u, 9u, 15u, 4710u, 4711u, 4712u, 131070u, 131071u}) {
    const StatusState wanted = wish.revoked.count(index) > 0 ? StatusState::kRevoked : StatusState::kGood;
    const StatusOutcome outcome = Check(list, index, kNow + absl::Minutes(1));
    EXPECT_EQ(outcome.state, wanted) << index << " " << outcome.place << " " << outcome.detail;
  }
  EXPECT_EQ(Check(list, kStatusEntries, kNow).state, StatusState::kUnknown);
}

TEST_P(MadeListTest, AnUnusedListRevokesNothingAndIsAsLarge) {
  StatusListWish wish = ListWish();
  wish.revoked.clear();
  const std::string list = Make(wish);
  for (const uint64_t index : {0u, 4711u, 131071u}) EXPECT_EQ(Check(list, index, kNow).state, StatusState::kGood);
}

TEST_P(MadeListTest, AChangedListIsNoList) {
  std::string list = Make(ListWish());
  list[list.size() / 2] ^= 1;
  EXPECT_EQ(Check(list, 1, kNow).state, StatusState::kUnknown);
}

TEST_P(MadeListTest, ABadWishIsRefusedAtThePlace) {
  struct Case {
    const char* place;
    std::function<void(StatusListWish&)> change;
  };
  const std::vector<Case> cases = {{"uri", [](StatusListWish& wish) { wish.uri.clear(); }},
                                   {"issuer", [](StatusListWish& wish) { wish.issuer.clear(); }},
                                   {"key_id", [](StatusListWish& wish) { wish.key_id.clear(); }},
                                   {"until", [](StatusListWish& wish) { wish.until = wish.at; }},
                                   {"revoked", [](StatusListWish& wish) { wish.revoked.insert(kStatusEntries); }}};
  for (const Case& row : cases) {
    StatusListWish wish = ListWish();
    row.change(wish);
    EXPECT_THAT(IsBitstring() ? MakeBitstringStatusList(wish, key_) : MakeTokenStatusList(wish, key_),
                HasReasonAt(Reason::kFieldInvalid, row.place));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, MadeListTest,
                         ::testing::Values(StatusScheme::kBitstring, StatusScheme::kTokenStatusList));

TEST(BitstringEntry, IsAReferenceThatCanBeRead) {
  const std::string json =
      R"({"issuer":"https://authority.example","credentialStatus":)" + BitstringEntryJson(kMadeList, 4711) + "}";
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(json));
  ASSERT_OK_AND_ASSIGN(const StatusReferences references, ReadStatusReferences(*base::AsObject(document.root())));
  ASSERT_EQ(references.known.size(), 1u);
  EXPECT_EQ(references.known[0].scheme, StatusScheme::kBitstring);
  EXPECT_EQ(references.known[0].list, kMadeList);
  EXPECT_EQ(references.known[0].index, 4711u);
  EXPECT_EQ(references.known[0].purpose, "revocation");
}

}  // namespace
}  // namespace passerelle::proof
