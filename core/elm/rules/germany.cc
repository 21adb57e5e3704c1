#include "core/elm/rules/germany.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

struct WordConcept {
  absl::string_view word;
  absl::string_view code;
};

constexpr WordConcept kGermanAssessments[] = {
    {"klausur", kAssessmentWrittenExamination},          {"schriftliche_pruefung", kAssessmentWrittenExamination},
    {"muendliche_pruefung", kAssessmentOralExamination}, {"kolloquium", kAssessmentOralExamination},
    {"laborpraktikum", kAssessmentPracticalAssessment},
};

// In the order in which they are looked for: a talk about a project is an oral examination.
constexpr WordConcept kExamParts[] = {
    {"fachgespräch", kAssessmentOralExamination},
    {"mündlich", kAssessmentOralExamination},
    {"schriftlich", kAssessmentWrittenExamination},
    {"projektarbeit", kAssessmentProjectWork},
    {"praktisch", kAssessmentPracticalAssessment},
    {"arbeitsauftrag", kAssessmentPracticalAssessment},
    {"betrieblicher auftrag", kAssessmentPracticalAssessment},
    {"arbeitsprobe", kAssessmentPracticalAssessment},
};

constexpr WordConcept kOpportunities[] = {
    {"studiengang", kOpportunityTypeEducationalProgramme},
    {"modul", kOpportunityTypeProgrammeModule},
    {"wahlmodul", kOpportunityTypeProgrammeModule},
    {"wahlpflichtmodul", kOpportunityTypeProgrammeModule},
    {"kurs", kOpportunityTypeCourse},
    {"vorlesung", kOpportunityTypeClass},
    {"seminar", kOpportunityTypeClass},
    {"tutorium", kOpportunityTypeClass},
    {"praktikum", kOpportunityTypeInternship},
    {"industriepraktikum", kOpportunityTypeInternship},
};

// Small letters in ASCII and in the German umlauts.
std::string LowerGerman(absl::string_view text) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(text), {{"Ä", "ä"}, {"Ö", "ö"}, {"Ü", "ü"}});
}

}  // namespace

absl::string_view CodeSegment(absl::string_view code) {
  const size_t slash = code.rfind('/');
  return slash == absl::string_view::npos ? code : code.substr(slash + 1);
}

std::optional<v3::Concept> AssessmentOfLeistungsart(absl::string_view code) {
  const std::string kind = absl::AsciiStrToLower(CodeSegment(code));
  for (const WordConcept& row : kGermanAssessments) {
    if (row.word == kind) return ConceptOf(Vocabulary::kAssessment, row.code);
  }
  // hausarbeit, seminararbeit, bachelorarbeit, masterarbeit, ...
  if (absl::EndsWith(kind, "arbeit")) return ConceptOf(Vocabulary::kAssessment, kAssessmentMarkedAssignment);
  return std::nullopt;
}

std::optional<v3::Concept> AssessmentOfExamPart(absl::string_view title) {
  const std::string lower = LowerGerman(title);
  for (const WordConcept& row : kExamParts) {
    if (absl::StrContains(lower, row.word)) return ConceptOf(Vocabulary::kAssessment, row.code);
  }
  return std::nullopt;
}

std::optional<bool> PassedByLeistungsstatus(absl::string_view code) {
  const std::string status = absl::AsciiStrToLower(CodeSegment(code));
  if (status == "bestanden") return true;
  if (status == "nicht_bestanden" || status == "endgueltig_nicht_bestanden") return false;
  return std::nullopt;
}

std::optional<v3::Concept> OpportunityOfLeistungsart(absl::string_view code) {
  const std::string kind = absl::AsciiStrToLower(CodeSegment(code));
  for (const WordConcept& row : kOpportunities) {
    if (row.word == kind) return ConceptOf(Vocabulary::kOpportunityType, row.code);
  }
  return std::nullopt;
}

}  // namespace passerelle::elm
