// learningOpportunitySpecification and its instance, in the order of the schema.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/annex_one.h"
#include "adapters/elmo/export.h"
#include "core/base/limits.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elmo {
namespace {

using document::kWidened;
using document::SourceNode;
using TextList = std::vector<std::pair<std::string, std::string>>;

struct SpecificationKind {
  absl::string_view code;
  const char* word;
};
constexpr SpecificationKind kSpecificationKinds[] = {{elm::kOpportunityTypeEducationalProgramme, "Degree Programme"},
                                                     {elm::kOpportunityTypeProgrammeModule, "Module"},
                                                     {elm::kOpportunityTypeCourse, "Course"},
                                                     {elm::kOpportunityTypeClass, "Class"}};

void AddKind(Writer* writer, const SourceNode* qualification, pugi::xml_node element) {
  for (const SourceNode* type : writer->source().Find(qualification, "dcType")) {
    const auto code = elm::CodeOf(elm::Vocabulary::kOpportunityType, writer->source().TextOf(type, "id"));
    for (const SpecificationKind& kind : kSpecificationKinds) {
      if (!code.has_value() || *code != kind.code) continue;
      writer->TakeConcept(type, "type");
      AddElement(element, "type", kind.word);
      return;
    }
  }
}

void AddField(Writer* writer, const SourceNode* qualification, pugi::xml_node element) {
  for (const SourceNode* area : writer->source().Find(qualification, "thematicArea")) {
    const auto code = elm::CodeOf(elm::Vocabulary::kIscedF, writer->source().TextOf(area, "id"));
    if (!code.has_value()) continue;
    writer->TakeConcept(area, "iscedCode");
    AddElement(element, "iscedCode", *code);
    return;
  }
}

// What ELMO has no field for: a line for people, and an element of the extension for programs.
class Beyond {
 public:
  Beyond(Writer* writer, const SourceNode* achievement) : writer_(writer), achievement_(achievement) {}

  void Collect(const SourceNode* qualification) {
    undated_ = writer_->source().TextOf(achievement_, "awardedBy/awardingDate").empty();
    Each(qualification, "learningOutcome", "title", kOutcomeEntry);
    Concepts(qualification, "provenBy/dcType", kAssessmentEntry);
    Concepts(achievement_, "provenBy/specifiedBy/dcType", kAssessmentEntry);
    Concepts(qualification, "mode", kParticipationEntry);
    Concepts(achievement_, "influencedBy/specifiedBy/mode", kParticipationEntry);
    Texts(qualification, "accreditation/title", kQualityEntry);
    Texts(qualification, "entryRequirement/noteLiteral", kRequirementEntry);
    Concepts(achievement_, "provenBy/idVerification", kSupervisionEntry);
    Texts(qualification, "description", kDescriptionEntry);
    Texts(achievement_, "description", kAchievementDescriptionEntry);
    Each(qualification, "additionalNote", "noteLiteral", kNoteEntry);
    Each(achievement_, "additionalNote", "noteLiteral", kAchievementNoteEntry);
    Texts(qualification, "altLabel", kAlternativeTitleEntry);
    Texts(achievement_, "entitlesTo/title", kEntitlementEntry);
  }

  const TextList& lines() const { return lines_; }

  void AddExtension(pugi::xml_node parent) const {
    if (entries_.empty() && !undated_) return;
    pugi::xml_node extension = parent.append_child("extension").append_child("p:annexOne");
    extension.append_attribute("xmlns:p") = kAnnexOneNamespace;
    if (undated_) extension.append_child(absl::StrCat("p:", kUndatedEntry).c_str());
    for (const Entry& entry : entries_) {
      pugi::xml_node element = AddElement(extension, absl::StrCat("p:", entry.name).c_str(), entry.text);
      if (entry.number > 0) element.append_attribute("number") = entry.number;
      if (!entry.iri.empty()) element.append_attribute("uri") = entry.iri.c_str();
      if (entry.language != "und") element.append_attribute("xml:lang") = entry.language.c_str();
    }
  }

 private:
  struct Entry {
    std::string name;
    std::string language;
    std::string text;
    std::string iri;
    int number = 0;  // of what is one in several languages; 0 for what there is one of
  };

