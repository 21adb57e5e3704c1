// Rules about places that items fill: required, one of, several of, and the owner's final unit.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/pathway/criterion.h"

namespace passerelle::pathway {
namespace {

class PlacesCriterion final : public Criterion {
 public:
  PlacesCriterion(const v1::Pathway& pathway, const v1::Rule& rule, const Candidates& candidates, bool shared)
      : places_(*PlacesOf(rule)), least_(Least(rule)), shared_(shared || places_.shared()) {
    const size_t places = static_cast<size_t>(places_.elements_size());
    sure_.resize(places);
    maybe_.resize(places);
    sure_rest_.assign(candidates.size() + 1, std::vector<int>(places + 1));
    maybe_rest_ = sure_rest_;
    answers_.resize(candidates.size());
    for (size_t i = candidates.size(); i-- > 0;) {
      sure_rest_[i] = sure_rest_[i + 1];
      maybe_rest_[i] = maybe_rest_[i + 1];
      bool any_sure = false;
      bool any = false;
      for (size_t p = 0; p < places; ++p) {
        const Answer answer = Accepts(pathway, rule, candidates[i], places_.elements(static_cast<int>(p)));
        answers_[i].push_back(answer);
        if (answer == Answer::kYes) ++sure_rest_[i][p];
        if (answer != Answer::kNo) ++maybe_rest_[i][p];
        any_sure = any_sure || answer == Answer::kYes;
        any = any || answer != Answer::kNo;
      }
      // The last column counts items that can fill any place.
      if (any_sure) ++sure_rest_[i][places];
      if (any) ++maybe_rest_[i][places];
    }
  }

  void Take(size_t item, int place) override { Count(item, place, 1); }
  void Drop(size_t item, int place) override { Count(item, place, -1); }
  Standing Now() const override { return Of(Filled(sure_), FilledMaybe()); }
  Standing Best(size_t next) const override {
    return Of(Reachable(Filled(sure_), sure_, sure_rest_[next]), ReachableMaybe(next));
  }

  int64_t Steps() const override { return static_cast<int64_t>(sure_.size()) / kLooksOfAStep + 1; }

  std::vector<int> PlacesFor(size_t item) const override {
    std::vector<int> places;
    if (shared_) return places;
    for (size_t p = 0; p < answers_[item].size(); ++p) {
      if (answers_[item][p] != Answer::kNo) places.push_back(static_cast<int>(p));
    }
    return places;
  }
  bool IsFilled(int place) const override { return sure_[At(place)] + maybe_[At(place)] > 0; }
  std::string ElementOf(int place) const override { return places_.elements(place).id(); }
  bool Lists(size_t item) const override { return Concerns(item); }
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
    for (const v1::Element& element : places_.elements()) names.push_back(NameOf(element));
    const std::string list = absl::StrJoin(names, "; ");
    if (least_ == places_.elements_size()) return list;
    return absl::StrCat(least_, " of: ", list);
  }
  std::string HaveText() const override {
    std::vector<std::string> names;
    for (int p = 0; p < places_.elements_size(); ++p) {
      if (sure_[At(p)] > 0) names.push_back(NameOf(places_.elements(p)));
      if (sure_[At(p)] == 0 && maybe_[At(p)] > 0) names.push_back(absl::StrCat(NameOf(places_.elements(p)), " (open)"));
    }
    return names.empty() ? "none" : absl::StrJoin(names, "; ");
  }
  std::string MissingText() const override {
    std::vector<std::string> names;
    for (int p = 0; p < places_.elements_size(); ++p) {
      if (sure_[At(p)] == 0) names.push_back(NameOf(places_.elements(p)));
    }
    const int open = least_ - Filled(sure_);
    const bool all = open == static_cast<int>(names.size());
    return absl::StrCat(all ? "" : absl::StrCat(open, " of: "), absl::StrJoin(names, "; "));
  }
  std::string WhyOffer(const v1::Item& offer) const override {
    for (int p = 0; p < places_.elements_size(); ++p) {
      const v1::Element& element = places_.elements(p);
      if (sure_[At(p)] == 0 && IsElement(offer, element) == Answer::kYes) {
        return absl::StrCat("it is what is asked for as ", NameOf(element));
      }
    }
    return "";
  }

