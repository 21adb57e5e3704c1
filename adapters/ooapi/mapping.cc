#include "adapters/ooapi/mapping.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/document/national.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

using document::Apply;
using document::Context;
using document::Draft;
using document::DraftAchievement;
using document::kDerived;
using document::kDropped;
using document::kKept;
using document::kWidened;
using document::LossClass;
using document::Rule;
using document::Source;
using document::SourceNode;
using document::Step;

constexpr LossClass kDone = document::v1::LOSS_CLASS_UNSPECIFIED;

// --- Conversions
// ------------------------------------------------------------------------------------------------------

// The value of an entry {"language": …, "value": …}.
Context InItsLanguage(const Step& step) {
  Context context = step.context;
  const SourceNode* const language = step.source().FindFirst(step.node->parent, "language");
  if (language != nullptr) context.language = step.source().Language(language);
  return context;
}

// Texts are HTML as often as not; titles and notes are written as plain text.
LossClass LocalText(const Step& step) {
  const Context context = InItsLanguage(step);
  return document::PlainText({context, step.rule, step.node});
}

// The surname with what stands before it: "van der Berg".
LossClass Surname(const Step& step) {
  const SourceNode* const prefix = step.source().FindFirst(step.node->parent, "surnamePrefix");
  const std::string before = step.source().TextOf(step.node->parent, "surnamePrefix");
  if (prefix != nullptr && !before.empty()) step.source().Carry(prefix, step.rule.target, kKept, "");
  const std::string name = before.empty() ? step.Value() : absl::StrCat(before, " ", step.Value());
  return document::PutText(step.context.targets, step.rule.target, "und", name) == kKept ? step.rule.loss : kDropped;
}

// A code, whose scheme is its type.
LossClass Code(const Step& step) {
  const SourceNode* const type = step.source().FindFirst(step.node->parent, "codeType");
  step.source().Use(type);
  absl::string_view scheme = type == nullptr ? absl::string_view() : absl::string_view(type->text);
  if (absl::StartsWith(step.Value(), "urn:schac:personalUniqueCode:int:esi:")) scheme = "European Student Identifier";
  return document::PutIdentifier(step, scheme);
}

// An id of the interface, named after its member.
LossClass Id(const Step& step) { return document::PutIdentifier(step, step.node->name); }

// An id where another answer has the whole object: a value, not a branch.
LossClass IdOnly(const Step& step) {
  if (step.node->IsBranch()) return kDone;
  return document::PutIdentifier(step, absl::StrCat(step.node->name, "Id"));
}

LossClass Gender(const Step& step) {
  const bool known = step.Value() == "F" || step.Value() == "M";
  const auto sex = known ? elm::ConceptOf(elm::Vocabulary::kSex, step.Value() == "M" ? elm::kSexMale : elm::kSexFemale)
                         : std::nullopt;
  if (!sex.has_value()) return kDropped;
  return document::PutConcept(step.context.targets, step.rule.target, *sex) == kKept ? step.rule.loss : kDropped;
}

// Rules credit.ects, workload.hours and workload.contact, by the unit that stands beside the number.
LossClass StudyLoad(const Step& step) {
  const SourceNode* const unit_node = step.source().FindFirst(step.node->parent, "studyLoadUnit");
  const std::string unit = unit_node == nullptr ? "" : unit_node->text;
  step.source().Use(unit_node);
  const bool earned = absl::StartsWith(step.rule.target, "A.");
  if (unit == "ects") return document::EctsPoints(step);
  if (unit == "sbu" || unit == "hour") {
    const Rule row = {step.rule.source, "Q.volumeOfLearning", document::Hours, kKept, "workload.hours"};
    if (!earned) {
      const LossClass put = document::Hours({step.context, row, step.node});
      if (put != kKept) return put;
      step.source().Carry(step.node, row.target, kKept, row.rule);
      return kDone;
    }
  }
  if (!earned && (unit == "contacttime" || unit == "contact_time")) {
    document::PutText(step.context.targets, "V.specifiedBy.contactHour", "", step.Value());
    step.source().Carry(step.node, "V.specifiedBy.contactHour", kKept, "workload.contact");
    return kDone;
  }
  return document::NoteOf(step, earned ? "A.additionalNote" : "Q.additionalNote#A1-M07", "Study load",
                          absl::StrCat(step.Value(), " ", unit.empty() ? "of an unknown unit" : unit));
}

