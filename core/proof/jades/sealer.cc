#include "core/proof/jades/sealer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {

using base::Problem;
using base::Reason;

namespace {

// From when the time of a signature is stated as "iat" (TS 119 182-1 V1.2.1, 5.1.11 and 5.2.1); before, as "sigT".
absl::Time IatFrom() { return absl::FromCivil(absl::CivilDay(2025, 7, 15), absl::UTCTimeZone()); }

// TS 119 182-1, 5.1 and 5.2.1. "sigT" and "b64" have to be understood, so they are critical.
std::string Header(const SigningKey& key, const std::vector<Certificate>& chain, absl::Time at) {
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", AlgorithmName(key.verification_key().algorithm()));
  json.Member("cty", "json");
  json.Member("typ", "jose+json");
  json.Member("x5t#S256", base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, chain.front().der())));
  json.Key("x5c");
  json.BeginArray();
  for (const Certificate& certificate : chain) json.String(base::Base64Encode(certificate.der()));
  json.EndArray();
  json.Member("b64", false);
  const bool in_iat = at >= IatFrom();
  if (in_iat) json.Member("iat", absl::ToUnixSeconds(at));
  if (!in_iat) json.Member("sigT", base::WriteDateTime(at));
  json.Key("crit");
  json.BeginArray();
  json.String("b64");
  if (!in_iat) json.String("sigT");
  json.EndArray();
  json.EndObject();
  return base::Base64UrlEncode(header);
}

}  // namespace

absl::StatusOr<Sealer> Sealer::Make(absl::string_view key_pem, absl::string_view chain_pem) {
  ASSIGN_OR_RETURN(SigningKey key, SigningKey::ForSealing(key_pem));
  return Make(std::move(key), chain_pem);
}

absl::StatusOr<Sealer> Sealer::Make(SigningKey key, absl::string_view chain_pem) {
  ASSIGN_OR_RETURN(std::vector<Certificate> chain, Certificate::FromPem(chain_pem));
  const Certificate& own = chain.front();
  if (!own.key().ok() || own.key()->thumbprint() != key.verification_key().thumbprint()) {
    return Problem(Reason::kKeyUnusable, "certificate", "the first certificate is not that of the key");
  }
  if (!own.MaySignContent() || own.IsAuthority()) {
    return Problem(Reason::kKeyUnusable, "certificate", "it is not for sealing content");
  }
  if (chain.size() > base::kCertificatesMax) {
    return Problem(Reason::kKeyUnusable, "certificate", absl::StrCat("the limit is ", base::kCertificatesMax));
  }
  return Sealer(std::move(key), std::move(chain));
}

absl::StatusOr<std::string> Sealer::Seal(absl::string_view payload, absl::Time at) const {
  RETURN_IF_ERROR(base::JsonDocument::Parse(payload).status());
  if (!CanSealAt(at)) return Problem(Reason::kCertificateExpired, "certificate");
  const std::string header = Header(key_, chain_, at);
  ASSIGN_OR_RETURN(const std::string signature, key_.Sign(absl::StrCat(header, ".", payload)));
  std::string sealed;
  base::JsonWriter json(sealed);
  json.BeginObject();
  json.Member("payload", payload);
  json.Key("signatures");
  json.BeginArray();
  json.BeginObject();
  json.Member("protected", header);
  json.Member("signature", base::Base64UrlEncode(signature));
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return sealed;
}

}  // namespace passerelle::proof
