#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {
namespace {

using elm::v3::Person;

constexpr absl::string_view kStudentIdentifierPrefix = "urn:schac:personalUniqueCode:int:esi";

// A name is in no language, and the model allows one value.
void MapName(Source* source, const xml_node& node, Texts* name) {
  const std::string text = source->Take(node);
  if (!text.empty()) AddText("und", text, name);
}

void MapCitizenship(Source* source, const xml_node& node, Person* person) {
  const std::string code = base::XmlText(node);
  if (code.empty()) return;
  const auto country = elm::Country(code);
  if (!country.has_value()) {
    source->Warn("country.unknown", node, "The code names no country.");
    source->Drop(node, "names no country");
    return;
  }
  source->Take(node);
  *person->add_citizenship_country() = *country;
}

// Whether the national number is of the country of the awarding body: a citizen has it. Of others it may be a number of
// this country or of their own.
bool IsOfCountry(const std::optional<elm::v3::Concept>& country, const Person& person) {
  return country.has_value() && !person.citizenship_country().empty() &&
         country->id() == person.citizenship_country(0).id();
}

void MapIdentifier(Source* source, const xml_node& node, const std::optional<elm::v3::Concept>& country,
                   Person* person) {
  const std::string value = source->Take(node);
  const std::string type = source->TakeAttribute(node, "type");
  if (value.empty()) return;
  source->Origin("A1-M01", document::v1::ELEMENT_STATUS_STATED, node, "");
  const bool national = absl::EqualsIgnoreCase(type, "nationalIdentifier");
  if (national && IsOfCountry(country, *person) && !person->has_national_id()) {
    auto* number = person->mutable_national_id();
    number->set_notation(value);
    number->set_scheme_name(type);
    *number->mutable_spatial() = *country;
    return;
  }
  if (national) {
    source->Note("identifier.country", node, "The country of the national number is not certain; it is an identifier.");
  }
  auto* identifier = person->add_identifier()->mutable_identifier();
  identifier->set_notation(value);
  const bool student = absl::EqualsIgnoreCase(type, "esi") || absl::StartsWith(value, kStudentIdentifierPrefix);
  if (student) {
    identifier->set_scheme_name("European Student Identifier");
  } else if (!type.empty()) {
    identifier->set_scheme_name(type);
  }
}

// Rule gender.iso5218.
void MapGender(Source* source, const xml_node& node, Person* person) {
  const std::string code = base::XmlText(node);
  if (code.empty()) return;
  if (code != "1" && code != "2") {
    source->Drop(node, "unknown or not applicable by ISO 5218");
    return;
  }
  source->Take(node);
  const auto sex = elm::ConceptOf(elm::Vocabulary::kSex, code == "1" ? elm::kSexMale : elm::kSexFemale);
  if (sex.has_value()) *person->mutable_gender() = *sex;
}

// The address of an EWP FlexibleAddress: its lines as text, its country as a concept.
void MapAddress(Source* source, const xml_node& node, Person* person) {
  std::vector<std::string> lines;
  std::optional<elm::v3::Concept> country;
  for (const xml_node& part : node.children()) {
    if (part.type() != pugi::node_element) continue;
    const std::string text = source->Take(part);
    if (text.empty()) continue;
    if (base::XmlLocalName(part) == "country") {
      country = elm::Country(text);
      if (country.has_value()) continue;
      source->Warn("country.unknown", part, "The code names no country.");
    }
    lines.push_back(text);
  }
  if (lines.empty() && !country.has_value()) return;
  auto* contact = person->add_contact_point();
  const std::string text = absl::StrJoin(lines, ", ");
  if (!country.has_value()) {
    AddNote("und", text, contact->mutable_additional_note());
    return;
  }
  auto* address = contact->add_address();
  *address->mutable_country_code() = *country;
  if (!text.empty()) AddText("und", text, address->mutable_full_address()->mutable_note_literal());
}

}  // namespace

void MapLearner(Source* source, const xml_node& learner, const std::optional<elm::v3::Concept>& country,
                Person* person) {
  MapName(source, source->Child(learner, "givenNames"), person->mutable_given_name());
  MapName(source, source->Child(learner, "familyName"), person->mutable_family_name());
  MapName(source, source->Child(learner, "fullName"), person->mutable_full_name());
  MapName(source, source->Child(learner, "birthName"), person->mutable_birth_name());
  for (const char* name : {"givenNames", "familyName", "fullName"}) {
    const xml_node node = source->Child(learner, name);
    if (!base::XmlText(node).empty()) source->Origin("A1-M01", document::v1::ELEMENT_STATUS_STATED, node, "");
  }
  for (const char* name : {"bday", "dateOfBirth"}) {
    const std::string date = TakeBirthDate(source, source->Child(learner, name));
    if (date.empty()) continue;
    person->set_date_of_birth(date);
    source->Origin("A1-M01", document::v1::ELEMENT_STATUS_STATED, source->Child(learner, name), "");
  }
  for (const xml_node& node : source->Children(learner, "citizenship")) MapCitizenship(source, node, person);
  const std::vector<xml_node> identifiers = source->Children(learner, "identifier");
  // Older documents state the nationality as an identifier; the national number needs it first.
  const auto is_nationality = [](const xml_node& node) {
    return absl::EqualsIgnoreCase(base::XmlAttribute(node, "type").value(), "nationality");
  };
  for (const xml_node& node : identifiers) {
    if (!is_nationality(node)) continue;
    source->TakeAttribute(node, "type");
    MapCitizenship(source, node, person);
  }
  for (const xml_node& node : identifiers) {
    if (!is_nationality(node)) MapIdentifier(source, node, country, person);
  }
  MapGender(source, source->Child(learner, "gender"), person);
  MapAddress(source, source->Child(learner, "currentAddress"), person);
  source->Drop(source->Child(learner, "placeOfBirth"), "a place needs a country in the European model");
}

}  // namespace passerelle::adapters::elmo
