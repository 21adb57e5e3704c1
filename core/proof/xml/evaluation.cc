#include "core/proof/xml/evaluation.h"

#include <utility>

#include "core/proof/xml/engine.h"

namespace passerelle::proof {

using base::Reason;

XmlVerification EvaluatePlan(XmlSignaturePlan plan, const PublicKey& key) {
  XmlVerification result;
  if (plan.evaluable) {
    XmlEngineAnswer answer = EvaluateXmlSignature(plan, key);
    result.verified = answer.verified;
    if (!answer.verified) {
      plan.findings.Refuse(Reason::kSignatureInvalid, XmlPlace(plan.signature));
    } else if (!key.IsStrong()) {
      plan.findings.Refuse(Reason::kKeyWeak, XmlPlace(plan.signature));
    }
    if (answer.verified && !plan.findings.refused())
      result.content = std::move(answer.digested[plan.document_reference]);
  }
  result.findings = std::move(plan.findings);
  return result;
}

}  // namespace passerelle::proof
