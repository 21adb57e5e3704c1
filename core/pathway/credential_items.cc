#include "core/pathway/credential_items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/decimal.h"
#include "core/base/limits.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"
#include "core/pathway/eligibility.h"

namespace passerelle::pathway {
namespace {

using elm::Placed;
using elm::Reading;
using elm::Vocabulary;
namespace model = elm::v3;
using Credits = google::protobuf::RepeatedPtrField<model::CreditPoint>;

// Whether an identifier means the same in every document.
bool IsUniqueEverywhere(absl::string_view id) {
  if (absl::StartsWith(id, "urn:"))
    return !absl::StartsWith(id, "urn:epass:") && !absl::StartsWith(id, "urn:passerelle:");
  return absl::StartsWith(id, "http://") || absl::StartsWith(id, "https://") || absl::StartsWith(id, "did:");
}

void AddOnce(const std::string& text, google::protobuf::RepeatedPtrField<std::string>* texts) {
  if (text.empty() || std::find(texts->begin(), texts->end(), text) != texts->end()) return;
  *texts->Add() = text;
}

// The day of a date or date-time, as written; empty for other text.
std::string DayOf(const std::string& text) { return MonthsLater(text.substr(0, 10), 0); }

class ItemReader {
 public:
  ItemReader(const model::EuropeanDigitalCredential& credential, absl::string_view place)
      : credential_(credential), reading_(credential), place_(place) {}

  std::vector<v1::Item> Run() {
    for (const Placed<model::LearningAchievement>& claim : reading_.Achievements()) Read(claim, 0);
    Relate();
    return std::move(items_);
  }

 private:
  // Every achievement once, parts behind their whole.
  void Read(const Placed<model::LearningAchievement>& achievement, size_t depth) {
    const bool is_new = numbers_.emplace(achievement.node, items_.size()).second;
    if (!is_new || depth > base::kPartsDepthMax) return;
    nodes_.push_back(achievement.node);
    items_.push_back(ItemOf(achievement));
    for (const model::LearningAchievement& part : achievement.node->has_part()) {
      Read(reading_.Place(part), depth + 1);
    }
  }

  // Which item is a part of which, whichever of the two says so.
  void Relate() {
    std::set<std::pair<size_t, size_t>> pairs;  // whole, part
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (const model::LearningAchievement& part : nodes_[i]->has_part()) {
        const auto found = numbers_.find(reading_.Place(part).node);
        if (found != numbers_.end()) pairs.emplace(i, found->second);
      }
      for (const model::LearningAchievement& whole : nodes_[i]->is_part_of()) {
        const auto found = numbers_.find(reading_.Place(whole).node);
        if (found != numbers_.end()) pairs.emplace(found->second, i);
      }
    }
    for (const auto& [whole, part] : pairs) items_[whole].add_parts(items_[part].id());
  }

  v1::Item ItemOf(const Placed<model::LearningAchievement>& placed) {
    const model::LearningAchievement& achievement = *placed.node;
    v1::Item item;
    item.set_id(IdOf(placed));
    const std::string pointer = placed.pointer();
    item.set_place(absl::StrCat(place_, pointer.empty() ? "" : ":", pointer));
    item.set_credential_id(credential_.id());
    item.set_title(reading_.TitleOf(achievement));
    if (achievement.has_awarded_by()) Award(*reading_.Place(achievement.awarded_by()).node, &item);
    Expiry(&item);
    credits_taken_ = TakeCredits(achievement.credit_received(), &item);
    for (const model::LearningAssessment& assessment : achievement.proven_by()) Assessment(assessment, &item);
    Grade(achievement, &item);
    if (const auto node = reading_.SpecificationAs<model::Qualification>(achievement.specified_by())) {
      Level(*node->node, &item);
      Specification(*node->node, &item);
    } else if (const auto spec =
                   reading_.SpecificationAs<model::LearningAchievementSpecification>(achievement.specified_by())) {
      Specification(*spec->node, &item);
    }
    if (achievement.has_learning_opportunity()) {
      const model::LearningOpportunity& opportunity = *reading_.Place(achievement.learning_opportunity()).node;
      AddSpecification(opportunity.id(), &item);
      for (const model::IdentifierNode& identifier : opportunity.identifier()) AddCode(identifier, &item);
    }
    return item;
  }

