// The constraints of the European Learning Model: one walk over the options of the messages.
//
// Thread-safety: free functions on values. Cost: linear in the size of the credential.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/elm/codec.h"
#include "passerelle/document/v1/document.pb.h"

namespace passerelle::elm {

class NodeGraph;  // constraints_graph.h

struct Conformance {
  bool conforms = false;
  std::string profile;            // "edc-generic-full", … as credentialSchema names it; empty if it names none
  std::vector<Finding> findings;  // violations first in document order; bounded by base::kFindingsMax
  // What SetApartWhatTheSealSets has taken out of the findings.
  std::vector<Finding> set_by_seal = {};
};

// Judges a credential that was read: cardinality, class, datatype, one value a language, concept schemes, and the extra
// constraints of the profile that credentialSchema names. What is written counts too: a member that no context defines
// is a violation, as it is for a JSON-LD processor that does not drop silently (constraints_jsonld.h).
Conformance CheckConstraints(const ReadCredential& read);
// The same with the graph of the credential, which others read too.
Conformance CheckConstraints(const ReadCredential& read, const NodeGraph& graph);

// Sets apart that a credential has neither `issued` nor `issuer`, for one that is still to be sealed: the seal states
// both (core/authenticity). What is left decides on `conforms`. `conformance` is as CheckConstraints returned it.
void SetApartWhatTheSealSets(Conformance* conformance);

// Plausibility: what conforms and is still hardly meant (durations in months, birth dates that are not midnight UTC,
// levels outside the framework or against its referencing, hours against credits, an award after the issue, a concept
// that is no member of the scheme it claims, a concept whose label contradicts its IRI). The official shapes check none
// of it, so that it does not decide on conformance.
std::vector<Finding> CheckPlausibility(const v3::EuropeanDigitalCredential& credential);
std::vector<Finding> CheckPlausibility(std::shared_ptr<const NodeGraph> graph);

// One limb of the definition of a micro-credential, point 5(a) of the Recommendation.
struct DefinitionLimb {
  std::string limb;     // "learning-outcomes", "small-volume", "assessed", …
  std::string outcome;  // "met", "not_met" or "unknown"
  std::string explanation;
  std::vector<std::string> paths = {};  // JSON pointers to what was looked at, into what codec.h writes
};

// The six limbs of the definition. The second form takes what Annex I says of the credential, in any language.
std::vector<DefinitionLimb> CheckDefinition(const v3::EuropeanDigitalCredential& credential);
std::vector<DefinitionLimb> CheckDefinition(std::shared_ptr<const NodeGraph> graph,
                                            const document::v1::AnnexOneReport& annex_one);

}  // namespace passerelle::elm
