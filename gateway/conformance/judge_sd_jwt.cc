#include "gateway/conformance/judge_sd_jwt.h"

#include <string>

#include "absl/strings/ascii.h"
#include "core/base/status_macros.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<Judgement> SdJwt(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const proof::KeySet keys, parameters.Keys());
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  proof::SdJwtDemands demands;
  demands.any_type = parameters.Flag("anyTyp");
  if (parameters.Flag("kb")) demands.key_binding = {parameters.Text("aud"), parameters.Text("nonce")};
  // A file may end with a line feed that the token does not have.
  const absl::string_view text = absl::StripAsciiWhitespace(content);
  const proof::SdJwtVerdict verdict = proof::VerifySdJwt(text, keys, parameters.Time(), demands);
  return JudgementOf(verdict.verified, verdict.findings);
}

}  // namespace

Judgement JudgeSdJwt(const ConformanceCase& row) {
  const absl::StatusOr<Judgement> judgement = SdJwt(row);
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace passerelle::gateway