// Rule level.cycle-derived.
LossClass CycleWord(const Step& step) {
  const auto cycle = elm::CycleOf(step.Value());
  if (!cycle.has_value()) return document::NoteOf(step, "Q.additionalNote#A1-M08", "Level", step.Value());
  const auto eqf = elm::ConceptOf(elm::Vocabulary::kEqf, absl::StrCat(elm::EqfLevelOfCycle(*cycle)));
  *step.context.targets.qualification->add_education_level() = elm::CycleConcept(*cycle);
  if (eqf.has_value() && !step.context.targets.qualification->has_eqf_level()) {
    *step.context.targets.qualification->mutable_eqf_level() = *eqf;
    step.source().Carry(step.node, "Q.eqfLevel", kDerived, "level.cycle-derived");
    return kDone;
  }
  return step.rule.loss;
}

// A text that may be one of the words that the vocabulary knows.
LossClass Assessment(const Step& step) {
  const std::string words = elm::PlainTextOf(step.Value());
  const elm::Bridged bridged = elm::AssessmentOfWord(words);
  constexpr absl::string_view kType = "T.specifiedBy[0].dcType";
  if (bridged.concept_node.has_value() &&
      document::PutConcept(step.context.targets, kType, *bridged.concept_node) == kKept) {
    step.source().Use(step.source().FindFirst(step.node->parent, "language"));
    step.source().Carry(step.node, kType, bridged.derived ? kDerived : kKept, "assessment.word");
    return kDone;
  }
  return LocalText(step);
}

// --- Tables
// -----------------------------------------------------------------------------------------------------------

constexpr Rule kPerson[] = {
    {"givenName", "S.givenName", document::Text, kKept, ""},
    {"surname", "S.familyName", Surname, kKept, ""},
    {"displayName", "repeats the name", document::DropIt, kDropped, ""},
    {"dateOfBirth", "S.dateOfBirth", document::BirthDate, kKept, "date.calendar"},
    {"gender", "S.gender", Gender, kKept, ""},
    {"primaryCode/code", "S.identifier", Code, kKept, ""},
    {"otherCodes/code", "S.identifier", Code, kKept, ""},
    {"personId", "S.identifier", Id, kKept, ""},
    {"consumers", "belongs to its consumer", document::DropIt, kDropped, ""},
};

constexpr Rule kOrganization[] = {
    {"name/value", "B.legalName", LocalText, kKept, ""},
    {"primaryCode/code", "B.identifier", Code, kKept, ""},
    {"otherCodes/code", "B.identifier", Code, kKept, ""},
    {"organizationId", "B.identifier", Id, kKept, ""},
    {"addresses/countryCode", "B.location", document::CountryCode, kKept, "country.code"},
    {"link", "B.homepage", document::WebAddress, kKept, "address.web"},
    {"consumers", "belongs to its consumer", document::DropIt, kDropped, ""},
};

constexpr Rule kCourse[] = {
    {"name/value", "A.title", LocalText, kKept, ""},
    {"primaryCode/code", "Q.identifier", Code, kKept, ""},
    {"otherCodes/code", "Q.identifier", Code, kKept, ""},
    {"courseId|programId|componentId", "Q.identifier", Id, kKept, ""},
    {"abbreviation", "Q.altLabel", document::Text, kKept, ""},
    {"description/value", "Q.description", LocalText, kKept, "markup.plain"},
    {"studyLoad/value", "Q.creditPoint", StudyLoad, kKept, "credit.ects"},
    {"levelOfQualification", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"level", "Q.educationLevel", CycleWord, kWidened, "level.cycle"},
    {"modeOfDelivery", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"assessment/value", "T.specifiedBy[0].title", Assessment, kKept, ""},
    {"teachingLanguage", "Q.language", document::LanguageCode, kKept, "language.code"},
    {"admissionRequirements/value", "Q.entryRequirement", LocalText, kKept, "markup.plain"},
    {"qualificationRequirements/value", "Q.entryRequirement", LocalText, kKept, "markup.plain"},
    {"fieldsOfStudy", "Q.thematicArea", document::IscedField, kKept, "field.isced"},
    {"link", "Q.homepage", document::WebAddress, kKept, "address.web"},
    {"consumers", "belongs to its consumer", document::DropIt, kDropped, ""},
};

