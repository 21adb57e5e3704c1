// Under which identifiers a document names those for whom its signer has to speak.
//
// Thread-safety: free functions on values. Ownership: values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/authenticity/sealed.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// Schemes as trust::v1::IssuerIdentifier has them.
struct Identifier {
  std::string scheme;
  std::string value;
};

// An institution, under all its identifiers.
using Party = std::vector<Identifier>;

// The identifiers of an organisation: its id (DID or address), eIDAS, registration, VAT and tax identifiers, and others
// by the name of their scheme in lower case, or by its URI.
Party PartyOf(const elm::v3::Organisation& organisation);
Party PartyOf(const elm::v3::Agent& agent);
Party PartyOf(const elm::v3::AgentNode& agent);

// Identifiers of anything else that has some, by the name of their scheme in lower case, or by its URI.
std::vector<Identifier> IdentifiersOf(const google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode>& identifiers);

// Those for whom the signer has to speak: the issuer, and every awarding body that is another one; of a transcript,
// which its registry signs and which names no issuer, the awarding bodies. At least one; an empty party is one that the
// document does not identify.
std::vector<Party> PartiesOf(const Sealed& sealed, const elm::v3::EuropeanDigitalCredential* credential);

// The bodies that awarded anything below a claim of the holder, a part or an assessment as well, and are not the
// issuer, each once. An empty party at the end means that there are more than can be looked at.
std::vector<Party> BodiesOfParts(const Sealed& sealed, const elm::v3::EuropeanDigitalCredential& credential);

// The bodies that awarded something, each once.
std::vector<Party> AwardingBodies(const elm::v3::EuropeanDigitalCredential& credential);

// Whether the organizationIdentifier of a certificate (ETSI EN 319 412-1, 5.1.4) is one of the party's legal
// identifiers, and none of those contradicts it.
bool IsIdentifiedBy(const Party& party, absl::string_view organization_identifier);

}  // namespace passerelle::authenticity
