#include "core/pathway/assignment.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace passerelle::pathway {
namespace {

// How good an assignment is; the smaller the better.
struct Score {
  int outcome = 0;  // 0 satisfied, 1 unknown, 2 not satisfied
  int unsatisfied = 0;
  int broken = 0;
  int missing = 0;
  Amount shortfall = 0;
  Amount cost = 0;

  auto Key() const { return std::tie(outcome, unsatisfied, broken, missing, shortfall, cost); }
};

v1::Outcome OutcomeOf(const Score& score) {
  return score.outcome == 0   ? v1::OUTCOME_SATISFIED
         : score.outcome == 1 ? v1::OUTCOME_UNKNOWN
                              : v1::OUTCOME_NOT_SATISFIED;
}

void AddTo(const Standing& standing, Score* score) {
  if (standing.outcome != v1::OUTCOME_SATISFIED) ++score->unsatisfied;
  if (standing.outcome == v1::OUTCOME_NOT_SATISFIED) ++score->broken;
  score->missing += standing.missing;
  score->shortfall += standing.shortfall;
  score->outcome = score->broken > 0 ? 2 : score->unsatisfied > 0 ? 1 : 0;
}

class Search {
 public:
  explicit Search(const AssignmentProblem& problem) : problem_(problem), criteria_(*problem.criteria) {
    FindTwins();
    ListPlaces();
    for (const auto& criterion : criteria_) steps_of_look_ += criterion->Steps();
  }

  Assignment Run() {
    const Score root = BestFrom(0);
    Visit(0);
    Assignment result;
    result.items = best_items_;
    result.proven = !exhausted_;
    result.outcome = OutcomeOf(best_);
    if (exhausted_ && result.outcome != v1::OUTCOME_SATISFIED) {
      // What no assignment can reach needs no search.
      result.outcome = root.outcome == 2 ? v1::OUTCOME_NOT_SATISFIED : v1::OUTCOME_UNKNOWN;
    }
    for (const Assigned& assigned : best_items_) Take(assigned);
    return result;
  }

 private:
  // For every item the one before it that no rule can tell from it, if there is one.
  void FindTwins() {
    twins_.resize(problem_.items, -1);
    std::map<std::string, int> last;
    for (size_t i = 0; i < problem_.items; ++i) {
      bool alone = false;
      for (size_t other = 0; other < problem_.items && !alone; ++other) {
        alone = other != i && !problem_.compatible(i, other);
      }
      std::string signature = absl::StrCat(problem_.costs[i], problem_.may_stand_free(i) ? "+" : "-");
      for (const auto& criterion : criteria_) absl::StrAppend(&signature, "|", criterion->Signature(i));
      if (alone) continue;
      const auto [entry, is_new] = last.try_emplace(signature, static_cast<int>(i));
      if (!is_new) twins_[i] = std::exchange(entry->second, static_cast<int>(i));
    }
    choices_.resize(problem_.items, 0);
  }

  // The places that an item can fill, in the order of the pathway; then none, where it may count without one.
  void ListPlaces() {
    places_.resize(problem_.items);
    for (size_t i = 0; i < problem_.items; ++i) {
      for (size_t c = 0; c < criteria_.size(); ++c) {
        for (const int place : criteria_[c]->PlacesFor(i)) places_[i].push_back({static_cast<int>(c), place});
      }
      if (problem_.may_stand_free(i)) places_[i].push_back({});
    }
  }

  Score Now() {
    steps_ += steps_of_look_;
    Score score;
    for (const auto& criterion : criteria_) AddTo(criterion->Now(), &score);
    score.cost = cost_;
    return score;
  }

  // The best that can be reached with the items from `next` on undecided.
  Score BestFrom(size_t next) {
    steps_ += steps_of_look_;
    Score score;
    for (const auto& criterion : criteria_) AddTo(criterion->Best(next), &score);
    score.cost = cost_;
    if (!found_) return score;
    // To be no worse than what was found, every rule has to come this close to the credits it needs.
    for (const auto& criterion : criteria_) {
      const Amount short_of = criterion->Needed() - criterion->SureCredits() - best_.shortfall;
      if (criterion->Needed() > 0) score.cost = std::max(score.cost, cost_ + short_of);
    }
    return score;
  }

