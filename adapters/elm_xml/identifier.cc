#include "adapters/elm_xml/identifier.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "adapters/elm_xml/texts.h"
#include "core/elm/constraints_lexical.h"
#include "core/elm/rules/date.h"
#include "core/elm/vocabulary.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using elm::ClassTable;
using elm::PropertyTable;
using google::protobuf::Message;
using pugi::xml_node;

// The term of an identifier that an attribute, in small letters, states; empty for others.
absl::string_view TermOfAttribute(absl::string_view name, absl::string_view value) {
  if (name == "schemename") return "schemeName";
  if (name == "schemeversionid") return "schemeVersion";
  if (name == "schemeagencyname" || name == "identifierschemeagencyname") return "schemeAgency";
  if (name == "issueddate") return "dateIssued";
  if (name != "schemeid" && name != "identifierschemeid") return "";
  const bool iri = absl::StrContains(value, ":") && !absl::StrContains(value, " ");
  return iri ? "schemeId" : "schemeName";
}

void SetTerm(const ClassTable& table, absl::string_view term, const std::string& text, Message* node) {
  const PropertyTable* const property = FindProperty(table, term);
  if (property == nullptr || text.empty()) return;
  if (property->kind == elm::ValueKind::kText) return node->GetReflection()->SetString(node, property->field, text);
  auto* const entry = static_cast<v3::LanguageString*>(node->GetReflection()->AddMessage(node, property->field));
  entry->set_language("und");
  entry->set_value(text);
}

void SetCountry(Source* source, const xml_node& element, const pugi::xml_attribute& attribute, Message* node) {
  const auto country = elm::Country(attribute.value());
  if (country.has_value()) {
    *static_cast<v3::LegalIdentifier*>(node)->mutable_spatial() = *country;
    return;
  }
  source->Warn("country.unknown", element, "The code names no country; the country counts as missing.");
  source->DropAttribute(element, attribute.name(), "is no country that is known");
}

}  // namespace

void FillIdentifier(Source* source, const xml_node& element, const ClassTable& table, Message* node) {
  node->GetReflection()->AddString(node, table.type, table.name);
  SetTerm(table, "notation", source->ReadText(element), node);
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    if (base::IsNamespaceDeclaration(attribute)) continue;
    const std::string name = absl::AsciiStrToLower(base::XmlLocalName(attribute));
    const std::string value = source->ReadAttribute(element, base::XmlLocalName(attribute));
    const absl::string_view term = TermOfAttribute(name, value);
    if (name == "spatialid" && table.name == "LegalIdentifier") {
      SetCountry(source, element, attribute, node);
    } else if (term == "dateIssued") {
      const std::optional<elm::SourceDate> date = elm::ReadDate(value);
      SetTerm(table, term, elm::IsDateTime(value) ? value : date.has_value() ? date->DateTime() : "", node);
      if (!date.has_value() && !elm::IsDateTime(value)) {
        source->DropAttribute(element, attribute.name(), "is no date");
      }
    } else if (!term.empty()) {
      SetTerm(table, term, value, node);
    } else {
      source->DropAttribute(element, attribute.name(),
                            name == "id" ? "names the identifier itself, not what it identifies"
                                         : "an identifier of model 3.2 has no such property");
    }
  }
}

}  // namespace passerelle::adapters::elm_xml
