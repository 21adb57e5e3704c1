#include "core/document/source_tree.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::document {
namespace {

namespace dom = simdjson::dom;
using base::Problem;
using base::Reason;
using Kind = SourceNode::Kind;

absl::Status TooManyNodes() { return Problem(Reason::kInputTooLarge, "", "the document has too many parts"); }

// Steps of a look-up that is worth remembering. Real parts have some dozens of members.
constexpr size_t kFarSteps = 256;

constexpr absl::string_view kNaming[] = {"id", "@id", "type", "@type", "@context"};

bool IsId(const SourceNode& node) { return node.name == "id" || node.name == "@id"; }

size_t ChildrenOf(const SourceNode& node) {
  size_t count = 0;
  for (const SourceNode* child = node.first_child; child != nullptr; child = child->next_sibling) ++count;
  return count;
}

// The nodes that a node stands for: the entries of an array, of nested ones too, what a reference leads to, or itself.
void Flatten(const SourceNode* node, std::vector<const SourceNode*>* result) {
  if (node->kind != Kind::kArray) {
    result->push_back(node->described != nullptr ? node->described : node);
    return;
  }
  for (const SourceNode* entry = node->first_child; entry != nullptr; entry = entry->next_sibling) {
    Flatten(entry, result);
  }
}

// Keeps the first of equal ones, in their order.
void KeepEachOnce(std::vector<const SourceNode*>* nodes) {
  if (nodes->size() < 2) return;
  absl::flat_hash_set<const SourceNode*> seen;
  std::erase_if(*nodes, [&seen](const SourceNode* node) { return !seen.insert(node).second; });
}

}  // namespace

bool SourceNode::IsReference() const {
  if (kind != Kind::kObject) return false;
  for (const SourceNode* member = first_child; member != nullptr; member = member->next_sibling) {
    if (std::find(std::begin(kNaming), std::end(kNaming), member->name) == std::end(kNaming)) return false;
  }
  return first_child != nullptr;
}

// Reading has bounded the depth to kNestingMax, so recursion is safe in both readers.
class SourceTree::JsonReader {
 public:
  JsonReader(const base::JsonDocument& document, SourceTree* tree) : document_(document), tree_(*tree) {}

  SourceNode* Add(dom::element element, absl::string_view name, const SourceNode* parent) {
    if (tree_.nodes_.size() >= base::kSourceNodesMax) return nullptr;
    SourceNode& node = tree_.nodes_.emplace_back();
    node.index = static_cast<uint32_t>(tree_.nodes_.size() - 1);
    node.name = std::string(name);
    node.parent = parent;
    if (const auto object = base::AsObject(element)) {
      SourceNode* last = nullptr;
      for (const dom::key_value_pair member : *object) {
        if (!Append(member.value, base::View(member.key), 0, &node, &last)) return nullptr;
      }
    } else if (const auto array = base::AsArray(element)) {
      node.kind = Kind::kArray;
      SourceNode* last = nullptr;
      uint32_t number = 0;
      for (const dom::element entry : *array) {
        if (!Append(entry, "", number++, &node, &last)) return nullptr;
      }
    } else {
      ReadValue(element, &node);
    }
    return &node;
  }

 private:
  bool Append(dom::element element, absl::string_view name, uint32_t number, SourceNode* parent, SourceNode** last) {
    SourceNode* const child = Add(element, name, parent);
    if (child == nullptr) return false;
    child->number = number;
    (*last == nullptr ? parent->first_child : (*last)->next_sibling) = child;
    *last = child;
    return true;
  }

  void ReadValue(dom::element element, SourceNode* node) const {
    bool truth = false;
    if (const auto text = base::AsString(element)) {
      node->kind = Kind::kText;
      node->text = std::string(*text);
    } else if (element.get(truth) == simdjson::SUCCESS) {
      node->kind = Kind::kBoolean;
      node->text = truth ? "true" : "false";
    } else if (element.is_null()) {
      node->kind = Kind::kNull;
    } else {
      node->kind = Kind::kNumber;
      node->text = std::string(document_.NumberText(element));
    }
  }

