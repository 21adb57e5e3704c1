#include "core/elm/minimise.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/constraints_graph.h"

namespace passerelle::elm {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Nodes within nodes: each is an object, and may stand in an array.
constexpr int kNodesDeepMax = static_cast<int>(base::kNestingMax) / 2 - 2;

constexpr absl::string_view kProvenBy = "provenBy";

bool IsOnTheWeb(absl::string_view id) { return absl::StartsWith(id, "http://") || absl::StartsWith(id, "https://"); }

// Whether an id says what the node is, and neither who is meant nor which document it was, for nodes other than the
// learner.
bool SaysWhatItIs(const Occurrence& at) {
  const std::string& name = at.table->name;
  if (name == "Concept" || name == "ConceptScheme") return IsOnTheWeb(at.id);
  if (name == "Organisation" || name == "Agent" || name == "Group") {
    return IsOnTheWeb(at.id) || absl::StartsWith(at.id, "did:");
  }
  return name == "Mailbox";
}

bool IsSpecification(const Message& node) {
  return node.GetDescriptor() == v3::Qualification::descriptor() ||
         node.GetDescriptor() == v3::LearningAchievementSpecification::descriptor();
}

Message* AddNode(const FieldDescriptor& field, Message* to) {
  const google::protobuf::Reflection& reflection = *to->GetReflection();
  return field.is_repeated() ? reflection.AddMessage(to, &field) : reflection.MutableMessage(to, &field);
}

void RemoveNode(const FieldDescriptor& field, Message* from) {
  const google::protobuf::Reflection& reflection = *from->GetReflection();
  if (field.is_repeated()) {
    reflection.RemoveLast(from, &field);
  } else {
    reflection.ClearField(from, &field);
  }
}

class Minimiser {
 public:
  Minimiser(const NodeGraph& graph, Elements elements, absl::string_view id)
      : graph_(graph), elements_(elements == kEveryElement ? elements | kNothingWithheld : elements), id_(id) {
    const int subject = graph.OccurrenceOf(graph.credential().credential_subject());
    learner_ = subject < 0 ? -1 : graph.FullestOf(subject);
    if (learner_ < 0) return;
    const auto* person = google::protobuf::DynamicCastToGenerated<v3::Person>(graph.occurrences()[learner_].message);
    if (person == nullptr) return;
    for (const v3::LanguageString& name : person->full_name()) learner_names_.insert(name.value());
    for (const v3::LanguageString& name : person->family_name()) learner_names_.insert(name.value());
  }

  absl::StatusOr<v3::EuropeanDigitalCredential> Make() {
    v3::EuropeanDigitalCredential credential;
    RETURN_IF_ERROR(Copy(0, &credential));
    credential.set_id(id_);
    credential.add_type("VerifiableCredential");
    credential.add_type("EuropeanDigitalCredential");
    return credential;
  }

 private:
  using Kinds = google::protobuf::RepeatedPtrField<v3::LearningAssessmentSpecification>;

  bool Has(Elements elements) const { return (elements_ & elements) != 0; }

  // Whoever awards something to himself is the learner there too, under the same id or with the same name.
  bool IsLearner(int at) const {
    if (learner_ < 0) return false;
    const absl::string_view id = graph_.IdOf(learner_);
    return at == learner_ || (!id.empty() && graph_.IdOf(at) == id) || HasNameOfLearner(at);
  }

  bool HasNameOfLearner(int at) const {
    const auto* person = google::protobuf::DynamicCastToGenerated<v3::Person>(graph_.occurrences()[at].message);
    if (person == nullptr) return false;
    const auto is_one = [this](const v3::LanguageString& name) { return learner_names_.contains(name.value()); };
    return std::any_of(person->full_name().begin(), person->full_name().end(), is_one) ||
           std::any_of(person->family_name().begin(), person->family_name().end(), is_one);
  }

  bool MayStay(int at) const { return !IsLearner(at) && SaysWhatItIs(graph_.occurrences()[at]); }

