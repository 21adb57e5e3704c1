#include "core/catalogue/offers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/catalogue/query.h"
#include "core/elm/vocabulary.h"

namespace passerelle::catalogue {
namespace {

using elm::Vocabulary;
namespace model = elm::v3;
using Texts = google::protobuf::RepeatedPtrField<model::LanguageString>;
using Strings = google::protobuf::RepeatedPtrField<std::string>;

void CopyTexts(const Texts& from, google::protobuf::RepeatedPtrField<v1::Text>* to) {
  for (const model::LanguageString& text : from) {
    v1::Text* const copy = to->Add();
    copy->set_language(text.language());
    copy->set_value(text.value());
  }
}

void AddOnce(const std::string& text, Strings* texts) {
  if (text.empty() || std::find(texts->begin(), texts->end(), text) != texts->end()) return;
  *texts->Add() = text;
}

// Ids that mean something in one document only.
bool IsLocal(absl::string_view id) {
  return id.empty() || absl::StartsWith(id, "_:") || absl::StartsWith(id, "urn:epass:") ||
         absl::StartsWith(id, "urn:passerelle:catalogue:");
}

bool IsUsable(absl::string_view id) {
  return id.size() <= kOfferIdBytesMax &&
         std::none_of(id.begin(), id.end(), [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
}

// The nodes of a catalogue by their ids: they refer to each other.
class Nodes {
 public:
  explicit Nodes(const model::Dataset& catalogue) {
    for (const model::DatasetNode& node : catalogue.node()) {
      Keep(node.organisation(), &organisations_);
      Keep(node.qualification(), &qualifications_);
      Keep(node.learning_achievement_specification(), &specifications_);
      Keep(node.learning_outcome(), &outcomes_);
    }
  }

  const model::Organisation& Full(const model::Organisation& node) const { return Look(node, organisations_); }
  const model::LearningOutcome& Full(const model::LearningOutcome& node) const { return Look(node, outcomes_); }
  // A reference may say the wrong one of the two classes of specifications.
  const model::Qualification* QualificationOf(const model::SpecificationNode& node) const {
    const auto found = qualifications_.find(IdOf(node));
    if (found != qualifications_.end()) return found->second;
    return node.has_qualification() ? &node.qualification() : nullptr;
  }
  const model::LearningAchievementSpecification* SpecificationOf(const model::SpecificationNode& node) const {
    const auto found = specifications_.find(IdOf(node));
    if (found != specifications_.end()) return found->second;
    return node.has_learning_achievement_specification() ? &node.learning_achievement_specification() : nullptr;
  }

 private:
  template <typename Node>
  using ById = absl::flat_hash_map<std::string, const Node*>;

  template <typename Node>
  static void Keep(const Node& node, ById<Node>* nodes) {
    if (!node.id().empty()) nodes->try_emplace(node.id(), &node);
  }
  template <typename Node>
  static const Node& Look(const Node& node, const ById<Node>& nodes) {
    const auto found = nodes.find(node.id());
    return found == nodes.end() ? node : *found->second;
  }
  static std::string IdOf(const model::SpecificationNode& node) {
    if (node.has_qualification()) return node.qualification().id();
    if (node.has_qualification_reference()) return node.qualification_reference().id();
    return node.learning_achievement_specification().id();
  }

  ById<model::Organisation> organisations_;
  ById<model::Qualification> qualifications_;
  ById<model::LearningAchievementSpecification> specifications_;
  ById<model::LearningOutcome> outcomes_;
};

class OfferReader {
 public:
  explicit OfferReader(const Nodes& nodes) : nodes_(nodes) {}

  v1::Offer Read(const model::LearningOpportunity& opportunity) const {
    v1::Offer offer;
    offer.set_id(opportunity.id());
    CopyTexts(opportunity.title(), offer.mutable_titles());
    CopyTexts(opportunity.description(), offer.mutable_descriptions());
    if (!opportunity.provided_by().empty()) Provider(nodes_.Full(opportunity.provided_by(0)), &offer);
    if (opportunity.has_learning_achievement_specification()) {
      const model::SpecificationNode& node = opportunity.learning_achievement_specification();
      if (const model::Qualification* qualification = nodes_.QualificationOf(node)) {
        Level(*qualification, &offer);
        Specification(*qualification, &offer);
      } else if (const auto* specification = nodes_.SpecificationOf(node)) {
        Specification(*specification, &offer);
      }
    }
    Modes(opportunity.mode(), &offer);
    if (opportunity.has_default_language()) Language(opportunity.default_language(), &offer);
    if (!opportunity.homepage().empty()) offer.set_homepage(opportunity.homepage(0).content_url());
    offer.set_date_modified(opportunity.date_modified());
    return offer;
  }

 private:
  static void Provider(const model::Organisation& provider, v1::Offer* offer) {
    offer->set_provider(provider.id());
    CopyTexts(provider.legal_name(), offer->mutable_provider_names());
    for (const model::Location& location : provider.location()) {
      for (const model::Address& address : location.address()) {
        const std::optional<std::string> country = elm::CountryCodeOf(address.country_code().id());
        if (country.has_value() && offer->country().empty()) offer->set_country(*country);
      }
    }
  }

  static void Level(const model::Qualification& qualification, v1::Offer* offer) {
    const std::optional<std::string> code = elm::CodeOf(Vocabulary::kEqf, qualification.eqf_level().id());
    const bool level = code.has_value() && code->size() == 1 && (*code)[0] >= '1' && (*code)[0] <= '8';
    if (level) offer->set_eqf_level(static_cast<uint32_t>((*code)[0] - '0'));
  }

  template <typename Spec>
  void Specification(const Spec& specification, v1::Offer* offer) const {
    if (!IsLocal(specification.id())) AddOnce(specification.id(), offer->mutable_specifications());
    // What the specification is called is found too.
    CopyTexts(specification.title(), offer->mutable_descriptions());
    for (const model::LearningOutcome& entry : specification.learning_outcome()) {
      const model::LearningOutcome& outcome = nodes_.Full(entry);
      if (!IsLocal(outcome.id())) AddOnce(outcome.id(), offer->mutable_outcomes());
      for (const model::Concept& skill : outcome.related_esco_skill()) AddOnce(skill.id(), offer->mutable_outcomes());
      CopyTexts(outcome.title(), offer->mutable_outcome_texts());
    }
    for (const auto* areas : {&specification.thematic_area(), &specification.education_subject()}) {
      for (const model::Concept& area : *areas) {
        AddOnce(elm::CodeOf(Vocabulary::kIscedF, area.id()).value_or(""), offer->mutable_fields());
      }
    }
    for (const model::CreditPoint& point : specification.credit_point()) {
      const bool ects =
          elm::CodeOf(Vocabulary::kCreditSystem, point.framework().id()) == std::string(elm::kCreditSystemEcts);
      if (ects && CreditMillionths(point.point(), "point").ok()) offer->set_credits(point.point());
    }
    Modes(specification.mode(), offer);
    for (const model::Concept& language : specification.language()) Language(language, offer);
  }

  static void Modes(const google::protobuf::RepeatedPtrField<model::Concept>& modes, v1::Offer* offer) {
    for (const model::Concept& mode : modes) {
      AddOnce(elm::CodeOf(Vocabulary::kMode, mode.id()).value_or(""), offer->mutable_modes());
    }
  }

  static void Language(const model::Concept& language, v1::Offer* offer) {
    AddOnce(elm::LanguageTagOf(language.id()).value_or(""), offer->mutable_languages());
  }

  const Nodes& nodes_;
};

}  // namespace

ReadOffers OffersOfCatalogue(const elm::v3::Dataset& catalogue) {
  const Nodes nodes(catalogue);
  const OfferReader reader(nodes);
  ReadOffers read;
  std::set<std::string> seen;
  for (int i = 0; i < catalogue.node_size(); ++i) {
    if (!catalogue.node(i).has_learning_opportunity()) continue;
    v1::Offer offer = reader.Read(catalogue.node(i).learning_opportunity());
    const char* const why = IsLocal(offer.id())               ? "it has no id that stays the same"
                            : !IsUsable(offer.id())           ? "its id is too long, or has control characters"
                            : offer.titles().empty()          ? "it has no title"
                            : !seen.insert(offer.id()).second ? "another offer has its id"
                                                              : nullptr;
    if (why == nullptr) {
      read.offers.push_back(std::move(offer));
      continue;
    }
    if (++read.broken_count <= kBrokenListed) read.broken.push_back({absl::StrCat("node[", i, "]"), why});
  }
  return read;
}

}  // namespace passerelle::catalogue
