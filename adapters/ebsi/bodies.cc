#include "adapters/ebsi/bodies.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/families/badge3_parts.h"
#include "adapters/families/names.h"

namespace passerelle::adapters::ebsi {
namespace {

void MapIssuer(const Reading& reading, const document::Targets& targets) {
  constexpr Rule kIssuer[] = {
      {"issuer", "B.identifier", families::NodeIdentifier, kKept, ""},
      {"issuer/id", "B.identifier", families::NodeIdentifier, kKept, ""},
      {"issuer/legalName|name|preferredName", "B.legalName", document::Texts, kKept, "", true},
  };
  Apply(kIssuer, reading.credential, {reading.source, targets});
}

// A reference, or an object with an id.
std::string IdOf(const document::Source& source, const SourceNode* node) {
  return node->IsBranch() ? source.TextOf(node, "id") : node->text;
}

// Without empty texts and objects.
std::vector<const SourceNode*> NamedBodies(const Reading& reading, const SourceNode* node, absl::string_view path) {
  std::vector<const SourceNode*> bodies = reading.source->Find(node, path);
  bodies.erase(std::remove_if(bodies.begin(), bodies.end(),
                              [](const SourceNode* body) { return !body->IsBranch() && body->text.empty(); }),
               bodies.end());
  return bodies;
}

}  // namespace

Issuers IssuersOf(const document::Source& source, const SourceNode* credential) {
  Issuers issuers;
  issuers.nodes = source.Find(credential, "issuer");
  for (const SourceNode* issuer : issuers.nodes) issuers.ids.insert(IdOf(source, issuer));
  issuers.ids.erase("");
  return issuers;
}

void MapBodies(const Reading& reading, const SourceNode* node, absl::string_view path, document::Rules rules,
               document::DraftAchievement* achievement) {
  achievement->further_bodies.clear();
  const document::Targets first = reading.draft->TargetsOf(*achievement);
  bool with_issuer = false;
  const std::vector<const SourceNode*> named = NamedBodies(reading, node, path);
  for (const SourceNode* body : named) {
    document::Targets targets = first;
    if (body != named.front()) {
      targets.body = achievement->further_bodies.emplace_back(reading.draft->AddBody());
    }
    Apply(rules, body, {reading.source, targets});
    if (!reading.issuers->ids.contains(IdOf(*reading.source, body))) continue;
    MapIssuer(reading, targets);
    with_issuer = true;
  }
  if (named.empty()) return MapIssuer(reading, first);
  if (with_issuer || std::exchange(reading.issuers->only_sign, true)) return;
  for (const SourceNode* issuer : reading.issuers->nodes) {
    reading.source->Drop(issuer, "signs the credential; who awarded is named in it");
  }
}

void MapAwardPlace(const Reading& reading, const SourceNode* node, absl::string_view path, absl::string_view rule,
                   document::DraftAchievement* achievement) {
  const absl::string_view target = achievement->further_bodies.empty() ? "B.location" : "A.awardedBy.location";
  const Rule place[] = {{path, target, document::CountryCode, kKept, rule}};
  Apply(place, node, {reading.source, reading.draft->TargetsOf(*achievement)});
}

void MapAchievedBodies(const Reading& reading, const SourceNode* node, document::DraftAchievement* achievement,
                       bool is_part) {
  constexpr absl::string_view kBody = "wasAwardedBy/awardingBody";
  constexpr absl::string_view kPlace = "wasAwardedBy/awardingLocation";
  constexpr Rule kBodyRules[] = {
      {"", "B.identifier", families::NodeIdentifier, kKept, ""},
      {"id", "B.identifier", families::NodeIdentifier, kKept, ""},
      {"preferredName|legalName|name", "B.legalName", document::Text, kKept, ""},
  };
  const bool has_place = reading.source->FindFirst(node, kPlace) != nullptr;
  const bool is_named = !NamedBodies(reading, node, kBody).empty();
  if (is_named || !is_part) {
    if (is_named || has_place) achievement->body = reading.draft->AddBody();
    MapBodies(reading, node, kBody, kBodyRules, achievement);
  } else if (has_place && achievement->further_bodies.empty()) {
    const document::Targets whole = reading.draft->TargetsOf(*achievement);
    if (reading.source->IsExhausted()) return;  // the draft is refused when it is finished
    reading.source->Charge(whole.body->ByteSizeLong());
    achievement->body = reading.draft->AddBody();
    *achievement->body = *whole.body;
    achievement->body->clear_location();
  }
  MapAwardPlace(reading, node, kPlace, "country.name", achievement);
}

void ShareBodies(document::DraftAchievement* achievement, Bodies* bodies) {
  const auto shared = [bodies](elm::v3::Organisation* body) {
    if (body == nullptr || (body->identifier().empty() && body->legal_name().empty())) return body;
    return bodies->try_emplace(body->SerializeAsString(), body).first->second;
  };
  achievement->body = shared(achievement->body);
  std::vector<elm::v3::Organisation*> further;
  absl::flat_hash_set<elm::v3::Organisation*> seen = {achievement->body};
  for (elm::v3::Organisation* body : achievement->further_bodies) {
    body = shared(body);
    if (seen.insert(body).second) further.push_back(body);
  }
  achievement->further_bodies = further;
}

}  // namespace passerelle::adapters::ebsi
