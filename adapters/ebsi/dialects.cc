#include "adapters/ebsi/dialects.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/ebsi/bodies.h"
#include "adapters/ebsi/concepts.h"
#include "adapters/ebsi/outcomes.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/failing_words.h"
#include "adapters/families/learner_identifier.h"
#include "adapters/families/names.h"
#include "core/base/limits.h"
#include "core/document/mapping.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ebsi {
namespace {

using document::DropIt;
using document::LabelledNote;
using document::Text;
using document::Texts;
using document::UseIt;

// A DID identifies a learner to those who hold the register of it; it is a reference, not a name.
LossClass SubjectId(const Step& step) {
  elm::v3::IdentifierNode node;
  node.mutable_identifier()->set_notation(step.Value());
  if (absl::StartsWith(step.Value(), "did:")) node.mutable_identifier()->set_scheme_name("DID");
  if (PutMessage(step.context.targets, step.rule.target, node) == kDropped) return kDropped;
  step.source().Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, step.node, step.rule.rule);
  return kKept;
}

LossClass LegalId(const Step& step) {
  if (absl::EqualsIgnoreCase(step.Value(), "unknown")) {
    step.source().Drop(step.node, "is a placeholder");
    return kDone;
  }
  document::AddIdentifier(step.Value(), "eIDAS legal identifier", step.context.targets.body->mutable_identifier());
  return kKept;
}

LossClass Registration(const Step& step) {
  document::AddIdentifier(step.Value(), "registration", step.context.targets.body->mutable_identifier());
  return kKept;
}

// One digit in the place of a field of study is a level of education.
LossClass IscedCode(const Step& step) {
  if (step.Value().size() < 2) return NoteOf(step, "Q.additionalNote", "ISCED level", step.Value());
  const auto field = elm::IscedField(families::IscedCodeOfAddress(step.Value()));
  if (!field.has_value()) return document::IscedField(step);
  return PutConcept(step.context.targets, step.rule.target, *field) == kKept ? step.rule.loss : kDropped;
}

// A value that belongs to one of several achievements, and to which is not said.
// Each note is written for every achievement: the budget of the document bounds them.
LossClass NoteShared(const Step& step, absl::string_view label) {
  constexpr size_t kNoteBytes = 128;  // of a note around its text
  step.source().Charge(step.Value().size() + kNoteBytes);
  return NoteOf(step, step.rule.target, absl::StrCat("Stated once for several achievements, ", label), step.Value());
}

LossClass SharedNote(const Step& step) { return NoteShared(step, step.Label()); }

LossClass SharedGrade(const Step& step) { return NoteShared(step, "Grade"); }

// Given names in an array are one name: the official one must not be shortened.
LossClass GivenNames(const Step& step) {
  const SourceNode* const list = step.node->parent;
  if (step.node->IsBranch() || list == nullptr || list->kind != SourceNode::Kind::kArray) return Texts(step);
  const SourceNode* first = list->first_child;
  for (; first->IsBranch() || first->text.empty(); first = first->next_sibling) step.source().Charge(1);
  if (step.node != first) return kDone;  // the first has put all of them
  std::string names;
  for (const SourceNode* name : step.source().Find(list, "")) {
    if (name->IsBranch() || name->text.empty()) continue;
    absl::StrAppend(&names, names.empty() ? "" : " ", name->text);
    step.source().Carry(name, step.rule.target, kKept, step.rule.rule);
  }
  const std::string language = step.source().SeeLanguage(step.Language(), step.node);
  PutText(step.context.targets, step.rule.target, language, names);
  return kDone;
}

// The grade in its languages, or a text.
LossClass GradeTexts(const Step& step) {
  if (!step.node->IsBranch()) return families::GradeInWords(step);
  for (const SourceNode* text : step.source().Find(step.node, "*")) families::WarnOfFailingWord(&step.source(), text);
  return Texts(step);
}

