#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {
namespace {

using elm::v3::LearningAssessment;

constexpr absl::string_view kNoGrade = "belongs to a grade, and there is none";

// Percentages are integers in the model, and all three are demanded.
void MapShortenedGrading(Source* source, const xml_node& node, LearningAssessment* assessment) {
  if (!node) return;
  int64_t rounded[3] = {};
  bool exact = true;
  const char* const names[] = {"percentageLower", "percentageEqual", "percentageHigher"};
  for (int i = 0; i < 3; ++i) {
    double percentage = 0;
    const std::string text = TakeDecimal(source, source->Child(node, names[i]));
    constexpr double kHundred = 100;
    if (text.empty() || !absl::SimpleAtod(text, &percentage) || percentage > kHundred) {
      source->Warn("grading.incomplete", node, "The model demands three percentages.");
      source->Drop(node, "is incomplete");
      return;
    }
    rounded[i] = std::llround(percentage);
    exact = exact && static_cast<double>(rounded[i]) == percentage;
  }
  if (!exact) source->Note("grading.rounded", node, "Percentages were rounded to integers.");
  auto* grading = assessment->mutable_shortened_grading();
  grading->set_percentage_lower(rounded[0]);
  grading->set_percentage_equal(rounded[1]);
  grading->set_percentage_higher(rounded[2]);
}

void MapDistribution(Source* source, const xml_node& node, LearningAssessment* assessment) {
  if (!node) return;
  elm::v3::ResultDistribution distribution;
  for (const xml_node& category : source->Children(node, "category")) {
    const std::string label = base::XmlAttribute(category, "label").value();
    int64_t count = 0;
    if (label.empty() || !absl::SimpleAtoi(base::XmlAttribute(category, "count").value(), &count) || count < 1) {
      source->Note("distribution.zero", category, "The model cannot hold a bar of zero, or one without a label.");
      source->Drop(category, "a bar of zero, or without a label, cannot be written");
      continue;
    }
    auto* result = distribution.add_result_category();
    result->set_label(source->TakeAttribute(category, "label"));
    source->TakeAttribute(category, "count");
    result->set_count(count);
  }
  Notes further;
  TakeMultilineTexts(source, source->Children(node, "description"), distribution.mutable_description(), &further);
  *assessment->mutable_additional_note() = further;
  if (distribution.result_category_size() > 0 || distribution.description_size() > 0) {
    *assessment->mutable_result_distribution() = distribution;
  }
}

// The scheme of the grade. Its texts are its names; a reference that leads nowhere keeps its id.
std::optional<elm::v3::GradingScheme> MapGradingScheme(Source* source, const ReportContext& report,
                                                       const xml_node& instance) {
  const xml_node reference = source->Child(instance, "gradingSchemeLocalId");
  const std::string id = source->Take(reference);
  if (id.empty()) return std::nullopt;
  elm::v3::GradingScheme scheme;
  scheme.set_id(source->IdFor("grading-scheme", id));
  if (!source->IsFirstUse(scheme.id())) return scheme;
  scheme.add_identifier()->mutable_identifier()->set_notation(id);
  const auto found = report.grading_schemes.find(id);
  if (found == report.grading_schemes.end()) {
    source->Note("grading-scheme.dangling", reference, "The grading scheme is not in the document.");
  } else {
    source->TakeAttribute(found->second, "localId");
    Notes further;
    TakeMultilineTexts(source, source->Children(found->second, "description"), scheme.mutable_title(), &further);
    for (const auto& note : further) MergeText(note.note_literal(0), scheme.mutable_description());
  }
  if (scheme.title().empty()) AddText("und", id, scheme.mutable_title());
  return scheme;
}

// M9: the kind of assessment, as text, in an extension of one student system.
std::string TakeAssessmentName(Source* source, const xml_node& instance, size_t depth) {
  for (const xml_node& node : source->Child(instance, "extension").children()) {
    if (absl::string_view(base::XmlAttribute(node, "type").value()) != "fsAssesmentName") continue;
    source->TakeAttribute(node, "type");
    std::string name = source->Take(node);
    if (name.empty()) continue;
    if (depth == 0) source->Origin("A1-M09", document::v1::ELEMENT_STATUS_TEXT, node, "assessment.extension");
    return name;
  }
  return "";
}

}  // namespace

void MapAssessment(Source* source, const ReportContext& report, const xml_node& instance,
                   elm::v3::LearningAchievement* achievement, elm::v3::Qualification* qualification, size_t depth) {
  const xml_node status = source->Child(instance, "status");
  const bool passed = !source->Take(status).empty();  // another status never comes here
  xml_node grade_node = source->Child(instance, "resultLabel");
  if (!grade_node) grade_node = source->Child(instance, "result");  // legacy namespace
  const std::string grade = source->Take(grade_node);
  const auto scheme = MapGradingScheme(source, report, instance);
  const std::string name = TakeAssessmentName(source, instance, depth);
  if (grade.empty()) {
    source->Drop(source->Child(instance, "shortenedGrading"), kNoGrade);
    source->Drop(source->Child(instance, "resultDistribution"), kNoGrade);
    if (!scheme.has_value() && name.empty()) return;
    auto* specification = qualification->add_proven_by();
    if (name.empty()) {
      *specification->mutable_title() = achievement->title();
    } else {
      AddText("und", name, specification->mutable_title());
    }
    if (scheme.has_value()) *specification->mutable_grading_scheme() = *scheme;
    return;
  }
  auto* assessment = achievement->add_proven_by();
  assessment->set_id(source->NextId("assessment"));
  *assessment->mutable_title() = achievement->title();
  assessment->mutable_awarded_by()->set_id(achievement->awarded_by().id());
  AddText(source->TakeLanguage(grade_node), grade, assessment->mutable_grade()->mutable_note_literal());
  const std::string legacy_scheme = source->TakeAttribute(grade_node, "scheme");
  if (!legacy_scheme.empty()) {
    AddNote("en", absl::StrCat("Grading scheme: ", legacy_scheme), assessment->mutable_additional_note());
  }
  const auto pass = elm::ConceptOf(elm::Vocabulary::kGradeStatus, elm::kGradeStatusPass);
  if (passed && pass.has_value()) *assessment->mutable_grade_status() = *pass;
  if (scheme.has_value() || !name.empty()) {
    auto* specification = assessment->add_specified_by();
    if (name.empty()) {
      *specification->mutable_title() = achievement->title();
    } else {
      AddText("und", name, specification->mutable_title());
    }
    if (scheme.has_value()) *specification->mutable_grading_scheme() = *scheme;
  }
  MapShortenedGrading(source, source->Child(instance, "shortenedGrading"), assessment);
  MapDistribution(source, source->Child(instance, "resultDistribution"), assessment);
  if (depth == 0) source->Origin("A1-O03", document::v1::ELEMENT_STATUS_STATED, grade_node, "");
}

}  // namespace passerelle::adapters::elmo
