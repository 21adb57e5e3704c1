// Signed tokens and sealed documents: nothing crashes, and nothing verifies with keys that signed nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/proof/access_token.h"
#include "core/proof/jades/jades.h"
#include "core/proof/jades/seal_time_stamp.h"
#include "core/proof/jose/jws.h"
#include "core/proof/vc_jwt.h"
#include "core/proof/x509/time_stamp_request.h"

namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const proof::KeySet& Keys() {
  static const auto& keys = *new proof::KeySet(
      proof::KeySet::Parse(R"({"keys":[)"
                           R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                           R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},)"
                           R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
          .value());
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<proof::Jws> jws = proof::Jws::Parse(bytes);
  if (jws.ok()) {
    const proof::JwsVerdict verdict = jws->Verify(Keys(), proof::JwsProfile());
    Require(verdict.verified == verdict.payload.has_value());
    Require(verdict.verified || verdict.findings.refused());
  }
  const auto trust_of = [](absl::string_view issuer) -> absl::StatusOr<proof::TokenTrust> {
    return proof::TokenTrust{std::string(issuer), "a", absl::Minutes(5), absl::Hours(1),
                             std::make_shared<const proof::KeySet>(Keys())};
  };
  Require(!proof::OpenAccessToken(bytes, trust_of, "", absl::UnixEpoch()).ok());
  const absl::StatusOr<proof::KeySet> issuer_keys = proof::ReadIssuerKeys(bytes);
  Require(!issuer_keys.ok() || issuer_keys->size() > 0);
  const proof::VcJwtVerdict credential = proof::VerifyVcJwt(bytes, Keys(), absl::UnixEpoch());
  Require(credential.verified || !credential.claims.has_value());
  const proof::JadesVerdict seal = proof::VerifyJades(bytes, proof::JadesTrust(), absl::UnixEpoch());
  Require(seal.verified || seal.payload.empty());
  Require(!proof::AddTimeStampToSeal(bytes, bytes).ok());
  Require(!proof::TokenOfTimeStampResponse(bytes, "a nonce that nobody answers").ok());
  return 0;
}
