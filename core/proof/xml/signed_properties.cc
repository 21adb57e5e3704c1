#include "core/proof/xml/signed_properties.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Reason;

constexpr absl::string_view kXadesNamespaces = "http://uri.etsi.org/01903/v1.";
constexpr absl::string_view kXades141 = "http://uri.etsi.org/01903/v1.4.1#";

// The digest that an algorithm of XML signatures names; null if it is none that is allowed, or SHA-1.
const EVP_MD* DigestMethod(absl::string_view uri) {
  const XmlAlgorithm* algorithm = FindXmlAlgorithm(uri);
  if (algorithm == nullptr || algorithm->use != XmlAlgorithmUse::kDigest ||
      algorithm->standing == XmlStanding::kEvaluatedOnly) {
    return nullptr;
  }
  if (absl::EndsWith(uri, "sha256")) return EVP_sha256();
  if (absl::EndsWith(uri, "sha384")) return EVP_sha384();
  return absl::EndsWith(uri, "sha512") ? EVP_sha512() : EVP_sha1();
}

std::string DigestOf(const EVP_MD* method, absl::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, method, nullptr) != 1) return "";
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string TextOf(const xmlNode* element) {
  return element == nullptr ? "" : std::string(absl::StripAsciiWhitespace(XmlOnlyText(element).value_or("")));
}

// A DER value around its content.
std::string Der(char tag, absl::string_view content) {
  std::string length;
  if (content.size() < 128) {
    length.push_back(static_cast<char>(content.size()));
  } else {
    for (size_t rest = content.size(); rest > 0; rest >>= 8)
      length.insert(length.begin(), static_cast<char>(rest & 0xff));
    length.insert(length.begin(), static_cast<char>(0x80 | length.size()));
  }
  return absl::StrCat(std::string(1, tag), length, content);
}

template <typename T>
std::string DerOf(int (*encode)(const T*, unsigned char**), const T* value) {
  unsigned char* der = nullptr;
  const int size = encode(value, &der);
  if (size <= 0) return "";
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

// IssuerSerial of RFC 5035 for a certificate: its issuer as a directoryName, and its serial number.
std::string IssuerSerial(const X509* certificate) {
  const std::string name = DerOf(i2d_X509_NAME, static_cast<const X509_NAME*>(X509_get_issuer_name(certificate)));
  const std::string serial = DerOf(i2d_ASN1_INTEGER, X509_get0_serialNumber(certificate));
  return Der(0x30, absl::StrCat(Der(0x30, Der('\xa4', name)), serial));
}

std::string SerialNumber(const X509* certificate) {
  const Owned<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* decimal = number == nullptr ? nullptr : BN_bn2dec(number.get());
  const std::string text = decimal == nullptr ? "" : decimal;
  OPENSSL_free(decimal);
  return text;
}

// Whether what stands beside the digest names the certificate too (EN 319 132-1, 5.2.2 and annex D).
bool NamesCertificate(const xmlNode* cert, const std::string& der) {
  const ErrorScope errors;
  const unsigned char* begin = Bytes(der);
  const Owned<X509> certificate(d2i_X509(nullptr, &begin, static_cast<long>(der.size())));
  if (certificate == nullptr) return false;
  const absl::string_view name_space = XmlNodeNamespace(cert);
  if (const xmlNode* second = XmlChild(cert, name_space, "IssuerSerialV2")) {
    const auto stated = base::Base64Decode(TextOf(second));
    return stated.ok() && *stated == IssuerSerial(certificate.get());
  }
  if (const xmlNode* first = XmlChild(cert, name_space, "IssuerSerial")) {
    return TextOf(XmlChild(first, kXmlDsigNamespace, "X509SerialNumber")) == SerialNumber(certificate.get());
  }
  return true;
}

void BindCertificate(const xmlNode* properties, XmlSignaturePlan& plan, XadesVerification& result) {
  const absl::string_view name_space = XmlNodeNamespace(properties);
  const xmlNode* list = XmlChild(properties, name_space, "SigningCertificateV2");
  if (list == nullptr) list = XmlChild(properties, name_space, "SigningCertificate");
  // The first one is the signer's; others are of its path.
  const xmlNode* cert = XmlChild(list, name_space, "Cert");
  const xmlNode* digest = XmlChild(cert, name_space, "CertDigest");
  if (digest == nullptr) {
    plan.findings.Refuse(Reason::kXadesProperties, XmlPlace(properties), "there is no SigningCertificate");
    return;
  }
  const xmlNode* method = XmlChild(digest, kXmlDsigNamespace, "DigestMethod");
  const std::string uri = method == nullptr ? "" : XmlAttributeOf(method, "Algorithm").value_or("");
  const EVP_MD* algorithm = DigestMethod(uri);
  const auto value = base::Base64Decode(TextOf(XmlChild(digest, kXmlDsigNamespace, "DigestValue")));
  if (algorithm == nullptr || !value.ok()) {
    plan.findings.Refuse(Reason::kAlgorithmNotAllowed, XmlPlace(digest), "the digest of the certificate");
    return;
  }
  if (algorithm == EVP_sha1()) {
    plan.findings.Legacy(Reason::kAlgorithmLegacy, XmlPlace(digest), kSha1OfCertificate);
  }
  for (const std::string& certificate : result.certificates) {
    if (DigestOf(algorithm, certificate) == *value) result.certificate = certificate;
  }
  if (result.certificate.empty()) {
    plan.findings.Refuse(Reason::kSignerCertificate, XmlPlace(cert), "KeyInfo does not carry the certificate");
  } else if (!NamesCertificate(cert, result.certificate)) {
    plan.findings.Refuse(Reason::kSignerCertificate, XmlPlace(cert), "issuer or serial number are of another one");
  }
}

void ReadPolicy(const xmlNode* properties, XmlSignaturePlan& plan, XadesVerification& result) {
  const absl::string_view name_space = XmlNodeNamespace(properties);
  const xmlNode* identifier = XmlChild(properties, name_space, "SignaturePolicyIdentifier");
  if (identifier == nullptr) return;
  result.policy = TextOf(XmlDescend(identifier, name_space, {"SignaturePolicyId", "SigPolicyId", "Identifier"}));
  if (result.policy.empty()) result.policy = "implied";
  plan.findings.Note(Reason::kXadesPolicy, XmlPlace(identifier));
}

XmlForm CanonicalForm(absl::string_view algorithm) {
  return absl::StartsWith(algorithm, "http://www.w3.org/2001/10/xml-exc-c14n#") ? XmlForm::kExclusive
                                                                                : XmlForm::kInclusive;
}

// The base64 values of all elements of that name below another one, as far as the limit allows.
void CollectValues(xmlNode* below, absl::string_view local, std::vector<std::string>& values) {
  for (const xmlNode* element : XmlElementsBelow(below, XmlNodeNamespace(below), local)) {
    const auto der = base::Base64Decode(TextOf(element));
    if (der.ok() && !der->empty() && values.size() < base::kCertificatesMax) values.push_back(*der);
  }
}

// 5.4.1, 5.4.2 and 5.5.2 with annex A.1.5: what a later check needs, of the signature and of its time-stamps.
void ReadValidationData(xmlNode* properties, XadesVerification& result) {
  const absl::string_view name_space = XmlNodeNamespace(properties);
  std::vector<xmlNode*> holders = {properties};
  for (xmlNode* data : XmlChildren(properties, kXades141, "TimeStampValidationData")) holders.push_back(data);
  for (const xmlNode* holder : holders) {
    for (xmlNode* values : XmlChildren(holder, name_space, "CertificateValues")) {
      CollectValues(values, "EncapsulatedX509Certificate", result.certificates);
    }
    for (xmlNode* values : XmlChildren(holder, name_space, "RevocationValues")) {
      CollectValues(values, "EncapsulatedCRLValue", result.evidence.revocation_lists);
      CollectValues(values, "EncapsulatedOCSPValue", result.evidence.ocsp_responses);
    }
  }
}

}  // namespace

