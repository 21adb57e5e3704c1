#include "core/pathway/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/pathway/check_pathway.h"
#include "core/pathway/evaluate.h"
#include "core/pathway/evaluation_report.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/pathway/written.h"

namespace passerelle::pathway {
namespace {

constexpr char kDay[] = "2026-01-31";

// Generates pathways and items; the same seed gives the same ones.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int Up(int most) { return static_cast<int>(random_() % static_cast<uint32_t>(most + 1)); }
  bool OneIn(int n) { return Up(n - 1) == 0; }
  template <typename T>
  T Any(const std::vector<T>& values) {
    return values[static_cast<size_t>(Up(static_cast<int>(values.size()) - 1))];
  }
  template <typename T>
  void Shuffle(std::vector<T>* values) {
    std::shuffle(values->begin(), values->end(), random_);
  }

  // Two to five rules that do not contradict each other.
  v1::Pathway SomePathway() {
    for (;;) {
      std::string text;
      const int rules = 2 + Up(3);
      for (int i = 0; i < rules; ++i) absl::StrAppend(&text, "rules { id: 'r", i, "' ", SomeRule(), " }");
      if (OneIn(5)) absl::StrAppend(&text, "type: PATHWAY_TYPE_ELECTIVE ");
      v1::Pathway pathway = WrittenPathway(text);
      if (CheckPathway(pathway).ok()) return pathway;
    }
  }

  // With `open`, some facts are not stated.
  v1::Item SomeItem(int number, bool open) {
    std::string text = absl::StrCat("i", number, " d=202", Up(4), "-0", 1 + Up(8), "-15");
    absl::StrAppend(&text, " c=", open && OneIn(5) ? "2-4" : open && OneIn(8) ? "-" : std::to_string(1 + Up(5)));
    if (!open || !OneIn(4)) absl::StrAppend(&text, " f=0", 4 + Up(2));
    if (!open || !OneIn(4)) absl::StrAppend(&text, " l=", 5 + Up(2));
    absl::StrAppend(&text, " p=", open && OneIn(6) ? "-" : Any<std::string>({"own", "own", "else"}));
    if (!OneIn(3)) absl::StrAppend(&text, " s=s", Up(3));
    absl::StrAppend(&text, " o=o", Up(2), ",o", Up(2));
    if (OneIn(8)) absl::StrAppend(&text, " st=", open && OneIn(2) ? "-" : "revoked");
    return WrittenItem(text);
  }

 private:
  std::string SomePlaces(int most) {
    std::string text;
    const int places = 1 + Up(most - 1);
    for (int i = 0; i < places; ++i) {
      const std::string what = OneIn(2)   ? absl::StrCat("specifications: 's", Up(3), "'")
                               : OneIn(2) ? absl::StrCat("least_eqf_level: ", 5 + Up(2))
                                          : absl::StrCat("outcomes: 'o", Up(2), "'");
      absl::StrAppend(&text, "elements { id: 'e", i, "' ", what, " } ");
    }
    return text;
  }
  std::string SomeScope() { return OneIn(2) ? absl::StrCat("field: '0", 4 + Up(2), "'") : "least_eqf_level: 6"; }
  std::string SomeRule() {
    switch (Up(9)) {
      case 0:
        return absl::StrCat("min_credits { credits: '", 3 + Up(9), "' }");
      case 1:
        return absl::StrCat("min_credits { credits: '", 2 + Up(5), "' scope { ", SomeScope(), " } }");
      case 2:
        return absl::StrCat("max_credits { credits: '", 4 + Up(9), "' }");
      case 3:
        return absl::StrCat("min_share { fraction: '0.", 2 + Up(6), "' scope { ", SomeScope(), " } }");
      case 4:
        return absl::StrCat("max_external { fraction: '0.", Up(7), "' }");
      case 5:
        return absl::StrCat("required { ", SomePlaces(2), " }");
      case 6:
        return absl::StrCat("one_of { ", SomePlaces(3), " }");
      case 7:
        return absl::StrCat("n_of { least: 1 ", SomePlaces(3), " }");
      case 8:
        return "coverage { match: MATCH_MODE_EXACT outcomes { id: 'o0' } outcomes { id: 'o1' } }";
      default:
        return "not_revoked {}";
    }
  }

