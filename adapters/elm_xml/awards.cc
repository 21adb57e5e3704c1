#include "adapters/elm_xml/awards.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/elm_xml/completion.h"
#include "adapters/elm_xml/mapping.h"
#include "core/base/problem.h"
#include "core/document/blank_page.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using pugi::xml_node;

// Gives the parts of an achievement its awarding process, by reference.
template <typename Claims>
bool ShareAward(const v3::AwardingProcess& award, Claims* claims) {
  bool shared = false;
  for (auto& claim : *claims) {
    if (claim.type().empty()) continue;  // only named here
    if (!claim.has_awarded_by()) {
      claim.mutable_awarded_by()->set_id(award.id());
      shared = true;
    }
    if constexpr (requires { claim.mutable_has_part(); })
      shared = ShareAward(award, claim.mutable_has_part()) || shared;
  }
  return shared;
}

bool ShareAward(v3::LearningAchievement* achievement) {
  const v3::AwardingProcess& award = achievement->awarded_by();
  if (award.id().empty()) return false;
  bool shared = ShareAward(award, achievement->mutable_proven_by());
  shared = ShareAward(award, achievement->mutable_influenced_by()) || shared;
  shared = ShareAward(award, achievement->mutable_entitles_to()) || shared;
  for (v3::LearningAchievement& part : *achievement->mutable_has_part()) {
    if (part.type().empty()) continue;
    if (!part.has_awarded_by()) {
      part.mutable_awarded_by()->set_id(award.id());
      shared = true;
    }
    shared = ShareAward(&part) || shared;
  }
  return shared;
}

v3::AwardingProcess* MutableAward(v3::ClaimNode* claim) {
  switch (claim->node_case()) {
    case v3::ClaimNode::kLearningAchievement:
      return claim->mutable_learning_achievement()->mutable_awarded_by();
    case v3::ClaimNode::kLearningActivity:
      return claim->mutable_learning_activity()->mutable_awarded_by();
    case v3::ClaimNode::kLearningAssessment:
      return claim->mutable_learning_assessment()->mutable_awarded_by();
    case v3::ClaimNode::kLearningEntitlement:
      return claim->mutable_learning_entitlement()->mutable_awarded_by();
    default:
      return claim->mutable_claim()->mutable_awarded_by();
  }
}

// Whether the claim is described elsewhere and only named here.
bool IsOnlyNamed(const v3::ClaimNode& claim) {
  switch (claim.node_case()) {
    case v3::ClaimNode::kLearningAchievement:
      return claim.learning_achievement().type().empty();
    case v3::ClaimNode::kLearningActivity:
      return claim.learning_activity().type().empty();
    case v3::ClaimNode::kLearningAssessment:
      return claim.learning_assessment().type().empty();
    case v3::ClaimNode::kLearningEntitlement:
      return claim.learning_entitlement().type().empty();
    default:
      return claim.claim().type().empty();
  }
}

// The award of the issuer: written out once, and named after that.
class IssuerAward {
 public:
  IssuerAward(Source* source, const xml_node& root, absl::string_view credential)
      : source_(source), root_(root), id_(absl::StrCat(credential, ":award")) {}

  void Give(v3::AwardingProcess* award) {
    const bool own = award->type().empty();  // the claim states no process at all
    if (own) award->set_id(id_);
    if (own && given_) return;
    given_ = given_ || own;
    if (own) award->add_type("AwardingProcess");
    FillIssuer(award->add_awarding_body());
    for (const char* const name : {"issued", "issuanceDate"}) {
      if (!award->awarding_date().empty()) break;
      award->set_awarding_date(base::XmlText(Source::ChildNamed(root_, name)));
      dated_ = dated_ || !award->awarding_date().empty();
    }
    if (!said_) {
      source_->Warn("award.from-issuer", root_,
                    "Claims do not state who awarded them; the issuer and the date of issue stand for it.");
    }
    said_ = true;
  }

  // The elements of Annex I that the issuer and the date of issue stood for.
  std::vector<absl::string_view> Derived() const {
    std::vector<absl::string_view> elements;
    if (said_ && Source::ChildNamed(root_, "issuer")) elements = {"A1-M03", "A1-M04"};
    if (dated_) elements.push_back("A1-M05");
    return elements;
  }

