#include "core/wallet/issuer_metadata.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/proof/algorithm.h"
#include "core/recognition/issue/decision_credential.h"
#include "core/wallet/form.h"
#include "core/wallet/key_proof.h"

namespace passerelle::wallet {
namespace {

using base::JsonWriter;

void WriteOne(absl::string_view name, absl::string_view text, JsonWriter& json) {
  json.Key(name);
  json.BeginArray();
  json.String(text);
  json.EndArray();
}

void WriteConfiguration(const Issuer& issuer, JsonWriter& json) {
  json.BeginObject();
  json.Member("format", "dc+sd-jwt");
  json.Member("vct", recognition::kDecisionVct);
  WriteOne("cryptographic_binding_methods_supported", "jwk", json);
  WriteOne("credential_signing_alg_values_supported",
           proof::AlgorithmName(issuer.seal->key().verification_key().algorithm()), json);
  json.Key("proof_types_supported");
  json.BeginObject();
  json.Key("jwt");
  json.BeginObject();
  json.Key("proof_signing_alg_values_supported");
  json.BeginArray();
  for (const proof::KeyAlgorithm algorithm : KeyProofProfile().allowed) json.String(proof::AlgorithmName(algorithm));
  json.EndArray();
  json.EndObject();
  json.EndObject();
  json.Key("credential_metadata");
  json.BeginObject();
  json.Key("display");
  json.BeginArray();
  json.BeginObject();
  json.Member("name", "Decision on recognition");
  json.Member("locale", "en");
  json.EndObject();
  json.EndArray();
  json.EndObject();
  json.EndObject();
}

}  // namespace

std::string IssuerMetadata(const Issuer& issuer) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("credential_issuer", issuer.address);
  json.Member("credential_endpoint", absl::StrCat(issuer.address, "/credential"));
  json.Member("nonce_endpoint", absl::StrCat(issuer.address, "/nonce"));
  json.Key("credential_configurations_supported");
  json.BeginObject();
  json.Key(kDecisionConfiguration);
  WriteConfiguration(issuer, json);
  json.EndObject();
  json.EndObject();
  return out;
}

std::string ServerMetadata(const Issuer& issuer) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("issuer", issuer.address);
  json.Member("token_endpoint", absl::StrCat(issuer.address, "/token"));
  WriteOne("grant_types_supported", kPreAuthorizedGrant, json);
  WriteOne("token_endpoint_auth_methods_supported", "none", json);
  json.Member("pre-authorized_grant_anonymous_access_supported", true);
  json.EndObject();
  return out;
}

std::string OfferJson(const Issuer& issuer, absl::string_view code, bool with_transaction_code) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("credential_issuer", issuer.address);
  WriteOne("credential_configuration_ids", kDecisionConfiguration, json);
  json.Key("grants");
  json.BeginObject();
  json.Key(kPreAuthorizedGrant);
  json.BeginObject();
  json.Member("pre-authorized_code", code);
  if (with_transaction_code) {
    json.Key("tx_code");
    json.BeginObject();
    json.Member("input_mode", "numeric");
    json.Member("length", kTransactionCodeDigits);
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
  json.EndObject();
  return out;
}

std::string OfferUri(absl::string_view offer_json) {
  return absl::StrCat("openid-credential-offer://?credential_offer=", EscapeForQuery(offer_json));
}

}  // namespace passerelle::wallet
