#include "adapters/virta/mapping.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
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

// A degree's thesis, a switch of XML Schema; "0" and "false" say only that a study is none.
LossClass Thesis(const Step& step) {
  const auto kind = elm::ConceptOf(elm::Vocabulary::kOpportunityType, elm::kOpportunityTypeThesis);
  const bool is_thesis = step.Value() == "1" || step.Value() == "true";
  if (!is_thesis || !kind.has_value()) {
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
    // Names are in another answer of the register; some join the two.
    {"Etunimet", "S.givenName", document::Text, kKept, ""},
    {"Sukunimi", "S.familyName", document::Text, kKept, ""},
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
  absl::flat_hash_map<std::string, const SourceNode*> by_key;       // within its record
  absl::flat_hash_map<std::string, std::string> right_kinds;        // by key of the right to study, within its record
  absl::flat_hash_map<std::string, elm::v3::Organisation*> bodies;  // by code
  absl::flat_hash_set<const SourceNode*> done;
  absl::flat_hash_set<const SourceNode*> left_out;
};

// A key of a register: only the institution whose record it is in knows what it means.
std::string KeyWithin(const Source& source, const SourceNode* record, const SourceNode* node, absl::string_view path) {
  return absl::StrCat(record->index, "/", source.TextOf(node, path));
}

const SourceNode* RecordOf(const SourceNode* study) { return study->parent->parent; }

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
  bool ambiguous = false;  // the code names several grades of its scale
};

// A scale that an institution names after that of ECTS.
bool FailsOnEctsScale(absl::string_view scale, absl::string_view code) {
  return elm::IsEcts(scale) && (absl::EqualsIgnoreCase(code, "F") || absl::EqualsIgnoreCase(code, "FX"));
}

// The grade of an institution's own scale: its code is the key of one of the scale's grades, or the code of one.
Grade ReadOwnGrade(const Source& source, const SourceNode* scale) {
  Grade grade;
  grade.code = source.FindFirst(scale, "Koodi");
  grade.text = source.TextOf(scale, "Koodi");
  grade.scheme = source.TextOf(scale, "Asteikko/Nimi");
  const SourceNode* named = nullptr;
  for (const SourceNode* one : source.Find(scale, "Asteikko/AsteikkoArvosana")) {
    if (source.TextOf(one, "@avain") != grade.text && source.TextOf(one, "Koodi") != grade.text) continue;
    grade.ambiguous = named != nullptr;
    named = one;
  }
  if (grade.ambiguous) return grade;
  const std::string code = named == nullptr ? grade.text : source.TextOf(named, "Koodi");
  const std::string name = source.TextOf(named, "Nimi");
  const auto by_code = elm::PassedByFinnishWords(code);
  const auto by_name = elm::PassedByFinnishWords(name);
  grade.failed = by_code == false || by_name == false || FailsOnEctsScale(grade.scheme, code);
  grade.passed = !grade.failed && (by_code == true || by_name == true);
  grade.text = name.empty() || name == code ? code : absl::StrCat(code, " (", name, ")");
  return grade;
}

Grade ReadGrade(const Source& source, const SourceNode* study) {
  Grade grade;
  const SourceNode* const scale = GradeNode(source, study);
  if (scale == nullptr || scale->name == "EiKaytossa") return grade;
  if (scale->name == "Muu") return ReadOwnGrade(source, scale);
  grade.scheme = scale->name;
  grade.code = scale;
  grade.text = source.TextOf(scale, "");
  const auto known = elm::GradeOfCode(grade.text);
  grade.passed = known.has_value() && known->passed;
  grade.failed = known.has_value() && !known->passed;
  return grade;
}

bool HasTitle(const Source& source, const SourceNode* study) {
  const std::vector<const SourceNode*> names = source.Find(study, "Nimi");
  return std::any_of(names.begin(), names.end(),
                     [&source](const SourceNode* name) { return !source.TextOf(name, "").empty(); });
}

constexpr absl::string_view kTitleMissing = "title.missing";

// Why a study is not carried.
struct Obstacle {
  absl::string_view rule;
  absl::string_view message;
  absl::string_view reason;
};

