#include "core/authenticity/issuer_identity.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"

namespace passerelle::authenticity {
namespace {

namespace model = elm::v3;

constexpr absl::string_view kLegalSchemes[] = {"eidas", "registration", "vat", "tax"};

// Bodies that one document may name; real ones have one or two.
constexpr size_t kPartiesMax = 64;

void Add(absl::string_view scheme, absl::string_view value, Party& party) {
  if (!scheme.empty() && !value.empty()) party.push_back({std::string(scheme), std::string(value)});
}

void AddName(absl::string_view id, Party& party) {
  if (absl::StartsWith(id, "did:")) Add("did", id, party);
  if (absl::StartsWith(id, "https://") || absl::StartsWith(id, "http://")) Add("url", id, party);
}

// The value of an identifier; some writers put it into the id of the node.
template <typename Identifier>
absl::string_view ValueOf(const Identifier& identifier) {
  return identifier.notation().empty() ? identifier.id() : identifier.notation();
}

template <typename Identifier>
void AddOther(const Identifier& identifier, Party& party) {
  const std::string name = absl::AsciiStrToLower(identifier.scheme_name());
  Add(name.empty() ? identifier.scheme_id() : name, ValueOf(identifier), party);
}

void AddIdentifiers(const google::protobuf::RepeatedPtrField<model::IdentifierNode>& identifiers, Party& party) {
  for (const model::IdentifierNode& node : identifiers) {
    if (node.has_identifier()) AddOther(node.identifier(), party);
    if (node.has_legal_identifier()) AddOther(node.legal_identifier(), party);
  }
}

bool Names(const Party& party, const Identifier& wanted) {
  return std::any_of(party.begin(), party.end(), [&wanted](const Identifier& one) {
    return one.scheme == wanted.scheme && one.value == wanted.value;
  });
}

bool Same(const Party& a, const Party& b) {
  return a.size() == b.size() &&
         std::all_of(a.begin(), a.end(), [&b](const Identifier& identifier) { return Names(b, identifier); });
}

Party IssuerOf(const Sealed& sealed, const model::EuropeanDigitalCredential* credential) {
  Party issuer;
  AddName(sealed.issuer, issuer);
  if (credential == nullptr) return issuer;
  for (Identifier& other : authenticity::PartyOf(credential->issuer())) {
    if (!Names(issuer, other)) issuer.push_back(std::move(other));
  }
  return issuer;
}

bool IsOf(const Party& body, const Party& issuer) {
  return std::any_of(body.begin(), body.end(),
                     [&issuer](const Identifier& identifier) { return Names(issuer, identifier); });
}

// The awarding bodies anywhere below a node. A credential within a credential has a seal of its own, or none. Recursion
// is as deep as the message, which protobuf bounds.
void CollectBodies(const google::protobuf::Message& node, std::vector<const model::AgentNode*>& bodies) {
  if (node.GetDescriptor() == model::EuropeanDigitalCredential::descriptor()) return;
  if (const auto* award = google::protobuf::DynamicCastToGenerated<model::AwardingProcess>(&node)) {
    for (const model::AgentNode& body : award->awarding_body()) bodies.push_back(&body);
  }
  const google::protobuf::Reflection& reflection = *node.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(node, &fields);
  for (const google::protobuf::FieldDescriptor* const field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      CollectBodies(reflection.GetMessage(node, field), bodies);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(node, field); ++i) {
      CollectBodies(reflection.GetRepeatedMessage(node, field, i), bodies);
    }
  }
}

// "VATNO-": kind and country of an identifier of the form of EN 319 412-1, with the hyphen; empty for other forms.
absl::string_view KindOf(absl::string_view value) {
  if (value.size() < 7 || value[5] != '-') return "";
  const absl::string_view kind = value.substr(0, 5);
  return std::all_of(kind.begin(), kind.end(), absl::ascii_isupper) ? value.substr(0, 6) : "";
}

}  // namespace

