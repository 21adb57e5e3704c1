// A credential as the graph of nodes that JSON-LD makes of it: what stands twice under one id is one node, with all
// that either occurrence says.
//
// Thread-safety: const after construction; not copied or moved. Ownership: points into the credential, which must
// outlive the graph. Cost: linear in the size of the credential.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/elm/codec_tables.h"
#include "core/elm/set_fields.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::elm {

// What the profile says about a property.
inline const v3::PropertyOptions& OptionsOf(const PropertyTable& property) { return *property.options; }

// One place where a node stands.
struct Occurrence {
  const google::protobuf::Message* message;
  const ClassTable* table;
  int parent;                // occurrence it stands in; -1 at the root
  const PropertyTable* via;  // property that holds it; nullptr at the root
  int index;                 // position among several values; -1 for a single one
  absl::string_view id;      // empty for a blank node
  int identity = -1;         // counts the different ids of the graph; -1 for a blank node
  int next_of_node = -1;     // the next occurrence of the same node; -1 at the last
  int next_of_id = -1;       // the same under the same id, of whatever class
  int said = 0;              // how many of its fields are set
  size_t first_value = 0;    // of its fields, in the graph's list
  size_t value_count = 0;
};

// A node: the occurrences that share id and class.
struct GraphNode {
  const ClassTable* table;
  int first;  // occurrence, from which next_of_node leads to the others
  int last;
  int fullest;  // the occurrence that says most
};

class NodeGraph {
 public:
  explicit NodeGraph(const v3::EuropeanDigitalCredential& credential);
  NodeGraph(const NodeGraph&) = delete;
  NodeGraph& operator=(const NodeGraph&) = delete;

  const v3::EuropeanDigitalCredential& credential() const { return credential_; }

  // Nodes in document order.
  const std::vector<GraphNode>& nodes() const { return nodes_; }
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }

  // The values that an occurrence states, in the order of the model.
  absl::Span<const SetField> ValuesOf(const Occurrence& occurrence) const {
    return absl::MakeConstSpan(values_).subspan(occurrence.first_value, occurrence.value_count);
  }

  // JSON pointer of an occurrence, as codec.h writes it: an index only where there are several values.
  std::string PointerOf(int occurrence) const;

  // The occurrence of a message of this credential; -1 if it is none.
  int OccurrenceOf(const google::protobuf::Message& message) const;

  // The occurrence of the same node that says most; itself where none says more. A bare agent finds the person, group
  // or organisation of its id, a reference the node of any class that may stand in its place.
  int FullestOf(int occurrence) const;

  // Node of an occurrence.
  const GraphNode& NodeOfOccurrence(int occurrence) const { return nodes_[node_of_[occurrence]]; }

  // How many different ids there are, and which one a text is.
  size_t identity_count() const { return identities_.size(); }
  int IdentityOf(absl::string_view id) const;  // -1 if there is none of this id

  // The first occurrence under an id, of whatever class, from which next_of_id leads to the others.
  int FirstOf(int identity) const { return identities_[identity].first; }

  // Id of an occurrence; empty for a blank node.
  absl::string_view IdOf(int occurrence) const { return occurrences_[occurrence].id; }

  // Whether the node of an occurrence is stated to be of the class, here or anywhere under its id.
  bool HasType(int occurrence, absl::string_view class_name) const;

 private:
  // What stands under one id.
  struct Identity {
    int first = -1;  // occurrence
    int last = -1;
    absl::InlinedVector<size_t, 1> nodes;             // one for each class
    absl::InlinedVector<absl::string_view, 2> types;  // as stated
  };

  bool IsReference(int occurrence) const;  // whether it states an id, and no more than a class
  void Add(Occurrence occurrence);
  void AddChildren(int parent);
  void AddToNode(int occurrence);
  Identity& AddToIdentity(int occurrence);
  int NodeUnder(const Identity& identity, const ClassTable& table) const;
  void AppendPointer(int occurrence, std::string& pointer) const;

  const v3::EuropeanDigitalCredential& credential_;
  std::vector<Occurrence> occurrences_;
  std::vector<SetField> values_;
  std::vector<GraphNode> nodes_;
  std::vector<size_t> node_of_;
  absl::flat_hash_map<const google::protobuf::Message*, int> by_message_;  // unions included
  std::vector<Identity> identities_;
  absl::flat_hash_map<absl::string_view, int> by_id_;
};

}  // namespace passerelle::elm
