// What every index of offers must do, by the contract of gateway/catalogue/offer_index.h. An implementation runs it by
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, OfferIndexContract, ::testing::Values(OfferIndexFactory([] { return ...; })));
//
// with a factory that makes an empty index, or null where there can be none; the tests are skipped then, and say so.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/harvest.h"
#include "gateway/catalogue/offer_index.h"
#include "gateway/catalogue/offer_terms.h"
#include "tests/support/status_matchers.h"

namespace passerelle::testing {

using OfferIndexFactory = std::function<std::unique_ptr<gateway::OfferIndex>()>;

class OfferIndexContract : public ::testing::TestWithParam<OfferIndexFactory> {
 protected:
  OfferIndexContract() : index_(GetParam()()) {}
  void SetUp() override {
    if (index_ == nullptr) GTEST_SKIP() << "SKIPPED: there is no index of this kind here";
  }

  catalogue::v1::Offer Made(const std::string& id, const std::string& title) {
    catalogue::v1::Offer offer;
    offer.set_id(id);
    auto* text = offer.add_titles();
    text->set_language("en");
    text->set_value(title);
    offer.set_country("NO");
    return offer;
  }
  void Keep(const catalogue::v1::Offer& offer) {
    ASSERT_OK(index_->InTransaction([&] {
      return index_->Write(offer, {"source", "digest", offer.credits(), false, 1}, catalogue::v1::CHANGE_KIND_ADDED,
                           "2026-01-31");
    }));
  }
  absl::Status Withdraw(const std::string& id) {
    return index_->InTransaction([&] { return index_->Withdraw(id, "2026-02-01"); });
  }
  std::vector<std::string> Found(const catalogue::OfferQuery& query) {
    const auto offers = index_->Search(query);
    EXPECT_OK(offers);
    std::vector<std::string> ids;
    if (!offers.ok()) return ids;
    for (const catalogue::v1::Offer& offer : *offers) ids.push_back(offer.id());
    return ids;
  }
  std::vector<std::string> FoundText(const std::string& text) {
    catalogue::OfferQuery query;
    query.text = text;
    return Found(query);
  }

  // Harvests a source whose files have the titles of offers, by their ids.
  using Files = std::map<std::string, std::map<std::string, std::string>>;
  absl::StatusOr<catalogue::Harvested> Harvest(const Files& files) {
    catalogue::v1::Source source;
    source.set_id("no");
    source.set_kind(catalogue::v1::SOURCE_KIND_AUTHORITY);
    ASSIGN_OR_RETURN(catalogue::Harvest harvest, catalogue::Harvest::Begin(source, {"2026-03-01"}, index_.get()));
    std::vector<catalogue::SourceFile> named;
    std::vector<catalogue::ReadOffers> read;
    for (const auto& [name, offers] : files) {
      std::string bytes;
      read.emplace_back();
      for (const auto& [id, title] : offers) {
        absl::StrAppend(&bytes, id, " ", title, "\n");
        read.back().offers.push_back(Made(id, title));
      }
      named.push_back({name, base::Sha256Hex(bytes)});
    }
    ASSIGN_OR_RETURN(const std::vector<size_t> changed, harvest.ToRead(named));
    for (const size_t i : changed) RETURN_IF_ERROR(harvest.Take(named[i], read[i]));
    RETURN_IF_ERROR(harvest.Finish());
    RETURN_IF_ERROR(index_->Settle());
    return harvest.done();
  }

