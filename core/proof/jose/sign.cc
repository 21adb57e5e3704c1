#include "core/proof/jose/sign.h"

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

// With one member, in JSON, between algorithm and type; without it when the value is empty.
std::string Header(const SigningKey& key, absl::string_view type, absl::string_view name, absl::string_view value) {
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", AlgorithmName(key.verification_key().algorithm()));
  if (!value.empty()) {
    json.Key(name);
    json.Raw(value);
  }
  json.Member("typ", type);
  json.EndObject();
  return header;
}

absl::StatusOr<std::string> Sign(absl::string_view header, absl::string_view payload, const SigningKey& key) {
  const std::string input = absl::StrCat(base::Base64UrlEncode(header), ".", base::Base64UrlEncode(payload));
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(input));
  return absl::StrCat(input, ".", base::Base64UrlEncode(signature));
}

}  // namespace

absl::StatusOr<std::string> SignToken(absl::string_view type, absl::string_view key_id, absl::string_view payload,
                                      const SigningKey& key) {
  std::string quoted;
  if (!key_id.empty()) base::AppendJsonString(key_id, quoted);
  return Sign(Header(key, type, "kid", quoted), payload, key);
}

absl::StatusOr<std::string> SignCertifiedToken(absl::string_view type, absl::Span<const Certificate> chain,
                                               absl::string_view payload, const SigningKey& key) {
  std::string certificates;
  base::JsonWriter json(certificates);
  json.BeginArray();
  for (const Certificate& certificate : chain) json.String(base::Base64Encode(certificate.der()));
  json.EndArray();
  return Sign(Header(key, type, "x5c", certificates), payload, key);
}

}  // namespace passerelle::proof
