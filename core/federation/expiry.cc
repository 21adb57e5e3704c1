#include "core/federation/expiry.h"

#include <algorithm>

#include "core/base/proto_time.h"

namespace passerelle::federation {
namespace {

template <typename Stated>
absl::Time EndOf(const Stated& stated) {
  return stated.has_not_after() ? base::FromProto(stated.not_after()) : absl::InfiniteFuture();
}

// The last end so far; InfinitePast before the first.
class LastEnd {
 public:
  void See(absl::Time end) { end_ = std::max(end_, end); }
  void AddTo(const std::string& node, absl::string_view material, std::vector<Expiry>& expiries) const {
    if (end_ != absl::InfinitePast() && end_ != absl::InfiniteFuture()) expiries.push_back({node, material, end_});
  }

 private:
  absl::Time end_ = absl::InfinitePast();
};

}  // namespace

std::vector<Expiry> ExpiriesOf(const v1::NodeMap& map) {
  std::vector<Expiry> expiries;
  if (map.has_expire_time()) expiries.push_back({"", "node_map", base::FromProto(map.expire_time())});
  for (const v1::Node& node : map.nodes()) {
    if (node.state() != v1::NODE_STATE_ACTIVE) continue;
    LastEnd tls, message, seal, encryption;
    if (!node.tls_certificate_sha256().empty()) tls.See(absl::InfiniteFuture());
    for (const v1::TlsCertificate& certificate : node.tls_certificates()) tls.See(EndOf(certificate));
    for (const v1::MessageKey& key : node.message_keys()) message.See(EndOf(key));
    for (const v1::ContentKey& key : node.content_keys()) {
      (key.use() == v1::CONTENT_KEY_USE_SEAL ? seal : encryption).See(EndOf(key));
    }
    tls.AddTo(node.id(), "tls_certificate", expiries);
    message.AddTo(node.id(), "message_key", expiries);
    seal.AddTo(node.id(), "seal_key", expiries);
    encryption.AddTo(node.id(), "encryption_key", expiries);
  }
  return expiries;
}

}  // namespace passerelle::federation
