#include "core/base/xml.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml_encoding.h"
#include "core/base/xml_scan.h"

namespace passerelle::base {
namespace {

bool IsWhite(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Names are short: a loop is faster than a call.
absl::string_view Local(absl::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ':') return name.substr(i + 1);
  }
  return name;
}

absl::string_view Prefix(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == absl::string_view::npos ? "" : name.substr(0, colon);
}

// Value of an attribute in the text of a start tag, without unescaping; namespaces have nothing to unescape.
std::string TagAttribute(absl::string_view tag, absl::string_view name) {
  for (size_t at = tag.find(name); at != absl::string_view::npos; at = tag.find(name, at + 1)) {
    const size_t behind = tag.find_first_not_of(" \t\r\n", at + name.size());
    const bool whole =
        at > 0 && absl::ascii_isspace(tag[at - 1]) && behind != absl::string_view::npos && tag[behind] == '=';
    if (!whole) continue;
    const size_t quote = tag.find_first_of("'\"", behind);
    if (quote == absl::string_view::npos) return "";
    const size_t end = tag.find(tag[quote], quote + 1);
    if (end == absl::string_view::npos) return "";
    return std::string(tag.substr(quote + 1, end - quote - 1));
  }
  return "";
}

// Position of the first start tag behind declaration, comments, instructions and a document type.
size_t FindRootTag(absl::string_view text) {
  size_t at = 0;
  while (true) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == absl::string_view::npos || text[at] != '<') return absl::string_view::npos;
    const absl::string_view rest = text.substr(at);
    absl::string_view end;
    if (rest.substr(0, 4) == "<!--") {
      end = "-->";
    } else if (rest.substr(0, 2) == "<?") {
      end = "?>";
    } else if (rest.substr(0, 2) == "<!") {
      // A document type may hold an internal subset in brackets.
      const size_t bracket = rest.find('[');
      end = bracket < rest.find('>') ? "]>" : ">";
    } else {
      return at;
    }
    const size_t found = text.find(end, at);
    if (found == absl::string_view::npos) return absl::string_view::npos;
    at = found + end.size();
  }
}

// The first of a node and its later siblings that is an element of the name in the namespace of its parent.
pugi::xml_node NextOf(const XmlDocument& document, const pugi::xml_node& parent, pugi::xml_node from,
                      absl::string_view local) {
  const auto matches = [&](const pugi::xml_node& node) {
    return node.type() == pugi::node_element && XmlLocalName(node) == local &&
           document.Namespace(node) == document.Namespace(parent);
  };
  while (from && !matches(from)) from = from.next_sibling();
  return from;
}

}  // namespace

struct XmlDocument::Scope {
  // Prefixes in force while the tree is walked: for each, its namespaces from the outermost to the innermost.
  absl::flat_hash_map<absl::string_view, std::vector<absl::string_view>> namespaces;
  // How many elements of a name an element has so far.
  absl::flat_hash_map<std::pair<const void*, absl::string_view>, uint32_t> numbers;
  uint32_t number = 1;       // of the element that comes next
  bool white_space = false;  // whether the tree holds texts of nothing but white space

  absl::string_view Resolve(absl::string_view prefix) const {
    const auto found = namespaces.find(prefix);
    return found == namespaces.end() || found->second.empty() ? "" : found->second.back();
  }
};

// White space counts where it stands inside a text, such as between two sections of CDATA; between elements it is only
// layout, and goes.
void RemoveLayout(pugi::xml_node element) {
  std::vector<pugi::xml_node> pending;  // white space behind a text, which counts if more of the text follows
  bool in_text = false;
  const auto remove_pending = [&] {
    for (const pugi::xml_node& node : pending) element.remove_child(node);
    pending.clear();
  };
  for (pugi::xml_node child = element.first_child(); child;) {
    const pugi::xml_node next = child.next_sibling();
    const bool text = child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata;
    if (text && absl::string_view(child.value()).find_first_not_of(" \t\r\n") != absl::string_view::npos) {
      pending.clear();
      in_text = true;
    } else if (child.type() == pugi::node_pcdata && in_text) {
      pending.push_back(child);
    } else if (child.type() == pugi::node_pcdata) {
      element.remove_child(child);
    } else if (child.type() == pugi::node_element) {
      remove_pending();
      in_text = false;
    }
    child = next;
  }
  remove_pending();
}

