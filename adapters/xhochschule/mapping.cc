#include "adapters/xhochschule/mapping.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/families/names.h"
#include "core/base/decimal.h"
#include "core/base/limits.h"
#include "core/document/national.h"
#include "core/document/xbildung.h"
#include "core/elm/rules/germany.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::xhochschule {
namespace {

// --- Conversions
// ------------------------------------------------------------------------------------------------------

// The number of a university in the statistics of the states, behind the URI of the list.
LossClass UniversityNumber(const Step& step) {
  return document::PutIdentifier(step, elm::CodeSegment(step.Value()), "Hochschulsignatur");
}

LossClass MatriculationNumber(const Step& step) { return document::PutIdentifier(step, "Matrikelnummer"); }

// The number of a module or programme; what it is stands beside it.
LossClass ModuleNumber(const Step& step) {
  const SourceNode* const what = step.source().FindFirst(step.node->parent, "beschreibung");
  step.source().Use(what);
  return document::PutIdentifier(step, step.source().TextOf(step.node->parent, "beschreibung"));
}

// An element whose text counts only where nothing is below it, as old versions have it.
LossClass OwnTextOnly(const Step& step) { return step.Value().empty() ? kDone : document::Text(step); }
LossClass OwnLevelTextOnly(const Step& step) { return step.Value().empty() ? kDone : document::EqfLevelText(step); }

// Whether the grade is final. One that is not may still change, and says so.
LossClass GradeStanding(const Step& step) {
  const std::string standing(elm::CodeSegment(step.node->text));
  if (standing == "finale_note") {
    step.source().Use(step.node);
    return kDone;
  }
  step.source().Warn("grade.provisional", step.node, "The grade is provisional, or there is none yet.");
  return document::NoteOf(step, step.rule.target, "Benotungsstatus", standing);
}

// What the qualification opens: further study or a regulated profession.
LossClass Entitlement(const Step& step, absl::string_view kind) {
  elm::v3::LearningEntitlement entitlement;
  elm::AddText(step.Language(), step.Value(), entitlement.mutable_title());
  auto* const specification = entitlement.add_specified_by();
  elm::AddText(step.Language(), step.Value(), specification->mutable_title());
  const auto type = elm::ConceptOf(elm::Vocabulary::kEntitlementType, kind);
  const auto status = elm::ConceptOf(elm::Vocabulary::kEntitlementStatus, elm::kEntitlementStatusActual);
  if (type.has_value()) *specification->mutable_dc_type() = *type;
  if (status.has_value()) *specification->mutable_entitlement_status() = *status;
  elm::v3::LearningAchievement* const achievement = step.context.targets.achievement;
  if (document::IsListed(step.context.targets, *achievement, "entitles_to", entitlement)) {
    step.source().Use(step.node);  // the certificate and its supplement say the same
    return kDone;
  }
  *achievement->add_entitles_to() = std::move(entitlement);
  return step.rule.loss;
}
LossClass StudyEntitlement(const Step& step) { return Entitlement(step, elm::kEntitlementTypeLearningOpportunity); }
LossClass ProfessionEntitlement(const Step& step) { return Entitlement(step, elm::kEntitlementTypeOccupation); }

// --- Tables
// -----------------------------------------------------------------------------------------------------------

constexpr Rule kUniversity[] = {
    {"name", "B.legalName", OwnTextOnly, kKept, ""},
    {"name/name", "B.legalName", document::Text, kKept, ""},
    {"hochschulsignatur/code", "B.identifier", UniversityNumber, kKept, ""},
};

constexpr Rule kHolder[] = {
    {"vorname", "S.givenName", document::XBildungGivenName, kKept, ""},
    {"familienname", "S.familyName", document::Text, kKept, ""},
    {"geburtsdatum/jahrMonatTag", "S.dateOfBirth", document::XBildungBirthDay, kKept, "date.calendar"},
    {"geburtsdatum", "S.dateOfBirth", document::XBildungBirthDay, kKept, "date.calendar"},
    {"matrikelnummer", "S.identifier", MatriculationNumber, kKept, ""},
};

constexpr Rule kDates[] = {
    {"gueltigkeitsdatum", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"gueltigkeitszeitraum/beginn", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"datumDesErwerbs", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
};

constexpr Rule kAchievement[] = {
    {"bezeichnung", "A.title", document::PlainText, kKept, ""},
    {"id/id", "Q.identifier", ModuleNumber, kKept, ""},
    {"beschreibung/beschreibung", "Q.learningOutcomeSummary", document::Prose, kKept, "outcomes.prose"},
    {"beschreibung/umfangInSWS", "Q.additionalNote", document::LabelledNote, kWidened, "workload.contact"},
    {"beschreibung/versionDesModulhandbuchs", "Q.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"beschreibung/weitereInformationen", "Q.homepage", document::WebAddress, kKept, "address.web"},
    {"angestrebterAbschluss", "Q.altLabel", document::Text, kKept, ""},
    {"erforderlicheLeistungspunkteECTS", "Q.creditPoint", document::EctsPoints, kKept, "credit.ects"},
    {"erbrachteLeistungspunkteECTS", "A.creditReceived", document::EctsPoints, kKept, "credit.ects"},
    {"schluesselEQF/code", "Q.eqfLevel", document::EqfLevelCode, kKept, "level.eqf"},
    {"schluesselISCEDF2013/code", "Q.thematicArea", document::IscedFieldCode, kKept, "field.isced"},
    {"faecherschluesselDESTATIS/code", "Q.additionalNote", document::CodeNote, kWidened, "note.labelled"},
    {"sprache/code", "Q.language", document::LanguageCode, kKept, "language.code"},
    {"datumDerLeistungserbringung", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"semesterDerLeistungserbringung/zeitraum/beginn", "V.temporal[0].startDate", document::DateTime, kKept,
     "date.calendar"},
    {"semesterDerLeistungserbringung/zeitraum/ende", "V.temporal[0].endDate", document::DateTime, kKept,
     "date.calendar"},
    {"semesterDerLeistungserbringung/semesterbezeichnung", "A.additionalNote", document::LabelledNote, kWidened,
     "note.labelled"},
    {"absolvierteVersuche", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"externErbrachteLeistung/einrichtungDerLeistungserbringung", "A.additionalNote", document::LabelledNote, kWidened,
     "note.labelled"},
    {"externErbrachteLeistung/anerkanntOderAngerechnet/code", "A.additionalNote", document::CodeNote, kWidened,
     "note.labelled"},
    {"lehrendeOderPruefende", "names of teachers and examiners stay behind", document::DropIt, kDropped, ""},
    {"leistungsstatus", "", document::UseIt, kDropped, ""},
    {"leistungsbenotungsstatus/code/code", "A.additionalNote", GradeStanding, kWidened, "note.labelled"},
    {"leistungsbenotungsstatus", "", document::UseIt, kDropped, ""},
    {"benotet", "", document::UseIt, kDropped, ""},
};

// A programme of old certificates, which have no leistung.
constexpr Rule kProgramme[] = {
    {"studiengang/name", "A.title", document::PlainText, kKept, ""},
    {"studienfach/name", "A.title", document::PlainText, kKept, ""},
    {"studiengang/identifikation/id", "Q.identifier", ModuleNumber, kKept, ""},
    {"studienfach/angestrebterAbschluss", "Q.altLabel", OwnTextOnly, kKept, ""},
    {"studiengang/studienfach/angestrebterAbschluss/code", "Q.additionalNote", document::CodeNote, kWidened,
     "note.labelled"},
    {"studienfach/schluesselISCED2013/code", "Q.thematicArea", document::IscedFieldCode, kKept, "field.isced"},
    {"studiengang/studienbereichBezeichnung", "Q.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"studienfach/studienbereichBezeichnung", "Q.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"abschlussarbeit/titelDerArbeit", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"abschlussarbeit/noteDerArbeit/note", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
};

constexpr Rule kCertificate[] = {
    {"abschluss", "Q.altLabel", OwnTextOnly, kKept, ""},
    {"abschluss/code", "Q.additionalNote", document::CodeNote, kWidened, "note.labelled"},
    {"benotung/lateinischeEhrenbezeichnung/code", "A.additionalNote", document::CodeNote, kWidened, "note.labelled"},
    {"benotung/lateinischeEhrenbezeichnung/code/code", "A.additionalNote", document::CodeNote, kWidened,
     "note.labelled"},
    {"zugangsberechtigungWeiterfuehrendesStudiumBezeichnung", "A.entitlesTo", StudyEntitlement, kKept, ""},
    {"zulassungZuReglementiertemBerufBezeichnung", "A.entitlesTo", ProfessionEntitlement, kKept, ""},
    {"titel", "names the kind of document", document::DropIt, kDropped, ""},
};

constexpr absl::string_view kTotalGrade = "erzielteErgebnisse/gesamtnoteUndNotensystem|gesamtnote";  // of a supplement

// Of a diploma supplement, but for its holder and its title.
constexpr Rule kSupplement[] = {
    {"angabenQualifikation/hauptstudienfach", "Q.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"angabenQualifikation/durchfuehrendeEinrichtung", "A.additionalNote", document::LabelledNote, kWidened,
     "note.labelled"},
    {"angabenQualifikation/spracheUnterrichtPruefung/code", "Q.language", document::LanguageCode, kKept,
     "language.code"},
    {"dauerUndEbeneQualifikation/ebeneDerQualifikationCodeEQF/code", "Q.eqfLevel", document::EqfLevelCode, kKept,
     "level.eqf"},
    {"dauerUndEbeneQualifikation/ebeneDerQualifikation/freitext", "Q.eqfLevel", document::EqfLevelText, kDerived,
     "level.eqf"},
    {"dauerUndEbeneQualifikation/ebeneDerQualifikation", "Q.eqfLevel", OwnLevelTextOnly, kDerived, "level.eqf"},
    {"dauerUndEbeneQualifikation/dauerStudiumInJahrenOderECTS/umfangInECTS", "Q.creditPoint", document::EctsPoints,
     kKept, "credit.ects"},
    {"dauerUndEbeneQualifikation/dauerStudiumInJahrenOderECTS/dauerInJahren", "Q.additionalNote",
     document::LabelledNote, kWidened, "note.labelled"},
    {"dauerUndEbeneQualifikation/zugangsvorraussetzungen", "Q.entryRequirement", document::Prose, kKept, ""},
    {"erzielteErgebnisse/studienform", "Q.additionalNote#A1-M10", document::LabelledNote, kWidened, "mode.schedule"},
    {"erzielteErgebnisse/lernergebnisse", "Q.learningOutcomeSummary", document::Prose, kKept, "outcomes.prose"},
    {"erzielteErgebnisse/studiendetails", "Q.additionalNote", document::Prose, kWidened, ""},
    {"erzielteErgebnisse/notensystem", "T.specifiedBy[0].gradingScheme.title", OwnTextOnly, kKept, ""},
    {"berechtigungenDurchQualifikation/zugangWeiterfuehrendeStudien", "A.entitlesTo", StudyEntitlement, kKept, ""},
    {"berechtigungenDurchQualifikation/zugangZuReglementiertenBerufen", "A.entitlesTo", ProfessionEntitlement, kKept,
     ""},
    {"sonstigeAngaben/weitereAngaben", "A.additionalNote", document::Prose, kWidened, ""},
    {"sonstigeAngaben/weitereInformationsquellen", "Q.supplementaryDocument", document::WebAddress, kKept,
     "address.web"},
    {"angabenNationalesHochschulsystem", "describes the national system, not the learning", document::DropIt, kDropped,
     ""},
};

// --- Achievements ---------------------------------------------------------------------------------------------------

std::string StatusCode(const Source& source, const SourceNode* item) {
  for (const char* path : {"leistungsstatus/code/code", "leistungsstatus/code", "leistungsstatus"}) {
    std::string code = source.TextOf(item, path);
    if (!code.empty()) return code;
  }
  return "";
}

// The status that is stated, or else the answer of the grade's own scheme and words.
std::optional<bool> StatedPassed(const Source& source, const SourceNode* item) {
  const auto passed = elm::PassedByLeistungsstatus(StatusCode(source, item));
  return passed.has_value() ? passed : document::XBildungPassed(source, source.FindFirst(item, "benotung"));
}

bool IsLess(const std::string& points, const std::string& other) {
  const auto one = base::Decimal::Parse(points);
  const auto two = base::Decimal::Parse(other);
  return one.has_value() && two.has_value() && *one < *two;
}

// Rule status.leistungsstatus: what is stated; an item without a status counts as passed where credits were earned for
// it and its grade does not say otherwise, and as unknown if none were.
bool IsPassed(const Source& source, const SourceNode* item) {
  const auto passed = elm::PassedByLeistungsstatus(StatusCode(source, item));
  if (passed.has_value()) return *passed;
  if (source.FindFirst(item, "leistungsstatus") != nullptr || StatedPassed(source, item) == false) return false;
  const auto earned = elm::CreditPoints(source.TextOf(item, "erbrachteLeistungspunkteECTS"));
  const auto needed = elm::CreditPoints(source.TextOf(item, "erforderlicheLeistungspunkteECTS"));
  return earned.has_value() && (!needed.has_value() || !IsLess(*earned, *needed));
}

// A certificate lists what the degree stands on: that was passed where nothing says otherwise.
bool StandsInCertificate(const Source& source, const SourceNode* item) {
  const auto passed = StatedPassed(source, item);
  return passed.has_value() ? *passed : source.FindFirst(item, "leistungsstatus") == nullptr;
}

// Parts of what was not passed are left for themselves.
void LeaveOut(const Frame& frame, const SourceNode* item) {
  frame.source->Warn("status.not-passed", item,
                     "What is not known to be passed is no achievement; passed parts remain.");
  frame.source->DropButParts(item, "leistung", "not known to be passed, so no achievement");
}

// Only what the document says to be passed is marked so; credits alone leave it open.
void MapGrade(const Context& context, const SourceNode* item) {
  const SourceNode* const grade = context.source->FindFirst(item, "benotung");
  document::MapXBildungGrade(context, grade);
  if (!context.targets.assessment->has_grade() || StatedPassed(*context.source, item) != true) return;
  document::MarkPassed(context.targets);
  if (document::XBildungPassed(*context.source, grade) == false) {
    context.source->Warn(
        "grade.contradiction", grade,
        "The item is stated as passed, its grade is not by its own scheme or words; the status counts.");
  }
}

// Rule assessment.leistungsart: the kind of the item itself, and of the parts that are examinations.
void MapAssessmentTypes(const Frame& frame, const SourceNode* item, const Context& context) {
  std::vector<const SourceNode*> items = {item};
  for (const SourceNode* part : frame.source->Find(item, "leistung")) {
    if (IsPassed(*frame.source, part)) items.push_back(part);
  }
  for (const SourceNode* one : items) {
    const SourceNode* const code = frame.source->FindFirst(one, "leistungsart/code/code");
    const auto type = code == nullptr ? std::nullopt : elm::AssessmentOfLeistungsart(code->text);
    if (type.has_value()) document::PutAssessmentType(context, code, *type, "assessment.leistungsart");
  }
}

void MapKind(const Frame& frame, const SourceNode* item, const Context& context) {
  const SourceNode* const code = frame.source->FindFirst(item, "leistungsart/code/code");
  if (code == nullptr) return;
  const auto kind = elm::OpportunityOfLeistungsart(code->text);
  if (kind.has_value()) {
    document::PutConcept(context.targets, "Q.dcType", *kind);
    frame.source->Carry(code, "Q.dcType", kDerived, "kind.learning-opportunity");
    return;
  }
  document::PutText(context.targets, "Q.category", "de", elm::CodeSegment(code->text));
  frame.source->Carry(code, "Q.category", kWidened, "kind.learning-opportunity");
}

void MapParts(const Frame& frame, DraftAchievement* whole, const SourceNode* item, size_t depth);

// Everything of a leistung but the date of the document.
void MapItem(const Frame& frame, DraftAchievement* achievement, const SourceNode* item, size_t depth) {
  const Context context = {frame.source, frame.draft->TargetsOf(*achievement), frame.language};
  Apply(kAchievement, item, context);
  MapKind(frame, item, context);
  MapGrade(context, item);
  MapAssessmentTypes(frame, item, context);
  MapParts(frame, achievement, item, depth);
}

void AddPart(const Frame& frame, DraftAchievement* whole, const SourceNode* part, size_t depth) {
  const int scope = frame.source->scope();
  MapItem(frame, &frame.draft->AddPart(whole, part), part, depth);
  frame.source->SetScope(scope);
}

void MapParts(const Frame& frame, DraftAchievement* whole, const SourceNode* item, size_t depth) {
  for (const SourceNode* part : frame.source->Find(item, "leistung")) {
    if (depth >= base::kPartsDepthMax) {
      frame.source->Warn("parts.depth", part, "Parts are nested deeper than the limit.");
      frame.source->Drop(part, "nested deeper than the limit");
    } else if (IsPassed(*frame.source, part)) {
      AddPart(frame, whole, part, depth + 1);
    } else {
      LeaveOut(frame, part);
      MapParts(frame, whole, part, depth);
    }
  }
}

// Rule date.award: the date of the document stands in for that of the award, as derived.
void DateByDocument(const Frame& frame, const SourceNode* root, DraftAchievement* achievement) {
  static constexpr Rule kIssued[] = {
      {"ausstellungsdatum", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"},
      {"ausstellung/datum", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"}};
  if (!achievement->achievement.awarded_by().awarding_date().empty()) return;
  Apply(kIssued, root, {frame.source, frame.draft->TargetsOf(*achievement), frame.language});
}

// The date of the document is that of the credential where no other is stated.
void DateOfDocument(const Frame& frame, const SourceNode* root) {
  static constexpr Rule kIssued[] = {{"ausstellungsdatum", "C.validFrom", document::DateTime, kKept, "date.calendar"},
                                     {"ausstellung/datum", "C.validFrom", document::DateTime, kKept, "date.calendar"}};
  if (!frame.draft->credential().valid_from().empty()) return;
  Apply(kIssued, root, {frame.source, frame.draft->DocumentTargets(), frame.language});
}

void MapPeople(const Frame& frame, const SourceNode* root) {
  const std::vector<const SourceNode*> universities = frame.source->Find(root, "ausstellendeHochschule");
  for (size_t i = 1; i < universities.size(); ++i) {
    frame.source->Warn("issuer.several", universities[i],
                       "A document has one university that issues; the first counts.");
    frame.source->Drop(universities[i], "not the first university that issues");
  }
  const Context context = {frame.source, frame.draft->DocumentTargets(), "und"};
  Apply(document::XBildungPerson(), frame.source->FindFirst(root, "studierender"), context);
}

// For every achievement, because each states its awarding body.
void MapUniversity(const Frame& frame, const SourceNode* root, const Context& context) {
  document::CountryOfRegister("DE", context);
  Apply(kUniversity, frame.source->FindFirst(root, "ausstellendeHochschule"), context);
}

// "1,5" and "1.5" are the same mark.
bool IsSameMark(absl::string_view one, absl::string_view other) {
  const auto number = elm::PlainDecimal(one);
  return one == other || (number.has_value() && number == elm::PlainDecimal(other));
}

constexpr const char* kMarks[] = {"", "note", "wortbezeichnung", "punkte"};

bool HasMark(const Source& source, const SourceNode* grade, absl::string_view mark) {
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](const char* name) { return IsSameMark(mark, source.TextOf(grade, name)); });
}

// A mark of the total grade, as a note that names it: "Gesamtnote: 1,5".
LossClass TotalMark(const Step& step) {
  const bool own_text = step.rule.source.empty();
  const Step total = {step.context, step.rule, own_text ? step.node : step.node->parent};
  return document::NoteOf(step, step.rule.target, total.Label(), step.Value());
}

// The total grade goes to the assessment. Where that has one, what only repeats it is passed over, and the rest is kept
// as notes, with a warning for a mark that is another one.
void MapTotalGrade(const Context& context, const SourceNode* carried, const SourceNode* total) {
  Source& source = *context.source;
  if (!context.targets.assessment->has_grade()) return document::MapXBildungGrade(context, total);
  for (const char* name : kMarks) {
    const std::string mark = source.TextOf(total, name);
    if (mark.empty() || HasMark(source, carried, mark)) continue;
    if (!source.TextOf(carried, name).empty()) {
      source.Warn("grade.contradiction", source.FindFirst(total, name),
                  "The total grade is another one than the grade that is carried; it is kept as a note.");
    }
    const Rule row[] = {{name, "T.additionalNote", TotalMark, kWidened, "note.labelled"}};
    Apply(row, total, context);
  }
  source.UseAll(total);
}

// `carried` is the grade that the achievement has already, if any.
void MapSupplementOf(const Frame& frame, const SourceNode* supplement, const SourceNode* carried,
                     DraftAchievement* achievement) {
  const Context context = {frame.source, frame.draft->TargetsOf(*achievement), frame.language};
  Apply(kSupplement, supplement, context);
  for (const SourceNode* total : frame.source->Find(supplement, kTotalGrade)) MapTotalGrade(context, carried, total);
}

// The supplement inside a certificate names the learner again; whether it is the same person. Demonstrations exist that
// swap the names.
bool CompareHolder(const Frame& frame, const SourceNode* root, const SourceNode* supplement) {
  const SourceNode* const holder = frame.source->FindFirst(supplement, "angabenInhaber");
  if (holder == nullptr) return true;
  const Source& source = *frame.source;
  std::vector<std::string> given;
  for (const SourceNode* name : source.Find(root, "studierender/nameNatuerlichePerson/vorname/name")) {
    given.emplace_back(absl::StripAsciiWhitespace(name->text));
  }
  const std::string first = absl::StrJoin(given, " ");
  const std::string family = source.TextOf(root, "studierender/nameNatuerlichePerson/familienname/name");
  const std::string held_first = source.TextOf(holder, "vorname");
  const std::string held_family = source.TextOf(holder, "familienname");
  const bool same_name = held_family == family && held_first == first;
  const std::string born = source.TextOf(holder, "geburtsdatum/jahrMonatTag");
  const std::string day = source.TextOf(root, "studierender/geburt/datum/jahrMonatTag");
  if (!same_name) {
    frame.source->Warn("learner.contradiction", holder,
                       "The supplement names the learner otherwise than the certificate.");
    const bool swapped = held_family == first && held_first == family;
    if (!swapped) {
      frame.source->Drop(supplement, "names another person than the certificate");
      return false;
    }
    frame.source->Drop(holder, "contradicts the certificate, whose names are carried");
    return true;
  }
  if (!born.empty() && !day.empty() && born != day) {
    const SourceNode* const date = frame.source->FindFirst(holder, "geburtsdatum/jahrMonatTag");
    frame.source->Warn("learner.contradiction", date, "The supplement has another date of birth than the certificate.");
    frame.source->Drop(holder, "contradicts the certificate, whose date of birth is carried");
    return true;
  }
  frame.source->UseAll(holder);
  return true;
}

// What was passed of the items of `holder`, the document or an item that was not passed itself. Recursive; reading has
// bounded the depth.
void MapItems(const Frame& frame, const SourceNode* root, const SourceNode* holder) {
  for (const SourceNode* item : frame.source->Find(holder, "leistung")) {
    if (!IsPassed(*frame.source, item)) {
      LeaveOut(frame, item);
      MapItems(frame, root, item);
      continue;
    }
    DraftAchievement& achievement = frame.draft->AddAchievement(item);
    MapUniversity(frame, root, {frame.source, frame.draft->TargetsOf(achievement), frame.language});
    MapItem(frame, &achievement, item, 0);
    DateByDocument(frame, root, &achievement);
  }
}

// The items of a certificate beside its programme, such as the thesis.
void MapFurtherItems(const Frame& frame, const std::vector<const SourceNode*>& items, DraftAchievement* achievement) {
  for (size_t i = 1; i < items.size(); ++i) {
    if (StandsInCertificate(*frame.source, items[i])) {
      AddPart(frame, achievement, items[i], 1);
    } else {
      LeaveOut(frame, items[i]);
      MapParts(frame, achievement, items[i], 0);
    }
  }
}

absl::Status NotPassed(const Frame& frame, const SourceNode* place) {
  return Problem(Reason::kNothingAwarded, frame.source->tree().Path(place));
}

}  // namespace

void MapTranscript(const Frame& frame, const SourceNode* root) {
  MapPeople(frame, root);
  MapItems(frame, root, root);
  Apply(kDates, root, {frame.source, frame.draft->DocumentTargets(), frame.language});
  DateOfDocument(frame, root);
}

absl::Status MapCertificate(const Frame& frame, const SourceNode* root) {
  MapPeople(frame, root);
  const std::vector<const SourceNode*> items = frame.source->Find(root, "leistung");
  const SourceNode* const item = items.empty() ? nullptr : items.front();
  const SourceNode* const grade = frame.source->FindFirst(root, "benotung/gesamtnote");
  const bool item_says = item != nullptr && StatedPassed(*frame.source, item).has_value();
  const bool total_fails = document::XBildungPassed(*frame.source, grade) == false;
  if (item != nullptr && !StandsInCertificate(*frame.source, item)) return NotPassed(frame, item);
  if (!item_says && total_fails) return NotPassed(frame, grade);
  DraftAchievement& achievement = frame.draft->AddAchievement(item == nullptr ? root : item);
  const Context context = {frame.source, frame.draft->TargetsOf(achievement), frame.language};
  MapUniversity(frame, root, context);
  Apply(kDates, root, context);
  if (item != nullptr) {
    MapItem(frame, &achievement, item, 0);
  } else {
    Apply(kProgramme, root, context);
  }
  MapFurtherItems(frame, items, &achievement);
  Apply(kCertificate, root, context);
  const SourceNode* const of_item = frame.source->FindFirst(item, "benotung");
  MapTotalGrade(context, of_item, grade);
  const SourceNode* const supplement = frame.source->FindFirst(root, "diplomaSupplement");
  if (supplement != nullptr && CompareHolder(frame, root, supplement)) {
    static constexpr Rule kInside[] = {
        {"angabenQualifikation/bezeichnungQualifikationGrad", "Q.altLabel", document::Text, kKept, ""},
        {"angabenQualifikation/verleihendeEinrichtung", "", document::UseIt, kDropped, ""}};
    Apply(kInside, supplement, context);
    MapSupplementOf(frame, supplement, grade == nullptr ? of_item : grade, &achievement);
  }
  DateByDocument(frame, root, &achievement);
  DateOfDocument(frame, root);
  return absl::OkStatus();
}

absl::Status MapSupplement(const Frame& frame, const SourceNode* root) {
  static constexpr Rule kAlone[] = {
      {"angabenQualifikation/bezeichnungQualifikationGrad", "A.title", document::PlainText, kKept, ""},
      {"angabenQualifikation/verleihendeEinrichtung", "B.legalName", document::Text, kKept, ""},
      {"titel", "names the kind of document", document::DropIt, kDropped, ""}};
  const SourceNode* const total = frame.source->FindFirst(root, kTotalGrade);
  if (document::XBildungPassed(*frame.source, total) == false) return NotPassed(frame, total);
  DraftAchievement& achievement = frame.draft->AddAchievement(root);
  const Context context = {frame.source, frame.draft->TargetsOf(achievement), frame.language};
  Apply(kHolder, frame.source->FindFirst(root, "angabenInhaber"), {frame.source, context.targets, "und"});
  document::CountryOfRegister("DE", context);
  Apply(kAlone, root, context);
  Apply(kDates, root, context);
  MapSupplementOf(frame, root, nullptr, &achievement);
  DateByDocument(frame, root, &achievement);
  DateOfDocument(frame, root);
  return absl::OkStatus();
}

}  // namespace passerelle::adapters::xhochschule
