#include "core/pathway/eligibility.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"

namespace passerelle::pathway {
namespace {

using MaybeObjection = std::optional<Objection>;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

bool Lists(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

Objection Against(absl::string_view reason, absl::string_view text) {
  return {Answer::kNo, "", std::string(reason), std::string(text)};
}

Objection Open(absl::string_view reason, absl::string_view text) {
  return {Answer::kUnknown, "", std::string(reason), std::string(text)};
}

MaybeObjection Authenticity(const v1::Pathway& pathway, const v1::Item& item) {
  if (item.authenticity() == v1::ITEM_AUTHENTICITY_NOT_AUTHENTIC) {
    return Against("NOT_AUTHENTIC", "The document is not authentic.");
  }
  if (pathway.authenticity_required() && item.authenticity() != v1::ITEM_AUTHENTICITY_AUTHENTIC) {
    return Open("AUTHENTICITY_OPEN", "Whether the document is authentic is not established.");
  }
  return std::nullopt;
}

MaybeObjection NotYet(const v1::Item& item, const std::string& day) {
  if (item.award_date() <= day) return std::nullopt;
  return Against("AWARDED_LATER", absl::StrCat("It says that it was awarded on ", item.award_date(), "."));
}

MaybeObjection Age(const v1::AgeRule& rule, const v1::Item& item, const std::string& day) {
  const Answer concerned = rule.field().empty() ? Answer::kYes : IsInField(item, rule.field());
  if (concerned == Answer::kNo) return std::nullopt;
  const std::string& date = std::max(item.award_date(), item.renewal_date());
  const std::string last = MonthsLater(date, rule.months());
  if (last.empty()) return Open("AGE_OPEN", "No date of award is stated.");
  if (day <= last) return std::nullopt;
  if (concerned == Answer::kUnknown)
    return Open("AGE_OPEN", "It is too old if it is of the field that the rule names.");
  return Against("TOO_OLD", absl::StrCat("It was awarded or renewed more than ", rule.months(), " months ago."));
}

MaybeObjection Expiry(const v1::Item& item, const std::string& day) {
  if (item.expiry_open()) return Open("EXPIRY_OPEN", "It states an end of its validity that cannot be read.");
  if (item.valid_until().empty() || day <= item.valid_until()) return std::nullopt;
  return Against("EXPIRED", absl::StrCat("It was valid until ", item.valid_until(), "."));
}

MaybeObjection Revocation(const v1::Item& item) {
  switch (item.status()) {
    case v1::ITEM_STATUS_IN_FORCE:
      return std::nullopt;
    case v1::ITEM_STATUS_REVOKED:
      return Against("REVOKED", "It was revoked.");
    case v1::ITEM_STATUS_SUSPENDED:
      return Against("SUSPENDED", "It is suspended.");
    default:
      return Open("STATUS_OPEN", "Whether it is still in force is not known.");
  }
}

MaybeObjection Grade(const v1::GradeRule& rule, const v1::Item& item) {
  if (item.grade().empty()) return Open("GRADE_OPEN", "No grade is stated.");
  if (item.grade_scheme() != rule.scheme()) {
    return Open("GRADE_OPEN", "The grade is of another scheme, and is not converted here.");
  }
  if (Lists(rule.accepted(), item.grade())) return std::nullopt;
  return Against("GRADE_TOO_LOW", "The grade is none of those that are enough.");
}

MaybeObjection Quality(const v1::QualityRule& rule, const v1::Item& item) {
  bool denied = false;
  bool open = false;
  for (const v1::QualityFact& fact : item.quality()) {
    if (!Lists(rule.schemes(), fact.scheme()) || (rule.obligatory() && !fact.obligatory())) continue;
    if (fact.coverage() == v1::COVERAGE_COVERED) return std::nullopt;
    const bool conditions = fact.coverage() == v1::COVERAGE_COVERED_WITH_CONDITIONS;
    if (conditions && rule.accept_conditions()) return std::nullopt;
    (fact.coverage() == v1::COVERAGE_UNSPECIFIED ? open : denied) = true;
  }
  if (open) return Open("QUALITY_OPEN", "Whether quality assurance covers the award is not known.");
  if (denied) return Against("QUALITY_NOT_ACCEPTED", "No accepted quality assurance covers the award on its date.");
  // That nothing was found says nothing about the award.
  return Open("QUALITY_OPEN", "No accepted quality assurance was found.");
}

MaybeObjection Assessment(const v1::AssessmentRule& rule, const v1::Item& item) {
  if (item.assessment() == v1::ASSESSMENT_FACT_ATTENDED_ONLY) {
    return Against("NOT_ASSESSED", "It certifies attendance only.");
  }
  const bool all_excluded = !item.assessment_types().empty() &&
                            std::all_of(item.assessment_types().begin(), item.assessment_types().end(),
                                        [&](const std::string& type) { return Lists(rule.excluded_types(), type); });
  if (all_excluded) return Against("ASSESSMENT_NOT_ACCEPTED", "It was assessed in a way that the rule excludes only.");
  if (item.assessment() == v1::ASSESSMENT_FACT_UNSPECIFIED) {
    return Open("ASSESSMENT_OPEN", "Whether it was assessed is not stated.");
  }
  if (!rule.excluded_types().empty() && item.assessment_types().empty()) {
    return Open("ASSESSMENT_OPEN", "How it was assessed is not stated.");
  }
  if (item.supervision() == v1::SUPERVISION_UNSPECIFIED && rule.least_supervision() != v1::SUPERVISION_UNSPECIFIED) {
    return Open("SUPERVISION_OPEN", "How the assessment was supervised is not stated.");
  }
  if (item.supervision() < rule.least_supervision()) {
    return Against("SUPERVISION_TOO_WEAK", "The assessment was supervised less than the rule asks for.");
  }
  return std::nullopt;
}

// Where else an item was used is told only of the owner's own awards.
MaybeObjection Uses(const v1::Pathway& pathway, const v1::ExclusiveUseRule& rule, const v1::Item& item) {
  if (rule.use() != v1::EXCLUSIVE_USE_ACROSS_AWARDS) return std::nullopt;
  for (const v1::Use& use : item.uses()) {
    if (use.owner() != pathway.owner()) continue;
    return Against("ALREADY_USED", absl::StrCat("It was used for another award of this owner: ", use.award(), "."));
  }
  if (!item.uses().empty()) return Against("ALREADY_USED", "It was used for another award.");
  if (item.uses_known()) return std::nullopt;
  return Open("USE_OPEN", "Whether it was used for another award is not known; the holder can declare it.");
}

MaybeObjection OfRule(const v1::Pathway& pathway, const v1::Rule& rule, const v1::Item& item, const std::string& day) {
  switch (rule.kind_case()) {
    case v1::Rule::kMaxAge:
      return Age(rule.max_age(), item, day);
    case v1::Rule::kNotExpired:
      return Expiry(item, day);
    case v1::Rule::kNotRevoked:
      return Revocation(item);
    case v1::Rule::kMinGrade:
      return Grade(rule.min_grade(), item);
    case v1::Rule::kQaAccepted:
      return Quality(rule.qa_accepted(), item);
    case v1::Rule::kAssessed:
      return Assessment(rule.assessed(), item);
    case v1::Rule::kExclusiveUse:
      return Uses(pathway, rule.exclusive_use(), item);
    default:
      return std::nullopt;
  }
}

std::string SupervisionWords(v1::Supervision supervision) {
  switch (supervision) {
    case v1::SUPERVISION_UNSUPERVISED_UNIDENTIFIED:
      return "unsupervised or more";
    case v1::SUPERVISION_UNSUPERVISED_IDENTIFIED:
      return "with identity check";
    default:
      return "supervised, with identity check";
  }
}

std::string NeededAssessment(const v1::AssessmentRule& rule) {
  std::string text = "assessed, not attended only";
  if (!rule.excluded_types().empty()) {
    absl::StrAppend(&text, "; not by ", absl::StrJoin(rule.excluded_types(), " or "), " alone");
  }
  if (rule.least_supervision() != v1::SUPERVISION_UNSPECIFIED) {
    absl::StrAppend(&text, "; ", SupervisionWords(rule.least_supervision()));
  }
  return text;
}

std::optional<absl::CivilDay> DayOf(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

}  // namespace

std::string MonthsLater(absl::string_view day, uint32_t months) {
  const std::optional<absl::CivilDay> first = DayOf(day);
  if (!first.has_value()) return "";
  const absl::CivilMonth month = absl::CivilMonth(*first) + months;
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  return absl::FormatCivilTime(absl::CivilDay(month) + (std::min(first->day(), last_of_month.day()) - 1));
}

bool LooksAtOneItem(const v1::Rule& rule) {
  switch (rule.kind_case()) {
    case v1::Rule::kMaxAge:
    case v1::Rule::kNotExpired:
    case v1::Rule::kNotRevoked:
    case v1::Rule::kMinGrade:
    case v1::Rule::kQaAccepted:
    case v1::Rule::kAssessed:
    case v1::Rule::kExclusiveUse:
      return true;
    default:
      return false;
  }
}

std::string NeededOfAnItem(const v1::Rule& rule) {
  switch (rule.kind_case()) {
    case v1::Rule::kMaxAge:
      return absl::StrCat("awarded or renewed no more than ", rule.max_age().months(), " months ago",
                          rule.max_age().field().empty() ? "" : absl::StrCat(", in field ", rule.max_age().field()));
    case v1::Rule::kNotExpired:
      return "still valid";
    case v1::Rule::kNotRevoked:
      return "neither revoked nor suspended";
    case v1::Rule::kMinGrade:
      return absl::StrCat("a grade of ", absl::StrJoin(rule.min_grade().accepted(), " or "));
    case v1::Rule::kQaAccepted:
      return absl::StrCat("quality-assured by ", absl::StrJoin(rule.qa_accepted().schemes(), " or "),
                          rule.qa_accepted().obligatory() ? ", as part of the obligatory system" : "",
                          " on the date of award");
    case v1::Rule::kAssessed:
      return NeededAssessment(rule.assessed());
    case v1::Rule::kExclusiveUse:
      return rule.exclusive_use().use() == v1::EXCLUSIVE_USE_ACROSS_AWARDS ? "not used for another award"
             : rule.exclusive_use().use() == v1::EXCLUSIVE_USE_NONE        ? "one item may fill several places"
                                                                           : "one item fills one place";
    default:
      return "";
  }
}

std::vector<Objection> Objections(const v1::Pathway& pathway, const v1::Item& item, const std::string& day) {
  std::vector<Objection> objections;
  if (const MaybeObjection objection = Authenticity(pathway, item)) objections.push_back(*objection);
  if (const MaybeObjection objection = NotYet(item, day)) objections.push_back(*objection);
  for (const v1::Rule& rule : pathway.rules()) {
    MaybeObjection objection = OfRule(pathway, rule, item, day);
    if (!objection.has_value()) continue;
    objection->rule = rule.id();
    objections.push_back(*std::move(objection));
  }
  return objections;
}

}  // namespace passerelle::pathway
