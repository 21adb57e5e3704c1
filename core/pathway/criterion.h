// What a rule makes of the items that count: the measure that the assignment is searched by.
//
// A criterion sees items come and go while the assignment is searched, says at any time how the rule stands, and how it
// can stand at best with the items that are still undecided. Items have their numbers in canonical order.
//
// Thread-safety: one object for one search. Ownership: points into the items and the rule, which outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/pathway/amount.h"
#include "core/pathway/matching.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// How a rule stands.
struct Standing {
  v1::Outcome outcome = v1::OUTCOME_SATISFIED;
  int missing = 0;       // places, or outcomes, that are not surely filled
  Amount shortfall = 0;  // credits that are not surely there
};

// An item that may count.
struct Candidate {
  const v1::Item* item = nullptr;
  Credits credits;
  // Whether it is certain that it may count; an item that surely may not is no candidate.
  bool certain = true;
};

class Criterion {
 public:
  // No place of this rule.
  static constexpr int kNoPlace = -1;

  Criterion() = default;
  Criterion(const Criterion&) = delete;
  Criterion& operator=(const Criterion&) = delete;
  virtual ~Criterion() = default;

  // The item counts from now on, and fills `place` of this rule or none; and no longer.
  virtual void Take(size_t item, int place) = 0;
  virtual void Drop(size_t item, int place) = 0;
  // Which element the item stands for from now on, by the place that it fills in any rule; empty for any that it
  // matches.
  virtual void StandFor(size_t /*item*/, const std::string& /*element*/) {}
  // How the rule stands.
  virtual Standing Now() const = 0;
  // How it can stand at best when the items from `next` on are undecided; never worse than what is reached.
  virtual Standing Best(size_t next) const = 0;

  // What a look at the rule costs, in steps of the search: one for each kLooksOfAStep items or places that it goes
  // over.
  static constexpr int64_t kLooksOfAStep = 32;
  virtual int64_t Steps() const { return 1; }

  // Places that the item can fill alone, for rules whose places are not shared.
  virtual std::vector<int> PlacesFor(size_t /*item*/) const { return {}; }
  // Whether a place is filled.
  virtual bool IsFilled(int /*place*/) const { return false; }
  // Id of the element of a place.
  virtual std::string ElementOf(int /*place*/) const { return ""; }
  // Whether the rule accepts the item in any of its places.
  virtual bool Lists(size_t /*item*/) const { return false; }
  // Credits that surely count have to reach this much; 0 for rules that ask for none.
  virtual Amount Needed() const { return 0; }
  virtual Amount SureCredits() const { return 0; }

  // Everything about the item that matters to the rule: two items with the same text can stand in for each other.
  virtual std::string Signature(size_t item) const = 0;
  // Whether the item counts for the rule, once it counts.
  virtual bool Concerns(size_t item) const = 0;

  // What is needed, what there is, and what is missing, in words.
  virtual std::string NeededText() const = 0;
  virtual std::string HaveText() const = 0;
  virtual std::string MissingText() const = 0;
  // Why an offer could fill what is missing; empty when it could not.
  virtual std::string WhyOffer(const v1::Item& /*offer*/) const { return ""; }
};

using Candidates = std::vector<Candidate>;

// The criterion of a rule; null for rules that say which items can count (eligibility.h), and for prerequisites.
// `shared_places`: an item may fill places of several rules.
std::unique_ptr<Criterion> MakeCriterion(const v1::Pathway& pathway, const v1::Rule& rule, const Candidates& candidates,
                                         bool shared_places);

// criteria_credits.cc, criteria_places.cc, criteria_outcomes.cc, criteria_pairs.cc, criteria_order.cc
std::unique_ptr<Criterion> MakeCreditCriterion(const v1::Pathway& pathway, const v1::Rule& rule,
                                               const Candidates& candidates);
std::unique_ptr<Criterion> MakePlacesCriterion(const v1::Pathway& pathway, const v1::Rule& rule,
                                               const Candidates& candidates, bool shared_places);
std::unique_ptr<Criterion> MakeCoverageCriterion(const v1::CoverageRule& rule, const Candidates& candidates);
// Pairs of items of which a person decides whether both count; `pairs` has the numbers of the others by item.
std::unique_ptr<Criterion> MakePairCriterion(std::vector<std::vector<size_t>> pairs, std::string needed,
                                             std::string missing);
std::unique_ptr<Criterion> MakeOverlapCriterion(const v1::OverlapRule& rule, const Candidates& candidates);
std::unique_ptr<Criterion> MakeSequenceCriterion(const v1::Pathway& pathway, const v1::SequenceRule& rule,
                                                 const Candidates& candidates);

// All elements of a pathway's places.
std::vector<const v1::Element*> ElementsOf(const v1::Pathway& pathway);

// The places of a rule; null for rules without any.
const v1::PlacesRule* PlacesOf(const v1::Rule& rule);

}  // namespace passerelle::pathway
