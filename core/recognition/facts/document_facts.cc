#include "core/recognition/facts/document_facts.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/assessors.h"
#include "core/authenticity/issuer_identity.h"
#include "core/base/decimal.h"
#include "core/document/score.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/national_level.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

using elm::Placed;
using elm::Reading;
using elm::Vocabulary;
namespace model = elm::v3;

constexpr char kDeqar[] = "deqar";  // takes in reports of agencies that are registered in EQAR only

// A value that several achievements state: known while they agree.
template <typename Value>
class Agreed {
 public:
  void Take(Value value) {
    if (value == Value{}) return;
    if (!stated_) value_ = value;
    if (value_ != value) value_ = Value{};
    stated_ = true;
  }
  Value value() const { return value_; }

 private:
  Value value_{};
  bool stated_ = false;
};

class Collector {
 public:
  explicit Collector(const model::EuropeanDigitalCredential& credential)
      : reading_(credential), agents_(reading_), assessor_reader_(reading_, credential.issuer()) {}

  void Run(v1::CaseFacts* facts) {
    for (const Placed<model::LearningAchievement>& placed : reading_.Achievements()) Take(*placed.node, facts);
    v1::CredentialFacts& credential = *facts->mutable_credential();
    credential.set_setting(setting_.value());
    credential.set_mode(mode_.value());
    if (!earliest_.empty()) credential.set_award_date(earliest_);
    if (!unnamed_) {
      for (const std::string& identifier : qualification_.value()) credential.add_identifiers(identifier);
    }
    KeepBodies(facts->mutable_provider());
    credential.set_award_country(country_.value());
    if (!uncounted_ && !credits_.IsZero()) credential.mutable_workload()->set_ects(credits_.ToString());
    if (credits_.IsZero() && hours_ > 0) {
      credential.mutable_workload()->set_hours(elm::DescribeNumber(hours_));
    }
    if (level_.has_value() && !unlevelled_) *credential.mutable_level() = *level_;
    // Attendance alone anywhere is no assessment of the whole.
    credential.mutable_assessment()->set_assessed(attendance_   ? v1::KNOWN_NO
                                                  : unassessed_ ? v1::KNOWN_UNSPECIFIED
                                                                : assessed_);
    credential.mutable_assessment()->set_supervision(supervision_.value());
  }

 private:
  void Take(const model::LearningAchievement& achievement, v1::CaseFacts* facts) {
    if (achievement.has_awarded_by()) {
      Award(*reading_.Place(achievement.awarded_by()).node, facts);
    } else {
      Body({});
    }
    Assessors(achievement, facts);
    bool assessed = false;
    for (const model::LearningAssessment& entry : achievement.proven_by()) {
      const model::LearningAssessment& assessment = *reading_.Place(entry).node;
      if (assessment.has_id_verification()) Supervision(assessment.id_verification());
      for (const auto& specification : assessment.specified_by()) Assessment(specification, &assessed, facts);
      assessed = assessed || assessment.specified_by().empty();
    }
    const bool credited = Credits(achievement.credit_received());
    if (const auto placed = reading_.SpecificationAs<model::Qualification>(achievement.specified_by())) {
      Level(*placed->node);
      Identifiers(*placed->node, placed->node->qualification_code());
      Specification(*placed->node, !credited, &assessed, facts);
    } else if (const auto spec =
                   reading_.SpecificationAs<model::LearningAchievementSpecification>(achievement.specified_by())) {
      unlevelled_ = true;
      Identifiers(*spec->node, {});
      Specification(*spec->node, !credited, &assessed, facts);
    } else {
      unnamed_ = true;
    }
    if (assessed) assessed_ = v1::KNOWN_YES;
    unassessed_ = unassessed_ || !assessed;
  }

  void Award(const model::AwardingProcess& award, v1::CaseFacts* facts) {
    const std::optional<std::string> day = elm::StatedDay(award.awarding_date());
    if (day.has_value() && (earliest_.empty() || *day < earliest_)) earliest_ = *day;
    if (award.awarding_body().empty()) Body({});
    for (const model::AgentNode& body : award.awarding_body()) {
      // Of persons nothing is taken, whoever they are.
      const std::vector<std::string> identifiers =
          body.has_person() ? std::vector<std::string>() : Texts(agents_.PartyOf(body));
      Body(identifiers);
      for (const std::string& identifier : identifiers) facts->mutable_provider()->add_identifiers(identifier);
      if (body.has_person()) continue;
      const auto* organisation = reading_.PlaceOf(body).As<model::Organisation>();
      if (organisation == nullptr) continue;
      for (const model::Location& location : organisation->location()) Country(*reading_.Place(location).node);
    }
  }

