#include "core/elm/annex_one_reading.h"

#include <google/protobuf/reflection.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/elm/labels/labels.h"

namespace passerelle::elm {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Whether a language, in whatever letters, is of a tag in small ones: "de" or "de-AT" of "de".
bool IsOf(absl::string_view language, absl::string_view tag) {
  if (tag.empty() || language.size() < tag.size()) return false;
  if (language.size() > tag.size() && language[tag.size()] != '-') return false;
  return std::equal(tag.begin(), tag.end(), language.begin(),
                    [](char small, char any) { return small == absl::ascii_tolower(any); });
}

}  // namespace

Reading::Reading(const v3::EuropeanDigitalCredential& credential, absl::string_view language)
    : Reading(std::make_shared<const NodeGraph>(credential), language) {}

Reading::Reading(std::shared_ptr<const NodeGraph> graph, absl::string_view language)
    : graph_(std::move(graph)), credential_(graph_->credential()), wanted_(language) {
  const std::optional<std::string> tag = LanguageTagOf(credential_.display_parameter().primary_language().id());
  if (tag.has_value()) language_ = *tag;
}

Placement Reading::PlaceOf(const Message& field) const {
  const int at = graph_->OccurrenceOf(field);
  if (at < 0) return {{nullptr, graph_.get(), -1}};
  const int full = graph_->FullestOf(at);
  return {{graph_->occurrences()[full].message, graph_.get(), full}};
}

std::string Reading::PointerOf(const Message& field) const {
  const int at = graph_->OccurrenceOf(field);
  return at < 0 ? "" : graph_->PointerOf(at);
}

std::optional<Placed<v3::Person>> Reading::Subject() const {
  const Placement place = PlaceOf(credential_.credential_subject());
  const v3::Person* person = place.As<v3::Person>();
  if (person == nullptr) return std::nullopt;
  return Placed<v3::Person>{person, place.graph, place.at};
}

std::vector<Placed<v3::LearningAchievement>> Reading::Achievements() const {
  std::vector<Placed<v3::LearningAchievement>> achievements;
  const std::optional<Placed<v3::Person>> subject = Subject();
  if (!subject.has_value()) return achievements;
  Visited visited(*graph_);
  for (const v3::ClaimNode& claim : subject->node->has_claim()) {
    const Placement place = PlaceOf(claim);
    const auto* achievement = place.As<v3::LearningAchievement>();
    if (achievement != nullptr && visited.First(place)) achievements.push_back({achievement, place.graph, place.at});
  }
  return achievements;
}

std::string Reading::Text(const Texts& texts) const {
  const v3::LanguageString* best = nullptr;
  int best_rank = 0;
  for (const v3::LanguageString& text : texts) {
    if (text.value().empty()) continue;
    const std::string& language = text.language();
    const bool english = absl::EqualsIgnoreCase(language, "en");
    const int rank = IsOf(language, wanted_) ? 4 : IsOf(language, language_) ? 3 : english ? 2 : 1;
    if (rank > best_rank) {
      best = &text;
      best_rank = rank;
    }
  }
  return best == nullptr ? "" : best->value();
}

std::string Reading::Label(const v3::Concept& concept_node) const {
  if (!wanted_.empty()) {
    if (std::optional<std::string> known = ConceptLabel(concept_node.id(), wanted_)) return *std::move(known);
  }
  std::string label = Text(concept_node.pref_label());
  if (!label.empty()) return label;
  return LabelOf(concept_node.id()).value_or(concept_node.id());
}

std::string Reading::CreditSystem(const v3::Concept& framework) const {
  const v3::Concept& node = Full(framework);
  const std::optional<std::string> code = CodeOf(Vocabulary::kCreditSystem, node.id());
  if (code == kCreditSystemEcts) return "ECTS";
  if (code == kCreditSystemEcvet) return "ECVET";
  return Label(node);
}

std::string Reading::TitleOf(const Message& field) const {
  const Placement place = PlaceOf(field);
  if (place.node == nullptr) return "";
  const FieldDescriptor* title = place.node->GetDescriptor()->FindFieldByName("title");
  if (title != nullptr) {
    const auto titles = place.node->GetReflection()->GetRepeatedFieldRef<v3::LanguageString>(*place.node, title);
    std::string text = Text(Texts(titles.begin(), titles.end()));
    if (!text.empty()) return text;
  }
  return std::string(graph_->IdOf(graph_->OccurrenceOf(field)));
}

bool Reading::IsPublic(const v3::Concept& concept_node, std::optional<Vocabulary> vocabulary) const {
  const v3::Concept& node = Full(concept_node);
  const std::string& iri = node.id();
  if (!absl::StartsWith(iri, "http://") && !absl::StartsWith(iri, "https://")) return false;
  if (vocabulary.has_value() && MembershipOf(iri, SchemeOf(*vocabulary)) == Membership::kNotMember) return false;
  for (const v3::ConceptScheme& scheme : node.in_scheme()) {
    if (MembershipOf(iri, scheme.id()) == Membership::kNotMember) return false;
  }
  return true;
}

}  // namespace passerelle::elm
