#include "gateway/conformance/judge_jose.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"
#include "core/proof/vc_jwt.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<Judgement> VcJwt(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const proof::KeySet keys, parameters.Keys());
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  const absl::string_view token = parameters.Flag("trim") ? absl::StripAsciiWhitespace(content) : content;
  const proof::VcJwtVerdict verdict = proof::VerifyVcJwt(token, keys, parameters.Time());
  return JudgementOf(verdict.verified, verdict.findings);
}

Judgement OfJws(const absl::StatusOr<proof::Jws>& jws, const proof::KeySet& keys) {
  proof::Findings findings;
  if (!jws.ok()) {
    findings.Refuse(jws.status());
    return JudgementOf(false, findings);
  }
  const proof::JwsVerdict verdict = jws->Verify(keys, proof::JwsProfile());
  return JudgementOf(verdict.verified, verdict.findings);
}

absl::StatusOr<Judgement> AnyJws(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const proof::KeySet keys, parameters.Keys());
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  if (row.kind == "jws-json") return OfJws(proof::Jws::ParseJson(content), keys);
  return OfJws(proof::Jws::ParseCompact(absl::StripAsciiWhitespace(content)), keys);
}

Judgement Judged(const absl::StatusOr<Judgement>& judgement) {
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace

Judgement JudgeVcJwt(const ConformanceCase& row) { return Judged(VcJwt(row)); }
Judgement JudgeJws(const ConformanceCase& row) { return Judged(AnyJws(row)); }
Judgement JudgeJwsJson(const ConformanceCase& row) { return Judged(AnyJws(row)); }

}  // namespace passerelle::gateway
