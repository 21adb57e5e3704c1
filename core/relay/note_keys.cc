#include "core/relay/note_keys.h"

#include <set>
#include <string>

#include "core/base/proto_time.h"
#include "core/evidence/log.h"

namespace passerelle::relay {
namespace {

evidence::KeyPeriod PeriodOf(const federation::v1::MessageKey& stated) {
  evidence::KeyPeriod period;
  if (stated.has_not_before()) period.not_before = base::FromProto(stated.not_before());
  if (stated.has_not_after()) period.not_after = base::FromProto(stated.not_after());
  return period;
}

void Add(const federation::v1::Node& node, std::vector<evidence::NoteKey>& keys) {
  for (const federation::v1::MessageKey& stated : node.message_keys()) {
    const auto key = proof::VerificationKey::FromJwk(stated.jwk());
    if (!key.ok()) continue;
    for (const auto kind : {evidence::NoteKey::Kind::kLog, evidence::NoteKey::Kind::kWitness}) {
      // A witness says at what time it saw something, and a key that fell into other hands says any time.
      if (kind == evidence::NoteKey::Kind::kWitness && node.state() != federation::v1::NODE_STATE_ACTIVE) continue;
      auto made = evidence::NoteKey::Make(evidence::LogName(node.id()), kind, *key, PeriodOf(stated));
      if (made.ok()) keys.push_back(*std::move(made));
    }
  }
}

}  // namespace

std::vector<evidence::NoteKey> NoteKeysOf(const federation::NodeDirectory& nodes, absl::string_view node) {
  std::vector<evidence::NoteKey> keys;
  const federation::v1::Node* const found = nodes.Find(node);
  if (found != nullptr) Add(*found, keys);
  return keys;
}

std::vector<evidence::NoteKey> NoteKeys(const federation::NodeDirectory& nodes) {
  std::vector<evidence::NoteKey> keys;
  for (const federation::v1::Node& node : nodes.map().nodes()) Add(node, keys);
  return keys;
}

std::vector<evidence::NoteKey> NoteKeysFor(const federation::NodeDirectory& nodes, absl::string_view note) {
  std::vector<evidence::NoteKey> keys;
  const absl::StatusOr<evidence::SignedNote> read = evidence::ReadNote(note);
  if (!read.ok()) return keys;
  std::set<std::string> names;
  for (const evidence::NoteSignature& signature : read->signatures) names.insert(signature.name);
  for (const federation::v1::Node& node : nodes.map().nodes()) {
    if (names.count(evidence::LogName(node.id())) > 0) Add(node, keys);
  }
  return keys;
}

}  // namespace passerelle::relay
