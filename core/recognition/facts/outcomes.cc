#include "core/recognition/facts/outcomes.h"

#include <algorithm>

namespace passerelle::recognition {
namespace {

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& uris, const std::string& uri) {
  return std::find(uris.begin(), uris.end(), uri) != uris.end();
}

ComparedOutcome Best(const OutcomeList& outcomes, const v1::TargetOutcome& target) {
  ComparedOutcome best{&target};
  for (const v1::OutcomeFacts& outcome : outcomes) {
    const OutcomeRelation relation = Relate(outcome, target);
    if (relation <= best.relation) continue;
    best.relation = relation;
    best.by = &outcome;
    if (relation == OutcomeRelation::kExact) break;
  }
  return best;
}

}  // namespace

OutcomeRelation Relate(const v1::OutcomeFacts& outcome, const v1::TargetOutcome& target) {
  if (outcome.uri().empty()) return OutcomeRelation::kNone;
  if (outcome.uri() == target.uri() || Contains(target.same_as(), outcome.uri())) return OutcomeRelation::kExact;
  if (Contains(target.broader(), outcome.uri())) return OutcomeRelation::kBroader;
  if (Contains(target.narrower(), outcome.uri())) return OutcomeRelation::kNarrower;
  return OutcomeRelation::kNone;
}

std::vector<ComparedOutcome> CompareOutcomes(const OutcomeList& outcomes, const TargetList& targets) {
  std::vector<ComparedOutcome> compared;
  compared.reserve(targets.size());
  for (const v1::TargetOutcome& target : targets) compared.push_back(Best(outcomes, target));
  return compared;
}

OutcomeCount CountOutcomes(const OutcomeList& outcomes, const TargetList& targets) {
  OutcomeCount count;
  for (const v1::TargetOutcome& target : targets) {
    const OutcomeRelation relation = Best(outcomes, target).relation;
    if (relation == OutcomeRelation::kExact) continue;
    if (!target.essential()) {
      ++count.other_gaps;
    } else if (relation == OutcomeRelation::kNone) {
      ++count.essential_gaps;
    } else {
      ++count.hints;
    }
  }
  return count;
}

bool HasUncodedOutcome(const OutcomeList& outcomes) {
  return std::any_of(outcomes.begin(), outcomes.end(), [](const auto& outcome) { return outcome.uri().empty(); });
}

const char* RelationWord(OutcomeRelation relation) {
  switch (relation) {
    case OutcomeRelation::kExact:
      return "exact";
    case OutcomeRelation::kBroader:
      return "broader";
    case OutcomeRelation::kNarrower:
      return "narrower";
    default:
      return "none";
  }
}

}  // namespace passerelle::recognition
