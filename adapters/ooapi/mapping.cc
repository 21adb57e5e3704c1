#include "adapters/ooapi/mapping.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/parts.h"
#include "core/document/national.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

// The surname with what stands before it: "van der Berg".
LossClass Surname(const Step& step) {
  const SourceNode* const prefix = step.source().FindFirst(step.node->parent, "surnamePrefix");
  const std::string before = step.source().TextOf(step.node->parent, "surnamePrefix");
  if (prefix != nullptr && !before.empty()) step.source().Carry(prefix, step.rule.target, kKept, "");
  const std::string name = before.empty() ? step.Value() : absl::StrCat(before, " ", step.Value());
  return document::PutText(step.context.targets, step.rule.target, "und", name) == kKept ? step.rule.loss : kDropped;
}

LossClass Gender(const Step& step) {
  const bool known = step.Value() == "F" || step.Value() == "M";
  const auto sex = known ? elm::ConceptOf(elm::Vocabulary::kSex, step.Value() == "M" ? elm::kSexMale : elm::kSexFemale)
                         : std::nullopt;
  if (!sex.has_value()) {
    step.source().Drop(step.node, "is neither of the two that the list of the EU has");
    return kDone;
  }
  return document::PutConcept(step.context.targets, step.rule.target, *sex) == kKept ? step.rule.loss : kDropped;
}

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

constexpr Rule kOffering[] = {
    {"startDate|startDateTime", "V.temporal[0].startDate", document::DateTime, kKept, "date.calendar"},
    {"endDate|endDateTime", "V.temporal[0].endDate", document::DateTime, kKept, "date.calendar"},
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

constexpr absl::string_view kOfferings =
    "offering|courseOffering|programOffering|programmeOffering|learningComponentOffering|testComponentOffering";
constexpr absl::string_view kOwners = "organization|organisation|organisationId";

// The first of the objects of these names; a member may also hold an id, or null.
const SourceNode* FirstWhole(const Source& source, const SourceNode* node, absl::string_view names) {
  for (const SourceNode* one : source.Find(node, names)) {
    if (one->IsBranch()) return one;
  }
  return nullptr;
}

}  // namespace

const SourceNode* LearnerOf(const Source& source, const SourceNode* association) {
  const SourceNode* const whole = FirstWhole(source, association, "person|student");
  if (whole != nullptr) return whole;
  for (const SourceNode* id : source.Find(association, "person|student|personId")) {
    if (!id->text.empty()) return id;
  }
  return nullptr;
}

const SourceNode* OfferingOf(const Source& source, const SourceNode* association) {
  return FirstWhole(source, association, kOfferings);
}

void MapResult(Source* source, Draft* draft, const SourceNode* association) {
  DraftAchievement& achievement = draft->AddAchievement(association);
  const Context context = {source, draft->TargetsOf(achievement), "und"};
  Apply(kAssociation, association, context);

  const SourceNode* const person = LearnerOf(*source, association);
  static constexpr Rule kPersonId[] = {{"person|student|personId", "S.identifier", IdOnly, kKept, ""}};
  Apply(kPerson, person, context);
  Apply(kPersonId, association, context);
  if (!person->IsBranch()) {
    source->Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, person, "learner.by-reference");
  }

  const SourceNode* const offering = OfferingOf(*source, association);
  const SourceNode* const course = FirstWhole(*source, offering, kCourses);
  static constexpr Rule kCourseId[] = {{kCourses, "Q.identifier", IdOnly, kKept, ""},
                                       {kCourseIds, "Q.identifier", IdOnly, kKept, ""}};
  Apply(kCourseId, offering, context);
  // A text alone is what version 4 had.
  static constexpr Rule kTitle[] = {{"name/value", "A.title", LocalText, kKept, ""},
                                    {"name", "A.title", LocalText, kKept, ""}};
  Apply(kTitle, course, context);
  MapSpecification(source, course, context);
  // The name of the offering stands in where the course is named by its id only.
  static constexpr Rule kName[] = {{"name/value", "A.title", LocalText, kKept, ""}};
  static constexpr Rule kFurtherName[] = {{"name/value", "V.title", LocalText, kKept, ""}};
  Apply(achievement.achievement.title().empty() ? document::Rules(kName) : document::Rules(kFurtherName), offering,
        context);
  Apply(kOffering, offering, context);

  const SourceNode* const owner = source->FindFirst(course, kOwners) != nullptr ? course : offering;
  static constexpr Rule kOwnerId[] = {{kOwners, "B.identifier", IdOnly, kKept, ""}};
  MapOrganization(source->FindFirst(owner, "organization|organisation"), context);
  Apply(kOwnerId, owner, context);

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
