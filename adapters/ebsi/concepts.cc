#include "adapters/ebsi/concepts.h"

#include <optional>

#include "core/document/targets.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ebsi {
namespace {

using document::LossClass;
using document::Step;

LossClass PutConceptOrNote(const Step& step, elm::Vocabulary vocabulary, absl::string_view notes) {
  const auto code = elm::CodeOf(vocabulary, step.Value());
  const auto known = code.has_value() ? elm::ConceptOf(vocabulary, *code) : std::nullopt;
  if (!known.has_value()) return NoteOf(step, notes, step.Label(), step.Value());
  return PutConcept(step.context.targets, step.rule.target, *known);
}

}  // namespace

LossClass LearningSetting(const Step& step) {
  return PutConceptOrNote(step, elm::Vocabulary::kLearningSetting, "Q.additionalNote");
}

LossClass IdVerification(const Step& step) {
  return PutConceptOrNote(step, elm::Vocabulary::kIdVerification, "A.additionalNote#A1-O02");
}

LossClass PartialQualification(const Step& step) {
  const bool partial = step.Value() == "true";
  if (!partial && step.Value() != "false") return NoteOf(step, "Q.additionalNote", step.Label(), step.Value());
  step.context.targets.qualification->set_is_partial_qualification(partial);
  return document::kKept;
}

}  // namespace passerelle::adapters::ebsi
