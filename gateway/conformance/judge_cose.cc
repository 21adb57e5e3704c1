#include "gateway/conformance/judge_cose.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/cose/cose_sign1.h"
#include "core/proof/cose/cose_vc.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// The member at a path of names.
absl::StatusOr<element> At(element value, std::initializer_list<absl::string_view> path) {
  for (const absl::string_view name : path) {
    const auto members = base::AsObject(value);
    const auto member = members ? base::Find(*members, name) : std::nullopt;
    if (!member) return base::Problem(base::Reason::kFieldMissing, name);
    value = *member;
  }
  return value;
}

// The suite writes keys as JWK, but those of Edwards curves with a point in hexadecimal digits.
absl::StatusOr<proof::PublicKey> Key(const base::JsonDocument& document, element key) {
  const auto members = base::AsObject(key);
  const auto point = members ? base::FindString(*members, "x_hex") : std::nullopt;
  if (!point) return proof::PublicKey::FromJwk(PublicHalf(document, key));
  return proof::PublicKey::FromJwk(absl::StrCat(R"({"kty":"OKP","crv":")",
                                                base::FindString(*members, "crv").value_or(""), R"(","x":")",
                                                base::Base64UrlEncode(absl::HexStringToBytes(*point)), R"("})"));
}

absl::StatusOr<Judgement> CoseSign1(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content));
  ASSIGN_OR_RETURN(const element given, At(document.root(), {"input", "sign0"}));
  ASSIGN_OR_RETURN(const element hex, At(document.root(), {"output", "cbor"}));
  ASSIGN_OR_RETURN(const element jwk, At(given, {"key"}));
  ASSIGN_OR_RETURN(const proof::PublicKey key, Key(document, jwk));
  const absl::StatusOr<element> external = At(given, {"external"});
  const std::string aad = external.ok() ? absl::HexStringToBytes(base::AsString(*external).value_or("")) : "";
  const std::string bytes = absl::HexStringToBytes(base::AsString(hex).value_or(""));
  const absl::StatusOr<proof::CoseSign1> message = proof::CoseSign1::Parse(bytes);
  proof::Findings findings;
  if (!message.ok()) {
    findings.Refuse(message.status());
    return JudgementOf(false, findings);
  }
  const proof::CoseVerdict verdict = message->Verify(key, aad);
  return JudgementOf(verdict.verified, verdict.findings);
}

absl::StatusOr<Judgement> CoseVc(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const proof::KeySet keys, parameters.Keys());
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  // The suite writes base64 without padding.
  const std::string text =
      absl::StrReplaceAll(content, {{"+", "-"}, {"/", "_"}, {"=", ""}, {"\n", ""}, {"\r", ""}, {" ", ""}});
  ASSIGN_OR_RETURN(const std::string bytes, base::Base64UrlDecode(text));
  const proof::CoseVcVerdict verdict = proof::VerifyCoseVc(bytes, keys, parameters.Time());
  return JudgementOf(verdict.verified, verdict.findings);
}

Judgement JudgedCose(const absl::StatusOr<Judgement>& judgement) {
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace

Judgement JudgeCoseSign1(const ConformanceCase& row) { return JudgedCose(CoseSign1(row)); }
Judgement JudgeCoseVc(const ConformanceCase& row) { return JudgedCose(CoseVc(row)); }

}  // namespace passerelle::gateway
