#include "gateway/conformance/judges.h"

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/conformance/judge_cose.h"
#include "gateway/conformance/judge_di.h"
#include "gateway/conformance/judge_jades.h"
#include "gateway/conformance/judge_jose.h"
#include "gateway/conformance/judge_merkle.h"
#include "gateway/conformance/judge_rdf.h"
#include "gateway/conformance/judge_sd_jwt.h"
#include "gateway/conformance/judge_status.h"
#include "gateway/conformance/judge_wycheproof.h"
#include "gateway/conformance/judge_xml.h"

namespace passerelle::gateway {
namespace {

struct KindOfCase {
  absl::string_view kind;
  Judge judge;
};

// One line per kind. The functions stand in judge_<family>.h beside this file.
constexpr KindOfCase kKinds[] = {
    {"bitstring", JudgeBitstring},
    {"cose-sign1", JudgeCoseSign1},
    {"cose-vc", JudgeCoseVc},
    {"di", JudgeDataIntegrity},
    {"jades", JudgeJades},
    {"jcs", JudgeJcs},
    {"jws", JudgeJws},
    {"jws-json", JudgeJwsJson},
    {"merkle-consistency", JudgeMerkleConsistency},
    {"merkle-inclusion", JudgeMerkleInclusion},
    {"none", nullptr},
    {"rdfc", JudgeRdfc},
    {"sd-jwt", JudgeSdJwt},
    {"token-status", JudgeTokenStatus},
    {"tordf", JudgeToRdf},
    {"vc-jwt", JudgeVcJwt},
    {"wycheproof", JudgeWycheproof},
    {"xmldsig", JudgeXmlSignature},
};

}  // namespace

Judgement JudgementOf(bool verified, const proof::Findings& findings) {
  std::string why;
  for (const proof::Finding& finding : findings.list()) {
    absl::StrAppend(&why, why.empty() ? "" : "; ", base::Catalogue(finding.reason).name,
                    finding.place.empty() ? "" : " at ", finding.place, finding.detail.empty() ? "" : ": ",
                    finding.detail);
  }
  const bool refused = !verified || findings.refused();
  return {verified ? "valid" : "invalid", refused ? "reject" : findings.legacy() ? "legacy" : "accept", why};
}

Judgement Unjudged(const absl::Status& status) { return {"not judged", "not judged", std::string(status.message())}; }

Judge FindJudge(absl::string_view kind) {
  for (const KindOfCase& known : kKinds) {
    if (known.kind == kind) return known.judge;
  }
  return nullptr;
}

}  // namespace passerelle::gateway