  void Expiry(v1::Item* item) const {
    std::string stated = credential_.valid_until();
    if (stated.empty() && !credential_.expiration_date().empty()) stated = credential_.expiration_date(0);
    item->set_valid_until(DayOf(stated));
    item->set_expiry_open(!stated.empty() && item->valid_until().empty());
  }

  std::string IdOf(const Placed<model::LearningAchievement>& placed) const {
    const std::string& id = placed.node->id();
    if (absl::StartsWith(id, "urn:passerelle:") || absl::StartsWith(id, "urn:uuid:")) return id;
    return absl::StrCat(credential_.id().empty() ? place_ : credential_.id(), "#", id.empty() ? placed.pointer() : id);
  }

  // "schac:uni.example", or the notation alone where it is unique everywhere or has no scheme.
  std::string Notation(const model::IdentifierNode& identifier) const {
    const elm::Placement place = reading_.PlaceOf(identifier);
    std::string notation;
    std::string scheme;
    if (const auto* node = place.As<model::Identifier>()) {
      notation = node->notation();
      scheme = node->scheme_name();
    } else if (const auto* legal = place.As<model::LegalIdentifier>()) {
      notation = legal->notation();
      scheme = legal->scheme_name();
    }
    if (notation.empty() || scheme.empty() || IsUniqueEverywhere(notation)) return notation;
    return absl::StrCat(scheme, ":", notation);
  }

  void Award(const model::AwardingProcess& award, v1::Item* item) const {
    item->set_award_date(DayOf(award.awarding_date()));
    for (const model::AgentNode& body : award.awarding_body()) {
      const elm::Placement place = reading_.PlaceOf(body);
      const auto* organisation = place.As<model::Organisation>();
      if (organisation == nullptr) continue;
      if (IsUniqueEverywhere(organisation->id())) AddOnce(organisation->id(), item->mutable_providers());
      for (const model::IdentifierNode& identifier : organisation->identifier()) {
        AddOnce(Notation(identifier), item->mutable_providers());
      }
    }
  }

  static void AddSpecification(const std::string& id, v1::Item* item) {
    if (IsUniqueEverywhere(id)) AddOnce(id, item->mutable_specifications());
  }

  // A course code means something together with whose code it is only.
  void AddCode(const model::IdentifierNode& identifier, v1::Item* item) const {
    const std::string notation = Notation(identifier);
    if (IsUniqueEverywhere(notation)) return AddSpecification(notation, item);
    const std::string code = notation.substr(notation.find(':') + 1);
    if (code.empty()) return;
    for (const std::string& provider : item->providers()) {
      AddOnce(absl::StrCat(provider, "/", code), item->mutable_specifications());
    }
  }

  void Level(const model::Qualification& qualification, v1::Item* item) const {
    if (!qualification.has_eqf_level()) return;
    const std::optional<std::string> code =
        elm::CodeOf(Vocabulary::kEqf, reading_.Place(qualification.eqf_level()).node->id());
    // Codes of the vocabulary that are no level, such as the framework itself, state none.
    const bool level = code.has_value() && code->size() == 1 && (*code)[0] >= '1' && (*code)[0] <= '8';
    if (level) item->set_eqf_level(static_cast<uint32_t>((*code)[0] - '0'));
  }

