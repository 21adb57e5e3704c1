#include "gateway/catalogue/sqlite_offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using catalogue::OfferQuery;
using catalogue::v1::Offer;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SqliteOffersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/offers_",
                         ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".db");
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path_ + suffix).c_str());
    auto opened = SqliteOffers::Open(path_);
    ASSERT_OK(opened);
    book_ = *std::move(opened);
  }

  Offer Made(const std::string& id, const std::string& title) {
    Offer offer;
    offer.set_id(id);
    auto* text = offer.add_titles();
    text->set_language("en");
    text->set_value(title);
    offer.set_country("NO");
    return offer;
  }
  void Keep(const Offer& offer) {
    ASSERT_OK(book_->Write(offer, {"source", "digest", offer.credits(), false}, catalogue::v1::CHANGE_KIND_ADDED,
                           "2026-01-31"));
  }
  std::vector<std::string> Found(const OfferQuery& query) {
    const auto offers = book_->Search(query);
    EXPECT_OK(offers);
    std::vector<std::string> ids;
    for (const Offer& offer : offers.value_or(std::vector<Offer>())) ids.push_back(offer.id());
    return ids;
  }
  std::vector<std::string> FoundText(const std::string& text) {
    OfferQuery query;
    query.text = text;
    return Found(query);
  }

  std::string path_;
  std::unique_ptr<SqliteOffers> book_;
};

TEST_F(SqliteOffersTest, WordsAreFoundInEveryLanguageWithOrWithoutAccents) {
  Offer both = Made("a", "Water quality");
  auto* text = both.add_titles();
  text->set_language("bg");
  text->set_value("Качество на водата");
  Keep(both);
  Keep(Made("b", "Éducation à la santé"));
  Keep(Made("c", "Water law"));
  EXPECT_THAT(FoundText("water"), ElementsAre("a", "c"));
  EXPECT_THAT(FoundText("WATER qual"), ElementsAre("a"));
  EXPECT_THAT(FoundText("водата"), ElementsAre("a"));
  EXPECT_THAT(FoundText("education sante"), ElementsAre("b"));
  EXPECT_THAT(FoundText("qual water"), IsEmpty());  // only the last word may be a beginning
  // Nothing is an operator.
  for (const char* odd :
       {"OR", "water OR law", "NEAR(water)", "\"\" *", "text:water", "(", "-", "'; DROP TABLE offer"}) {
    EXPECT_THAT(FoundText(odd), ::testing::Not(::testing::Contains("b"))) << odd;
  }
  // A text without words asks for nothing.
  EXPECT_EQ(FoundText("").size(), 3u);
  EXPECT_EQ(FoundText("\"").size(), 3u);
}

TEST_F(SqliteOffersTest, EverythingThatIsAskedForHasToHold) {
  Offer offer = Made("a", "One");
  offer.set_eqf_level(6);
  offer.set_credits("7.5");
  offer.add_fields("0613");
  offer.add_modes("920fbb3cbe");
  offer.add_languages("nb");
  offer.set_provider_type("HEI");
  Keep(offer);
  Offer other = Made("b", "Two");
  other.add_fields("07");
  other.set_country("SE");
  Keep(other);
  const auto found = [&](void (*set)(OfferQuery*)) {
    OfferQuery query;
    set(&query);
    return absl::StrCat(Found(query).size(), Found(query).empty() ? "" : Found(query)[0]);
  };
  EXPECT_EQ(found([](OfferQuery* q) { q->field = "06"; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->field = "0613"; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->field = "061"; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->field = "062"; }), "0");
  EXPECT_EQ(found([](OfferQuery* q) { q->field = "0713"; }), "0");
  EXPECT_EQ(found([](OfferQuery* q) { q->country = "SE"; }), "1b");
  EXPECT_EQ(found([](OfferQuery* q) { q->least_level = 6; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->least_level = 7; }), "0");
  EXPECT_EQ(found([](OfferQuery* q) { q->most_level = 6; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->least_credits = "7.5"; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) { q->least_credits = "7.500001"; }), "0");
  EXPECT_EQ(found([](OfferQuery* q) { q->most_credits = "7.5"; }), "1a");
  EXPECT_EQ(found([](OfferQuery* q) {
              q->language = "nb";
              q->mode = "920fbb3cbe";
              q->provider_type = "HEI";
            }),
            "1a");
  EXPECT_EQ(found([](OfferQuery* q) {
              q->language = "nb";
              q->country = "SE";
            }),
            "0");
}

