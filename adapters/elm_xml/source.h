// An XML credential of ELM v1 or v2 with its references, and the account of what could not be carried.
//
// Thread-safety: a Source belongs to one thread. Ownership: owns the document; nodes live as long as it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "core/base/xml.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::elm_xml {

class Source {
 public:
  explicit Source(base::XmlDocument document);

  const base::XmlDocument& document() const { return document_; }

  // The element that an idref names, or a null node. Only children of the root's "…References" count.
  pugi::xml_node Referenced(absl::string_view id) const;
  // Whether the element is asked for the first time. What is referred to twice is written once and named after that, so
  // that neither circles nor references of references multiply.
  bool TakeFirst(const pugi::xml_node& element);
  // The same for an id: real documents repeat an element, and two nodes of one id would be one node with two of
  // everything.
  bool TakeId(const std::string& id);
  // What was taken since a mark is free again when the node that it was taken for cannot be written; what has one of
  // the ids stays taken.
  size_t Mark() const { return log_.size(); }
  void TakeBack(size_t mark, const absl::flat_hash_set<std::string>& but = {});
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

  void Drop(const pugi::xml_node& node, absl::string_view reason);
  void DropAttribute(const pugi::xml_node& node, absl::string_view name, absl::string_view reason);
  void Warn(absl::string_view rule, const pugi::xml_node& node, absl::string_view message);
  void Note(absl::string_view rule, const pugi::xml_node& node, absl::string_view message);

  // Moves the account into the result.
  void Account(document::Imported* imported);

 private:
  void DropAt(std::string place, absl::string_view reason);
  void Say(absl::string_view rule, const pugi::xml_node& node, absl::string_view message,
           document::v1::Severity severity);

  base::XmlDocument document_;
  absl::flat_hash_map<std::string, pugi::xml_node> references_;
  std::vector<pugi::xml_node> in_order_;
  absl::flat_hash_set<const void*> taken_;
  absl::flat_hash_set<std::string> ids_;
  absl::flat_hash_set<std::string> agents_;
  absl::flat_hash_set<std::string> dangling_;
  std::vector<std::pair<const void*, std::string>> log_;  // what was taken, with its id, in its order
  std::vector<document::v1::DroppedSource> dropped_;
  std::vector<document::v1::Diagnostic> diagnostics_;
};

}  // namespace passerelle::adapters::elm_xml
