#include "gateway/conformance/judge_di.h"

#include "core/base/status_macros.h"
#include "core/proof/di/data_integrity.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<Judgement> DataIntegrity(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  proof::DataIntegrityOptions options;
  options.at = parameters.Time();
  options.requires_issuer_key = !parameters.Text("issuer").empty();
  const proof::DataIntegrityVerdict verdict = proof::VerifyDataIntegrity(content, options);
  Judgement judgement = JudgementOf(verdict.verified, verdict.findings);
  if (verdict.is_ambiguous) judgement.crypto = "ambiguous";
  return judgement;
}

}  // namespace

Judgement JudgeDataIntegrity(const ConformanceCase& row) {
  const absl::StatusOr<Judgement> judgement = DataIntegrity(row);
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace passerelle::gateway
