#include "adapters/koski/mapping.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "core/base/limits.h"
#include "core/document/national.h"
#include "core/elm/rules/finland.h"

namespace passerelle::adapters::koski {
namespace {

// What must not leave the register: support, health, detention, economic situation, adapted aims, free text about the
// learner, and people who signed. Names of members, wherever they stand.
constexpr absl::string_view kSensitive[] = {
    "lisätiedot",
    "todistuksellaNäkyvätLisätiedot",
    "keskiarvoSisältääMukautettujaArvosanoja",
    "tunnustettu",
    "opintojenRahoitus",
    "myöntäjäHenkilöt",
    "arvioitsijat",
    "kuvausTuesta",
};
// The last three are the core of the International Baccalaureate, as records had it until 2024.
constexpr absl::string_view kParts = "osasuoritukset|theoryOfKnowledge|extendedEssay|creativityActionService";
constexpr absl::string_view kPartialKind = "ammatillinentutkintoosittainen";  // with its variants
constexpr absl::string_view kWithheld = "may not leave the register";

bool IsSensitive(const SourceNode& node) {
  const auto* const found = std::find(std::begin(kSensitive), std::end(kSensitive), absl::string_view(node.name));
  return found != std::end(kSensitive);
}

// Which list a code is of, and which version of it, decides how the code is read. Nothing below what may not leave is
// touched, so that the report names its place only. Recursive; reading has bounded the depth.
void UseCodeLists(Source* source, const SourceNode* node) {
  if (IsSensitive(*node)) return;
  if (node->name == "koodistoUri" || node->name == "koodistoVersio" || node->name == "lyhytNimi") {
    source->UseAll(node);
    return;
  }
  for (const SourceNode* child = node->first_child; child != nullptr; child = child->next_sibling) {
    UseCodeLists(source, child);
  }
}

std::string CodeOf(const Source& source, const SourceNode* node, absl::string_view path) {
  return source.TextOf(node, absl::StrCat(path, "/koodiarvo"));
}
std::string ListOf(const Source& source, const SourceNode* node, absl::string_view path) {
  return source.TextOf(node, absl::StrCat(path, "/koodistoUri"));
}

// --- Conversions
// ------------------------------------------------------------------------------------------------------

// An entry of {"fi": …, "sv": …, "en": …}: the name of the member is the language.
LossClass LocalText(const Step& step) {
  Context context = step.context;
  context.language = step.node->name;
  return document::Text({context, step.rule, step.node});
}

// The same as a note that says what it is: the label is the name of what holds the texts.
LossClass LocalNote(const Step& step) {
  const std::string language = step.source().SeeLanguage(step.node->name, step.node);
  const SourceNode* holder = step.node->parent->parent;
  // An entry of a list, or the code that the name belongs to.
  while ((holder->name.empty() || holder->name == "tunniste") && holder->parent != nullptr) holder = holder->parent;
  const std::string text = absl::StrCat(holder->name, ": ", step.Value());
  return document::PutText(step.context.targets, step.rule.target, language, text) == kKept ? step.rule.loss : kDropped;
}

// A code as an identifier, whose scheme is the code list that stands beside it.
LossClass CodeIdentifier(const Step& step) {
  const SourceNode* const list = step.source().FindFirst(step.node->parent, "koodistoUri");
  return document::PutIdentifier(step, list == nullptr ? absl::string_view() : absl::string_view(list->text));
}

// A code, as a note that says what it is.
LossClass CodeOfHolder(const Step& step) {
  return document::NoteOf(step, step.rule.target, step.node->parent->name, step.Value());
}

// The code of what the record has no name for, as a note that says what it is.
LossClass CodeUnlessNamed(const Step& step) {
  if (step.source().FindFirst(step.node->parent, "nimi") == nullptr) return CodeOfHolder(step);
  step.source().Use(step.node);
  return kDone;
}

bool IsPartial(absl::string_view kind) { return absl::StartsWith(kind, kPartialKind); }

LossClass LearnerNumber(const Step& step) { return document::PutIdentifier(step, "oppijanumero"); }
LossClass OrganisationOid(const Step& step) { return document::PutIdentifier(step, "organisaatio-OID"); }
LossClass SchoolNumber(const Step& step) { return document::PutIdentifier(step, "oppilaitosnumero"); }

// --- Tables
// -----------------------------------------------------------------------------------------------------------

constexpr Rule kLearner[] = {
    {"etunimet", "S.givenName", document::Text, kKept, ""},
    {"sukunimi", "S.familyName", document::Text, kKept, ""},
    {"kutsumanimi", "is one of the given names", document::DropIt, kDropped, ""},
    {"syntymäaika", "S.dateOfBirth", document::BirthDate, kKept, "date.calendar"},
    {"hetu", "S.nationalID", document::FinnishIdentityCode, kKept, ""},
    {"oid", "S.identifier", LearnerNumber, kKept, ""},
};

constexpr Rule kBody[] = {
    {"nimi/*", "B.legalName", LocalText, kKept, ""},
    {"oid", "B.identifier", OrganisationOid, kKept, ""},
    {"oppilaitosnumero/koodiarvo", "B.identifier", SchoolNumber, kKept, ""},
    {"kotipaikka/nimi/*", "B.location[0].geographicName", LocalText, kKept, ""},
};

// Of a performance and of its parts alike.
constexpr Rule kAchievement[] = {
    {"koulutusmoduuli/opintokokonaisuus/nimi/*", "A.title", LocalText, kKept, ""},
    {"koulutusmoduuli/opintokokonaisuus/koodiarvo", "Q.identifier", CodeIdentifier, kKept, ""},
    {"koulutusmoduuli/tunniste/nimi/*", "A.title", LocalText, kKept, ""},
    {"koulutusmoduuli/tunniste/koodiarvo", "Q.identifier", CodeIdentifier, kKept, ""},
    {"koulutusmoduuli/kuvaus/*", "Q.description", LocalText, kKept, ""},
    {"koulutusmoduuli/kieli/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"koulutusmoduuli/kieli/koodiarvo", "Q.additionalNote", CodeUnlessNamed, kWidened, "note.labelled"},
    {"koulutusmoduuli/perusteenDiaarinumero", "Q.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"tutkinto/tunniste/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"suoritustapa/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"oppimäärä/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"kokonaispistemäärä", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"kokonaispistemäärästäJohdettuKeskiarvo", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"lisäpisteet/koodiarvo", "A.additionalNote", CodeOfHolder, kWidened, "note.labelled"},
    {"osaamisala/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"osaamisala/osaamisala/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"toimipiste/nimi/*", "A.additionalNote", LocalNote, kWidened, "note.labelled"},
    {"suorituskieli/koodiarvo", "Q.language", document::LanguageCode, kKept, "language.code"},
    {"suorituskieli/nimi", "", document::UseIt, kDropped, ""},
    {"vahvistus/päivä", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"vahvistus/paikkakunta", "place of the signature", document::DropIt, kDropped, ""},
};

// The title of a degree, which parts of one do not give.
constexpr Rule kTitleOfDegree[] = {{"tutkintonimike/nimi/*", "Q.altLabel", LocalText, kKept, ""}};
constexpr Rule kTitleOfWhole[] = {{"tutkintonimike/nimi/*", "Q.additionalNote", LocalNote, kWidened, "note.labelled"}};

constexpr Rule kGrade[] = {
    {"arvosana/koodiarvo", "T.grade", document::Text, kKept, ""},
    {"arvosana/koodistoUri", "T.specifiedBy[0].gradingScheme.title", document::Text, kKept, ""},
    {"arvosana/nimi", "", document::UseIt, kDropped, ""},
    {"predicted", "", document::UseIt, kDropped, ""},
    {"taitotaso/koodiarvo", "A.additionalNote", CodeOfHolder, kWidened, "note.labelled"},
    {"päivä", "T.dateIssued", document::DateTime, kKept, "date.calendar"},
};

// The mark of an examination as a whole, where its parts are assessed and it is not: a code, or a number.
constexpr Rule kOverallMark[] = {
    {"yleisarvosana", "T.grade", document::Verbatim, kKept, ""},
    {"yleisarvosana/koodiarvo", "T.grade", document::Text, kKept, ""},
    {"yleisarvosana/koodistoUri", "T.specifiedBy[0].gradingScheme.title", document::Text, kKept, ""},
    {"yleisarvosana/nimi", "", document::UseIt, kDropped, ""},
};

// --- Parts of a performance -----------------------------------------------------------------------------------------

void TitleFromList(Source* source, const SourceNode* code, absl::string_view finnish, absl::string_view swedish,
                   DraftAchievement* draft) {
  elm::AddText("fi", finnish, draft->achievement.mutable_title());
  elm::AddText("sv", swedish, draft->achievement.mutable_title());
  source->SeeLanguage("fi", code);
  source->SeeLanguage("sv", code);
  source->Carry(code, "A.title", kDerived, "title.code-list");
}

// Rule title.code-list: a record may hold only the code of what was achieved. A code that no list names stands itself.
void TitleByCode(Source* source, const SourceNode* performance, DraftAchievement* draft) {
  if (!draft->achievement.title().empty()) return;
  const SourceNode* const code = source->FindFirst(performance, "koulutusmoduuli/tunniste/koodiarvo");
  if (code == nullptr) return;
  const bool is_badge = ListOf(*source, performance, "koulutusmoduuli/tunniste") == "osaamismerkit";
  const auto badge = is_badge ? elm::BadgeNameOf(code->text) : std::nullopt;
  if (badge.has_value()) return TitleFromList(source, code, badge->finnish, badge->swedish, draft);
  const auto kind = is_badge ? std::nullopt : elm::PerformanceNameOf(CodeOf(*source, performance, "tyyppi"));
  if (kind.has_value()) return TitleFromList(source, code, kind->finnish, kind->swedish, draft);
  source->Warn("title.code", code, "The record has no name for it; the code stands as the title.");
  elm::AddText("und", code->text, draft->achievement.mutable_title());
  source->Carry(code, "A.title", kWidened, "title.code");
}

// Rule outcomes.code-list: what a badge stands for is said in the national list, under its code.
void OutcomesByReference(Source* source, const SourceNode* performance) {
  const SourceNode* const code = source->FindFirst(performance, "koulutusmoduuli/tunniste/koodiarvo");
  const std::string list = ListOf(*source, performance, "koulutusmoduuli/tunniste");
  if (code == nullptr || (list != "osaamismerkit" && list != "tutkinnonosat")) return;
  source->Origin("A1-M06", document::v1::ELEMENT_STATUS_BY_REFERENCE, code, "outcomes.code-list");
}

// Rule level.koulutus, for codes of the classification of education only.
void LevelByCode(Source* source, const SourceNode* performance, const Context& context) {
  static constexpr Rule kLevel[] = {
      {"koulutusmoduuli/tunniste/koodiarvo", "Q.eqfLevel", document::FinnishLevelOfCode, kDerived, "level.koulutus"}};
  if (ListOf(*source, performance, "koulutusmoduuli/tunniste") == "koulutus") Apply(kLevel, performance, context);
}

bool IsHigherEducation(absl::string_view kind) { return absl::StrContains(kind, "korkeakoulu"); }

// Rule workload.scope: study points are ECTS credits in higher education only, whatever their English label says; hours
// are hours; every other unit stays text.
void MapScope(Source* source, const SourceNode* performance, bool higher_education, const Context& context) {
  const SourceNode* const scope = source->FindFirst(performance, "koulutusmoduuli/laajuus");
  const SourceNode* const value = source->FindFirst(scope, "arvo");
  if (value == nullptr || value->text.empty()) return;
  const std::string unit = CodeOf(*source, scope, "yksikkö");
  source->UseAll(source->FindFirst(scope, "yksikkö"));
  static constexpr Rule kCredits[] = {{"arvo", "Q.creditPoint", document::EctsPoints, kKept, "credit.ects"}};
  static constexpr Rule kHours[] = {{"arvo", "Q.volumeOfLearning", document::Hours, kKept, "workload.hours"}};
  if (unit == elm::kScopeUnitStudyPoints && higher_education) {
    Apply(kCredits, scope, context);
    *context.targets.achievement->mutable_credit_received() = context.targets.qualification->credit_point();
    return;
  }
  if (unit == elm::kScopeUnitHours) {
    Apply(kHours, scope, context);
    return;
  }
  const absl::string_view word = elm::ScopeUnitName(unit);
  constexpr absl::string_view kTarget = "Q.additionalNote#A1-M07";
  const std::string text = absl::StrCat("Scope: ", value->text, " ", word.empty() ? "of an unknown unit" : word);
  document::PutText(context.targets, kTarget, "en", text);
  source->Carry(value, kTarget, kWidened, "workload.scope");
}

// Rule status.predicted: a mark that is only expected, as schools of the International Baccalaureate give them.
bool IsForecast(const Source& source, const SourceNode* assessment) {
  return source.TextOf(assessment, "predicted") == "true";
}

// Whether a mark was not passed: as it is stated, or else by its scale.
bool IsFailed(const Source& source, const SourceNode* holder, absl::string_view mark) {
  const std::string passed = source.TextOf(holder, "hyväksytty");
  if (!passed.empty()) return passed == "false";
  return elm::FailsOnScale(ListOf(source, holder, mark), CodeOf(source, holder, mark));
}

void MapGrade(Source* source, const Assessment& assessment, const SourceNode* performance, const Context& context) {
  for (const SourceNode* other : source->Find(performance, "arviointi")) {
    if (other == assessment.node) continue;
    if (IsForecast(*source, other)) {
      source->Warn("status.predicted", other, "A forecast is no assessment.");
      source->Drop(other, "a forecast, no assessment");
    } else {
      source->Drop(other, "an earlier assessment; the last one counts");
    }
  }
  if (assessment.node == nullptr) return Apply(kOverallMark, performance, context);
  Apply(kGrade, assessment.node, context);
  const SourceNode* const passed = source->FindFirst(assessment.node, "hyväksytty");
  if (passed == nullptr || passed->text != "true" || !context.targets.assessment->has_grade()) return;
  document::MarkPassed(context.targets);
  source->Carry(passed, "T.gradeStatus", kKept, "");
}

void MapParts(Source* source, Draft* draft, DraftAchievement* whole, const SourceNode* performance,
              bool higher_education, size_t depth);

void MapOne(Source* source, Draft* draft, DraftAchievement* achievement, const SourceNode* performance,
            bool higher_education, size_t depth) {
  const Context context = {source, draft->TargetsOf(*achievement), "und"};
  Apply(kAchievement, performance, context);
  TitleByCode(source, performance, achievement);
  OutcomesByReference(source, performance);
  LevelByCode(source, performance, context);
  const SourceNode* const kind = source->FindFirst(performance, "tyyppi/koodiarvo");
  const bool partial = kind != nullptr && IsPartial(kind->text);
  Apply(partial ? document::Rules(kTitleOfWhole) : document::Rules(kTitleOfDegree), performance, context);
  MapScope(source, performance, higher_education || (kind != nullptr && IsHigherEducation(kind->text)), context);
  MapGrade(source, LastAssessment(*source, performance), performance, context);
  source->UseAll(source->FindFirst(performance, "tyyppi/nimi"));
  if (kind != nullptr) {
    const auto name = elm::PerformanceNameOf(kind->text);
    elm::AddText("fi", name.has_value() ? name->finnish : absl::string_view(kind->text),
                 achievement->qualification.mutable_category());
    source->Carry(kind, "Q.category", kWidened, "kind.performance");
  }
  if (partial) {
    achievement->qualification.set_is_partial_qualification(true);
    source->Carry(kind, "Q.isPartialQualification", kDerived, "partial.performance");
  }
  MapParts(source, draft, achievement, performance, higher_education, depth);
}

// Recursive; reading has bounded the depth.
bool HasPassedPart(const Source& source, const SourceNode* performance) {
  const std::vector<const SourceNode*> parts = source.Find(performance, kParts);
  return std::any_of(parts.begin(), parts.end(), [&source](const SourceNode* part) {
    const Assessment assessment = LastAssessment(source, part);
    return (assessment.node != nullptr && !assessment.failed) || HasPassedPart(source, part);
  });
}

// Why a part is no achievement of its own; parts of it that were passed may be.
struct Obstacle {
  absl::string_view rule;
  absl::string_view message;
  absl::string_view reason;
};

std::optional<Obstacle> ObstacleOf(const Source& source, const SourceNode* part) {
  const Assessment assessment = LastAssessment(source, part);
  if (assessment.failed) {
    return Obstacle{"status.not-passed", "What was not passed is no achievement.", "not passed, so no achievement"};
  }
  if (assessment.node != nullptr || HasPassedPart(source, part)) return std::nullopt;
  if (source.FindFirst(part, "arviointi") != nullptr) {
    return Obstacle{"status.predicted", "A forecast is no assessment.", "only a forecast, so not known to be passed"};
  }
  return Obstacle{"status.not-assessed", "What was not assessed is not known to be passed.",
                  "not assessed, so not known to be passed"};
}

void MapParts(Source* source, Draft* draft, DraftAchievement* whole, const SourceNode* performance,
              bool higher_education, size_t depth) {
  for (const SourceNode* part : source->Find(performance, kParts)) {
    if (depth >= base::kPartsDepthMax) {
      source->Warn("parts.depth", part, "Parts are nested deeper than the limit.");
      source->Drop(part, "nested deeper than the limit");
      continue;
    }
    if (const auto obstacle = ObstacleOf(*source, part)) {
      source->Warn(obstacle->rule, part, obstacle->message);
      source->DropButParts(part, kParts, obstacle->reason);
      MapParts(source, draft, whole, part, higher_education, depth);
      continue;
    }
    const int scope = source->scope();
    MapOne(source, draft, &draft->AddPart(whole, part), part, higher_education, depth + 1);
    source->SetScope(scope);
  }
}

// The awarding organisation is that of the confirmation; the school stands in for it, as derived.
void MapBody(Source* source, Draft* draft, DraftAchievement* achievement, const SourceNode* right,
             const SourceNode* performance) {
  const SourceNode* node = source->FindFirst(performance, "vahvistus/myöntäjäOrganisaatio");
  const bool derived = node == nullptr;
  if (derived) node = source->FindFirst(right, "oppilaitos");
  achievement->body = draft->AddBody();
  const Context context = {source, draft->TargetsOf(*achievement), "und"};
  document::CountryOfRegister("FI", context);
  Apply(kBody, node, context);
  if (derived) source->Supply("B.legalName", kDerived, "issuer.school");
  if (!derived) source->Drop(source->FindFirst(right, "oppilaitos"), "the school; the awarding body is carried");
}

}  // namespace

void WithholdSensitive(Source* source) {
  for (const SourceNode& node : source->tree().nodes()) {
    if (IsSensitive(node)) source->Drop(&node, kWithheld);
  }
}

Assessment LastAssessment(const Source& source, const SourceNode* performance) {
  Assessment last;
  std::string date;
  for (const SourceNode* node : source.Find(performance, "arviointi")) {
    if (IsForecast(source, node)) continue;
    const std::string day = source.TextOf(node, "päivä");
    if (last.node != nullptr && day < date) continue;
    date = day;
    last.node = node;
    last.failed = IsFailed(source, node, "arvosana");
  }
  if (last.node == nullptr) last.failed = IsFailed(source, performance, "yleisarvosana");
  // A year of school that is to be repeated.
  if (source.TextOf(performance, "jääLuokalle") == "true") last.failed = true;
  return last;
}

void MapLearner(Source* source, Draft* draft, const SourceNode* person) {
  source->Drop(person, "not on the list of what may leave the register");
  Apply(kLearner, person, {source, draft->DocumentTargets(), "und"});
}

void MapPerformance(Source* source, Draft* draft, const SourceNode* right, const SourceNode* performance) {
  DraftAchievement& achievement = draft->AddAchievement(performance);
  UseCodeLists(source, performance);
  MapBody(source, draft, &achievement, right, performance);
  const bool higher_education = IsHigherEducation(CodeOf(*source, right, "tyyppi"));
  MapOne(source, draft, &achievement, performance, higher_education, 0);
  for (const char* name : {"tyyppi", "tila"})
    source->Drop(source->FindFirst(right, name), "describes the right to study");
  for (const char* name : {"alkamispäivä", "päättymispäivä", "arvioituPäättymispäivä", "oid", "ostettu"}) {
    source->Drop(source->FindFirst(right, name), "describes the right to study");
  }
}

}  // namespace passerelle::adapters::koski
