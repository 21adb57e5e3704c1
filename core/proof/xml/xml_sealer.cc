#include "core/proof/xml/xml_sealer.h"

#include <libxml/tree.h>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/xml/algorithms.h"
#include "core/proof/xml/tree.h"
#include "core/proof/xml/xml_signature.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

constexpr char kSealC14n[] = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr char kEnveloped[] = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr char kSha256[] = "http://www.w3.org/2001/04/xmlenc#sha256";
constexpr char kRsaSha256[] = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
constexpr char kEcdsaSha256[] = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

xmlNode* AddElement(xmlNode* parent, const char* name, const char* algorithm = nullptr) {
  xmlNode* made = xmlNewChild(parent, parent->ns, BAD_CAST name, nullptr);
  if (algorithm != nullptr) xmlNewProp(made, BAD_CAST "Algorithm", BAD_CAST algorithm);
  return made;
}

void AddText(xmlNode* parent, const char* name, const std::string& text) {
  xmlNewChild(parent, parent->ns, BAD_CAST name, BAD_CAST text.c_str());
}

// SignedInfo, with the digest of the document as it was before.
xmlNode* AddSignedInfo(xmlNode* signature, KeyAlgorithm algorithm, absl::string_view content) {
  xmlNode* info = AddElement(signature, "SignedInfo");
  AddElement(info, "CanonicalizationMethod", kSealC14n);
  AddElement(info, "SignatureMethod", algorithm == KeyAlgorithm::kEs256 ? kEcdsaSha256 : kRsaSha256);
  xmlNode* reference = AddElement(info, "Reference");
  xmlNewProp(reference, BAD_CAST "URI", BAD_CAST "");
  xmlNode* transforms = AddElement(reference, "Transforms");
  AddElement(transforms, "Transform", kEnveloped);
  AddElement(transforms, "Transform", kSealC14n);
  AddElement(reference, "DigestMethod", kSha256);
  AddText(reference, "DigestValue", base::Base64Encode(base::Digest(base::HashAlgorithm::kSha256, content)));
  return info;
}

// Puts the signature at the end of the root. XML has signatures in the same form as JOSE (RFC 6931, 2.3.6).
absl::Status Sign(const XmlTree& tree, const Sealer& sealer) {
  const std::string content = XmlCanonical(tree, tree.root(), XmlForm::kExclusive);
  xmlNode* signature = xmlNewChild(tree.root(), nullptr, BAD_CAST "Signature", nullptr);
  xmlSetNs(signature, xmlNewNs(signature, BAD_CAST kXmlDsigNamespace.data(), BAD_CAST "ds"));
  xmlNode* info = AddSignedInfo(signature, sealer.key().verification_key().algorithm(), content);
  ASSIGN_OR_RETURN(const std::string value, sealer.key().Sign(XmlCanonical(tree, info, XmlForm::kExclusive)));
  AddText(signature, "SignatureValue", base::Base64Encode(value));
  xmlNode* data = AddElement(AddElement(signature, "KeyInfo"), "X509Data");
  for (const Certificate& certificate : sealer.chain()) {
    AddText(data, "X509Certificate", base::Base64Encode(certificate.der()));
  }
  return absl::OkStatus();
}

std::string Text(xmlDoc* document) {
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpMemoryEnc(document, &text, &size, "UTF-8");
  std::string out(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  xmlFree(text);
  return out;
}

}  // namespace

absl::StatusOr<std::string> SealXml(absl::string_view document, const Sealer& sealer, absl::Time at) {
  if (!sealer.CanSealAt(at)) return Problem(Reason::kCertificateExpired, "certificate");
  ASSIGN_OR_RETURN(const XmlTree tree, XmlTree::Parse(document));
  RETURN_IF_ERROR(Sign(tree, sealer));
  std::string sealed = Text(tree.document());
  // Nothing goes out that a verifier would refuse.
  const XmlVerification seen = VerifyXmlSignature(sealed, *sealer.certificate().key());
  if (!seen.accepted()) {
    const auto& findings = seen.findings.list();
    if (findings.empty()) return Problem(Reason::kInternal, "", "the signature does not verify");
    return Problem(findings.front().reason, findings.front().place, findings.front().detail);
  }
  return sealed;
}

}  // namespace passerelle::proof
