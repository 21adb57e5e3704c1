// Reading XML from strangers: hardened, bounded, and with a place for every fault.
//
// Before anything is built, ReadXml checks size, NUL bytes, the declared encoding against the bytes (the line of the
// first fault is named), and well-formedness: document type declarations are refused, so that no entity can be defined;
// nesting and the number of nodes are bounded. Only then does pugixml, which is more lenient, build the tree.
//
// Thread-safety: an XmlDocument is for one thread; free functions on values. Ownership: nodes live as long as their
// document. Cost: linear; every look-up by name is linear in the children, every path linear in the depth.
//
//   ASSIGN_OR_RETURN(XmlDocument document, ReadXml(bytes));
//   for (pugi::xml_node title : document.Children(document.Root(), "title")) Use(XmlText(title), document.Path(title));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pugixml.hpp"

namespace passerelle::base {

// A parsed document. Elements are named by local name and namespace, whatever the prefix.
class XmlDocument {
 public:
  // The document element; never null.
  pugi::xml_node Root() const { return tree_->document_element(); }
  // The document itself, whose children are the root and the comments and instructions around it.
  pugi::xml_node Top() const { return tree_->root(); }

  // The namespace of an element, empty for none.
  absl::string_view Namespace(const pugi::xml_node& element) const;
  // Child elements with a local name in the namespace of their parent, in document order.
  std::vector<pugi::xml_node> Children(const pugi::xml_node& parent, absl::string_view local) const;
  // The first of Children, or a null node.
  pugi::xml_node Child(const pugi::xml_node& parent, absl::string_view local) const;
  // The path of a node, such as /elmo/report[1]/title[2]; the root has no number.
  std::string Path(const pugi::xml_node& node) const;
  // What that path takes at most, without writing it; names are as long as documents make them.
  static size_t PathBytes(const pugi::xml_node& node);

 private:
  friend absl::StatusOr<XmlDocument> ReadXml(absl::string_view bytes);

  // What pugixml does not keep of an element.
  struct Element {
    uint32_t number = 1;           // among its siblings of the same local name, from 1
    absl::string_view name_space;  // points into the tree
  };
  struct Scope;
  XmlDocument() = default;
  void Index(const pugi::xml_node& element, Scope* scope);

  std::unique_ptr<pugi::xml_document> tree_;
  absl::flat_hash_map<const void*, Element> elements_;
};

// Parses a document. UTF-8 (the default), UTF-16 with a byte order mark, ISO-8859-1, ISO-8859-15 and windows-1252 are
// read; everything is UTF-8 afterwards.
// Problems: kInputEmpty, kInputTooLarge, kInputTooDeep, kXmlCharset, kXmlDoctype, kXmlMalformed.
absl::StatusOr<XmlDocument> ReadXml(absl::string_view bytes);

// Name of an element: the part after the colon, and the namespace that its prefix stands for (empty for none).
struct XmlName {
  std::string local;
  std::string name_space;
};

// The name of the root element by a look at the beginning of the bytes; nothing if they do not begin as XML. Total: any
// bytes. Used by format detection, so that a document that ReadXml refuses can still be recognised.
std::optional<XmlName> PeekXmlRoot(absl::string_view bytes);

// The part of a qualified name after the colon.
absl::string_view XmlLocalName(const pugi::xml_node& node);
absl::string_view XmlLocalName(const pugi::xml_attribute& attribute);

// Whether the attribute declares a namespace.
bool IsNamespaceDeclaration(const pugi::xml_attribute& attribute);

// The attribute with a local name, whatever its prefix, or a null attribute.
pugi::xml_attribute XmlAttribute(const pugi::xml_node& node, absl::string_view local);

// The text directly in an element, CDATA included, as it stands.
std::string XmlRawText(const pugi::xml_node& node);

// The same with white space collapsed, as xs:token has it.
std::string XmlText(const pugi::xml_node& node);

// The element as a document of its own, in UTF-8, with the namespaces declared that are in force at it. Its bytes are
// not those of the source, so that no signature can be checked on them.
std::string XmlElementAsDocument(const pugi::xml_node& element);

// The language that is in force at an element (xml:lang, inherited); empty if none is stated.
std::string XmlLanguage(const pugi::xml_node& node);

}  // namespace passerelle::base