// {framework.notation, point} of the catalogue.
LossClass CreditNode(const Step& step) {
  document::Source& source = step.source();
  const std::string framework = source.TextOf(step.node, "framework/notation|prefLabel|id");
  const SourceNode* const point = source.FindFirst(step.node, "point");
  if (point == nullptr) return families::NamesNothing(step);
  const auto points = elm::CreditPoints(point->text);
  for (const SourceNode* part : source.Find(step.node, "type|framework/type")) source.Use(part);
  const bool ects = elm::IsEcts(framework) || absl::EndsWith(framework, elm::kCreditSystemEcts);
  if (!points.has_value() || !ects) {
    const std::string text =
        absl::StrCat("Credit: ", point->text, " (", framework.empty() ? "no scheme" : framework, ")");
    PutText(step.context.targets, "Q.additionalNote", "en", text);
    source.Carry(point, "Q.additionalNote#A1-M07", kWidened, "credit.text");
  } else {
    const Rule row = {"", step.rule.target, document::EctsPoints, kKept, "credit.ects"};
    const LossClass put = document::EctsPoints({step.context, row, point});
    if (put == kDropped) return kDropped;
    if (put != kDone) source.Carry(point, row.target, put, row.rule);
  }
  for (const SourceNode* part : source.Find(step.node, "framework/notation|prefLabel|id")) source.UseAll(part);
  return kDone;
}

// wasDerivedFrom: the first grade is that of the achievement, the others are notes of its parts.
LossClass DerivedFrom(const Step& step) {
  document::Source& source = step.source();
  auto* const assessment = step.context.targets.assessment;
  const SourceNode* const grade = source.FindFirst(step.node, "grade");
  const SourceNode* const title = source.FindFirst(step.node, "title");
  if (grade == nullptr || grade->text.empty()) return document::v1::LOSS_CLASS_UNSPECIFIED;
  if (assessment->has_grade()) {
    const std::string name = title == nullptr ? "Grade" : title->text;
    elm::AddNote(step.context.language, absl::StrCat(name, ": ", grade->text),
                 step.context.targets.achievement->mutable_additional_note());
    families::WarnOfFailingWord(&source, grade);
    source.Carry(grade, "A.additionalNote", kWidened, "grade.further");
    if (title != nullptr) source.Carry(title, "A.additionalNote", kWidened, "grade.further");
    return kDone;
  }
  constexpr Rule kAssessment[] = {
      {"grade", "T.grade", families::GradeInWords, kKept, ""},
      {"title", "T.title", Text, kKept, ""},
      {"issuedDate", "T.dateIssued", document::DateTime, kKept, "date.calendar"},
      {"additionalNote", "T.additionalNote", document::Prose, kKept, ""},
      {"idVerification", "T.idVerification", IdVerification, kKept, "concept"},
      {"specifiedBy/title", "T.specifiedBy[0].title", Text, kKept, ""},
      {"specifiedBy/mode", "T.specifiedBy[0].mode", document::ModeWord, kKept, "mode.word"},
      {"specifiedBy/assessmentType", "T.specifiedBy[0].dcType", document::AssessmentWord, kKept, "assessment.word"},
      {"gradingScheme/title", "T.specifiedBy[0].gradingScheme.title", Text, kKept, ""},
      {"specifiedBy/gradingScheme/title", "T.specifiedBy[0].gradingScheme.title", Text, kKept, ""},
      {"specifiedBy/gradingScheme/definition|description", "T.specifiedBy[0].gradingScheme.description", Text, kKept,
       ""},
      {"id", "", UseIt, kKept, ""},
      {"specifiedBy/id", "", UseIt, kKept, ""},
  };
  Apply(kAssessment, step.node, step.context);
  return kDone;
}

constexpr Rule kProofSpecification[] = {
    {"specifiedBy/title", "T.specifiedBy[0].title", Texts, kKept, "", true},
    {"specifiedBy/dcType/notation", "T.specifiedBy[0].dcType", document::AssessmentWord, kKept, "assessment.word"},
    {"specifiedBy/mode/notation", "T.specifiedBy[0].mode", document::ModeWord, kKept, "mode.word"},
    {"specifiedBy/gradingScheme/title", "T.specifiedBy[0].gradingScheme.title", Texts, kKept, "", true},
};

