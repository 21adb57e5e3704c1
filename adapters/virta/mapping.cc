#include "adapters/virta/mapping.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "core/base/limits.h"
#include "core/document/national.h"
#include "core/elm/rules/finland.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::virta {
namespace {

// --- Conversions
// ------------------------------------------------------------------------------------------------------

// A text whose attribute kieli says its language.
LossClass KieliText(const Step& step) {
  Context context = step.context;
  context.language = step.source().Language(step.source().FindFirst(step.node, "@kieli"));
  return document::Text({context, step.rule, step.node});
}

LossClass LearnerNumber(const Step& step) { return document::PutIdentifier(step, "oppijanumero"); }
LossClass RecordKey(const Step& step) { return document::PutIdentifier(step, "opiskelija_avain"); }
LossClass StudyKey(const Step& step) { return document::PutIdentifier(step, "opintosuoritus_avain"); }
LossClass ModuleCode(const Step& step) { return document::PutIdentifier(step, "koulutusmoduulitunniste"); }
LossClass NationalModuleCode(const Step& step) {
  return document::PutIdentifier(step, "valtakunnallinenKoulutusmoduulitunniste");
}
LossClass EducationCode(const Step& step) { return document::PutIdentifier(step, "koulutus"); }

// Credits are in the register once they were earned.
LossClass Credits(const Step& step) {
  const LossClass put = document::EctsPoints(step);
  if (put == kKept) {
    *step.context.targets.achievement->mutable_credit_received() = step.context.targets.qualification->credit_point();
  }
  return put;
}

// Laji: 1 is a degree, 2 any other study.
LossClass Kind(const Step& step) {
  const absl::string_view code =
      step.Value() == "1" ? elm::kOpportunityTypeEducationalProgramme : elm::kOpportunityTypeCourse;
  const auto kind = elm::ConceptOf(elm::Vocabulary::kOpportunityType, code);
  if (!kind.has_value()) return kDropped;
  return document::PutConcept(step.context.targets, step.rule.target, *kind) == kKept ? step.rule.loss : kDropped;
}

// A field of education, by the list that its attribute names; the lists are national and have no ISCED code here.
LossClass Field(const Step& step) {
  const SourceNode* const version = step.source().FindFirst(step.node, "@versio");
  step.source().Use(version);
  const std::string label =
      absl::StrCat("Koulutusala", version == nullptr ? "" : absl::StrCat(" (", version->text, ")"));
  return document::NoteOf(step, step.rule.target, label, step.Value());
}

// The role of an organisation beside the one that awarded, such as the one before a merger.
LossClass OtherOrganisation(const Step& step) {
  const SourceNode* const role = step.source().FindFirst(step.node->parent, "Rooli");
  step.source().Use(role);
  const std::string label = absl::StrCat("Organisation in role ", role == nullptr ? "unknown" : role->text);
  return document::NoteOf(step, step.rule.target, label, step.Value());
}

// A degree's thesis; "0" says only that a study is none.
LossClass Thesis(const Step& step) {
  const auto kind = elm::ConceptOf(elm::Vocabulary::kOpportunityType, elm::kOpportunityTypeThesis);
  if (step.Value() != "1" || !kind.has_value()) {
    step.source().Use(step.node);
    return kDone;
  }
  return document::PutConcept(step.context.targets, step.rule.target, *kind) == kKept ? step.rule.loss : kDropped;
}

// --- Tables
// -----------------------------------------------------------------------------------------------------------

constexpr Rule kLearner[] = {
    {"Henkilotunnus", "S.nationalID", document::FinnishIdentityCode, kKept, ""},
    {"KansallinenOppijanumero", "S.identifier", LearnerNumber, kKept, ""},
    {"@avain", "S.identifier", RecordKey, kKept, ""},
    {"Opiskeluoikeudet", "a right to study is no achievement", document::DropIt, kDropped, ""},
    {"LukukausiIlmoittautumiset", "enrolment for a term is no achievement", document::DropIt, kDropped, ""},
    {"Liikkuvuusjaksot", "a period of mobility is no achievement", document::DropIt, kDropped, ""},
};

constexpr Rule kStudy[] = {
    {"Nimi", "A.title", KieliText, kKept, ""},
    {"@avain", "A.identifier", StudyKey, kKept, ""},
    {"@koulutusmoduulitunniste", "Q.identifier", ModuleCode, kKept, ""},
    {"@valtakunnallinenKoulutusmoduulitunniste", "Q.identifier", NationalModuleCode, kKept, ""},
    {"@opiskelijaAvain", "", document::UseIt, kDropped, ""},
    {"SuoritusPvm", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"HyvaksilukuPvm", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"Laajuus/Opintopiste", "Q.creditPoint", Credits, kKept, "credit.ects"},
    {"Laajuus/Opintoviikko", "Q.additionalNote#A1-M07", document::LabelledNote, kWidened, "workload.scope"},
    {"TKILaajuus|TKILaajuusHarjoittelu|TKILaajuusMuu", "share of research and development in the scope",
     document::DropIt, kDropped, ""},
    {"Koulutuskoodi", "Q.identifier", EducationCode, kKept, ""},
    {"Koulutuskoodi", "Q.eqfLevel", document::FinnishLevelOfCode, kDerived, "level.koulutus"},
    {"Laji", "Q.dcType", Kind, kDerived, "kind.learning-opportunity"},
    {"Opinnaytetyo", "Q.dcType", Thesis, kDerived, "kind.learning-opportunity"},
    {"Kieli", "Q.language", document::LanguageCode, kKept, "language.code"},
    {"Koulutusala/Koodi", "Q.additionalNote", Field, kWidened, "note.labelled"},
    {"Organisaatio/Koodi", "A.additionalNote", OtherOrganisation, kWidened, "note.labelled"},
    {"Luokittelu", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"Patevyys", "A.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"JulkinenLisatieto", "A.additionalNote", KieliText, kWidened, ""},
};

// --- Studies
// ----------------------------------------------------------------------------------------------------------

// What the studies of a document are to each other, while they are mapped.
struct Studies {
  Source* source;
  Draft* draft;
  std::vector<const SourceNode*> all;
  absl::flat_hash_map<std::string, const SourceNode*> by_key;
  absl::flat_hash_map<std::string, std::string> right_kinds;        // by key of the right to study
  absl::flat_hash_map<std::string, elm::v3::Organisation*> bodies;  // by code
  absl::flat_hash_set<const SourceNode*> done;
};

const SourceNode* GradeNode(const Source& source, const SourceNode* study) {
  return source.FindFirst(study, "Arvosana/*");
}

// The grade as written, and whether it says that the study was not passed.
struct Grade {
  const SourceNode* code = nullptr;
  std::string text;
  std::string scheme;
  bool failed = false;
  bool passed = false;
};

Grade ReadGrade(const Source& source, const SourceNode* study) {
  Grade grade;
  const SourceNode* const scale = GradeNode(source, study);
  if (scale == nullptr || scale->name == "EiKaytossa") return grade;
  grade.scheme = scale->name;
  if (scale->name != "Muu") {
    grade.code = scale;
    grade.text = source.TextOf(scale, "");
    const auto known = elm::GradeOfCode(grade.text);
    grade.passed = known.has_value() && known->passed;
    grade.failed = known.has_value() && !known->passed;
    return grade;
  }
  // A scale of the institution: the code is the key of one of its grades.
  grade.code = source.FindFirst(scale, "Koodi");
  grade.text = source.TextOf(scale, "Koodi");
  grade.scheme = source.TextOf(scale, "Asteikko/Nimi");
  for (const SourceNode* one : source.Find(scale, "Asteikko/AsteikkoArvosana")) {
    if (source.TextOf(one, "@avain") != grade.text && source.TextOf(one, "Koodi") != grade.text) continue;
    const std::string name = source.TextOf(one, "Nimi");
    grade.failed = name == "Hylätty";
    grade.passed = !grade.failed && !name.empty();
    if (!name.empty() && name != grade.text) grade.text = absl::StrCat(grade.text, " (", name, ")");
  }
  return grade;
}

// A study that is no achievement: the reason, or nothing.
absl::string_view WhyNoAchievement(const Source& source, const SourceNode* study) {
  const std::string kind = source.TextOf(study, "Laji");
  if (kind == "3" || kind == "4") return "internal to the institution, not to be counted";
  if (ReadGrade(source, study).failed) return "not passed, so no achievement";
  return "";
}

void MapGrade(Source* source, const SourceNode* study, const Context& context) {
  const Grade grade = ReadGrade(*source, study);
  if (grade.code == nullptr || grade.text.empty()) {
    source->UseAll(GradeNode(*source, study));
    return;
  }
  const SourceNode* const scale = GradeNode(*source, study);
  if (scale->name == "Muu") source->UseAll(source->FindFirst(scale, "Asteikko"));
  auto* const assessment = context.targets.assessment;
  elm::AddText("und", grade.text, assessment->mutable_grade()->mutable_note_literal());
  source->Carry(grade.code, "T.grade", kKept, "");
  elm::AddText(scale->name == "Muu" ? "und" : "fi", grade.scheme,
               assessment->add_specified_by()->mutable_grading_scheme()->mutable_title());
  if (grade.passed) document::MarkPassed(context.targets);
}

// Rule issuer.by-reference: the register has the code of the organisation, whose name is elsewhere.
elm::v3::Organisation* BodyOf(Studies* studies, const SourceNode* study) {
  const SourceNode* const code = studies->source->FindFirst(study, "Myontaja");
  const std::string key = code == nullptr ? "" : code->text;
  elm::v3::Organisation*& body = studies->bodies[key];
  if (body == nullptr) {
    body = studies->draft->AddBody();
    document::AddIdentifier(key, "oppilaitosnumero", body->mutable_identifier());
  }
  studies->source->Carry(code, "B.identifier", kKept, "issuer.by-reference");
  return body;
}

// The right to study tells of what kind of education a study was part.
void MapRight(const Studies& studies, const SourceNode* study, const Context& context) {
  const SourceNode* const key = studies.source->FindFirst(study, "@opiskeluoikeusAvain");
  if (key == nullptr) return;
  studies.source->Use(key);
  const auto kind = studies.right_kinds.find(key->text);
  const absl::string_view word = kind == studies.right_kinds.end() ? "" : elm::StudyRightName(kind->second);
  if (word.empty()) return;
  document::PutText(context.targets, "A.additionalNote", "en", absl::StrCat("Right to study: ", word));
  studies.source->Supply("A.additionalNote", kDerived, "note.right-to-study");
}

void MapStudy(Studies* studies, DraftAchievement* achievement, const SourceNode* study, size_t depth);

void MapParts(Studies* studies, DraftAchievement* whole, const SourceNode* study, size_t depth) {
  Source* const source = studies->source;
  for (const SourceNode* link : source->Find(study, "Sisaltyvyys")) {
    const auto part = studies->by_key.find(source->TextOf(link, "@sisaltyvaOpintosuoritusAvain"));
    if (part == studies->by_key.end()) {
      source->Note("parts.dangling", link, "The part is not in the document.");
      source->Drop(link, "leads to a study that is not in the document");
    } else if (studies->done.contains(part->second)) {
      source->Warn("parts.repeated", link, "The part contains this study itself, or is a part of another one already.");
      source->Drop(link, "leads to a study that is carried elsewhere");
    } else if (depth >= base::kPartsDepthMax) {
      source->Warn("parts.depth", link, "Parts are nested deeper than the limit.");
      source->Drop(link, "nested deeper than the limit");
    } else if (WhyNoAchievement(*source, part->second).empty()) {
      source->UseAll(link);
      const int scope = source->scope();
      MapStudy(studies, &studies->draft->AddPart(whole, part->second), part->second, depth + 1);
      source->SetScope(scope);
    } else {
      source->Drop(link, "leads to a study that is no achievement");
    }
  }
}

void MapStudy(Studies* studies, DraftAchievement* achievement, const SourceNode* study, size_t depth) {
  studies->done.insert(study);
  achievement->body = BodyOf(studies, study);
  const Context context = {studies->source, studies->draft->TargetsOf(*achievement), "und"};
  document::CountryOfRegister("FI", context);
  Apply(kStudy, study, context);
  MapGrade(studies->source, study, context);
  MapRight(*studies, study, context);
  MapParts(studies, achievement, study, depth);
}

}  // namespace

void MapLearner(Source* source, Draft* draft, const std::vector<const SourceNode*>& records) {
  for (const SourceNode* record : records) Apply(kLearner, record, {source, draft->DocumentTargets(), "und"});
}

void MapStudies(Source* source, Draft* draft, const std::vector<const SourceNode*>& records) {
  Studies studies = {source, draft, {}, {}, {}, {}, {}};
  absl::flat_hash_set<std::string> contained;
  for (const SourceNode* record : records) {
    for (const SourceNode* right : source->Find(record, "Opiskeluoikeudet/Opiskeluoikeus")) {
      studies.right_kinds.emplace(source->TextOf(right, "@avain"), source->TextOf(right, "Tyyppi"));
    }
    for (const SourceNode* study : source->Find(record, "Opintosuoritukset/Opintosuoritus")) {
      const absl::string_view reason = WhyNoAchievement(*source, study);
      if (!reason.empty()) {
        source->Warn("status.not-passed", study, "This study is no achievement.");
        source->Drop(study, reason);
      }
      studies.all.push_back(study);
      studies.by_key.emplace(source->TextOf(study, "@avain"), study);
      if (!reason.empty()) continue;
      for (const SourceNode* link : source->Find(study, "Sisaltyvyys")) {
        contained.insert(source->TextOf(link, "@sisaltyvaOpintosuoritusAvain"));
      }
    }
  }
  // Wholes first, in the order of the document; then what only a circle of references contains.
  for (const bool circles : {false, true}) {
    for (const SourceNode* study : studies.all) {
      if (studies.done.contains(study) || !WhyNoAchievement(*source, study).empty()) continue;
      if (!circles && contained.contains(source->TextOf(study, "@avain"))) continue;
      if (circles)
        source->Warn("parts.cycle", study, "Studies contain each other; the first in the document is the whole.");
      MapStudy(&studies, &draft->AddAchievement(study), study, 0);
    }
  }
}

}  // namespace passerelle::adapters::virta
