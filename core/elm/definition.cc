// Point 5(a) of the Recommendation: a micro-credential is the record of the learning outcomes that a learner has
// acquired following a small volume of learning. The limbs say what the record itself shows; none of them decides.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/elm/annex_one.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/constraints.h"
#include "core/elm/rules/workload.h"

namespace passerelle::elm {
namespace {

using document::v1::AnnexOneElement;
using document::v1::AnnexOneReport;

constexpr char kLimbMet[] = "met";
constexpr char kLimbNotMet[] = "not_met";
constexpr char kLimbUnknown[] = "unknown";

// The Recommendation gives no ceiling. The register of quality-assured higher education takes what stays below 60 ECTS
// for a micro-credential; at the usual 25 hours a credit these are 1500 hours.
constexpr double kSmallCredits = 60;
constexpr double kSmallHours = 1500;

// The largest volume that the claims state.
struct Volume {
  double credits = 0;
  double hours = 0;
};

class Definition {
 public:
  Definition(std::shared_ptr<const NodeGraph> graph, const AnnexOneReport& annex_one)
      : reading_(std::move(graph)), report_(annex_one) {}

  std::vector<DefinitionLimb> Run() const {
    std::vector<DefinitionLimb> limbs = {Outcomes(), SmallVolume(), Assessed(),
                                         Owned(),    StandAlone(),  QualityAssured()};
    // The element of Annex I that each limb looks at.
    constexpr absl::string_view kElements[] = {"A1-M06", "A1-M07", "A1-M09", "A1-M01", "A1-O04", "A1-M11"};
    for (size_t i = 0; i < limbs.size(); ++i) {
      for (const AnnexOneElement& element : report_.elements()) {
        if (element.element() == kElements[i]) limbs[i].paths.assign(element.paths().begin(), element.paths().end());
      }
    }
    return limbs;
  }

 private:
  document::v1::ElementStatus Status(absl::string_view id) const {
    for (const AnnexOneElement& element : report_.elements()) {
      if (element.element() == id) return element.status();
    }
    return document::v1::ELEMENT_STATUS_UNSPECIFIED;
  }

  bool Stated(absl::string_view id) const { return Status(id) == document::v1::ELEMENT_STATUS_STATED; }
  bool InText(absl::string_view id) const { return Status(id) == document::v1::ELEMENT_STATUS_TEXT; }

  DefinitionLimb Outcomes() const {
    constexpr char kLimb[] = "learning-outcomes";
    if (Stated("A1-M06")) return {kLimb, kLimbMet, "the record lists learning outcomes"};
    if (InText("A1-M06")) return {kLimb, kLimbMet, "the record describes the learning outcomes in prose"};
    return {kLimb, kLimbNotMet, "the record states no learning outcomes"};
  }

  DefinitionLimb SmallVolume() const {
    constexpr char kLimb[] = "small-volume";
    const Volume volume = LargestVolume();
    if (volume.credits <= 0 && volume.hours <= 0) {
      return {kLimb, kLimbUnknown, "the record states no workload in ECTS credits or hours"};
    }
    const std::string stated = volume.credits > 0 ? absl::StrCat(DescribeNumber(volume.credits), " ECTS credits")
                                                  : absl::StrCat(DescribeNumber(volume.hours), " hours");
    if (volume.credits < kSmallCredits && volume.hours < kSmallHours) {
      return {kLimb, kLimbMet, absl::StrCat(stated, ", less than a year of study")};
    }
    return {kLimb, kLimbUnknown,
            absl::StrCat(stated,
                         " is a year of study or more; the Recommendation sets no ceiling, so that the "
                         "receiving organisation decides")};
  }

  Volume LargestVolume() const {
    Volume largest;
    Visited visited(reading_.graph());
    for (const Placed<v3::LearningAchievement>& claim : reading_.Achievements()) {
      for (const v3::CreditPoint& credit : claim.node->credit_received()) Take(credit, largest);
      const v3::SpecificationNode& node = claim.node->specified_by();
      if (const auto qualification = reading_.SpecificationAs<v3::Qualification>(node)) {
        if (visited.First(*qualification)) TakeSpecification(*qualification->node, largest);
      } else if (const auto spec = reading_.SpecificationAs<v3::LearningAchievementSpecification>(node)) {
        if (visited.First(*spec)) TakeSpecification(*spec->node, largest);
      }
    }
    return largest;
  }

  template <typename Spec>
  void TakeSpecification(const Spec& spec, Volume& largest) const {
    for (const v3::CreditPoint& credit : spec.credit_point()) Take(credit, largest);
    const std::optional<Duration> duration = ParseDuration(spec.volume_of_learning());
    if (duration.has_value() && duration->months == 0) largest.hours = std::max(largest.hours, duration->hours);
  }

