// An XML document as libxml2 reads it for signatures: hardened, bounded, parsed once.
//
// The bytes are decoded and scanned by the rules of core/base/xml first. A document type declaration is not refused
// here, so that the answer can still say whether the signature verifies; nothing that it declares is ever used.
//
// Thread-safety: a tree is for one thread. Ownership: nodes live as long as their tree.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::proof {

class XmlTree {
 public:
  // No entity is replaced, no DTD loaded, nothing fetched. Problems: kInputEmpty, kInputTooLarge, kInputTooDeep,
  // kXmlCharset, kXmlMalformed.
  static absl::StatusOr<XmlTree> Parse(absl::string_view bytes);

  xmlDoc* document() const { return document_.get(); }
  // The document element; never null.
  xmlNode* root() const { return xmlDocGetRootElement(document_.get()); }
  bool has_doctype() const { return document_->intSubset != nullptr; }
  // Whether the document type declaration declares something or points elsewhere.
  bool has_declarations() const;

 private:
  struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  };
  explicit XmlTree(xmlDoc* document) : document_(document) {}
  std::unique_ptr<xmlDoc, Free> document_;
};

// Whether the node is an element of that name.
bool IsXmlElement(const xmlNode* node, absl::string_view name_space, absl::string_view local);
absl::string_view XmlNodeName(const xmlNode* node);
absl::string_view XmlNodeNamespace(const xmlNode* node);
// The child elements of that name, in document order.
std::vector<xmlNode*> XmlChildren(const xmlNode* parent, absl::string_view name_space, absl::string_view local);
// The first of them, or null.
xmlNode* XmlChild(const xmlNode* parent, absl::string_view name_space, absl::string_view local);
// Following first children of the same namespace, or null.
xmlNode* XmlDescend(const xmlNode* from, absl::string_view name_space, std::initializer_list<absl::string_view> path);
// The elements of that name at or below `from`, except below an element that `skip` names, in document order.
std::vector<xmlNode*> XmlElementsBelow(xmlNode* from, absl::string_view name_space, absl::string_view local,
                                       absl::string_view skip = "");
// The next node of a walk through everything at or below `top` in document order; null at the end. Without `into`, what
// is below `node` is left out.
xmlNode* XmlNext(const xmlNode* node, const xmlNode* top, bool into = true);
// Whether `node` is `ancestor` or below it.
bool XmlIsWithin(const xmlNode* node, const xmlNode* ancestor);
// The value of an attribute in no namespace.
std::optional<std::string> XmlAttributeOf(const xmlNode* element, absl::string_view local);
// The text of the text nodes directly in the element; nothing if there is anything else in it.
std::optional<std::string> XmlOnlyText(const xmlNode* element);
enum class XmlForm { kInclusive, kExclusive };
// The canonical form of an element as it stands in its document, without comments (Canonical XML 1.0, Exclusive XML
// Canonicalization 1.0). Empty when libxml2 fails.
std::string XmlCanonical(const XmlTree& tree, xmlNode* element, XmlForm form);
// "line 12": the place of a node for findings.
std::string XmlPlace(const xmlNode* node);

}  // namespace passerelle::proof
