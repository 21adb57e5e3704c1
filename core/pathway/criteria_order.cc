// The order of award. Candidates stand in the order of their dates of award, those without one last.
#include <algorithm>
#include <limits>

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
      stated_.push_back(std::move(answers));
    }
    matches_ = stated_;
  }

  void StandFor(size_t item, const std::string& element) override {
    for (size_t e = 0; e < matches_.size(); ++e) {
      const bool other = !element.empty() && element != rule_.elements(static_cast<int>(e));
      matches_[e][item] = other ? Answer::kNo : stated_[e][item];
    }
  }
  void Take(size_t item, int /*place*/) override { counted_[item] = true; }
  void Drop(size_t item, int /*place*/) override { counted_[item] = false; }
  Standing Now() const override { return Of(candidates_.size()); }
  Standing Best(size_t next) const override { return Of(next); }
  int64_t Steps() const override { return static_cast<int64_t>(matches_.size() * counted_.size()) / kLooksOfAStep + 1; }
  // Dates matter, so that no two such items are alike.
  std::string Signature(size_t item) const override { return Concerns(item) ? std::to_string(item) : ""; }
  bool Concerns(size_t item) const override {
    return std::any_of(stated_.begin(), stated_.end(), [&](const auto& m) { return m[item] != Answer::kNo; });
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

  // What stands first and last among the items of an element that count, or may still do so. The items are in the order
  // of their dates, so that these few decide whether any came before another.
  struct Ends {
    static constexpr size_t kNone = std::numeric_limits<size_t>::max();
    size_t first_sure = kNone;  // of those that surely are the element
    size_t first = kNone;
    size_t second = kNone;
    size_t last = kNone;
    size_t last_but_one = kNone;
  };

  Ends EndsOf(const std::vector<Answer>& matches, size_t next) const {
    Ends ends;
    for (size_t a = 0; a < counted_.size(); ++a) {
      if ((a < next && !counted_[a]) || matches[a] == Answer::kNo) continue;
      if (ends.first_sure == Ends::kNone && matches[a] == Answer::kYes) ends.first_sure = a;
      if (ends.first == Ends::kNone) {
        ends.first = a;
      } else if (ends.second == Ends::kNone) {
        ends.second = a;
      }
      ends.last_but_one = ends.last;
      ends.last = a;
    }
    return ends;
  }

  const std::string& DateOf(size_t item) const { return candidates_[item].item->award_date(); }

  // Whether what has to come before item `b` did. A day cannot tell which of two awards came first.
  Answer Preceded(const Ends& before, size_t b) const {
    const std::string& date = DateOf(b);
    if (before.first_sure != Ends::kNone && before.first_sure != b && !date.empty() &&
        !DateOf(before.first_sure).empty() && DateOf(before.first_sure) < date) {
      return Answer::kYes;
    }
    const size_t first = before.first != b ? before.first : before.second;
    const size_t last = before.last != b ? before.last : before.last_but_one;
    if (first == Ends::kNone) return Answer::kNo;
    const bool may_be_earlier = date.empty() || DateOf(first) <= date;
    return may_be_earlier || DateOf(last).empty() ? Answer::kUnknown : Answer::kNo;
  }

  // With the items from `next` on undecided.
  Standing Of(size_t next) const {
    Answer worst = Answer::kYes;
    for (size_t e = 1; e < matches_.size(); ++e) {
      const Ends before = EndsOf(matches_[e - 1], next);
      for (size_t b = 0; b < counted_.size(); ++b) {
        if (!counted_[b] || matches_[e][b] == Answer::kNo) continue;
        Answer preceded = Preceded(before, b);
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
  std::vector<std::vector<Answer>> stated_;  // element, item: whether what it states makes it the element
  std::vector<std::vector<Answer>>
      matches_;  // the same, of those that fill a place for the element of that place alone
  std::vector<bool> counted_;
};

}  // namespace

std::unique_ptr<Criterion> MakeSequenceCriterion(const v1::Pathway& pathway, const v1::SequenceRule& rule,
                                                 const Candidates& candidates) {
  return std::make_unique<SequenceCriterion>(pathway, rule, candidates);
}

}  // namespace passerelle::pathway
