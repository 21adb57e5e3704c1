#include "gateway/pathway/pathway_offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/pathway/evaluate.h"
#include "gateway/catalogue/sqlite_offers.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using catalogue::v1::Offer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An index of offers in a file.
class Index {
 public:
  Index() {
    static int count = 0;
    const std::string path = absl::StrCat(::testing::TempDir(), "/pathway_offers_", ++count, ".db");
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
    index_ = SqliteOffers::Open(path).value();
  }
  void Add(const std::string& id, const std::string& title, const std::string& field,
           const std::string& country = "NO") {
    Offer offer;
    offer.set_id(id);
    offer.add_titles()->set_value(title);
    offer.add_fields(field);
    offer.set_credits("5");
    offer.set_provider("urn:provider:" + id);
    offer.set_eqf_level(6);
    offer.set_country(country);
    ASSERT_OK(index_->InTransaction([&] {
      return index_->Write(offer, {"source", "digest", "5", false, 1}, catalogue::v1::CHANGE_KIND_ADDED, "2026-01-31");
    }));
  }
  void Withdraw(const std::string& id) {
    ASSERT_OK(index_->InTransaction([&] { return index_->Withdraw(id, "2026-02-01"); }));
  }
  OfferIndex& get() { return *index_; }

 private:
  std::unique_ptr<OfferIndex> index_;
};

pathway::v1::Pathway PathwayWith(const std::vector<pathway::v1::Rule>& rules) {
  pathway::v1::Pathway pathway;
  pathway.set_id("p");
  pathway.set_version("1");
  pathway.set_owner("urn:owner");
  pathway.set_status(pathway::v1::PATHWAY_STATUS_ACTIVE);
  pathway.set_type(pathway::v1::PATHWAY_TYPE_OPEN);
  for (const pathway::v1::Rule& rule : rules) *pathway.add_rules() = rule;
  return pathway;
}

pathway::v1::Rule CreditsIn(const std::string& id, const std::string& field, const std::string& credits) {
  pathway::v1::Rule rule;
  rule.set_id(id);
  rule.mutable_min_credits()->set_credits(credits);
  rule.mutable_min_credits()->mutable_scope()->set_field(field);
  return rule;
}

pathway::v1::Rule Unit(const std::string& id, const std::string& specification, const std::string& title) {
  pathway::v1::Rule rule;
  rule.set_id(id);
  pathway::v1::Element* const element = rule.mutable_required()->add_elements();
  element->set_id(id + "-unit");
  element->set_title(title);
  element->add_specifications(specification);
  return rule;
}

// What an evaluation without items, and then with offers, suggests for each gap.
struct Suggested {
  OffersForGaps offers;
  pathway::v1::Evaluation evaluation;
};
Suggested Suggest(const pathway::v1::Pathway& pathway, Index& index, const OfferWish& wish = {}) {
  pathway::Question question;
  question.day = "2026-06-01";
  Suggested suggested;
  suggested.evaluation = pathway::Evaluate(pathway, question).value();
  suggested.offers = FindOffersForGaps(pathway, suggested.evaluation, wish, index.get()).value();
  question.offers = suggested.offers.items;
  suggested.evaluation = pathway::Evaluate(pathway, question).value();
  return suggested;
}

std::vector<std::string> Ids(const pathway::v1::Gap& gap) {
  std::vector<std::string> ids;
  for (const pathway::v1::Suggestion& suggestion : gap.suggestions()) ids.push_back(suggestion.offer_id());
  return ids;
}

TEST(PathwayOffers, EachGapNamesWhatWouldFillItByIdentifier) {
  Index index;
  index.Add("c", "Databases", "0612");
  index.Add("a", "Networks", "0611");
  index.Add("b", "Painting", "0213");
  index.Add("d", "Statistics", "0542");
  const Suggested suggested =
      Suggest(PathwayWith({CreditsIn("theme", "061", "10"), Unit("core", "d", "Statistics")}), index);
  ASSERT_EQ(suggested.evaluation.gaps_size(), 2);
  EXPECT_THAT(Ids(suggested.evaluation.gaps(0)), ElementsAre("a", "c"));
  EXPECT_THAT(Ids(suggested.evaluation.gaps(1)), ElementsAre("d"));
  EXPECT_FALSE(suggested.evaluation.creates_entitlement());
  EXPECT_THAT(suggested.evaluation.gaps(0).suggestions(0).why(), HasSubstr("5"));
  EXPECT_THAT(SuggestionsNote(suggested.offers), HasSubstr("None of them is a promise"));
}

TEST(PathwayOffers, TheOrderOfTheCatalogueChangesNothing) {
  Index index;
  Index other;
  for (const char* id : {"c", "a", "e", "b", "d"}) index.Add(id, "Networks", "0611");
  for (const char* id : {"d", "b", "e", "a", "c"}) other.Add(id, "Networks", "0611");
  const pathway::v1::Pathway pathway = PathwayWith({CreditsIn("theme", "061", "10")});
  EXPECT_EQ(Suggest(pathway, index).evaluation.SerializeAsString(),
            Suggest(pathway, other).evaluation.SerializeAsString());
}

