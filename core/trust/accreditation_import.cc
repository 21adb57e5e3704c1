#include "core/trust/accreditation_import.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::trust {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

constexpr absl::string_view kDeqarInstitution = "https://data.deqar.eu/institution/";
constexpr absl::string_view kDeqarReport = "https://data.deqar.eu/report/";

absl::Status BadImport(absl::string_view place, absl::string_view detail) {
  return base::Problem(base::Reason::kAccreditationData, place, detail);
}

std::optional<element> Member(element object, std::string_view name) {
  element value;
  if (object[name].get(value) != SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

// A text, or a number as text; "id" of an object.
std::string Scalar(element value) {
  std::string_view text;
  if (value.get(text) == SUCCESS) return std::string(text);
  int64_t number = 0;
  if (value.get(number) == SUCCESS) return absl::StrCat(number);
  const std::optional<element> id = value.is_object() ? Member(value, "id") : std::nullopt;
  return id && !id->is_object() ? Scalar(*id) : "";
}

std::string ScalarMember(element object, std::string_view name) {
  const std::optional<element> value = Member(object, name);
  return value ? Scalar(*value) : "";
}

// The number of a code: 1, {"id": 1}, or "1 - part of the obligatory system".
int Code(element object, std::string_view name) {
  const std::string text = ScalarMember(object, name);
  int code = 0;
  absl::string_view digits = text;
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  return absl::SimpleAtoi(digits, &code) ? code : 0;
}

// Sets a time from a date; false if there is a text that is none.
bool SetTime(absl::string_view text, google::protobuf::Timestamp* (*mutable_field)(v1::QualityReport*),
             v1::QualityReport* report) {
  if (text.empty()) return true;
  const std::optional<absl::Time> time = base::ParseDateTime(text.substr(0, 10));
  if (time) *mutable_field(report) = base::ToProto(*time);
  return time.has_value();
}

google::protobuf::Timestamp* From(v1::QualityReport* report) { return report->mutable_valid_from(); }
google::protobuf::Timestamp* To(v1::QualityReport* report) { return report->mutable_valid_to(); }

// The list at `name`: an array, or a page with "results".
std::optional<array> List(element root, std::string_view name) {
  const std::optional<element> value = Member(root, name);
  if (!value) return std::nullopt;
  array list;
  if (value->get(list) == SUCCESS) return list;
  if (value->is_object() && (*value)["results"].get(list) == SUCCESS) return list;
  return std::nullopt;
}

void ReadIdentifiers(element institution, v1::AccreditedProvider* provider) {
  const std::string deqar = ScalarMember(institution, "deqar_id");
  if (!deqar.empty()) provider->add_identifiers(absl::StrCat("deqar:", deqar));
  const std::string eter = ScalarMember(institution, "eter_id");
  if (!eter.empty()) provider->add_identifiers(absl::StrCat("eter:", eter));
  const std::optional<array> others = List(institution, "identifiers");
  if (!others) return;
  for (const element other : *others) {
    const std::string value = ScalarMember(other, "identifier");
    const std::string resource = absl::AsciiStrToLower(ScalarMember(other, "resource"));
    if (value.empty() || resource.empty()) continue;
    provider->add_identifiers(absl::StrCat(resource, ":", value));
    if (absl::StartsWith(value, "did:")) provider->add_identifiers(value);
  }
}

// Relations: {"institution": ..., "relationship_type": ..., "valid_from", "valid_to"}; the kind by the list it is in.
void ReadRelations(element institution, std::string_view name, absl::string_view kind,
                   v1::AccreditedProvider* provider) {
  const std::optional<array> relations = List(institution, name);
  if (!relations) return;
  for (const element relation : *relations) {
    const std::string other = ScalarMember(relation, "institution");
    if (other.empty()) continue;
    v1::ProviderRelation* added = provider->add_relations();
    added->set_provider(absl::StrCat(kDeqarInstitution, other));
    added->set_kind(std::string(kind));
    const std::optional<absl::Time> from = base::ParseDateTime(ScalarMember(relation, "valid_from").substr(0, 10));
    const std::optional<absl::Time> to = base::ParseDateTime(ScalarMember(relation, "valid_to").substr(0, 10));
    if (from) *added->mutable_from() = base::ToProto(*from);
    if (to) *added->mutable_to() = base::ToProto(*to);
  }
}

absl::Status ReadInstitutions(array institutions, v1::AccreditationData* data) {
  int index = 0;
  for (const element institution : institutions) {
    const std::string id = ScalarMember(institution, "id");
    if (id.empty()) return BadImport(absl::StrCat("/institutions/", index, "/id"), "it is missing");
    v1::AccreditedProvider* provider = data->add_providers();
    provider->set_id(absl::StrCat(kDeqarInstitution, id));
    provider->set_name(ScalarMember(institution, "name_primary"));
    ReadIdentifiers(institution, provider);
    ReadRelations(institution, "historical_relationships", "predecessor", provider);
    ReadRelations(institution, "part_of", "parent", provider);
    ReadRelations(institution, "platforms", "alliance", provider);
    ++index;
  }
  return absl::OkStatus();
}

void ReadProgrammes(element report, v1::QualityReport* read) {
  const std::optional<array> programmes = List(report, "programmes");
  if (!programmes) return;
  for (const element programme : *programmes) {
    const std::string id = ScalarMember(programme, "id");
    if (!id.empty()) read->add_programmes(id);
    const std::optional<array> identifiers = List(programme, "identifiers");
    if (!identifiers) continue;
    for (const element identifier : *identifiers) read->add_programmes(ScalarMember(identifier, "identifier"));
  }
}

absl::Status ReadReports(array reports, v1::AccreditationData* data) {
  int index = 0;
  for (const element report : reports) {
    const std::string place = absl::StrCat("/reports/", index++);
    const std::string id = ScalarMember(report, "id");
    if (id.empty()) return BadImport(absl::StrCat(place, "/id"), "it is missing");
    v1::QualityReport* read = data->add_reports();
    read->set_id(absl::StrCat(kDeqarReport, id));
    read->set_source("deqar");
    read->set_agency(ScalarMember(report, Member(report, "agency") ? "agency" : "agency_id"));
    for (const std::string_view list : {"institutions", "platforms"}) {
      const std::optional<array> providers = List(report, list);
      if (!providers) continue;
      for (const element provider : *providers) read->add_providers(absl::StrCat(kDeqarInstitution, Scalar(provider)));
    }
    if (!SetTime(ScalarMember(report, "valid_from"), From, read))
      return BadImport(absl::StrCat(place, "/valid_from"), "");
    if (!SetTime(ScalarMember(report, "valid_to"), To, read)) return BadImport(absl::StrCat(place, "/valid_to"), "");
    const int decision = Code(report, "decision");
    const int status = Code(report, "status");
    if (v1::QualityDecision_IsValid(decision)) read->set_decision(static_cast<v1::QualityDecision>(decision));
    if (v1::QualityStatus_IsValid(status)) read->set_status(static_cast<v1::QualityStatus>(status));
    const std::string flag = absl::AsciiStrToLower(ScalarMember(report, "flag"));
    read->set_high_flag(absl::StrContains(flag, "high") || flag == "3");
    ReadProgrammes(report, read);
  }
  return absl::OkStatus();
}

// What stands behind a reference of AMS: "uri", "idref" or "id".
std::string Reference(const pugi::xml_node& node) {
  for (const absl::string_view name : {"uri", "idref", "id"}) {
    const pugi::xml_attribute attribute = base::XmlAttribute(node, name);
    if (attribute) return attribute.value();
  }
  return base::XmlText(node);
}

absl::string_view LastPart(absl::string_view uri) {
  const size_t slash = uri.find_last_of("/#");
  return slash == absl::string_view::npos ? uri : uri.substr(slash + 1);
}

// By its words: AMS leaves the vocabulary of decisions open.
v1::QualityDecision DecisionOf(const pugi::xml_node& decision) {
  std::string words = absl::AsciiStrToLower(Reference(decision));
  for (const pugi::xml_node& child : decision.children()) {
    absl::StrAppend(&words, " ", absl::AsciiStrToLower(base::XmlText(child)));
  }
  if (absl::StrContains(words, "not applicable")) return v1::QUALITY_DECISION_NOT_APPLICABLE;
  if (absl::StrContains(words, "negative")) return v1::QUALITY_DECISION_NEGATIVE;
  if (!absl::StrContains(words, "positive")) return v1::QUALITY_DECISION_UNSPECIFIED;
  return absl::StrContains(words, "condition") ? v1::QUALITY_DECISION_WITH_CONDITIONS : v1::QUALITY_DECISION_POSITIVE;
}

// Children by local name, whatever their namespace: AMS mixes several.
absl::Status ReadAccreditation(const base::XmlDocument& document, const pugi::xml_node& node,
                               v1::AccreditationData* data) {
  v1::QualityReport* read = data->add_reports();
  read->set_id(Reference(node));
  if (read->id().empty()) return BadImport(document.Path(node), "it has no id");
  read->set_source("elm-ams");
  for (const pugi::xml_node& child : node.children()) {
    const absl::string_view name = base::XmlLocalName(child);
    if (name == "organisation") read->add_providers(Reference(child));
    if (name == "accreditingAgent") read->set_agency(Reference(child));
    if (name == "limitField") read->add_isced_codes(std::string(LastPart(Reference(child))));
    if (name == "limitJurisdiction") read->add_jurisdictions(std::string(LastPart(Reference(child))));
    if (name == "limitCredentialType") read->add_credential_types(Reference(child));
    if (name == "limitQualification" || name == "limitAbstractProgramme") read->add_programmes(Reference(child));
    if (name == "decision") read->set_decision(DecisionOf(child));
    int level = 0;
    if (name == "limitEQFLevel" && absl::SimpleAtoi(LastPart(Reference(child)), &level)) read->add_eqf_levels(level);
    const bool valid = (name != "issued" || SetTime(base::XmlText(child), From, read)) &&
                       (name != "expiryDate" || SetTime(base::XmlText(child), To, read));
    if (!valid) return BadImport(document.Path(child), "it is no date");
  }
  return absl::OkStatus();
}

// Every element of a name, wherever the references put it.
template <typename Visit>
absl::Status ForEach(const pugi::xml_node& parent, absl::string_view local, Visit visit) {
  for (const pugi::xml_node& child : parent.children()) {
    if (base::XmlLocalName(child) == local) RETURN_IF_ERROR(visit(child));
  }
  return absl::OkStatus();
}

void ReadOrganisation(const pugi::xml_node& node, v1::AccreditationData* data) {
  v1::AccreditedProvider* provider = data->add_providers();
  provider->set_id(Reference(node));
  for (const pugi::xml_node& child : node.children()) {
    const absl::string_view name = base::XmlLocalName(child);
    if (name == "legalName" || (name == "prefLabel" && provider->name().empty()))
      provider->set_name(base::XmlText(child));
    if (!absl::EndsWithIgnoreCase(name, "identifier")) continue;
    for (const pugi::xml_node& part : child.children()) {
      if (base::XmlLocalName(part) == "notation") provider->add_identifiers(base::XmlText(part));
    }
  }
}

}  // namespace

absl::StatusOr<v1::AccreditationData> ReadDeqar(absl::string_view json) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(json));
  if (!document.root().is_object()) return BadImport("/", "it is no object");
  v1::AccreditationData data;
  const std::optional<array> institutions = List(document.root(), "institutions");
  const std::optional<array> reports = List(document.root(), "reports");
  if (!institutions && !reports) return BadImport("/", "there are neither institutions nor reports");
  if (institutions) RETURN_IF_ERROR(ReadInstitutions(*institutions, &data));
  if (reports) RETURN_IF_ERROR(ReadReports(*reports, &data));
  return data;
}

absl::StatusOr<v1::AccreditationData> ReadElmAccreditations(absl::string_view xml) {
  ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(xml));
  if (base::XmlLocalName(document.Root()) != "Accreditations") return BadImport("/", "the root is no Accreditations");
  v1::AccreditationData data;
  const pugi::xml_node root = document.Root();
  RETURN_IF_ERROR(ForEach(root, "agentReferences", [&](const pugi::xml_node& list) {
    return ForEach(list, "organisation", [&](const pugi::xml_node& node) {
      ReadOrganisation(node, &data);
      return absl::OkStatus();
    });
  }));
  RETURN_IF_ERROR(ForEach(root, "accreditationReferences", [&](const pugi::xml_node& list) {
    return ForEach(list, "accreditation",
                   [&](const pugi::xml_node& node) { return ReadAccreditation(document, node, &data); });
  }));
  if (data.reports().empty()) return BadImport("/Accreditations", "there is no accreditation");
  return data;
}

}  // namespace passerelle::trust