  // Each once, over all achievements.
  void Assessors(const model::LearningAchievement& achievement, v1::CaseFacts* facts) {
    for (const authenticity::Party& party : assessor_reader_.Of(achievement).others) {
      const std::vector<std::string> identifiers = Texts(party);
      if (std::find(assessors_.begin(), assessors_.end(), identifiers) != assessors_.end()) continue;
      assessors_.push_back(identifiers);
      v1::AssessorFacts* const assessor = facts->mutable_credential()->mutable_assessment()->add_assessors();
      for (const std::string& identifier : identifiers) assessor->add_identifiers(identifier);
    }
  }

  static std::vector<std::string> Texts(const std::vector<authenticity::Identifier>& identifiers) {
    std::vector<std::string> texts;
    for (const authenticity::Identifier& identifier : identifiers) {
      texts.push_back(absl::StrCat(identifier.scheme, ":", identifier.value));
    }
    return texts;
  }

  // Each body once; one without identifiers is one that nothing can be found out about.
  void Body(const std::vector<std::string>& identifiers) {
    if (std::find(bodies_.begin(), bodies_.end(), identifiers) == bodies_.end()) bodies_.push_back(identifiers);
  }

  void KeepBodies(v1::ProviderFacts* provider) const {
    if (bodies_.size() < 2) return;
    for (const std::vector<std::string>& body : bodies_) {
      v1::AwardingBodyFacts* const facts = provider->add_bodies();
      for (const std::string& identifier : body) facts->add_identifiers(identifier);
    }
  }

  // By which a register may know the qualification, or the course.
  template <typename Spec>
  void Identifiers(const Spec& spec, const google::protobuf::RepeatedPtrField<model::Concept>& codes) {
    std::vector<std::string> identifiers = Texts(authenticity::IdentifiersOf(spec.identifier()));
    if (absl::StartsWith(spec.id(), "https://") || absl::StartsWith(spec.id(), "http://")) {
      identifiers.push_back(spec.id());
    }
    for (const model::Concept& code : codes) {
      if (!code.id().empty()) identifiers.push_back(code.id());
    }
    qualification_.Take(identifiers);
    unnamed_ = unnamed_ || identifiers.empty();
  }

  void Country(const model::Location& location) {
    for (const model::Address& entry : location.address()) {
      const model::Address& address = *reading_.Place(entry).node;
      if (address.has_country_code()) {
        country_.Take(elm::CountryCodeOf(address.country_code().id()).value_or(""));
      }
    }
  }

  void Level(const model::Qualification& qualification) {
    v1::LevelFacts level;
    const std::optional<std::string> code = elm::CodeOf(Vocabulary::kEqf, qualification.eqf_level().id());
    if (code.has_value() && code->size() == 1 && (*code)[0] >= '1' && (*code)[0] <= '8') {
      level.set_eqf_level(static_cast<uint32_t>((*code)[0] - '0'));
    }
    for (const model::Concept& entry : qualification.nqf_level()) {
      const std::optional<elm::NationalLevel> national = elm::NationalLevelByIri(reading_.Place(entry).node->id());
      if (!national.has_value()) continue;
      level.set_framework(std::string(national->framework));
      level.set_level(std::string(national->level));
      if (national->eqf.has_value()) level.set_eqf_level(static_cast<uint32_t>(*national->eqf));
    }
    if (level.eqf_level() == 0 && level.framework().empty()) {
      unlevelled_ = true;
      return;
    }
    level.set_basis(v1::LEVEL_BASIS_PROVIDER_CLAIM);
    if (!level_.has_value() || level.eqf_level() < level_->eqf_level()) level_ = level;
  }

