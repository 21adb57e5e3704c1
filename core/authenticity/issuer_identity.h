// Under which identifiers a document names those for whom its signer has to speak.
//
// Thread-safety: free functions on values, unless said otherwise. Ownership: values.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/authenticity/sealed.h"
#include "core/elm/annex_one_reading.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// Schemes as trust::v1::IssuerIdentifier has them.
struct Identifier {
  std::string scheme;
  std::string value;
};

// The same text for the same identifier, and no other's, also where such texts stand one after the other.
std::string KeyOf(const Identifier& identifier);

// An institution, under all its identifiers.
using Party = std::vector<Identifier>;

// The identifiers of an organisation: its id (DID or address), eIDAS, registration, VAT and tax identifiers, and others
// by the name of their scheme in lower case, or by its URI.
Party PartyOf(const elm::v3::Organisation& organisation);
Party PartyOf(const elm::v3::Agent& agent);
Party PartyOf(const elm::v3::AgentNode& agent);

// Identifiers of anything else that has some, by the name of their scheme in lower case, or by its URI.
std::vector<Identifier> IdentifiersOf(const google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode>& identifiers);

// The agents of one credential as all of it names them: what stands under one id is one agent, wherever it is written
// out, so that nobody can name one institution to the checks and another one to the reader.
//
// Thread-safety: one object for one thread. Ownership: borrows the reading.
class Agents {
 public:
  explicit Agents(const elm::Reading& reading) : reading_(reading) {}

  // Of a person, or of an agent that is not identified, an empty party.
  Party PartyOf(const elm::v3::AgentNode& agent);

 private:
  const elm::Reading& reading_;
  absl::flat_hash_map<int, Party> by_identity_;
};

// Whom a document names as having issued or awarded it.
struct NamedParties {
  // Those for whom the signer has to speak: the issuer, and every awarding body of an achievement that is another one;
  // of a transcript, which its registry signs and which names no issuer, the awarding bodies. At least one; an empty
  // party is one that the document does not identify. A body that shares an identifier with the issuer is the issuer,
  // under all its other identifiers as well.
  std::vector<Party> awarding;
  // Those that awarded anything else below a claim of the learner: a part, or an assessment. Each once; some are among
  // the others as well.
  std::vector<Party> of_parts;
  bool whole = true;  // false when there are more than can be looked at
};

// Without a reading, the issuer that the signature names.
NamedParties PartiesOf(const Sealed& sealed, const elm::Reading* reading);

// Whether the organizationIdentifier of a certificate (ETSI EN 319 412-1, 5.1.4) is one of the party's legal
// identifiers, and none of those contradicts it.
bool IsIdentifiedBy(const Party& party, absl::string_view organization_identifier);

}  // namespace passerelle::authenticity