// Recursive; the scan has bounded the depth to kNestingMax.
void XmlDocument::Index(const pugi::xml_node& element, Scope* scope) {
  if (scope->white_space) RemoveLayout(element);
  const uint32_t number = scope->number;
  std::vector<absl::string_view> declared;
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    if (!IsNamespaceDeclaration(attribute)) continue;
    const absl::string_view name = attribute.name();
    declared.push_back(name == "xmlns" ? "" : Local(name));
    scope->namespaces[declared.back()].push_back(attribute.value());
  }
  elements_[element.internal_object()] = {number, scope->Resolve(Prefix(element.name()))};
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    scope->number = ++scope->numbers[{element.internal_object(), XmlLocalName(child)}];
    Index(child, scope);
  }
  for (const absl::string_view prefix : declared) scope->namespaces[prefix].pop_back();
}

absl::string_view XmlDocument::Namespace(const pugi::xml_node& element) const {
  const auto found = elements_.find(element.internal_object());
  return found == elements_.end() ? "" : found->second.name_space;
}

std::vector<pugi::xml_node> XmlDocument::Children(const pugi::xml_node& parent, absl::string_view local) const {
  std::vector<pugi::xml_node> result;
  pugi::xml_node child = Child(parent, local);
  while (child) {
    result.push_back(child);
    child = NextOf(*this, parent, child.next_sibling(), local);
  }
  return result;
}

pugi::xml_node XmlDocument::Child(const pugi::xml_node& parent, absl::string_view local) const {
  return NextOf(*this, parent, parent.first_child(), local);
}

std::string XmlDocument::Path(const pugi::xml_node& node) const {
  constexpr size_t kUsualDepth = 12;
  std::vector<pugi::xml_node> steps;
  steps.reserve(kUsualDepth);
  for (pugi::xml_node at = node; at && at.type() != pugi::node_document; at = at.parent()) steps.push_back(at);
  constexpr size_t kUsualBytes = 120;
  std::string path;
  path.reserve(kUsualBytes);
  for (auto at = steps.rbegin(); at != steps.rend(); ++at) {
    if (at->type() == pugi::node_comment) {
      absl::StrAppend(&path, "/comment()");
    } else if (at->type() == pugi::node_pi) {
      absl::StrAppend(&path, "/processing-instruction()");
    } else if (at == steps.rbegin()) {
      absl::StrAppend(&path, "/", XmlLocalName(*at));
    } else if (at->type() == pugi::node_element) {
      const auto found = elements_.find(at->internal_object());
      absl::StrAppend(&path, "/", XmlLocalName(*at), "[", found == elements_.end() ? 1 : found->second.number, "]");
    }
  }
  return path;
}

size_t XmlDocument::PathBytes(const pugi::xml_node& node) {
  constexpr size_t kStepBytes = 26;  // "/processing-instruction()", or a number in brackets
  size_t bytes = 0;
  for (pugi::xml_node at = node; at && at.type() != pugi::node_document; at = at.parent()) {
    bytes += XmlLocalName(at).size() + kStepBytes;
  }
  return bytes;
}

