#include "adapters/elm_xml/source.h"

#include <utility>

#include "absl/strings/match.h"
#include "core/base/limits.h"

namespace passerelle::adapters::elm_xml {

Source::Source(base::XmlDocument document) : document_(std::move(document)) {
  for (const pugi::xml_node& list : document_.Root().children()) {
    if (list.type() != pugi::node_element || !absl::EndsWith(base::XmlLocalName(list), "References")) continue;
    for (const pugi::xml_node& element : list.children()) {
      if (element.type() != pugi::node_element) continue;
      in_order_.push_back(element);
      const std::string id = base::XmlAttribute(element, "id").value();
      if (id.empty()) continue;
      if (!references_.try_emplace(id, element).second) {
        Warn("reference.twice", element, "Another element has the same id; references mean the first.");
      }
    }
  }
}

pugi::xml_node Source::Referenced(absl::string_view id) const {
  const auto found = references_.find(id);
  return found == references_.end() ? pugi::xml_node() : found->second;
}

bool Source::TakeFirst(const pugi::xml_node& element) { return taken_.insert(element.internal_object()).second; }

void Source::DropUnused() {
  for (const pugi::xml_node& element : in_order_) {
    if (!taken_.contains(element.internal_object())) Drop(element, "nothing in the credential refers to it");
  }
}

void Source::Drop(const pugi::xml_node& node, absl::string_view reason) {
  if (!node || dropped_.size() >= base::kFindingsMax) return;
  document::v1::DroppedSource& dropped = dropped_.emplace_back();
  dropped.set_source(document_.Path(node));
  dropped.set_reason(std::string(dropped_.size() == base::kFindingsMax ? "and more than are listed" : reason));
}

void Source::Warn(absl::string_view rule, const pugi::xml_node& node, absl::string_view message) {
  Say(rule, node, message, document::v1::SEVERITY_WARNING);
}

void Source::Note(absl::string_view rule, const pugi::xml_node& node, absl::string_view message) {
  Say(rule, node, message, document::v1::SEVERITY_NOTE);
}

void Source::Say(absl::string_view rule, const pugi::xml_node& node, absl::string_view message,
                 document::v1::Severity severity) {
  if (diagnostics_.size() >= base::kFindingsMax) return;
  document::v1::Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(document_.Path(node));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
}

void Source::Account(document::Imported* imported) {
  imported->dropped = std::move(dropped_);
  imported->diagnostics = std::move(diagnostics_);
}

}  // namespace passerelle::adapters::elm_xml
