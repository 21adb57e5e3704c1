// Files of node maps: nothing crashes, what is read is written and read again as the same, nothing opens without the
// signatures, and a payload that is signed rightly opens only as what it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/federation/signed_node_map.h"

namespace base = passerelle::base;
namespace federation = passerelle::federation;
namespace proof = passerelle::proof;

namespace {

// The key of RFC 8037, A.1.
constexpr absl::string_view kPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

void Require(bool holds) {
  if (!holds) std::abort();
}

struct World {
  World() : key(proof::SigningKey::FromPem(kPem).value()) {
    root.set_federation("fuzz");
    root.set_version(1);
    root.set_threshold(1);
    root.add_authorities()->set_name("only");
    root.mutable_authorities(0)->set_jwk(key.verification_key().jwk());
  }

  const proof::SigningKey key;
  federation::v1::FederationRoot root;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const World* const world = new World();
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const federation::HeldMap held{world->root, 0, ""};
  const absl::Time now = absl::FromUnixSeconds(1893553445);

  const auto file = federation::ReadMapFile(bytes);
  if (!file.ok()) {
    Require(!federation::OpenNodeMap(bytes, held, now).ok());
    return 0;
  }
  const auto again = federation::ReadMapFile(federation::WriteMapFile(*file));
  Require(again.ok() && again->part.sha256 == file->part.sha256 && again->history.size() == file->history.size());

  // The same payload, in our federation and signed by its only authority.
  federation::MapFile ours;
  ours.part.map = file->part.map;
  *ours.part.map.mutable_root() = world->root;
  ours.part.map.set_federation("fuzz");
  const std::string payload = ours.part.map.SerializeAsString();
  ours.part.payload_text = base::Base64UrlEncode(payload);
  Require(!federation::OpenNodeMap(federation::WriteMapFile(ours), held, now).ok());
  Require(federation::SignMapFile(world->key, ours).ok());
  const auto opened = federation::OpenNodeMap(federation::WriteMapFile(ours), held, now);
  if (!opened.ok()) {
    const base::Reason reason = base::ReasonOf(opened.status());
    Require(reason == base::Reason::kNodeMapUnusable || reason == base::Reason::kNodeMapStale);
    return 0;
  }
  Require(opened->sha256 == base::Sha256Hex(payload) && opened->signers.size() == 1);
  Require(opened->directory->AgeAt(now) != federation::MapAge::kOver);
  for (const federation::v1::Node& node : opened->directory->map().nodes()) {
    Require(opened->directory->Find(node.id()) == &node);
  }
  return 0;
}