  std::unique_ptr<gateway::OfferIndex> index_;
};

TEST_P(OfferIndexContract, WordsAreFoundInEveryLanguageWithOrWithoutAccents) {
  catalogue::v1::Offer both = Made("a", "Water quality");
  auto* text = both.add_titles();
  text->set_language("bg");
  text->set_value("Качество на водата");
  Keep(both);
  Keep(Made("b", "Éducation à la santé"));
  Keep(Made("c", "Water law – http://water.example/e-learning"));
  EXPECT_THAT(FoundText("water"), ::testing::ElementsAre("a", "c"));
  EXPECT_THAT(FoundText("WATER qual"), ::testing::ElementsAre("a"));
  EXPECT_THAT(FoundText("водата"), ::testing::ElementsAre("a"));
  EXPECT_THAT(FoundText("ВОДАТА"), ::testing::ElementsAre("a"));
  EXPECT_THAT(FoundText("education sante"), ::testing::ElementsAre("b"));
  EXPECT_THAT(FoundText("Sante ÉDU"), ::testing::ElementsAre("b"));
  EXPECT_THAT(FoundText("learning"), ::testing::ElementsAre("c"));
  EXPECT_THAT(FoundText("law–e/learn"), ::testing::ElementsAre("c"));
  EXPECT_THAT(FoundText("qual water"), ::testing::IsEmpty());  // only the last word may be a beginning
  // Nothing is an operator.
  for (const char* odd : {"OR", "water OR law", "NEAR(water)", "\"\" *", "text:water", "(", "-", "!water",
                          "water <-> law", "'water' | 'sante'", "\\", "'; DROP TABLE offer"}) {
    EXPECT_THAT(FoundText(odd), ::testing::AnyOf(::testing::SizeIs(3), ::testing::Not(::testing::Contains("b"))))
        << odd;
  }
  // A text without words asks for nothing.
  EXPECT_EQ(FoundText("").size(), 3u);
  EXPECT_EQ(FoundText("\"").size(), 3u);
}

TEST_P(OfferIndexContract, TheLastWordMayBeABeginningWhereItIsNoWord) {
  Keep(Made("a", "Tides"));
  Keep(Made("b", "Tide"));
  Keep(Made("c", "Tidal power"));
  Keep(Made("d", "Ñandú"));
  EXPECT_THAT(FoundText("tide"), ::testing::ElementsAre("b"));
  EXPECT_THAT(FoundText("tid"), ::testing::ElementsAre("a", "b", "c"));
  EXPECT_THAT(FoundText("ti"), ::testing::IsEmpty());  // too short
  EXPECT_THAT(FoundText("ñan"), ::testing::ElementsAre("d"));
  EXPECT_THAT(FoundText("tid pow"), ::testing::IsEmpty());
  // All pages are of one kind.
  catalogue::OfferQuery query;
  query.text = "tide";
  query.after = "b";
  EXPECT_THAT(Found(query), ::testing::IsEmpty());
  query.text = "tid";
  EXPECT_THAT(Found(query), ::testing::ElementsAre("c"));
  query.country = "SE";
  EXPECT_THAT(Found(query), ::testing::IsEmpty());
}

TEST_P(OfferIndexContract, WordsOfAnyLengthAndNumberAreTaken) {
  std::string many;
  for (int i = 0; many.size() < 2 * gateway::kWordsBytesMax; ++i) absl::StrAppend(&many, "w", i, " ");
  catalogue::v1::Offer offer = Made("a", many);
  offer.add_descriptions()->set_value("z");
  Keep(offer);
  EXPECT_THAT(FoundText("w1"), ::testing::ElementsAre("a"));
  EXPECT_THAT(FoundText("z"), ::testing::IsEmpty());  // nothing is looked at behind the limit
  std::string last = many.substr(many.rfind('w'));
  EXPECT_THAT(FoundText(last), ::testing::IsEmpty());
  // Cut where a letter ends: "é" has two bytes.
  std::string longest;
  while (longest.size() < 3 * gateway::kWordBytesMax) absl::StrAppend(&longest, "ж");
  Keep(Made("b", "x" + longest));
  EXPECT_THAT(FoundText("x" + longest), ::testing::ElementsAre("b"));
  EXPECT_THAT(FoundText(std::string("x\0y", 3)), ::testing::IsEmpty());
}

TEST_P(OfferIndexContract, EverythingThatIsAskedForHasToHold) {
  catalogue::v1::Offer offer = Made("a", "One");
  offer.set_eqf_level(6);
  offer.set_credits("7.5");
  offer.add_fields("0613");
  offer.add_modes("920fbb3cbe");
  offer.add_languages("nb");
  offer.set_provider_type("HEI");
  Keep(offer);
  catalogue::v1::Offer other = Made("b", "Two");
  other.add_fields("07");
  other.set_country("SE");
  Keep(other);
  const auto found = [&](void (*set)(catalogue::OfferQuery*)) {
    catalogue::OfferQuery query;
    set(&query);
    return absl::StrJoin(Found(query), " ");
  };
  using Query = catalogue::OfferQuery;
  EXPECT_EQ(found([](Query* q) { q->field = "06"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->field = "0613"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->field = "061"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->field = "0"; }), "a b");
  EXPECT_EQ(found([](Query* q) { q->field = "062"; }), "");
  EXPECT_EQ(found([](Query* q) { q->field = "0713"; }), "");
  EXPECT_EQ(found([](Query* q) { q->country = "SE"; }), "b");
  EXPECT_EQ(found([](Query* q) { q->country = "S' | 'E"; }), "");
  EXPECT_EQ(found([](Query* q) { q->least_level = 6; }), "a");
  EXPECT_EQ(found([](Query* q) { q->least_level = 7; }), "");
  EXPECT_EQ(found([](Query* q) { q->least_level = 9; }), "");
  EXPECT_EQ(found([](Query* q) { q->most_level = 6; }), "a");
  EXPECT_EQ(found([](Query* q) { q->most_level = 5; }), "");
  EXPECT_EQ(found([](Query* q) { q->most_level = 4'000'000'000; }), "a");
  EXPECT_EQ(found([](Query* q) { q->least_credits = "7.5"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->least_credits = "7.500001"; }), "");
  EXPECT_EQ(found([](Query* q) { q->most_credits = "7.5"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->most_credits = "7.499999"; }), "");
  EXPECT_EQ(found([](Query* q) { q->least_credits = "0"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->most_credits = "999999"; }), "a");
  EXPECT_EQ(found([](Query* q) {
              q->language = "nb";
              q->mode = "920fbb3cbe";
              q->provider_type = "HEI";
              q->text = "one";
            }),
            "a");
  EXPECT_EQ(found([](Query* q) {
              q->language = "nb";
              q->country = "SE";
            }),
            "");
}

TEST_P(OfferIndexContract, OffersAreFoundByWhoDesignedThemAndByTheirTags) {
  catalogue::v1::Offer offer = Made("a", "One");
  catalogue::v1::CoDesigner* const guild = offer.add_co_designed_by();
  guild->set_id("https://union.example/id");
  guild->set_kind(catalogue::v1::CO_DESIGNER_KIND_WORKERS);
  offer.add_tags("DIGITAL");
  Keep(offer);
  catalogue::v1::Offer other = Made("b", "Two");
  other.add_co_designed_by()->set_kind(catalogue::v1::CO_DESIGNER_KIND_OTHER);
  other.add_tags("GREEN");
  Keep(other);
  Keep(Made("c", "Three"));
  const auto found = [&](void (*set)(catalogue::OfferQuery*)) {
    catalogue::OfferQuery query;
    set(&query);
    return absl::StrJoin(Found(query), " ");
  };
  using Query = catalogue::OfferQuery;
  EXPECT_EQ(found([](Query* q) { q->co_designed_by = "SOCIAL_PARTNER"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->co_designed_by = "WORKERS"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->co_designed_by = "EMPLOYERS"; }), "");
  EXPECT_EQ(found([](Query* q) { q->co_designed_by = "OTHER"; }), "b");
  EXPECT_EQ(found([](Query* q) { q->co_designer = "https://union.example/id"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->tag = "DIGITAL"; }), "a");
  EXPECT_EQ(found([](Query* q) { q->tag = "GREEN"; }), "b");
  EXPECT_EQ(found([](Query* q) {
              q->co_designed_by = "SOCIAL_PARTNER";
              q->tag = "GREEN";
            }),
            "");
  ASSERT_OK_AND_ASSIGN(const catalogue::v1::Offer kept, index_->Get("a"));
  ASSERT_EQ(kept.co_designed_by_size(), 1);
  EXPECT_EQ(kept.co_designed_by(0).id(), "https://union.example/id");
}

TEST_P(OfferIndexContract, WithdrawnOffersAreNotFoundButStayResolvable) {
  Keep(Made("a", "Tides"));
  ASSERT_OK(Withdraw("a"));
  EXPECT_THAT(FoundText("tides"), ::testing::IsEmpty());
  EXPECT_THAT(FoundText(""), ::testing::IsEmpty());
  ASSERT_OK_AND_ASSIGN(const catalogue::v1::Offer old, index_->Get("a"));
  EXPECT_EQ(old.titles(0).value(), "Tides");
  EXPECT_THAT(index_->Get("b"), HasReason(base::Reason::kResourceNotFound));
  EXPECT_THAT(Withdraw("b"), HasReason(base::Reason::kResourceNotFound));
  Keep(Made("a", "Tides again"));
  EXPECT_THAT(FoundText("again"), ::testing::ElementsAre("a"));
  ASSERT_OK_AND_ASSIGN(const auto changes, index_->Changes(0, 10));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[1].kind(), catalogue::v1::CHANGE_KIND_WITHDRAWN);
  EXPECT_EQ(changes[1].date(), "2026-02-01");
  EXPECT_EQ(changes[1].offer_id(), "a");
  ASSERT_OK_AND_ASSIGN(const auto later, index_->Changes(changes[1].sequence(), 10));
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].kind(), catalogue::v1::CHANGE_KIND_ADDED);
  ASSERT_OK_AND_ASSIGN(const auto first, index_->Changes(0, 1));
  EXPECT_EQ(first.size(), 1u);
}

TEST_P(OfferIndexContract, AChangedOfferIsFoundByItsNewWordsOnly) {
  Keep(Made("a", "Tides"));
  Keep(Made("a", "Currents"));
  EXPECT_THAT(FoundText("tides"), ::testing::IsEmpty());
  EXPECT_THAT(FoundText("currents"), ::testing::ElementsAre("a"));
}

TEST_P(OfferIndexContract, PagesFollowEachOtherInTheOrderOfComing) {
  for (const char* id : {"d", "a", "g", "b", "f", "c", "e"}) Keep(Made(id, "Tides"));
  catalogue::OfferQuery query;
  query.text = "tides";
  query.limit = 3;
  EXPECT_THAT(Found(query), ::testing::ElementsAre("d", "a", "g"));
  query.after = "g";
  EXPECT_THAT(Found(query), ::testing::ElementsAre("b", "f", "c"));
  // What changes stays where it is, what is new comes last, and an offer that is gone is still a place to go on from.
  Keep(Made("d", "Tides and currents"));
  Keep(Made("aa", "Tides"));
  ASSERT_OK(Withdraw("c"));
  query.after = "c";
  EXPECT_THAT(Found(query), ::testing::ElementsAre("e", "aa"));
  query.after = "nothing";
  EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "after"));
}

