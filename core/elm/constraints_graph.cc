#include "core/elm/constraints_graph.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"

namespace passerelle::elm {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

size_t FieldCount(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields.size();
}

}  // namespace

const Message* NodeOf(const Message& message) {
  if (!TableOf(*message.GetDescriptor()).is_union()) return &message;
  const Reflection* reflection = message.GetReflection();
  const FieldDescriptor* set = reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
  return set == nullptr ? nullptr : &reflection->GetMessage(message, set);
}

NodeGraph::NodeGraph(const v3::EuropeanDigitalCredential& credential) { Add(credential, -1, nullptr, -1); }

void NodeGraph::Add(const Message& message, int parent, const PropertyTable* via, int index) {
  const ClassTable* table = &TableOf(*message.GetDescriptor());
  const int self = static_cast<int>(occurrences_.size());
  occurrences_.push_back({&message, table, parent, via, index});
  by_message_.emplace(&message, self);

  const absl::string_view id = IdOf(self);
  if (!id.empty()) occurrences_by_id_[id].push_back(self);
  const auto made =
      id.empty() ? std::make_pair(by_id_.end(), true) : by_id_.try_emplace(std::make_pair(id, table), nodes_.size());
  if (made.second) {
    node_of_.push_back(nodes_.size());
    nodes_.push_back({table, {self}, self});
  } else {
    GraphNode& node = nodes_[made.first->second];
    node_of_.push_back(made.first->second);
    node.occurrences.push_back(self);
    if (FieldCount(message) > FieldCount(*occurrences_[node.fullest].message)) node.fullest = self;
  }
  const Reflection* reflection = message.GetReflection();
  if (!id.empty()) {
    std::vector<absl::string_view>& types = types_by_id_[id];
    for (int i = 0; i < reflection->FieldSize(message, table->type); ++i) {
      std::string unused;  // as in IdOf
      const absl::string_view type = reflection->GetRepeatedStringReference(message, table->type, i, &unused);
      const TypeTable* known = FindType(type);
      if (known != nullptr && std::find(types.begin(), types.end(), known->name) == types.end()) {
        types.push_back(known->name);
      }
    }
  }
  for (const PropertyTable& property : table->properties) {
    if (property.kind != ValueKind::kNode) continue;
    if (property.field->is_repeated()) {
      const int size = reflection->FieldSize(message, property.field);
      for (int i = 0; i < size; ++i) {
        const Message* node = NodeOf(reflection->GetRepeatedMessage(message, property.field, i));
        if (node != nullptr) Add(*node, self, &property, size > 1 ? i : -1);
      }
    } else if (reflection->HasField(message, property.field)) {
      const Message* node = NodeOf(reflection->GetMessage(message, property.field));
      if (node != nullptr) Add(*node, self, &property, -1);
    }
  }
}

std::string NodeGraph::PointerOf(int occurrence) const {
  std::vector<const Occurrence*> steps;
  for (int i = occurrence; i > 0; i = occurrences_[i].parent) steps.push_back(&occurrences_[i]);
  std::string pointer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    base::AppendPointerToken((*step)->via->name, pointer);
    if ((*step)->index >= 0) absl::StrAppend(&pointer, "/", (*step)->index);
  }
  return pointer;
}

int NodeGraph::OccurrenceOf(const Message& message) const {
  const Message* node = NodeOf(message);
  const auto found = by_message_.find(node);
  return found == by_message_.end() ? -1 : found->second;
}

int NodeGraph::FullestOf(int occurrence) const {
  int best = NodeOfOccurrence(occurrence).fullest;
  const absl::string_view id = IdOf(occurrence);
  if (!id.empty() && occurrences_[occurrence].table->descriptor == v3::Agent::descriptor()) {
    for (const Descriptor* descriptor :
         {v3::Person::descriptor(), v3::Organisation::descriptor(), v3::Group::descriptor()}) {
      const auto found = by_id_.find(std::make_pair(id, &TableOf(*descriptor)));
      if (found == by_id_.end()) continue;
      const int other = nodes_[found->second].fullest;
      if (FieldCount(*occurrences_[other].message) > FieldCount(*occurrences_[best].message)) best = other;
    }
  }
  const bool more = FieldCount(*occurrences_[best].message) > FieldCount(*occurrences_[occurrence].message);
  return more ? best : occurrence;
}

const std::vector<int>& NodeGraph::OccurrencesOf(absl::string_view id) const {
  static const auto* const none = new std::vector<int>;
  const auto found = occurrences_by_id_.find(id);
  return found == occurrences_by_id_.end() ? *none : found->second;
}

absl::string_view NodeGraph::IdOf(int occurrence) const {
  const Occurrence& at = occurrences_[occurrence];
  std::string unused;  // generated messages hold their strings, so the reference goes into the message
  return at.message->GetReflection()->GetStringReference(*at.message, at.table->id, &unused);
}

bool NodeGraph::HasType(int occurrence, absl::string_view class_name) const {
  const absl::string_view id = IdOf(occurrence);
  if (!id.empty()) {
    const auto found = types_by_id_.find(id);
    if (found == types_by_id_.end()) return false;
    return std::find(found->second.begin(), found->second.end(), class_name) != found->second.end();
  }
  const Occurrence& at = occurrences_[occurrence];
  const Reflection* reflection = at.message->GetReflection();
  for (int i = 0; i < reflection->FieldSize(*at.message, at.table->type); ++i) {
    const TypeTable* known = FindType(reflection->GetRepeatedString(*at.message, at.table->type, i));
    if (known != nullptr && known->name == class_name) return true;
  }
  return false;
}

}  // namespace passerelle::elm