  void Take(const v3::CreditPoint& entry, Volume& largest) const {
    const v3::CreditPoint& credit = *reading_.Place(entry).node;
    const std::optional<double> points = ParseCredits(credit.point());
    if (!points.has_value() || !credit.has_framework()) return;
    if (CodeOf(Vocabulary::kCreditSystem, credit.framework().id()) != kCreditSystemEcts) return;
    largest.credits = std::max(largest.credits, *points);
  }

  DefinitionLimb Assessed() const {
    constexpr char kLimb[] = "assessed";
    Visited visited(reading_.graph());
    bool assessed = false;
    bool criteria = false;
    bool other_than_attendance = false;
    const auto kind = [&](const v3::LearningAssessmentSpecification& entry) {
      const v3::LearningAssessmentSpecification& node = *reading_.Place(entry).node;
      const bool attendance = !node.dc_type().empty() &&
                              std::all_of(node.dc_type().begin(), node.dc_type().end(), [](const v3::Concept& type) {
                                return CodeOf(Vocabulary::kAssessment, type.id()) == kAssessmentLevelOfAttendance;
                              });
      assessed = true;
      other_than_attendance = other_than_attendance || !attendance;
      criteria = criteria || (!node.dc_type().empty() && !attendance) || node.has_grading_scheme() ||
                 !node.description().empty() || !node.supplementary_document().empty();
    };
    for (const Placed<v3::LearningAchievement>& claim : reading_.Achievements()) {
      for (const v3::LearningAssessment& entry : claim.node->proven_by()) {
        const Placed<v3::LearningAssessment> placed = reading_.Place(entry);
        if (!visited.First(placed)) continue;
        const v3::LearningAssessment& assessment = *placed.node;
        for (const v3::LearningAssessmentSpecification& specification : assessment.specified_by()) kind(specification);
        other_than_attendance = other_than_attendance || assessment.specified_by().empty();
        assessed = true;
      }
      const v3::SpecificationNode& node = claim.node->specified_by();
      if (const auto qualification = reading_.SpecificationAs<v3::Qualification>(node)) {
        if (!visited.First(*qualification)) continue;
        for (const auto& specification : qualification->node->proven_by()) kind(specification);
      } else if (const auto spec = reading_.SpecificationAs<v3::LearningAchievementSpecification>(node)) {
        if (!visited.First(*spec)) continue;
        for (const auto& specification : spec->node->proven_by()) kind(specification);
      }
    }
    if (!assessed) return {kLimb, kLimbNotMet, "the record names no assessment"};
    if (!other_than_attendance) return {kLimb, kLimbNotMet, "only attendance is recorded, which assesses no outcome"};
    if (criteria) return {kLimb, kLimbMet, "the assessment is specified: its type, its criteria or its grading scheme"};
    return {kLimb, kLimbUnknown, "an assessment is recorded, but neither its type nor its criteria"};
  }

  DefinitionLimb Owned() const {
    constexpr char kLimb[] = "owned-by-learner";
    if (Stated("A1-M01")) {
      return {kLimb, kLimbMet, "the record names its learner and is a document that the learner can keep and share"};
    }
    return {kLimb, kLimbNotMet, "the record does not say whose it is"};
  }

  DefinitionLimb StandAlone() const {
    constexpr char kLimb[] = "stand-alone-or-combinable";
    if (reading_.Achievements().empty()) return {kLimb, kLimbUnknown, "the record holds no learning achievement"};
    if (Stated("A1-O04")) return {kLimb, kLimbMet, "the record says how it combines with other credentials"};
    return {kLimb, kLimbMet, "the achievement stands alone; nothing is said on combining it"};
  }

  DefinitionLimb QualityAssured() const {
    constexpr char kLimb[] = "quality-assured";
    if (Stated("A1-M11"))
      return {kLimb, kLimbMet, "the record states an accreditation of the programme or the provider"};
    if (InText("A1-M11")) return {kLimb, kLimbUnknown, "quality assurance is named, but not of which type"};
    return {kLimb, kLimbUnknown, "the record states no quality assurance; a register may know of one"};
  }

  const Reading reading_;
  const AnnexOneReport& report_;
};

}  // namespace

std::vector<DefinitionLimb> CheckDefinition(const v3::EuropeanDigitalCredential& credential) {
  const auto graph = std::make_shared<const NodeGraph>(credential);
  return CheckDefinition(graph, AnnexOne(graph));
}

std::vector<DefinitionLimb> CheckDefinition(std::shared_ptr<const NodeGraph> graph, const AnnexOneReport& annex_one) {
  return Definition(std::move(graph), annex_one).Run();
}

}  // namespace passerelle::elm
