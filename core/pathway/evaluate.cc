#include "core/pathway/evaluate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/status_macros.h"
#include "core/elm/labels/labels.h"
#include "core/pathway/assignment.h"
#include "core/pathway/check_pathway.h"
#include "core/pathway/criterion.h"
#include "core/pathway/eligibility.h"
#include "core/pathway/explanation.h"
#include "core/pathway/relations.h"

namespace passerelle::pathway {
namespace {

using base::Problem;
using base::Reason;

// The same order for the same set of items: by date of award, those without one last, then by id, then by content.
std::vector<v1::Item> InCanonicalOrder(const std::vector<v1::Item>& items) {
  std::vector<std::tuple<bool, std::string, std::string, std::string, const v1::Item*>> keys;
  keys.reserve(items.size());
  for (const v1::Item& item : items) {
    keys.emplace_back(item.award_date().empty(), item.award_date(), item.id(), item.SerializeAsString(), &item);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<v1::Item> sorted;
  sorted.reserve(items.size());
  for (const auto& key : keys) sorted.push_back(*std::get<4>(key));
  return sorted;
}

absl::Status CheckInForce(const v1::Pathway& pathway, const std::string& day) {
  if (MonthsLater(day, 0).empty()) return Problem(Reason::kFieldInvalid, "day", "it is no day such as 2026-01-31");
  if (pathway.status() == v1::PATHWAY_STATUS_WITHDRAWN) {
    return Problem(Reason::kPathwayWithdrawn, "status", "the owner has withdrawn the pathway");
  }
  if (!pathway.valid_from().empty() && day < pathway.valid_from()) {
    return Problem(Reason::kPathwayNotInForce, "valid_from", absl::StrCat("the pathway is not yet in force on ", day));
  }
  if (!pathway.valid_to().empty() && day > pathway.valid_to()) {
    return Problem(Reason::kPathwayNotInForce, "valid_to", absl::StrCat("the pathway is no longer in force on ", day));
  }
  return absl::OkStatus();
}

bool SharesPlaces(const v1::Pathway& pathway) {
  return std::any_of(pathway.rules().begin(), pathway.rules().end(),
                     [](const v1::Rule& rule) { return rule.exclusive_use().use() == v1::EXCLUSIVE_USE_NONE; });
}

// What an item says, apart from where it was read.
std::string StatementOf(v1::Item item) {
  item.clear_place();
  item.clear_credential_id();
  return base::DeterministicBytes(item);
}

// Items of one identifier are one item in several presentations. Where they say different things, facts about the one
// are no facts about the other, and it is open which of them is meant.
void OpenContradicting(const std::vector<v1::Item>& items, std::vector<ItemFacts>* facts) {
  std::map<std::string, std::set<std::string>> statements;  // by id
  for (const v1::Item& item : items) statements[item.id()].insert(StatementOf(item));
  for (size_t i = 0; i < items.size(); ++i) {
    if (statements[items[i].id()].size() == 1) continue;
    (*facts)[i].objections.push_back(
        {Answer::kUnknown, "", "IDENTITY_OPEN", "Another item has the same identifier and says something else."});
  }
}

// What is superseded, or states more than the whole that it is a part of, leaves nothing to weigh: it is out from the
// start, or open as long as it is open whether the other one counts.
void ExcludeReplaced(const std::vector<v1::Item>& items, const Relations& relations, std::vector<ItemFacts>* facts) {
  std::vector<Answer> counts;
  for (const ItemFacts& entry : *facts) {
    counts.push_back(entry.IsOut() ? Answer::kNo : entry.objections.empty() ? Answer::kYes : Answer::kUnknown);
  }
  const auto exclude = [&](size_t item, absl::string_view reason, absl::string_view text, size_t by) {
    if ((*facts)[item].IsOut()) return;
    const Answer answer = counts[by] == Answer::kYes ? Answer::kNo : Answer::kUnknown;
    (*facts)[item].objections.push_back({answer, "", std::string(reason), std::string(text)});
    if (answer == Answer::kNo) (*facts)[item].related = by;
  };
  for (size_t newer = 0; newer < items.size(); ++newer) {
    if (counts[newer] == Answer::kNo) continue;
    const auto& superseded = items[newer].supersedes();
    for (size_t older = 0; older < items.size(); ++older) {
      if (std::find(superseded.begin(), superseded.end(), items[older].id()) == superseded.end()) continue;
      exclude(older, "SUPERSEDED", "A later item supersedes it.", newer);
    }
    for (size_t part = 0; part < items.size() && relations.PartsExceed(newer); ++part) {
      if (!relations.IsPart(part, newer)) continue;
      exclude(part, "PARTS_EXCEED_WHOLE", "The parts state more credits than the whole; only the whole counts.", newer);
    }
  }
}

// One evaluation.
class Evaluator {
 public:
  Evaluator(const v1::Pathway& pathway, const Question& question)
      : pathway_(pathway), question_(question), items_(InCanonicalOrder(question.items)), relations_(items_, pathway) {}

  v1::Evaluation Run() {
    facts_.resize(items_.size());
    for (size_t i = 0; i < items_.size(); ++i) facts_[i].objections = Objections(pathway_, items_[i], question_.day);
    OpenContradicting(items_, &facts_);
    if (pathway_.type() != v1::PATHWAY_TYPE_OPEN) OpenUnlisted();
    ExcludeReplaced(items_, relations_, &facts_);
    ListCandidates();
    MakeCriteria();
    const Assignment assignment = Assign();
    for (const Assigned& assigned : assignment.items) facts_[candidate_items_[assigned.item]].place = assigned.place;
    for (const Assigned& assigned : assignment.items) facts_[candidate_items_[assigned.item]].counted = true;

    v1::Evaluation evaluation;
    Head(assignment, &evaluation);
    const Explanation explanation = {pathway_, items_, relations_, facts_, criteria_, rules_, candidate_items_};
    ExplainItems(explanation, &evaluation);
    ExplainRules(explanation, question_.offers, &evaluation);
    ExplainDoubles(explanation, &evaluation);
    ListAssumptions(explanation, &evaluation);
    Conclude(assignment, &evaluation);
    return evaluation;
  }

 private:
  // Where only listed items count, one of which it is open whether it is listed may count for nothing.
  void OpenUnlisted() {
    for (size_t i = 0; i < items_.size(); ++i) {
      Answer listed = Answer::kNo;
      for (const v1::Element* element : ElementsOf(pathway_)) listed = std::max(listed, IsElement(items_[i], *element));
      if (listed != Answer::kUnknown) continue;
      facts_[i].objections.push_back({Answer::kUnknown, "", "LISTING_OPEN",
                                      "Whether the pathway has a place for it cannot be told from what it states."});
    }
  }

  void ListCandidates() {
    for (size_t i = 0; i < items_.size(); ++i) {
      if (facts_[i].IsOut()) continue;
      candidates_.push_back({&items_[i], CreditsOf(items_[i]), facts_[i].objections.empty()});
      candidate_items_.push_back(i);
    }
  }

  void MakeCriteria() {
    for (int i = 0; i < pathway_.rules_size(); ++i) {
      auto criterion = MakeCriterion(pathway_, pathway_.rules(i), candidates_, SharesPlaces(pathway_));
      if (criterion == nullptr) continue;
      criteria_.push_back(std::move(criterion));
      rules_.push_back(i);
    }
    std::vector<std::vector<size_t>> doubles(candidates_.size());
    bool any = false;
    for (size_t a = 0; a < candidates_.size(); ++a) {
      for (size_t b = 0; b < candidates_.size(); ++b) {
        if (!relations_.MayBeSame(candidate_items_[a], candidate_items_[b])) continue;
        doubles[a].push_back(b);
        any = true;
      }
    }
    if (!any) return;
    criteria_.push_back(MakePairCriterion(std::move(doubles), "no two items are the same course",
                                          "a person's word on whether the items are the same course"));
    rules_.push_back(kNoRule);
  }

  Assignment Assign() {
    AssignmentProblem problem;
    problem.items = candidates_.size();
    problem.criteria = &criteria_;
    for (const Candidate& candidate : candidates_) problem.costs.push_back(candidate.credits.low);
    problem.compatible = [this](size_t a, size_t b) {
      return !relations_.Between(candidate_items_[a], candidate_items_[b]).has_value();
    };
    problem.may_stand_free = [this](size_t item) { return MayStandFree(item); };
    return FindAssignment(problem);
  }

  // Places that are shared are filled by whatever counts.
  bool MayStandFree(size_t item) const {
    if (pathway_.type() == v1::PATHWAY_TYPE_OPEN) return true;
    return std::any_of(criteria_.begin(), criteria_.end(), [&](const std::unique_ptr<Criterion>& criterion) {
      const bool shared = criterion->PlacesFor(item).empty();
      return criterion->Lists(item) && (shared || pathway_.type() == v1::PATHWAY_TYPE_ELECTIVE);
    });
  }

  void Head(const Assignment& assignment, v1::Evaluation* evaluation) const {
    evaluation->set_pathway_id(pathway_.id());
    evaluation->set_pathway_version(pathway_.version());
    evaluation->set_owner(pathway_.owner());
    evaluation->set_owner_name(pathway_.owner_name());
    evaluation->set_date(question_.day);
    evaluation->set_assignment_proven(assignment.proven);
    evaluation->set_creates_entitlement(false);
    const std::string language = elm::IsLabelLanguage(question_.language) ? question_.language : "en";
    evaluation->set_notice(std::string(elm::Word("pathway/notice", language)));
    evaluation->set_how_to_apply(pathway_.how_to_apply());
  }

  // The search speaks for the rules that it weighed; the others, such as prerequisites, for themselves.
  void Conclude(const Assignment& assignment, v1::Evaluation* evaluation) const {
    std::set<std::string> weighed;
    for (const int rule : rules_) weighed.insert(rule == kNoRule ? "no-double-counting" : pathway_.rules(rule).id());
    v1::Outcome outcome = assignment.outcome;
    for (const v1::RuleResult& rule : evaluation->rules()) {
      if (weighed.count(rule.rule_id()) > 0) continue;
      if (rule.outcome() == v1::OUTCOME_NOT_SATISFIED) outcome = v1::OUTCOME_NOT_SATISFIED;
      const bool opens = rule.outcome() == v1::OUTCOME_UNKNOWN && outcome == v1::OUTCOME_SATISFIED;
      if (opens) outcome = v1::OUTCOME_UNKNOWN;
    }
    evaluation->set_outcome(outcome);
  }

  const v1::Pathway& pathway_;
  const Question& question_;
  const std::vector<v1::Item> items_;
  const Relations relations_;
  std::vector<ItemFacts> facts_;
  Candidates candidates_;
  std::vector<size_t> candidate_items_;  // by candidate, the number of the item
  std::vector<std::unique_ptr<Criterion>> criteria_;
  std::vector<int> rules_;  // by criterion, the number of the rule, or kNoRule
};

}  // namespace

absl::StatusOr<v1::Evaluation> Evaluate(const v1::Pathway& pathway, const Question& question) {
  RETURN_IF_ERROR(CheckPathway(pathway));
  RETURN_IF_ERROR(CheckItems(question.items));
  RETURN_IF_ERROR(CheckInForce(pathway, question.day));
  return Evaluator(pathway, question).Run();
}

}  // namespace passerelle::pathway
