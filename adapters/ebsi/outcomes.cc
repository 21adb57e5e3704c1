#include "adapters/ebsi/outcomes.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/names.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ebsi {
namespace {

// Texts as they stand, or by language.
struct OutcomeText {
  const SourceNode* node;
  std::string language;
};

std::vector<OutcomeText> TextsAt(const Step& step, absl::string_view names) {
  std::vector<OutcomeText> texts;
  for (const SourceNode* part : step.source().Find(step.node, names)) {
    if (!part->IsBranch() && !part->text.empty()) texts.push_back({part, step.context.language});
    for (const SourceNode* text : step.source().Find(part, "*")) {
      if (!text->text.empty()) texts.push_back({text, elm::LanguageTag(text->name)});
    }
  }
  return texts;
}

LossClass NamedNote(const Step& step, absl::string_view label) {
  const std::vector<OutcomeText> titles = TextsAt(step, "title");
  const SourceNode* const id = step.source().FindFirst(step.node, "id");
  const std::string address = id == nullptr ? "" : id->text;
  const std::string title = titles.empty() ? std::string() : titles.front().node->text;
  if (title.empty() && address.empty()) return families::NamesNothing(step);
  const std::string text = title.empty() ? address : address.empty() ? title : absl::StrCat(title, " (", address, ")");
  if (NoteOf(step, step.rule.target, label, text) == kDropped) return kDropped;
  if (!titles.empty()) step.source().Carry(titles.front().node, step.rule.target, step.rule.loss, step.rule.rule);
  if (id != nullptr) step.source().Carry(id, step.rule.target, step.rule.loss, step.rule.rule);
  return kDone;
}

}  // namespace

std::string FirstText(const document::Source& source, const SourceNode* node, absl::string_view path) {
  for (const SourceNode* found : source.Find(node, path)) {
    if (!found->text.empty()) return found->text;
  }
  return "";
}

LossClass Outcome(const Step& step) {
  document::Source& source = step.source();
  elm::v3::LearningOutcome outcome;
  if (!step.node->IsBranch()) {
    elm::AddText(step.context.language, step.Value(), outcome.mutable_title());
    return PutMessage(step.context.targets, step.rule.target, outcome) == kDropped ? kDropped : kKept;
  }
  // One that is described only has its description as its title.
  std::vector<OutcomeText> names = TextsAt(step, "title|name");
  std::vector<OutcomeText> descriptions = TextsAt(step, "description|definition");
  if (names.empty()) names.swap(descriptions);
  if (names.empty()) return families::NamesNothing(step);
  for (const OutcomeText& name : names) {
    const std::string language = source.SeeLanguage(name.language, name.node);
    elm::AddTextOnce(language, name.node->text, outcome.mutable_title(), outcome.mutable_additional_note());
    source.Carry(name.node, step.rule.target, kKept, "");
  }
  for (const OutcomeText& description : descriptions) {
    const std::string language = source.SeeLanguage(description.language, description.node);
    elm::AddNote(language, description.node->text, outcome.mutable_additional_note());
    source.Carry(description.node, step.rule.target, kKept, "");
  }
  for (const SourceNode* part : source.Find(step.node, "relatedESCOSkill|relatedECOSkill|relatedSkill")) {
    const std::string address = families::VocabularyAddress(part->text);
    const bool esco = absl::StartsWith(address, "http://data.europa.eu/esco/");
    if (!elm::IsWebAddress(address)) continue;
    auto* const skills = esco ? outcome.mutable_related_esco_skill() : outcome.mutable_related_skill();
    *skills->Add() = elm::MakeConcept(address, esco ? "http://data.europa.eu/esco/concept-scheme/skills" : "", "");
    source.Carry(part, step.rule.target, kKept, "outcomes.skill");
  }
  return PutMessage(step.context.targets, step.rule.target, outcome) == kDropped ? kDropped : kDone;
}

LossClass EntitledTo(const Step& step) { return NamedNote(step, "Entitled to"); }

LossClass AccreditedBy(const Step& step) { return NamedNote(step, "Accreditation"); }

}  // namespace passerelle::adapters::ebsi
