#include "core/authenticity/issuer_identity.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/elm/set_fields.h"
#include "google/protobuf/message.h"

namespace passerelle::authenticity {
namespace {

namespace model = elm::v3;

constexpr absl::string_view kLegalSchemes[] = {"eidas", "registration", "vat", "tax"};

// Bodies that one document may name, and identifiers of one; real ones have one or two.
// Test: tests/unit/core/authenticity/signer_check_test.cc.
constexpr size_t kPartiesMax = 64;
constexpr size_t kIdentifiersMax = 64;
// Names of one institution, its branches' included.
constexpr size_t kNamesMax = 4096;

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

// Takes over what is not there yet. One more than may be looked at is kept, which tells that there are more.
void Join(const Party& more, Party& party) {
  for (const Identifier& identifier : more) {
    if (party.size() > kIdentifiersMax) return;
    if (!Names(party, identifier)) party.push_back(identifier);
  }
}

Party PartyOfMessage(const google::protobuf::Message& message) {
  const auto* const organisation = google::protobuf::DynamicCastToGenerated<model::Organisation>(&message);
  if (organisation != nullptr) return PartyOf(*organisation);
  const auto* const agent = google::protobuf::DynamicCastToGenerated<model::Agent>(&message);
  return agent == nullptr ? Party() : PartyOf(*agent);
}

// The awarding processes anywhere below some nodes, by references as well: whatever stands under the id of a node
// belongs to it. A credential within a credential has a seal of its own, or none. Linear in the credential.
class AwardWalk {
 public:
  explicit AwardWalk(const elm::NodeGraph& graph)
      : graph_(graph), seen_nodes_(graph.occurrences().size()), seen_ids_(graph.identity_count()) {}

  std::vector<const model::AwardingProcess*> Run(std::vector<int> starts) {
    open_ = std::move(starts);
    while (!open_.empty()) {
      const int at = open_.back();
      open_.pop_back();
      const int identity = graph_.occurrences()[at].identity;
      if (identity < 0) {
        Visit(at);
      } else if (!seen_ids_[identity]) {
        seen_ids_[identity] = true;
        for (int same = graph_.FirstOf(identity); same >= 0; same = graph_.occurrences()[same].next_of_id) Visit(same);
      }
    }
    return std::move(awards_);
  }

 private:
  void Visit(int at) {
    const elm::Occurrence& occurrence = graph_.occurrences()[at];
    if (seen_nodes_[at] || occurrence.table->descriptor == model::EuropeanDigitalCredential::descriptor()) return;
    seen_nodes_[at] = true;
    const auto* const award = google::protobuf::DynamicCastToGenerated<model::AwardingProcess>(occurrence.message);
    if (award != nullptr) awards_.push_back(award);
    for (const elm::SetField& value : graph_.ValuesOf(occurrence)) {
      if (value.node >= 0) open_.push_back(value.node);
    }
  }

  const elm::NodeGraph& graph_;
  std::vector<bool> seen_nodes_;
  std::vector<bool> seen_ids_;
  std::vector<int> open_;
  std::vector<const model::AwardingProcess*> awards_;
};

// An institution with all the names that it turns out to have.
class GrowingParty {
 public:
  bool Overlaps(const Party& other) const {
    return std::any_of(other.begin(), other.end(),
                       [this](const Identifier& identifier) { return keys_.contains(KeyOf(identifier)); });
  }
  void Add(const Party& more) {
    for (const Identifier& identifier : more) {
      if (!IsWhole()) return;
      if (keys_.insert(KeyOf(identifier)).second) party_.push_back(identifier);
    }
  }
  // False when it has more names than can be looked at.
  bool IsWhole() const { return party_.size() <= kNamesMax; }
  const Party& party() const { return party_; }

 private:
  Party party_;
  absl::flat_hash_set<std::string> keys_;
};

// Parties other than the issuer, each once.
class OtherParties {
 public:
  explicit OtherParties(GrowingParty* issuer) : issuer_(*issuer) {}

  // False when there is no room for one more, or it has more identifiers than can be looked at.
  bool Add(Party party) {
    if (party.size() > kIdentifiersMax) return false;
    if (issuer_.Overlaps(party)) {
      issuer_.Add(party);
      return true;
    }
    std::vector<std::string> keys;
    for (const Identifier& identifier : party) keys.push_back(KeyOf(identifier));
    std::sort(keys.begin(), keys.end());
    if (!known_.insert(absl::StrJoin(keys, "")).second) return true;
    if (parties_.size() == kPartiesMax) return false;
    parties_.push_back(std::move(party));
    return true;
  }

  // Moves those to the issuer that turned out to be it; whether there were any.
  bool MoveIssuer() {
    const auto others = std::stable_partition(parties_.begin(), parties_.end(),
                                              [this](const Party& party) { return !issuer_.Overlaps(party); });
    const bool any = others != parties_.end();
    for (auto same = others; same != parties_.end(); ++same) issuer_.Add(*same);
    parties_.erase(others, parties_.end());
    return any;
  }