 private:
  static size_t At(int place) { return static_cast<size_t>(place); }
  static std::string NameOf(const v1::Element& element) {
    return element.title().empty() ? element.id() : element.title();
  }

  static int Least(const v1::Rule& rule) {
    const v1::PlacesRule& places = *PlacesOf(rule);
    if (rule.kind_case() == v1::Rule::kOneOf) return 1;
    return places.least() == 0 ? places.elements_size() : static_cast<int>(places.least());
  }

  // A final unit is the owner's own.
  static Answer Accepts(const v1::Pathway& pathway, const v1::Rule& rule, const Candidate& candidate,
                        const v1::Element& element) {
    Answer answer = IsElement(*candidate.item, element);
    if (rule.kind_case() == v1::Rule::kCapstone) {
      answer = std::min(answer, IsAwardedBy(*candidate.item, pathway.owner()));
    }
    return candidate.certain ? answer : std::min(answer, Answer::kUnknown);
  }

  void Count(size_t item, int place, int by) {
    for (size_t p = 0; p < answers_[item].size(); ++p) {
      if (!shared_ && place != static_cast<int>(p)) continue;
      if (answers_[item][p] == Answer::kYes) sure_[p] += by;
      if (answers_[item][p] == Answer::kUnknown) maybe_[p] += by;
    }
  }

  static int Filled(const std::vector<int>& counts) {
    return static_cast<int>(std::count_if(counts.begin(), counts.end(), [](int count) { return count > 0; }));
  }
  int FilledMaybe() const {
    int filled = 0;
    for (size_t p = 0; p < sure_.size(); ++p) filled += sure_[p] + maybe_[p] > 0 ? 1 : 0;
    return filled;
  }
  // Places that undecided items can fill besides; where places are not shared, no more than there are items.
  int Reachable(int filled, const std::vector<int>& counts, const std::vector<int>& rest) const {
    int more = 0;
    for (size_t p = 0; p < counts.size(); ++p) more += counts[p] == 0 && rest[p] > 0 ? 1 : 0;
    return filled + (shared_ ? more : std::min(more, rest.back()));
  }
  int ReachableMaybe(size_t next) const {
    std::vector<int> counts(sure_.size());
    for (size_t p = 0; p < counts.size(); ++p) counts[p] = sure_[p] + maybe_[p];
    return Reachable(FilledMaybe(), counts, maybe_rest_[next]);
  }

  Standing Of(int sure, int possible) const {
    const v1::Outcome outcome = sure >= least_       ? v1::OUTCOME_SATISFIED
                                : possible >= least_ ? v1::OUTCOME_UNKNOWN
                                                     : v1::OUTCOME_NOT_SATISFIED;
    return {outcome, std::max(0, least_ - sure), 0};
  }

  const v1::PlacesRule& places_;
  const int least_;
  const bool shared_;
  std::vector<std::vector<Answer>> answers_;  // item, place
  std::vector<int> sure_;                     // by place: items that surely fill it
  std::vector<int> maybe_;
  std::vector<std::vector<int>> sure_rest_;  // by the first undecided item: how many of them could fill a place
  std::vector<std::vector<int>> maybe_rest_;
};

}  // namespace

std::unique_ptr<Criterion> MakePlacesCriterion(const v1::Pathway& pathway, const v1::Rule& rule,
                                               const Candidates& candidates, bool shared_places) {
  return std::make_unique<PlacesCriterion>(pathway, rule, candidates, shared_places);
}

}  // namespace passerelle::pathway
