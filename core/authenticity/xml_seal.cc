#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/seal_families.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/xml.h"
#include "core/proof/xml/trusted_xades.h"
#include "core/proof/xml/xml_signature.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;

constexpr absl::string_view kXmlDsig = "xmldsig";
constexpr absl::string_view kXades = "xades";
// The type of a reference that only XAdES has (EN 319 132-1, 4.3.1).
constexpr absl::string_view kSignedProperties = "http://uri.etsi.org/01903#SignedProperties";

// Keys of providers that are tried on a signature whose own certificate does not verify it, and bytes that may be gone
// over for that. The registry of EMREX has some fifty keys, and transcripts have some kilobytes.
constexpr size_t kProviderKeysTriedMax = 64;
constexpr size_t kBytesTriedMax = size_t{64} << 20;

// When an ELMO says that it was made.
std::optional<absl::Time> GeneratedAt(absl::string_view content) {
  const absl::StatusOr<base::XmlDocument> document = base::ReadXml(content);
  if (!document.ok()) return std::nullopt;
  const pugi::xml_node date = document->Child(document->Root(), "generatedDate");
  return base::ParseDateTime(base::XmlText(date));
}

// The keys that may have signed, the one that the signature carries first. It is unsigned and may lie, so that nothing
// but the key counts, and only when it verifies.
std::vector<proof::PublicKey> Candidates(absl::string_view text, const trust::TrustBundle* bundle) {
  std::vector<proof::PublicKey> keys;
  for (const std::string& certificate : proof::XmlSignatureCertificates(text)) {
    absl::StatusOr<proof::PublicKey> key = proof::PublicKey::FromCertificate(certificate);
    if (key.ok()) keys.push_back(*std::move(key));
    if (!keys.empty()) break;
  }
  if (bundle == nullptr) return keys;
  const size_t tried_max = std::min(kProviderKeysTriedMax, kBytesTriedMax / std::max<size_t>(text.size(), 1));
  for (proof::PublicKey& key : bundle->ProviderKeys(tried_max)) keys.push_back(std::move(key));
  return keys;
}

// The provider whose key it is: one that was in force goes before one that was not.
const trust::Provider* ProviderOf(const trust::TrustBundle* bundle, const proof::PublicKey& key, absl::Time at) {
  if (bundle == nullptr) return nullptr;
  const std::vector<const trust::Provider*> providers = bundle->ProvidersWithKey(key.thumbprint());
  const auto in_force = std::find_if(providers.begin(), providers.end(), [at](const trust::Provider* provider) {
    return trust::Within(provider->stated->period(), at);
  });
  if (in_force != providers.end()) return *in_force;
  return providers.empty() ? nullptr : providers.front();
}

Sealed JudgeDsig(absl::string_view text, const Evidence& evidence) {
  const std::vector<proof::PublicKey> keys = Candidates(text, evidence.bundle);
  if (keys.empty()) return OpenSeal(Reason::kKeyNotFound, kXmlDsig);
  const proof::PublicKey* key = &keys.front();
  proof::XmlVerification seen = proof::VerifyXmlSignature(text, *key);
  for (size_t i = 1; i < keys.size() && !seen.verified; ++i) {
    proof::XmlVerification other = proof::VerifyXmlSignature(text, keys[i]);
    if (!other.verified) continue;
    seen = std::move(other);
    key = &keys[i];
  }
  Sealed sealed;
  const std::optional<absl::Time> made = seen.verified ? GeneratedAt(seen.content) : std::nullopt;
  const trust::Provider* const provider = ProviderOf(evidence.bundle, *key, made.value_or(evidence.at));
  const bool allows_sha1 = provider != nullptr && trust::TrustBundle::AllowsSha1(*provider->stated, evidence.at);
  ConcludeSeal(seen.verified, seen.findings, kXmlDsig, allows_sha1, sealed);
  // Without a certificate of its own, the signature may be by a key that is not at hand.
  const bool broken = sealed.check.outcome() == v1::CHECK_OUTCOME_FAIL;
  if (broken && proof::XmlSignatureCertificates(text).empty()) return OpenSeal(Reason::kKeyNotFound, kXmlDsig);
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return sealed;
  sealed.signer.key_thumbprint = key->thumbprint();
  if (provider != nullptr) {
    sealed.signer.provider = absl::StrCat(provider->stated->registry(), ":", provider->stated->provider());
    if (!provider->stated->certificate().empty()) {
      sealed.signer.certificate_sha256 = base::Sha256Hex(provider->stated->certificate());
    }
  }
  sealed.claimed_time = made;
  sealed.content = std::move(seen.content);
  return sealed;
}

Sealed JudgeXades(absl::string_view text, const Evidence& evidence) {
  proof::TrustedXades seen = proof::VerifyXades(text, SealTrustOf(evidence.bundle), evidence.at);
  proof::XmlVerification& signature = seen.seal.signature;
  if (signature.verified && !seen.signer) return OpenSeal(Reason::kSignerCertificate, kXades);
  Sealed sealed;
  ConcludeSeal(signature.verified, signature.findings, kXades, false, sealed);
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return sealed;
  TakeCertificate(*seen.signer, seen.trusted, signature.findings, sealed);
  sealed.revocation = seen.revocation;
  sealed.claimed_time = seen.seal.signing_time;
  sealed.proven_time = seen.proven_time;
  sealed.content = std::move(signature.content);
  return sealed;
}

}  // namespace

Sealed JudgeXml(absl::string_view text, const Evidence& evidence) {
  return absl::StrContains(text, kSignedProperties) ? JudgeXades(text, evidence) : JudgeDsig(text, evidence);
}

}  // namespace passerelle::authenticity
