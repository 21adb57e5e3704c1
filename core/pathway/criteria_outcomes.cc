// Which essential learning outcomes are covered.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/pathway/criterion.h"

namespace passerelle::pathway {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

bool Contains(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Whether the item covers an essential outcome. What only a person can tell is unknown.
Answer Covers(const v1::Item& item, const v1::EssentialOutcome& outcome, v1::MatchMode match) {
  if (Contains(item.outcomes(), outcome.id())) return Answer::kYes;
  if (match == v1::MATCH_MODE_NEAR) {
    const bool near = std::any_of(outcome.near().begin(), outcome.near().end(),
                                  [&](const std::string& id) { return Contains(item.outcomes(), id); });
    if (near) return Answer::kUnknown;
  }
  if (match == v1::MATCH_MODE_TEXT_CONFIRMED) {
    if (Contains(item.confirmed_outcomes(), outcome.id())) return Answer::kYes;
    // Texts that were confirmed to mean something are judged.
    if (!item.outcome_texts().empty() && item.confirmed_outcomes().empty()) return Answer::kUnknown;
  }
  return Answer::kNo;
}

class CoverageCriterion final : public Criterion {
 public:
  CoverageCriterion(const v1::CoverageRule& rule, const Candidates& candidates) : rule_(rule) {
    const auto outcomes = static_cast<size_t>(rule.outcomes_size());
    sure_.resize(outcomes);
    maybe_.resize(outcomes);
    sure_rest_.assign(candidates.size() + 1, std::vector<int>(outcomes));
    maybe_rest_ = sure_rest_;
    answers_.resize(candidates.size());
    for (size_t i = candidates.size(); i-- > 0;) {
      sure_rest_[i] = sure_rest_[i + 1];
      maybe_rest_[i] = maybe_rest_[i + 1];
      for (size_t o = 0; o < outcomes; ++o) {
        Answer answer = Covers(*candidates[i].item, rule.outcomes(static_cast<int>(o)), rule.match());
        if (!candidates[i].certain) answer = std::min(answer, Answer::kUnknown);
        answers_[i].push_back(answer);
        if (answer == Answer::kYes) ++sure_rest_[i][o];
        if (answer == Answer::kUnknown) ++maybe_rest_[i][o];
      }
    }
  }

  void Take(size_t item, int /*place*/) override { Count(item, 1); }
  void Drop(size_t item, int /*place*/) override { Count(item, -1); }
  Standing Now() const override { return Of(sure_rest_.size() - 1); }
  Standing Best(size_t next) const override { return Of(next); }
  int64_t Steps() const override { return static_cast<int64_t>(sure_rest_.front().size()) / kLooksOfAStep + 1; }
  std::string Signature(size_t item) const override {
    std::string text;
    for (const Answer answer : answers_[item]) text.push_back(static_cast<char>('0' + static_cast<int>(answer)));
    return text;
  }
  bool Concerns(size_t item) const override {
    return std::any_of(answers_[item].begin(), answers_[item].end(), [](Answer a) { return a != Answer::kNo; });
  }

  std::string NeededText() const override {
    std::vector<std::string> names;
    for (const v1::EssentialOutcome& outcome : rule_.outcomes()) names.push_back(NameOf(outcome));
    return absl::StrJoin(names, "; ");
  }
  std::string HaveText() const override {
    std::vector<std::string> names;
    for (size_t o = 0; o < sure_.size(); ++o) {
      const std::string name = NameOf(rule_.outcomes(static_cast<int>(o)));
      if (sure_[o] > 0) names.push_back(name);
      if (sure_[o] == 0 && maybe_[o] > 0) names.push_back(absl::StrCat(name, " (for a person to confirm)"));
    }
    return names.empty() ? "none" : absl::StrJoin(names, "; ");
  }
  std::string MissingText() const override {
    std::vector<std::string> names;
    for (size_t o = 0; o < sure_.size(); ++o) {
      if (sure_[o] == 0) names.push_back(NameOf(rule_.outcomes(static_cast<int>(o))));
    }
    return absl::StrJoin(names, "; ");
  }
  std::string WhyOffer(const v1::Item& offer) const override {
    for (size_t o = 0; o < sure_.size(); ++o) {
      const v1::EssentialOutcome& outcome = rule_.outcomes(static_cast<int>(o));
      if (sure_[o] == 0 && Contains(offer.outcomes(), outcome.id())) {
        return absl::StrCat("it covers ", NameOf(outcome));
      }
    }
    return "";
  }

 private:
  static std::string NameOf(const v1::EssentialOutcome& outcome) {
    return outcome.title().empty() ? outcome.id() : outcome.title();
  }

  void Count(size_t item, int by) {
    for (size_t o = 0; o < answers_[item].size(); ++o) {
      if (answers_[item][o] == Answer::kYes) sure_[o] += by;
      if (answers_[item][o] == Answer::kUnknown) maybe_[o] += by;
    }
  }

  Standing Of(size_t next) const {
    Standing standing;
    for (size_t o = 0; o < sure_.size(); ++o) {
      if (sure_[o] + sure_rest_[next][o] > 0) continue;
      ++standing.missing;
      const bool possible = maybe_[o] + maybe_rest_[next][o] > 0;
      if (!possible) standing.outcome = v1::OUTCOME_NOT_SATISFIED;
      if (possible && standing.outcome == v1::OUTCOME_SATISFIED) standing.outcome = v1::OUTCOME_UNKNOWN;
    }
    return standing;
  }

  const v1::CoverageRule& rule_;
  std::vector<std::vector<Answer>> answers_;  // item, outcome
  std::vector<int> sure_;                     // by outcome: items that surely cover it
  std::vector<int> maybe_;
  std::vector<std::vector<int>> sure_rest_;  // by the first undecided item
  std::vector<std::vector<int>> maybe_rest_;
};

}  // namespace

std::unique_ptr<Criterion> MakeCoverageCriterion(const v1::CoverageRule& rule, const Candidates& candidates) {
  return std::make_unique<CoverageCriterion>(rule, candidates);
}

}  // namespace passerelle::pathway
