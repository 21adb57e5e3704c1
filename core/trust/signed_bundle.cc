#include "core/trust/signed_bundle.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"

namespace passerelle::trust {
namespace {

using base::Reason;
using proof::KeyAlgorithm;

constexpr absl::string_view kType = "passerelle-trust-bundle+jws";
constexpr KeyAlgorithm kAllowed[] = {KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa};

const proof::JoseProfile& BundleProfile() {
  static const proof::JoseProfile profile = {kAllowed, {}, {}};
  return profile;
}

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return base::Problem(Reason::kTrustBundleUnusable, place, detail);
}

struct SignaturePart {
  std::string protected_text;
  std::string signature_text;
};

absl::StatusOr<SignaturePart> MakeSignature(absl::string_view payload_text, const proof::SigningKey& key) {
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", proof::AlgorithmName(key.verification_key().algorithm()));
  json.Member("kid", absl::string_view(key.verification_key().thumbprint()));
  json.Member("typ", kType);
  json.EndObject();
  SignaturePart part;
  part.protected_text = base::Base64UrlEncode(header);
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(absl::StrCat(part.protected_text, ".", payload_text)));
  part.signature_text = base::Base64UrlEncode(signature);
  return part;
}

std::string Write(absl::string_view payload_text, const std::vector<SignaturePart>& signatures) {
  std::string out;
  base::JsonWriter json(out, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("payload", payload_text);
  json.Key("signatures");
  json.BeginArray();
  for (const SignaturePart& part : signatures) {
    json.BeginObject();
    json.Member("protected", absl::string_view(part.protected_text));
    json.Member("signature", absl::string_view(part.signature_text));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  out += '\n';
  return out;
}

// The parsed file, before anybody is believed.
absl::StatusOr<proof::Jws> ParseFile(absl::string_view bytes) {
  if (bytes.size() > base::kTrustBundleBytesMax) return base::Problem(Reason::kInputTooLarge, "trust bundle");
  return proof::Jws::ParseJson(bytes);
}

absl::StatusOr<std::shared_ptr<const TrustBundle>> ParsePayload(absl::string_view payload_text) {
  const auto payload = base::Base64UrlDecode(payload_text);
  v1::TrustBundle message;
  if (!payload.ok() || !message.ParseFromString(*payload)) return Unusable("payload", "it is no trust bundle");
  return TrustBundle::Make(std::move(message));
}

// The bundle without what changes from day to day: time, version, status lists and accreditation snapshots, which can
// take trust away or date it and name no new key.
std::string AnchorsOf(const TrustBundle& bundle) {
  v1::TrustBundle anchors = bundle.message();
  anchors.clear_version();
  anchors.clear_issue_time();
  anchors.clear_expire_time();
  anchors.clear_status_lists();
  anchors.clear_accreditation();
  return anchors.SerializeAsString();
}

}  // namespace

absl::StatusOr<TrustSigners> TrustSigners::Make(const v1::TrustRoot& root) {
  TrustSigners signers;
  for (const std::string& jwk : root.jwks()) {
    const auto key = proof::VerificationKey::FromJwk(jwk);
    if (!key.ok()) return Unusable("jwks", "a key cannot be read, or is neither EC P-256 nor Ed25519");
    if (signers.Find(key->thumbprint()) != nullptr) return Unusable("jwks", "a key stands twice");
    ASSIGN_OR_RETURN(proof::PublicKey parsed, proof::PublicKey::FromJwk(jwk));
    signers.keys_.push_back(std::move(parsed));
  }
  signers.threshold_ = root.threshold();
  signers.anchor_threshold_ = root.anchor_threshold();
  if (root.threshold() == 0 || root.anchor_threshold() < root.threshold() ||
      root.anchor_threshold() > signers.keys_.size()) {
    return Unusable("anchor_threshold", "1 <= threshold <= anchor_threshold <= number of keys does not hold");
  }
  return signers;
}

const proof::PublicKey* TrustSigners::Find(absl::string_view thumbprint) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const proof::PublicKey& key) { return key.thumbprint() == thumbprint; });
  return found == keys_.end() ? nullptr : &*found;
}

absl::StatusOr<std::string> SignTrustBundle(const v1::TrustBundle& bundle, const proof::SigningKey& key) {
  RETURN_IF_ERROR(TrustBundle::Make(bundle).status());
  const std::string payload_text = base::Base64UrlEncode(bundle.SerializeAsString());
  ASSIGN_OR_RETURN(SignaturePart part, MakeSignature(payload_text, key));
  return Write(payload_text, {std::move(part)});
}

absl::StatusOr<std::string> AddTrustSignature(absl::string_view signed_bundle, const proof::SigningKey& key) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  RETURN_IF_ERROR(ParsePayload(file.signed_payload()).status());
  std::vector<SignaturePart> signatures;
  for (const proof::JwsSignature& signature : file.signatures()) {
    if (signature.header.ProtectedText("kid") == key.verification_key().thumbprint()) {
      return base::Problem(Reason::kFieldInvalid, "key", "it has signed already");
    }
    signatures.push_back({std::string(signature.protected_text), std::string(signature.signature_text)});
  }
  ASSIGN_OR_RETURN(SignaturePart part, MakeSignature(file.signed_payload(), key));
  signatures.push_back(std::move(part));
  return Write(file.signed_payload(), signatures);
}

absl::StatusOr<ReadBundle> ReadTrustBundle(absl::string_view signed_bundle) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  ReadBundle read;
  ASSIGN_OR_RETURN(read.bundle, ParsePayload(file.signed_payload()));
  for (const proof::JwsSignature& signature : file.signatures()) {
    read.signers.emplace_back(signature.header.ProtectedText("kid").value_or(""));
  }
  return read;
}

absl::StatusOr<OpenedBundle> OpenTrustBundle(absl::string_view signed_bundle, const TrustSigners& signers,
                                             const OpenRequest& request) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  OpenedBundle opened;
  for (const proof::JwsSignature& signature : file.signatures()) {
    const std::string kid(signature.header.ProtectedText("kid").value_or(""));
    const proof::PublicKey* key = signers.Find(kid);
    const bool counted = std::find(opened.signers.begin(), opened.signers.end(), kid) != opened.signers.end();
    if (key == nullptr || counted || signature.header.ProtectedText("typ") != kType) continue;
    const proof::JwsVerdict verdict = file.VerifyWithKey(signature, *key, BundleProfile());
    if (verdict.Accepted()) opened.signers.push_back(kid);
  }
  // Nothing of the content is believed before the lower threshold is reached.
  if (opened.signers.size() < signers.threshold()) {
    return Unusable("signatures", absl::StrCat(opened.signers.size(), " of the ", signers.threshold(),
                                               " signatures that are needed verify"));
  }
  ASSIGN_OR_RETURN(opened.bundle, ParsePayload(file.signed_payload()));
  opened.changes_anchors = request.present == nullptr || AnchorsOf(*opened.bundle) != AnchorsOf(*request.present);
  if (opened.changes_anchors && opened.signers.size() < signers.anchor_threshold()) {
    return Unusable("signatures", absl::StrCat("anchors change, and ", opened.signers.size(), " of the ",
                                               signers.anchor_threshold(), " signatures that are needed then verify"));
  }
  const uint64_t version = opened.bundle->message().version();
  if (version < request.version_seen) {
    return Unusable("version", absl::StrCat("version ", version, " is older than version ", request.version_seen,
                                            ", which was used before"));
  }
  RETURN_IF_ERROR(opened.bundle->CheckInForce(request.now));
  return opened;
}

}  // namespace passerelle::trust
