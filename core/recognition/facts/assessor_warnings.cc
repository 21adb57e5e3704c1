#include "core/recognition/facts/assessor_warnings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"

namespace passerelle::recognition {
namespace {

base::Reason OpenReason(const v1::AssessorFacts& assessor) {
  if (assessor.recognised() == v1::KNOWN_NO) return base::Reason::kNotAccredited;
  switch (assessor.found()) {
    case v1::KNOWN_YES:
      return base::Reason::kNotCovered;
    case v1::KNOWN_NO:
      return base::Reason::kAssessorUnresolved;
    default:
      return base::Reason::kNoEvidence;
  }
}

}  // namespace

void AddAssessorWarnings(const v1::CaseFacts& facts, v1::Evaluation* evaluation) {
  for (const v1::AssessorFacts& assessor : facts.credential().assessment().assessors()) {
    if (assessor.recognised() == v1::KNOWN_YES) continue;
    const base::CatalogueEntry& entry = base::Catalogue(OpenReason(assessor));
    v1::EvaluationWarning* const warning = evaluation->add_warnings();
    warning->set_reason(std::string(entry.name));
    warning->set_explanation(std::string(entry.meaning));
    warning->add_inputs(absl::StrCat(
        "assessor=", assessor.identifiers().empty() ? "not identified" : absl::string_view(assessor.identifiers(0))));
    if (!assessor.source().empty()) warning->add_inputs(absl::StrCat("source=", assessor.source()));
  }
}

}  // namespace passerelle::recognition