// The grade of a further proof, as a note of the achievement that says what was graded.
void NoteGrade(const Step& step) {
  document::Source& source = step.source();
  std::vector<const SourceNode*> texts;
  for (const SourceNode* literal : source.Find(step.node, "grade/noteLiteral")) {
    const std::vector<const SourceNode*> parts = source.Find(literal, "*");
    if (literal->IsBranch()) texts.insert(texts.end(), parts.begin(), parts.end());
    if (!literal->IsBranch()) texts.push_back(literal);
  }
  for (const SourceNode* text : texts) {
    if (text->text.empty()) continue;
    const std::string tag = text->name == "noteLiteral" ? step.context.language : elm::LanguageTag(text->name);
    const std::string language = source.SeeLanguage(tag, text);
    std::string label = FirstText(source, step.node, absl::StrCat("title/", text->name));
    if (label.empty()) label = FirstText(source, step.node, "title/*");
    if (label.empty()) label = FirstText(source, step.node, "specifiedBy/title/*");
    elm::AddNote(language, absl::StrCat(label.empty() ? "Grade" : label, ": ", text->text),
                 step.context.targets.achievement->mutable_additional_note());
    families::WarnOfFailingWord(&source, text);
    source.Carry(text, "A.additionalNote", kWidened, "grade.further");
  }
  source.UseAll(source.FindFirst(step.node, "title"));
}

// How something was assessed, beside the assessment of the achievement: at the qualification, which takes many.
void MoveSpecifications(const document::Targets& targets, elm::v3::LearningAssessment* assessment) {
  for (auto& specification : *assessment->mutable_specified_by()) {
    if (specification.title().empty()) *specification.mutable_title() = targets.achievement->title();
    const bool unnamed = specification.has_grading_scheme() && specification.grading_scheme().title().empty();
    if (unnamed) *specification.mutable_grading_scheme()->mutable_title() = specification.title();
    *targets.qualification->add_proven_by() = std::move(specification);
  }
  assessment->Clear();
}

// provenBy: the first with a grade is the assessment of the achievement. The grades of others are notes, so that two
// grades never become one.
LossClass ProvenBy(const Step& step) {
  elm::v3::LearningAssessment* const first = step.context.targets.assessment;
  const SourceNode* const list = step.node->parent;
  const bool is_first = list->kind != SourceNode::Kind::kArray || list->first_child == step.node;
  const bool has_grade = step.source().FindFirst(step.node, "grade/noteLiteral") != nullptr;
  constexpr Rule kGrade[] = {
      {"title", "T.title", Texts, kKept, "", true},
      {"grade/noteLiteral", "T.grade", GradeTexts, kKept, "", true},
  };
  if (!first->has_grade() && (is_first || has_grade)) {
    if (!is_first) MoveSpecifications(step.context.targets, first);
    Apply(kGrade, step.node, step.context);
    Apply(kProofSpecification, step.node, step.context);
    return kDone;
  }
  elm::v3::LearningAssessment further;
  Context context = step.context;
  context.targets.assessment = &further;
  Apply(kProofSpecification, step.node, context);
  MoveSpecifications(context.targets, &further);
  NoteGrade(step);
  return kDone;
}