  std::mt19937 random_;
};

// Tries every assignment there is. Of equally good ones the first wins, as assignment.h orders them.
class EveryAssignment {
 public:
  explicit EveryAssignment(const AssignmentProblem& problem) : problem_(problem), criteria_(*problem.criteria) {
    Visit(0);
  }

  std::string Written() const { return best_written_; }
  v1::Outcome Outcome() const {
    return std::get<0>(*best_) == 0   ? v1::OUTCOME_SATISFIED
           : std::get<0>(*best_) == 1 ? v1::OUTCOME_UNKNOWN
                                      : v1::OUTCOME_NOT_SATISFIED;
  }
  int tried() const { return tried_; }

  static std::string Write(const std::vector<Assigned>& items) {
    return absl::StrJoin(items, " ", [](std::string* out, const Assigned& assigned) {
      absl::StrAppend(out, assigned.item, "@", assigned.place.criterion, ".", assigned.place.place);
    });
  }

 private:
  using Score = std::tuple<int, int, int, int, Amount, Amount>;

  void Judge() {
    ++tried_;
    int unsatisfied = 0;
    int broken = 0;
    int missing = 0;
    Amount shortfall = 0;
    for (const auto& criterion : criteria_) {
      const Standing standing = criterion->Now();
      unsatisfied += standing.outcome != v1::OUTCOME_SATISFIED ? 1 : 0;
      broken += standing.outcome == v1::OUTCOME_NOT_SATISFIED ? 1 : 0;
      missing += standing.missing;
      shortfall += standing.shortfall;
    }
    const Score score = {broken > 0 ? 2 : unsatisfied > 0 ? 1 : 0, unsatisfied, broken, missing, shortfall, cost_};
    if (best_.has_value() && !(score < *best_)) return;
    best_ = score;
    best_written_ = Write(taken_);
  }

  void Count(const Assigned& assigned, bool take) {
    for (size_t c = 0; c < criteria_.size(); ++c) {
      const int place = assigned.place.criterion == static_cast<int>(c) ? assigned.place.place : Criterion::kNoPlace;
      take ? criteria_[c]->Take(assigned.item, place) : criteria_[c]->Drop(assigned.item, place);
    }
  }

  void Visit(size_t item) {
    if (item == problem_.items) return Judge();
    const bool may = std::all_of(taken_.begin(), taken_.end(),
                                 [&](const Assigned& other) { return problem_.compatible(item, other.item); });
    std::vector<PlaceOf> places;
    for (size_t c = 0; c < criteria_.size() && may; ++c) {
      for (const int place : criteria_[c]->PlacesFor(item)) {
        if (!criteria_[c]->IsFilled(place)) places.push_back({static_cast<int>(c), place});
      }
    }
    if (may && problem_.may_stand_free(item)) places.push_back({});
    for (const PlaceOf& place : places) {
      const Assigned assigned = {item, place};
      taken_.push_back(assigned);
      Count(assigned, true);
      cost_ += std::max<Amount>(problem_.costs[item], 1);
      Visit(item + 1);
      cost_ -= std::max<Amount>(problem_.costs[item], 1);
      Count(assigned, false);
      taken_.pop_back();
    }
    Visit(item + 1);
  }

