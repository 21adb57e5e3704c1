#include "core/proof/xml/tree.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml_encoding.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

constexpr int kParseOptions =
    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT;

absl::string_view Text(const xmlChar* text) {
  return text == nullptr ? absl::string_view() : reinterpret_cast<const char*>(text);
}

// Equal signs from one "<" to the next: attributes, and text after them. Real tags have ten attributes.
constexpr size_t kEqualSignsMax = 4096;
// Bytes that the shortest attribute takes: a space, a letter, an equal sign and two quotes.
constexpr size_t kAttributeBytesMin = 5;
constexpr size_t kRoomForTooMany =
    std::min({2 * base::kXmlNodesMax, kAttributeBytesMin* kEqualSignsMax, base::kXmlDoctypeBytesMax});

// What libxml2 does not bound by itself: the number of nodes, and that of attributes in one tag, which it compares with
// each other. "<" begins every tag and stands nowhere else, "=" belongs to every attribute. Cheaper than the scan of
// core/base/xml, whose other checks libxml2 makes too. A short text has no room for too many.
absl::Status CheckSize(absl::string_view text) {
  if (text.size() <= kRoomForTooMany) return absl::OkStatus();
  size_t tags = 0;
  size_t attributes = 0;
  size_t in_tag = 0;
  size_t in_tag_most = 0;
  for (const char c : text) {
    if (c == '<') {
      ++tags;
      in_tag = 0;
    } else if (c == '=') {
      ++attributes;
      in_tag_most = std::max(in_tag_most, ++in_tag);
    }
  }
  if (tags > 2 * base::kXmlNodesMax || attributes > base::kXmlNodesMax || in_tag_most > kEqualSignsMax) {
    return Problem(Reason::kInputTooLarge, "document", "it has too many elements or attributes");
  }
  if (text.size() > base::kXmlDoctypeBytesMax && absl::StrContains(text, "<!DOCTYPE")) {
    return Problem(Reason::kXmlDoctype, "document");
  }
  return absl::OkStatus();
}

size_t Depth(const xmlNode* root) {
  size_t deepest = 1;
  size_t depth = 1;
  for (const xmlNode* node = root; node != nullptr;) {
    if (node->type != XML_ENTITY_REF_NODE && node->children != nullptr) {
      node = node->children;
      deepest = std::max(deepest, ++depth);
      continue;
    }
    while (node != root && node->next == nullptr) {
      node = node->parent;
      --depth;
    }
    node = node == root ? nullptr : node->next;
  }
  return deepest - 1;
}

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

}  // namespace

absl::StatusOr<XmlTree> XmlTree::Parse(absl::string_view bytes) {
  if (bytes.empty()) return Problem(Reason::kInputEmpty, "document");
  if (bytes.size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document");
  ASSIGN_OR_RETURN(const std::string text, base::DecodeXml(bytes));
  RETURN_IF_ERROR(CheckSize(text));
  static const bool ready = [] {
    xmlInitParser();
    return true;
  }();
  const std::unique_ptr<xmlParserCtxt, FreeContext> context(ready ? xmlNewParserCtxt() : nullptr);
  if (context == nullptr) return Problem(Reason::kInternal, "", "libxml2 has no memory");
  xmlDoc* document =
      xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()), nullptr, nullptr, kParseOptions);
  if (document == nullptr || xmlDocGetRootElement(document) == nullptr) {
    xmlFreeDoc(document);
    const xmlError* error = xmlCtxtGetLastError(context.get());
    return Problem(Reason::kXmlMalformed, absl::StrCat("line ", error == nullptr ? 0 : error->line));
  }
  XmlTree tree(document);
  if (Depth(tree.root()) > base::kNestingMax) return Problem(Reason::kInputTooDeep, "document");
  return tree;
}

bool XmlTree::has_declarations() const {
  const xmlDtd* type = document_->intSubset;
  return type != nullptr && (type->children != nullptr || type->ExternalID != nullptr || type->SystemID != nullptr);
}

absl::string_view XmlNodeName(const xmlNode* node) { return Text(node->name); }

absl::string_view XmlNodeNamespace(const xmlNode* node) {
  return node->type != XML_ELEMENT_NODE || node->ns == nullptr ? absl::string_view() : Text(node->ns->href);
}

