#include "core/catalogue/offers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
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

constexpr char kTooLarge[] = "it is too large, with what its provider and specification say";
constexpr char kTooLargeTogether[] = "the offers of the catalogue are too large together";

// What an entry costs beside its bytes.
constexpr size_t kEntryBytes = 32;

// One offer while it is put together. Nothing is added once it has come to a limit.
class Filling {
 public:
  // `bytes_max` is what is left for the whole catalogue.
  explicit Filling(size_t bytes_max) : bytes_max_(std::min(bytes_max, kOfferBytesMax)) {}

  v1::Offer offer;

  // Whether another entry of so many bytes may be looked at. To be asked for each.
  bool Take(size_t bytes) {
    if (is_full_ || entries_ >= kOfferEntriesMax || bytes + kEntryBytes > bytes_max_ - bytes_) {
      is_full_ = true;
      return false;
    }
    ++entries_;
    bytes_ += bytes + kEntryBytes;
    return true;
  }

  void CopyTexts(const Texts& from, google::protobuf::RepeatedPtrField<v1::Text>* to) {
    for (const model::LanguageString& text : from) {
      if (!Take(text.language().size() + text.value().size())) return;
      v1::Text* const copy = to->Add();
      copy->set_language(text.language());
      copy->set_value(text.value());
    }
  }

  void AddOnce(const std::string& text, Strings* texts) {
    if (text.empty() || !Take(text.size()) || !seen_.emplace(texts, text).second) return;
    *texts->Add() = text;
  }

  void Set(const std::string& text, std::string* field) {
    if (Take(text.size())) *field = text;
  }

  bool is_full() const { return is_full_; }
  size_t bytes() const { return bytes_; }

 private:
  const size_t bytes_max_;
  size_t bytes_ = 0;
  size_t entries_ = 0;
  bool is_full_ = false;
  absl::flat_hash_set<std::pair<const Strings*, std::string>> seen_;  // of the lists
};

class OfferReader {
 public:
  OfferReader(const Nodes& nodes, const elm::SkillTagger* tagger) : nodes_(nodes), tagger_(tagger) {}

  void Read(const model::LearningOpportunity& opportunity, Filling* filling) const {
    v1::Offer& offer = filling->offer;
    filling->Set(opportunity.id(), offer.mutable_id());
    filling->CopyTexts(opportunity.title(), offer.mutable_titles());
    filling->CopyTexts(opportunity.description(), offer.mutable_descriptions());
    if (!opportunity.provided_by().empty()) Provider(nodes_.Full(opportunity.provided_by(0)), filling);
    if (opportunity.has_learning_achievement_specification()) {
      const model::SpecificationNode& node = opportunity.learning_achievement_specification();
      if (const model::Qualification* qualification = nodes_.QualificationOf(node)) {
        Level(*qualification, filling);
        Specification(*qualification, filling);
      } else if (const auto* specification = nodes_.SpecificationOf(node)) {
        Specification(*specification, filling);
      }
    }
    Modes(opportunity.mode(), filling);
    if (opportunity.has_default_language()) Language(opportunity.default_language(), filling);
    if (!opportunity.homepage().empty()) {
      filling->Set(opportunity.homepage(0).content_url(), offer.mutable_homepage());
    }
    filling->Set(opportunity.date_modified(), offer.mutable_date_modified());
  }

 private:
  static void Provider(const model::Organisation& provider, Filling* filling) {
    filling->Set(provider.id(), filling->offer.mutable_provider());
    filling->CopyTexts(provider.legal_name(), filling->offer.mutable_provider_names());
    for (const model::Location& location : provider.location()) {
      if (!filling->Take(0)) return;
      for (const model::Address& address : location.address()) {
        if (!filling->Take(address.country_code().id().size())) return;
        const std::optional<std::string> country = elm::CountryCodeOf(address.country_code().id());
        if (country.has_value()) return filling->offer.set_country(*country);
      }
    }
  }

  static void Level(const model::Qualification& qualification, Filling* filling) {
    if (!filling->Take(qualification.eqf_level().id().size())) return;
    const std::optional<std::string> code = elm::CodeOf(Vocabulary::kEqf, qualification.eqf_level().id());
    const bool level = code.has_value() && code->size() == 1 && (*code)[0] >= '1' && (*code)[0] <= '8';
    if (level) filling->offer.set_eqf_level(static_cast<uint32_t>((*code)[0] - '0'));
  }