TEST_P(OfferIndexContract, QuestionsAreBounded) {
  catalogue::OfferQuery query;
  query.limit = catalogue::kOffersPageMax;
  EXPECT_OK(index_->Search(query));
  ++query.limit;
  EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "limit"));
  query.limit = 0;
  EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "limit"));
  query.limit = 1;
  for (size_t i = 0; i < gateway::kQueryWordsMax; ++i) absl::StrAppend(&query.text, " word");
  EXPECT_OK(index_->Search(query));
  absl::StrAppend(&query.text, " more");
  EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "text"));
  query.text.clear();
  for (const char* field : {"06%", "06130", "x"}) {
    query.field = field;
    EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "field"));
  }
  query.field.clear();
  for (const char* credits : {"five", "-1", "1e3", "10000000000"}) {
    query.least_credits = credits;
    EXPECT_THAT(index_->Search(query), HasReasonAt(base::Reason::kFieldInvalid, "least_credits"));
  }
}

TEST_P(OfferIndexContract, ATransactionThatFailsLeavesNothing) {
  const absl::Status failed = index_->InTransaction([&]() -> absl::Status {
    RETURN_IF_ERROR(index_->Write(Made("a", "Tides"), {"source", "digest", "", false, 1},
                                  catalogue::v1::CHANGE_KIND_ADDED, "2026-01-31"));
    return base::Problem(base::Reason::kFieldInvalid, "catalogue", "broken");
  });
  EXPECT_THAT(failed, HasReasonAt(base::Reason::kFieldInvalid, "catalogue"));
  EXPECT_THAT(FoundText(""), ::testing::IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto changes, index_->Changes(0, 10));
  EXPECT_TRUE(changes.empty());
  Keep(Made("b", "Tides"));
  EXPECT_THAT(FoundText(""), ::testing::ElementsAre("b"));
}

