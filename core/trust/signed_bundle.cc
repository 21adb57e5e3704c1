#include "core/trust/signed_bundle.h"

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

constexpr absl::string_view kType = "passerelle-trust-bundle+jws";

absl::Status UnusableSignature(absl::string_view place, absl::string_view detail) {
  return base::Problem(Reason::kTrustBundleUnusable, place, detail);
}

std::string Write(absl::string_view payload_text, const std::vector<proof::ArchiveSignature>& signatures) {
  std::string out;
  base::JsonWriter json(out, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  proof::WriteArchive(payload_text, signatures, json);
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
  if (!payload.ok() || !message.ParseFromString(*payload)) return UnusableSignature("payload", "it is no trust bundle");
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
  const std::vector<std::string> jwks(root.jwks().begin(), root.jwks().end());
  absl::StatusOr<proof::ArchiveSigners> keys = proof::ArchiveSigners::Make(jwks);
  if (!keys.ok()) return UnusableSignature("jwks", base::DetailOf(keys.status()));
  signers.keys_ = *std::move(keys);
  signers.threshold_ = root.threshold();
  signers.anchor_threshold_ = root.anchor_threshold();
  if (root.threshold() == 0 || root.anchor_threshold() < root.threshold() ||
      root.anchor_threshold() > signers.keys_.size()) {
    return UnusableSignature("anchor_threshold", "1 <= threshold <= anchor_threshold <= number of keys does not hold");
  }
  return signers;
}

absl::StatusOr<std::string> SignTrustBundle(const v1::TrustBundle& bundle, const proof::SigningKey& key) {
  RETURN_IF_ERROR(TrustBundle::Make(bundle).status());
  const std::string payload_text = base::Base64UrlEncode(bundle.SerializeAsString());
  ASSIGN_OR_RETURN(proof::ArchiveSignature signature, proof::SignArchive(payload_text, kType, key));
  return Write(payload_text, {std::move(signature)});
}

absl::StatusOr<std::string> AddTrustSignature(absl::string_view signed_bundle, const proof::SigningKey& key) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  RETURN_IF_ERROR(ParsePayload(file.signed_payload()).status());
  std::vector<proof::ArchiveSignature> signatures = proof::SignaturesOf(file);
  if (proof::HasSigned(signatures, key.verification_key().thumbprint())) {
    return base::Problem(Reason::kFieldInvalid, "key", "it has signed already");
  }
  ASSIGN_OR_RETURN(proof::ArchiveSignature signature, proof::SignArchive(file.signed_payload(), kType, key));
  signatures.push_back(std::move(signature));
  return Write(file.signed_payload(), signatures);
}

absl::StatusOr<ReadBundle> ReadTrustBundle(absl::string_view signed_bundle) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  ReadBundle read;
  ASSIGN_OR_RETURN(read.bundle, ParsePayload(file.signed_payload()));
  for (proof::ArchiveSignature& signature : proof::SignaturesOf(file)) {
    read.signers.push_back(std::move(signature.signer));
  }
  return read;
}

absl::StatusOr<OpenedBundle> OpenTrustBundle(absl::string_view signed_bundle, const TrustSigners& signers,
                                             const OpenRequest& request) {
  ASSIGN_OR_RETURN(const proof::Jws file, ParseFile(signed_bundle));
  OpenedBundle opened;
  opened.signers = proof::CountSigners(file, kType, signers.keys());
  // Nothing of the content is believed before the lower threshold is reached.
  if (opened.signers.size() < signers.threshold()) {
    return UnusableSignature("signatures", absl::StrCat(opened.signers.size(), " of the ", signers.threshold(),
                                                        " signatures that are needed verify"));
  }
  ASSIGN_OR_RETURN(opened.bundle, ParsePayload(file.signed_payload()));
  opened.changes_anchors = request.present == nullptr || AnchorsOf(*opened.bundle) != AnchorsOf(*request.present);
  if (opened.changes_anchors && opened.signers.size() < signers.anchor_threshold()) {
    return UnusableSignature("signatures",
                             absl::StrCat("anchors change, and ", opened.signers.size(), " of the ",
                                          signers.anchor_threshold(), " signatures that are needed then verify"));
  }
  const uint64_t version = opened.bundle->message().version();
  if (version < request.version_seen) {
    return UnusableSignature("version", absl::StrCat("version ", version, " is older than version ",
                                                     request.version_seen, ", which was used before"));
  }
  RETURN_IF_ERROR(opened.bundle->CheckInForce(request.now));
  return opened;
}

}  // namespace passerelle::trust
