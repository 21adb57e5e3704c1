#include "core/trust/bundle.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::trust {
namespace {

using base::Reason;

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return base::Problem(Reason::kTrustBundleUnusable, place, detail);
}

std::string At(absl::string_view list, int index, absl::string_view field = "") {
  return absl::StrCat(list, "[", index, "]", field.empty() ? "" : ".", field);
}

absl::Status CheckPeriod(const v1::Period& period, absl::string_view place) {
  const bool valid =
      (!period.has_from() || base::IsValid(period.from())) && (!period.has_to() || base::IsValid(period.to()));
  if (!valid) return Unusable(place, "a time is not within the years 1 to 9999");
  if (period.has_from() && period.has_to() && base::FromProto(period.to()) < base::FromProto(period.from())) {
    return Unusable(place, "the period ends before it begins");
  }
  return absl::OkStatus();
}

template <typename List>
bool Contains(const List& list, absl::string_view value) {
  return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

bool NamesSigner(const v1::IssuerBinding& binding, const Signer& signer) {
  return Contains(binding.key_thumbprints(), signer.key_thumbprint) ||
         Contains(binding.certificate_sha256(), signer.certificate_sha256) ||
         Contains(binding.organization_identifiers(), signer.organization_identifier) ||
         Contains(binding.providers(), signer.provider);
}

// The id of a key without its issuer: of "did:web:a.example#key-1", "#key-1" and "key-1" the last.
std::string KeyName(absl::string_view issuer, absl::string_view id) {
  absl::ConsumePrefix(&id, issuer);
  absl::ConsumePrefix(&id, "#");
  return std::string(id);
}

}  // namespace

const absl::Duration TrustBundle::kWarning = base::kTrustBundleWarning;

bool Within(const v1::Period& period, absl::Time at) {
  return (!period.has_from() || base::FromProto(period.from()) <= at) &&
         (!period.has_to() || at <= base::FromProto(period.to()));
}

TrustBundle::TrustBundle(v1::TrustBundle message) : message_(std::move(message)) {
  seal_trust_.certificates = std::make_shared<proof::CertificateCache>();
}

absl::StatusOr<std::shared_ptr<const TrustBundle>> TrustBundle::Make(v1::TrustBundle bundle) {
  std::shared_ptr<TrustBundle> made(new TrustBundle(std::move(bundle)));
  RETURN_IF_ERROR(made->CheckHead());
  RETURN_IF_ERROR(made->IndexServices());
  RETURN_IF_ERROR(made->IndexProviders());
  RETURN_IF_ERROR(made->IndexIssuers());
  RETURN_IF_ERROR(made->IndexStatusLists());
  RETURN_IF_ERROR(made->IndexBindings());
  RETURN_IF_ERROR(made->IndexAccreditation());
  made->sha256_ = base::Sha256Hex(base::DeterministicBytes(made->message_));
  return std::shared_ptr<const TrustBundle>(std::move(made));
}