  std::vector<Party>& parties() { return parties_; }

 private:
  GrowingParty& issuer_;
  std::vector<Party> parties_;
  absl::flat_hash_set<std::string> known_;
};

class NameReader {
 public:
  NameReader(const Sealed& sealed, const elm::Reading& reading) : reading_(reading), agents_(reading) {
    Party signer;
    AddName(sealed.issuer, signer);
    issuer_.Add(signer);
    const Party issuer = agents_.PartyOf(reading.graph().credential().issuer());
    whole_ = issuer.size() <= kIdentifiersMax;
    issuer_.Add(issuer);
  }

  NamedParties Run() {
    NamedParties named;
    named.whole = whole_;
    OtherParties awarding(&issuer_);
    bool unnamed = false;
    for (const auto& achievement : reading_.Achievements()) {
      if (!achievement.node->has_awarded_by()) continue;
      for (const model::AgentNode& body : reading_.Full(achievement.node->awarded_by()).awarding_body()) {
        Party party = agents_.PartyOf(body);
        unnamed = unnamed || party.empty();
        if (!party.empty()) named.whole &= awarding.Add(std::move(party));
      }
    }
    OtherParties further(&issuer_);
    for (const model::AwardingProcess* award : AwardsBelow()) {
      for (const model::AgentNode& body : award->awarding_body()) {
        Party party = agents_.PartyOf(body);
        if (!party.empty()) named.whole &= further.Add(std::move(party));
      }
    }
    // Each adds names under which another one may turn out to be the issuer.
    for (bool more = true; more;) {
      more = awarding.MoveIssuer();
      more = further.MoveIssuer() || more;
    }
    const bool identified = !issuer_.party().empty();
    if (identified) named.awarding.push_back(issuer_.party());
    named.whole &= issuer_.IsWhole();
    std::move(awarding.parties().begin(), awarding.parties().end(), std::back_inserter(named.awarding));
    // Beside an issuer, a body that is not identified can only be the issuer's own word.
    if (!identified && (unnamed || named.awarding.empty())) named.awarding.emplace_back();
    named.of_parts = std::move(further.parties());
    return named;
  }

 private:
  std::vector<const model::AwardingProcess*> AwardsBelow() const {
    const auto subject = reading_.Subject();
    if (!subject.has_value()) return {};
    // Of all that stands under the learner's id, the claims: what other credentials the learner holds is no part of it.
    const elm::NodeGraph& graph = reading_.graph();
    const int identity = graph.occurrences()[subject->at].identity;
    std::vector<int> claims;
    int at = identity < 0 ? subject->at : graph.FirstOf(identity);
    for (; at >= 0; at = graph.occurrences()[at].next_of_id) {
      const auto* const person =
          google::protobuf::DynamicCastToGenerated<model::Person>(graph.occurrences()[at].message);
      if (person == nullptr) continue;
      for (const model::ClaimNode& claim : person->has_claim()) {
        if (const int start = graph.OccurrenceOf(claim); start >= 0) claims.push_back(start);
      }
    }
    return AwardWalk(graph).Run(std::move(claims));
  }

  const elm::Reading& reading_;
  Agents agents_;
  GrowingParty issuer_;
  bool whole_ = true;
};

// "VATNO-": kind and country of an identifier of the form of EN 319 412-1, with the hyphen; empty for other forms.
absl::string_view KindOf(absl::string_view value) {
  if (value.size() < 7 || value[5] != '-') return "";
  const absl::string_view kind = value.substr(0, 5);
  return std::all_of(kind.begin(), kind.end(), absl::ascii_isupper) ? value.substr(0, 6) : "";
}

}  // namespace

std::string KeyOf(const Identifier& identifier) {
  return absl::StrCat(identifier.scheme.size(), " ", identifier.value.size(), " ", identifier.scheme, identifier.value);
}

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

Party Agents::PartyOf(const model::AgentNode& agent) {
  const elm::NodeGraph& graph = reading_.graph();
  const int at = graph.OccurrenceOf(agent);
  const int identity = at < 0 ? -1 : graph.occurrences()[at].identity;
  if (identity < 0) return authenticity::PartyOf(agent);
  const auto [entry, is_new] = by_identity_.try_emplace(identity);
  if (!is_new) return entry->second;
  for (int same = graph.FirstOf(identity); same >= 0; same = graph.occurrences()[same].next_of_id) {
    Join(PartyOfMessage(*graph.occurrences()[same].message), entry->second);
  }
  return entry->second;
}

NamedParties PartiesOf(const Sealed& sealed, const elm::Reading* reading) {
  if (reading != nullptr) return NameReader(sealed, *reading).Run();
  NamedParties named;
  AddName(sealed.issuer, named.awarding.emplace_back());
  return named;
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