constexpr Rule kOffering[] = {
    {"startDate", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
    {"endDate", "V.temporal[0].endDate", document::DateTime, kKept, "date.calendar"},
    {"primaryCode/code", "V.identifier", Code, kKept, ""},
    {"resultValueType", "T.specifiedBy[0].gradingScheme.title", document::Text, kKept, ""},
    {"formalDocument", "Q.category", document::Text, kKept, ""},
    {"consumers", "belongs to its consumer", document::DropIt, kDropped, ""},
};

constexpr Rule kResult[] = {
    {"score", "T.grade", document::Verbatim, kKept, ""},
    {"resultDate", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"resultDateTime", "A.awardedBy.awardingDate", document::DateTime, kKept, "date.award"},
    {"studyLoad/value", "A.creditReceived", StudyLoad, kKept, "credit.ects"},
    {"state", "", document::UseIt, kDropped, ""},
};

constexpr Rule kAssociation[] = {
    {"associationId", "A.identifier", Id, kKept, ""},
    {"associationType|role|state", "describes the association", document::DropIt, kDropped, ""},
};

// --- Outcomes -------------------------------------------------------------------------------------------------------

void AddOutcome(Source* source, const SourceNode* group, const Context& context) {
  elm::v3::LearningOutcome outcome;
  std::vector<const SourceNode*> values = source->Find(group, "value/value");
  if (values.empty()) values = source->Find(group, "value");
  if (values.empty() && group->IsValue()) values.push_back(group);
  elm::Notes notes;
  for (const SourceNode* value : values) {
    const SourceNode* const stated = source->FindFirst(value->parent, "language");
    const std::string language = stated == nullptr || value == group ? context.language : source->Language(stated);
    const std::string text = elm::PlainTextOf(value->text);
    if (text.empty()) continue;
    source->SeeLanguage(language);
    elm::AddTextOnce(language, text, outcome.mutable_title(), outcome.mutable_additional_note());
    source->Carry(value, "Q.learningOutcome", kKept, "markup.plain");
  }
  if (!outcome.title().empty()) *context.targets.qualification->add_learning_outcome() = std::move(outcome);
}

// Version 5 has an array for every outcome, with an entry for every language.
void MapOutcomes(Source* source, const SourceNode* course, const Context& context) {
  const SourceNode* list = nullptr;
  for (const SourceNode* child = course == nullptr ? nullptr : course->first_child; child != nullptr;
       child = child->next_sibling) {
    if (child->name == "learningOutcomes") list = child;
  }
  if (list == nullptr || list->kind != SourceNode::Kind::kArray) return;
  for (const SourceNode* group = list->first_child; group != nullptr; group = group->next_sibling) {
    AddOutcome(source, group, context);
  }
}

}  // namespace

void MapResult(Source* source, Draft* draft, const SourceNode* association) {
  DraftAchievement& achievement = draft->AddAchievement(association);
  const Context context = {source, draft->TargetsOf(achievement), "und"};
  Apply(kAssociation, association, context);

  const SourceNode* const person = source->FindFirst(association, "person|student");
  static constexpr Rule kPersonId[] = {{"person|student", "S.identifier", IdOnly, kKept, ""}};
  Apply(kPersonId, association, context);
  Apply(kPerson, person, context);
  if (!person->IsBranch()) {
    source->Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, person, "learner.by-reference");
  }

  const SourceNode* const offering = source->FindFirst(association, "offering|courseOffering|programOffering");
  const SourceNode* const course = source->FindFirst(offering, "course|program|component");
  static constexpr Rule kCourseId[] = {{"course|program|component", "Q.identifier", IdOnly, kKept, ""}};
  Apply(kCourseId, offering, context);
  Apply(kCourse, course, context);
  MapOutcomes(source, course, context);
  // The name of the offering stands in where the course is named by its id only.
  static constexpr Rule kName[] = {{"name/value", "A.title", LocalText, kKept, ""}};
  static constexpr Rule kFurtherName[] = {{"name/value", "V.title", LocalText, kKept, ""}};
  Apply(achievement.achievement.title().empty() ? document::Rules(kName) : document::Rules(kFurtherName), offering,
        context);
  Apply(kOffering, offering, context);

  const SourceNode* const owner = source->FindFirst(course, "organization") != nullptr ? course : offering;
  static constexpr Rule kOwnerId[] = {{"organization", "B.identifier", IdOnly, kKept, ""}};
  Apply(kOwnerId, owner, context);
  Apply(kOrganization, source->FindFirst(owner, "organization"), context);

  const SourceNode* const result = source->FindFirst(association, "result");
  Apply(kResult, result, context);
  const SourceNode* const pass = source->FindFirst(result, "pass");
  if (achievement.assessment.has_grade()) {
    document::MarkPassed(context.targets);
    source->Carry(pass, "T.gradeStatus", kKept, "");
  } else {
    source->Use(pass);
  }
}

}  // namespace passerelle::adapters::ooapi
