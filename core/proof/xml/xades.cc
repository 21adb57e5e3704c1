#include "core/proof/xml/xades.h"

#include <utility>

#include "core/proof/xml/evaluation.h"
#include "core/proof/xml/key_info.h"
#include "core/proof/xml/signed_properties.h"

namespace passerelle::proof {

using base::Reason;

XadesVerification VerifyXades(absl::string_view bytes) {
  XadesVerification result;
  const absl::StatusOr<XmlTree> tree = XmlTree::Parse(bytes);
  if (!tree.ok()) {
    result.signature.findings.Refuse(tree.status());
    return result;
  }
  XmlSignaturePlan plan = PlanXmlSignature(*tree);
  if (plan.signature != nullptr) {
    result.certificates = KeyInfoCertificates(plan.signature);
    if (!plan.xades) plan.findings.Refuse(Reason::kXadesProperties, XmlPlace(plan.signature), "there are none");
  }
  if (plan.signed_properties != nullptr) {
    ReadSignedProperties(plan, result);
    ReadUnsignedProperties(*tree, plan, result);
  }
  // Without the certificate that was meant, the first one still tells whether the signature verifies with anything.
  const std::string& certificate =
      result.certificate.empty() && !result.certificates.empty() ? result.certificates.front() : result.certificate;
  const absl::StatusOr<PublicKey> key = PublicKey::FromCertificate(certificate);
  if (!key.ok()) {
    if (plan.signature != nullptr)
      plan.findings.Refuse(Reason::kSignerCertificate, XmlPlace(plan.signature), "there is none");
    result.signature.findings = std::move(plan.findings);
    return result;
  }
  result.signature = EvaluatePlan(std::move(plan), *key);
  return result;
}

}  // namespace passerelle::proof
