// The order of award. Candidates stand in the order of their dates of award, those without one last.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/pathway/criterion.h"

namespace passerelle::pathway {
namespace {

class SequenceCriterion final : public Criterion {
 public:
  SequenceCriterion(const v1::Pathway& pathway, const v1::SequenceRule& rule, const Candidates& candidates)
      : rule_(rule), candidates_(candidates), counted_(candidates.size()) {
    for (const std::string& id : rule.elements()) {
      std::vector<Answer> answers;
      for (const Candidate& candidate : candidates) answers.push_back(Matches(pathway, id, candidate));
      matches_.push_back(std::move(answers));
    }
  }

  void Take(size_t item, int /*place*/) override { counted_[item] = true; }
  void Drop(size_t item, int /*place*/) override { counted_[item] = false; }
  Standing Now() const override { return Of(candidates_.size()); }
  Standing Best(size_t next) const override { return Of(next); }
  // Dates matter, so that no two such items are alike.
  std::string Signature(size_t item) const override { return Concerns(item) ? std::to_string(item) : ""; }
  bool Concerns(size_t item) const override {
    return std::any_of(matches_.begin(), matches_.end(), [&](const auto& m) { return m[item] != Answer::kNo; });
  }
  std::string NeededText() const override { return absl::StrJoin(rule_.elements(), ", then "); }
  std::string HaveText() const override {
    std::vector<std::string> have;
    for (size_t e = 0; e < matches_.size(); ++e) {
      for (size_t i = 0; i < counted_.size(); ++i) {
        if (!counted_[i] || matches_[e][i] == Answer::kNo) continue;
        const std::string& date = candidates_[i].item->award_date();
        have.push_back(absl::StrCat(rule_.elements(static_cast<int>(e)), " ", date.empty() ? "without a date" : date));
      }
    }
    return have.empty() ? "none of them" : absl::StrJoin(have, ", ");
  }
  std::string MissingText() const override {
    return absl::StrCat("an award of each in this order: ", absl::StrJoin(rule_.elements(), ", then "));
  }

 private:
  static Answer Matches(const v1::Pathway& pathway, const std::string& id, const Candidate& candidate) {
    Answer answer = Answer::kNo;
    for (const v1::Element* element : ElementsOf(pathway)) {
      if (element->id() == id) answer = std::max(answer, IsElement(*candidate.item, *element));
    }
    return candidate.certain ? answer : std::min(answer, Answer::kUnknown);
  }

  // Whether item a was awarded before item b. A day cannot tell which of two awards came first.
  Answer IsBefore(size_t a, size_t b) const {
    const std::string& first = candidates_[a].item->award_date();
    const std::string& second = candidates_[b].item->award_date();
    if (first.empty() || second.empty() || first == second) return Answer::kUnknown;
    return first < second ? Answer::kYes : Answer::kNo;
  }

  // Whether what has to come before item `b` of element `e` did, with the items from `next` on undecided.
  Answer Preceded(size_t e, size_t b, size_t next) const {
    Answer best = Answer::kNo;
    for (size_t a = 0; a < counted_.size() && best != Answer::kYes; ++a) {
      if (a == b || (a < next && !counted_[a])) continue;
      best = std::max(best, std::min(matches_[e - 1][a], IsBefore(a, b)));
    }
    return best;
  }

  Standing Of(size_t next) const {
    Answer worst = Answer::kYes;
    for (size_t e = 1; e < matches_.size(); ++e) {
      for (size_t b = 0; b < counted_.size(); ++b) {
        if (!counted_[b] || matches_[e][b] == Answer::kNo) continue;
        Answer preceded = Preceded(e, b, next);
        // What may be another element altogether breaks no order surely.
        if (matches_[e][b] == Answer::kUnknown) preceded = std::max(preceded, Answer::kUnknown);
        worst = std::min(worst, preceded);
      }
    }
    return {worst == Answer::kYes       ? v1::OUTCOME_SATISFIED
            : worst == Answer::kUnknown ? v1::OUTCOME_UNKNOWN
                                        : v1::OUTCOME_NOT_SATISFIED};
  }

  const v1::SequenceRule& rule_;
  const Candidates& candidates_;
  std::vector<std::vector<Answer>> matches_;  // element, item
  std::vector<bool> counted_;
};

}  // namespace

std::unique_ptr<Criterion> MakeSequenceCriterion(const v1::Pathway& pathway, const v1::SequenceRule& rule,
                                                 const Candidates& candidates) {
  return std::make_unique<SequenceCriterion>(pathway, rule, candidates);
}

}  // namespace passerelle::pathway