  const AssignmentProblem& problem_;
  std::vector<std::unique_ptr<Criterion>>& criteria_;
  std::vector<Assigned> taken_;
  Amount cost_ = 0;
  int tried_ = 0;
  std::optional<Score> best_;
  std::string best_written_;
};

// A problem with everything that it points to.
struct Made {
  v1::Pathway pathway;
  std::vector<v1::Item> items;
  Candidates candidates;
  std::vector<std::unique_ptr<Criterion>> criteria;
  AssignmentProblem problem;
};

std::unique_ptr<Made> MakeProblem(Generator* generator, int items) {
  auto made = std::make_unique<Made>();
  made->pathway = generator->SomePathway();
  for (int i = 0; i < items; ++i) made->items.push_back(generator->SomeItem(i, true));
  std::sort(made->items.begin(), made->items.end(),
            [](const v1::Item& a, const v1::Item& b) { return a.award_date() < b.award_date(); });
  for (const v1::Item& item : made->items) made->candidates.push_back({&item, CreditsOf(item), !generator->OneIn(6)});
  for (const v1::Rule& rule : made->pathway.rules()) {
    auto criterion = MakeCriterion(made->pathway, rule, made->candidates, false);
    if (criterion != nullptr) made->criteria.push_back(std::move(criterion));
  }
  std::vector<bool> apart;
  for (int i = 0; i < items * items; ++i) apart.push_back(generator->OneIn(10));
  std::vector<bool> free;
  for (int i = 0; i < items; ++i) free.push_back(!generator->OneIn(6));
  made->problem.items = made->items.size();
  made->problem.criteria = &made->criteria;
  for (const Candidate& candidate : made->candidates) made->problem.costs.push_back(candidate.credits.low);
  const auto n = static_cast<size_t>(items);
  made->problem.compatible = [apart, n](size_t a, size_t b) { return !apart[std::min(a, b) * n + std::max(a, b)]; };
  made->problem.may_stand_free = [free](size_t item) { return free[item]; };
  return made;
}

TEST(AssignmentTest, NoAssignmentIsBetterThanTheOneThatIsFound) {
  int tried = 0;
  for (uint32_t seed = 1; seed <= 600; ++seed) {
    Generator generator(seed);
    const auto made = MakeProblem(&generator, 1 + generator.Up(5));
    const EveryAssignment every(made->problem);
    tried += every.tried();
    const Assignment found = FindAssignment(made->problem);
    ASSERT_TRUE(found.proven) << seed;
    ASSERT_EQ(EveryAssignment::Write(found.items), every.Written()) << seed << made->pathway.DebugString();
    ASSERT_EQ(found.outcome, every.Outcome()) << seed;
  }
  EXPECT_GT(tried, 50'000);
}

TEST(AssignmentTest, TheOrderOfItemsChangesNothing) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    Generator generator(seed);
    const v1::Pathway pathway = generator.SomePathway();
    Question question;
    question.day = kDay;
    for (int i = 0; i < 9; ++i) question.items.push_back(generator.SomeItem(i, true));
    question.items.push_back(question.items.front());  // presented twice
    ASSERT_OK_AND_ASSIGN(const v1::Evaluation first, Evaluate(pathway, question));
    for (int shuffle = 0; shuffle < 100; ++shuffle) {
      generator.Shuffle(&question.items);
      ASSERT_OK_AND_ASSIGN(const v1::Evaluation again, Evaluate(pathway, question));
      ASSERT_EQ(again.SerializeAsString(), first.SerializeAsString()) << seed;
    }
  }
}

// What is not stated is filled in, in some way that it can be.
v1::Item InSomeWorld(v1::Item item, Generator* generator) {
  if (item.credits_low() != item.credits_high() || item.credits_low().empty()) {
    const bool none = item.credits_low().empty();
    const std::string credits = none ? std::to_string(generator->Up(12)) : generator->Any<std::string>({"2", "3", "4"});
    item.set_credits_low(credits);
    item.set_credits_high(credits);
  }
  if (item.fields().empty()) item.add_fields(absl::StrCat("0", 4 + generator->Up(2)));
  if (item.eqf_level() == 0) item.set_eqf_level(static_cast<uint32_t>(4 + generator->Up(3)));
  if (item.providers().empty()) item.add_providers(generator->Any<std::string>({"own", "else", "third"}));
  if (item.status() == v1::ITEM_STATUS_UNSPECIFIED) {
    item.set_status(generator->OneIn(2) ? v1::ITEM_STATUS_IN_FORCE : v1::ITEM_STATUS_REVOKED);
  }
  return item;
}

