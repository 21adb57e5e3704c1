// Reading a credential as people do: references by id are followed to where the node is written out, texts are taken in
// the document's language, and every node knows its JSON pointer.
//
// Thread-safety: const after construction. Ownership: points into the credential, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/constraints_graph.h"
#include "core/elm/vocabulary.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// A node and where it is written out.
template <typename Node>
struct Placed {
  const Node* node;
  const NodeGraph* graph;
  int at;  // its occurrence there; -1 for a node of no graph

  // JSON pointer; made when it is asked for, since most readers do not.
  std::string pointer() const { return at < 0 ? "" : graph->PointerOf(at); }
};

// A node of any class and where it is written out; of no class where a union holds none.
struct Placement : Placed<google::protobuf::Message> {
  template <typename Node>
  const Node* As() const {
    return node == nullptr ? nullptr : google::protobuf::DynamicCastToGenerated<Node>(node);
  }
};

// The nodes that were read already. A node that is pointed at many times is read once, so that work stays linear in the
// size of the document.
class Visited {
 public:
  explicit Visited(const NodeGraph& graph) : purposes_(graph.occurrences().size()) {}

  // Purposes count from 0 to 31.
  template <typename Node>
  bool First(const Placed<Node>& placed, int purpose = 0) {
    if (placed.at < 0) return true;
    uint32_t& purposes = purposes_[placed.at];
    const uint32_t bit = uint32_t{1} << purpose;
    const bool first = (purposes & bit) == 0;
    purposes |= bit;
    return first;
  }

 private:
  std::vector<uint32_t> purposes_;  // a bit for each, by occurrence
};

class Reading {
 public:
  using Texts = google::protobuf::RepeatedPtrField<v3::LanguageString>;

  // Texts and labels are taken in `language` where there are any, and in the document's own where it is empty.
  explicit Reading(const v3::EuropeanDigitalCredential& credential, absl::string_view language = "");
  explicit Reading(std::shared_ptr<const NodeGraph> graph, absl::string_view language = "");

  // The learner; nullopt if the subject is no person.
  std::optional<Placed<v3::Person>> Subject() const;

  // The learning achievements that stand directly among the learner's claims, each once.
  std::vector<Placed<v3::LearningAchievement>> Achievements() const;

  // The node of a field, a union included, where it is written out.
  Placement PlaceOf(const google::protobuf::Message& field) const;

  // The node where it is written out, for those who do not ask where that is.
  template <typename Node>
  const Node& Full(const Node& node) const {
    const int at = graph_->OccurrenceOf(node);
    if (at < 0) return node;
    const auto* full =
        google::protobuf::DynamicCastToGenerated<Node>(graph_->occurrences()[graph_->FullestOf(at)].message);
    return full == nullptr ? node : *full;
  }

  template <typename Node>
  Placed<Node> Place(const Node& node) const {
    const Placement place = PlaceOf(node);
    const Node* full = place.template As<Node>();
    return {full == nullptr ? &node : full, place.graph, place.at};
  }

  // The specification of an achievement, if it is of that class.
  template <typename Spec>
  std::optional<Placed<Spec>> SpecificationAs(const v3::SpecificationNode& node) const {
    const Placement place = PlaceOf(node);
    const Spec* spec = place.template As<Spec>();
    if (spec == nullptr) return std::nullopt;
    return Placed<Spec>{spec, place.graph, place.at};
  }

  // JSON pointer of the node of a field, where it stands.
  std::string PointerOf(const google::protobuf::Message& field) const;

  // The text in the language that was asked for, in the primary language of the document, in English, or the first
  // there is; empty if there is none.
  std::string Text(const Texts& texts) const;

  // Label of a concept: that of our tables in the language that was asked for, its own, that of our tables in English,
  // or its IRI.
  std::string Label(const v3::Concept& concept_node) const;

  // "ECTS", "ECVET", or the label of another framework.
  std::string CreditSystem(const v3::Concept& framework) const;

  // Title of a node of any class that has one; its IRI otherwise.
  std::string TitleOf(const google::protobuf::Message& field) const;

  // Whether rules can compute with the concept: its IRI is public and, as far as the lists here tell, belongs to the
  // vocabulary and to every scheme it claims.
  bool IsPublic(const v3::Concept& concept_node, std::optional<Vocabulary> vocabulary) const;

  // The language that was asked for, English if none was.
  absl::string_view word_language() const { return wanted_.empty() ? "en" : absl::string_view(wanted_); }

  const NodeGraph& graph() const { return *graph_; }

 private:
  const std::shared_ptr<const NodeGraph> graph_;
  const v3::EuropeanDigitalCredential& credential_;
  const std::string wanted_;  // the language that was asked for; empty for none
  std::string language_;      // primary language of the document, as a tag; empty if it states none
};

}  // namespace passerelle::elm
