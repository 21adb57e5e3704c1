#include "tests/unit/core/proof/xml/signer.h"

#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/valid.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/proof/xml/engine.h"

namespace passerelle::proof {
namespace {

// Valid from 2020 to 2040, self-signed.
std::string Certificate(EVP_PKEY* key, absl::string_view name, long serial) {
  const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  ASN1_TIME_set_string(X509_getm_notBefore(made.get()), "20200101000000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(made.get()), "20400101000000Z");
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_set_pubkey(made.get(), key);
  EXPECT_GT(X509_sign(made.get(), key, EVP_sha256()), 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(made.get(), &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

TestSigner Make(EVP_PKEY* key, absl::string_view name, long serial) {
  TestSigner signer;
  signer.key = std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
  signer.certificate = Certificate(key, name, serial);
  return signer;
}

void RegisterIds(xmlDoc* document, xmlNode* node) {
  for (; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    xmlAttr* id = xmlHasProp(node, BAD_CAST "Id");
    if (id != nullptr) xmlAddID(nullptr, document, id->children->content, id);
    RegisterIds(document, node->children);
  }
}

}  // namespace

PublicKey TestSigner::public_key() const { return *PublicKey::FromCertificate(certificate); }

const TestSigner& RsaSigner() {
  static const auto& signer = *new TestSigner(Make(EVP_RSA_gen(2048), "Provider of transcripts", 11));
  return signer;
}

const TestSigner& OtherRsaSigner() {
  static const auto& signer = *new TestSigner(Make(EVP_RSA_gen(2048), "Provider of transcripts", 12));
  return signer;
}

const TestSigner& WeakSigner() {
  static const auto& signer = *new TestSigner(Make(EVP_RSA_gen(1024), "Short key", 13));
  return signer;
}

const TestSigner& EcSigner() {
  static const auto& signer = *new TestSigner(Make(EVP_EC_gen("P-256"), "Provider on a curve", 14));
  return signer;
}

std::string SignatureShape::Transform(absl::string_view algorithm, absl::string_view inside) {
  return absl::StrCat("<ds:Transform Algorithm=\"", algorithm, "\">", inside, "</ds:Transform>");
}

std::string ReferenceTemplate(absl::string_view attributes, absl::string_view transforms, absl::string_view digest) {
  return absl::StrCat("<ds:Reference ", attributes, ">",
                      transforms.empty() ? "" : absl::StrCat("<ds:Transforms>", transforms, "</ds:Transforms>"),
                      "<ds:DigestMethod Algorithm=\"", digest, "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>");
}

std::string SignatureTemplate(const SignatureShape& shape) {
  return absl::StrCat("<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
                      shape.id.empty() ? "" : absl::StrCat(" Id=\"", shape.id, "\""),
                      "><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"", shape.canonicalization,
                      "\"/><ds:SignatureMethod Algorithm=\"", shape.signature_method, "\"/>",
                      ReferenceTemplate(shape.uri_attribute, shape.transforms, shape.digest), shape.more_references,
                      "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>", shape.after_value, "</ds:Signature>");
}

std::string X509Data(absl::string_view certificate) {
  return absl::StrCat("<ds:X509Data><ds:X509Certificate>", base::Base64Encode(certificate),
                      "</ds:X509Certificate></ds:X509Data>");
}

std::string KeyInfo(absl::string_view certificate) {
  return absl::StrCat("<ds:KeyInfo>", X509Data(certificate), "</ds:KeyInfo>");
}

std::string Transcript(absl::string_view before_end, absl::string_view prolog, absl::string_view name) {
  return absl::StrCat(prolog, "<elmo xmlns=\"https://github.com/emrex-eu/elmo-schemas/tree/v1\"><learner><givenNames>",
                      name,
                      "</givenNames><familyName>Solheim</familyName></learner><report Id=\"r1\"><issuer>"
                      "<identifier type=\"schac\">fjord.example</identifier></issuer>"
                      "<learningOpportunitySpecification><title xml:lang=\"en\">Tidal Energy &amp; Grids</title>"
                      "</learningOpportunitySpecification></report>",
                      before_end, "</elmo>");
}

std::string Sign(absl::string_view document, const TestSigner& signer) {
  EXPECT_TRUE(SetUpXmlEngine());
  xmlDoc* tree = xmlReadMemory(document.data(), static_cast<int>(document.size()), nullptr, nullptr, XML_PARSE_NONET);
  if (tree == nullptr) {
    ADD_FAILURE() << "the document to sign is malformed: " << document;
    return "";
  }
  RegisterIds(tree, xmlDocGetRootElement(tree));
  xmlSecDSigCtx* context = xmlSecDSigCtxCreate(nullptr);
  context->signKey = xmlSecKeyCreate();
  EVP_PKEY_up_ref(signer.key.get());
  xmlSecKeySetValue(context->signKey, xmlSecOpenSSLEvpKeyAdopt(signer.key.get()));
  xmlNode* node = xmlSecFindNode(xmlDocGetRootElement(tree), xmlSecNodeSignature, xmlSecDSigNs);
  EXPECT_GE(xmlSecDSigCtxSign(context, node), 0) << document;
  xmlSecDSigCtxDestroy(context);
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpMemory(tree, &text, &size);
  std::string result(reinterpret_cast<char*>(text), static_cast<size_t>(size));
  xmlFree(text);
  xmlFreeDoc(tree);
  return result;
}

std::string Seal(absl::string_view document, const TestSigner& signer) {
  const base::Sha256Digest digest = base::Sha256(signer.certificate);
  const std::string value =
      base::Base64Encode(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  SignatureShape shape;
  shape.id = "s1";
  shape.canonicalization = std::string(kExcC14n);
  shape.transforms = SignatureShape::Transform(kEnvelopedTransform) + SignatureShape::Transform(kExcC14n);
  shape.more_references = ReferenceTemplate("Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#sp1\"",
                                            SignatureShape::Transform(kExcC14n), kSha256);
  shape.after_value =
      absl::StrCat(KeyInfo(signer.certificate),
                   "<ds:Object><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#s1\">"
                   "<x:SignedProperties Id=\"sp1\"><x:SignedSignatureProperties><x:SigningTime>2025-06-01T10:00:00Z"
                   "</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest><ds:DigestMethod Algorithm=\"",
                   kSha256, "\"/><ds:DigestValue>", value,
                   "</ds:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties>"
                   "</x:SignedProperties></x:QualifyingProperties></ds:Object>");
  const size_t end = document.rfind("</");
  return Sign(absl::StrCat(document.substr(0, end), SignatureTemplate(shape), document.substr(end)), signer);
}

std::string SignedTranscript(const SignatureShape& shape, const TestSigner& signer) {
  return Sign(Transcript(SignatureTemplate(shape)), signer);
}

}  // namespace passerelle::proof
