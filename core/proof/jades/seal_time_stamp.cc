#include "core/proof/jades/seal_time_stamp.h"

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"
#include "core/proof/x509/time_stamp.h"

namespace passerelle::proof {
namespace {

using base::JsonWriter;

absl::StatusOr<Jws> ReadSeal(absl::string_view sealed) {
  const absl::Status malformed =
      base::Problem(base::Reason::kSealMalformed, "", "it is no seal with one signature and nothing unsigned");
  absl::StatusOr<Jws> jws = Jws::ParseJson(sealed);
  if (!jws.ok() || jws->signatures().size() != 1) return malformed;
  if (jws->signatures().front().header.FindUnprotected("etsiU").has_value()) return malformed;
  return jws;
}

// 5.3.4 and 5.3.1: the container, as a component in base64url.
std::string Component(absl::string_view token) {
  std::string component;
  JsonWriter json(component);
  json.BeginObject();
  json.Key("sigTst");
  json.BeginObject();
  json.Key("tstTokens");
  json.BeginArray();
  json.BeginObject();
  json.Member("val", base::Base64Encode(token));
  json.EndObject();
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return base::Base64UrlEncode(component);
}

}  // namespace

absl::StatusOr<std::string> StampedPartOfSeal(absl::string_view sealed) {
  ASSIGN_OR_RETURN(const Jws jws, ReadSeal(sealed));
  return std::string(jws.signatures().front().signature_text);
}

absl::StatusOr<std::string> AddTimeStampToSeal(absl::string_view sealed, absl::string_view token) {
  ASSIGN_OR_RETURN(const Jws jws, ReadSeal(sealed));
  const JwsSignature& signature = jws.signatures().front();
  RETURN_IF_ERROR(VerifyTimeStamp(token, absl::MakeConstSpan(&signature.signature_text, 1), {}, {}).status());
  std::string stamped;
  JsonWriter json(stamped);
  json.BeginObject();
  json.Member("payload", jws.signed_payload());
  json.Key("signatures");
  json.BeginArray();
  json.BeginObject();
  json.Member("protected", signature.protected_text);
  json.Key("header");
  json.BeginObject();
  json.Key("etsiU");
  json.BeginArray();
  json.String(Component(token));
  json.EndArray();
  json.EndObject();
  json.Member("signature", signature.signature_text);
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return stamped;
}

}  // namespace passerelle::proof
