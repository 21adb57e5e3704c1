#include "adapters/ooapi/parts.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "adapters/families/names.h"
#include "core/document/national.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

// The value of an entry {"language": …, "value": …}.
Context InItsLanguage(const Step& step) {
  Context context = step.context;
  const SourceNode* const language = step.source().FindFirst(step.node->parent, "language");
  if (language != nullptr) context.language = step.source().Language(language);
  return context;
}

}  // namespace

// What an IRI cannot hold is escaped.
std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
    absl::StrAppend(&escaped, plain ? std::string(1, c) : absl::StrFormat("%%%02X", static_cast<unsigned char>(c)));
  }
  return escaped;
}

std::string IriOf(absl::string_view kind, absl::string_view id) {
  return absl::StrCat("urn:passerelle:ooapi:", kind, ":", Escaped(id));
}

// Texts are HTML as often as not; titles and notes are written as plain text.
LossClass LocalText(const Step& step) {
  const Context context = InItsLanguage(step);
  return document::PlainText({context, step.rule, step.node});
}

// A code, whose scheme is its type.
LossClass Code(const Step& step) {
  const SourceNode* const type = step.source().FindFirst(step.node->parent, "codeType");
  step.source().Use(type);
  absl::string_view scheme = type == nullptr ? absl::string_view() : absl::string_view(type->text);
  if (absl::StartsWith(step.Value(), "urn:schac:personalUniqueCode:int:esi:")) scheme = "European Student Identifier";
  return document::PutIdentifier(step, scheme);
}

// An id of the interface, named after its member as version 6 spells it.
LossClass Id(const Step& step) {
  return document::PutIdentifier(
      step, absl::StrReplaceAll(step.node->name, {{"organization", "organisation"}, {"programId", "programmeId"}}));
}

// An id where another answer has the whole object: a value, not a branch.
LossClass IdOnly(const Step& step) {
  if (step.node->IsBranch()) return kDone;
  if (absl::EndsWith(step.node->name, "Id")) return Id(step);
  return document::PutIdentifier(step, absl::StrCat(step.node->name, "Id"));
}

namespace {

// The country of an address, by the conversion that says what is wrong with it.
std::optional<elm::v3::Concept> CountryOf(const Step& step) {
  const SourceNode* country = step.source().FindFirst(step.node, "countryCode/iso3166-1-alpha2");
  if (country == nullptr) country = step.source().FindFirst(step.node, "countryCode");
  if (country == nullptr || country->text.empty()) return std::nullopt;
  elm::v3::Organisation body;
  elm::v3::LearningOpportunity opportunity;
  Context context = step.context;
  context.targets.body = &body;
  context.targets.opportunity = &opportunity;
  const Rule by_code[] = {{"", step.rule.target, document::CountryCode, kKept, "country.code"}};
  Apply(by_code, country, context);
  const auto& places = body.location().empty() ? opportunity.location() : body.location();
  if (places.empty()) return std::nullopt;
  return places[0].address(0).country_code();
}

// The lines of an address that people read, without its further details; empty for a city alone.
std::string LineOf(const Step& step) {
  std::string line;
  if (step.source().FindFirst(step.node, "street|postCode|postalCode") == nullptr) return line;
  for (const auto& [member, before] : {std::pair("street", ""), std::pair("streetNumber", " "),
                                       std::pair("postCode|postalCode", ", "), std::pair("city", " ")}) {
    const SourceNode* const part = step.source().FindFirst(step.node, member);
    if (part == nullptr || part->text.empty()) continue;
    absl::StrAppend(&line, line.empty() ? "" : before, part->text);
  }
  return line;
}

void CarryAll(const Step& step, absl::string_view paths, absl::string_view target, LossClass loss) {
  for (const SourceNode* part : step.source().Find(step.node, paths)) {
    if (part->IsValue() && !part->text.empty()) step.source().Carry(part, target, loss, "address.text");
  }
}

constexpr absl::string_view kLineParts = "street|streetNumber|postCode|postalCode|city";

}  // namespace

