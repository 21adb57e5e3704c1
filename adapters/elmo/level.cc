#include "core/elm/rules/level.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {
namespace {

using elm::v3::Qualification;

void KeepAsNote(absl::string_view type, absl::string_view value, absl::string_view description,
                Qualification* qualification) {
  AddNote("en",
          absl::StrCat("Level: ", type, type.empty() ? "" : " ", value, description.empty() ? "" : ", ", description),
          qualification->mutable_additional_note());
}

// Rule level.eqf.
void MapOneLevel(Source* source, const xml_node& node, absl::string_view type, const std::string& value,
                 absl::string_view description, size_t depth, Qualification* qualification) {
  if (value.empty()) {
    source->Warn("level.empty", node, "A level without a value says nothing.");
    return;
  }
  const bool eqf = elm::IsEqfFramework(type);
  const auto concept_node = elm::EqfLevel(eqf ? elm::EqfLevelOf(value, eqf).value_or(0) : 0);
  if (!concept_node.has_value()) {
    if (eqf) source->Warn("level.eqf", node, "The framework has levels 1 to 8; the value is kept as text.");
    KeepAsNote(type, value, description, qualification);
    return;
  }
  if (qualification->has_eqf_level() && qualification->eqf_level().id() != concept_node->id()) {
    source->Warn("level.contradiction", node, "The document states two levels of the framework; the first counts.");
    KeepAsNote(type, value, description, qualification);
    return;
  }
  *qualification->mutable_eqf_level() = *concept_node;
  if (!description.empty()) KeepAsNote(type, value, description, qualification);
  if (depth == 0) source->Origin("A1-M08", document::v1::ELEMENT_STATUS_STATED, node, "level.eqf");
}

// Rule level.cycle-derived: the cycle is written as what it is, and the level that follows from it is marked.
void MapCycle(Source* source, const xml_node& node, size_t depth, Qualification* qualification) {
  const std::string word = base::XmlText(node);
  if (word.empty()) return;
  if (const std::optional<elm::Cycle> cycle = elm::CycleOf(word)) {
    source->Take(node);
    source->TakeAttribute(node, "lang");
    *qualification->add_education_level() = elm::CycleConcept(*cycle);
    const auto level = elm::EqfLevel(elm::EqfLevelOfCycle(*cycle));
    if (qualification->has_eqf_level() || !level.has_value()) return;
    *qualification->mutable_eqf_level() = *level;
    AddNote("en", absl::StrCat("The EQF level was derived from the cycle (", word, ") by rule level.cycle-derived."),
            qualification->mutable_additional_note());
    if (depth == 0) source->Origin("A1-M08", document::v1::ELEMENT_STATUS_DERIVED, node, "level.cycle-derived");
    return;
  }
  source->Note("level.vendor", node, "A level of one system; it names no cycle.");
  source->Drop(node, "level of one system, names no cycle");
}

}  // namespace

void MapLevel(Source* source, const xml_node& specification, const xml_node& instance, size_t depth,
              Qualification* qualification) {
  for (const xml_node& node : source->Children(instance, "level")) {
    const std::string type = source->Take(source->Child(node, "type"));
    const std::string value = source->Take(source->Child(node, "value"));
    const xml_node description = source->Child(node, "description");
    source->TakeAttribute(description, "lang");
    MapOneLevel(source, node, type, value, source->Take(description), depth, qualification);
  }
  for (const xml_node& node : source->Children(instance, "qualificationLevel")) {
    MapOneLevel(source, node, source->TakeAttribute(node, "type"), source->Take(node), "", depth, qualification);
  }
  // What is stated as a level goes before what follows from a cycle.
  for (const xml_node& parent : {specification, instance}) {
    for (const xml_node& credit : source->Children(parent, "credit")) {
      MapCycle(source, source->Child(credit, "level"), depth, qualification);
    }
  }
  for (const xml_node& node : source->Children(specification, "level")) MapCycle(source, node, depth, qualification);
  if (depth > 0 || qualification->has_eqf_level()) return;
  for (const xml_node& node : source->Children(instance, "level")) {
    const bool other = !elm::IsEqfFramework(base::XmlText(source->Child(node, "type")));
    if (other && !base::XmlText(source->Child(node, "value")).empty()) {
      source->Origin("A1-M08", document::v1::ELEMENT_STATUS_TEXT, node, "level.text");
    }
  }
}

}  // namespace passerelle::adapters::elmo