bool IsXmlElement(const xmlNode* node, absl::string_view name_space, absl::string_view local) {
  return node->type == XML_ELEMENT_NODE && XmlNodeName(node) == local && XmlNodeNamespace(node) == name_space;
}

std::vector<xmlNode*> XmlChildren(const xmlNode* parent, absl::string_view name_space, absl::string_view local) {
  std::vector<xmlNode*> found;
  for (xmlNode* child = parent == nullptr ? nullptr : parent->children; child != nullptr; child = child->next) {
    if (IsXmlElement(child, name_space, local)) found.push_back(child);
  }
  return found;
}

xmlNode* XmlChild(const xmlNode* parent, absl::string_view name_space, absl::string_view local) {
  for (xmlNode* child = parent == nullptr ? nullptr : parent->children; child != nullptr; child = child->next) {
    if (IsXmlElement(child, name_space, local)) return child;
  }
  return nullptr;
}

xmlNode* XmlDescend(const xmlNode* from, absl::string_view name_space, std::initializer_list<absl::string_view> path) {
  xmlNode* found = nullptr;
  for (const absl::string_view local : path) {
    found = XmlChild(from, name_space, local);
    if (found == nullptr) return nullptr;
    from = found;
  }
  return found;
}

xmlNode* XmlNext(const xmlNode* node, const xmlNode* top, bool into) {
  // The children of an entity reference belong to its declaration, which knows no way back.
  if (into && node->type != XML_ENTITY_REF_NODE && node->children != nullptr) return node->children;
  while (node != top) {
    if (node->next != nullptr) return node->next;
    node = node->parent;
  }
  return nullptr;
}

std::vector<xmlNode*> XmlElementsBelow(xmlNode* from, absl::string_view name_space, absl::string_view local,
                                       absl::string_view skip) {
  std::vector<xmlNode*> found;
  for (xmlNode* node = from; node != nullptr;) {
    if (IsXmlElement(node, name_space, local)) found.push_back(node);
    const bool skipped = !skip.empty() && node->type == XML_ELEMENT_NODE && XmlNodeName(node) == skip;
    node = XmlNext(node, from, !skipped);
  }
  return found;
}

bool XmlIsWithin(const xmlNode* node, const xmlNode* ancestor) {
  for (; node != nullptr; node = node->parent) {
    if (node == ancestor) return true;
  }
  return false;
}

std::optional<std::string> XmlAttributeOf(const xmlNode* element, absl::string_view local) {
  for (const xmlAttr* attribute = element->properties; attribute != nullptr; attribute = attribute->next) {
    if (attribute->ns != nullptr || Text(attribute->name) != local) continue;
    std::string value;
    for (const xmlNode* part = attribute->children; part != nullptr; part = part->next) {
      if (part->type != XML_TEXT_NODE) return std::nullopt;
      absl::StrAppend(&value, Text(part->content));
    }
    return value;
  }
  return std::nullopt;
}

std::optional<std::string> XmlOnlyText(const xmlNode* element) {
  std::string text;
  for (const xmlNode* part = element->children; part != nullptr; part = part->next) {
    if (part->type != XML_TEXT_NODE) return std::nullopt;
    absl::StrAppend(&text, Text(part->content));
  }
  return text;
}

std::string XmlCanonical(const XmlTree& tree, xmlNode* element, XmlForm form) {
  const auto within = [](void* data, xmlNode* node, xmlNode* parent) -> int {
    // The parent of a namespace node is its element.
    const xmlNode* place = node->type == XML_NAMESPACE_DECL ? parent : node;
    return XmlIsWithin(place, static_cast<const xmlNode*>(data)) ? 1 : 0;
  };
  xmlOutputBuffer* buffer = xmlAllocOutputBuffer(nullptr);
  std::string text;
  if (buffer != nullptr &&
      xmlC14NExecute(tree.document(), within, element,
                     form == XmlForm::kExclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, nullptr, 0, buffer) >= 0) {
    text.assign(reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer)), xmlOutputBufferGetSize(buffer));
  }
  xmlOutputBufferClose(buffer);
  return text;
}

std::string XmlPlace(const xmlNode* node) { return absl::StrCat("line ", xmlGetLineNo(node)); }

}  // namespace passerelle::proof
