// A federation of two nodes, NO and FR, with their keys: what the tests of the relay stand on.
//
// Thread-safety: for one thread, except what it hands out.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"
#include "core/relay/envelope.h"
#include "tests/support/fake_clock.h"

namespace passerelle::relay {

class TwoNodes {
 public:
  explicit TwoNodes(proof::KeyAlgorithm algorithm = proof::KeyAlgorithm::kEs256)
      : norway(proof::SigningKey::Generate(algorithm).value()), france(proof::SigningKey::Generate(algorithm).value()) {
    map.set_version(1);
    Add("NO", norway);
    Add("FR", france);
    holder = std::make_unique<federation::NodeMapHolder>(Directory());
  }

  std::shared_ptr<const federation::NodeDirectory> Directory() const {
    return federation::NodeDirectory::Make(map).value();
  }
  // Puts the changed map in use.
  void Install() {
    map.set_version(map.version() + 1);
    (void)holder->Replace(Directory());
  }

  // The header of a fresh request from NO to FR.
  Header Request(absl::Time now) const {
    return {.id = "6f9619ff-8b86-4011-b42d-00c04fc964ff",
            .sender = "NO",
            .audience = "FR",
            .issued_at = now,
            .expires_at = now + absl::Minutes(5),
            .type = "test.Question"};
  }

  const proof::SigningKey norway;
  const proof::SigningKey france;
  federation::v1::NodeMap map;
  std::unique_ptr<federation::NodeMapHolder> holder;

 private:
  void Add(const std::string& id, const proof::SigningKey& key) {
    federation::v1::Node* node = map.add_nodes();
    node->set_id(id);
    node->set_state(federation::v1::NODE_STATE_ACTIVE);
    node->add_tls_certificate_sha256(base::Sha256Hex(id));
    federation::v1::MessageKey* message_key = node->add_message_keys();
    message_key->set_kid(key.verification_key().thumbprint());
    message_key->set_jwk(key.verification_key().jwk());
  }
};

}  // namespace passerelle::relay
