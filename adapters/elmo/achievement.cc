#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/annex_one.h"
#include "adapters/elmo/mapping.h"
#include "adapters/families/failing_words.h"
#include "core/base/limits.h"

namespace passerelle::adapters::elmo {
namespace {

using elm::v3::LearningAchievement;
using elm::v3::Qualification;

// Kinds of learning opportunity that ELMO names, as the EU's list has them.
struct Kind {
  absl::string_view word;
  absl::string_view code;
};
constexpr Kind kKinds[] = {{"Degree Programme", elm::kOpportunityTypeEducationalProgramme},
                           {"Module", elm::kOpportunityTypeProgrammeModule},
                           {"Course", elm::kOpportunityTypeCourse},
                           {"Class", elm::kOpportunityTypeClass}};

void MapIdentifiers(Source* source, const xml_node& parent,
                    google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode>* identifiers, Notes* notes) {
  for (const xml_node& node : source->Children(parent, "identifier")) {
    const std::string value = source->Take(node);
    const std::string type = source->TakeAttribute(node, "type");
    if (value.empty()) continue;
    if (absl::EqualsIgnoreCase(type, "subjectArea")) {
      AddNote("en", absl::StrCat(type, ": ", value), notes);
      continue;
    }
    auto* identifier = identifiers->Add()->mutable_identifier();
    identifier->set_notation(value);
    if (!type.empty()) identifier->set_scheme_name(type);
  }
}

// Rule kind.learning-opportunity; other kinds stay words.
void MapKind(Source* source, const xml_node& node, Qualification* qualification) {
  const std::string word = source->Take(node);
  if (word.empty()) return;
  for (const Kind& kind : kKinds) {
    if (!absl::EqualsIgnoreCase(word, kind.word)) continue;
    const auto type = elm::ConceptOf(elm::Vocabulary::kOpportunityType, kind.code);
    if (type.has_value()) *qualification->add_dc_type() = *type;
    return;
  }
  AddText("und", word, qualification->mutable_category());
}

// Fields of study: ISCED-F as a concept; national or Erasmus subject areas are other lists and stay text.
void MapField(Source* source, const xml_node& specification, Qualification* qualification) {
  for (const xml_node& isced : source->Children(specification, "iscedCode")) {
    const std::string code = source->Take(isced);
    if (code.empty()) continue;
    const auto field = elm::IscedField(code);
    if (field.has_value()) {
      *qualification->add_thematic_area() = *field;
    } else {
      source->Warn("field.isced", isced, "The code is none of ISCED-F 2013; it is kept as text.");
      AddNote("en", absl::StrCat("ISCED code: ", code), qualification->mutable_additional_note());
    }
  }
  const std::string area = source->Take(source->Child(specification, "subjectArea"));
  if (!area.empty()) AddNote("en", absl::StrCat("subjectArea: ", area), qualification->mutable_additional_note());
  for (const xml_node& node : source->Children(specification, "subject")) {
    const std::string subject = source->Take(node);
    if (!subject.empty()) AddNote(source->TakeLanguage(node), subject, qualification->mutable_additional_note());
  }
}

void MapWebAddress(Source* source, const xml_node& node, Qualification* qualification) {
  const std::string address = source->Take(node);
  if (address.empty()) return;
  if (IsWebAddress(address)) {
    qualification->add_homepage()->set_content_url(address);
  } else {
    source->Note("address.web", node, "This is no complete web address; it is kept as a note.");
    AddNote("en", absl::StrCat("Web address: ", address), qualification->mutable_additional_note());
  }
}

// M6: prose, never split into outcomes. Plain text goes before HTML, which keeps its format.
void MapDescription(Source* source, const xml_node& specification, size_t depth, Qualification* qualification) {
  Texts plain;
  TakeMultilineTexts(source, source->Children(specification, "description"), &plain,
                     qualification->mutable_additional_note());
  RemoveAnnexOneLines(*source, specification, &plain);
  Texts html;
  for (const xml_node& node : source->Children(specification, "descriptionHtml")) {
    const std::string text = base::XmlText(node);
    if (text.find_first_not_of(". ") == std::string::npos) {
      if (!text.empty()) source->Drop(node, "holds punctuation only");
      continue;
    }
    AddText(source->TakeLanguage(node), StripActiveContent(source->TakeRaw(node)), &html);
    source->Note("markup.html", node, "Active content, if any, was taken out of the markup.");
  }
  const auto html_format = elm::ConceptOf(elm::Vocabulary::kFileType, elm::kFileTypeHtml);
  if (!plain.empty()) {
    *qualification->mutable_learning_outcome_summary()->mutable_note_literal() = plain;
  }
  if (!html.empty()) {
    auto* note =
        plain.empty() ? qualification->mutable_learning_outcome_summary() : qualification->add_additional_note();
    *note->mutable_note_literal() = html;
    if (html_format.has_value()) *note->mutable_note_format() = *html_format;
  }
  if (depth > 0 || !qualification->has_learning_outcome_summary()) return;
  for (const char* name : {"description", "descriptionHtml"}) {
    const xml_node node = source->Child(specification, name);
    if (node) source->Origin("A1-M06", document::v1::ELEMENT_STATUS_TEXT, node, "outcomes.prose");
  }
}

void MapLanguages(Source* source, const xml_node& instance, Qualification* qualification) {
  for (const xml_node& node : source->Children(instance, "languageOfInstruction")) {
    const std::string tag = base::XmlText(node);
    if (tag.empty()) continue;
    const auto language = elm::Language(tag);
    if (language.has_value()) {
      source->Take(node);
      *qualification->add_language() = *language;
    } else {
      source->Warn("language.bcp47", node, "This names no language.");
      source->Drop(node, "names no language");
    }
  }
}

// O1: the prerequisites that the elmoPlus extension has. Extensions are otherwise of one system and stay behind.
void MapExtension(Source* source, const xml_node& extension, Qualification* qualification) {
  for (const xml_node& block : extension.children()) {
    for (const xml_node& node : block.children()) {
      const absl::string_view name = base::XmlLocalName(node);
      if (name != "prerequisiteParticipation" && name != "prerequisiteAwardingCP") continue;
      const std::string text = source->Take(node);
      if (text.empty()) continue;
      AddText(source->TakeLanguage(node), text, qualification->mutable_entry_requirement()->mutable_note_literal());
      source->Origin("A1-O01", document::v1::ELEMENT_STATUS_TEXT, node, "extension.elmoplus");
    }
  }
}

// The group of the report's own order that the item stands in, as a note: "By level: Master courses".
void MapGrouping(Source* source, const ReportContext& report, const xml_node& instance, Notes* notes) {
  for (const xml_node& node : source->Children(instance, "grouping")) {
    const std::string type = base::XmlAttribute(node, "typeref").value();
    const std::string id = base::XmlAttribute(node, "idref").value();
    if (source->IsExhausted()) return;
    const auto group = report.groups.find(absl::StrCat(type, "/", id));
    if (group == report.groups.end()) {
      source->Note("grouping.dangling", node, "The group is not in the document.");
      continue;
    }
    source->TakeAttribute(node, "typeref");
    source->TakeAttribute(node, "idref");
    const xml_node type_node = group->second.parent();
    source->TakeAttribute(type_node, "id");
    source->TakeAttribute(group->second, "id");
    for (const xml_node& parent : {type_node, group->second}) {
      Texts titles;
      TakeTexts(source, source->Children(parent, "title"), &titles, notes);
      for (const auto& title : titles) source->Charge(title.value().size());
      if (!titles.empty()) *notes->Add()->mutable_note_literal() = titles;
    }
  }
}

const std::string& IdOf(const elm::v3::AgentNode& agent) {
  return agent.has_organisation() ? agent.organisation().id() : agent.agent().id();
}

elm::v3::AgentNode ReferenceTo(const elm::v3::AgentNode& agent) {
  elm::v3::AgentNode reference;
  if (agent.has_organisation()) {
    reference.mutable_organisation()->set_id(IdOf(agent));
  } else {
    reference.mutable_agent()->set_id(IdOf(agent));
  }
  return reference;
}

void AddBody(Source* source, const elm::v3::AgentNode& agent, elm::v3::AwardingProcess* process) {
  *process->add_awarding_body() = source->IsFirstUse(IdOf(agent)) ? agent : ReferenceTo(agent);
}

// Rule date.award: the achievement's own date; else the date of the document, as derived.
void MapAward(Source* source, const ReportContext& report, const xml_node& specification, const xml_node& instance,
              const AwardingBody& body, size_t depth, LearningAchievement* achievement) {
  auto* process = achievement->mutable_awarded_by();
  process->set_id(source->NextId("awarding"));
  AddBody(source, body.agent, process);
  source->Charge(body.beside.size() * base::kWrittenValueBytes);
  for (const elm::v3::AgentNode& other : body.beside) AddBody(source, other, process);
  const xml_node date_node = source->Child(instance, "date");
  const std::string date = TakeDate(source, date_node);
  if (!date.empty()) {
    process->set_awarding_date(date);
    if (depth == 0) source->Origin("A1-M05", document::v1::ELEMENT_STATUS_STATED, date_node, "date.award");
  } else if (depth == 0 && !report.issue_date.empty() && !IsUndated(*source, specification)) {
    // A part may be older than its whole by years.
    process->set_awarding_date(report.issue_date);
    source->Origin("A1-M05", document::v1::ELEMENT_STATUS_DERIVED, report.issue_date_node, "date.award");
  }
}

bool IsPassed(Source* source, const xml_node& instance) {
  const std::string status = base::XmlText(source->Child(instance, "status"));
  const xml_node label = source->Child(instance, "resultLabel");
  const bool fails = families::IsFailingWord(base::XmlText(label));
  // The schema says that an item without a status counts as passed.
  if (status.empty()) return !fails;
  const bool passed = absl::EqualsIgnoreCase(status, "passed");
  if (passed && fails) source->Warn("grade.contradiction", label, "The status says passed, the grade says otherwise.");
  return passed;
}

std::vector<LearningAchievement> MapParts(Source* source, const ReportContext& report, const xml_node& specification,
                                          const AwardingBody& body, size_t depth) {
  std::vector<LearningAchievement> parts;
  for (const xml_node& part : source->Children(specification, "hasPart")) {
    if (depth >= base::kPartsDepthMax) {
      source->Warn("parts.depth", part, "Parts are nested deeper than the limit.");
      source->Drop(part, "nested deeper than the limit");
      continue;
    }
    for (const xml_node& child : source->Children(part, "learningOpportunitySpecification")) {
      if (source->IsExhausted()) return parts;
      for (LearningAchievement& one : MapSpecification(source, report, child, body, depth)) {
        parts.push_back(std::move(one));
      }
    }
  }
  return parts;
}

// Everything of an item but its parts, with one reason.
void DropItem(Source* source, const xml_node& specification, absl::string_view reason) {
  for (const xml_node& child : specification.children()) {
    if (child.type() == pugi::node_element && base::XmlLocalName(child) != "hasPart") source->Drop(child, reason);
  }
}

}  // namespace

std::vector<LearningAchievement> MapSpecification(Source* source, const ReportContext& report,
                                                  const xml_node& specification, const AwardingBody& body,
                                                  size_t depth) {
  const xml_node instance = source->Child(source->Child(specification, "specifies"), "learningOpportunityInstance");
  if (!IsPassed(source, instance)) {
    source->Warn("status.not-passed", specification, "What was not passed is no achievement; passed parts remain.");
    DropItem(source, specification, "not passed, so no achievement");
    return MapParts(source, report, specification, body, depth);
  }
  LearningAchievement achievement;
  Notes* notes = achievement.mutable_additional_note();
  TakeTexts(source, source->Children(specification, "title"), achievement.mutable_title(), notes);
  if (achievement.title().empty()) {
    source->Warn("title.missing", specification, "An item without a title cannot be written; titled parts remain.");
    DropItem(source, specification, "has no title");
    return MapParts(source, report, specification, body, depth);
  }
  if (depth == 0) {
    source->Origin("A1-M02", document::v1::ELEMENT_STATUS_STATED, source->Child(specification, "title"), "");
  }
  source->CountAchievement();
  achievement.set_id(source->NextId("achievement"));
  auto* qualification = achievement.mutable_specified_by()->mutable_qualification();
  qualification->set_id(source->NextId("qualification"));
  *qualification->mutable_title() = achievement.title();
  MapIdentifiers(source, specification, qualification->mutable_identifier(), qualification->mutable_additional_note());
  MapIdentifiers(source, instance, achievement.mutable_identifier(), notes);
  MapKind(source, source->Child(specification, "type"), qualification);
  MapField(source, specification, qualification);
  MapWebAddress(source, source->Child(specification, "url"), qualification);
  MapDescription(source, specification, depth, qualification);
  MapLanguages(source, instance, qualification);
  MapExtension(source, source->Child(specification, "extension"), qualification);
  MapGrouping(source, report, instance, notes);
  MapAward(source, report, specification, instance, body, depth, &achievement);
  MapWorkload(source, specification, instance, depth, &achievement, qualification);
  MapLevel(source, specification, instance, depth, qualification);
  MapAssessment(source, report, instance, &achievement, qualification, depth);
  MapActivity(source, instance, &achievement);
  MapSupplement(source, instance, depth, qualification);
  MapAnnexOne(source, specification, depth, &achievement, qualification);
  std::vector<LearningAchievement> parts = MapParts(source, report, specification, body, depth + 1);
  if (!parts.empty() && depth == 0) {
    source->Origin("A1-O04", document::v1::ELEMENT_STATUS_STATED, source->Child(specification, "hasPart"), "");
  }
  for (LearningAchievement& part : parts) *achievement.add_has_part() = std::move(part);
  std::vector<LearningAchievement> result;
  result.push_back(std::move(achievement));
  return result;
}

}  // namespace passerelle::adapters::elmo
