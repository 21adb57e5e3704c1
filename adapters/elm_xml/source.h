// An XML credential of ELM v1 or v2 with its references, and the account of what could not be carried.
//
// Every text and attribute that reaches the credential is read through a Source. What nobody read, and nobody dropped
// with a reason of its own, is listed as dropped at the end (Account).
//
// Thread-safety: a Source belongs to one thread. Ownership: owns the document; nodes live as long as it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "core/base/xml.h"
#include "core/document/adapter.h"
#include "core/document/allowance.h"

namespace passerelle::adapters::elm_xml {

// The classes of the nodes that a credential describes, by their ids.
using Described = absl::flat_hash_map<std::string, std::string>;

inline bool IsElement(const pugi::xml_node& node) { return node.type() == pugi::node_element; }

bool HasElements(const pugi::xml_node& node);

class Source {
 public:
  explicit Source(base::XmlDocument document) : Source(std::move(document), std::nullopt) {}
  // Reads the document again, with what the first reading described.
  Source(Source first, Described described)
      : Source(std::move(first.document_), std::optional<Described>(std::move(described))) {}

  const base::XmlDocument& document() const { return document_; }

  // The text of an element with white space collapsed; it counts as read.
  std::string ReadText(const pugi::xml_node& element);
  // An attribute by its local name, empty for none; it counts as read.
  std::string ReadAttribute(const pugi::xml_node& element, absl::string_view local);
  // Everything in the element counts as read, since something else says it.
  void ReadAll(const pugi::xml_node& element);
  // The id of an element, by an attribute or a child.
  std::string ReadId(const pugi::xml_node& element);

  // The element that an idref names, or a null node. Only children of the root's "…References" count.
  pugi::xml_node Referenced(absl::string_view id) const;
  // An element of that id that stands where it belongs, outside of those lists and of credentials inside; or a null
  // node. Which class it has is known once the credential was read: with such references it is read twice.
  pugi::xml_node InPlace(absl::string_view id) const;
  void AskInPlace() { asked_in_place_ = true; }
  bool MustReadAgain() const { return asked_in_place_ && !described_.has_value(); }
  // The class of a node that the first reading described; empty for others, and in the first reading.
  std::string DescribedClass(const std::string& id) const;
  // Whether the element is asked for the first time. What is referred to twice is written once and named after that, so
  // that neither circles nor references of references multiply.
  bool TakeFirst(const pugi::xml_node& element);
  // The same for an id: real documents repeat an element, and two nodes of one id would be one node with two of
  // everything. Taken is a node of a class; the class that was taken first is told.
  bool TakeId(const std::string& id, absl::string_view v3_class);
  std::string TakenClass(const std::string& id) const;
  // What was taken since a mark is free again when the node that it was taken for cannot be written; what has one of
  // the ids stays taken.
  size_t Mark() const { return log_.size(); }
  void TakeBack(size_t mark, const Described& but = {});
  // Organisations that became agents, which only some properties of v3 hold.
  void SetAgent(const std::string& id) { agents_.insert(id); }
  bool IsAgent(const std::string& id) const { return agents_.contains(id); }
  // What is referred to and not described, where v3 can name it by its id.
  void SetDangling(const std::string& id) { dangling_.insert(id); }
  bool IsDangling(const std::string& id) const { return dangling_.contains(id); }
  // The first child with that local name, in whichever namespace: real documents have the members of verifiable
  // credentials in one of their own.
  static pugi::xml_node ChildNamed(const pugi::xml_node& parent, absl::string_view local);
  // Lists the referenced elements to which nothing referred.
  void DropUnused();

  // The element and everything below it.
  void Drop(const pugi::xml_node& node, absl::string_view reason);
  void DropAttribute(const pugi::xml_node& node, absl::string_view name, absl::string_view reason);
  void Warn(absl::string_view rule, const pugi::xml_node& node, absl::string_view message);
  void Note(absl::string_view rule, const pugi::xml_node& node, absl::string_view message);

  // Moves the account into the result, with all that was not read.
  void Account(document::Imported* imported);

 private:
  Source(base::XmlDocument document, std::optional<Described> described);
  void IndexInPlace(const pugi::xml_node& element);
  bool MarkTouched(const pugi::xml_node& node);
  void Walk(const pugi::xml_node& node);
  // `part`: what follows the path of the node, as "/@name" and "/text()" do.
  void DropAt(const pugi::xml_node& node, absl::string_view part, absl::string_view reason);
  void Say(absl::string_view rule, const pugi::xml_node& node, absl::string_view message,
           document::v1::Severity severity);

  base::XmlDocument document_;
  absl::flat_hash_map<std::string, pugi::xml_node> references_;
  std::vector<pugi::xml_node> in_order_;
  absl::flat_hash_map<std::string, pugi::xml_node> in_place_;
  std::optional<Described> described_;  // of the second reading
  bool asked_in_place_ = false;
  absl::flat_hash_set<const void*> read_;     // elements, of their texts, and attributes
  absl::flat_hash_set<const void*> settled_;  // elements and attributes that were dropped
  absl::flat_hash_set<const void*> touched_;  // elements of which something was read or dropped
  absl::flat_hash_set<const void*> taken_;
  Described ids_;  // that were taken, with the class
  absl::flat_hash_set<std::string> agents_;
  absl::flat_hash_set<std::string> dangling_;
  std::vector<std::pair<const void*, std::string>> log_;  // what was taken, with its id, in its order
  std::vector<document::v1::DroppedSource> dropped_;
  bool more_dropped_ = false;
  document::Listing listed_dropped_;
  document::Listing listed_diagnostics_;
  std::vector<document::v1::Diagnostic> diagnostics_;
};

}  // namespace passerelle::adapters::elm_xml