LossClass Address(const Step& step) {
  if (!step.node->IsBranch()) return kDropped;
  document::Source& source = step.source();
  source.Use(source.FindFirst(step.node, "addressType"));
  const auto country = CountryOf(step);
  const std::string line = LineOf(step);
  const std::string city = source.TextOf(step.node, "city");
  if (!country.has_value()) {
    if (line.empty() && city.empty()) return kDone;
    const std::string notes = absl::StrCat(step.rule.target.substr(0, 1), ".additionalNote");
    CarryAll(step, kLineParts, notes, kWidened);
    return document::NoteOf(step, notes, "Address", line.empty() ? city : line) == kDropped ? kDropped : kDone;
  }
  elm::v3::Location location;
  elm::v3::Address& address = *location.add_address();
  *address.mutable_country_code() = *country;
  if (!line.empty()) {
    elm::AddText("und", line, address.mutable_full_address()->mutable_note_literal());
    CarryAll(step, kLineParts, step.rule.target, kWidened);
  }
  if (!city.empty()) {
    elm::AddText("und", city, location.mutable_geographic_name());
    if (line.empty()) CarryAll(step, "city", step.rule.target, kKept);
  }
  for (const SourceNode* text : source.Find(step.node, "additional/value")) {
    const SourceNode* const stated = source.FindFirst(text->parent, "language");
    const std::string language = stated == nullptr ? "und" : source.Language(stated);
    const bool taken = language == "und" && !line.empty();
    if (text->text.empty() || taken) continue;
    elm::AddText(source.SeeLanguage(language, text), text->text,
                 address.mutable_full_address()->mutable_note_literal());
    source.Use(stated);
    source.Carry(text, step.rule.target, kKept, "");
  }
  return document::PutMessage(step.context.targets, step.rule.target, location) == kDropped ? kDropped : kDone;
}

// Rules credit.ects, workload.hours and workload.contact, by the unit that stands beside the number.
LossClass StudyLoad(const Step& step) {
  const SourceNode* const unit_node = step.source().FindFirst(step.node->parent, "studyLoadUnit");
  const std::string unit = unit_node == nullptr ? "" : unit_node->text;
  step.source().Use(unit_node);
  const bool earned = absl::StartsWith(step.rule.target, "A.");
  Context context = step.context;
  context.unit = unit;
  if (unit == "ects") return document::EctsPoints({context, step.rule, step.node});
  if (unit == "sbu" || unit == "hour") {
    const Rule row = {step.rule.source, "Q.volumeOfLearning", document::Hours, kKept, "workload.hours"};
    if (!earned) {
      const LossClass put = document::Hours({context, row, step.node});
      if (put != kKept) return put;
      step.source().Carry(step.node, row.target, kKept, row.rule);
      return kDone;
    }
  }
  if (!earned && (unit == "contacttime" || unit == "contact_time")) {
    document::PutText(step.context.targets, "V.specifiedBy.contactHour", "", step.Value());
    step.source().Carry(step.node, "V.specifiedBy.contactHour", kKept, "workload.contact");
    return kDone;
  }
  return document::NoteOf(step, earned ? "A.additionalNote" : "Q.additionalNote#A1-M07", "Study load",
                          absl::StrCat(step.Value(), " ", unit.empty() ? "of an unknown unit" : unit));
}

