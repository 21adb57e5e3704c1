#include "core/document/xbildung.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/document/national.h"
#include "core/elm/rules/germany.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

constexpr LossClass kXbildungAccounted = v1::LOSS_CLASS_UNSPECIFIED;
constexpr absl::string_view kStudentIdentifier = "urn:schac:personalUniqueCode:";

LossClass MatriculationNumber(const Step& step) {
  return step.Value().empty() ? kXbildungAccounted : PutIdentifier(step, "Matrikelnummer");
}

LossClass IdentificationNumber(const Step& step) {
  if (absl::StartsWith(step.Value(), kStudentIdentifier)) return PutIdentifier(step, "European Student Identifier");
  step.source().Drop(step.node->parent, "a national number, passed on only by an explicit policy");
  return kXbildungAccounted;
}

constexpr Rule kPerson[] = {
    {"nameNatuerlichePerson/vorname/name", "S.givenName", XBildungGivenName, kKept, ""},
    {"nameNatuerlichePerson/familienname/name", "S.familyName", Text, kKept, ""},
    {"nameNatuerlichePerson/geburtsname/name", "S.birthName", Text, kKept, ""},
    {"geburt/datum/jahrMonatTag", "S.dateOfBirth", XBildungBirthDay, kKept, "date.calendar"},
    {"geburt/datum", "S.dateOfBirth", XBildungBirthDay, kKept, "date.calendar"},
    {"identifikationsnummer/id", "S.identifier", IdentificationNumber, kKept, ""},
    {"matrikelnummer/id", "S.identifier", MatriculationNumber, kKept, ""},
    {"matrikelnummer/beschreibung", "", UseIt, kDropped, ""},
    {"immatrikulation/matrikelnummer", "S.identifier", MatriculationNumber, kKept, ""},
};

// "1,0 bis 5,0, bestanden ab 4,0": what the scheme says of itself, in its own words.
std::string DescribeScheme(Source* source, const SourceNode* scheme, absl::string_view kind) {
  const std::string best = source->TextOf(scheme, "besteBewertung");
  const std::string worst = source->TextOf(scheme, "schlechtesteBewertung");
  const std::string pass = source->TextOf(scheme, "bestandenAbBewertung");
  std::string text(kind);
  if (!best.empty()) absl::StrAppend(&text, ": ", best, " (beste)");
  if (!worst.empty()) absl::StrAppend(&text, best.empty() ? ": " : " bis ", worst, " (schlechteste)");
  if (!pass.empty()) absl::StrAppend(&text, ", bestanden ab ", pass);
  for (const char* name : {"besteBewertung", "schlechtesteBewertung", "bestandenAbBewertung"}) {
    source->Use(source->FindFirst(scheme, name));
  }
  return text;
}

void MapScheme(const Context& context, const SourceNode* scheme, absl::string_view kind) {
  if (scheme == nullptr) return;
  constexpr absl::string_view kTitle = "T.specifiedBy[0].gradingScheme.title";
  PutText(context.targets, kTitle, "de", DescribeScheme(context.source, scheme, kind));
  context.source->Carry(scheme, kTitle, kKept, "grading.scheme");
  static constexpr Rule kRows[] = {
      {"beschreibung", "T.specifiedBy[0].gradingScheme.description", Text, kKept, ""},
      {"schemaURI", "T.specifiedBy[0].gradingScheme.supplementaryDocument", WebAddress, kKept, "address.web"},
      {"weitereInformationen", "T.additionalNote", LabelledNote, kWidened, "note.labelled"},
  };
  Apply(kRows, scheme, context);
}

}  // namespace

LossClass XBildungBirthDay(const Step& step) { return step.Value().empty() ? kXbildungAccounted : BirthDate(step); }

LossClass XBildungGivenName(const Step& step) {
  auto* const names = step.context.targets.subject->mutable_given_name();
  if (names->empty()) return Text(step);
  absl::StrAppend(names->Mutable(0)->mutable_value(), " ", step.Value());
  step.source().Note("learner.given-names", step.node, "Several given names were joined with a blank.");
  return step.rule.loss;
}

Rules XBildungPerson() { return kPerson; }

std::string XBildungLanguage(Source* source, const SourceNode* document) {
  for (const char* path : {"sprache/code", "sprache/sprache/code"}) {
    const SourceNode* const code = source->FindFirst(document, path);
    if (code == nullptr || code->text.empty()) continue;
    const std::string tag = elm::LanguageTag(std::string(absl::StripAsciiWhitespace(code->text)));
    source->Use(code);
    if (tag != "und") return tag;
    source->Warn("language.bcp47", code, "This names no language.");
  }
  return "de";
}

