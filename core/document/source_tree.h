// A source document as a tree of named values, the same for JSON and for XML, so that mapping and accounting are
// written once.
//
// A JSON member is a node of its name; the entries of an array are nodes of the array. An XML element is a node of its
// local name, whatever its namespace; its attributes are nodes whose names begin with "@". Looking up takes one value
// or many alike: an array stands for its entries, nested arrays too, and an XML element may be repeated. In a tree that
// follows references, a node of JSON-LD that only names another stands for the one that describes it.
//
//   ASSIGN_OR_RETURN(const SourceTree tree, SourceTree::OfJson(bytes));
//   for (const SourceNode* name : tree.Find(tree.root(), "issuer/name|legalName")) Use(name->text);
//
// Thread-safety: for one thread, since it remembers look-ups. Ownership: owns its nodes, which stay where they are when
// the tree is moved.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pugixml.hpp"

namespace passerelle::document {

struct SourceNode {
  enum class Kind : uint8_t { kObject, kArray, kText, kNumber, kBoolean, kNull, kAttribute, kRemark };

  Kind kind = Kind::kObject;
  uint32_t index = 0;   // place in the list of all nodes, in document order
  uint32_t number = 0;  // of an entry of an array from 0, of an XML element among its namesakes from 1
  std::string name;     // empty for entries of an array and for the root of JSON
  std::string name_space;
  std::string text;  // of a value: as written, numbers too; of an XML element what stands directly in it, blanks kept
  const SourceNode* parent = nullptr;
  const SourceNode* first_child = nullptr;
  const SourceNode* next_sibling = nullptr;
  const SourceNode* described = nullptr;  // of a reference, where the tree follows them: what it leads to

  // Whether it has children that hold data; a value has none.
  bool IsBranch() const { return first_child != nullptr && !IsValue(); }
  bool IsValue() const { return kind >= Kind::kText; }
  // Of JSON-LD: whether it says no more than which node it is, and of which type.
  bool IsReference() const;
};

class SourceTree {
 public:
  struct Options {
    bool ignore_case = false;        // of names, for formats whose examples spell them differently
    bool follow_references = false;  // of JSON-LD
  };

  // Problems: those of base::JsonDocument::Parse and base::ReadXml; kInputTooLarge above kSourceNodesMax nodes.
  static absl::StatusOr<SourceTree> OfJson(absl::string_view bytes, const Options& options);
  static absl::StatusOr<SourceTree> OfJson(absl::string_view bytes) { return OfJson(bytes, {}); }
  static absl::StatusOr<SourceTree> OfXml(absl::string_view bytes, const Options& options);
  static absl::StatusOr<SourceTree> OfXml(absl::string_view bytes) { return OfXml(bytes, {}); }

  const SourceNode* root() const { return root_; }
  const std::deque<SourceNode>& nodes() const { return nodes_; }

  // Every node that the path leads to, in document order. Steps are parted by "/"; a step may name alternatives,
  // "eqfLevel|eqflLevel", or be "*" for any; an empty path is the node itself, or the entries of an array. What several
  // references lead to is there once.
  std::vector<const SourceNode*> Find(const SourceNode* node, absl::string_view path) const;
  // The first of them, or null.
  const SourceNode* FindFirst(const SourceNode* node, absl::string_view path) const;
  // The text of the first, with blanks around it taken off; empty if there is none.
  std::string TextOf(const SourceNode* node, absl::string_view path) const;

  // Where a node stands: a JSON pointer, or an XPath with numbers as base::XmlDocument has it.
  std::string Path(const SourceNode* node) const;
  // What that path takes at most, without writing it; names are as long as documents make them.
  static size_t PathBytes(const SourceNode* node);

  // Bytes that the tree was read from.
  size_t document_bytes() const { return document_bytes_; }

 private:
  class JsonReader;
  class XmlReader;
  SourceTree() = default;
  using Found = std::vector<const SourceNode*>;
  bool Matches(const SourceNode& node, absl::string_view step) const;
  Found Walk(const SourceNode* node, absl::string_view path, size_t* steps) const;
  const Found* Remembered(const SourceNode* node, absl::string_view path) const;
  void LinkReferences();

  std::deque<SourceNode> nodes_;
  const SourceNode* root_ = nullptr;
  Options options_;
  bool xml_ = false;
  size_t document_bytes_ = 0;
  // Look-ups that walked far, with what they found: what many others look into is walked through once.
  mutable absl::flat_hash_map<const SourceNode*, absl::flat_hash_map<std::string, Found>> walked_;
};

}  // namespace passerelle::document
