#include "adapters/elm_xml/completion.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/set_fields.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using google::protobuf::Message;
using google::protobuf::Reflection;
using pugi::xml_node;

constexpr absl::string_view kTerritorialUnits = "http://publications.europa.eu/resource/authority/atu";
constexpr absl::string_view kEscoSchemes = "http://data.europa.eu/esco/concept-scheme/";
constexpr absl::string_view kEsco = "http://data.europa.eu/esco/";

// The country of a place: itself one, or a territorial unit, whose code begins with that of its country.
std::optional<v3::Concept> CountryOfPlace(const v3::Concept& place) {
  if (elm::CountryCodeOf(place.id()).has_value()) return place;
  absl::string_view code = place.id();
  if (!absl::ConsumePrefix(&code, absl::StrCat(kTerritorialUnits, "/"))) return std::nullopt;
  return elm::Country(code.substr(0, code.find('_')));
}

// Addresses without a country are no addresses of v3.
void DropAddresses(Source* source, const xml_node& element,
                   google::protobuf::RepeatedPtrField<v3::Address>* addresses) {
  for (int i = addresses->size() - 1; i >= 0; --i) {
    if (addresses->Get(i).has_country_code()) continue;
    source->Drop(element, "an address of v3 states its country");
    addresses->DeleteSubrange(i, 1);
  }
}

// v3 demands an address with a country, where v1 and v2 may only say the country, or a part of it.
absl::string_view CompleteLocation(Source* source, const xml_node& element, v3::Location* location) {
  for (const v3::Concept& place : location->spatial_code()) {
    const std::optional<v3::Concept> country = CountryOfPlace(place);
    if (!country.has_value()) continue;
    bool written = false;
    if (location->address().empty()) location->add_address()->add_type("Address");
    for (v3::Address& address : *location->mutable_address()) {
      if (address.has_country_code()) continue;
      *address.mutable_country_code() = *country;
      written = true;
    }
    if (written) source->Note("location.country", element, "The country of the place was written as its address too.");
    break;
  }
  DropAddresses(source, element, location->mutable_address());
  return location->address().empty() ? "a place of v3 states its country" : "";
}

// The media type by the first characters of what the content encodes.
absl::string_view MediaTypeOf(absl::string_view base64) {
  if (absl::StartsWith(base64, "iVBORw0KGgo")) return "image/png";
  if (absl::StartsWith(base64, "/9j/")) return "image/jpeg";
  if (absl::StartsWith(base64, "JVBERi0")) return "application/pdf";
  return "";
}

absl::string_view CompleteMedia(Source* source, const xml_node& element, v3::MediaObject* media) {
  if (media->content().empty()) return "media of v3 hold their content";
  const absl::string_view type = MediaTypeOf(media->content());
  if (!media->has_content_type()) {
    const auto file_type = elm::FileTypeOfMedia(type);
    if (!file_type.has_value()) return "media of v3 state their type";
    *media->mutable_content_type() = *file_type;
  }
  if (!media->has_content_encoding()) {
    const auto encoding = elm::ConceptOf(elm::Vocabulary::kEncoding, elm::kEncodingBase64);
    if (type.empty() || !encoding.has_value()) return "media of v3 state their encoding";
    *media->mutable_content_encoding() = *encoding;
    source->Note("media.base64", element, "The content is base64, which the document does not say.");
  }
  return "";
}

v3::Identifier IdentifierOf(const v3::LegalIdentifier& legal) {
  v3::Identifier identifier;
  identifier.set_id(legal.id());
  identifier.add_type("Identifier");
  *identifier.mutable_scheme_agency() = legal.scheme_agency();
  identifier.set_creator(legal.creator());
  identifier.set_date_issued(legal.date_issued());
  *identifier.mutable_dc_type() = legal.dc_type();
  identifier.set_scheme_id(legal.scheme_id());
  identifier.set_scheme_name(legal.scheme_name());
  identifier.set_scheme_version(legal.scheme_version());
  identifier.set_notation(legal.notation());
  return identifier;
}

// Identifiers in law are those of a country; without one they are identifiers.
template <typename Owner>
bool MoveWithoutCountry(Source* source, const xml_node& element, const v3::LegalIdentifier& legal, Owner* owner) {
  if (legal.has_spatial() || legal.type().empty()) return false;
  *owner->add_identifier()->mutable_identifier() = IdentifierOf(legal);
  source->Note("identifier.no-country", element, "An identifier in law names no country; it was kept as another.");
  return true;
}

void MoveWithoutCountry(Source* source, const xml_node& element, v3::Organisation* owner,
                        google::protobuf::RepeatedPtrField<v3::LegalIdentifier>* all) {
  google::protobuf::RepeatedPtrField<v3::LegalIdentifier> rest;
  for (const v3::LegalIdentifier& legal : *all) {
    if (!MoveWithoutCountry(source, element, legal, owner)) *rest.Add() = legal;
  }
  all->Swap(&rest);
}