void MapXBildungGrade(const Context& context, const SourceNode* grade) {
  if (grade == nullptr) return;
  static constexpr Rule kPlain[] = {{"", "T.grade", Text, kKept, ""}};
  const bool plain = !absl::StripAsciiWhitespace(grade->text).empty();
  if (plain) Apply(kPlain, grade, context);
  for (const char* name : {"note", "wortbezeichnung", "punkte"}) {
    const SourceNode* const node = context.source->FindFirst(grade, name);
    if (node == nullptr || absl::StripAsciiWhitespace(node->text).empty()) continue;
    if (!context.targets.assessment->has_grade()) {
      const Rule row[] = {{name, "T.grade", Text, kKept, ""}};
      Apply(row, grade, context);
    } else {
      const Rule row[] = {{name, "T.additionalNote", LabelledNote, kWidened, "note.labelled"}};
      Apply(row, grade, context);
    }
  }
  MapScheme(context, context.source->FindFirst(grade, "bewertungsschemaNote"), "Note");
  MapScheme(context, context.source->FindFirst(grade, "bewertungsschemaPunkte"), "Punkte");
}

std::optional<bool> XBildungPassed(const Source& source, const SourceNode* grade) {
  if (grade == nullptr) return std::nullopt;
  const auto by_scheme = [&](absl::string_view mark, absl::string_view name) {
    const SourceNode* const scheme = source.FindFirst(grade, name);
    return elm::PassedByScheme(source.TextOf(grade, mark),
                               {source.TextOf(scheme, "besteBewertung"), source.TextOf(scheme, "bestandenAbBewertung"),
                                source.TextOf(scheme, "schlechtesteBewertung")});
  };
  std::vector<std::optional<bool>> answers = {
      by_scheme("note", "bewertungsschemaNote"), by_scheme("punkte", "bewertungsschemaPunkte"),
      elm::PassedByWords(source.TextOf(grade, "note")), elm::PassedByWords(grade->text)};
  for (const SourceNode* words : source.Find(grade, "wortbezeichnung")) {
    answers.push_back(elm::PassedByWords(words->text));
  }
  std::optional<bool> passed;
  for (const std::optional<bool>& answer : answers) {
    if (answer.has_value()) passed = passed.value_or(true) && *answer;
  }
  return passed;
}

LossClass EqfLevelCode(const Step& step) {
  const auto level = elm::EqfLevelOf(elm::CodeSegment(step.Value()), true);
  const auto eqf = level.has_value() ? elm::ConceptOf(elm::Vocabulary::kEqf, absl::StrCat(*level)) : std::nullopt;
  if (!eqf.has_value()) {
    step.source().Warn("level.eqf", step.node, "The framework has levels 1 to 8; the value is kept as text.");
    return CodeNote(step);
  }
  if (PutConcept(step.context.targets, step.rule.target, *eqf) == kKept) return step.rule.loss;
  step.source().Warn("level.contradiction", step.node, "The document states two levels; the first counts.");
  return CodeNote(step);
}

LossClass IscedFieldCode(const Step& step) {
  const auto field = elm::IscedField(elm::CodeSegment(step.Value()));
  if (!field.has_value()) {
    step.source().Warn("field.isced", step.node, "The code is none of ISCED-F 2013; it is kept as text.");
    return CodeNote(step);
  }
  return PutConcept(step.context.targets, step.rule.target, *field) == kKept ? step.rule.loss : kDropped;
}

LossClass CodeNote(const Step& step) {
  const SourceNode* labelled = step.node;
  while (labelled->name == "code" && labelled->parent != nullptr) labelled = labelled->parent;
  const Step label = {step.context, step.rule, labelled};
  const bool note = absl::EndsWith(step.rule.target.substr(0, step.rule.target.find('#')), ".additionalNote");
  return NoteOf(step, note ? step.rule.target : "Q.additionalNote", label.Label(), elm::CodeSegment(step.Value()));
}

void PutAssessmentType(const Context& context, const SourceNode* node, const elm::v3::Concept& type,
                       absl::string_view rule) {
  PutAssessmentKind(context.targets, type);
  context.source->Carry(node, kAssessmentKind, kDerived, rule);
}

}  // namespace passerelle::document