// wasInfluencedBy: an activity of its own for each.
LossClass InfluencedBy(const Step& step) {
  elm::v3::LearningActivity activity;
  Context context = step.context;
  context.targets.activity = &activity;
  constexpr Rule kActivity[] = {
      {"title", "V.title", Text, kKept, ""},
      {"identifier", "V.identifier", SchemedIdentifier, kKept, "", true},
      {"description|definition", "V.description", Text, kKept, ""},
      {"workload", "V.workload", document::IsoDuration, kKept, "workload.hours"},
      {"startedAtTime", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
      {"endedAtTime", "V.temporal[0].endDate", document::DateTime, kKept, "date.calendar"},
      {"additionalNote", "V.additionalNote", document::Prose, kKept, ""},
      {"specifiedBy/title", "V.specifiedBy.title", Text, kKept, ""},
      {"specifiedBy/workload|volumeOfLearning", "V.specifiedBy.volumeOfLearning", document::IsoDuration, kKept,
       "workload.hours"},
      {"specifiedBy/language", "V.specifiedBy.language", document::LanguageCode, kKept, "language.bcp47"},
      {"specifiedBy/mode", "V.specifiedBy.mode", document::ModeWord, kKept, "mode.word"},
      {"id", "", UseIt, kKept, ""},
      {"specifiedBy/id", "", UseIt, kKept, ""},
  };
  Apply(kActivity, step.node, context);
  if (activity.ByteSizeLong() > 0) *step.context.targets.achievement->add_influenced_by() = std::move(activity);
  return kDone;
}

constexpr Rule kLearner[] = {
    {"type", "", UseIt, kKept, ""},
    {"id", "S.identifier#", SubjectId, kKept, "learner.identifier"},
    {"identifier", "S.identifier", SchemedIdentifier, kKept, "", true},
    {"familyName|currentFamilyName", "S.familyName", Texts, kKept, "", true},
    {"givenName|givenNames|currentGivenName|firstName", "S.givenName", GivenNames, kKept, "", true},
    {"fullName", "S.fullName", Texts, kKept, "", true},
    {"dateOfBirth", "S.dateOfBirth", document::BirthDate, kKept, "date.calendar"},
};

constexpr Rule kSpecification[] = {
    {"id|type", "", UseIt, kKept, ""},
    {"title", "Q.title", Texts, kKept, "", true},
    {"description|definition", "Q.description", Texts, kKept, "", true},
    {"additionalNote", "Q.additionalNote", document::Prose, kKept, ""},
    {"ectsCreditPoints|hasECTSCreditPoints|creditPoints", "Q.creditPoint", document::EctsPoints, kKept, "credit.ects"},
    {"volumeOfLearning", "Q.volumeOfLearning", document::IsoDuration, kKept, "workload.hours"},
    {"eqfLevel|eqflLevel", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"nqfLevel|nqflLevel", "Q.additionalNote", LabelledNote, kWidened, "level.text"},
    {"iscedfCode|thematicArea", "Q.thematicArea", IscedCode, kKept, "field.isced"},
    {"learningOutcome|learningOutcomes", "Q.learningOutcome", Outcome, kKept, "", true},
    {"entryRequirementsNote|entryRequirement", "Q.entryRequirement", document::Prose, kKept, ""},
    {"mode", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"language", "Q.language", document::LanguageCode, kKept, "language.bcp47"},
    {"homepage", "Q.homepage", document::WebAddress, kKept, "address.web"},
    {"learningSetting", "Q.learningSetting", LearningSetting, kKept, "concept"},
    {"isPartial Qualification|isPartialQualification", "Q.isPartialQualification", PartialQualification, kKept, ""},
    {"targetGroup|maximumDuration", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"assessmentSpecification/assessmentType", "T.specifiedBy[0].dcType", document::AssessmentWord, kKept,
     "assessment.word"},
    {"hasAccreditation", "Q.additionalNote#A1-M11", AccreditedBy, kWidened, "quality.text", true},
};

constexpr Rule kFlatAchievement[] = {
    {"title", "A.title", Texts, kKept, "", true},
    {"id", "A.identifier", families::NodeIdentifier, kKept, ""},
    {"description", "A.description", Texts, kKept, "", true},
    {"additionalNote", "A.additionalNote", document::Prose, kKept, ""},
};

// What the subject says of one achievement.
constexpr Rule kFlatSubject[] = {
    {"learningSpecification/title", "A.title", Texts, kKept, "", true},
    // The scheme's title holds the grade itself in every example.
    {"gradingScheme/title", "T.grade", families::GradeInWords, kKept, "grade.in-scheme"},
    {"gradingScheme/id", "", UseIt, kKept, ""},
};

// What it says once of several, so that it belongs to none of them for certain.
constexpr Rule kFlatShared[] = {
    {"learningSpecification/title", "A.additionalNote", SharedNote, kWidened, "note.labelled"},
    {"learningSpecification/ectsCreditPoints|hasECTSCreditPoints|creditPoints|volumeOfLearning", "A.additionalNote",
     SharedNote, kWidened, "note.labelled"},
    {"learningSpecification/eqfLevel|eqflLevel|nqfLevel|nqflLevel|iscedfCode|thematicArea", "A.additionalNote",
     SharedNote, kWidened, "note.labelled"},
    {"learningSpecification/description|definition|learningOutcome|learningOutcomes|language", "A.additionalNote",
     SharedNote, kWidened, "note.labelled"},
    {"gradingScheme/title", "A.additionalNote", SharedGrade, kWidened, "grade.in-scheme"},
    {"learningSpecification|gradingScheme", "is stated once for several achievements", DropIt, kDropped, ""},
};

constexpr Rule kFlatAward[] = {
    {"awardingOpportunity/id|identifier", "A.identifier", families::NodeIdentifier, kKept, ""},
    {"awardingOpportunity/endedAtTime", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"},
    {"awardingOpportunity/startedAtTime", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
};

constexpr Rule kFlatBody[] = {
    {"", "B.identifier", families::NodeIdentifier, kKept, ""},
    {"preferredName|legalName|name", "B.legalName", Texts, kKept, "", true},
    {"id", "B.identifier", families::NodeIdentifier, kKept, ""},
    {"homepage", "B.homepage", document::WebAddress, kKept, "address.web"},
    {"registration", "B.identifier", Registration, kKept, ""},
    {"eidasLegalIdentifier", "B.identifier", LegalId, kKept, ""},
};

constexpr Rule kAchieved[] = {
    {"id|type", "", UseIt, kKept, ""},
    {"title", "A.title", Texts, kKept, "", true},
    {"identifier", "A.identifier", SchemedIdentifier, kKept, "", true},
    {"description|definition", "A.description", Texts, kKept, "", true},
    {"additionalNote", "A.additionalNote", document::Prose, kKept, ""},
    {"wasAwardedBy/awardingDate", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"wasAwardedBy/id", "", UseIt, kKept, ""},
    {"wasDerivedFrom", "T.grade", DerivedFrom, kKept, "", true},
    {"wasInfluencedBy", "A.influencedBy", InfluencedBy, kKept, "", true},
    {"entitledTo", "A.additionalNote#A1-O04", EntitledTo, kWidened, "entitlement.note", true},
};

constexpr Rule kClaim[] = {
    {"type|id", "", UseIt, kKept, ""},
    {"title", "A.title", Texts, kKept, "", true},
    {"description", "A.description", Texts, kKept, "", true},
    {"awardedBy/awardingDate", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"awardedBy/location/spatial/prefLabel/*", "", UseIt, kKept, ""},
    {"awardedBy/country/prefLabel/*", "", UseIt, kKept, ""},
    {"specifiedBy/type", "", UseIt, kKept, ""},
    {"specifiedBy/title", "Q.title", Texts, kKept, "", true},
    {"specifiedBy/creditPoint", "Q.creditPoint", CreditNode, kKept, "credit.ects", true},
    {"creditReceived", "A.creditReceived", CreditNode, kKept, "credit.ects", true},
    {"specifiedBy/volumeOfLearning", "Q.volumeOfLearning", document::IsoDuration, kKept, "workload.hours"},
    {"specifiedBy/educationSubject|thematicArea/notation", "Q.thematicArea", IscedCode, kKept, "field.isced"},
    {"specifiedBy/educationSubject|thematicArea/prefLabel/*", "", UseIt, kKept, ""},
    {"specifiedBy/eqfLevel/notation", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"specifiedBy/eqfLevel", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"specifiedBy/qualification/eqfLevel/notation", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"specifiedBy/qualification/title", "Q.altLabel", Texts, kKept, "", true},
    {"specifiedBy/qualification/nqfLevel/prefLabel", "Q.additionalNote", Texts, kWidened, "level.text", true},
    {"specifiedBy/nqfLevel/prefLabel", "Q.additionalNote", Texts, kWidened, "level.text", true},
    {"specifiedBy/overallClassification/noteLiteral", "T.grade", GradeTexts, kKept, "", true},
    {"specifiedBy/gradingScheme/title", "T.specifiedBy[0].gradingScheme.title", Texts, kKept, "", true},
    {"specifiedBy/gradingScheme/description", "T.specifiedBy[0].gradingScheme.description", Texts, kKept, "", true},
    {"specifiedBy/duration", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"specifiedBy/duration/duration", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"specifiedBy/additionalNote/noteLiteral", "Q.additionalNote", Texts, kWidened, "", true},
    {"additionalNote/noteLiteral", "A.additionalNote", Texts, kWidened, "", true},
    {"entitlesTo/title", "A.additionalNote#A1-O04", Texts, kWidened, "entitlement.note", true},
    {"entitlesTo/awardedBy", "repeats who awarded the achievement", DropIt, kDropped, ""},
    {"specifiedBy/mode/notation", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"specifiedBy/learningOutcome", "Q.learningOutcome", Outcome, kKept, "", true},
    {"specifiedBy/language/notation", "Q.language", document::LanguageCode, kKept, "language.bcp47"},
    {"provenBy", "T.grade", ProvenBy, kKept, "", true},
    {"provenBy/awardedBy", "repeats who awarded the achievement", DropIt, kDropped, ""},
    {"*/type", "", UseIt, kKept, ""},
    {"*/*/type", "", UseIt, kKept, ""},
    {"*/*/*/type", "", UseIt, kKept, ""},
    {"*/*/*/*/type", "", UseIt, kKept, ""},
};

constexpr Rule kClaimBody[] = {
    {"id", "B.identifier", families::NodeIdentifier, kKept, ""},
    {"legalName", "B.legalName", Texts, kKept, "", true},
    {"eIDASIdentifier/notation", "B.identifier", LegalId, kKept, ""},
    {"eIDASIdentifier/spatial/notation", "", UseIt, kKept, ""},
    {"location/spatial/notation", "B.location", document::CountryCode, kKept, "country.code"},
    {"location/spatial/prefLabel/*", "", UseIt, kKept, ""},
    {"additionalNote/noteLiteral", "B.additionalNote", Texts, kWidened, "", true},
};

// A module of a transcript: what was assessed on its own, with credits of its own, is a part of the achievement.
constexpr Rule kModule[] = {
    {"type|id", "", UseIt, kKept, ""},
    {"title", "A.title", Texts, kKept, "", true},
    {"description", "A.description", Texts, kKept, "", true},
    {"creditPoint", "Q.creditPoint", CreditNode, kKept, "credit.ects", true},
    {"grade/noteLiteral", "T.grade", GradeTexts, kKept, "", true},
    {"temporal/startDate", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
    {"temporal/endDate", "V.temporal[0].endDate", document::DateTime, kKept, "date.calendar"},
    {"*/type", "", UseIt, kKept, ""},
    {"*/*/type", "", UseIt, kKept, ""},
};

// Without a date of award, the date of the document stands in, and is marked.
void MapAwardDate(const Reading& reading, const Context& context) {
  if (!context.targets.achievement->awarded_by().awarding_date().empty()) return;
  constexpr Rule kDate[] = {{"issuanceDate", "A.awardedBy.awardingDate", document::DateTime, kDerived, "date.award"}};
  Apply(kDate, reading.credential, context);
}

void MapModules(const Reading& reading, const SourceNode* node, document::DraftAchievement* achievement) {
  for (const SourceNode* module : reading.source->Find(node, "wasDerivedFrom")) {
    if (reading.source->FindFirst(module, "title") == nullptr) {
      reading.source->Drop(module, "has no title");
      continue;
    }
    document::DraftAchievement& part = reading.draft->AddPart(achievement, module);
    Apply(kModule, module, {reading.source, reading.draft->TargetsOf(part)});
  }
}

bool HasTitle(const Reading& reading, const SourceNode* node) {
  return !FirstText(*reading.source, node, "title").empty() || !FirstText(*reading.source, node, "title/*").empty();
}

// The parts of an achievement, as they stand or as what a part holds; those that cannot be written are left out.
std::vector<const SourceNode*> PartsOf(const Reading& reading, const SourceNode* node, size_t depth) {
  std::vector<const SourceNode*> parts;
  for (const SourceNode* stated : reading.source->Find(node, "hasPart")) {
    std::vector<const SourceNode*> held = {stated};
    if (!HasTitle(reading, stated)) {
      held = reading.source->Find(stated, "learningAchievements|learningAchievement|achieved");
    }
    for (const SourceNode* part : held) {
      if (depth >= base::kPartsDepthMax) {
        reading.source->Warn("parts.depth", part, "Parts are nested deeper than the limit.");
        reading.source->Drop(part, "nested deeper than the limit");
      } else if (!HasTitle(reading, part)) {
        reading.source->Warn("title.missing", part, "A part without a title cannot be written.");
        reading.source->Drop(part, "has no title");
      } else {
        parts.push_back(part);
      }
    }
  }
  return parts;
}

void MapAchievedOne(const Reading& reading, const SourceNode* node, document::DraftAchievement* achievement,
                    size_t depth, Bodies* bodies) {
  MapAchievedBodies(reading, node, achievement, depth > 0);
  const Context context{reading.source, reading.draft->TargetsOf(*achievement)};
  Apply(kAchieved, node, context);
  ShareBodies(achievement, bodies);
  for (const SourceNode* specification : reading.source->Find(node, "specifiedBy")) {
    Apply(kSpecification, specification, context);
  }
  if (depth == 0) MapAwardDate(reading, context);
  for (const SourceNode* part : PartsOf(reading, node, depth)) {
    MapAchievedOne(reading, part, &reading.draft->AddPart(achievement, part), depth + 1, bodies);
  }
}

// A part that does not say who awarded it was awarded by who awarded the whole; `whole` is null for what is no part.
void MapClaim(const Reading& reading, const SourceNode* node, const DraftAchievement* whole,
              DraftAchievement* achievement, size_t depth) {
  const bool as_whole = whole != nullptr && reading.source->FindFirst(node, "awardedBy/awardingBody") == nullptr;
  achievement->body = as_whole ? whole->body : reading.draft->AddBody();
  const Context context{reading.source, reading.draft->TargetsOf(*achievement)};
  Apply(kClaim, node, context);
  if (!as_whole) MapBodies(reading, node, "awardedBy/awardingBody", kClaimBody, achievement);
  MapAwardPlace(reading, node, "awardedBy/location/spatial/notation", "country.code", achievement);
  MapAwardPlace(reading, node, "awardedBy/country/notation", "country.code", achievement);
  Bodies bodies;
  ShareBodies(achievement, &bodies);
  MapModules(reading, node, achievement);
  if (whole == nullptr) MapAwardDate(reading, context);
  for (const SourceNode* part : PartsOf(reading, node, depth)) {
    MapClaim(reading, part, achievement, &reading.draft->AddPart(achievement, part), depth + 1);
  }
}

// Entries of different ids are different achievements; others may say the same one in other words.
bool AreSeveral(const Reading& reading, const std::vector<const SourceNode*>& entries) {
  absl::flat_hash_set<std::string> ids;
  for (const SourceNode* entry : entries) {
    const std::string id = reading.source->TextOf(entry, "id");
    if (!id.empty()) ids.insert(id);
  }
  return ids.size() > 1;
}

// `first` is the first achievement of the subject, whose bodies are those of all.
void MapFlatAward(const Reading& reading, const DraftAchievement& first, DraftAchievement* achievement) {
  const Context context{reading.source, reading.draft->TargetsOf(*achievement)};
  Apply(kFlatAward, reading.subject, context);
  if (achievement == &first) {
    MapBodies(reading, reading.subject, "awardingOpportunity/awardingBody", kFlatBody, achievement);
  } else {
    reading.draft->ShareBodies(first.further_bodies, achievement);
  }
  MapAwardPlace(reading, reading.subject, "awardingOpportunity/location", "country.name", achievement);
  MapAwardDate(reading, context);
}

}  // namespace

LossClass SchemedIdentifier(const Step& step) {
  document::Source& source = step.source();
  elm::v3::IdentifierNode node;
  if (!step.node->IsBranch()) {
    const std::string value = step.Value();
    node.mutable_identifier()->set_notation(value);
    const absl::string_view scheme = families::SchemeOfLearner(value);
    if (!scheme.empty()) node.mutable_identifier()->set_scheme_name(std::string(scheme));
    return PutMessage(step.context.targets, step.rule.target, node) == kDropped ? kDropped : kKept;
  }
  const SourceNode* const value = source.FindFirst(step.node, "value|notation|id");
  if (value == nullptr || value->text.empty()) return families::NamesNothing(step);
  node.mutable_identifier()->set_notation(value->text);
  const SourceNode* const scheme = source.FindFirst(step.node, "schemeID|schemaID|schemeName");
  if (scheme != nullptr && !scheme->text.empty()) node.mutable_identifier()->set_scheme_name(scheme->text);
  if (PutMessage(step.context.targets, step.rule.target, node) == kDropped) return kDropped;
  source.Carry(value, step.rule.target, kKept, step.rule.rule);
  if (scheme != nullptr) source.Carry(scheme, step.rule.target, kKept, step.rule.rule);
  const SourceNode* const id = source.FindFirst(step.node, "id");
  if (id != nullptr && id->text == value->text) source.Use(id);
  return kDone;
}

void MapFlatDiploma(const Reading& reading) {
  Apply(kLearner, reading.subject, {reading.source, reading.draft->DocumentTargets()});
  const std::vector<const SourceNode*> entries = reading.source->Find(reading.subject, "learningAchievement");
  if (!AreSeveral(reading, entries)) {
    DraftAchievement& achievement = reading.draft->AddAchievement(reading.subject);
    const Context context{reading.source, reading.draft->TargetsOf(achievement)};
    for (const SourceNode* entry : entries) Apply(kFlatAchievement, entry, context);
    Apply(kFlatSubject, reading.subject, context);
    MapFlatAward(reading, achievement, &achievement);
    for (const SourceNode* specification : reading.source->Find(reading.subject, "learningSpecification")) {
      Apply(kSpecification, specification, context);
    }
    return;
  }
  reading.source->Warn("achievement.several", entries.front(),
                       "Several achievements share one specification and grade, which are kept as notes.");
  const DraftAchievement* first = nullptr;
  for (const SourceNode* entry : entries) {
    if (reading.source->IsExhausted()) break;  // the draft is refused when it is finished
    DraftAchievement& achievement = reading.draft->AddAchievement(entry);
    if (first == nullptr) first = &achievement;
    const Context context{reading.source, reading.draft->TargetsOf(achievement)};
    Apply(kFlatAchievement, entry, context);
    MapFlatAward(reading, *first, &achievement);
    Apply(kFlatShared, reading.subject, context);
  }
}

void MapAchieved(const Reading& reading) {
  reading.source->Drop(reading.source->FindFirst(reading.credential, "issuer"),
                       "signs the credential; who awarded is named in it");
  Apply(kLearner, reading.subject, {reading.source, reading.draft->DocumentTargets()});
  Bodies bodies;
  for (const SourceNode* node : reading.source->Find(reading.subject, "achieved")) {
    MapAchievedOne(reading, node, &reading.draft->AddAchievement(node), 0, &bodies);
  }
}

void MapClaims(const Reading& reading) {
  Apply(kLearner, reading.subject, {reading.source, reading.draft->DocumentTargets()});
  for (const SourceNode* node : reading.source->Find(reading.subject, "hasClaim")) {
    MapClaim(reading, node, nullptr, &reading.draft->AddAchievement(node), 0);
  }
}

}  // namespace passerelle::adapters::ebsi
