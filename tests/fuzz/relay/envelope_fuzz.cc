// Headers of envelopes, signed by the right key: nothing crashes, nothing opens without its signature, and what opens
// says what it must.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/relay/envelope.h"

namespace base = passerelle::base;
namespace federation = passerelle::federation;
namespace proof = passerelle::proof;
namespace relay = passerelle::relay;

namespace {

// The key of RFC 8037, A.1, so that the seeds can name its thumbprint.
constexpr absl::string_view kPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr absl::string_view kBody = "body";

void Require(bool holds) {
  if (!holds) std::abort();
}

struct World {
  World() : key(proof::SigningKey::FromPem(kPem).value()) {
    federation::v1::NodeMap map;
    federation::v1::Node* node = map.add_nodes();
    node->set_id("NO");
    node->set_state(federation::v1::NODE_STATE_ACTIVE);
    node->add_message_keys()->set_kid(key.verification_key().thumbprint());
    node->mutable_message_keys(0)->set_jwk(key.verification_key().jwk());
    nodes = federation::NodeDirectory::Make(map).value();
  }

  const proof::SigningKey key;
  std::shared_ptr<const federation::NodeDirectory> nodes;
};

bool IsOfAnEnvelope(base::Reason reason) {
  return reason == base::Reason::kEnvelopeMalformed || reason == base::Reason::kEnvelopeSender ||
         reason == base::Reason::kEnvelopeSignature || relay::ProvesSender(reason);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const World* const world = new World();
  relay::OpenOptions options{.audience = "FR", .sender = "NO", .now = absl::FromUnixSeconds(1893553445)};

  relay::v1::Envelope envelope;
  envelope.set_protected_header(std::string(reinterpret_cast<const char*>(data), size));
  envelope.set_body(std::string(kBody));
  const std::string input = absl::StrCat(base::Base64UrlEncode(envelope.protected_header()), ".", kBody);
  envelope.set_signature(world->key.Sign(input).value());
  for (const std::string& request : {std::string(), base::Sha256Hex("request")}) {
    if (!request.empty()) options.requests = {request};
    const auto opened = relay::Open(envelope, *world->nodes, options);
    if (!opened.ok()) {
      Require(IsOfAnEnvelope(base::ReasonOf(opened.status())));
      continue;
    }
    const relay::Header& header = opened->header;
    Require(header.sender == "NO" && header.audience == "FR" && header.method == relay::kDeliverMethod);
    Require(header.request == request && opened->sha256 == base::Sha256Hex(input));
    Require(relay::Seal(world->key, header, kBody).ok());
  }
  envelope.mutable_signature()->front() = static_cast<char>(envelope.signature().front() ^ 1);
  Require(!relay::Open(envelope, *world->nodes, options).ok());
  return 0;
}