  void Add(Entry entry) {
    lines_.emplace_back(entry.language, AnnexOneLine(entry.name, entry.text));
    entries_.push_back(std::move(entry));
  }
  void Texts(const SourceNode* node, absl::string_view path, absl::string_view name, int number = 0) {
    for (const auto& [language, text] : writer_->TakeTexts(node, path, "extension", kWidened)) {
      Add({std::string(name), language, std::string(absl::StripAsciiWhitespace(text)), "", number});
    }
  }
  // Nodes that have texts, each in several languages.
  void Each(const SourceNode* node, absl::string_view nodes, absl::string_view texts, absl::string_view name) {
    int number = 0;
    for (const SourceNode* found : writer_->source().Find(node, nodes)) Texts(found, texts, name, ++number);
  }
  void Concepts(const SourceNode* node, absl::string_view path, absl::string_view name) {
    for (const SourceNode* found : writer_->source().Find(node, path)) {
      const std::string text = writer_->LabelOf(found);
      Add({std::string(name), "en", text, writer_->TakeConcept(found, "extension", kWidened)});
    }
  }

  Writer* writer_;
  const SourceNode* achievement_;
  bool undated_ = false;
  std::vector<Entry> entries_;
  TextList lines_;
};

// One description for each language: the outcomes in prose, then the lines.
void AddDescriptions(Writer* writer, const SourceNode* qualification, const TextList& lines, pugi::xml_node element) {
  const SourceNode* const summary = writer->source().FindFirst(qualification, "learningOutcomeSummary");
  const bool html = absl::EndsWith(writer->source().TextOf(summary, "noteFormat/id"), "/HTML");
  writer->source().UseAll(writer->source().FindFirst(summary, "noteFormat"));
  const char* const name = html ? "descriptionHtml" : "description";
  const TextList prose = writer->TakeTexts(summary, "noteLiteral", name);
  TextList plain = html ? TextList() : prose;
  absl::flat_hash_map<std::string, size_t> first;  // text of a language
  for (size_t i = 0; i < plain.size(); ++i) first.try_emplace(plain[i].first, i);
  for (const auto& [language, line] : lines) {
    const auto [text, is_new] = first.try_emplace(language, plain.size());
    if (is_new) {
      plain.emplace_back(language, line);
    } else {
      absl::StrAppend(&plain[text->second].second, "\n", line);
    }
  }
  AddTexts(element, "description", plain);
  if (html) AddTexts(element, "descriptionHtml", prose);
}

void AddGrade(Writer* writer, const SourceNode* achievement, pugi::xml_node instance) {
  const document::Source& source = writer->source();
  const SourceNode* const assessment = source.FindFirst(achievement, "provenBy");
  const SourceNode* const status = source.FindFirst(assessment, "gradeStatus");
  if (status != nullptr && absl::EndsWith(writer->TakeConcept(status, "status"), elm::kGradeStatusPass)) {
    AddElement(instance, "status", "passed");
  }
  const TextList scheme = writer->TakeTexts(assessment, "specifiedBy/gradingScheme/title", "gradingScheme/description");
  if (!scheme.empty()) AddElement(instance, "gradingSchemeLocalId", writer->SchemeId(scheme));
  const TextList grade = writer->TakeTexts(assessment, "grade/noteLiteral", "resultLabel");
  if (!grade.empty()) AddElement(instance, "resultLabel", grade[0].second);
  const SourceNode* const shortened = source.FindFirst(assessment, "shortenedGrading");
  if (shortened != nullptr) {
    pugi::xml_node element = instance.append_child("shortenedGrading");
    for (const char* name : {"percentageLower", "percentageEqual", "percentageHigher"}) {
      AddElement(element, name, writer->Take(shortened, name, "shortenedGrading"));
    }
  }
  const std::vector<const SourceNode*> bars = source.Find(assessment, "resultDistribution/resultCategory");
  if (bars.empty()) return;
  pugi::xml_node distribution = instance.append_child("resultDistribution");
  for (const SourceNode* bar : bars) {
    pugi::xml_node category = distribution.append_child("category");
    category.append_attribute("label") = writer->Take(bar, "label", "resultDistribution/category").c_str();
    category.append_attribute("count") = writer->Take(bar, "count", "resultDistribution/category").c_str();
  }
  AddTexts(distribution, "description",
           writer->TakeTexts(assessment, "resultDistribution/description", "resultDistribution/description"));
}

// What was earned goes before what is offered; ELMO has one credit.
void AddCredit(Writer* writer, const SourceNode* achievement, const SourceNode* qualification,
               pugi::xml_node instance) {
  std::vector<const SourceNode*> credits = writer->source().Find(achievement, "creditReceived");
  for (const SourceNode* offered : writer->source().Find(qualification, "creditPoint")) {
    bool repeats = false;
    for (const SourceNode* earned : credits) {
      repeats = repeats || writer->source().TextOf(earned, "point") == writer->source().TextOf(offered, "point");
    }
    if (repeats) {
      writer->source().UseAll(offered);
    } else if (credits.empty()) {
      credits.push_back(offered);
    }
  }
  for (const SourceNode* credit : credits) {
    const SourceNode* const framework = writer->source().FindFirst(credit, "framework");
    const bool ects = absl::EndsWith(writer->source().TextOf(framework, "id"), elm::kCreditSystemEcts);
    const std::string label = writer->LabelOf(framework);
    if (framework != nullptr) writer->TakeConcept(framework, "credit/scheme");
    pugi::xml_node element = instance.append_child("credit");
    AddElement(element, "scheme", ects ? "ECTS" : label);
    const std::string point = writer->Take(credit, "point", "credit/value");
    if (elm::PlainDecimal(point).has_value()) AddElement(element, "value", point);
  }
}

void AddLevels(Writer* writer, const SourceNode* qualification, pugi::xml_node instance) {
  const SourceNode* const eqf = writer->source().FindFirst(qualification, "eqfLevel");
  const auto level = elm::CodeOf(elm::Vocabulary::kEqf, writer->source().TextOf(eqf, "id"));
  if (level.has_value()) {
    writer->TakeConcept(eqf, "level");
    pugi::xml_node element = instance.append_child("level");
    AddElement(element, "type", "EQF");
    AddElement(element, "value", *level);
  }
  for (const SourceNode* national : writer->source().Find(qualification, "nqfLevel")) {
    pugi::xml_node element = instance.append_child("level");
    const std::string label = writer->LabelOf(national);
    AddElement(element, "type", "NQF");
    AddElement(element, "value", label);
    writer->TakeConcept(national, "level");
  }
}

void AddInstance(Writer* writer, const SourceNode* achievement, const SourceNode* qualification,
                 pugi::xml_node specification) {
  const document::Source& source = writer->source();
  pugi::xml_node instance = specification.append_child("specifies").append_child("learningOpportunityInstance");
  AddIdentifiers(writer, achievement, instance);
  const std::string start = DayOf(writer->Take(achievement, "influencedBy/temporal/startDate", "start"));
  if (!start.empty()) AddElement(instance, "start", start);
  const std::string date = DayOf(writer->Take(achievement, "awardedBy/awardingDate", "date"));
  if (!date.empty()) AddElement(instance, "date", date);
  AddGrade(writer, achievement, instance);
  AddCredit(writer, achievement, qualification, instance);
  AddLevels(writer, qualification, instance);
  const SourceNode* const language = source.FindFirst(qualification, "language");
  if (language != nullptr) {
    const auto tag = elm::LanguageTagOf(writer->TakeConcept(language, "languageOfInstruction"));
    if (tag.has_value()) AddElement(instance, "languageOfInstruction", *tag);
  }
  const std::string volume = source.TextOf(qualification, "volumeOfLearning");
  const auto duration = elm::ParseDuration(volume);
  if (duration.has_value() && duration->months == 0 && !duration->negative) {
    writer->Take(qualification, "volumeOfLearning", "engagementHours");
    AddElement(instance, "engagementHours", elm::DescribeNumber(duration->hours));
  }
}

}  // namespace

