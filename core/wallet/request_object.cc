#include "core/wallet/request_object.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/algorithm.h"
#include "core/proof/encryption_key.h"
#include "core/proof/jose/header.h"
#include "core/proof/jose/sign.h"
#include "core/wallet/dcql.h"
#include "core/wallet/form.h"

namespace passerelle::wallet {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;

std::string UriOf(const Verifier& verifier, absl::string_view id, absl::string_view what) {
  return absl::StrCat(verifier.address, "/presentations/", id, "/", what);
}

void WriteAlgorithms(absl::string_view name, JsonWriter& json) {
  json.Key(name);
  json.BeginArray();
  for (const proof::KeyAlgorithm algorithm : proof::TokenProfile().allowed) {
    json.String(proof::AlgorithmName(algorithm));
  }
  json.EndArray();
}

// OpenID4VP 1.0, B.1.3.1.3 and B.3.4.
void WriteFormats(JsonWriter& json) {
  json.Key("vp_formats_supported");
  json.BeginObject();
  json.Key(FormatName(v1::CREDENTIAL_FORMAT_SD_JWT_VC));
  json.BeginObject();
  WriteAlgorithms("sd-jwt_alg_values", json);
  WriteAlgorithms("kb-jwt_alg_values", json);
  json.EndObject();
  json.Key(FormatName(v1::CREDENTIAL_FORMAT_JWT_VC_JSON));
  json.BeginObject();
  WriteAlgorithms("alg_values", json);
  json.EndObject();
  json.EndObject();
}

// 8.3: the key that the answer is encrypted to, with what has to be said of it.
absl::Status WriteEncryption(const v1::StoredPresentation& stored, JsonWriter& json) {
  ASSIGN_OR_RETURN(const proof::DecryptionKey held, proof::DecryptionKey::FromPem(stored.decryption_key()));
  const proof::EncryptionKey& key = held.encryption_key();
  ASSIGN_OR_RETURN(const base::JsonDocument jwk, base::JsonDocument::Parse(key.jwk()));
  const simdjson::dom::object members = *base::AsObject(jwk.root());
  json.Key("jwks");
  json.BeginObject();
  json.Key("keys");
  json.BeginArray();
  json.BeginObject();
  for (const auto& [name, value] : members) {
    json.Key(base::View(name));
    json.Raw(jwk.Text(value));
  }
  json.Member("kid", key.thumbprint());
  json.Member("use", "enc");
  json.Member("alg", "ECDH-ES");
  json.EndObject();
  json.EndArray();
  json.EndObject();
  json.Key("encrypted_response_enc_values_supported");
  json.BeginArray();
  json.String("A256GCM");
  json.EndArray();
  return absl::OkStatus();
}

absl::string_view PurposeWord(sharing::v1::Purpose purpose) {
  switch (purpose) {
    case sharing::v1::PURPOSE_RECOGNITION:
      return "recognition";
    case sharing::v1::PURPOSE_FURTHER_LEARNING:
      return "further-learning";
    case sharing::v1::PURPOSE_EMPLOYMENT:
      return "employment";
    default:
      return "";
  }
}

// 5.1 has no parameter of its own for the purpose (15.5.1); the verifier says it among what it says of itself.
void WritePurpose(sharing::v1::Purpose purpose, JsonWriter& json) {
  json.Key("verifier_info");
  json.BeginArray();
  json.BeginObject();
  json.Member("format", "urn:passerelle:purpose:1");
  json.Key("data");
  json.BeginObject();
  json.Member("purpose", PurposeWord(purpose));
  json.EndObject();
  json.EndObject();
  json.EndArray();
}

}  // namespace

std::string WalletUri(const Verifier& verifier, absl::string_view id) {
  return absl::StrCat("openid4vp://?client_id=", EscapeForQuery(verifier.client_id),
                      "&request_uri=", EscapeForQuery(UriOf(verifier, id, "request")), "&request_uri_method=post");
}

absl::StatusOr<std::string> SignRequestObject(const Verifier& verifier, const v1::StoredPresentation& stored,
                                              absl::string_view wallet_nonce, absl::Time now) {
  if (wallet_nonce.size() > kWalletNonceBytesMax) return Problem(Reason::kInputTooLarge, "wallet_nonce");
  if (!verifier.signer->CanSealAt(now)) return Problem(Reason::kCertificateExpired, "x5c");
  const v1::Presentation& content = stored.content();
  const bool encrypted = content.response_mode() == v1::RESPONSE_MODE_ENCRYPTED;
  std::string payload;
  JsonWriter json(payload);
  json.BeginObject();
  json.Member("iss", verifier.client_id);
  // 5.8: the wallet is not known.
  json.Member("aud", "https://self-issued.me/v2");
  json.Member("iat", absl::ToUnixSeconds(now));
  json.Member("exp", absl::ToUnixSeconds(base::FromProto(content.expire_time())));
  json.Member("client_id", verifier.client_id);
  json.Member("response_type", "vp_token");
  json.Member("response_mode", encrypted ? "direct_post.jwt" : "direct_post");
  json.Member("response_uri", UriOf(verifier, content.id(), "response"));
  json.Member("nonce", stored.nonce());
  json.Member("state", content.id());
  if (!wallet_nonce.empty()) json.Member("wallet_nonce", wallet_nonce);
  json.Key("dcql_query");
  json.Raw(DcqlJson(content.queries()));
  json.Key("client_metadata");
  json.BeginObject();
  WriteFormats(json);
  if (encrypted) RETURN_IF_ERROR(WriteEncryption(stored, json));
  json.EndObject();
  WritePurpose(content.purpose(), json);
  json.EndObject();
  return proof::SignCertifiedToken("oauth-authz-req+jwt", verifier.signer->chain(), payload, verifier.signer->key());
}

}  // namespace passerelle::wallet