TEST(PathwayOffers, WhatIsNoLongerOfferedIsNotSuggested) {
  Index index;
  index.Add("d", "Statistics", "0542");
  index.Withdraw("d");
  const Suggested suggested = Suggest(PathwayWith({Unit("core", "d", "Statistics")}), index);
  EXPECT_THAT(Ids(suggested.evaluation.gaps(0)), IsEmpty());
}

TEST(PathwayOffers, AWishForACountryCounts) {
  Index index;
  index.Add("a", "Networks", "0611");
  index.Add("b", "Networks", "0611", "SE");
  const Suggested suggested = Suggest(PathwayWith({CreditsIn("theme", "061", "10")}), index, {"SE", "", ""});
  EXPECT_THAT(Ids(suggested.evaluation.gaps(0)), ElementsAre("b"));
}

TEST(PathwayOffers, SayWhetherThePolicyOfTheProviderIsKnown) {
  Index index;
  for (const char* id : {"a", "b", "c"}) index.Add(id, "Networks", "0611");
  Suggested suggested = Suggest(PathwayWith({CreditsIn("theme", "061", "10")}), index);
  catalogue::v1::ProviderList providers;
  catalogue::v1::ListedProvider* const known = providers.add_providers();
  known->set_id("urn:provider:a");
  known->mutable_policy()->set_link("https://a.example/policy");
  providers.add_providers()->set_id("urn:provider:b");  // that has published none
  TellProviders(suggested.offers, providers, &suggested.evaluation);
  const pathway::v1::Gap& gap = suggested.evaluation.gaps(0);
  ASSERT_EQ(gap.suggestions_size(), 3);
  EXPECT_EQ(gap.suggestions(0).provider_policy(), pathway::v1::PROVIDER_POLICY_PUBLISHED);
  EXPECT_EQ(gap.suggestions(0).policy_link(), "https://a.example/policy");
  EXPECT_EQ(gap.suggestions(1).provider_policy(), pathway::v1::PROVIDER_POLICY_UNKNOWN);
  EXPECT_EQ(gap.suggestions(2).provider_policy(), pathway::v1::PROVIDER_POLICY_UNKNOWN);
}

TEST(PathwayOffers, SearchesAreBounded) {
  Index index;
  std::vector<pathway::v1::Rule> rules;
  for (int i = 0; i <= kOfferSearchesMax; ++i) {
    const std::string field = absl::StrCat("0", 210 + i);
    index.Add(absl::StrCat("o", i), "Painting", field);
    rules.push_back(CreditsIn(absl::StrCat("r", i), field, "1"));
  }
  const Suggested suggested = Suggest(PathwayWith(rules), index);
  EXPECT_EQ(suggested.offers.items.size(), static_cast<size_t>(kOfferSearchesMax));
  EXPECT_FALSE(suggested.offers.all);
  EXPECT_THAT(SuggestionsNote(suggested.offers), HasSubstr("not all"));
}

// A course is looked for among the first offers of its name.
TEST(PathwayOffers, ACourseThatTheFirstPageDoesNotShowMayBeOffered) {
  for (const int others : {catalogue::kOffersPageMax - 1, catalogue::kOffersPageMax}) {
    Index index;
    for (int i = 0; i < others; ++i) index.Add(absl::StrCat("a", 100 + i), "Statistics", "0542");
    index.Add("z", "Statistics", "0542");
    const Suggested suggested = Suggest(PathwayWith({Unit("core", "z", "Rarity")}), index);
    const bool seen = others < catalogue::kOffersPageMax;
    EXPECT_EQ(suggested.offers.offers.count("z"), seen ? 1u : 0u);
    EXPECT_EQ(suggested.offers.all, seen);
  }
}

TEST(PathwayOffers, OffersAreBounded) {
  Index index;
  std::vector<pathway::v1::Rule> rules;
  constexpr int kFields = kOffersLookedAtMax / catalogue::kOffersPageMax + 1;
  for (int i = 0; i < kFields; ++i) {
    const std::string field = absl::StrCat("0", 210 + i);
    for (int j = 0; j < catalogue::kOffersPageMax; ++j) index.Add(absl::StrCat(i, "-", j), "Painting", field);
    rules.push_back(CreditsIn(absl::StrCat("r", i), field, "1"));
  }
  const Suggested suggested = Suggest(PathwayWith(rules), index);
  EXPECT_EQ(suggested.offers.items.size(), static_cast<size_t>(kOffersLookedAtMax));
  EXPECT_FALSE(suggested.offers.all);
  EXPECT_EQ(suggested.evaluation.gaps(0).suggestions_size(), pathway::kSuggestionsMax);
}

TEST(PathwayOffers, WhereNothingIsMissingNothingIsSearched) {
  Index index;
  index.Add("a", "Networks", "0611");
  pathway::v1::Evaluation satisfied;
  ASSERT_OK_AND_ASSIGN(const OffersForGaps offers,
                       FindOffersForGaps(PathwayWith({CreditsIn("theme", "061", "10")}), satisfied, {}, index.get()));
  EXPECT_THAT(offers.items, IsEmpty());
}

}  // namespace
}  // namespace passerelle::gateway
