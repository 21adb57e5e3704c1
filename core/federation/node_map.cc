#include "core/federation/node_map.h"

#include <utility>

#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/node_map_check.h"

namespace passerelle::federation {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;

absl::Status Stale() { return Problem(Reason::kNodeMapStale, "expire_time", "the map has expired"); }

// Whether it is the time of something with not_before and not_after; both ends are included.
template <typename Stated>
bool IsItsTime(const Stated& stated, absl::Time time) {
  return (!stated.has_not_before() || time >= FromProto(stated.not_before())) &&
         (!stated.has_not_after() || time <= FromProto(stated.not_after()));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const NodeDirectory>> NodeDirectory::Make(v1::NodeMap map) {
  RETURN_IF_ERROR(CheckNodeMap(map));
  std::shared_ptr<NodeDirectory> directory(new NodeDirectory(std::move(map)));
  for (const v1::Node& node : directory->map_.nodes()) {
    directory->by_id_.emplace(node.id(), &node);
    for (const std::string& sha256 : node.tls_certificate_sha256()) {
      directory->by_certificate_.emplace(sha256, CertificateEntry{&node, nullptr});
    }
    for (const v1::TlsCertificate& certificate : node.tls_certificates()) {
      directory->by_certificate_.emplace(certificate.sha256(), CertificateEntry{&node, &certificate});
    }
    for (const v1::MessageKey& key : node.message_keys()) {
      ASSIGN_OR_RETURN(proof::VerificationKey parsed, proof::VerificationKey::FromJwk(key.jwk()));
      directory->keys_.emplace(std::make_pair(node.id(), key.kid()), MessageKeyEntry{std::move(parsed), &key});
    }
    for (const v1::ContentKey& key : node.content_keys()) {
      if (key.use() != v1::CONTENT_KEY_USE_ENCRYPTION) continue;
      ASSIGN_OR_RETURN(proof::EncryptionKey parsed, proof::EncryptionKey::FromJwk(key.jwk()));
      directory->encryption_keys_[node.id()].push_back({std::move(parsed), &key});
    }
  }
  return std::shared_ptr<const NodeDirectory>(std::move(directory));
}

absl::Time NodeDirectory::expire_time() const {
  return map_.has_expire_time() ? FromProto(map_.expire_time()) : absl::InfiniteFuture();
}

MapAge NodeDirectory::AgeAt(absl::Time now) const {
  if (now < expire_time()) return MapAge::kFresh;
  return now < expire_time() + FromProto(map_.grace()) ? MapAge::kStale : MapAge::kOver;
}

const v1::Node* NodeDirectory::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

absl::StatusOr<const v1::Node*> NodeDirectory::FindActive(absl::string_view id, absl::Time now) const {
  if (AgeAt(now) == MapAge::kOver) return Stale();
  const v1::Node* node = Find(id);
  if (node == nullptr || node->state() != v1::NODE_STATE_ACTIVE) return Problem(Reason::kNodeUnknown, "");
  return node;
}

absl::StatusOr<const v1::Node*> NodeDirectory::Authenticate(absl::string_view certificate_sha256,
                                                            absl::Time now) const {
  if (AgeAt(now) == MapAge::kOver) return Stale();
  const auto found = by_certificate_.find(certificate_sha256);
  if (found == by_certificate_.end()) return Problem(Reason::kPeerUnknown, "");
  const auto& [node, stated] = found->second;
  if (node->state() != v1::NODE_STATE_ACTIVE) return Problem(Reason::kPeerRevoked, "");
  if (stated != nullptr && !IsItsTime(*stated, now)) {
    return Problem(Reason::kPeerRevoked, "certificate", "it is not the time for which the node map names it");
  }
  return node;
}

std::vector<std::string> NodeDirectory::TlsCertificates(const v1::Node& node, absl::Time now) {
  std::vector<std::string> digests(node.tls_certificate_sha256().begin(), node.tls_certificate_sha256().end());
  for (const v1::TlsCertificate& certificate : node.tls_certificates()) {
    if (IsItsTime(certificate, now)) digests.push_back(certificate.sha256());
  }
  return digests;
}

const proof::VerificationKey* NodeDirectory::MessageKey(absl::string_view node, absl::string_view kid,
                                                        absl::Time signed_at) const {
  const v1::Node* signer = Find(node);
  if (signer == nullptr || signer->state() != v1::NODE_STATE_ACTIVE) return nullptr;
  const auto found = keys_.find(std::make_pair(std::string(node), std::string(kid)));
  if (found == keys_.end()) return nullptr;
  return IsItsTime(*found->second.stated, signed_at) ? &found->second.key : nullptr;
}

const proof::EncryptionKey* NodeDirectory::EncryptionKey(absl::string_view node, absl::Time now) const {
  const v1::Node* recipient = Find(node);
  const auto found = encryption_keys_.find(node);
  if (recipient == nullptr || recipient->state() != v1::NODE_STATE_ACTIVE || found == encryption_keys_.end()) {
    return nullptr;
  }
  const proof::EncryptionKey* chosen = nullptr;
  absl::Time chosen_since;
  for (const EncryptionKeyEntry& entry : found->second) {
    if (!IsItsTime(*entry.stated, now)) continue;
    const absl::Time since =
        entry.stated->has_not_before() ? FromProto(entry.stated->not_before()) : absl::InfinitePast();
    if (chosen != nullptr && since <= chosen_since) continue;
    chosen = &entry.key;
    chosen_since = since;
  }
  return chosen;
}

std::shared_ptr<const NodeDirectory> NodeMapHolder::Get() const {
  const absl::MutexLock lock(&mutex_);
  return directory_;
}

absl::Status NodeMapHolder::Replace(std::shared_ptr<const NodeDirectory> directory) {
  const absl::MutexLock lock(&mutex_);
  if (directory->map().version() < directory_->map().version()) {
    return Problem(Reason::kNodeMapRollback, "version", "it is lower than that of the map in use");
  }
  directory_ = std::move(directory);
  return absl::OkStatus();
}

}  // namespace passerelle::federation