Party PartyOf(const model::Organisation& organisation) {
  Party party;
  AddName(organisation.id(), party);
  Add("eidas", ValueOf(organisation.eidas_identifier()), party);
  Add("registration", ValueOf(organisation.registration()), party);
  for (const auto& identifier : organisation.vat_identifier()) Add("vat", ValueOf(identifier), party);
  for (const auto& identifier : organisation.tax_identifier()) Add("tax", ValueOf(identifier), party);
  AddIdentifiers(organisation.identifier(), party);
  return party;
}

Party PartyOf(const model::Agent& agent) {
  Party party;
  AddName(agent.id(), party);
  AddIdentifiers(agent.identifier(), party);
  return party;
}

Party PartyOf(const model::AgentNode& agent) {
  if (agent.has_organisation()) return PartyOf(agent.organisation());
  return agent.has_agent() ? PartyOf(agent.agent()) : Party();
}

std::vector<Identifier> IdentifiersOf(const google::protobuf::RepeatedPtrField<model::IdentifierNode>& identifiers) {
  Party found;
  AddIdentifiers(identifiers, found);
  return found;
}

std::vector<Party> AwardingBodies(const model::EuropeanDigitalCredential& credential) {
  std::vector<Party> parties;
  for (const model::ClaimNode& claim : credential.credential_subject().person().has_claim()) {
    for (const model::AgentNode& body : claim.learning_achievement().awarded_by().awarding_body()) {
      Party party = PartyOf(body);
      const bool known =
          std::any_of(parties.begin(), parties.end(), [&party](const Party& other) { return Same(other, party); });
      if (!known && parties.size() < kPartiesMax) parties.push_back(std::move(party));
    }
  }
  return parties;
}

std::vector<Party> PartiesOf(const Sealed& sealed, const model::EuropeanDigitalCredential* credential) {
  const Party issuer = IssuerOf(sealed, credential);
  if (credential == nullptr) return {issuer};
  std::vector<Party> parties;
  if (!issuer.empty()) parties.push_back(issuer);
  for (Party& body : AwardingBodies(*credential)) {
    // Beside an issuer, a body that is not identified can only be the issuer's own word.
    if (!IsOf(body, issuer) && (!body.empty() || issuer.empty())) parties.push_back(std::move(body));
  }
  if (parties.empty()) parties.emplace_back();
  return parties;
}

std::vector<Party> BodiesOfParts(const Sealed& sealed, const model::EuropeanDigitalCredential& credential) {
  const Party issuer = IssuerOf(sealed, &credential);
  std::vector<const model::AgentNode*> bodies;
  for (const model::ClaimNode& claim : credential.credential_subject().person().has_claim()) {
    CollectBodies(claim, bodies);
  }
  std::vector<Party> parties;
  for (const model::AgentNode* const body : bodies) {
    Party party = PartyOf(*body);
    if (party.empty() || IsOf(party, issuer)) continue;
    if (std::any_of(parties.begin(), parties.end(), [&party](const Party& other) { return Same(other, party); })) {
      continue;
    }
    if (parties.size() == kPartiesMax) {
      parties.emplace_back();
      break;
    }
    parties.push_back(std::move(party));
  }
  return parties;
}

bool IsIdentifiedBy(const Party& party, absl::string_view organization_identifier) {
  const absl::string_view kind = KindOf(organization_identifier);
  if (kind.empty()) return false;
  // Some registers write the number alone behind its country.
  const std::string short_form = absl::StrCat(kind.substr(3, 2), organization_identifier.substr(kind.size()));
  bool identified = false;
  for (const Identifier& identifier : party) {
    const bool legal =
        std::find(std::begin(kLegalSchemes), std::end(kLegalSchemes), identifier.scheme) != std::end(kLegalSchemes);
    if (!legal) continue;
    if (identifier.value == organization_identifier || identifier.value == short_form) {
      identified = true;
    } else if (KindOf(identifier.value) == kind) {
      return false;
    }
  }
  return identified;
}

}  // namespace passerelle::authenticity
