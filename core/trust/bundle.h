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
#include "core/proof/algorithm.h"
#include "core/proof/public_key.h"
#include "core/proof/x509/signer_check.h"
#include "core/trust/accreditation.h"
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

// The key of an issuer that a signature names.
struct IssuerKey {
  proof::PublicKey key;
  bool in_force = false;  // at the time that was asked for
  // Whether it is the issuer's, and has the very id that was asked for. A signature that does not verify with another
  // one may still be in order: it was made with a key that is not at hand.
  bool is_named = false;
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

  // What certificates of seals are judged by: the trust services with the periods in which they were granted (qualified
  // authorities for seals; authorities for time-stamps, qualified or not), the certificate revocation lists among the
  // status lists, and the certificates of documents judged before, each read once.
  const proof::SealTrust& seal_trust() const { return seal_trust_; }
  // The keys of a provider ("registry:provider") that were in force at a time.
  std::vector<const Provider*> Providers(absl::string_view provider, absl::Time at) const;
  // Every entry with the key, by its thumbprint.
  std::vector<const Provider*> ProvidersWithKey(absl::string_view thumbprint) const;
  // All keys of providers, each once, in the order of the bundle, at most `max`.
  std::vector<proof::PublicKey> ProviderKeys(size_t max) const;
  // Whether SHA-1 is taken from the provider at a time.
  static bool AllowsSha1(const v1::ProviderKey& provider, absl::Time now);
  // The key of an issuer (a DID or an https address) by its exact id, with or without the issuer before it; where
  // either the signature or the key has no id, the only one that fits the algorithm. One that is in force at the time
  // goes before one that was or will be. Of an issuer that is not known, among the keys of nobody. Problem:
  // kKeyNotFound.
  absl::StatusOr<IssuerKey> FindIssuerKey(absl::string_view issuer, std::optional<absl::string_view> key_id,
                                          std::optional<proof::KeyAlgorithm> algorithm, absl::Time at) const;
  // Whether a key of the issuer was in force at a time; nothing if it is none of the issuer's keys.
  std::optional<bool> IsKeyInForce(absl::string_view issuer, absl::string_view thumbprint, absl::Time at) const;
  const v1::PinnedStatusList* StatusList(absl::string_view uri) const;
  // Who is quality-assured; null when the bundle does not say.
  const AccreditationIndex* accreditation() const { return accreditation_.get(); }
  // SHA-256 of the bundle in deterministic serialization, lower-case hexadecimal.
  const std::string& sha256() const { return sha256_; }
  // Whether EBSI's registry had the issuer accredited for the type at a time, up to a root.
  Speaks EbsiAccredited(absl::string_view did, absl::string_view credential_type, absl::Time at) const;

  // Whether the signer may speak for the institution that the data name by `scheme` and `value` at a time.
  SpeaksAnswer MaySpeak(const Signer& signer, absl::string_view scheme, absl::string_view value, absl::Time at) const;

 private:
  static const absl::Duration kWarning;

  explicit TrustBundle(v1::TrustBundle message);
  absl::Status CheckHead() const;
  absl::Status IndexServices();
  absl::Status IndexProviders();
  absl::Status IndexIssuers();
  absl::Status IndexStatusLists();
  absl::Status IndexBindings();
  absl::Status IndexAccreditation();

  // The keys of an issuer in one period, parsed.
  struct IssuerKeys {
    const v1::DidKeys* stated;
    std::vector<std::pair<std::string, proof::PublicKey>> keys;  // by id, without the issuer before it
  };

  v1::TrustBundle message_;
  std::string sha256_;
  proof::SealTrust seal_trust_;
  std::shared_ptr<const AccreditationIndex> accreditation_;
  absl::flat_hash_map<std::string, std::vector<Provider>> providers_;
  absl::flat_hash_map<std::string, std::vector<const Provider*>> providers_by_key_;
  absl::flat_hash_map<std::string, std::vector<IssuerKeys>> issuers_;
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