  template <typename Spec>
  void Specification(const Spec& spec, bool credits, bool* assessed, v1::CaseFacts* facts) {
    if (credits && !Credits(spec.credit_point())) {
      const std::optional<elm::Duration> volume = elm::ParseDuration(spec.volume_of_learning());
      if (volume.has_value() && volume->months == 0 && !volume->negative) hours_ += volume->hours;
    }
    if (spec.has_learning_setting()) {
      const std::optional<std::string> code = elm::CodeOf(Vocabulary::kLearningSetting, spec.learning_setting().id());
      setting_.Take(code == elm::kLearningSettingFormal      ? v1::LEARNING_SETTING_FORMAL
                    : code == elm::kLearningSettingNonFormal ? v1::LEARNING_SETTING_NON_FORMAL
                                                             : v1::LEARNING_SETTING_UNSPECIFIED);
    }
    for (const model::Concept& mode : spec.mode()) Mode(mode);
    for (const model::LearningOutcome& outcome : spec.learning_outcome()) Outcome(*reading_.Place(outcome).node, facts);
    for (const auto& assessment : spec.proven_by()) Assessment(assessment, assessed, facts);
    for (const model::Concept& field : spec.thematic_area()) {
      facts->mutable_credential()->set_isced_f(elm::CodeOf(Vocabulary::kIscedF, field.id()).value_or(""));
    }
  }

  void Mode(const model::Concept& mode) {
    const std::optional<std::string> code = elm::CodeOf(Vocabulary::kMode, mode.id());
    mode_.Take(code == elm::kModePresential ? v1::PARTICIPATION_MODE_ON_SITE
               : code == elm::kModeOnline   ? v1::PARTICIPATION_MODE_ONLINE
               : code == elm::kModeBlended  ? v1::PARTICIPATION_MODE_BLENDED
                                            : v1::PARTICIPATION_MODE_UNSPECIFIED);
  }

  void Outcome(const model::LearningOutcome& outcome, v1::CaseFacts* facts) {
    std::vector<std::string> uris;
    for (const model::Concept& skill : outcome.related_esco_skill()) uris.push_back(skill.id());
    for (const model::Concept& skill : outcome.related_skill()) uris.push_back(skill.id());
    if (uris.empty()) uris.emplace_back();
    for (const std::string& uri : uris) {
      v1::OutcomeFacts* entry = facts->mutable_credential()->add_outcomes();
      entry->set_uri(uri);
      entry->set_title(reading_.Text(outcome.title()));
    }
  }

  void Assessment(const model::LearningAssessmentSpecification& entry, bool* assessed, v1::CaseFacts* facts) {
    const model::LearningAssessmentSpecification& specification = *reading_.Place(entry).node;
    for (const model::Concept& type : specification.dc_type()) {
      facts->mutable_credential()->mutable_assessment()->set_type(reading_.Label(type));
      if (elm::CodeOf(Vocabulary::kAssessment, type.id()) == elm::kAssessmentLevelOfAttendance) {
        attendance_ = true;
        continue;
      }
      *assessed = true;
    }
    *assessed = *assessed || specification.dc_type().empty();
  }

  void Supervision(const model::Concept& supervision) {
    const std::optional<std::string> code = elm::CodeOf(Vocabulary::kIdVerification, supervision.id());
    supervision_.Take(code == elm::kIdVerificationUnsupervisedWithoutId ? v1::ASSESSMENT_SUPERVISION_NONE
                      : code == elm::kIdVerificationIdChecked || code == elm::kIdVerificationSupervisedWithId ||
                              code == elm::kIdVerificationUnsupervisedWithId
                          ? v1::ASSESSMENT_SUPERVISION_IDENTITY_VERIFIED
                          : v1::ASSESSMENT_SUPERVISION_UNSPECIFIED);
  }

  // Whether ECTS credits are stated; adds them.
  bool Credits(const google::protobuf::RepeatedPtrField<model::CreditPoint>& stated) {
    std::optional<base::Decimal> ects;
    for (const model::CreditPoint& entry : stated) {
      const model::CreditPoint& point = *reading_.Place(entry).node;
      if (!point.has_framework() || reading_.CreditSystem(point.framework()) != "ECTS") continue;
      const std::optional<base::Decimal> number = base::Decimal::Parse(point.point());
      uncounted_ = uncounted_ || !number.has_value() || (ects.has_value() && *ects != *number);
      if (number.has_value()) ects = number;
    }
    const std::optional<base::Decimal> sum = ects.has_value() ? credits_.Plus(*ects) : std::nullopt;
    if (sum.has_value()) credits_ = *sum;
    return sum.has_value();
  }

  const Reading reading_;
  authenticity::Agents agents_;
  authenticity::AssessorReader assessor_reader_;
  Agreed<v1::LearningSetting> setting_;
  Agreed<v1::ParticipationMode> mode_;
  Agreed<v1::AssessmentSupervision> supervision_;
  Agreed<std::string> country_;
  Agreed<std::vector<std::string>> qualification_;
  std::vector<std::vector<std::string>> bodies_;
  std::vector<std::vector<std::string>> assessors_;
  std::optional<v1::LevelFacts> level_;
  std::string earliest_;
  base::Decimal credits_;
  double hours_ = 0;
  v1::Known assessed_ = v1::KNOWN_UNSPECIFIED;
  bool unassessed_ = false;
  bool attendance_ = false;
  bool unlevelled_ = false;  // an achievement without a level
  bool unnamed_ = false;     // an achievement whose qualification has no identifier
  bool uncounted_ = false;   // credits that contradict each other, or are no number
};

