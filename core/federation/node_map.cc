#include "core/federation/node_map.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::federation {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;

constexpr size_t kNodeIdBytesMax = 64;

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kNodeMapUnusable, place, detail);
}

// Node ids stand in URIs, keys of the store and file names.
bool IsNodeId(absl::string_view id) {
  if (id.empty() || id.size() > kNodeIdBytesMax) return false;
  for (const char c : id) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '_') return false;
  }
  return true;
}

bool HasExpired(const v1::NodeMap& map, absl::Time now) {
  return map.has_expire_time() && now >= FromProto(map.expire_time());
}

absl::Status CheckTime(bool stated, const google::protobuf::Timestamp& time, absl::string_view place) {
  return !stated || base::IsValid(time) ? absl::OkStatus() : Unusable(place, "it is not a valid time");
}

absl::Status CheckPeriod(const v1::MessageKey& key, absl::string_view place) {
  RETURN_IF_ERROR(CheckTime(key.has_not_before(), key.not_before(), absl::StrCat(place, ".not_before")));
  RETURN_IF_ERROR(CheckTime(key.has_not_after(), key.not_after(), absl::StrCat(place, ".not_after")));
  if (key.has_not_before() && key.has_not_after() && FromProto(key.not_after()) < FromProto(key.not_before())) {
    return Unusable(absl::StrCat(place, ".not_after"), "it is before not_before");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const NodeDirectory>> NodeDirectory::Make(v1::NodeMap map) {
  RETURN_IF_ERROR(CheckTime(map.has_expire_time(), map.expire_time(), "expire_time"));
  std::shared_ptr<NodeDirectory> directory(new NodeDirectory(std::move(map)));
  absl::flat_hash_set<std::string> kids;
  for (int n = 0; n < directory->map_.nodes_size(); ++n) {
    const v1::Node& node = directory->map_.nodes(n);
    const std::string place = absl::StrCat("nodes[", n, "]");
    if (!IsNodeId(node.id())) {
      return Unusable(absl::StrCat(place, ".id"), "it is not 1 to 64 letters, digits, '-' or '_'");
    }
    if (!directory->by_id_.emplace(node.id(), &node).second) {
      return Unusable(absl::StrCat(place, ".id"), "another node has it already");
    }
    for (int c = 0; c < node.tls_certificate_sha256_size(); ++c) {
      const std::string& digest = node.tls_certificate_sha256(c);
      const std::string at = absl::StrCat(place, ".tls_certificate_sha256[", c, "]");
      if (!base::IsSha256Hex(digest)) return Unusable(at, "it is not 64 lower-case hexadecimal digits");
      if (!directory->by_certificate_.emplace(digest, &node).second) {
        return Unusable(at, "the map names this certificate already");
      }
    }
    for (int k = 0; k < node.message_keys_size(); ++k) {
      const v1::MessageKey& key = node.message_keys(k);
      const std::string at = absl::StrCat(place, ".message_keys[", k, "]");
      absl::StatusOr<proof::VerificationKey> parsed = proof::VerificationKey::FromJwk(key.jwk());
      if (!parsed.ok()) return Unusable(absl::StrCat(at, ".jwk"), base::DetailOf(parsed.status()));
      if (key.kid() != parsed->thumbprint())
        return Unusable(absl::StrCat(at, ".kid"), "it is not the key's thumbprint");
      // One key under two nodes would let each deny what it signed.
      if (!kids.insert(key.kid()).second) return Unusable(at, "the map names this key already");
      RETURN_IF_ERROR(CheckPeriod(key, at));
      directory->keys_.emplace(std::make_pair(node.id(), key.kid()), MessageKeyEntry{*std::move(parsed), &key});
    }
  }
  return std::shared_ptr<const NodeDirectory>(std::move(directory));
}

const v1::Node* NodeDirectory::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

absl::StatusOr<const v1::Node*> NodeDirectory::FindActive(absl::string_view id, absl::Time now) const {
  if (HasExpired(map_, now)) return Unusable("expire_time", "the map has expired");
  const v1::Node* node = Find(id);
  if (node == nullptr || node->state() != v1::NODE_STATE_ACTIVE) return Problem(Reason::kNodeUnknown, "");
  return node;
}

absl::StatusOr<const v1::Node*> NodeDirectory::Authenticate(absl::string_view certificate_sha256,
                                                            absl::Time now) const {
  if (HasExpired(map_, now)) return Unusable("expire_time", "the map has expired");
  const auto found = by_certificate_.find(certificate_sha256);
  if (found == by_certificate_.end()) return Problem(Reason::kPeerUnknown, "");
  if (found->second->state() != v1::NODE_STATE_ACTIVE) return Problem(Reason::kPeerRevoked, "");
  return found->second;
}

const proof::VerificationKey* NodeDirectory::MessageKey(absl::string_view node, absl::string_view kid,
                                                        absl::Time signed_at) const {
  const v1::Node* signer = Find(node);
  if (signer == nullptr || signer->state() != v1::NODE_STATE_ACTIVE) return nullptr;
  const auto found = keys_.find(std::make_pair(std::string(node), std::string(kid)));
  if (found == keys_.end()) return nullptr;
  const v1::MessageKey& stated = *found->second.stated;
  if (stated.has_not_before() && signed_at < FromProto(stated.not_before())) return nullptr;
  if (stated.has_not_after() && signed_at > FromProto(stated.not_after())) return nullptr;
  return &found->second.key;
}

std::shared_ptr<const NodeDirectory> NodeMapHolder::Get() const {
  const absl::MutexLock lock(&mutex_);
  return directory_;
}

absl::Status NodeMapHolder::Replace(std::shared_ptr<const NodeDirectory> directory) {
  const absl::MutexLock lock(&mutex_);
  if (directory->map().version() < directory_->map().version()) {
    return Unusable("version", "it is lower than that of the map in use");
  }
  directory_ = std::move(directory);
  return absl::OkStatus();
}

}  // namespace passerelle::federation
