#include "core/proof/xml/xml_signature.h"

#include <utility>

#include "core/proof/xml/evaluation.h"
#include "core/proof/xml/key_info.h"

namespace passerelle::proof {

XmlVerification VerifyXmlSignature(absl::string_view bytes, const PublicKey& key) {
  const absl::StatusOr<XmlTree> tree = XmlTree::Parse(bytes);
  if (!tree.ok()) {
    XmlVerification refused;
    refused.findings.Refuse(tree.status());
    return refused;
  }
  return EvaluatePlan(PlanXmlSignature(*tree), key);
}

std::vector<std::string> XmlSignatureCertificates(absl::string_view bytes) {
  const absl::StatusOr<XmlTree> tree = XmlTree::Parse(bytes);
  if (!tree.ok()) return {};
  const XmlSignaturePlan plan = PlanXmlSignature(*tree);
  return plan.signature == nullptr ? std::vector<std::string>() : KeyInfoCertificates(plan.signature);
}

}  // namespace passerelle::proof