// What two checks say of one question: no if either says no, yes if either says yes.
v1::Known Either(v1::Known one, v1::Known other) {
  if (one == v1::KNOWN_NO || other == v1::KNOWN_NO) return v1::KNOWN_NO;
  return one == v1::KNOWN_YES ? one : other;
}

v1::Known Answer(authenticity::v1::CheckOutcome outcome) {
  switch (outcome) {
    case authenticity::v1::CHECK_OUTCOME_PASS:
      return v1::KNOWN_YES;
    case authenticity::v1::CHECK_OUTCOME_FAIL:
      return v1::KNOWN_NO;
    default:
      return v1::KNOWN_UNSPECIFIED;
  }
}

v1::QualityFacts QualityOf(const trust::Coverage& coverage) {
  v1::QualityFacts quality;
  const trust::v1::QualityReport* const report = coverage.decisive;
  switch (coverage.outcome) {
    case trust::Outcome::kCovered:
      quality.set_coverage(v1::QUALITY_COVERAGE_COVERED);
      break;
    case trust::Outcome::kCoveredWithConditions:
      quality.set_coverage(v1::QUALITY_COVERAGE_WITH_CONDITIONS);
      break;
    case trust::Outcome::kNotCovered:
      quality.set_coverage(v1::QUALITY_COVERAGE_NOT_COVERED);
      break;
    case trust::Outcome::kUnknown:
      break;
  }
  if (report == nullptr) return quality;
  quality.set_report(report->id());
  quality.set_obligatory(report->status() == trust::v1::QUALITY_STATUS_OBLIGATORY  ? v1::KNOWN_YES
                         : report->status() == trust::v1::QUALITY_STATUS_VOLUNTARY ? v1::KNOWN_NO
                                                                                   : v1::KNOWN_UNSPECIFIED);
  quality.set_flagged(report->high_flag() ? v1::KNOWN_YES : v1::KNOWN_NO);
  if (report->source() == kDeqar) {
    quality.set_agency_registered(v1::KNOWN_YES);
    quality.set_scheme(v1::QUALITY_SCHEME_ESG);
  }
  if (!report->programmes().empty()) quality.set_course_covered(v1::KNOWN_YES);
  return quality;
}

// The day, field and level of the award; nothing where the day is not known.
std::optional<trust::CoverageQuestion> QuestionAbout(const v1::CaseFacts& facts) {
  const std::optional<absl::CivilDay> award = ParseDay(facts.credential().award_date());
  if (!award.has_value()) return std::nullopt;
  trust::CoverageQuestion question;
  question.award = *award;
  question.isced = facts.credential().isced_f();
  if (facts.credential().level().eqf_level() > 0) question.eqf_level = facts.credential().level().eqf_level();
  return question;
}

// How much stands in the way of an automatic decision: in a joint award the body with the most of it counts.
int Doubt(const v1::QualityFacts& quality) {
  if (quality.coverage() == v1::QUALITY_COVERAGE_NOT_COVERED) return 4;
  if (quality.coverage() == v1::QUALITY_COVERAGE_UNSPECIFIED) return 3;
  if (quality.flagged() != v1::KNOWN_NO || quality.obligatory() != v1::KNOWN_YES ||
      quality.agency_registered() != v1::KNOWN_YES) {
    return 2;
  }
  return quality.coverage() == v1::QUALITY_COVERAGE_WITH_CONDITIONS ? 1 : 0;
}

}  // namespace

v1::CaseFacts FactsOfDocument(const elm::v3::EuropeanDigitalCredential& credential,
                              const document::v1::AnnexOneReport& annex_one) {
  v1::CaseFacts facts;
  Collector(credential).Run(&facts);
  for (const document::v1::AnnexOneElement& element : annex_one.elements()) {
    if (document::Survives(element.status())) facts.add_stated_elements(element.element());
  }
  return facts;
}