absl::Status TrustBundle::CheckHead() const {
  if (message_.federation().empty()) return Unusable("federation", "it is not stated");
  if (message_.version() == 0) return Unusable("version", "versions begin with 1");
  if (!base::IsValid(message_.issue_time()) || !message_.has_issue_time()) return Unusable("issue_time", "");
  if (!base::IsValid(message_.expire_time()) || !message_.has_expire_time()) return Unusable("expire_time", "");
  if (expire_time() <= base::FromProto(message_.issue_time())) {
    return Unusable("expire_time", "it is not after issue_time");
  }
  for (const int size : {message_.service_certificates_size(), message_.provider_keys_size(), message_.did_keys_size(),
                         message_.ebsi_issuers_size(), message_.status_lists_size(), message_.issuer_bindings_size()}) {
    if (size > base::kTrustEntriesMax) return Unusable("", "there are too many entries of a kind");
  }
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexServices() {
  for (int i = 0; i < message_.service_certificates_size(); ++i) {
    const v1::ServiceCertificate& service = message_.service_certificates(i);
    if (service.kind() == v1::SERVICE_KIND_UNSPECIFIED) return Unusable(At("service_certificates", i, "kind"), "");
    absl::StatusOr<proof::Certificate> certificate = proof::Certificate::FromDer(service.certificate());
    if (!certificate.ok() || !certificate->key().ok()) {
      return Unusable(At("service_certificates", i, "certificate"), "it is no certificate");
    }
    std::vector<proof::AnchorPeriod> periods;
    for (const v1::Period& period : service.granted()) {
      RETURN_IF_ERROR(CheckPeriod(period, At("service_certificates", i, "granted")));
      proof::AnchorPeriod granted;
      if (period.has_from()) granted.from = base::FromProto(period.from());
      if (period.has_to()) granted.to = base::FromProto(period.to());
      periods.push_back(granted);
    }
    proof::TrustAnchors& anchors =
        service.kind() == v1::SERVICE_KIND_CA_QC ? seal_trust_.seals : seal_trust_.time_stamps;
    anchors.Add(*std::move(certificate), std::move(periods));
  }
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexProviders() {
  for (int i = 0; i < message_.provider_keys_size(); ++i) {
    const v1::ProviderKey& provider = message_.provider_keys(i);
    const std::string place = At("provider_keys", i);
    if (provider.provider().empty() || (provider.registry() != "emreg" && provider.registry() != "ewp")) {
      return Unusable(place, "provider and registry (emreg or ewp) have to be stated");
    }
    if (provider.certificate().empty() == provider.jwk().empty()) {
      return Unusable(place, "either a certificate or a key has to be stated");
    }
    RETURN_IF_ERROR(CheckPeriod(provider.period(), place));
    const auto key = provider.jwk().empty() ? proof::PublicKey::FromCertificate(provider.certificate())
                                            : proof::PublicKey::FromJwk(provider.jwk());
    if (!key.ok()) return Unusable(place, "the key cannot be read");
    providers_[absl::StrCat(provider.registry(), ":", provider.provider())].push_back({&provider, *key});
  }
  for (const auto& [name, entries] : providers_) {
    for (const Provider& entry : entries) providers_by_key_[entry.key.thumbprint()].push_back(&entry);
  }
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexIssuers() {
  for (int i = 0; i < message_.did_keys_size(); ++i) {
    const v1::DidKeys& keys = message_.did_keys(i);
    if (!keys.did().empty() && !absl::StartsWith(keys.did(), "did:") && !absl::StartsWith(keys.did(), "https://")) {
      return Unusable(At("did_keys", i, "did"), "it is neither a DID nor an https address");
    }
    RETURN_IF_ERROR(CheckPeriod(keys.period(), At("did_keys", i, "period")));
    IssuerKeys parsed{&keys, {}};
    for (const std::string& jwk : keys.jwks()) {
      const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(jwk);
      const auto members = document.ok() ? base::AsObject(document->root()) : std::nullopt;
      absl::StatusOr<proof::PublicKey> key =
          members ? proof::PublicKey::FromJwk(*members) : base::Problem(Reason::kKeyUnusable, "");
      if (!key.ok()) return Unusable(At("did_keys", i, "jwks"), "a key cannot be read");
      const absl::string_view id = base::FindString(*members, "kid").value_or("");
      parsed.keys.emplace_back(KeyName(keys.did(), id), *std::move(key));
    }
    issuers_[keys.did()].push_back(std::move(parsed));
  }
  for (int i = 0; i < message_.ebsi_issuers_size(); ++i) {
    const v1::EbsiIssuer& issuer = message_.ebsi_issuers(i);
    if (!ebsi_.emplace(issuer.did(), &issuer).second) return Unusable(At("ebsi_issuers", i, "did"), "it stands twice");
  }
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexStatusLists() {
  for (int i = 0; i < message_.status_lists_size(); ++i) {
    const v1::PinnedStatusList& list = message_.status_lists(i);
    if (!status_lists_.emplace(list.uri(), &list).second) {
      return Unusable(At("status_lists", i, "uri"), "it stands twice");
    }
    // A sequence in DER; every other kind of list is a text.
    if (absl::StartsWith(list.content(), "\x30")) seal_trust_.revocation.revocation_lists.push_back(list.content());
  }
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexAccreditation() {
  if (!message_.has_accreditation()) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const AccreditationIndex>> index = AccreditationIndex::Make(message_.accreditation());
  if (!index.ok()) return Unusable(absl::StrCat("accreditation.", base::PlaceOf(index.status())), "");
  accreditation_ = *std::move(index);
  return absl::OkStatus();
}

absl::Status TrustBundle::IndexBindings() {
  for (int i = 0; i < message_.issuer_bindings_size(); ++i) {
    const v1::IssuerBinding& binding = message_.issuer_bindings(i);
    const std::string place = At("issuer_bindings", i);
    if (binding.issuer().empty()) return Unusable(place, "it names no institution");
    if (binding.source().empty()) return Unusable(place, "it states no source");
    for (const std::string& digest : binding.certificate_sha256()) {
      if (!base::IsSha256Hex(digest)) return Unusable(place, "certificate_sha256 is no digest");
    }
    RETURN_IF_ERROR(CheckPeriod(binding.period(), place));
    for (const v1::IssuerIdentifier& id : binding.issuer()) {
      if (id.scheme().empty() || id.value().empty()) return Unusable(place, "an identifier is empty");
      bindings_[{id.scheme(), id.value()}].push_back(&binding);
    }
  }
  return absl::OkStatus();
}

absl::Time TrustBundle::expire_time() const { return base::FromProto(message_.expire_time()); }

absl::Status TrustBundle::CheckInForce(absl::Time now) const {
  if (now <= expire_time()) return absl::OkStatus();
  return Unusable("expire_time",
                  absl::StrCat("it expired on ", absl::FormatTime("%Y-%m-%d", expire_time(), absl::UTCTimeZone())));
}

std::vector<const Provider*> TrustBundle::Providers(absl::string_view provider, absl::Time at) const {
  std::vector<const Provider*> found;
  const auto known = providers_.find(provider);
  if (known == providers_.end()) return found;
  for (const Provider& entry : known->second) {
    if (Within(entry.stated->period(), at)) found.push_back(&entry);
  }
  return found;
}

bool TrustBundle::AllowsSha1(const v1::ProviderKey& provider, absl::Time now) {
  return provider.has_sha1_until() && now <= base::FromProto(provider.sha1_until());
}

std::vector<const Provider*> TrustBundle::ProvidersWithKey(absl::string_view thumbprint) const {
  const auto known = providers_by_key_.find(thumbprint);
  return known == providers_by_key_.end() ? std::vector<const Provider*>() : known->second;
}

std::vector<proof::PublicKey> TrustBundle::ProviderKeys(size_t max) const {
  std::vector<proof::PublicKey> found;
  absl::flat_hash_set<std::string> seen;
  for (const v1::ProviderKey& stated : message_.provider_keys()) {
    for (const Provider& entry : providers_.at(absl::StrCat(stated.registry(), ":", stated.provider()))) {
      if (found.size() >= max) return found;
      if (entry.stated == &stated && seen.insert(entry.key.thumbprint()).second) found.push_back(entry.key);
    }
  }
  return found;
}

absl::StatusOr<IssuerKey> TrustBundle::FindIssuerKey(absl::string_view issuer, std::optional<absl::string_view> key_id,
                                                     std::optional<proof::KeyAlgorithm> algorithm,
                                                     absl::Time at) const {
  auto known = issuers_.find(issuer);
  const bool is_issuers = known != issuers_.end();
  if (!is_issuers) known = issuers_.find("");
  if (known == issuers_.end()) return base::Problem(Reason::kKeyNotFound, "issuer");
  for (const bool in_force : {true, false}) {
    const proof::PublicKey* found = nullptr;
    bool is_named = false;
    for (const IssuerKeys& keys : known->second) {
      if (Within(keys.stated->period(), at) != in_force) continue;
      for (const auto& [id, key] : keys.keys) {
        const bool by_fit = !key_id.has_value() || id.empty();
        const bool fits = !algorithm.has_value() || key.Accepts(*algorithm);
        if (by_fit ? !fits : KeyName(issuer, *key_id) != id) continue;
        if (found != nullptr && found->thumbprint() != key.thumbprint()) {
          return base::Problem(Reason::kKeyNotFound, "kid", "several keys could be meant");
        }
        found = &key;
        is_named = is_issuers && !by_fit;
      }
    }
    if (found != nullptr) return IssuerKey{*found, in_force, is_named};
  }
  return base::Problem(Reason::kKeyNotFound, "kid");
}

std::optional<bool> TrustBundle::IsKeyInForce(absl::string_view issuer, absl::string_view thumbprint,
                                              absl::Time at) const {
  const auto known = issuers_.find(issuer);
  if (known == issuers_.end()) return std::nullopt;
  std::optional<bool> in_force;
  for (const IssuerKeys& keys : known->second) {
    for (const auto& [id, key] : keys.keys) {
      if (key.thumbprint() == thumbprint) in_force = in_force.value_or(false) || Within(keys.stated->period(), at);
    }
  }
  return in_force;
}

const v1::PinnedStatusList* TrustBundle::StatusList(absl::string_view uri) const {
  const auto known = status_lists_.find(uri);
  return known == status_lists_.end() ? nullptr : known->second;
}

Speaks TrustBundle::EbsiAccredited(absl::string_view did, absl::string_view credential_type, absl::Time at) const {
  const auto known = ebsi_.find(did);
  if (known == ebsi_.end()) return Speaks::kUnknown;
  Speaks best = Speaks::kNo;
  for (const v1::EbsiAccreditation& accreditation : known->second->accreditations()) {
    if (!Contains(accreditation.credential_types(), credential_type) || accreditation.chain().empty()) continue;
    if (Within(accreditation.period(), at)) return Speaks::kYes;
    best = Speaks::kNotThen;
  }
  return best;
}

SpeaksAnswer TrustBundle::MaySpeak(const Signer& signer, absl::string_view scheme, absl::string_view value,
                                   absl::Time at) const {
  SpeaksAnswer answer;
  const auto known = bindings_.find(std::make_pair(std::string(scheme), std::string(value)));
  if (known == bindings_.end()) return answer;
  answer.speaks = Speaks::kNo;
  for (const v1::IssuerBinding* binding : known->second) {
    if (!NamesSigner(*binding, signer)) continue;
    answer = {Within(binding->period(), at) ? Speaks::kYes : Speaks::kNotThen, binding};
    if (answer.speaks == Speaks::kYes) return answer;
  }
  return answer;
}

std::shared_ptr<const TrustBundle> TrustBundleHolder::Get() const {
  const absl::MutexLock lock(&mutex_);
  return bundle_;
}

absl::Status TrustBundleHolder::Replace(std::shared_ptr<const TrustBundle> bundle) {
  const absl::MutexLock lock(&mutex_);
  const uint64_t present = bundle_->message().version();
  const uint64_t next = bundle->message().version();
  if (next < present) return Unusable("version", absl::StrCat("version ", next, " is older than version ", present));
  if (next == present && bundle->message().SerializeAsString() != bundle_->message().SerializeAsString()) {
    return Unusable("version", absl::StrCat("there are two bundles of version ", next));
  }
  bundle_ = std::move(bundle);
  return absl::OkStatus();
}

}  // namespace passerelle::trust