TEST_P(OfferIndexContract, AHarvestTakesWhatHasChangedAndWithdrawsWhatIsGone) {
  const auto counts = [&](const Files& files) {
    const auto done = Harvest(files);
    EXPECT_OK(done);
    if (!done.ok()) return std::string();
    return absl::StrCat("+", done->added, " ~", done->changed, " =", done->unchanged, " -", done->withdrawn, " files ",
                        done->files_read);
  };
  EXPECT_EQ(counts({{"1", {{"a", "Tides"}, {"b", "Nets"}}}, {"2", {{"c", "Boats"}}}}), "+3 ~0 =0 -0 files 2");
  EXPECT_EQ(counts({{"1", {{"a", "Tides"}, {"b", "Nets"}}}, {"2", {{"c", "Boats"}}}}), "+0 ~0 =3 -0 files 0");
  // "b" goes to the other file, "c" changes.
  EXPECT_EQ(counts({{"1", {{"a", "Tides"}}}, {"2", {{"b", "Nets"}, {"c", "Ships"}}}}), "+0 ~1 =2 -0 files 2");
  EXPECT_THAT(FoundText("nets"), ::testing::ElementsAre("b"));
  EXPECT_THAT(FoundText("boats"), ::testing::IsEmpty());
  EXPECT_EQ(counts({{"2", {{"b", "Nets"}, {"c", "Ships"}}}}), "+0 ~0 =2 -1 files 0");
  EXPECT_THAT(FoundText(""), ::testing::ElementsAre("b", "c"));
  EXPECT_EQ(counts({{"1", {{"a", "Tides"}}}, {"2", {{"b", "Nets"}, {"c", "Ships"}}}}), "+1 ~0 =2 -0 files 1");
  EXPECT_THAT(FoundText(""), ::testing::ElementsAre("a", "b", "c"));
  ASSERT_OK_AND_ASSIGN(const auto changes, index_->Changes(0, 100));
  EXPECT_EQ(changes.size(), 6u);
}

}  // namespace passerelle::testing
