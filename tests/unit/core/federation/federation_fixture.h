// A federation of two nodes, NO and NL, and of five authorities, of which the first root has three: what the tests of
// the node map stand on. Keys are made once.
//
// Thread-safety: for one thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/federation/signed_node_map.h"
#include "core/proof/key.h"

namespace passerelle::federation {

inline const absl::Time kIssued = absl::FromUnixSeconds(1893553445);
inline const absl::Time kNow = kIssued + absl::Hours(1);

// Key i; both algorithms that the protocol allows take part.
inline const proof::SigningKey& TestKey(size_t i) {
  static const auto* const keys = [] {
    auto* made = new std::vector<proof::SigningKey>();
    for (int k = 0; k < 12; ++k) {
      made->push_back(
          proof::SigningKey::Generate(k % 2 == 0 ? proof::KeyAlgorithm::kEdDsa : proof::KeyAlgorithm::kEs256).value());
    }
    return made;
  }();
  return keys->at(i);
}

inline v1::FederationRoot Root(uint64_t version, uint32_t threshold, const std::vector<size_t>& keys) {
  v1::FederationRoot root;
  root.set_federation("test");
  root.set_version(version);
  root.set_threshold(threshold);
  for (const size_t key : keys) {
    v1::FederationAuthority& authority = *root.add_authorities();
    authority.set_name("authority " + std::to_string(key));
    authority.set_jwk(TestKey(key).verification_key().jwk());
  }
  return root;
}

// Two of the authorities 0, 1, 2.
inline v1::FederationRoot FirstRoot() { return Root(1, 2, {0, 1, 2}); }

inline v1::MessageKey MessageKeyOf(size_t key) {
  v1::MessageKey message_key;
  message_key.set_kid(TestKey(key).verification_key().thumbprint());
  message_key.set_jwk(TestKey(key).verification_key().jwk());
  return message_key;
}

inline v1::Node& AddNode(v1::NodeMap& map, const std::string& id, size_t key) {
  v1::Node& node = *map.add_nodes();
  node.set_id(id);
  node.set_competent_authority("Authority of " + id);
  node.set_country(id);
  node.set_state(v1::NODE_STATE_ACTIVE);
  node.add_tls_certificate_sha256(base::Sha256Hex(id));
  *node.add_message_keys() = MessageKeyOf(key);
  return node;
}

inline v1::NodeMap SmallMap(uint64_t version = 1) {
  v1::NodeMap map;
  map.set_federation("test");
  map.set_version(version);
  *map.mutable_root() = FirstRoot();
  *map.mutable_issue_time() = base::ToProto(kIssued);
  *map.mutable_expire_time() = base::ToProto(kIssued + absl::Hours(24 * 30));
  map.mutable_grace()->set_seconds(86'400 * 7);
  AddNode(map, "NO", 10);
  AddNode(map, "NL", 11);
  return map;
}

// The map as a file with signatures of the keys. It is not checked, so that bad ones can be made as well.
inline MapFile SignedBy(const v1::NodeMap& map, const std::vector<size_t>& keys,
                        const std::vector<MapPart>& history = {}) {
  MapFile file;
  const std::string payload = map.SerializeAsString();
  file.part.payload_text = base::Base64UrlEncode(payload);
  file.part.map = map;
  file.part.sha256 = base::Sha256Hex(payload);
  file.history = history;
  for (const size_t key : keys) {
    file.part.signatures.push_back(
        proof::SignArchive(file.part.payload_text, "passerelle-node-map+jws", TestKey(key)).value());
  }
  return file;
}

inline std::string FileOf(const v1::NodeMap& map, const std::vector<size_t>& keys,
                          const std::vector<MapPart>& history = {}) {
  return WriteMapFile(SignedBy(map, keys, history));
}

}  // namespace passerelle::federation
