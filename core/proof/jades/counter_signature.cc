#include "core/proof/jades/counter_signature.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jades/jades.h"
#include "core/proof/jose/jws.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;

struct Parts {
  std::string protected_text;
  std::string payload;  // empty when it is detached
  std::string signature;
};

absl::StatusOr<Parts> PartsOf(element value) {
  const std::optional<absl::string_view> compact = base::AsString(value);
  if (compact.has_value()) {
    const std::vector<std::string> parts = absl::StrSplit(*compact, '.');
    if (parts.size() != 3) return Problem(Reason::kJwsMalformed, "cSig", "it does not have three parts");
    return Parts{parts[0], parts[1], parts[2]};
  }
  const auto members = base::AsObject(value);
  if (!members.has_value()) return Problem(Reason::kJwsMalformed, "cSig", "it is neither a text nor an object");
  const auto text = [&](absl::string_view name) { return std::string(base::FindString(*members, name).value_or("")); };
  return Parts{text("protected"), text("payload"), text("signature")};
}

}  // namespace

absl::Status CheckCounterSignature(element value, absl::string_view signature_text) {
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(value));
  if (!parts.payload.empty() && parts.payload != signature_text) {
    return Problem(Reason::kSignatureInvalid, "cSig", "it is over something else");
  }
  const std::string token = absl::StrCat(parts.protected_text, ".", signature_text, ".", parts.signature);
  ASSIGN_OR_RETURN(const Jws jws, Jws::ParseCompact(token));
  const JwsSignature& signature = jws.signatures().front();
  const std::optional<element> chain = signature.header.FindProtected("x5c");
  const auto list = chain.has_value() ? base::AsArray(*chain) : std::nullopt;
  if (!list.has_value() || list->size() == 0) return Problem(Reason::kSignerCertificate, "cSig, x5c");
  const absl::StatusOr<std::string> der = base::Base64Decode(base::AsString(list->at(0)).value_or(""));
  const absl::StatusOr<Certificate> signer = Certificate::FromDer(der.ok() ? *der : "");
  if (!signer.ok() || !signer->key().ok()) return Problem(Reason::kSignerCertificate, "cSig, x5c");
  const bool verified = jws.VerifyWithKey(signature, *signer->key(), JadesProfile()).verified;
  return verified ? absl::OkStatus() : Problem(Reason::kSignatureInvalid, "cSig");
}

}  // namespace passerelle::proof
