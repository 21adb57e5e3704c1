#include "core/elm/rules/germany.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/decimal.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
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

struct CodeTitle {
  absl::string_view code;
  absl::string_view title;
};
constexpr CodeTitle kTrainerParts[] = {
    {"schriftlicher_pruefungsteil", "Schriftlicher Prüfungsteil"},
    {"praktischer_pruefungsteil", "Praktischer Prüfungsteil"},
};

constexpr absl::string_view kPassingWords[] = {"sehr gut",    "gut",       "befriedigend",
                                               "ausreichend", "bestanden", "mit auszeichnung bestanden"};
constexpr absl::string_view kFailingWords[] = {"mangelhaft",       "ungenügend",         "nicht ausreichend",
                                               "nicht genügend",   "nicht teilgenommen", "nicht angetreten",
                                               "nicht erschienen", "nicht erbracht"};

std::optional<base::Decimal> Mark(absl::string_view text) {
  const std::optional<std::string> decimal = PlainDecimal(text);
  return decimal.has_value() ? base::Decimal::Parse(*decimal) : std::nullopt;
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
  const std::string lower = InSmallLetters(title);
  for (const WordConcept& row : kExamParts) {
    if (absl::StrContains(lower, row.word)) return ConceptOf(Vocabulary::kAssessment, row.code);
  }
  return std::nullopt;
}

absl::string_view TitleOfTrainerPart(absl::string_view code) {
  for (const CodeTitle& row : kTrainerParts) {
    if (row.code == CodeSegment(code)) return row.title;
  }
  return "";
}

std::optional<bool> PassedByLeistungsstatus(absl::string_view code) {
  const std::string status = absl::AsciiStrToLower(CodeSegment(code));
  if (status == "bestanden") return true;
  if (status == "nicht_bestanden" || status == "endgueltig_nicht_bestanden") return false;
  return std::nullopt;
}

std::optional<bool> PassedByScheme(absl::string_view grade, const MarkScheme& scheme) {
  grade = absl::StripAsciiWhitespace(grade);
  if (grade.empty() || scheme.pass.empty()) return std::nullopt;
  const auto mark = Mark(grade);
  const auto pass = Mark(scheme.pass);
  if (!mark.has_value() || !pass.has_value()) {
    if (grade == scheme.pass) return true;
    return grade == scheme.worst ? std::optional<bool>(false) : std::nullopt;
  }
  const auto best = Mark(scheme.best);
  const auto worst = Mark(scheme.worst);
  const auto low = worst.value_or(*pass);  // an end that is not stated says no direction
  const auto high = best.value_or(*pass);
  if (low == high) return std::nullopt;
  const bool rises = low < high;
  const auto below = [rises](base::Decimal a, base::Decimal b) { return rises ? a < b : b < a; };
  if (below(*pass, low) || below(high, *pass)) return std::nullopt;
  if ((worst.has_value() && below(*mark, *worst)) || (best.has_value() && below(*best, *mark))) return std::nullopt;
  return !below(*mark, *pass);
}

std::optional<bool> PassedByWords(absl::string_view words) {
  const std::string lower = InSmallLetters(absl::StripAsciiWhitespace(words));
  const auto is_one_of = [&lower](const auto& list) {
    return std::find(std::begin(list), std::end(list), lower) != std::end(list);
  };
  // Who has not passed yet may pass.
  const bool failed = absl::StrContains(lower, "nicht bestanden") && !absl::StrContains(lower, "noch nicht bestanden");
  if (failed || is_one_of(kFailingWords)) return false;
  return is_one_of(kPassingWords) ? std::optional<bool>(true) : std::nullopt;
}

std::optional<v3::Concept> OpportunityOfLeistungsart(absl::string_view code) {
  const std::string kind = absl::AsciiStrToLower(CodeSegment(code));
  for (const WordConcept& row : kOpportunities) {
    if (row.word == kind) return ConceptOf(Vocabulary::kOpportunityType, row.code);
  }
  return std::nullopt;
}

}  // namespace passerelle::elm