  template <typename Spec>
  void Specification(const Spec& specification, v1::Item* item) {
    AddSpecification(specification.id(), item);
    for (const model::IdentifierNode& identifier : specification.identifier()) AddCode(identifier, item);
    const bool credits = credits_taken_ || TakeCredits(specification.credit_point(), item);
    if (!credits) TakeHours(specification.volume_of_learning(), item);
    for (const auto* areas : {&specification.thematic_area(), &specification.education_subject()}) {
      for (const model::Concept& area : *areas) {
        const std::optional<std::string> code = elm::CodeOf(Vocabulary::kIscedF, reading_.Place(area).node->id());
        if (code.has_value()) AddOnce(*code, item->mutable_fields());
      }
    }
    for (const model::LearningOutcome& outcome : specification.learning_outcome()) Outcome(outcome, item);
    if (specification.learning_outcome().empty() && specification.has_learning_outcome_summary()) {
      AddOnce(reading_.Text(reading_.Place(specification.learning_outcome_summary()).node->note_literal()),
              item->mutable_outcome_texts());
    }
    for (const model::LearningAssessmentSpecification& kind : specification.proven_by()) AssessmentKind(kind, item);
  }

  // What only a text states is for a person.
  void Outcome(const model::LearningOutcome& entry, v1::Item* item) const {
    const model::LearningOutcome& outcome = *reading_.Place(entry).node;
    const int before = item->outcomes_size();
    if (IsUniqueEverywhere(outcome.id())) AddOnce(outcome.id(), item->mutable_outcomes());
    for (const auto* skills : {&outcome.related_esco_skill(), &outcome.related_skill()}) {
      for (const model::Concept& skill : *skills) {
        const std::string& id = reading_.Place(skill).node->id();
        if (IsUniqueEverywhere(id)) AddOnce(id, item->mutable_outcomes());
      }
    }
    if (item->outcomes_size() == before) AddOnce(reading_.Text(outcome.title()), item->mutable_outcome_texts());
  }

  // ECTS credits; none where two statements differ. Whether any are stated: then nothing else stands in for them.
  bool TakeCredits(const Credits& stated, v1::Item* item) const {
    std::optional<base::Decimal> credits;
    for (const model::CreditPoint& entry : stated) {
      const model::CreditPoint& point = *reading_.Place(entry).node;
      if (!point.has_framework() || reading_.CreditSystem(point.framework()) != "ECTS") continue;
      const std::optional<base::Decimal> number = base::Decimal::Parse(point.point());
      if (!number.has_value() || (credits.has_value() && *credits != *number)) return true;
      credits = number;
    }
    if (!credits.has_value()) return false;
    item->set_credits_low(credits->ToString());
    item->set_credits_high(credits->ToString());
    return true;
  }

  // How many hours a month of learning holds is not known.
  static void TakeHours(const std::string& volume, v1::Item* item) {
    const std::optional<elm::Duration> duration = elm::ParseDuration(volume);
    if (!duration.has_value() || duration->negative || duration->months != 0) return;
    const std::optional<base::Decimal> hours = base::Decimal::Parse(elm::DescribeNumber(duration->hours));
    if (!hours.has_value() || hours->IsZero()) return;
    const std::optional<elm::CreditRange> range = elm::CreditsOfHours(*hours, std::nullopt);
    if (!range.has_value()) return;
    item->set_credits_low(range->low.ToString());
    item->set_credits_high(range->high.ToString());
  }

  void Assessment(const model::LearningAssessment& entry, v1::Item* item) const {
    const model::LearningAssessment& assessment = *reading_.Place(entry).node;
    for (const model::Concept& type : assessment.dc_type()) AssessmentType(type, item);
    if (assessment.specified_by().empty() && assessment.dc_type().empty()) {
      item->set_assessment(v1::ASSESSMENT_FACT_ASSESSED);
    }
    if (assessment.has_id_verification()) {
      item->set_supervision(
          std::max(item->supervision(), SupervisionOf(reading_.Place(assessment.id_verification()).node->id())));
    }
    for (const model::LearningAssessmentSpecification& kind : assessment.specified_by()) AssessmentKind(kind, item);
  }

