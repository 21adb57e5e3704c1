#include "gateway/conformance/judge_jades.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/proof/jades/jades.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<Judgement> Jades(const ConformanceCase& row) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  proof::JadesTrust trust;
  const std::string root = parameters.Text("root");
  if (!root.empty()) {
    ASSIGN_OR_RETURN(const std::string pem, row.Read(root));
    ASSIGN_OR_RETURN(std::vector<proof::Certificate> anchors, proof::Certificate::FromPem(pem));
    for (proof::Certificate& anchor : anchors) trust.seals.Add(std::move(anchor));
    trust.time_stamps = trust.seals;
  }
  // Files of tokens end with a line break now and then.
  const proof::JadesVerdict verdict = proof::VerifyJades(absl::StripAsciiWhitespace(content), trust, parameters.Time());
  Judgement judgement = JudgementOf(verdict.verified, verdict.findings);
  for (const proof::JadesSignature& signature : verdict.signatures) {
    absl::StrAppend(&judgement.why, judgement.why.empty() ? "" : "; ", proof::JadesLevelName(signature.level));
  }
  return judgement;
}

}  // namespace

Judgement JudgeJades(const ConformanceCase& row) {
  const absl::StatusOr<Judgement> judgement = Jades(row);
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace passerelle::gateway