void MoveLegalIdentifiers(Source* source, const xml_node& element, v3::Organisation* body) {
  if (body->has_registration() && MoveWithoutCountry(source, element, body->registration(), body)) {
    body->clear_registration();
  }
  if (body->has_eidas_identifier() && MoveWithoutCountry(source, element, body->eidas_identifier(), body)) {
    body->clear_eidas_identifier();
  }
  MoveWithoutCountry(source, element, body, body->mutable_vat_identifier());
  MoveWithoutCountry(source, element, body, body->mutable_tax_identifier());
}

void MoveLegalIdentifiers(Source* source, const xml_node& element, v3::Person* person) {
  if (person->has_national_id() && MoveWithoutCountry(source, element, person->national_id(), person)) {
    person->clear_national_id();
  }
}

bool IsWhole(const v3::Organisation& body) { return !body.legal_name().empty() && !body.location().empty(); }

// Identifiers of every kind, in the order of the model.
void AddIdentifiers(const v3::Organisation& body, v3::Agent* agent) {
  *agent->mutable_identifier() = body.identifier();
  if (body.has_registration()) *agent->add_identifier()->mutable_legal_identifier() = body.registration();
  if (body.has_eidas_identifier()) *agent->add_identifier()->mutable_legal_identifier() = body.eidas_identifier();
  for (const auto& legal : body.vat_identifier()) *agent->add_identifier()->mutable_legal_identifier() = legal;
  for (const auto& legal : body.tax_identifier()) *agent->add_identifier()->mutable_legal_identifier() = legal;
}

// Classes of which v1 and v2 may lack what v3 demands, and nothing else tells it.
constexpr absl::string_view kWholeOrNot[] = {"Accreditation", "AwardingOpportunity", "LearningOpportunity",
                                             "ResultCategory", "ShortenedGrading"};

// Why such a node cannot be written; empty for others and for a whole one.
std::string LackOf(const Message& node) {
  const elm::ClassTable& table = elm::TableOf(*node.GetDescriptor());
  if (std::find(std::begin(kWholeOrNot), std::end(kWholeOrNot), table.name) == std::end(kWholeOrNot)) return "";
  const Reflection& reflection = *node.GetReflection();
  for (const elm::PropertyTable* const property : table.required) {
    const bool given_later = table.name == "LearningOpportunity" && property->name == "title";
    const bool stated = property->repeated ? reflection.FieldSize(node, property->field) > 0
                                           : reflection.HasField(node, property->field);
    if (stated || given_later) continue;
    return absl::StrCat("the class ", table.name, " of model 3.2 states ", property->name);
  }
  return "";
}

bool IsWritten(const Message& node, const elm::ClassTable& table) {
  return table.type != nullptr && node.GetReflection()->FieldSize(node, table.type) > 0;
}

// Ids of the nodes that are described there, itself included.
void CollectDescribed(const Message& node, Described* described) {
  const elm::ClassTable& table = elm::TableOf(*node.GetDescriptor());
  if (table.is_union()) {
    const elm::UnionMember member = elm::UnionMemberOf(node, table);
    if (member.alternative != nullptr) CollectDescribed(*member.message, described);
    return;
  }
  const std::string id = node.GetReflection()->GetString(node, table.id);
  if (!id.empty() && IsWritten(node, table)) described->try_emplace(id, table.name);
  std::vector<elm::SetField> fields;
  elm::AppendSetFields(node, table, &fields);
  for (const elm::SetField& field : fields) {
    if (field.property != nullptr && field.property->kind == elm::ValueKind::kNode)
      CollectDescribed(*field.message, described);
  }
}

const elm::PropertyTable* TitleOf(const elm::ClassTable& table) {
  const elm::MemberTable* const member = table.Find("title");
  const elm::PropertyTable* const title = member == nullptr ? nullptr : member->property;
  return title != nullptr && title->kind == elm::ValueKind::kLanguageText ? title : nullptr;
}

void GiveTitle(Source* source, const xml_node& element, const elm::Texts& texts, const elm::ClassTable& table,
               Message* node) {
  if (table.is_union()) {
    for (const elm::Alternative& alternative : table.alternatives) {
      if (!node->GetReflection()->HasField(*node, alternative.field)) continue;
      Message* const inner = node->GetReflection()->MutableMessage(node, alternative.field);
      GiveTitle(source, element, texts, *alternative.table, inner);
    }
    return;
  }
  const elm::PropertyTable* const title = TitleOf(table);
  const bool demanded = title != nullptr && title->field->options().GetExtension(v3::property).min() > 0;
  if (!demanded || !IsWritten(*node, table) || node->GetReflection()->FieldSize(*node, title->field) > 0) return;
  for (const v3::LanguageString& text : texts) {
    node->GetReflection()->AddMessage(node, title->field)->CopyFrom(text);
  }
  source->Note("title.from-whole", element, "A part without a title took that of what it belongs to.");
  GiveTitles(source, element, table, node);
}

}  // namespace

