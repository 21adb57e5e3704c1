#include "adapters/elm_xml/source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace passerelle::adapters::elm_xml {

namespace {

constexpr absl::string_view kNoPlace = "no place in the European model";

bool HasContent(const pugi::xml_node& node) {
  for (const pugi::xml_node& child : node.children()) {
    if (!IsElement(child) || HasContent(child)) return true;
  }
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (!base::IsNamespaceDeclaration(attribute) && *attribute.value() != '\0') return true;
  }
  return false;
}

bool IsReferenceList(const pugi::xml_node& node) {
  return IsElement(node) && absl::EndsWith(base::XmlLocalName(node), "References");
}

}  // namespace

bool HasElements(const pugi::xml_node& node) {
  for (const pugi::xml_node& child : node.children()) {
    if (IsElement(child)) return true;
  }
  return false;
}

Source::Source(base::XmlDocument document, std::optional<Described> described)
    : document_(std::move(document)), described_(std::move(described)) {
  for (const pugi::xml_node& list : document_.Root().children()) {
    if (!IsReferenceList(list)) continue;
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
  for (const pugi::xml_node& child : document_.Root().children()) IndexInPlace(child);
}

// Recursive; the reader has bounded the depth. What credentials inside describe may be of other people.
void Source::IndexInPlace(const pugi::xml_node& element) {
  if (!IsElement(element) || base::XmlLocalName(element) == "europassCredential") return;
  const bool listed = IsReferenceList(element.parent()) && element.parent().parent() == document_.Root();
  const std::string id = base::XmlAttribute(element, "id").value();
  if (!id.empty() && !listed) in_place_.try_emplace(id, element);
  for (const pugi::xml_node& child : element.children()) IndexInPlace(child);
}

std::string Source::ReadText(const pugi::xml_node& element) {
  read_.insert(element.internal_object());
  return base::XmlText(element);
}

std::string Source::ReadAttribute(const pugi::xml_node& element, absl::string_view local) {
  const pugi::xml_attribute attribute = base::XmlAttribute(element, local);
  if (!attribute) return "";
  read_.insert(attribute.internal_object());
  return attribute.value();
}

void Source::ReadAll(const pugi::xml_node& element) {
  read_.insert(element.internal_object());
  for (const pugi::xml_attribute& attribute : element.attributes()) read_.insert(attribute.internal_object());
  for (const pugi::xml_node& child : element.children()) {
    if (IsElement(child)) ReadAll(child);
  }
}

std::string Source::ReadId(const pugi::xml_node& element) {
  std::string id = ReadAttribute(element, "id");
  for (const pugi::xml_node& child : element.children()) {
    if (id.empty() && IsElement(child) && base::XmlLocalName(child) == "id") id = ReadText(child);
  }
  return id;
}

pugi::xml_node Source::Referenced(absl::string_view id) const {
  const auto found = references_.find(id);
  return found == references_.end() ? pugi::xml_node() : found->second;
}

pugi::xml_node Source::InPlace(absl::string_view id) const {
  const auto found = in_place_.find(id);
  return found == in_place_.end() ? pugi::xml_node() : found->second;
}

std::string Source::DescribedClass(const std::string& id) const {
  if (!described_.has_value()) return "";
  const auto found = described_->find(id);
  return found == described_->end() ? "" : found->second;
}

bool Source::TakeFirst(const pugi::xml_node& element) {
  if (!taken_.insert(element.internal_object()).second) return false;
  log_.emplace_back(element.internal_object(), base::XmlAttribute(element, "id").value());
  return true;
}

bool Source::TakeId(const std::string& id, absl::string_view v3_class) {
  if (!ids_.try_emplace(id, v3_class).second) return false;
  log_.emplace_back(nullptr, id);
  return true;
}

std::string Source::TakenClass(const std::string& id) const {
  const auto found = ids_.find(id);
  return found == ids_.end() ? "" : found->second;
}

void Source::TakeBack(size_t mark, const Described& but) {
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
  if (!node) return;
  settled_.insert(node.internal_object());
  DropAt(node, "", reason);
}

void Source::DropAttribute(const pugi::xml_node& node, absl::string_view name, absl::string_view reason) {
  settled_.insert(node.attribute(std::string(name).c_str()).internal_object());
  DropAt(node, absl::StrCat("/@", name), reason);
}

void Source::DropAt(const pugi::xml_node& node, absl::string_view part, absl::string_view reason) {
  if (!listed_dropped_.Takes([&] { return document_.PathBytes(node) + part.size() + reason.size(); })) {
    more_dropped_ = true;
    return;
  }
  document::v1::DroppedSource& dropped = dropped_.emplace_back();
  dropped.set_source(absl::StrCat(document_.Path(node), part));
  dropped.set_reason(std::string(reason));
}

void Source::Warn(absl::string_view rule, const pugi::xml_node& node, absl::string_view message) {
  Say(rule, node, message, document::v1::SEVERITY_WARNING);
}

void Source::Note(absl::string_view rule, const pugi::xml_node& node, absl::string_view message) {
  Say(rule, node, message, document::v1::SEVERITY_NOTE);
}

void Source::Say(absl::string_view rule, const pugi::xml_node& node, absl::string_view message,
                 document::v1::Severity severity) {
  if (!listed_diagnostics_.Takes([&] { return document_.PathBytes(node) + message.size(); })) return;
  document::v1::Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(document_.Path(node));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
}

// Recursive; the reader has bounded the depth.
bool Source::MarkTouched(const pugi::xml_node& node) {
  const auto attributes = node.attributes();
  bool touched = read_.contains(node.internal_object()) || settled_.contains(node.internal_object()) ||
                 std::any_of(attributes.begin(), attributes.end(), [this](const pugi::xml_attribute& attribute) {
                   return read_.contains(attribute.internal_object());
                 });
  for (const pugi::xml_node& child : node.children()) {
    if (IsElement(child)) touched = MarkTouched(child) || touched;
  }
  if (touched) touched_.insert(node.internal_object());
  return touched;
}

// Recursive; the reader has bounded the depth. Where nothing of an element was read, it is listed as one.
void Source::Walk(const pugi::xml_node& node) {
  if (node.type() == pugi::node_comment || node.type() == pugi::node_pi) {
    return DropAt(node, "", "comments and processing instructions are not data");
  }
  if (!IsElement(node) || settled_.contains(node.internal_object())) return;
  if (!touched_.contains(node.internal_object())) {
    if (HasContent(node)) DropAt(node, "", kNoPlace);
    return;
  }
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    const bool settled = read_.contains(attribute.internal_object()) || settled_.contains(attribute.internal_object());
    if (settled || base::IsNamespaceDeclaration(attribute) || *attribute.value() == '\0') continue;
    const absl::string_view name = attribute.name();
    const bool schema = absl::StartsWith(name, "xsi:") || name == "xsdVersion";
    DropAt(node, absl::StrCat("/@", base::XmlLocalName(attribute)),
           schema ? "speaks of the schema, not of the learning" : kNoPlace);
  }
  if (!read_.contains(node.internal_object()) && !base::XmlText(node).empty()) {
    DropAt(node, "/text()", kNoPlace);
  }
  for (const pugi::xml_node& child : node.children()) Walk(child);
}

void Source::Account(document::Imported* imported) {
  MarkTouched(document_.Root());
  for (const pugi::xml_node& node : document_.Top().children()) Walk(node);
  if (more_dropped_) {
    document::v1::DroppedSource& last = dropped_.emplace_back();
    last.set_source(document_.Path(document_.Root()));
    last.set_reason("and more than are listed");
  }
  imported->dropped = std::move(dropped_);
  imported->diagnostics = std::move(diagnostics_);
}

}  // namespace passerelle::adapters::elm_xml
