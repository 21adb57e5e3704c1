#include "adapters/elm_xml/concept.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elm_xml/completion.h"
#include "adapters/elm_xml/texts.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using elm::ClassTable;
using elm::PropertyTable;
using pugi::xml_node;

std::optional<v3::Concept> LanguageOfText(const std::string& text) {
  auto language = elm::Language(text);
  return language.has_value() ? language : elm::LanguageNamed(text);
}

std::optional<v3::Concept> CountryOfText(const std::string& text) {
  auto country = elm::Country(text);
  return country.has_value() ? country : elm::CountryNamed(text);
}

std::optional<v3::Concept> EqfLevelOfText(const std::string& text) {
  const std::optional<int> level = elm::EqfLevelOf(text, true);
  return level.has_value() ? elm::EqfLevel(*level) : std::nullopt;
}

// A list of the EU that is known as a whole.
struct List {
  std::string scheme;
  std::optional<v3::Concept> (*find)(const std::string& text);  // by IRI, code or name
  absl::string_view rule;                                       // of what is not in it
  absl::string_view message;
  absl::string_view reason;  // for which that is dropped
  absl::string_view label;   // of the note that it becomes instead
};

const List* ListOf(const PropertyTable& property) {
  static const List kLists[] = {
      {std::string(elm::kLanguageScheme), LanguageOfText, "language.bcp47", "This names no language.",
       "names no language", "Language"},
      {std::string(elm::kCountryScheme), CountryOfText, "country.unknown",
       "This names no country; the country counts as missing.", "names no country", "Country"},
      {elm::SchemeOf(elm::Vocabulary::kEqf), EqfLevelOfText, "level.eqf",
       "The framework has levels 1 to 8; the value is kept as text.", "the framework has levels 1 to 8", "EQF level"},
  };
  const std::string& scheme = property.field->options().GetExtension(v3::property).scheme();
  const List* const list =
      std::find_if(std::begin(kLists), std::end(kLists), [&scheme](const List& row) { return row.scheme == scheme; });
  return list == std::end(kLists) ? nullptr : list;
}

// The IRI that the attributes state, empty for none.
std::string IriOf(Source* source, const xml_node& element) {
  std::string iri(absl::StripAsciiWhitespace(source->ReadAttribute(element, "uri")));
  const std::string list = source->ReadAttribute(element, "listId");
  const std::string code = source->ReadAttribute(element, "codeId");
  if (iri.empty() && absl::StartsWith(list, "http") && !code.empty()) iri = absl::StrCat(list, code);
  return iri;
}

// Of a vocabulary that is known here.
std::optional<v3::Concept> ConceptOfIri(const std::string& iri) {
  const auto vocabulary = elm::VocabularyOf(iri);
  const auto code = vocabulary.has_value() ? elm::CodeOf(*vocabulary, iri) : std::nullopt;
  return code.has_value() ? elm::ConceptOf(*vocabulary, *code) : elm::Country(iri);
}

void FillPart(Source* source, const xml_node& part, bool has_scheme, v3::Concept* concept_node) {
  const absl::string_view name = base::XmlLocalName(part);
  const ClassTable& table = elm::TableOf(*v3::Concept::descriptor());
  const absl::string_view term = name == "targetName" ? "prefLabel" : name == "targetDescription" ? "definition" : "";
  if (!term.empty()) return PutTexts(source, part, *FindProperty(table, term), concept_node);
  if (name == "targetFrameworkName" && has_scheme) return source->ReadAll(part);  // the scheme's IRI says it
  source->Drop(part, "a concept of model 3.2 has no such property");
}

}  // namespace

void FillConcept(Source* source, const xml_node& element, const PropertyTable& property, v3::Concept* concept_node) {
  const std::string& scheme = property.field->options().GetExtension(v3::property).scheme();
  const List* const list = ListOf(property);
  const std::string text = source->ReadText(element);
  const std::string iri = IriOf(source, element);
  const std::string notation = source->ReadAttribute(element, "targetNotation");
  const std::string framework(absl::StripAsciiWhitespace(source->ReadAttribute(element, "targetFrameworkUrl")));
  const bool bare = !HasElements(element);
  std::optional<v3::Concept> known;
  if (list != nullptr && iri.empty() && !text.empty()) known = list->find(text);
  if (!iri.empty() && bare) known = ConceptOfIri(iri);
  if (known.has_value()) {
    const bool named = iri.empty() && absl::EqualsIgnoreCase(known->pref_label(0).value(), text);
    if (named) source->Note(list->rule, element, "It is named in words; the code of its list was written.");
    *concept_node = *known;
    return;
  }
  concept_node->set_id(iri);
  concept_node->add_type("Concept");
  concept_node->set_notation(notation);
  if (!framework.empty()) {
    auto* const in_scheme = concept_node->add_in_scheme();
    in_scheme->set_id(framework);
    in_scheme->add_type("ConceptScheme");
  }
  for (const xml_node& child : element.children()) {
    if (IsElement(child)) FillPart(source, child, !framework.empty(), concept_node);
  }
  if (concept_node->pref_label().empty() && !text.empty()) {
    auto* const label = concept_node->add_pref_label();
    label->set_language("und");
    label->set_value(text);
  }
  // Documents name one concept in several ways; in the translation they are one node.
  const auto official = elm::LabelOf(iri);
  for (auto& label : *concept_node->mutable_pref_label()) {
    if (!official.has_value() || label.language() != "en" || label.value() == *official) continue;
    source->Note("concept.label", element, "The vocabulary has another label for the concept, which was written.");
    label.set_value(*official);
  }
  FitScheme(scheme, concept_node);
}

bool PutUnlisted(Source* source, const xml_node& element, const PropertyTable& property,
                 google::protobuf::Message* owner) {
  const List* const list = ListOf(property);
  if (list == nullptr) return false;
  const std::string iri = IriOf(source, element);
  const std::string stated = iri.empty() ? source->ReadText(element) : iri;
  if (stated.empty() || list->find(stated).has_value()) return false;
  source->Warn(list->rule, element, list->message);
  const PropertyTable* const notes = FindProperty(elm::TableOf(*owner->GetDescriptor()), "additionalNote");
  if (notes == nullptr) {
    source->Drop(element, list->reason);
    return true;
  }
  v3::Concept unlisted;
  FillConcept(source, element, property, &unlisted);
  const std::string name = unlisted.pref_label().empty() ? "" : unlisted.pref_label(0).value();
  const std::string words = name.empty() || name == stated ? stated : absl::StrCat(name, " (", stated, ")");
  v3::Note note;
  note.add_type("Note");
  elm::AddText("en", absl::StrCat(list->label, ": ", words), note.mutable_note_literal());
  owner->GetReflection()->AddMessage(owner, notes->field)->CopyFrom(note);
  return true;
}

}  // namespace passerelle::adapters::elm_xml