void AddSpecification(Writer* writer, const SourceNode* achievement, pugi::xml_node parent, size_t depth) {
  document::Source& source = writer->source();
  if (source.IsExhausted()) return;  // the document is refused when it is finished
  pugi::xml_node element = parent.append_child("learningOpportunitySpecification");
  const SourceNode* const qualification = source.FindFirst(achievement, "specifiedBy");
  AddIdentifiers(writer, qualification, element);
  TextList title = writer->TakeTexts(achievement, "title", "title");
  if (title.empty()) title = writer->TakeTexts(qualification, "title", "title");
  AddTexts(element, "title", title);
  // Titles that the model demands a second time repeat the first.
  for (const char* path : {"specifiedBy/title", "provenBy/title", "provenBy/specifiedBy/title", "influencedBy/title"}) {
    for (const SourceNode* repeated : source.Find(achievement, path)) source.UseAll(repeated);
  }
  AddKind(writer, qualification, element);
  AddField(writer, qualification, element);
  const std::string url = writer->Take(qualification, "homepage/contentURL", "url");
  if (!url.empty()) AddElement(element, "url", url);
  Beyond beyond(writer, achievement);
  beyond.Collect(qualification);
  AddDescriptions(writer, qualification, beyond.lines(), element);
  AddInstance(writer, achievement, qualification, element);
  for (const SourceNode* part : source.Find(achievement, "hasPart")) {
    if (depth >= base::kPartsDepthMax) {
      source.Drop(part, "nested deeper than the limit");
      continue;
    }
    if (!writer->Begin(part)) continue;
    AddSpecification(writer, part, element.append_child("hasPart"), depth + 1);
  }
  beyond.AddExtension(element);
}

}  // namespace passerelle::adapters::elmo
