#include "core/pathway/criterion.h"

namespace passerelle::pathway {

const v1::PlacesRule* PlacesOf(const v1::Rule& rule) {
  switch (rule.kind_case()) {
    case v1::Rule::kRequired:
      return &rule.required();
    case v1::Rule::kOneOf:
      return &rule.one_of();
    case v1::Rule::kNOf:
      return &rule.n_of();
    case v1::Rule::kCapstone:
      return &rule.capstone();
    default:
      return nullptr;
  }
}

std::vector<const v1::Element*> ElementsOf(const v1::Pathway& pathway) {
  std::vector<const v1::Element*> elements;
  for (const v1::Rule& rule : pathway.rules()) {
    const v1::PlacesRule* const places = PlacesOf(rule);
    if (places == nullptr) continue;
    for (const v1::Element& element : places->elements()) elements.push_back(&element);
  }
  return elements;
}

std::unique_ptr<Criterion> MakeCriterion(const v1::Pathway& pathway, const v1::Rule& rule, const Candidates& candidates,
                                         bool shared_places) {
  switch (rule.kind_case()) {
    case v1::Rule::kMinCredits:
    case v1::Rule::kMaxCredits:
    case v1::Rule::kMinShare:
    case v1::Rule::kMaxExternal:
      return MakeCreditCriterion(pathway, rule, candidates);
    case v1::Rule::kRequired:
    case v1::Rule::kOneOf:
    case v1::Rule::kNOf:
    case v1::Rule::kCapstone:
      return MakePlacesCriterion(pathway, rule, candidates, shared_places);
    case v1::Rule::kCoverage:
      return MakeCoverageCriterion(rule.coverage(), candidates);
    case v1::Rule::kSequence:
      return MakeSequenceCriterion(pathway, rule.sequence(), candidates);
    case v1::Rule::kMaxOverlap:
      if (rule.max_overlap().action() != v1::OVERLAP_ACTION_REFER) return nullptr;
      return MakeOverlapCriterion(rule.max_overlap(), candidates);
    default:
      return nullptr;
  }
}

}  // namespace passerelle::pathway