TEST_F(SqliteOffersTest, WithdrawnOffersAreNotFoundButStayResolvable) {
  Keep(Made("a", "Tides"));
  ASSERT_OK(book_->Withdraw("a", "2026-02-01"));
  EXPECT_THAT(FoundText("tides"), IsEmpty());
  EXPECT_THAT(FoundText(""), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Offer old, book_->Get("a"));
  EXPECT_EQ(old.titles(0).value(), "Tides");
  EXPECT_THAT(book_->Get("b"), HasReason(Reason::kResourceNotFound));
  EXPECT_THAT(book_->Withdraw("b", "2026-02-01"), HasReason(Reason::kResourceNotFound));
  Keep(Made("a", "Tides again"));
  EXPECT_THAT(FoundText("again"), ElementsAre("a"));
  ASSERT_OK_AND_ASSIGN(const auto changes, book_->Changes(0, 10));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[1].kind(), catalogue::v1::CHANGE_KIND_WITHDRAWN);
  EXPECT_EQ(changes[1].date(), "2026-02-01");
  ASSERT_OK_AND_ASSIGN(const auto later, book_->Changes(changes[1].sequence(), 10));
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].kind(), catalogue::v1::CHANGE_KIND_ADDED);
}

TEST_F(SqliteOffersTest, AChangedOfferIsFoundByItsNewWordsOnly) {
  Keep(Made("a", "Tides"));
  Keep(Made("a", "Currents"));
  EXPECT_THAT(FoundText("tides"), IsEmpty());
  EXPECT_THAT(FoundText("currents"), ElementsAre("a"));
}

TEST_F(SqliteOffersTest, PagesFollowEachOther) {
  for (int i = 0; i < 7; ++i) Keep(Made(absl::StrCat("o", i), "Tides"));
  OfferQuery query;
  query.text = "tides";
  query.limit = 3;
  EXPECT_THAT(Found(query), ElementsAre("o0", "o1", "o2"));
  query.after = "o2";
  EXPECT_THAT(Found(query), ElementsAre("o3", "o4", "o5"));
  query.after = "o5";
  EXPECT_THAT(Found(query), ElementsAre("o6"));
}

TEST_F(SqliteOffersTest, QuestionsAreBounded) {
  OfferQuery query;
  query.limit = catalogue::kOffersPageMax;
  EXPECT_OK(book_->Search(query));
  ++query.limit;
  EXPECT_THAT(book_->Search(query), HasReasonAt(Reason::kFieldInvalid, "limit"));
  query.limit = 0;
  EXPECT_THAT(book_->Search(query), HasReasonAt(Reason::kFieldInvalid, "limit"));
  query.limit = 1;
  for (size_t i = 0; i < kQueryWordsMax; ++i) absl::StrAppend(&query.text, " word");
  EXPECT_OK(book_->Search(query));
  absl::StrAppend(&query.text, " more");
  EXPECT_THAT(book_->Search(query), HasReasonAt(Reason::kFieldInvalid, "text"));
  query.text.clear();
  query.field = "06%";
  EXPECT_THAT(book_->Search(query), HasReasonAt(Reason::kFieldInvalid, "field"));
  query.field.clear();
  query.least_credits = "five";
  EXPECT_THAT(book_->Search(query), HasReasonAt(Reason::kFieldInvalid, "least_credits"));
}

TEST_F(SqliteOffersTest, AHarvestThatFailsLeavesNothing) {
  const absl::Status failed = book_->InTransaction([&]() -> absl::Status {
    Keep(Made("a", "Tides"));
    return base::Problem(Reason::kFieldInvalid, "catalogue", "broken");
  });
  EXPECT_THAT(failed, HasReasonAt(Reason::kFieldInvalid, "catalogue"));
  EXPECT_THAT(FoundText(""), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto changes, book_->Changes(0, 10));
  EXPECT_TRUE(changes.empty());
}

TEST_F(SqliteOffersTest, WhatIsKeptIsThereAfterOpeningAgain) {
  Keep(Made("a", "Tides"));
  book_.reset();
  ASSERT_OK_AND_ASSIGN(book_, SqliteOffers::Open(path_));
  EXPECT_THAT(FoundText("tides"), ElementsAre("a"));
  EXPECT_THAT(SqliteOffers::Open("/nowhere/at/all.db"), HasReason(Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace passerelle::gateway