  template <typename Spec>
  void Specification(const Spec& specification, Filling* filling) const {
    v1::Offer& offer = filling->offer;
    if (!IsLocal(specification.id())) filling->AddOnce(specification.id(), offer.mutable_specifications());
    // What the specification is called is found too.
    filling->CopyTexts(specification.title(), offer.mutable_descriptions());
    Outcomes(specification.learning_outcome(), filling);
    for (const auto* areas : {&specification.thematic_area(), &specification.education_subject()}) {
      for (const model::Concept& area : *areas) {
        if (!filling->Take(area.id().size())) return;
        filling->AddOnce(elm::CodeOf(Vocabulary::kIscedF, area.id()).value_or(""), offer.mutable_fields());
      }
    }
    for (const model::CreditPoint& point : specification.credit_point()) {
      if (!filling->Take(point.framework().id().size() + point.point().size())) return;
      const bool ects =
          elm::CodeOf(Vocabulary::kCreditSystem, point.framework().id()) == std::string(elm::kCreditSystemEcts);
      if (ects && CreditMillionths(point.point(), "point").ok()) filling->Set(point.point(), offer.mutable_credits());
    }
    Modes(specification.mode(), filling);
    for (const model::Concept& language : specification.language()) {
      if (!Language(language, filling)) return;
    }
  }

  template <typename LearningOutcomes>
  void Outcomes(const LearningOutcomes& outcomes, Filling* filling) const {
    for (const model::LearningOutcome& entry : outcomes) {
      if (!filling->Take(entry.id().size())) return;
      const model::LearningOutcome& outcome = nodes_.Full(entry);
      if (!IsLocal(outcome.id())) filling->AddOnce(outcome.id(), filling->offer.mutable_outcomes());
      for (const model::Concept& skill : outcome.related_esco_skill()) {
        if (!filling->Take(0)) return;
        filling->AddOnce(skill.id(), filling->offer.mutable_outcomes());
        Tags(skill, filling);
      }
      for (const model::Concept& skill : outcome.related_skill()) {
        if (!filling->Take(0)) return;
        Tags(skill, filling);
      }
      filling->CopyTexts(outcome.title(), filling->offer.mutable_outcome_texts());
    }
  }

  void Tags(const model::Concept& skill, Filling* filling) const {
    if (tagger_ == nullptr) return;
    for (const document::v1::SkillTag& tag : tagger_->TagsOf(skill)) {
      filling->AddOnce(tag.tag(), filling->offer.mutable_tags());
    }
  }

  static void Modes(const google::protobuf::RepeatedPtrField<model::Concept>& modes, Filling* filling) {
    for (const model::Concept& mode : modes) {
      if (!filling->Take(mode.id().size())) return;
      filling->AddOnce(elm::CodeOf(Vocabulary::kMode, mode.id()).value_or(""), filling->offer.mutable_modes());
    }
  }

  static bool Language(const model::Concept& language, Filling* filling) {
    if (!filling->Take(language.id().size())) return false;
    filling->AddOnce(elm::LanguageTagOf(language.id()).value_or(""), filling->offer.mutable_languages());
    return true;
  }

  const Nodes& nodes_;
  const elm::SkillTagger* const tagger_;
};

}  // namespace

ReadOffers OffersOfCatalogue(const elm::v3::Dataset& catalogue, const elm::SkillTagger* tagger) {
  const Nodes nodes(catalogue);
  const OfferReader reader(nodes, tagger);
  ReadOffers read;
  size_t left = catalogue.ByteSizeLong() * kGrowthMax + kGrowthBytes;
  std::set<std::string> seen;
  for (int i = 0; i < catalogue.node_size(); ++i) {
    if (!catalogue.node(i).has_learning_opportunity()) continue;
    const model::LearningOpportunity& opportunity = catalogue.node(i).learning_opportunity();
    Filling filling(left);
    reader.Read(opportunity, &filling);
    const std::string& id = opportunity.id();
    const char* const why = IsLocal(id)                   ? "it has no id that stays the same"
                            : !IsUsable(id)               ? "its id is too long, or has control characters"
                            : opportunity.title().empty() ? "it has no title"
                            : filling.is_full()           ? (left < kOfferBytesMax ? kTooLargeTogether : kTooLarge)
                            : !seen.insert(id).second     ? "another offer has its id"
                                                          : nullptr;
    left -= filling.bytes();
    if (why == nullptr) {
      read.offers.push_back(std::move(filling.offer));
      continue;
    }
    if (++read.broken_count <= kBrokenListed) read.broken.push_back({absl::StrCat("node[", i, "]"), why});
  }
  return read;
}

}  // namespace passerelle::catalogue
