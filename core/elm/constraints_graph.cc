#include "core/elm/constraints_graph.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace passerelle::elm {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

// The name of a stated type as model 3.2 writes it; empty if the model does not know it. Most nodes state the class
// that they were read as.
absl::string_view NameOfType(absl::string_view stated, const ClassTable& table) {
  if (stated == table.name) return table.name;
  const TypeTable* const type = FindType(stated);
  return type == nullptr ? absl::string_view() : type->name;
}

}  // namespace

NodeGraph::NodeGraph(const v3::EuropeanDigitalCredential& credential) : credential_(credential) {
  // What a credential of a few pages has.
  constexpr size_t kUsualNodes = 256;
  constexpr size_t kUsualValues = 1024;
  occurrences_.reserve(kUsualNodes);
  nodes_.reserve(kUsualNodes);
  node_of_.reserve(kUsualNodes);
  by_message_.reserve(kUsualNodes);
  identities_.reserve(kUsualNodes / 2);
  by_id_.reserve(kUsualNodes / 2);
  values_.reserve(kUsualValues);
  Add({&credential, &TableOf(*credential.descriptor()), -1, nullptr, -1, ""});
}

// Recursive; reading has bounded the depth.
void NodeGraph::Add(Occurrence occurrence) {
  const int self = static_cast<int>(occurrences_.size());
  occurrence.first_value = values_.size();
  AppendSetFields(*occurrence.message, *occurrence.table, &values_);
  occurrence.value_count = values_.size() - occurrence.first_value;
  int last = 0;
  for (const SetField& value : ValuesOf(occurrence)) {
    if (value.number == occurrence.table->id->number()) occurrence.id = value.text;
    if (value.number != last) ++occurrence.said;
    last = value.number;
  }
  occurrences_.push_back(occurrence);
  by_message_.emplace(occurrence.message, self);
  AddToNode(self);
  AddChildren(self);
}

void NodeGraph::AddToNode(int occurrence) {
  Occurrence& at = occurrences_[occurrence];
  Identity* const identity = at.id.empty() ? nullptr : &AddToIdentity(occurrence);
  const int known = identity == nullptr ? -1 : NodeUnder(*identity, *at.table);
  if (known >= 0) {
    GraphNode& node = nodes_[known];
    node_of_.push_back(static_cast<size_t>(known));
    occurrences_[node.last].next_of_node = occurrence;
    node.last = occurrence;
    if (at.said > occurrences_[node.fullest].said) node.fullest = occurrence;
  } else {
    node_of_.push_back(nodes_.size());
    if (identity != nullptr) identity->nodes.push_back(nodes_.size());
    nodes_.push_back({at.table, occurrence, occurrence, occurrence});
  }
}

NodeGraph::Identity& NodeGraph::AddToIdentity(int occurrence) {
  Occurrence& at = occurrences_[occurrence];
  const auto [entry, added] = by_id_.try_emplace(at.id, static_cast<int>(identities_.size()));
  at.identity = entry->second;
  if (added) identities_.emplace_back().first = occurrence;
  Identity& identity = identities_[at.identity];
  if (!added) occurrences_[identity.last].next_of_id = occurrence;
  identity.last = occurrence;
  for (const SetField& value : ValuesOf(at)) {
    if (value.number != at.table->type->number()) continue;
    const absl::string_view name = NameOfType(value.text, *at.table);
    auto& types = identity.types;
    if (!name.empty() && std::find(types.begin(), types.end(), name) == types.end()) types.push_back(name);
  }
  return identity;
}

void NodeGraph::AddChildren(int parent) {
  const size_t first = occurrences_[parent].first_value;
  const size_t end = first + occurrences_[parent].value_count;
  int index = 0;
  for (size_t i = first; i < end; ++i) {
    // A copy, as the list grows below.
    const SetField value = values_[i];
    index = i > first && values_[i - 1].number == value.number ? index + 1 : 0;
    if (value.property == nullptr || value.property->kind != ValueKind::kNode) continue;
    const bool several = index > 0 || (i + 1 < end && values_[i + 1].number == value.number);
    const Message* node = value.message;
    const ClassTable* table = value.property->target;
    const int self = static_cast<int>(occurrences_.size());
    if (table->is_union()) {
      const UnionMember member = UnionMemberOf(*node, *table);
      if (member.alternative == nullptr) continue;
      by_message_.emplace(node, self);
      node = member.message;
      table = member.alternative->table;
    }
    values_[i].node = self;
    Add({node, table, parent, value.property, several ? index : -1, ""});
  }
}

int NodeGraph::NodeUnder(const Identity& identity, const ClassTable& table) const {
  for (const size_t node : identity.nodes) {
    if (nodes_[node].table == &table) return static_cast<int>(node);
  }
  return -1;
}

void NodeGraph::AppendPointer(int occurrence, std::string& pointer) const {
  const Occurrence& at = occurrences_[occurrence];
  if (at.via == nullptr) return;
  AppendPointer(at.parent, pointer);
  pointer.append(at.via->pointer_token);
  if (at.index >= 0) absl::StrAppend(&pointer, "/", at.index);
}

std::string NodeGraph::PointerOf(int occurrence) const {
  constexpr size_t kUsualBytes = 120;
  std::string pointer;
  pointer.reserve(kUsualBytes);
  AppendPointer(occurrence, pointer);
  return pointer;
}

int NodeGraph::OccurrenceOf(const Message& message) const {
  const auto found = by_message_.find(&message);
  return found == by_message_.end() ? -1 : found->second;
}

int NodeGraph::IdentityOf(absl::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? -1 : found->second;
}

bool NodeGraph::IsReference(int occurrence) const {
  const Occurrence& at = occurrences_[occurrence];
  const absl::Span<const SetField> values = ValuesOf(at);
  return !at.id.empty() && std::all_of(values.begin(), values.end(), [&at](const SetField& value) {
    return value.number == at.table->id->number() || value.number == at.table->type->number();
  });
}

int NodeGraph::FullestOf(int occurrence) const {
  const Occurrence& at = occurrences_[occurrence];
  int best = NodeOfOccurrence(occurrence).fullest;
  // The class of a bare agent, and of a reference, is that of the node it names.
  const bool of_any_class = at.table->descriptor == v3::Agent::descriptor() || IsReference(occurrence);
  if (!at.id.empty() && of_any_class && at.via != nullptr) {
    const Identity& identity = identities_[at.identity];
    for (const Alternative& alternative : at.via->target->alternatives) {
      const int node = NodeUnder(identity, *alternative.table);
      if (node < 0) continue;
      const int other = nodes_[node].fullest;
      if (occurrences_[other].said > occurrences_[best].said) best = other;
    }
  }
  return occurrences_[best].said > at.said ? best : occurrence;
}

bool NodeGraph::HasType(int occurrence, absl::string_view class_name) const {
  const Occurrence& at = occurrences_[occurrence];
  if (!at.id.empty()) {
    const auto& types = identities_[at.identity].types;
    return std::find(types.begin(), types.end(), class_name) != types.end();
  }
  for (const SetField& value : ValuesOf(at)) {
    if (value.number != at.table->type->number()) continue;
    if (NameOfType(value.text, *at.table) == class_name) return true;
  }
  return false;
}

}  // namespace passerelle::elm