  // What of a node may go.
  absl::Status Copy(int at, Message* to) {
    if (++depth_ > kNodesDeepMax) return base::Problem(base::Reason::kInputTooDeep, graph_.PointerOf(at));
    const absl::string_view class_name =
        IsLearner(at) ? absl::string_view("Learner") : graph_.occurrences()[at].table->name;
    for (const SetField& value : graph_.ValuesOf(graph_.occurrences()[at])) {
      if (value.property == nullptr || !Has(DisclosedWith(class_name, value.property->name))) continue;
      RETURN_IF_ERROR(CopyValue(value, to));
    }
    if (auto* achievement = google::protobuf::DynamicCastToGenerated<v3::LearningAchievement>(to)) {
      RETURN_IF_ERROR(CopyKindsOfAssessment(at, achievement));
    }
    --depth_;
    return absl::OkStatus();
  }

  absl::Status CopyValue(const SetField& value, Message* to) {
    const FieldDescriptor& field = *value.property->field;
    const google::protobuf::Reflection& reflection = *to->GetReflection();
    switch (value.property->kind) {
      case ValueKind::kText:
        if (field.is_repeated()) {
          reflection.AddString(to, &field, std::string(value.text));
        } else {
          reflection.SetString(to, &field, std::string(value.text));
        }
        return absl::OkStatus();
      case ValueKind::kLanguageText:
        AddNode(field, to)->CopyFrom(*value.message);
        return absl::OkStatus();
      case ValueKind::kBoolean:
        reflection.SetBool(to, &field, value.integer != 0);
        return absl::OkStatus();
      case ValueKind::kNode:
        return value.node < 0 ? absl::OkStatus() : CopyNode(graph_.FullestOf(value.node), field, to);
      case ValueKind::kInteger:
        break;  // no property that is disclosed has one
    }
    return absl::OkStatus();
  }

  // A node that is written out already is pointed at; one of which nothing may go is not there.
  absl::Status CopyNode(int at, const FieldDescriptor& field, Message* to) {
    const Occurrence& occurrence = graph_.occurrences()[at];
    if (!Has(NodesDisclosedWith(occurrence.table->name))) return absl::OkStatus();
    const auto [written, first] = written_.try_emplace(at, true);
    if (!first && !written->second) return absl::OkStatus();
    Message* node = AddNode(field, to);
    const ClassTable& table = TableOf(*node->GetDescriptor());
    for (const Alternative& alternative : table.alternatives) {
      if (alternative.table == occurrence.table) node = AddNode(*alternative.field, node);
    }
    if (first) {
      RETURN_IF_ERROR(Copy(at, node));
      if (IsNothing(at, *node)) {
        written_[at] = false;
        RemoveNode(field, to);
        return absl::OkStatus();
      }
      StateClass(occurrence, node);
      if (IsSpecification(*node)) specifications_[at] = node;
    }
    if (!occurrence.id.empty()) node->GetReflection()->SetString(node, occurrence.table->id, IdFor(at));
    return absl::OkStatus();
  }

  // Whether nothing is left of a node that says something. What is no more than an id points out of the document.
  bool IsNothing(int at, const Message& node) const {
    if (const auto* evidence = google::protobuf::DynamicCastToGenerated<v3::Evidence>(&node)) {
      return !evidence->has_accreditation();
    }
    const auto values = graph_.ValuesOf(graph_.occurrences()[at]);
    const bool says_something =
        std::any_of(values.begin(), values.end(), [](const SetField& value) { return value.property != nullptr; });
    return node.ByteSizeLong() == 0 && says_something && (graph_.IdOf(at).empty() || !MayStay(at));
  }

  // Of a node that states its class: where it is no more than an id, it would be read as a mere reference.
  void StateClass(const Occurrence& occurrence, Message* node) const {
    for (const SetField& value : graph_.ValuesOf(occurrence)) {
      if (value.number != occurrence.table->type->number() || value.text != occurrence.table->name) continue;
      node->GetReflection()->AddString(node, occurrence.table->type, occurrence.table->name);
      return;
    }
  }

