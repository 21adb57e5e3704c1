#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {
namespace {

// Organisation and Agent have these members in common; legalName and prefLabel are filled by the caller.
struct Parts {
  Texts names;
  std::vector<std::pair<std::string, std::string>> identifiers;  // type, value
  std::vector<std::string> addresses;                            // on the web
  Notes notes;
};

void MapTitles(Source* source, const xml_node& issuer, Parts* parts) {
  std::vector<xml_node> titles;
  for (const xml_node& title : source->Children(issuer, "title")) {
    if (IsPlaceholder(base::XmlText(title))) {
      source->Warn("issuer.placeholder", title, "The name is a placeholder.");
      source->Drop(title, "is a placeholder");
    } else {
      titles.push_back(title);
    }
  }
  TakeTexts(source, titles, &parts->names, &parts->notes);
}

void MapWebAddress(Source* source, const xml_node& node, Parts* parts) {
  const std::string text = base::XmlText(node);
  if (text.empty()) return;
  if (IsPlaceholder(text)) {
    source->Drop(node, "is a placeholder");
    return;
  }
  source->Take(node);
  source->TakeAttribute(node, "type");
  if (IsWebAddress(text)) {
    parts->addresses.push_back(text);
    return;
  }
  source->Note("address.web", node, "This is no complete web address; it is kept as a note.");
  AddNote("en", absl::StrCat("Web address: ", text), &parts->notes);
}

void MapIdentifier(Source* source, const xml_node& node, Parts* parts) {
  const std::string value = base::XmlText(node);
  if (value.empty()) return;
  const std::string type = base::XmlAttribute(node, "type").value();
  if (IsPlaceholder(value)) {
    source->Warn("issuer.placeholder", node, "The identifier is a placeholder.");
    source->Drop(node, "is a placeholder");
  } else if (absl::EqualsIgnoreCase(type, "url")) {
    MapWebAddress(source, node, parts);
  } else if (absl::EqualsIgnoreCase(type, "address")) {
    source->TakeAttribute(node, "type");
    AddNote("und", source->Take(node), &parts->notes);
  } else {
    parts->identifiers.emplace_back(source->TakeAttribute(node, "type"), source->Take(node));
  }
}

std::optional<elm::v3::Concept> MapCountry(Source* source, const xml_node& node) {
  const std::string code = base::XmlText(node);
  if (code.empty()) return std::nullopt;
  auto country = elm::Country(code);
  if (!country.has_value()) country = elm::CountryNamed(code);
  if (!country.has_value()) {
    source->Warn("country.unknown", node, "The code names no country; the country counts as missing.");
    source->Drop(node, "names no country");
    return std::nullopt;
  }
  source->Take(node);
  source->Origin("A1-M03", document::v1::ELEMENT_STATUS_STATED, node, "");
  return country;
}

template <typename Node>
void WriteParts(const Parts& parts, const std::optional<elm::v3::Concept>& country, const std::string& id, Node* node) {
  node->set_id(id);
  int number = 0;
  for (const auto& [type, value] : parts.identifiers) {
    auto* identifier = node->add_identifier()->mutable_identifier();
    identifier->set_id(absl::StrCat(id, ":identifier:", ++number));
    identifier->set_notation(value);
    if (!type.empty()) identifier->set_scheme_name(type);
  }
  if (country.has_value()) {
    auto* location = node->add_location();
    location->set_id(absl::StrCat(id, ":location"));
    auto* address = location->add_address();
    address->set_id(absl::StrCat(id, ":address"));
    *address->mutable_country_code() = *country;
  }
  *node->mutable_additional_note() = parts.notes;
}

}  // namespace

AwardingBody MapIssuer(Source* source, const xml_node& issuer) {
  Parts parts;
  MapTitles(source, issuer, &parts);
  for (const xml_node& node : source->Children(issuer, "identifier")) MapIdentifier(source, node, &parts);
  for (const xml_node& node : source->Children(issuer, "url")) MapWebAddress(source, node, &parts);
  AwardingBody body;
  body.country = MapCountry(source, source->Child(issuer, "country"));
  const std::string id = source->NextId("awarding-body");
  const bool named = !parts.names.empty();
  if (named) {
    source->Origin("A1-M04", document::v1::ELEMENT_STATUS_STATED, issuer, "");
  } else {
    source->Warn("issuer.by-reference", issuer, "The awarding body has no name; its identifiers lead to it.");
    source->Origin(
        "A1-M04",
        parts.identifiers.empty() ? document::v1::ELEMENT_STATUS_MISSING : document::v1::ELEMENT_STATUS_BY_REFERENCE,
        issuer, "issuer.by-reference");
  }
  if (named && body.country.has_value()) {
    auto* organisation = body.agent.mutable_organisation();
    *organisation->mutable_legal_name() = parts.names;
    WriteParts(parts, body.country, id, organisation);
    for (const std::string& address : parts.addresses) organisation->add_homepage()->set_content_url(address);
    return body;
  }
  for (const std::string& address : parts.addresses) {
    AddNote("en", absl::StrCat("Web address: ", address), &parts.notes);
  }
  auto* agent = body.agent.mutable_agent();
  agent->add_type("Agent");  // stated, so that even an agent without a property is no mere reference
  *agent->mutable_pref_label() = parts.names;
  WriteParts(parts, body.country, id, agent);
  return body;
}

}  // namespace passerelle::adapters::elmo