  const base::JsonDocument& document_;
  SourceTree& tree_;
};

// base::ReadXml has bounded elements and attributes; remarks are bounded here.
class SourceTree::XmlReader {
 public:
  XmlReader(const base::XmlDocument& document, SourceTree* tree) : document_(document), tree_(*tree) {}

  SourceNode* Add(const pugi::xml_node& from, const SourceNode* parent) {
    SourceNode& node = New(std::string(base::XmlLocalName(from)), parent);
    SourceNode* last = nullptr;
    for (const pugi::xml_attribute& attribute : from.attributes()) {
      if (base::IsNamespaceDeclaration(attribute)) continue;
      SourceNode& child = New(absl::StrCat("@", base::XmlLocalName(attribute)), &node);
      child.kind = Kind::kAttribute;
      child.text = attribute.value();
      if (absl::StartsWith(attribute.name(), "xsi:")) child.name_space = "xsi";
      Link(&child, &node, &last);
    }
    node.name_space = std::string(document_.Namespace(from));
    node.text = base::XmlRawText(from);
    absl::flat_hash_map<std::string, uint32_t> numbers;
    for (const pugi::xml_node& element : from.children()) {
      if (element.type() == pugi::node_comment || element.type() == pugi::node_pi) {
        if (tree_.nodes_.size() >= base::kSourceNodesMax) continue;  // refused as a whole afterwards
        SourceNode& remark =
            New(element.type() == pugi::node_comment ? "comment()" : "processing-instruction()", &node);
        remark.kind = Kind::kRemark;
        Link(&remark, &node, &last);
      } else if (element.type() == pugi::node_element) {
        SourceNode* const child = Add(element, &node);
        child->number = ++numbers[child->name];
        Link(child, &node, &last);
      }
    }
    return &node;
  }

 private:
  SourceNode& New(std::string name, const SourceNode* parent) {
    SourceNode& node = tree_.nodes_.emplace_back();
    node.index = static_cast<uint32_t>(tree_.nodes_.size() - 1);
    node.name = std::move(name);
    node.parent = parent;
    return node;
  }

  static void Link(SourceNode* child, SourceNode* parent, SourceNode** last) {
    (*last == nullptr ? parent->first_child : (*last)->next_sibling) = child;
    *last = child;
  }

  const base::XmlDocument& document_;
  SourceTree& tree_;
};

absl::StatusOr<SourceTree> SourceTree::OfJson(absl::string_view bytes, const Options& options) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  SourceTree tree;
  tree.options_ = options;
  tree.document_bytes_ = bytes.size();
  tree.root_ = JsonReader(document, &tree).Add(document.root(), "", nullptr);
  if (tree.root_ == nullptr) return TooManyNodes();
  if (options.follow_references) tree.LinkReferences();
  return tree;
}

// A reference leads to the node of its id with the most members, the first of equal ones. Linear in the nodes.
void SourceTree::LinkReferences() {
  struct Description {
    const SourceNode* node;
    size_t members;
  };
  absl::flat_hash_map<absl::string_view, Description> described;  // by id
  for (const SourceNode& id : nodes_) {
    if (!IsId(id) || id.kind != Kind::kText || id.parent == nullptr || id.parent->IsReference()) continue;
    const Description description{id.parent, ChildrenOf(*id.parent)};
    const auto [known, added] = described.try_emplace(id.text, description);
    if (!added && description.members > known->second.members) known->second = description;
  }
  for (SourceNode& node : nodes_) {
    if (!node.IsReference()) continue;
    for (const SourceNode* member = node.first_child; member != nullptr; member = member->next_sibling) {
      const auto found = IsId(*member) ? described.find(member->text) : described.end();
      if (found != described.end()) node.described = found->second.node;
    }
  }
}

