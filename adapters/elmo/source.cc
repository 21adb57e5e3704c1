#include "adapters/elmo/source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/elmo/text.h"

namespace passerelle::adapters::elmo {
namespace {

// Places listed for one element; a transcript of hundreds of courses names the first ones.
constexpr size_t kPlacesListed = 10;

// Languages of one document; the EU has 24. Beyond that, texts are written without a language.
constexpr size_t kLanguagesMax = 100;

// From the strongest to the weakest.
int Weakness(ElementStatus status) {
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return 0;
    case document::v1::ELEMENT_STATUS_DERIVED:
      return 1;
    case document::v1::ELEMENT_STATUS_TEXT:
      return 2;
    default:
      return 3;
  }
}

}  // namespace

std::string Source::Take(const xml_node& node) {
  if (!node) return "";
  if (!taken_.insert(node.internal_object()).second) Charge(base::kWrittenValueBytes);
  return base::XmlText(node);
}

std::string Source::TakeRaw(const xml_node& node) {
  if (!node) return "";
  taken_.insert(node.internal_object());
  return base::XmlRawText(node);
}

std::string Source::TakeAttribute(const xml_node& node, absl::string_view local) {
  const pugi::xml_attribute attribute = base::XmlAttribute(node, local);
  if (!attribute) return "";
  taken_.insert(attribute.internal_object());
  return attribute.value();
}

std::string Source::TakeLanguage(const xml_node& node) {
  const std::string stated = base::XmlLanguage(node);
  TakeAttribute(node, "lang");
  std::string tag = LanguageTag(stated);
  if (!stated.empty() && tag == "und") {
    Warn("language.bcp47", node, "The language tag names no language; the text is written without one.");
  } else if (!stated.empty() && tag != stated) {
    Note("language.bcp47", node, "The language tag was normalised.");
  }
  if (std::find(languages_.begin(), languages_.end(), tag) != languages_.end()) return tag;
  if (languages_.size() >= kLanguagesMax) {
    Warn("language.too-many", node, "The document uses more languages than can be kept apart.");
    return "und";
  }
  languages_.push_back(tag);
  return tag;
}

void Source::Drop(const xml_node& node, absl::string_view reason) {
  if (node) reasons_[node.internal_object()] = std::string(reason);
}

void Source::DropAttribute(const xml_node& node, absl::string_view local, absl::string_view reason) {
  const pugi::xml_attribute attribute = base::XmlAttribute(node, local);
  if (attribute) reasons_[attribute.internal_object()] = std::string(reason);
}

void Source::Note(absl::string_view rule, const xml_node& node, absl::string_view message) {
  Diagnose(rule, node, message, document::v1::SEVERITY_NOTE);
}

void Source::Warn(absl::string_view rule, const xml_node& node, absl::string_view message) {
  Diagnose(rule, node, message, document::v1::SEVERITY_WARNING);
}

void Source::Diagnose(absl::string_view rule, const xml_node& node, absl::string_view message,
                      document::v1::Severity severity) {
  if (!listed_diagnostics_.Takes([&] { return document_.PathBytes(node) + message.size(); })) return;
  document::v1::Diagnostic diagnostic;
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(document_.Path(node));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
  diagnostics_.push_back(std::move(diagnostic));
}

void Source::Origin(absl::string_view element, ElementStatus status, const xml_node& node, absl::string_view rule) {
  auto origin = std::find_if(origins_.begin(), origins_.end(),
                             [element](const document::ElementOrigin& one) { return one.element == element; });
  if (origin == origins_.end()) {
    origins_.push_back({std::string(element), status, {}, std::string(rule)});
    origin = origins_.end() - 1;
  } else if (Weakness(status) > Weakness(origin->status)) {
    origin->status = status;
    origin->rule = std::string(rule);
  }
  if (node && origin->source.size() < kPlacesListed) origin->source.push_back(document_.Path(node));
}

void Source::KeepAttachments(const xml_node& parent) {
  for (const xml_node& attachment : Children(parent, "attachment")) attachments_.push_back(attachment);
}

std::string Source::NextId(absl::string_view kind) {
  return absl::StrCat(id_prefix_, ":", kind, ":", ++counters_[std::string(kind)]);
}

std::string Source::IdFor(absl::string_view kind, const std::string& key) {
  std::string& id = ids_by_key_[absl::StrCat(kind, "/", key)];
  if (id.empty()) id = NextId(kind);
  return id;
}

}  // namespace passerelle::adapters::elmo
