#include "core/proof/xml/key_info.h"

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/proof/xml/algorithms.h"
#include "core/proof/xml/tree.h"

namespace passerelle::proof {

std::vector<std::string> KeyInfoCertificates(const xmlNode* signature) {
  std::vector<std::string> certificates;
  const xmlNode* info = XmlChild(signature, kXmlDsigNamespace, "KeyInfo");
  for (const xmlNode* data : XmlChildren(info, kXmlDsigNamespace, "X509Data")) {
    for (const xmlNode* element : XmlChildren(data, kXmlDsigNamespace, "X509Certificate")) {
      const std::optional<std::string> text = XmlOnlyText(element);
      const auto der = base::Base64Decode(text.value_or(""));
      if (der.ok() && !der->empty() && certificates.size() < base::kCertificatesMax) certificates.push_back(*der);
    }
  }
  return certificates;
}

}  // namespace passerelle::proof