std::optional<Obstacle> ObstacleOf(const Source& source, const SourceNode* study) {
  constexpr absl::string_view kRule = "status.not-passed";
  constexpr absl::string_view kMessage = "This study is no achievement.";
  const std::string kind = source.TextOf(study, "Laji");
  if (kind == "3" || kind == "4") return Obstacle{kRule, kMessage, "internal to the institution, not to be counted"};
  if (ReadGrade(source, study).failed) return Obstacle{kRule, kMessage, "not passed, so no achievement"};
  if (HasTitle(source, study)) return std::nullopt;
  return Obstacle{kTitleMissing, "A study without a name cannot be written; named parts remain.", "has no title"};
}

void MapGrade(Source* source, const SourceNode* study, const Context& context) {
  const Grade grade = ReadGrade(*source, study);
  if (grade.code == nullptr || grade.text.empty()) {
    source->UseAll(GradeNode(*source, study));
    return;
  }
  const SourceNode* const scale = GradeNode(*source, study);
  if (grade.ambiguous) {
    source->Warn("grade.ambiguous", grade.code, "The scale has several grades under this code; the code stands alone.");
  }
  if (scale->name == "Muu") source->UseAll(source->FindFirst(scale, "Asteikko"));
  auto* const assessment = context.targets.assessment;
  elm::AddText("und", grade.text, assessment->mutable_grade()->mutable_note_literal());
  source->Carry(grade.code, "T.grade", kKept, "");
  elm::AddText(scale->name == "Muu" ? "und" : "fi", grade.scheme,
               assessment->add_specified_by()->mutable_grading_scheme()->mutable_title());
  if (grade.passed) document::MarkPassed(context.targets);
}

// Finnish institutions have numbers of five digits; other codes stand for foreign ones, or for none.
bool IsFinnish(const Source& source, const SourceNode* study) {
  const std::string code = source.TextOf(study, "Myontaja");
  return code.size() == 5 && std::all_of(code.begin(), code.end(), absl::ascii_isdigit);
}

// Rule issuer.by-reference: the register has the code of the organisation, whose name is elsewhere.
elm::v3::Organisation* BodyOf(Studies* studies, const SourceNode* study) {
  const SourceNode* const code = studies->source->FindFirst(study, "Myontaja");
  const std::string key = code == nullptr ? "" : code->text;
  elm::v3::Organisation*& body = studies->bodies[key];
  if (body == nullptr) {
    body = studies->draft->AddBody();
    const bool number = IsFinnish(*studies->source, study);
    document::AddIdentifier(key, number ? "oppilaitosnumero" : "Myontaja", body->mutable_identifier());
  }
  studies->source->Carry(code, "B.identifier", kKept, "issuer.by-reference");
  return body;
}

// The right to study tells of what kind of education a study was part.
void MapRight(const Studies& studies, const SourceNode* study, const Context& context) {
  const SourceNode* const key = studies.source->FindFirst(study, "@opiskeluoikeusAvain");
  if (key == nullptr) return;
  studies.source->Use(key);
  const auto kind = studies.right_kinds.find(KeyWithin(*studies.source, RecordOf(study), key, ""));
  const absl::string_view word = kind == studies.right_kinds.end() ? "" : elm::StudyRightName(kind->second);
  if (word.empty()) return;
  document::PutText(context.targets, "A.additionalNote", "en", absl::StrCat("Right to study: ", word));
  studies.source->Supply("A.additionalNote", kDerived, "note.right-to-study");
}

// How much of a part counts in the whole, where that is not all of it.
void MapShare(Source* source, const SourceNode* link, const SourceNode* part, const Context& context) {
  const SourceNode* const share = source->FindFirst(link, "Opintopiste");
  const std::string points = source->TextOf(share, "");
  if (points.empty() || points == source->TextOf(part, "Laajuus/Opintopiste")) return;
  const std::string text = absl::StrCat("Study points that count in the whole: ", points);
  document::PutText(context.targets, "A.additionalNote", "en", text);
  source->Carry(share, "A.additionalNote", kWidened, "note.labelled");
}

void MapStudy(Studies* studies, DraftAchievement* achievement, const SourceNode* study, size_t depth);