// Unknown is never turned into yes or no: whatever is not stated turns out to be, the answer stands.
TEST(AssignmentTest, WhateverIsNotStatedTurnsOutToBeTheAnswerStands) {
  int answers[4] = {};
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    Generator generator(seed);
    const v1::Pathway pathway = generator.SomePathway();
    Question question;
    question.day = kDay;
    const int items = 2 + generator.Up(4);
    for (int i = 0; i < items; ++i) question.items.push_back(generator.SomeItem(i, true));
    ASSERT_OK_AND_ASSIGN(const v1::Evaluation answer, Evaluate(pathway, question));
    ++answers[answer.outcome()];
    for (int world = 0; world < 12; ++world) {
      Question known = question;
      for (v1::Item& item : known.items) item = InSomeWorld(item, &generator);
      ASSERT_OK_AND_ASSIGN(const v1::Evaluation truth, Evaluate(pathway, known));
      ASSERT_NE(truth.outcome(), v1::OUTCOME_UNKNOWN) << seed << EvaluationText(truth);
      if (answer.outcome() == v1::OUTCOME_UNKNOWN) continue;
      ASSERT_EQ(truth.outcome(), answer.outcome())
          << seed << pathway.DebugString() << EvaluationText(answer) << EvaluationText(truth);
    }
  }
  for (const v1::Outcome outcome : {v1::OUTCOME_SATISFIED, v1::OUTCOME_NOT_SATISFIED, v1::OUTCOME_UNKNOWN}) {
    EXPECT_GT(answers[outcome], 50) << OutcomeWord(outcome);
  }
}

// Sums that no two items share, so that no two are alike, and a total that none of them reaches.
std::vector<v1::Item> HardItems(int count) {
  std::vector<v1::Item> items;
  for (int i = 0; i < count; ++i) {
    items.push_back(WrittenItem(absl::StrCat("h", 100 + i, " c=", 10 + i, ".", 100003 + 7919 * i)));
  }
  return items;
}

TEST(AssignmentTest, BeyondItsStepsTheAnswerIsUnknown) {
  const v1::Pathway pathway = WrittenPathway(
      "rules { id: 'least' min_credits { credits: '400.5' } } rules { id: 'most' max_credits { credits: '400.500001' } "
      "}");
  ASSERT_OK_AND_ASSIGN(const v1::Evaluation evaluation, Evaluate(pathway, {HardItems(40), kDay, "", {}}));
  EXPECT_EQ(evaluation.outcome(), v1::OUTCOME_UNKNOWN);
  EXPECT_FALSE(evaluation.assignment_proven());
  EXPECT_NE(EvaluationText(evaluation).find("was ended"), std::string::npos);
}

TEST(AssignmentTest, WhatNothingCanReachNeedsNoSearch) {
  const v1::Pathway pathway = WrittenPathway(
      "rules { id: 'least' min_credits { credits: '400.5' } } rules { id: 'most' max_credits { credits: '400.500001' } "
      "}"
      "rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } } }");
  ASSERT_OK_AND_ASSIGN(const v1::Evaluation evaluation, Evaluate(pathway, {HardItems(40), kDay, "", {}}));
  EXPECT_EQ(evaluation.outcome(), v1::OUTCOME_NOT_SATISFIED);
}

// A long transcript of what is much alike is no work.
TEST(AssignmentTest, ManyItemsThatAreAlikeAreQuick) {
  const v1::Pathway pathway = WrittenPathway(
      "rules { id: 'total' min_credits { credits: '180' } }"
      "rules { id: 'theme' min_share { fraction: '0.75' scope { field: '061' } } }"
      "rules { id: 'core' required { elements { id: 'x' specifications: 's3' } elements { id: 'y' specifications: "
      "'s70' "
      "} elements { id: 'z' specifications: 's71' } } }"
      "rules { id: 'external' max_external { fraction: '0.3' } }");
  std::vector<v1::Item> items;
  for (int i = 0; i < 80; ++i) {
    items.push_back(WrittenItem(absl::StrCat("m", 100 + i, " s=s", i, " f=06", i % 3 == 0 ? 2 : 1,
                                             " p=", i % 5 == 0 ? "else" : "own", " d=20", 10 + i % 15, "-01-01")));
  }
  ASSERT_OK_AND_ASSIGN(const v1::Evaluation evaluation, Evaluate(pathway, {items, kDay, "", {}}));
  EXPECT_EQ(evaluation.outcome(), v1::OUTCOME_SATISFIED);
  EXPECT_TRUE(evaluation.assignment_proven());
  EXPECT_EQ(evaluation.credits_low(), "180");
}

}  // namespace
}  // namespace passerelle::pathway
