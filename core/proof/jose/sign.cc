#include "core/proof/jose/sign.h"

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {

absl::StatusOr<std::string> SignToken(absl::string_view type, absl::string_view key_id, absl::string_view payload,
                                      const SigningKey& key) {
  std::string header;
  base::JsonWriter json(header);
  json.BeginObject();
  json.Member("alg", AlgorithmName(key.verification_key().algorithm()));
  if (!key_id.empty()) json.Member("kid", key_id);
  json.Member("typ", type);
  json.EndObject();
  const std::string input = absl::StrCat(base::Base64UrlEncode(header), ".", base::Base64UrlEncode(payload));
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(input));
  return absl::StrCat(input, ".", base::Base64UrlEncode(signature));
}

}  // namespace passerelle::proof