std::string CompleteNode(Source* source, const xml_node& element, Message* node) {
  if (node->GetDescriptor() == v3::Location::descriptor()) {
    return std::string(CompleteLocation(source, element, static_cast<v3::Location*>(node)));
  }
  if (node->GetDescriptor() == v3::MediaObject::descriptor()) {
    return std::string(CompleteMedia(source, element, static_cast<v3::MediaObject*>(node)));
  }
  if (node->GetDescriptor() == v3::Note::descriptor()) {
    return static_cast<v3::Note*>(node)->note_literal().empty() ? "a note of v3 has a text" : "";
  }
  if (node->GetDescriptor() == v3::CreditPoint::descriptor()) {
    const auto& credit = *static_cast<v3::CreditPoint*>(node);
    if (!elm::CreditPoints(credit.point()).has_value()) {
      source->Warn("credit.zero", element, "Credit of zero, or of no number, counts as missing.");
      return "zero credits count as missing";
    }
    return credit.has_framework() ? "" : "credits of no credit system that is known";
  }
  if (node->GetDescriptor() == v3::LearningAssessment::descriptor()) {
    return static_cast<v3::LearningAssessment*>(node)->has_grade() ? "" : "an assessment of v3 has a grade";
  }
  if (node->GetDescriptor() == v3::ContactPoint::descriptor()) {
    DropAddresses(source, element, static_cast<v3::ContactPoint*>(node)->mutable_address());
  }
  if (node->GetDescriptor() == v3::Person::descriptor()) {
    MoveLegalIdentifiers(source, element, static_cast<v3::Person*>(node));
  }
  if (node->GetDescriptor() == v3::Organisation::descriptor()) {
    auto* const body = static_cast<v3::Organisation*>(node);
    MoveLegalIdentifiers(source, element, body);
    return IsWhole(*body) ? "" : "an organisation of v3 has a name and a country";
  }
  return LackOf(*node);
}

Described DescribedBy(const Message& node) {
  Described described;
  CollectDescribed(node, &described);
  return described;
}

void CompleteAgent(Source* source, const xml_node& element, size_t mark, v3::AgentNode* node) {
  if (!node->has_organisation() || IsWhole(node->organisation())) return;
  v3::Organisation body = std::move(*node->mutable_organisation());
  v3::Agent& agent = *node->mutable_agent();
  agent.set_id(body.id());
  if (!body.id().empty()) source->SetAgent(body.id());
  agent.add_type("Agent");
  *agent.mutable_pref_label() = body.legal_name();
  *agent.mutable_alt_label() = body.alt_label();
  *agent.mutable_location() = body.location();
  *agent.mutable_contact_point() = body.contact_point();
  *agent.mutable_additional_note() = body.additional_note();
  *agent.mutable_group_member_of() = body.group_member_of();
  agent.set_date_modified(body.date_modified());
  AddIdentifiers(body, &agent);
  for (const v3::WebResource& page : body.homepage()) {
    elm::AddNote("en", absl::StrCat("Web address: ", page.content_url()), agent.mutable_additional_note());
  }
  source->TakeBack(mark, DescribedBy(agent));
  source->Warn("agent.no-country", element, "The organisation has no name or no country; it was kept as an agent.");
  if (body.has_logo() || body.has_sub_organization_of() || body.accreditation_size() + body.dc_type_size() > 0) {
    source->Drop(element, "an agent of v3 has no logo, type, accreditation or organisation above it");
  }
}

void GiveTitles(Source* source, const xml_node& element, const elm::ClassTable& table, Message* node) {
  const elm::PropertyTable* const title = TitleOf(table);
  if (title == nullptr) return;
  const Reflection& reflection = *node->GetReflection();
  elm::Texts texts;
  for (const auto* const text : elm::EntriesOf<v3::LanguageString>(*node, *title->field)) *texts.Add() = *text;
  if (texts.empty()) return;
  for (const elm::PropertyTable& property : table.properties) {
    if (property.kind != elm::ValueKind::kNode) continue;
    if (!property.repeated) {
      if (!reflection.HasField(*node, property.field)) continue;
      GiveTitle(source, element, texts, *property.target, reflection.MutableMessage(node, property.field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*node, property.field); ++i) {
      GiveTitle(source, element, texts, *property.target, reflection.MutableRepeatedMessage(node, property.field, i));
    }
  }
}

void FitScheme(absl::string_view scheme, v3::Concept* concept_node) {
  const auto move = [&] {
    concept_node->clear_in_scheme();
    concept_node->add_in_scheme()->set_id(std::string(scheme));
    concept_node->mutable_in_scheme(0)->add_type("ConceptScheme");
  };
  if (absl::StartsWith(scheme, kEscoSchemes) && absl::StartsWith(concept_node->id(), kEsco)) return move();
  if (scheme != kTerritorialUnits) return;
  absl::string_view code = concept_node->id();
  if (!absl::ConsumePrefix(&code, absl::StrCat(elm::kCountryScheme, "/"))) return;
  concept_node->set_id(absl::StrCat(kTerritorialUnits, "/", code));
  move();
}

}  // namespace passerelle::adapters::elm_xml
