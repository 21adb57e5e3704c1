#include "core/proof/sd_jwt/key_binding.h"

#include <cmath>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

absl::Status Unbound(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kKeyBinding, place, detail);
}

// RFC 9901, 7.3, step 5. What makes the binding one to other bytes, another receiver or another request is a problem;
// its age goes to the findings.
class KeyBinding {
 public:
  KeyBinding(const base::SdJwtParts& parts, base::HashAlgorithm hash, const std::optional<KeyBindingDemand>& demand,
             absl::Time at, Findings& findings)
      : parts_(parts), hash_(hash), demand_(demand), at_(at), findings_(findings) {}

  absl::Status Check(object claims) {
    ASSIGN_OR_RETURN(const PublicKey key, ConfirmedKey(claims));
    ASSIGN_OR_RETURN(const Jws jws, Jws::ParseCompact(parts_.key_binding));
    const JwsSignature& signature = jws.signatures().front();
    if (signature.header.ProtectedText("typ") != "kb+jwt") return Unbound("typ", "it is not kb+jwt");
    const JwsVerdict verdict = jws.VerifyWithKey(signature, key, TokenProfile());
    findings_.Append(verdict.findings);
    if (!verdict.verified) return Unbound("signature", "it is not by the holder's key");
    ASSIGN_OR_RETURN(const base::JsonDocument payload,
                     base::JsonDocument::Parse(*verdict.payload, base::kTokenNestingMax));
    const std::optional<object> members = base::AsObject(payload.root());
    if (!members) return Unbound("payload", "it is no object");
    return CheckMembers(*members);
  }

 private:
  absl::Status CheckMembers(object members) {
    const std::optional<absl::string_view> audience = base::FindString(members, "aud");
    const std::optional<absl::string_view> nonce = base::FindString(members, "nonce");
    const std::optional<absl::string_view> hash = base::FindString(members, "sd_hash");
    if (!audience) return Unbound("aud", "it is missing, or no text");
    if (!nonce) return Unbound("nonce", "it is missing, or no text");
    if (hash != base::Base64UrlEncode(base::Digest(hash_, parts_.bound))) {
      return Unbound("sd_hash", "it is not that of what was presented");
    }
    const std::optional<element> issued = base::Find(members, "iat");
    double seconds = 0;
    if (!issued || issued->get(seconds) != simdjson::SUCCESS || !std::isfinite(seconds)) {
      return Unbound("iat", "it is missing, or no number");
    }
    if (!demand_) return absl::OkStatus();
    if (*audience != demand_->audience) return Unbound("aud", "it is another receiver");
    if (*nonce != demand_->nonce) return Unbound("nonce", "it is another request");
    const absl::Duration age = at_ - (absl::UnixEpoch() + absl::Seconds(seconds));
    if (age > base::kKeyBindingAgeMax || age < -base::kTokenClockSkew) findings_.Refuse(Reason::kKeyBindingOld, "iat");
    return absl::OkStatus();
  }

  const base::SdJwtParts& parts_;
  const base::HashAlgorithm hash_;
  const std::optional<KeyBindingDemand>& demand_;
  const absl::Time at_;
  Findings& findings_;
};

}  // namespace

absl::StatusOr<PublicKey> ConfirmedKey(object claims) {
  const std::optional<element> cnf = base::Find(claims, "cnf");
  const std::optional<object> confirmation = cnf ? base::AsObject(*cnf) : std::nullopt;
  const std::optional<element> jwk = confirmation ? base::Find(*confirmation, "jwk") : std::nullopt;
  const std::optional<object> members = jwk ? base::AsObject(*jwk) : std::nullopt;
  if (!members) return Unbound("cnf", "the credential names no key of its holder");
  return PublicKey::FromJwk(*members);
}

absl::Status CheckKeyBinding(const base::SdJwtParts& parts, base::HashAlgorithm hash, object claims,
                             const std::optional<KeyBindingDemand>& demand, absl::Time at, Findings& findings) {
  return KeyBinding(parts, hash, demand, at, findings).Check(claims);
}

}  // namespace passerelle::proof