v1::AuthenticityFacts FactsOfVerdict(const authenticity::v1::AuthenticityVerdict& verdict, bool speaks_for_issuer) {
  v1::AuthenticityFacts facts;
  v1::Known in_force = v1::KNOWN_UNSPECIFIED;
  v1::Known not_revoked = v1::KNOWN_UNSPECIFIED;
  v1::Known confirmed = v1::KNOWN_UNSPECIFIED;
  for (const authenticity::v1::Check& check : verdict.checks()) {
    const v1::Known answer = Answer(check.outcome());
    if (check.name() == "seal") facts.set_integrity(answer);
    if (check.name() == "signer") facts.set_issuer(answer);
    if (check.name() == "validity") in_force = answer;
    if (check.name() == "status") not_revoked = answer;
    if (check.name() == "register") confirmed = answer;
    if (check.name() == "holder") facts.set_subject(answer);
  }
  // The status rests on the register where there is an answer. Who says that it was revoked is heard all the same.
  if (!speaks_for_issuer && confirmed != v1::KNOWN_UNSPECIFIED) {
    confirmed = v1::KNOWN_UNSPECIFIED;
    if (not_revoked == v1::KNOWN_YES) not_revoked = v1::KNOWN_UNSPECIFIED;
  }
  // A document without a seal can be confirmed by the register of its issuer.
  facts.set_integrity(Either(facts.integrity(), confirmed));
  facts.set_issuer(Either(facts.issuer(), confirmed));
  const bool both = in_force == v1::KNOWN_YES && not_revoked == v1::KNOWN_YES;
  const bool either_not = in_force == v1::KNOWN_NO || not_revoked == v1::KNOWN_NO;
  facts.set_in_force(either_not ? v1::KNOWN_NO : both ? v1::KNOWN_YES : v1::KNOWN_UNSPECIFIED);
  facts.set_source("verdict");
  return facts;
}

v1::QualityFacts FactsOfRegisters(const trust::AccreditationIndex& index, const v1::CaseFacts& facts) {
  std::optional<trust::CoverageQuestion> asked = QuestionAbout(facts);
  if (!asked.has_value()) return {};
  trust::CoverageQuestion& question = *asked;
  question.providers.assign(facts.provider().identifiers().begin(), facts.provider().identifiers().end());
  if (facts.provider().bodies().empty()) return QualityOf(index.Check(question));
  std::optional<v1::QualityFacts> worst;
  for (const v1::AwardingBodyFacts& body : facts.provider().bodies()) {
    question.providers.assign(body.identifiers().begin(), body.identifiers().end());
    const v1::QualityFacts quality = QualityOf(index.Check(question));
    if (!worst.has_value() || Doubt(quality) > Doubt(*worst)) worst = quality;
  }
  return *worst;
}

void AddAssessorQuality(const trust::AccreditationIndex& index, v1::CaseFacts* facts) {
  std::optional<trust::CoverageQuestion> question = QuestionAbout(*facts);
  if (!question.has_value() || facts->credential().assessment().assessors().empty()) return;
  for (v1::AssessorFacts& assessor : *facts->mutable_credential()->mutable_assessment()->mutable_assessors()) {
    question->providers.assign(assessor.identifiers().begin(), assessor.identifiers().end());
    const trust::Coverage coverage = index.Check(*question);
    if (coverage.provider_known) {
      assessor.set_found(v1::KNOWN_YES);
    } else if (assessor.found() == v1::KNOWN_UNSPECIFIED) {
      assessor.set_found(v1::KNOWN_NO);
    }
    const bool covered =
        coverage.outcome == trust::Outcome::kCovered || coverage.outcome == trust::Outcome::kCoveredWithConditions;
    if (!covered || assessor.recognised() != v1::KNOWN_UNSPECIFIED) continue;
    assessor.set_recognised(v1::KNOWN_YES);
    assessor.set_source(coverage.decisive->id());
  }
}

void Overlay(const v1::CaseFacts& given, v1::CaseFacts* found) {
  if (given.credential().assessment().assessors_size() > 0) {
    found->mutable_credential()->mutable_assessment()->clear_assessors();
  }
  if (given.credential().outcomes_size() > 0) found->mutable_credential()->clear_outcomes();
  if (given.stated_elements_size() > 0) found->clear_stated_elements();
  if (given.provider().identifiers_size() > 0) found->mutable_provider()->clear_identifiers();
  // A level is stated as a whole: half of one and half of another would be a third.
  if (given.credential().has_level()) found->mutable_credential()->clear_level();
  if (given.credential().has_workload()) found->mutable_credential()->clear_workload();
  found->MergeFrom(given);
}

}  // namespace passerelle::recognition