absl::StatusOr<SourceTree> SourceTree::OfXml(absl::string_view bytes, const Options& options) {
  ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(bytes));
  SourceTree tree;
  tree.options_ = options;
  tree.document_bytes_ = bytes.size();
  tree.xml_ = true;
  tree.root_ = XmlReader(document, &tree).Add(document.Root(), nullptr);
  if (tree.nodes_.size() >= base::kSourceNodesMax) return TooManyNodes();
  return tree;
}

bool SourceTree::Matches(const SourceNode& node, absl::string_view step) const {
  if (node.kind == Kind::kRemark) return false;
  if (step == "*") return node.kind != Kind::kAttribute;
  for (const absl::string_view name : absl::StrSplit(step, '|')) {
    if (options_.ignore_case ? absl::EqualsIgnoreCase(node.name, name) : node.name == name) return true;
  }
  return false;
}

SourceTree::Found SourceTree::Walk(const SourceNode* node, absl::string_view path, size_t* steps) const {
  Found found;
  Flatten(node, &found);
  *steps = found.size();
  for (const absl::string_view step : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    Found next;
    for (const SourceNode* at : found) {
      for (const SourceNode* child = at->first_child; child != nullptr; child = child->next_sibling) {
        ++*steps;
        if (Matches(*child, step)) Flatten(child, &next);
      }
    }
    *steps += next.size();
    found = std::move(next);
    if (options_.follow_references) KeepEachOnce(&found);
  }
  return found;
}

const SourceTree::Found* SourceTree::Remembered(const SourceNode* node, absl::string_view path) const {
  const auto paths = walked_.find(node);
  if (paths == walked_.end()) return nullptr;
  const auto found = paths->second.find(path);
  return found == paths->second.end() ? nullptr : &found->second;
}

std::vector<const SourceNode*> SourceTree::Find(const SourceNode* node, absl::string_view path) const {
  if (node == nullptr) return {};
  if (const Found* const found = Remembered(node, path)) return *found;
  size_t steps = 0;
  Found found = Walk(node, path, &steps);
  if (steps > kFarSteps) walked_[node].try_emplace(std::string(path), found);
  return found;
}

const SourceNode* SourceTree::FindFirst(const SourceNode* node, absl::string_view path) const {
  if (const Found* const found = Remembered(node, path)) return found->empty() ? nullptr : found->front();
  const Found found = Find(node, path);
  return found.empty() ? nullptr : found.front();
}

std::string SourceTree::TextOf(const SourceNode* node, absl::string_view path) const {
  const SourceNode* const found = FindFirst(node, path);
  return found == nullptr ? "" : std::string(absl::StripAsciiWhitespace(found->text));
}

size_t SourceTree::PathBytes(const SourceNode* node) {
  constexpr size_t kNumberBytes = 13;  // of a step around its name: "/", and the number in brackets
  size_t bytes = 0;
  for (const SourceNode* at = node; at != nullptr; at = at->parent) bytes += at->name.size() + kNumberBytes;
  return bytes;
}

std::string SourceTree::Path(const SourceNode* node) const {
  std::vector<std::string> steps;
  for (const SourceNode* at = node; at != nullptr; at = at->parent) {
    std::string step = "/";
    const bool entry = at->parent != nullptr && at->parent->kind == Kind::kArray;
    if (xml_) {
      absl::StrAppend(&step, at->name);
      if (at->number > 0) absl::StrAppend(&step, "[", at->number, "]");
    } else if (at->parent != nullptr) {
      step.clear();
      base::AppendPointerToken(entry ? absl::StrCat(at->number) : at->name, step);
    } else {
      step.clear();
    }
    steps.push_back(std::move(step));
  }
  std::string path;
  std::for_each(steps.rbegin(), steps.rend(), [&path](const std::string& step) { absl::StrAppend(&path, step); });
  return path;
}

}  // namespace passerelle::document