void ReadSignedProperties(XmlSignaturePlan& plan, XadesVerification& result) {
  const xmlNode* all = plan.signed_properties;
  const absl::string_view name_space = XmlNodeNamespace(all);
  const xmlNode* qualifying = all->parent;
  const std::string target = absl::StrCat("#", XmlAttributeOf(plan.signature, "Id").value_or(""));
  const xmlNode* properties = XmlChild(all, name_space, "SignedSignatureProperties");
  if (!absl::StartsWith(name_space, kXadesNamespaces) || properties == nullptr ||
      !IsXmlElement(qualifying, name_space, "QualifyingProperties") ||
      XmlAttributeOf(qualifying, "Target").value_or("") != target) {
    plan.findings.Refuse(Reason::kXadesProperties, XmlPlace(all), "they are malformed, or qualify another signature");
    return;
  }
  result.level = XadesLevel::kB;
  BindCertificate(properties, plan, result);
  result.signing_time = base::ParseDateTime(TextOf(XmlChild(properties, name_space, "SigningTime")));
  if (!result.signing_time) plan.findings.Refuse(Reason::kXadesProperties, XmlPlace(properties), "SigningTime");
  ReadPolicy(properties, plan, result);
}

void ReadUnsignedProperties(const XmlTree& tree, XmlSignaturePlan& plan, XadesVerification& result) {
  if (result.level == XadesLevel::kNone) return;
  const absl::string_view name_space = XmlNodeNamespace(plan.signed_properties);
  xmlNode* properties =
      XmlDescend(plan.signed_properties->parent, name_space, {"UnsignedProperties", "UnsignedSignatureProperties"});
  if (properties == nullptr) return;
  ReadValidationData(properties, result);
  xmlNode* value = XmlChild(plan.signature, kXmlDsigNamespace, "SignatureValue");
  for (const xmlNode* stamp : XmlChildren(properties, name_space, "SignatureTimeStamp")) {
    const auto token = base::Base64Decode(TextOf(XmlChild(stamp, name_space, "EncapsulatedTimeStamp")));
    const xmlNode* method = XmlChild(stamp, kXmlDsigNamespace, "CanonicalizationMethod");
    if (!token.ok() || token->empty() || result.timestamps.size() >= base::kCertificatesMax) {
      plan.findings.Note(Reason::kXadesProperties, XmlPlace(stamp), "a time-stamp is malformed");
      continue;
    }
    const std::string uri = method == nullptr ? "" : XmlAttributeOf(method, "Algorithm").value_or("");
    result.timestamps.push_back({*token, value == nullptr ? "" : XmlCanonical(tree, value, CanonicalForm(uri))});
  }
  if (result.timestamps.empty()) return;
  result.level = XadesLevel::kT;
  const bool validation_data = (XmlChild(properties, name_space, "CertificateValues") != nullptr &&
                                XmlChild(properties, name_space, "RevocationValues") != nullptr) ||
                               XmlChild(properties, kXades141, "TimeStampValidationData") != nullptr;
  if (!validation_data) return;
  const bool archived = XmlChild(properties, kXades141, "ArchiveTimeStamp") != nullptr ||
                        XmlChild(properties, name_space, "ArchiveTimeStamp") != nullptr;
  result.level = archived ? XadesLevel::kLta : XadesLevel::kLt;
}

}  // namespace passerelle::proof
