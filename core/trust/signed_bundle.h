// Signing and opening trust bundles: a JWS in general JSON serialization (RFC 7515, 7.2.1) whose payload is the
// serialized TrustBundle, exactly as its maker produced it. Opening asks for k of n signatures of the trust root, more
// of them when an anchor or a binding changes; refuses versions older than one seen before, and expired bundles.
//
// Thread-safety: free functions on values; a TrustSigners is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/jose/signed_archive.h"
#include "core/proof/key.h"
#include "core/trust/bundle.h"

namespace passerelle::trust {

// The trust root with its keys parsed.
class TrustSigners {
 public:
  // Problem: kTrustBundleUnusable for a key that cannot be read or stands twice, and for thresholds out of range.
  static absl::StatusOr<TrustSigners> Make(const v1::TrustRoot& root);

  uint32_t threshold() const { return threshold_; }
  uint32_t anchor_threshold() const { return anchor_threshold_; }
  const proof::ArchiveSigners& keys() const { return keys_; }

 private:
  proof::ArchiveSigners keys_;
  uint32_t threshold_ = 0;
  uint32_t anchor_threshold_ = 0;
};

// A bundle with its first signature.
absl::StatusOr<std::string> SignTrustBundle(const v1::TrustBundle& bundle, const proof::SigningKey& key);
// The same file with one more signature over the same bytes. Problems: those of ReadTrustBundle, and kFieldInvalid when
// the key has signed already.
absl::StatusOr<std::string> AddTrustSignature(absl::string_view signed_bundle, const proof::SigningKey& key);

// What a file says, whoever signed it.
struct ReadBundle {
  std::shared_ptr<const TrustBundle> bundle;
  std::vector<std::string> signers;  // thumbprints that the signatures name, unverified
};
// Problems: kInputTooLarge, kTrustBundleUnusable, those of proof::Jws.
absl::StatusOr<ReadBundle> ReadTrustBundle(absl::string_view signed_bundle);

// What is known when a bundle is opened.
struct OpenRequest {
  absl::Time now;
  uint64_t version_seen = 0;             // the highest version that was ever in force here
  const TrustBundle* present = nullptr;  // the one in force; without it everything counts as changed
};

struct OpenedBundle {
  std::shared_ptr<const TrustBundle> bundle;
  std::vector<std::string> signers;  // thumbprints of the keys of the root whose signatures verify
  bool changes_anchors = true;
};
// Problem: kTrustBundleUnusable with the place, and those of ReadTrustBundle.
absl::StatusOr<OpenedBundle> OpenTrustBundle(absl::string_view signed_bundle, const TrustSigners& signers,
                                             const OpenRequest& request);

}  // namespace passerelle::trust