namespace {

// Rule level.cycle-derived. Version 5 demands a level, which "undefined" is not.
LossClass CycleWord(const Step& step) {
  if (step.Value() == "undefined") {
    step.source().Drop(step.node, "names no level");
    return kDone;
  }
  const auto cycle = elm::CycleOf(step.Value());
  if (!cycle.has_value()) return document::NoteOf(step, "Q.additionalNote#A1-M08", "Level", step.Value());
  const auto eqf = elm::ConceptOf(elm::Vocabulary::kEqf, absl::StrCat(elm::EqfLevelOfCycle(*cycle)));
  *step.context.targets.qualification->add_education_level() = elm::CycleConcept(*cycle);
  if (eqf.has_value() && !step.context.targets.qualification->has_eqf_level()) {
    *step.context.targets.qualification->mutable_eqf_level() = *eqf;
    step.source().Carry(step.node, "Q.eqfLevel", kDerived, "level.cycle-derived");
    return kDone;
  }
  return step.rule.loss;
}

// A text that may be one of the words that the vocabulary knows.
LossClass Assessment(const Step& step) {
  const std::string words = elm::PlainTextOf(step.Value());
  const elm::Bridged bridged = elm::AssessmentOfWord(words);
  if (bridged.concept_node.has_value() &&
      document::PutAssessmentKind(step.context.targets, *bridged.concept_node) == kKept) {
    step.source().Use(step.source().FindFirst(step.node->parent, "language"));
    step.source().Carry(step.node, document::kAssessmentKind, bridged.derived ? kDerived : kKept, "assessment.word");
    return kDone;
  }
  return LocalText(step);
}

// What a course, programme or component says of what is learned.
constexpr Rule kSpecification[] = {
    {"primaryCode/code", "Q.identifier", Code, kKept, ""},
    {"otherCodes/code", "Q.identifier", Code, kKept, ""},
    {kCourseIds, "Q.identifier", Id, kKept, ""},
    {"abbreviation", "Q.altLabel", document::Text, kKept, ""},
    {"description/value", "Q.description", LocalText, kKept, "markup.plain"},
    {"studyLoad/value", "Q.creditPoint", StudyLoad, kKept, "credit.ects"},
    {"levelOfQualification", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"level", "Q.educationLevel", CycleWord, kWidened, "level.cycle"},
    {"modeOfDelivery|modesOfDelivery", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"assessment/value", "T.specifiedBy[0].title", Assessment, kKept, ""},
    {"teachingLanguage|teachingLanguages", "Q.language", document::LanguageCode, kKept, "language.code"},
    {"admissionRequirements/value", "Q.entryRequirement", LocalText, kKept, "markup.plain"},
    {"qualificationRequirements/value", "Q.entryRequirement", LocalText, kKept, "markup.plain"},
    {"qualificationAwarded|formalDocument", "Q.category", document::Text, kKept, ""},
    {"fieldsOfStudy", "Q.thematicArea", document::IscedField, kKept, "field.isced"},
    {"link", "Q.homepage", document::WebAddress, kKept, "address.web"},
    {"consumers|consumer", "belongs to its consumer", document::DropIt, kDropped, ""},
};

constexpr Rule kOrganization[] = {
    {"name/value", "B.legalName", LocalText, kKept, ""},
    {"primaryCode/code", "B.identifier", Code, kKept, ""},
    {"otherCodes/code", "B.identifier", Code, kKept, ""},
    {"organizationId|organisationId", "B.identifier", Id, kKept, ""},
    {"shortName", "B.altLabel", document::Text, kKept, ""},
    {"addresses", "B.location", Address, kKept, "", true},
    {"link", "B.homepage", document::WebAddress, kKept, "address.web"},
    {"consumers|consumer", "belongs to its consumer", document::DropIt, kDropped, ""},
};

void AddOutcome(Source* source, const SourceNode* group, const Context& context) {
  elm::v3::LearningOutcome outcome;
  std::vector<const SourceNode*> values = source->Find(group, "value/value");
  if (values.empty()) values = source->Find(group, "name/value");
  if (values.empty()) values = source->Find(group, "value");
  if (values.empty() && group->IsValue()) values.push_back(group);
  elm::Notes notes;
  for (const SourceNode* value : values) {
    const SourceNode* const stated = source->FindFirst(value->parent, "language");
    const std::string tag = stated == nullptr || value == group ? context.language : source->Language(stated);
    const std::string text = elm::PlainTextOf(value->text);
    if (text.empty()) continue;
    const std::string language = source->SeeLanguage(tag, value);
    elm::AddTextOnce(language, text, outcome.mutable_title(), outcome.mutable_additional_note());
    source->Carry(value, "Q.learningOutcome", kKept, "markup.plain");
  }
  if (outcome.title().empty()) return;
  if (const SourceNode* const id = source->FindFirst(group, "learningOutcomeId")) {
    outcome.set_id(IriOf("outcome", id->text));
    source->Carry(id, "Q.learningOutcome", kKept, "");
  }
  if (const SourceNode* const code = source->FindFirst(group, "primaryCode/code")) {
    const SourceNode* const type = source->FindFirst(group, "primaryCode/codeType");
    document::AddIdentifier(code->text, type == nullptr ? "" : type->text, outcome.mutable_identifier());
    source->Carry(code, "Q.learningOutcome", kKept, "");
    source->Use(type);
  }
  *context.targets.qualification->add_learning_outcome() = std::move(outcome);
}

// Version 5 has an array for every outcome, with an entry for every language; version 6 an object.
void MapOutcomes(Source* source, const SourceNode* course, const Context& context) {
  const SourceNode* list = nullptr;
  for (const SourceNode* child = course == nullptr ? nullptr : course->first_child; child != nullptr;
       child = child->next_sibling) {
    if (child->name == "learningOutcomes") list = child;
  }
  if (list == nullptr || list->kind != SourceNode::Kind::kArray) return;
  for (const SourceNode* group = list->first_child; group != nullptr; group = group->next_sibling) {
    AddOutcome(source, group, context);
  }
}

}  // namespace

void MapSpecification(Source* source, const SourceNode* course, const Context& context) {
  Apply(kSpecification, course, context);
  MapOutcomes(source, course, context);
}

void MapOrganization(const SourceNode* organization, const Context& context) {
  Apply(kOrganization, organization, context);
}

}  // namespace passerelle::adapters::ooapi
