#include "core/federation/map_diff.h"

namespace passerelle::federation {
namespace {

using google::protobuf::util::MessageDifferencer;

void CompareByKey(const google::protobuf::Descriptor* entry, const google::protobuf::Descriptor* owner,
                  const char* list, const char* key, MessageDifferencer& differencer) {
  differencer.TreatAsMap(owner->FindFieldByName(list), entry->FindFieldByName(key));
}

}  // namespace

std::vector<base::MessageChange> CompareNodeMaps(const v1::NodeMap& before, const v1::NodeMap& after) {
  MessageDifferencer differencer;
  const auto* node = v1::Node::descriptor();
  CompareByKey(node, v1::NodeMap::descriptor(), "nodes", "id", differencer);
  CompareByKey(v1::MessageKey::descriptor(), node, "message_keys", "kid", differencer);
  CompareByKey(v1::ContentKey::descriptor(), node, "content_keys", "kid", differencer);
  CompareByKey(v1::TlsCertificate::descriptor(), node, "tls_certificates", "sha256", differencer);
  CompareByKey(v1::FederationAuthority::descriptor(), v1::FederationRoot::descriptor(), "authorities", "jwk",
               differencer);
  return base::CompareMessages(before, after, differencer);
}

}  // namespace passerelle::federation