  // Of two that are equally good, the one that was found first has the earlier awards: items are tried in their order,
  // and counting before not counting.
  void Offer(const Score& score) {
    if (found_ && !(score.Key() < best_.Key())) return;
    found_ = true;
    best_ = score;
    best_items_ = taken_;
  }

  void Visit(size_t next) {
    if (exhausted_ || steps_ > problem_.steps_max) {
      exhausted_ = true;
      if (!found_) Offer(Now());
      return;
    }
    const Score now = Now();
    // More items would only cost more.
    if (now.outcome == 0 || next == problem_.items) return Offer(now);
    const Score reachable = BestFrom(next);
    if (found_ && !(reachable.Key() < best_.Key())) return;
    if (MayCount(next)) TryPlaces(next);
    // The place after the last: not counted.
    choices_[next] = places_[next].size();
    Visit(next + 1);
  }

  bool MayCount(size_t item) const {
    return std::all_of(taken_.begin(), taken_.end(),
                       [&](const Assigned& other) { return problem_.compatible(item, other.item); });
  }

  // An item that no rule can tell from an earlier one takes no earlier place than that one: exchanging the two would
  // give nothing new.
  void TryPlaces(size_t item) {
    const size_t first = twins_[item] < 0 ? 0 : choices_[static_cast<size_t>(twins_[item])];
    for (size_t p = first; p < places_[item].size() && !exhausted_; ++p) {
      const PlaceOf place = places_[item][p];
      if (place.criterion >= 0 && criteria_[static_cast<size_t>(place.criterion)]->IsFilled(place.place)) continue;
      choices_[item] = p;
      const Assigned assigned = {item, place};
      taken_.push_back(assigned);
      Take(assigned);
      // Also for items without credits, so that none is used for nothing.
      cost_ += std::max<Amount>(problem_.costs[item], 1);
      Visit(item + 1);
      cost_ -= std::max<Amount>(problem_.costs[item], 1);
      Drop(assigned);
      taken_.pop_back();
    }
  }

  std::string ElementAt(const PlaceOf& place) const {
    return place.criterion < 0 ? "" : criteria_[static_cast<size_t>(place.criterion)]->ElementOf(place.place);
  }
  void StandFor(size_t item, const std::string& element) {
    for (const auto& criterion : criteria_) criterion->StandFor(item, element);
  }

  static int PlaceIn(const Assigned& assigned, size_t criterion) {
    return assigned.place.criterion == static_cast<int>(criterion) ? assigned.place.place : Criterion::kNoPlace;
  }
  void Take(const Assigned& assigned) {
    StandFor(assigned.item, ElementAt(assigned.place));
    for (size_t c = 0; c < criteria_.size(); ++c) criteria_[c]->Take(assigned.item, PlaceIn(assigned, c));
  }
  void Drop(const Assigned& assigned) {
    StandFor(assigned.item, "");
    for (size_t c = 0; c < criteria_.size(); ++c) criteria_[c]->Drop(assigned.item, PlaceIn(assigned, c));
  }

  const AssignmentProblem& problem_;
  std::vector<std::unique_ptr<Criterion>>& criteria_;
  std::vector<int> twins_;
  std::vector<std::vector<PlaceOf>> places_;
  std::vector<size_t> choices_;  // by item, the place that it took, as a number in places_

  std::vector<Assigned> taken_;
  Amount cost_ = 0;
  int64_t steps_ = 0;
  int64_t steps_of_look_ = 1;  // at all rules
  bool exhausted_ = false;

  bool found_ = false;
  Score best_;
  std::vector<Assigned> best_items_;
};

}  // namespace

Assignment FindAssignment(const AssignmentProblem& problem) { return Search(problem).Run(); }

}  // namespace passerelle::pathway