absl::StatusOr<XmlDocument> ReadXml(absl::string_view bytes) {
  if (bytes.empty()) return Problem(Reason::kInputEmpty, "document");
  if (bytes.size() > kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document");
  ASSIGN_OR_RETURN(const std::string text, DecodeXml(bytes));
  RETURN_IF_ERROR(ScanXml(text));
  XmlDocument document;
  document.tree_ = std::make_unique<pugi::xml_document>();
  // Most documents have no CDATA, and need not pay for the white space between all elements.
  XmlDocument::Scope scope;
  scope.white_space = absl::StrContains(text, "<![CDATA[");
  unsigned flags = pugi::parse_default | pugi::parse_comments | pugi::parse_pi;
  if (scope.white_space) flags |= pugi::parse_ws_pcdata;
  const pugi::xml_parse_result result =
      document.tree_->load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
  if (!result) {
    return Problem(Reason::kXmlMalformed, XmlLineAndColumn(text, static_cast<size_t>(result.offset)),
                   result.description());
  }
  document.Index(document.Root(), &scope);
  return document;
}

std::optional<XmlName> PeekXmlRoot(absl::string_view bytes) {
  std::string converted;
  const absl::string_view mark = bytes.substr(0, 2);
  if (mark == "\xFF\xFE" || mark == "\xFE\xFF") {
    const auto decoded = DecodeXml(bytes.substr(0, std::min(bytes.size(), size_t{1} << 16)));
    if (!decoded.ok()) return std::nullopt;
    converted = *decoded;
    bytes = converted;
  } else if (bytes.substr(0, 3) == "\xEF\xBB\xBF") {
    bytes.remove_prefix(3);
  }
  const size_t begin = FindRootTag(bytes);
  if (begin == absl::string_view::npos) return std::nullopt;
  const absl::string_view tag = bytes.substr(begin, bytes.find('>', begin) - begin);
  const absl::string_view name = tag.substr(1, tag.find_first_of(" \t\r\n/", 1) - 1);
  if (name.empty() || Local(name).empty()) return std::nullopt;
  const std::string declaration = Prefix(name).empty() ? "xmlns" : absl::StrCat("xmlns:", Prefix(name));
  return XmlName{std::string(Local(name)), TagAttribute(tag, declaration)};
}

absl::string_view XmlLocalName(const pugi::xml_node& node) { return Local(node.name()); }

absl::string_view XmlLocalName(const pugi::xml_attribute& attribute) { return Local(attribute.name()); }

bool IsNamespaceDeclaration(const pugi::xml_attribute& attribute) {
  const absl::string_view name = attribute.name();
  return name == "xmlns" || name.substr(0, 6) == "xmlns:";
}

pugi::xml_attribute XmlAttribute(const pugi::xml_node& node, absl::string_view local) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (!IsNamespaceDeclaration(attribute) && XmlLocalName(attribute) == local) return attribute;
  }
  return pugi::xml_attribute();
}

std::string XmlRawText(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return text;
}

std::string XmlText(const pugi::xml_node& node) {
  std::string text;
  bool gap = false;  // white space before what comes next
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_pcdata && child.type() != pugi::node_cdata) continue;
    for (const char* at = child.value(); *at != '\0';) {
      const char* const word = at;
      while (*at != '\0' && !IsWhite(*at)) ++at;
      if (at != word) {
        if (gap && !text.empty()) text.push_back(' ');
        gap = false;
        text.append(word, at);
      }
      for (; IsWhite(*at); ++at) gap = true;
    }
  }
  return text;
}

std::string XmlElementAsDocument(const pugi::xml_node& element) {
  pugi::xml_document document;
  pugi::xml_node copy = document.append_copy(element);
  for (pugi::xml_node at = element.parent(); at.type() == pugi::node_element; at = at.parent()) {
    for (const pugi::xml_attribute& attribute : at.attributes()) {
      const bool passed_on = IsNamespaceDeclaration(attribute) || absl::string_view(attribute.name()) == "xml:lang";
      if (passed_on && !copy.attribute(attribute.name()))
        copy.append_attribute(attribute.name()).set_value(attribute.value());
    }
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return text.str();
}

std::string XmlLanguage(const pugi::xml_node& node) {
  for (pugi::xml_node at = node; at; at = at.parent()) {
    const pugi::xml_attribute language = at.attribute("xml:lang");
    if (language) return language.value();
  }
  return "";
}

}  // namespace passerelle::base
