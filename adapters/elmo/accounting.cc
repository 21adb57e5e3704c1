// What became of every part of the document: the walk behind the "dropped" list.
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/source.h"

namespace passerelle::adapters::elmo {
namespace {

constexpr absl::string_view kSignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";
constexpr absl::string_view kNoPlace = "no place in the European model";

bool HasContent(const xml_node& node) {
  for (const xml_node& child : node.children()) {
    if (child.type() != pugi::node_element || HasContent(child)) return true;
  }
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (!base::IsNamespaceDeclaration(attribute) && *attribute.value() != '\0') return true;
  }
  return false;
}

}  // namespace

// The list is bounded; what comes later is counted.
void Source::AddDropped(const xml_node& node, absl::string_view attribute, absl::string_view reason,
                        document::Imported* imported) {
  if (!listed_dropped_.Takes([&] { return document_.PathBytes(node) + attribute.size() + reason.size(); })) {
    ++further_dropped_;
    return;
  }
  document::v1::DroppedSource& dropped = imported->dropped.emplace_back();
  dropped.set_source(absl::StrCat(document_.Path(node), attribute.empty() ? "" : "/@", attribute));
  dropped.set_reason(std::string(reason));
}

void Source::WalkAttributes(const xml_node& node, document::Imported* imported) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (base::IsNamespaceDeclaration(attribute) || *attribute.value() == '\0') continue;
    if (taken_.contains(attribute.internal_object())) continue;
    const auto reason = reasons_.find(attribute.internal_object());
    const bool instance = absl::StartsWith(attribute.name(), "xsi:");
    const bool language = absl::string_view(attribute.name()) == "xml:lang";
    AddDropped(node, base::XmlLocalName(attribute),
               reason != reasons_.end() ? absl::string_view(reason->second)
               : instance               ? "speaks of the schema, not of the learning"
               : language               ? "language of a part that is not carried"
                                        : kNoPlace,
               imported);
  }
}

// Recursive; reading has bounded the depth.
void Source::Walk(const xml_node& node, bool is_second, document::Imported* imported) {
  if (node.type() == pugi::node_comment || node.type() == pugi::node_pi) {
    AddDropped(node, "", "comments and processing instructions are not data", imported);
    return;
  }
  if (node.type() != pugi::node_element) return;
  const auto reason = reasons_.find(node.internal_object());
  const bool signature = base::XmlLocalName(node) == "Signature" && document_.Namespace(node) == kSignatureNamespace;
  if (reason != reasons_.end() || signature) {
    if (!HasContent(node)) return;
    AddDropped(node, "",
               signature ? absl::string_view("signature stays with the original") : absl::string_view(reason->second),
               imported);
    return;
  }
  WalkAttributes(node, imported);
  if (!taken_.contains(node.internal_object()) && !base::XmlText(node).empty()) {
    if (is_second) {
      Warn("value.second", node, "Another value of this kind was carried, this one was not.");
      AddDropped(node, "", "another value of its kind was carried", imported);
    } else {
      AddDropped(node, "", kNoPlace, imported);
    }
  }
  absl::flat_hash_set<absl::string_view> carried;  // names of children that were taken
  for (const xml_node& child : node.children()) {
    const absl::string_view name = base::XmlLocalName(child);
    Walk(child, carried.contains(name), imported);
    if (taken_.contains(child.internal_object())) carried.insert(name);
  }
}

void Source::Account(document::Imported* imported) {
  for (const xml_node& node : document_.Top().children()) Walk(node, false, imported);
  if (further_dropped_ > 0) {
    document::v1::DroppedSource* last = &imported->dropped.emplace_back();
    last->set_source(document_.Path(document_.Root()));
    last->set_reason(absl::StrCat("and ", further_dropped_, " further parts"));
  }
  imported->origins = std::move(origins_);
  imported->diagnostics = std::move(diagnostics_);
}

}  // namespace passerelle::adapters::elmo
