#include "adapters/elm_xml/source.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

bool Source::TakeFirst(const pugi::xml_node& element) {
  if (!taken_.insert(element.internal_object()).second) return false;
  log_.emplace_back(element.internal_object(), base::XmlAttribute(element, "id").value());
  return true;
}

bool Source::TakeId(const std::string& id) {
  if (!ids_.insert(id).second) return false;
  log_.emplace_back(nullptr, id);
  return true;
}

void Source::TakeBack(size_t mark, const absl::flat_hash_set<std::string>& but) {
  std::vector<std::pair<const void*, std::string>> kept;  // the last first
  for (; log_.size() > mark; log_.pop_back()) {
    const auto& [element, id] = log_.back();
    if (but.contains(id)) {
      kept.push_back(log_.back());
    } else if (element != nullptr) {
      taken_.erase(element);
    } else {
      ids_.erase(id);
    }
  }
  log_.insert(log_.end(), kept.rbegin(), kept.rend());
}

pugi::xml_node Source::ChildNamed(const pugi::xml_node& parent, absl::string_view local) {
  for (const pugi::xml_node& child : parent.children()) {
    if (child.type() == pugi::node_element && base::XmlLocalName(child) == local) return child;
  }
  return {};
}

void Source::DropUnused() {
  for (const pugi::xml_node& element : in_order_) {
    if (!taken_.contains(element.internal_object())) Drop(element, "nothing in the credential refers to it");
  }
}

void Source::Drop(const pugi::xml_node& node, absl::string_view reason) {
  if (node) DropAt(document_.Path(node), reason);
}

void Source::DropAttribute(const pugi::xml_node& node, absl::string_view name, absl::string_view reason) {
  DropAt(absl::StrCat(document_.Path(node), "/@", name), reason);
}

void Source::DropAt(std::string place, absl::string_view reason) {
  if (dropped_.size() >= base::kFindingsMax) return;
  document::v1::DroppedSource& dropped = dropped_.emplace_back();
  dropped.set_source(std::move(place));
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
