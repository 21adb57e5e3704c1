// The trust bundle in use: anchors, and who speaks for whom. Keys and certificates are parsed once, when it is made.
//
// Thread-safety: TrustBundle is immutable; TrustBundleHolder is thread-safe and hands out the current bundle.
// Ownership: what look-ups return lives as long as the bundle.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/proof/public_key.h"
#include "passerelle/trust/v1/trust_bundle.pb.h"

namespace passerelle::trust {

// Whether a moment lies within a period, both ends included.
bool Within(const v1::Period& period, absl::Time at);

// Who signed: what a verifier knows about the key behind a signature. Empty texts are unknown.
struct Signer {
  std::string key_thumbprint;
  std::string certificate_sha256;
  std::string organization_identifier;
  std::string provider;  // "registry:provider"
};

// Whether a signer may speak for an institution.
enum class Speaks {
  kYes,
  kNotThen,  // it is bound to the institution, but not at that time
  kNo,       // the institution is known, and the signer is not among those that speak for it
  kUnknown,  // nothing is known about the institution
};

struct SpeaksAnswer {
  Speaks speaks = Speaks::kUnknown;
  const v1::IssuerBinding* binding = nullptr;  // for kYes and kNotThen
};

// A provider whose key was in force.
struct Provider {
  const v1::ProviderKey* stated;
  proof::PublicKey key;
};

class TrustBundle {
 public:
  // Checks and indexes a bundle: version, times, every key and certificate, digests, periods that end after they begin.
  // Problem: kTrustBundleUnusable with the place.
  static absl::StatusOr<std::shared_ptr<const TrustBundle>> Make(v1::TrustBundle bundle);

  const v1::TrustBundle& message() const { return message_; }
  absl::Time expire_time() const;
  // After expire_time nothing of the bundle is evidence any more. kTrustBundleUnusable.
  absl::Status CheckInForce(absl::Time now) const;
  // Whether it ends within kTrustBundleWarning.
  bool ExpiresSoon(absl::Time now) const { return now + kWarning >= expire_time(); }

  // Certificates of the services of a kind that were granted at a time.
  std::vector<const v1::ServiceCertificate*> Services(v1::ServiceKind kind, absl::Time at) const;
  // The keys of a provider ("registry:provider") that were in force at a time.
  std::vector<const Provider*> Providers(absl::string_view provider, absl::Time at) const;
  // Whether SHA-1 is taken from the provider at a time.
  static bool AllowsSha1(const v1::ProviderKey& provider, absl::Time now);
  // The keys of a decentralised identifier that were in force at a time, as JWK.
  std::vector<absl::string_view> DidKeys(absl::string_view did, absl::Time at) const;
  const v1::PinnedStatusList* StatusList(absl::string_view uri) const;
  // Whether EBSI's registry had the issuer accredited for the type at a time, up to a root.
  Speaks EbsiAccredited(absl::string_view did, absl::string_view credential_type, absl::Time at) const;

  // Whether the signer may speak for the institution that the data name by `scheme` and `value` at a time.
  SpeaksAnswer MaySpeak(const Signer& signer, absl::string_view scheme, absl::string_view value, absl::Time at) const;

 private:
  static const absl::Duration kWarning;

  explicit TrustBundle(v1::TrustBundle message) : message_(std::move(message)) {}
  absl::Status CheckHead() const;
  absl::Status IndexServices() const;
  absl::Status IndexProviders();
  absl::Status IndexIdentifiers();
  absl::Status IndexBindings();

  v1::TrustBundle message_;
  absl::flat_hash_map<std::string, std::vector<Provider>> providers_;
  absl::flat_hash_map<std::string, std::vector<const v1::DidKeys*>> dids_;
  absl::flat_hash_map<std::string, const v1::EbsiIssuer*> ebsi_;
  absl::flat_hash_map<std::string, const v1::PinnedStatusList*> status_lists_;
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<const v1::IssuerBinding*>> bindings_;
};

class TrustBundleHolder {
 public:
  explicit TrustBundleHolder(std::shared_ptr<const TrustBundle> bundle) : bundle_(std::move(bundle)) {}
  std::shared_ptr<const TrustBundle> Get() const;
  // Puts a newer bundle in place, at once for everybody. kTrustBundleUnusable when its version is lower than the
  // present one, or the same with another content.
  absl::Status Replace(std::shared_ptr<const TrustBundle> bundle);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const TrustBundle> bundle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::trust
