#include "adapters/elm_xml/texts.h"

#include <string>

#include "absl/strings/match.h"
#include "core/elm/rules/text.h"
#include "core/elm/set_fields.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using elm::PropertyTable;
using google::protobuf::Message;
using pugi::xml_node;

// Prose keeps its markup, without what acts; names and titles are plain.
void UseMarkup(Source* source, const xml_node& element, const PropertyTable& property, v3::LanguageString* entry) {
  const bool prose = property.name == "description" || property.name == "definition" || property.name == "noteLiteral";
  entry->set_value(prose ? elm::StripActiveContent(entry->value()) : elm::PlainTextOf(entry->value()));
  if (prose) {
    source->Note("markup.html", element, "Active content, if any, was taken out of the markup.");
  } else {
    source->Note("markup.plain", element, "The markup was taken out of the text.");
  }
}

// The language that a text states, as a tag of BCP 47.
std::string LanguageOf(Source* source, const xml_node& element) {
  std::string stated = source->ReadAttribute(element, "lang");
  if (stated.empty()) stated = source->ReadAttribute(element, "language");
  if (stated.empty()) return std::string(elm::kLanguageUndetermined);
  std::string tag = elm::LanguageTag(stated);
  if (tag == stated) return tag;
  if (tag == elm::kLanguageUndetermined) {
    source->Warn("language.bcp47", element, "The language tag names no language; the text is written without one.");
  } else {
    source->Note("language.bcp47", element, "The language tag was normalised.");
  }
  return tag;
}

}  // namespace

const PropertyTable* FindProperty(const elm::ClassTable& table, absl::string_view term) {
  const elm::MemberTable* const member = table.Find(term);
  return member == nullptr ? nullptr : member->property;
}

void PutTexts(Source* source, const xml_node& element, const PropertyTable& property, Message* message) {
  bool any = false;
  for (const xml_node& child : element.children()) {
    if (!IsElement(child)) continue;
    if (base::XmlLocalName(child) != "text") {
      source->Drop(child, "not a text");
      continue;
    }
    any = true;
    PutOneText(source, child, property, message);
  }
  if (!any) PutOneText(source, element, property, message);
}

void PutOneText(Source* source, const xml_node& element, const PropertyTable& property, Message* message) {
  const std::string text = source->ReadText(element);
  if (text.empty()) return;
  const std::string tag = LanguageOf(source, element);
  const v3::PropertyOptions& options = property.field->options().GetExtension(v3::property);
  const bool one_only = options.unique_language() || options.max() == 1;
  const auto texts = elm::EntriesOf<v3::LanguageString>(*message, *property.field);
  for (const v3::LanguageString* const other : texts) {
    if (one_only && (other->language() == tag || options.max() == 1)) {
      return source->Drop(element, "model 3.2 holds one text here");
    }
  }
  auto* const entry = static_cast<v3::LanguageString*>(message->GetReflection()->AddMessage(message, property.field));
  entry->set_language(tag);
  entry->set_value(text);
  if (absl::EqualsIgnoreCase(source->ReadAttribute(element, "content-type"), "text/html")) {
    UseMarkup(source, element, property, entry);
  }
}

}  // namespace passerelle::adapters::elm_xml