  std::string IdFor(int at) {
    if (MayStay(at)) return std::string(graph_.IdOf(at));
    const auto entry = ids_.try_emplace(graph_.IdOf(at), ids_.size() + 1).first;
    return absl::StrCat(id_, ":", entry->second);
  }

  absl::Status CopyKindsOfAssessment(int at, v3::LearningAchievement* achievement) {
    if (Has(DisclosedWith("LearningAchievement", kProvenBy)) || !Has(DisclosedWith("LearningAssessment", "dcType"))) {
      return absl::OkStatus();
    }
    Kinds kinds;
    for (const SetField& value : graph_.ValuesOf(graph_.occurrences()[at])) {
      if (value.property == nullptr || value.node < 0 || value.property->name != kProvenBy) continue;
      const int full = graph_.FullestOf(value.node);
      const auto* assessment =
          google::protobuf::DynamicCastToGenerated<v3::LearningAssessment>(graph_.occurrences()[full].message);
      if (assessment != nullptr) RETURN_IF_ERROR(CopyKind(*assessment, &kinds));
    }
    if (!kinds.empty()) KindsOf(at, achievement)->MergeFrom(kinds);
    return absl::OkStatus();
  }

  absl::Status CopyKind(const v3::LearningAssessment& assessment, Kinds* kinds) {
    v3::LearningAssessmentSpecification own;
    for (const v3::Concept& type : assessment.dc_type()) {
      const int at = graph_.FullestOf(graph_.OccurrenceOf(type));
      RETURN_IF_ERROR(CopyNode(at, *own.GetDescriptor()->FindFieldByName("dc_type"), &own));
    }
    if (own.dc_type_size() > 0) {
      *own.mutable_title() = assessment.title();
      *kinds->Add() = std::move(own);
    }
    v3::LearningAssessment holder;
    for (const v3::LearningAssessmentSpecification& kind : assessment.specified_by()) {
      const int at = graph_.FullestOf(graph_.OccurrenceOf(kind));
      RETURN_IF_ERROR(CopyNode(at, *holder.GetDescriptor()->FindFieldByName("specified_by"), &holder));
    }
    kinds->MergeFrom(holder.specified_by());
    return absl::OkStatus();
  }

  // Where the specification of the achievement is written out, which can be at another one.
  Kinds* KindsOf(int at, v3::LearningAchievement* achievement) {
    for (const SetField& value : graph_.ValuesOf(graph_.occurrences()[at])) {
      if (value.property == nullptr || value.node < 0 || value.property->name != "specifiedBy") continue;
      const auto written = specifications_.find(graph_.FullestOf(value.node));
      if (written == specifications_.end()) continue;
      Message* const node = written->second;
      if (auto* known = google::protobuf::DynamicCastToGenerated<v3::Qualification>(node)) {
        return known->mutable_proven_by();
      }
      if (auto* known = google::protobuf::DynamicCastToGenerated<v3::LearningAchievementSpecification>(node)) {
        return known->mutable_proven_by();
      }
    }
    auto* const made = achievement->mutable_specified_by()->mutable_learning_achievement_specification();
    *made->mutable_title() = achievement->title();
    return made->mutable_proven_by();
  }

  const NodeGraph& graph_;
  const Elements elements_;
  const std::string id_;
  int learner_ = -1;
  absl::flat_hash_set<absl::string_view> learner_names_;  // in full, and of the family
  int depth_ = 0;
  absl::flat_hash_map<int, bool> written_;             // by occurrence; false for those of which nothing may go
  absl::flat_hash_map<int, Message*> specifications_;  // of achievements: where they are written out
  absl::flat_hash_map<absl::string_view, size_t> ids_;
};

}  // namespace

absl::StatusOr<v3::EuropeanDigitalCredential> Minimise(const v3::EuropeanDigitalCredential& credential,
                                                       Elements elements, absl::string_view id) {
  const NodeGraph graph(credential);
  return Minimiser(graph, elements, id).Make();
}

}  // namespace passerelle::elm
