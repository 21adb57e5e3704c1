#include "gateway/conformance/judge_xml.h"

#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/xml/xml_signature.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<proof::PublicKey> KeyOf(const ConformanceCase& row, absl::string_view content) {
  ASSIGN_OR_RETURN(const CaseParameters parameters, CaseParameters::Of(row));
  const std::string path = parameters.Text("cert");
  if (!path.empty()) {
    ASSIGN_OR_RETURN(const std::string pem, row.Read(path));
    return proof::PublicKey::FromPem(pem);
  }
  const std::vector<std::string> certificates = proof::XmlSignatureCertificates(content);
  if (certificates.empty()) return base::Problem(base::Reason::kKeyNotFound, row.file, "no certificate is given");
  return proof::PublicKey::FromCertificate(certificates.front());
}

}  // namespace

Judgement JudgeXmlSignature(const ConformanceCase& row) {
  const absl::StatusOr<std::string> content = row.Content();
  if (!content.ok()) return Unjudged(content.status());
  const absl::StatusOr<proof::PublicKey> key = KeyOf(row, *content);
  if (!key.ok()) {
    proof::Findings findings;
    findings.Refuse(key.status());
    return JudgementOf(false, findings);
  }
  const proof::XmlVerification seen = proof::VerifyXmlSignature(*content, *key);
  return JudgementOf(seen.verified, seen.findings);
}

}  // namespace passerelle::gateway