  // The grade with the scheme of the same assessment. Of several graded assessments none is the grade of the whole.
  void Grade(const model::LearningAchievement& achievement, v1::Item* item) const {
    const model::LearningAssessment* graded = nullptr;
    for (const model::LearningAssessment& entry : achievement.proven_by()) {
      const model::LearningAssessment& assessment = *reading_.Place(entry).node;
      if (!assessment.has_grade() || graded == &assessment) continue;
      if (graded != nullptr) return;
      graded = &assessment;
    }
    if (graded == nullptr) return;
    for (const model::LearningAssessmentSpecification& kind : graded->specified_by()) {
      const model::LearningAssessmentSpecification& node = *reading_.Place(kind).node;
      if (node.has_grading_scheme()) GradingScheme(*reading_.Place(node.grading_scheme()).node, item);
    }
    item->set_grade(reading_.Text(reading_.Place(graded->grade()).node->note_literal()));
  }

  void GradingScheme(const model::GradingScheme& scheme, v1::Item* item) const {
    if (IsUniqueEverywhere(scheme.id())) return item->set_grade_scheme(scheme.id());
    for (const model::IdentifierNode& identifier : scheme.identifier()) {
      const std::string notation = Notation(identifier);
      const bool own = !IsUniqueEverywhere(notation) && !item->providers().empty();
      item->set_grade_scheme(own ? absl::StrCat(item->providers(0), "/", notation) : notation);
      return;
    }
  }

  // A kind of assessment without a type is an assessment of some kind.
  void AssessmentKind(const model::LearningAssessmentSpecification& entry, v1::Item* item) const {
    const model::LearningAssessmentSpecification& kind = *reading_.Place(entry).node;
    if (kind.dc_type().empty()) item->set_assessment(v1::ASSESSMENT_FACT_ASSESSED);
    for (const model::Concept& type : kind.dc_type()) AssessmentType(type, item);
  }

  void AssessmentType(const model::Concept& entry, v1::Item* item) const {
    const std::string& id = reading_.Place(entry).node->id();
    AddOnce(id, item->mutable_assessment_types());
    const bool attended = elm::CodeOf(Vocabulary::kAssessment, id) == std::string(elm::kAssessmentLevelOfAttendance);
    if (!attended) {
      item->set_assessment(v1::ASSESSMENT_FACT_ASSESSED);
    } else if (item->assessment() == v1::ASSESSMENT_FACT_UNSPECIFIED) {
      item->set_assessment(v1::ASSESSMENT_FACT_ATTENDED_ONLY);
    }
  }

  static v1::Supervision SupervisionOf(const std::string& iri) {
    const std::string code = elm::CodeOf(Vocabulary::kIdVerification, iri).value_or("");
    if (code == elm::kIdVerificationSupervisedWithId) return v1::SUPERVISION_SUPERVISED_IDENTIFIED;
    if (code == elm::kIdVerificationUnsupervisedWithId || code == elm::kIdVerificationIdChecked) {
      return v1::SUPERVISION_UNSUPERVISED_IDENTIFIED;
    }
    if (code == elm::kIdVerificationUnsupervisedWithoutId) return v1::SUPERVISION_UNSUPERVISED_UNIDENTIFIED;
    return v1::SUPERVISION_UNSPECIFIED;
  }

  const model::EuropeanDigitalCredential& credential_;
  const Reading reading_;
  const std::string place_;
  bool credits_taken_ = false;  // of the item at hand, whether what was received states credits
  std::vector<v1::Item> items_;
  std::vector<const model::LearningAchievement*> nodes_;  // by item
  std::map<const model::LearningAchievement*, size_t> numbers_;
};

}  // namespace

std::vector<v1::Item> ItemsOfCredential(const elm::v3::EuropeanDigitalCredential& credential, absl::string_view place) {
  return ItemReader(credential, place).Run();
}

}  // namespace passerelle::pathway