void MapParts(Studies* studies, DraftAchievement* whole, const SourceNode* study, size_t depth) {
  Source* const source = studies->source;
  for (const SourceNode* link : source->Find(study, "Sisaltyvyys")) {
    const auto part = studies->by_key.find(KeyWithin(*source, RecordOf(study), link, "@sisaltyvaOpintosuoritusAvain"));
    if (part == studies->by_key.end()) {
      source->Note("parts.dangling", link, "The part is not in the document.");
      source->Drop(link, "leads to a study that is not in the document");
    } else if (studies->done.contains(part->second)) {
      source->Warn("parts.repeated", link, "The part contains this study itself, or is a part of another one already.");
      source->Drop(link, "leads to a study that is carried elsewhere");
    } else if (depth >= base::kPartsDepthMax) {
      source->Warn("parts.depth", link, "Parts are nested deeper than the limit.");
      source->Drop(link, "nested deeper than the limit");
    } else if (studies->left_out.contains(part->second)) {
      source->Drop(link, "leads to a study that is not carried");
    } else {
      source->UseAll(link);
      const int scope = source->scope();
      DraftAchievement& achievement = studies->draft->AddPart(whole, part->second);
      MapStudy(studies, &achievement, part->second, depth + 1);
      MapShare(source, link, part->second, {source, studies->draft->TargetsOf(achievement), "und"});
      source->SetScope(scope);
    }
  }
}

void MapStudy(Studies* studies, DraftAchievement* achievement, const SourceNode* study, size_t depth) {
  studies->done.insert(study);
  achievement->body = BodyOf(studies, study);
  const Context context = {studies->source, studies->draft->TargetsOf(*achievement), "und"};
  if (IsFinnish(*studies->source, study)) {
    document::CountryOfRegister("FI", context);
  } else {
    studies->source->Warn("body.abroad", studies->source->FindFirst(study, "Myontaja"),
                          "The code is no number of a Finnish institution; which institution and country it was is not "
                          "in the register.");
  }
  Apply(kStudy, study, context);
  MapGrade(studies->source, study, context);
  MapRight(*studies, study, context);
  MapParts(studies, achievement, study, depth);
}

}  // namespace

void MapLearner(Source* source, Draft* draft, const std::vector<const SourceNode*>& records) {
  for (const SourceNode* record : records) Apply(kLearner, record, {source, draft->DocumentTargets(), "und"});
}

absl::Status MapStudies(Source* source, Draft* draft, const std::vector<const SourceNode*>& records) {
  Studies studies = {source, draft, {}, {}, {}, {}, {}, {}};
  const SourceNode* untitled = nullptr;
  const SourceNode* first_left_out = nullptr;
  absl::flat_hash_set<std::string> contained;
  for (const SourceNode* record : records) {
    for (const SourceNode* right : source->Find(record, "Opiskeluoikeudet/Opiskeluoikeus")) {
      studies.right_kinds.emplace(KeyWithin(*source, record, right, "@avain"), source->TextOf(right, "Tyyppi"));
    }
    for (const SourceNode* study : source->Find(record, "Opintosuoritukset/Opintosuoritus")) {
      const auto obstacle = ObstacleOf(*source, study);
      if (obstacle.has_value()) {
        source->Warn(obstacle->rule, study, obstacle->message);
        source->Drop(study, obstacle->reason);
        if (untitled == nullptr && obstacle->rule == kTitleMissing) untitled = study;
        if (first_left_out == nullptr) first_left_out = study;
        studies.left_out.insert(study);
      }
      studies.all.push_back(study);
      studies.by_key.emplace(KeyWithin(*source, record, study, "@avain"), study);
      if (obstacle.has_value()) continue;
      for (const SourceNode* link : source->Find(study, "Sisaltyvyys")) {
        contained.insert(KeyWithin(*source, record, link, "@sisaltyvaOpintosuoritusAvain"));
      }
    }
  }
  // Wholes first, in the order of the document; then what only a circle of references contains.
  for (const bool circles : {false, true}) {
    for (const SourceNode* study : studies.all) {
      if (studies.done.contains(study) || studies.left_out.contains(study)) continue;
      if (!circles && contained.contains(KeyWithin(*source, RecordOf(study), study, "@avain"))) continue;
      if (circles)
        source->Warn("parts.cycle", study, "Studies contain each other; the first in the document is the whole.");
      MapStudy(&studies, &draft->AddAchievement(study), study, 0);
    }
  }
  if (studies.done.empty() && untitled != nullptr) {
    return Problem(Reason::kTitleMissing, source->tree().Path(untitled));
  }
  if (studies.done.empty() && first_left_out != nullptr) {
    return Problem(Reason::kNothingAwarded, source->tree().Path(first_left_out));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::adapters::virta
