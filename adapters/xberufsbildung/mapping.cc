#include "adapters/xberufsbildung/mapping.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "core/base/limits.h"
#include "core/document/national.h"
#include "core/document/xbildung.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/germany.h"
#include "core/elm/rules/level.h"

namespace passerelle::adapters::xberufsbildung {
namespace {

// Rule level.dqr: the element is named after the German framework, but its code list is that of the EQF. A bare number
// without that list is a level of the German framework, whose eight levels are those of the EQF.
LossClass Level(const Step& step) {
  const bool eqf = elm::EqfLevelOf(step.Value(), false).has_value() ||
                   absl::EndsWith(step.source().TextOf(step.node->parent, "@listURI"), ":eqf");
  const LossClass put = document::EqfLevelCode(step);
  return put == kKept && !eqf ? kDerived : put;
}

constexpr Rule kDocument[] = {
    {"aussteller/name", "B.legalName", document::Text, kKept, ""},
    {"aussteller/kurzbezeichnung", "B.altLabel", document::Text, kKept, ""},
    {"ausstellung/ort", "place of the signature", document::DropIt, kDropped, ""},
    {"gueltigkeitsdatum", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"pruefungsdatum", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"allgemeineAngaben/fortbildungsabschluss|ausbildungsberuf/bezeichnung", "A.title", document::PlainText, kKept, ""},
    {"allgemeineAngaben/fortbildungsabschluss|ausbildungsberuf/fundstelle", "Q.additionalNote#A1-M11",
     document::LabelledNote, kWidened, "quality.legal-basis"},
    {"allgemeineAngaben/fortbildungsabschluss|ausbildungsberuf/binnendifferenzierung/fachrichtung", "Q.additionalNote",
     document::LabelledNote, kWidened, "note.labelled"},
    {"allgemeineAngaben/niveauDQR/code", "Q.eqfLevel", Level, kKept, "level.dqr"},
    {"allgemeineAngaben/berufsschulnote/note", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    // The regulation that the examination follows is what assures its quality.
    {"rechtsgrundlage/code/code", "Q.additionalNote#A1-M11", document::CodeNote, kWidened, "quality.legal-basis"},
    {"rechtsgrundlage/nichtGelisteterWert", "Q.additionalNote#A1-M11", document::LabelledNote, kWidened,
     "quality.legal-basis"},
    {"zusaetzlicheAngaben/beschreibung", "A.additionalNote", document::Prose, kWidened, ""},
    {"titel", "names the kind of document", document::DropIt, kDropped, ""},
};

// Rule title.code-list: parts of the examination of trainers are named by a code.
LossClass TitleOfCode(const Step& step) {
  const std::string code = step.Value();
  const absl::string_view title = elm::TitleOfTrainerPart(code);
  if (title.empty()) step.source().Warn("title.code", step.node, "The code is not known; it stands as the title.");
  const absl::string_view text = title.empty() ? elm::CodeSegment(code) : title;
  return document::PutText(step.context.targets, step.rule.target, "de", text) == kKept ? step.rule.loss : kDropped;
}

constexpr Rule kPart[] = {
    {"bezeichnung", "A.title", document::PlainText, kKept, ""},
    {"bezeichnung/code", "A.title", TitleOfCode, kDerived, "title.code-list"},
};
constexpr absl::string_view kParts = "pruefungsteil|pruefungsbereich|pruefungsleistung";

// Rule assessment.exam-part: the titles of the parts say how they were examined.
void MapAssessmentTypes(Source* source, const SourceNode* node, const Context& context) {
  for (const char* path : {"pruefungsteil/bezeichnung", "pruefungsteil/bezeichnung/code",
                           "pruefungsteil/pruefungsleistung|pruefungsbereich/bezeichnung"}) {
    for (const SourceNode* title : source->Find(node, path)) {
      const auto type = elm::AssessmentOfExamPart(title->text);
      if (type.has_value()) document::PutAssessmentType(context, title, *type, "assessment.exam-part");
    }
  }
}

bool HasTitle(const Source& source, const SourceNode* part) {
  return !source.TextOf(part, "bezeichnung").empty() || !source.TextOf(part, "bezeichnung/code").empty();
}

void MapParts(Source* source, Draft* draft, DraftAchievement* whole, const SourceNode* node,
              const std::string& language, size_t depth) {
  for (const SourceNode* part : source->Find(node, kParts)) {
    const SourceNode* const grade = source->FindFirst(part, "benotung");
    if (depth >= base::kPartsDepthMax) {
      source->Warn("parts.depth", part, "Parts are nested deeper than the limit.");
      source->Drop(part, "nested deeper than the limit");
    } else if (document::XBildungPassed(*source, grade) == false) {
      source->Warn("status.not-passed", part, "What was not passed is no achievement; passed parts remain.");
      source->DropButParts(part, kParts, "not passed, so no achievement");
      MapParts(source, draft, whole, part, language, depth);
    } else if (!HasTitle(*source, part)) {
      source->Warn("title.missing", part, "A part without a title cannot be written; titled parts remain.");
      source->DropButParts(part, kParts, "has no title");
      MapParts(source, draft, whole, part, language, depth);
    } else {
      const int scope = source->scope();
      DraftAchievement& achievement = draft->AddPart(whole, part);
      const Context context = {source, draft->TargetsOf(achievement), language};
      Apply(kPart, part, context);
      document::MapXBildungGrade(context, grade);
      MapParts(source, draft, &achievement, part, language, depth + 1);
      source->SetScope(scope);
    }
  }
}

// The certificate of a trainer says by its kind what was achieved.
void TitleByKind(Source* source, DraftAchievement* achievement) {
  elm::AddText("de", "Ausbildereignungsprüfung (AEVO)", achievement->achievement.mutable_title());
  source->SeeLanguage("de", achievement->place);
  source->Supply("A.title", kDefaulted, "title.document-kind");
}

// The date of the document is that of the credential, and of the award as derived, where no other is stated.
void DateByDocument(const SourceNode* root, const Context& context) {
  static constexpr Rule kValid[] = {{"ausstellung/datum", "C.validFrom", document::DateTime, kKept, "date.calendar"}};
  static constexpr Rule kAwarded[] = {
      {"ausstellung/datum", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"}};
  if (context.targets.credential->valid_from().empty()) Apply(kValid, root, context);
  const auto issued = elm::ReadDate(context.source->TextOf(root, "ausstellung/datum"));
  const auto examined = elm::StatedDay(context.targets.achievement->awarded_by().awarding_date());
  if (!examined.has_value()) {
    Apply(kAwarded, root, context);
  } else if (issued.has_value() && issued->day < *examined) {
    context.source->Warn("date.exam-after-issue", context.source->FindFirst(root, "pruefungsdatum"),
                         "The examination is later than the date of the certificate.");
  }
}

}  // namespace

bool IsOfTrainer(const SourceNode* root) { return absl::StrContains(root->name, "zeugnisAEVO"); }

void MapCertificate(Source* source, Draft* draft, const SourceNode* root, const std::string& language) {
  DraftAchievement& achievement = draft->AddAchievement(root);
  const Context context = {source, draft->TargetsOf(achievement), language};
  Apply(document::XBildungPerson(), source->FindFirst(root, "pruefling"), {source, context.targets, "und"});
  document::CountryOfRegister("DE", context);
  if (IsOfTrainer(root)) TitleByKind(source, &achievement);  // first: an occupation that it names is a note beside it
  Apply(kDocument, root, context);
  const SourceNode* const result = source->FindFirst(root, "gesamtergebnis");
  document::MapXBildungGrade(context, result);
  if (document::XBildungPassed(*source, result) == true) document::MarkPassed(context.targets);
  const SourceNode* const parts = IsOfTrainer(root) ? root : source->FindFirst(root, "allgemeineAngaben");
  MapAssessmentTypes(source, parts, context);
  MapParts(source, draft, &achievement, parts, language, 0);

  DateByDocument(root, context);
}

}  // namespace passerelle::adapters::xberufsbildung