 private:
  // Without an issuer an agent of whom nothing is known, so that it is missing and not overlooked.
  void FillIssuer(v3::AgentNode* body) {
    const xml_node issuer = Source::ChildNamed(root_, "issuer");
    if (!issuer) return body->mutable_agent()->add_type("Agent");
    const std::string id = source_->ReadAttribute(issuer, "idref");
    const xml_node described = id.empty() ? issuer : source_->Referenced(id);
    // What was written before, here or where something else refers to it, is only named.
    const bool first = described && source_->TakeFirst(described);
    if (id.empty() && issuer_.empty()) issuer_ = source_->ReadId(issuer);
    v3::Organisation& organisation = *body->mutable_organisation();
    organisation.set_id(id.empty() ? issuer_ : id);
    if (!first) return;
    const size_t mark = source_->Mark();
    FillNode(source_, described, &organisation);
    if (organisation.id().empty()) organisation.set_id(absl::StrCat(id_, ":issuer"));
    if (id.empty()) issuer_ = organisation.id();
    if (!CompleteNode(source_, described, &organisation).empty()) CompleteAgent(source_, described, mark, body);
  }

  Source* const source_;
  const xml_node root_;
  const std::string id_;
  std::string issuer_;  // id of an issuer that is described in its place, once that is written
  bool given_ = false;
  bool said_ = false;
  bool dated_ = false;
};

// Whether the document only refers to who awarded, or to the process.
bool IsDangling(const Source& source, const v3::AwardingProcess& award) {
  bool dangling = source.IsDangling(award.id());
  for (const v3::AgentNode& body : award.awarding_body()) dangling = dangling || source.IsDangling(body.agent().id());
  return dangling;
}

v3::Concept LanguageConcept(const std::string& tag) {
  auto language = elm::Language(tag);
  if (!language.has_value()) language = elm::Language("und");
  return language.value_or(v3::Concept());
}

}  // namespace

void DropOnlyNamed(v3::Person* person) {
  google::protobuf::RepeatedPtrField<v3::ClaimNode> described;
  for (v3::ClaimNode& claim : *person->mutable_has_claim()) {
    if (!IsOnlyNamed(claim)) described.Add(std::move(claim));
  }
  person->mutable_has_claim()->Swap(&described);
}

absl::Status TitleAchievements(Source* source, const xml_node& subject, v3::Person* person) {
  for (v3::ClaimNode& claim : *person->mutable_has_claim()) {
    if (!claim.has_learning_achievement() || !claim.learning_achievement().title().empty()) continue;
    v3::LearningAchievement& achievement = *claim.mutable_learning_achievement();
    xml_node place = source->InPlace(achievement.id());
    if (!place) place = subject;
    const v3::SpecificationNode& specification = achievement.specified_by();
    *achievement.mutable_title() = specification.has_qualification()
                                       ? specification.qualification().title()
                                       : specification.learning_achievement_specification().title();
    if (achievement.title().empty()) {
      return base::Problem(base::Reason::kTitleMissing, source->document().Path(place));
    }
    source->Note("title.from-specification", place, "An achievement without a title took that of what specifies it.");
  }
  return absl::OkStatus();
}

void CompleteAwards(Source* source, const xml_node& root, v3::Person* person, document::Imported* imported) {
  IssuerAward issuer(source, root, imported->credential->id());
  bool shared = false;
  bool dangling = false;
  for (v3::ClaimNode& claim : *person->mutable_has_claim()) {
    v3::AwardingProcess* const award = MutableAward(&claim);
    dangling = dangling || IsDangling(*source, *award);
    const bool referred_to = award->type().empty() && !award->id().empty();
    if (award->awarding_body().empty() && !referred_to) issuer.Give(award);
    if (claim.has_learning_achievement()) shared = ShareAward(claim.mutable_learning_achievement()) || shared;
  }
  if (shared)
    source->Note("award.shared", root, "Parts without an awarding process belong to that of their achievement.");
  const auto tell = [&](absl::string_view element, document::v1::ElementStatus status, const char* rule) {
    imported->origins.push_back({std::string(element), status, {source->document().Path(root)}, rule});
  };
  for (const absl::string_view element : issuer.Derived()) {
    tell(element, document::v1::ELEMENT_STATUS_DERIVED, "award.from-issuer");
  }
  if (dangling) tell("A1-M04", document::v1::ELEMENT_STATUS_BY_REFERENCE, "agent.dangling");
}

void CompleteDisplay(v3::EuropeanDigitalCredential* credential) {
  v3::DisplayParameter* const display = credential->mutable_display_parameter();
  if (display->type().empty()) display->add_type("DisplayParameter");
  if (!display->has_primary_language()) {
    const std::string tag = display->title().empty() ? "und" : display->title(0).language();
    *display->mutable_primary_language() = LanguageConcept(tag);
  }
  if (display->language().empty()) *display->add_language() = display->primary_language();
  *display->add_individual_display() = document::BlankPage(display->primary_language());
}

}  // namespace passerelle::adapters::elm_xml
