#include "core/catalogue/harvest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/catalogue/provider_types.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

class MemoryBook : public OfferBook {
 public:
  absl::StatusOr<std::optional<KeptOffer>> Find(absl::string_view id) override {
    const auto found = kept.find(std::string(id));
    return found == kept.end() ? std::optional<KeptOffer>() : found->second;
  }
  absl::Status Write(const v1::Offer& offer, const KeptOffer& entry, v1::ChangeKind kind,
                     absl::string_view day) override {
    kept[offer.id()] = entry;
    absl::StrAppend(&feed, offer.id(), kind == v1::CHANGE_KIND_ADDED ? "+" : "~", day, " ");
    types[offer.id()] = offer.provider_type();
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> Offered(absl::string_view source, absl::string_view after,
                                                   int limit) override {
    std::vector<std::string> ids;
    for (auto entry = kept.upper_bound(std::string(after)); entry != kept.end(); ++entry) {
      const bool fits = entry->second.source == source && !entry->second.withdrawn;
      if (fits && static_cast<int>(ids.size()) < limit) ids.push_back(entry->first);
    }
    return ids;
  }
  absl::Status Withdraw(absl::string_view id, absl::string_view day) override {
    kept[std::string(id)].withdrawn = true;
    absl::StrAppend(&feed, id, "-", day, " ");
    return absl::OkStatus();
  }

  std::map<std::string, KeptOffer> kept;
  std::map<std::string, std::string> types;
  std::string feed;
};

v1::Source Authority(const std::string& id = "no") {
  v1::Source source;
  source.set_id(id);
  source.set_kind(v1::SOURCE_KIND_AUTHORITY);
  source.set_provider_type("HEI");
  return source;
}

v1::Offer Offer(const std::string& id, const std::string& title = "T", const std::string& credits = "5") {
  v1::Offer offer;
  offer.set_id(id);
  offer.add_titles()->set_value(title);
  offer.set_credits(credits);
  offer.set_provider("uni");
  return offer;
}

ReadOffers Catalogue(std::vector<v1::Offer> offers) {
  ReadOffers read;
  read.offers = std::move(offers);
  return read;
}

std::string Counts(const Harvested& h) {
  return absl::StrCat("+", h.added, " ~", h.changed, " =", h.unchanged, " -", h.withdrawn, " !", h.refused);
}

TEST(HarvestTest, OnlyWhatChangedIsWrittenAndWhatIsGoneLeavesATombstone) {
  MemoryBook book;
  const v1::Source source = Authority();
  const auto harvest = [&](std::vector<v1::Offer> offers, const std::string& day) {
    const auto done = Harvest(source, Catalogue(std::move(offers)), {day, false}, &book);
    EXPECT_OK(done);
    return done.ok() ? Counts(*done) : "";
  };
  EXPECT_EQ(harvest({Offer("a"), Offer("b"), Offer("c")}, "d1"), "+3 ~0 =0 -0 !0");
  EXPECT_EQ(harvest({Offer("c"), Offer("a"), Offer("b")}, "d2"), "+0 ~0 =3 -0 !0");
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title")}, "d3"), "+0 ~1 =1 -1 !0");
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title")}, "d4"), "+0 ~0 =2 -0 !0");
  // It returns under its id.
  EXPECT_EQ(harvest({Offer("a"), Offer("b", "New title"), Offer("c")}, "d5"), "+1 ~0 =2 -0 !0");
  EXPECT_EQ(book.feed, "a+d1 b+d1 c+d1 b~d3 c-d3 c+d5 ");
  EXPECT_EQ(book.types["a"], "HEI");
}

TEST(HarvestTest, ASourceSpeaksForItsOwnOffersOnly) {
  MemoryBook book;
  ASSERT_OK(Harvest(Authority("no"), Catalogue({Offer("a")}), {"d1", false}, &book));
  // Another source may not take the offer over, nor withdraw it.
  ASSERT_OK_AND_ASSIGN(const Harvested taken,
                       Harvest(Authority("se"), Catalogue({Offer("a", "Mine"), Offer("b")}), {"d2", false}, &book));
  EXPECT_EQ(Counts(taken), "+1 ~0 =0 -0 !1");
  EXPECT_EQ(book.kept["a"].source, "no");
  v1::Source provider = Authority("uni");
  provider.set_kind(v1::SOURCE_KIND_PROVIDER);
  provider.add_providers("another");
  ASSERT_OK_AND_ASSIGN(const Harvested refused, Harvest(provider, Catalogue({Offer("c")}), {"d3", false}, &book));
  EXPECT_EQ(Counts(refused), "+0 ~0 =0 -0 !1");
  ASSERT_EQ(refused.findings.size(), 1u);
  EXPECT_EQ(refused.findings[0].why, "the source may not offer for this provider");
}

TEST(HarvestTest, PublishersWithoutAMandateAreRefused) {
  MemoryBook book;
  v1::Source source = Authority();
  source.set_kind(v1::SOURCE_KIND_UNSPECIFIED);
  EXPECT_THAT(Harvest(source, {}, {"d", false}, &book), HasReasonAt(Reason::kConfigInvalid, "kind"));
  source.set_kind(v1::SOURCE_KIND_PROVIDER);
  EXPECT_THAT(Harvest(source, {}, {"d", false}, &book), HasReasonAt(Reason::kConfigInvalid, "providers"));
  source.clear_id();
  EXPECT_THAT(Harvest(source, {}, {"d", false}, &book), HasReasonAt(Reason::kConfigInvalid, "id"));
}

TEST(HarvestTest, ATypeOfProviderIsOneOfTheList) {
  v1::Source source = Authority();
  for (const ProviderType& type : kProviderTypes) {
    source.set_provider_type(std::string(type.code));
    EXPECT_OK(CheckSource(source)) << type.code;
  }
  source.clear_provider_type();  // not stated
  EXPECT_OK(CheckSource(source));
  for (const char* unknown : {"pes", "SCHOOL", "HEI "}) {
    source.set_provider_type(unknown);
    const absl::Status refused = CheckSource(source);
    EXPECT_THAT(refused, HasReasonAt(Reason::kConfigInvalid, "provider_type")) << unknown;
    EXPECT_THAT(base::DetailOf(refused), ::testing::HasSubstr("list 1 of provider types: HEI, ")) << unknown;
  }
}

TEST(HarvestTest, APublicEmploymentServiceIsAProviderLikeOthers) {
  MemoryBook book;
  v1::Source source = Authority();
  source.set_provider_type("PES");
  ASSERT_OK(Harvest(source, Catalogue({Offer("a")}), {"d1", false}, &book));
  EXPECT_EQ(book.types["a"], "PES");
}

TEST(HarvestTest, ChangedCreditsUnderTheSameIdAreFoundFaultWith) {
  MemoryBook book;
  ASSERT_OK(Harvest(Authority(), Catalogue({Offer("a", "T", "5")}), {"d1", false}, &book));
  ASSERT_OK_AND_ASSIGN(const Harvested changed,
                       Harvest(Authority(), Catalogue({Offer("a", "T", "10")}), {"d2", false}, &book));
  EXPECT_EQ(Counts(changed), "+0 ~1 =0 -0 !0");
  ASSERT_EQ(changed.findings.size(), 1u);
  EXPECT_EQ(changed.findings[0].place, "a");
}

TEST(HarvestTest, ACatalogueThatShrinksTooMuchIsTakenForABrokenFile) {
  MemoryBook book;
  std::vector<v1::Offer> offers;
  for (size_t i = 0; i < 2 * kSmallSource; ++i) offers.push_back(Offer(absl::StrCat("o", 100 + i)));
  ASSERT_OK(Harvest(Authority(), Catalogue(offers), {"d1", false}, &book));
  offers.resize(kSmallSource);
  ASSERT_OK_AND_ASSIGN(const Harvested half, Harvest(Authority(), Catalogue(offers), {"d2", false}, &book));
  EXPECT_EQ(half.withdrawn, kSmallSource);
  for (size_t i = 0; i < kSmallSource; ++i) offers.push_back(Offer(absl::StrCat("p", 100 + i)));
  ASSERT_OK(Harvest(Authority(), Catalogue(offers), {"d3", false}, &book));
  EXPECT_THAT(Harvest(Authority(), Catalogue({offers[0]}), {"d4", false}, &book),
              HasReasonAt(Reason::kCatalogueShrinks, "catalogue"));
  ASSERT_OK_AND_ASSIGN(const Harvested meant, Harvest(Authority(), Catalogue({offers[0]}), {"d5", true}, &book));
  EXPECT_EQ(meant.withdrawn, 2 * kSmallSource - 1);
}

}  // namespace
}  // namespace passerelle::catalogue
