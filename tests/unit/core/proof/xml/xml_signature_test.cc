#include "core/proof/xml/xml_signature.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/xml.h"
#include "core/proof/xml/algorithms.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/proof/xml/signer.h"

namespace passerelle::proof {
namespace {

using base::Reason;

constexpr char kWholeDocument[] = "URI=\"\"";
constexpr char kFirstReport[] = "URI=\"#r1\"";
constexpr absl::string_view kXPath = "http://www.w3.org/TR/1999/REC-xpath-19991116";

std::string XPathTransform(absl::string_view expression, absl::string_view declarations = "") {
  return SignatureShape::Transform(kXPath, absl::StrCat("<ds:XPath", declarations, ">", expression, "</ds:XPath>"));
}

// The reasons that refuse, in order.
std::vector<Reason> Refusals(const XmlVerification& seen) {
  std::vector<Reason> reasons;
  for (const Finding& finding : seen.findings.list()) {
    if (finding.weight == Weight::kRefusal) reasons.push_back(finding.reason);
  }
  return reasons;
}

std::string Describe(const XmlVerification& seen) {
  std::string text = seen.verified ? "verified" : "not verified";
  for (const Finding& finding : seen.findings.list()) {
    absl::StrAppend(&text, "; ", base::Catalogue(finding.reason).name, " at ", finding.place, " ", finding.detail);
  }
  return text;
}

TEST(XmlSignature, AcceptsAndYieldsTheCanonicalContent) {
  const std::string document = SignedTranscript();
  const XmlVerification seen = VerifyXmlSignature(document, RsaSigner().public_key());
  ASSERT_TRUE(seen.accepted()) << Describe(seen);
  EXPECT_EQ(seen.content, Transcript(""));
}

struct Shape {
  std::string name;
  SignatureShape shape;
  const TestSigner& (*signer)() = RsaSigner;
};

TEST(XmlSignature, AcceptsEveryAllowedAlgorithm) {
  const std::string more = "http://www.w3.org/2001/04/xmldsig-more#";
  const std::vector<Shape> shapes = {
      {"rsa-sha384", {.signature_method = more + "rsa-sha384"}},
      {"rsa-sha512", {.signature_method = more + "rsa-sha512"}},
      {"ecdsa-sha256", {.signature_method = more + "ecdsa-sha256"}, EcSigner},
      {"ecdsa-sha512", {.signature_method = more + "ecdsa-sha512"}, EcSigner},
      {"sha384", {.digest = more + "sha384"}},
      {"sha512", {.digest = "http://www.w3.org/2001/04/xmlenc#sha512"}},
      {"exclusive", {.canonicalization = std::string(kExcC14n)}},
      {"exclusive content",
       {.transforms = SignatureShape::Transform(kEnvelopedTransform) + SignatureShape::Transform(kExcC14n)}},
      {"prefixes",
       {.transforms = SignatureShape::Transform(kEnvelopedTransform) +
                      SignatureShape::Transform(kExcC14n,
                                                "<x:InclusiveNamespaces xmlns:x=\"http://www.w3.org/2001/10/"
                                                "xml-exc-c14n#\" PrefixList=\"xs\"/>")}},
      {"filter", {.transforms = XPathTransform(kSignatureFilter) + SignatureShape::Transform(kExcC14n)}},
  };
  for (const Shape& shape : shapes) {
    const XmlVerification seen =
        VerifyXmlSignature(SignedTranscript(shape.shape, shape.signer()), shape.signer().public_key());
    EXPECT_TRUE(seen.accepted()) << shape.name << ": " << Describe(seen);
    EXPECT_FALSE(seen.findings.legacy()) << shape.name;
    EXPECT_TRUE(base::ReadXml(seen.content).ok()) << shape.name;
  }
}

TEST(XmlSignature, FlagsSha1AndLeavesItToTheCaller) {
  for (const SignatureShape& shape : {SignatureShape{.signature_method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
                                      SignatureShape{.digest = "http://www.w3.org/2000/09/xmldsig#sha1"}}) {
    const XmlVerification seen = VerifyXmlSignature(SignedTranscript(shape), RsaSigner().public_key());
    EXPECT_TRUE(seen.accepted()) << Describe(seen);
    EXPECT_TRUE(seen.findings.legacy());
  }
}

struct RefusedShape {
  std::string name;
  SignatureShape shape;
  bool verified;
  Reason reason;
  const TestSigner& (*signer)() = RsaSigner;
};

// Documents that are signed with the right key in a way that the profile refuses.
TEST(XmlSignature, RefusesWhatTheProfileDoesNotAllow) {
  const std::string comments = "#WithComments";
  const std::string enveloped = SignatureShape::Transform(kEnvelopedTransform);
  std::string many;
  for (size_t i = 0; i < base::kXmlReferencesMax; ++i) many += ReferenceTemplate(kWholeDocument, enveloped, kSha256);
  std::string transforms;
  for (size_t i = 0; i <= base::kXmlTransformsMax; ++i) transforms += enveloped;
  const std::string long_filter = absl::StrCat(std::string(base::kXPathBytesMax, ' '), "self::node() or ", "true");
  const std::vector<RefusedShape> shapes = {
      {"part", {.uri_attribute = kFirstReport, .transforms = ""}, true, Reason::kXmlSignatureCoverage},
      {"part twice",
       {.more_references = ReferenceTemplate(kFirstReport, "", kSha256)},
       true,
       Reason::kXmlSignatureCoverage},
      {"comments in SignedInfo",
       {.canonicalization = std::string(kC14n) + comments},
       true,
       Reason::kAlgorithmNotAllowed},
      {"comments in content",
       {.transforms = enveloped + SignatureShape::Transform(absl::StrCat(kExcC14n, "WithComments"))},
       true,
       Reason::kAlgorithmNotAllowed},
      {"C14N 1.1", {.canonicalization = "http://www.w3.org/2006/12/xml-c14n11"}, true, Reason::kAlgorithmNotAllowed},
      {"ecdsa-sha1",
       {.signature_method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"},
       true,
       Reason::kAlgorithmNotAllowed,
       EcSigner},
      {"another filter",
       {.transforms = XPathTransform("not(ancestor-or-self::ds:Signature or self::learner)")},
       true,
       Reason::kXmlSignatureTransform},
      {"filter by name",
       {.transforms = XPathTransform("not(ancestor-or-self::*[local-name()='Signature' or local-name()='learner'])")},
       true,
       Reason::kXmlSignatureTransform},
      {"predicates within predicates",
       {.transforms = enveloped + XPathTransform("self::*[parent::*[parent::*]]")},
       false,
       Reason::kXmlSignatureTransform},
      {"costly filter",
       {.transforms = enveloped + XPathTransform("count(//*) &lt; 1000000")},
       false,
       Reason::kXmlSignatureTransform},
      {"long filter", {.transforms = enveloped + XPathTransform(long_filter)}, false, Reason::kXmlSignatureTransform},
      {"no allowed second pass",
       {.transforms = SignatureShape::Transform(kC14n) + SignatureShape::Transform(kC14n)},
       false,
       Reason::kXmlSignatureTransform},
      {"many references", {.more_references = many}, false, Reason::kXmlSignatureCoverage},
      {"many transforms", {.transforms = transforms}, false, Reason::kXmlSignatureTransform},
      {"weak key", {}, true, Reason::kKeyWeak, WeakSigner},
  };
  for (const RefusedShape& row : shapes) {
    const XmlVerification seen =
        VerifyXmlSignature(SignedTranscript(row.shape, row.signer()), row.signer().public_key());
    EXPECT_EQ(seen.verified, row.verified) << row.name << ": " << Describe(seen);
    EXPECT_FALSE(seen.accepted()) << row.name;
    EXPECT_TRUE(seen.content.empty()) << row.name;
    EXPECT_THAT(Refusals(seen), ::testing::Contains(row.reason)) << row.name << ": " << Describe(seen);
  }
}

struct Edit {
  std::string name;
  std::string from;  // of the signed document
  std::string to;
  Reason reason;
  std::string place_holds = "line ";
};

// Documents that somebody changed after they were signed.
TEST(XmlSignature, RefusesWhatWasChangedAfterwards) {
  const std::string document = SignedTranscript();
  const std::string signature =
      document.substr(document.find("<ds:Signature "), document.find("</elmo>") - document.find("<ds:Signature "));
  const std::string info = signature.substr(signature.find("<ds:SignedInfo>"),
                                            signature.find("<ds:SignatureValue>") - signature.find("<ds:SignedInfo>"));
  const std::string digest = document.substr(document.find("<ds:DigestValue>") + 16, 44);
  const std::string forged =
      absl::StrReplaceAll(Transcript("", "", "Mallory"), {{"<elmo ", "<elmo xmlns:x=\"urn:x\" "}, {"r1", "r2"}});
  const std::vector<Edit> edits = {
      {"content", "Mira", "Mirra", Reason::kSignatureInvalid},
      {"blank", "<learner>", " <learner>", Reason::kSignatureInvalid},
      {"comment in a text", "Solheim", "Sol<!-- -->heim", Reason::kXmlMarkupInContent},
      {"instruction in a text", "Solheim", "Sol<?x?>heim", Reason::kXmlMarkupInContent},
      {"comment in the digest", digest, absl::StrCat("<!--x-->", digest), Reason::kXmlSignatureForm},
      {"other digest", digest, absl::StrCat("AAAA", digest.substr(4)), Reason::kSignatureInvalid},
      {"no base64", digest, absl::StrCat("*", digest.substr(1)), Reason::kXmlSignatureForm},
      {"unsigned", signature, "", Reason::kXmlSignatureMissing, "document"},
      {"two signatures", signature, signature + signature, Reason::kXmlSignatureSeveral},
      {"moved", signature, absl::StrCat("<extension>", signature, "</extension>"), Reason::kXmlSignaturePosition},
      {"two SignedInfo", info, info + info, Reason::kXmlSignatureForm},
      {"no SignedInfo", info, "", Reason::kXmlSignatureForm},
      {"no value", signature.substr(signature.find("<ds:SignatureValue>")), "</ds:Signature>",
       Reason::kXmlSignatureForm},
      {"hmac", std::string(kRsaSha256), "http://www.w3.org/2000/09/xmldsig#hmac-sha1", Reason::kAlgorithmNotAllowed},
      {"xslt", std::string(kEnvelopedTransform), "http://www.w3.org/TR/1999/REC-xslt-19991116",
       Reason::kAlgorithmNotAllowed},
      {"file", kWholeDocument, "URI=\"file:///etc/hostname\"", Reason::kXmlSignatureCoverage},
      {"address", kWholeDocument, "URI=\"http://127.0.0.1:1/\"", Reason::kXmlSignatureCoverage},
      {"xpointer", kWholeDocument, "URI=\"#xpointer(/)\"", Reason::kXmlSignatureCoverage},
      {"quoted id", kWholeDocument, "URI=\"#r1')|id('r1\"", Reason::kXmlSignatureCoverage},
      {"no uri", " URI=\"\"", "", Reason::kXmlSignatureCoverage},
      {"manifest", "</ds:Signature>", "<ds:Object><ds:Manifest/></ds:Object></ds:Signature>",
       Reason::kXmlSignatureForm},
      {"retrieval", "</ds:Signature>", "<ds:KeyInfo><ds:RetrievalMethod URI=\"#r1\"/></ds:KeyInfo></ds:Signature>",
       Reason::kXmlSignatureForm},
      {"length of an HMAC", "rsa-sha256\"/>",
       "rsa-sha256\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>",
       Reason::kXmlSignatureTransform},
      {"wrapped", "<elmo ", absl::StrCat(forged.substr(0, forged.find("</elmo>")), "<elmo "), Reason::kXmlMalformed,
       ""},
      {"doctype", "<elmo ", "<!DOCTYPE elmo><elmo ", Reason::kXmlDoctype, "document"},
      {"entity", "<elmo ", "<!DOCTYPE elmo [<!ENTITY e \"x\">]><elmo ", Reason::kXmlDoctype, "document"},
      {"cut", "</elmo>", "", Reason::kXmlMalformed, "line"},
  };
  for (const Edit& edit : edits) {
    ASSERT_TRUE(absl::StrContains(document, edit.from)) << edit.name;
    std::string changed = document;
    changed.replace(changed.find(edit.from), edit.from.size(), edit.to);
    const XmlVerification seen = VerifyXmlSignature(changed, RsaSigner().public_key());
    EXPECT_FALSE(seen.accepted()) << edit.name;
    EXPECT_TRUE(seen.content.empty()) << edit.name;
    EXPECT_THAT(Refusals(seen), ::testing::Contains(edit.reason)) << edit.name << ": " << Describe(seen);
    for (const Finding& finding : seen.findings.list()) {
      if (finding.reason != edit.reason) continue;
      EXPECT_THAT(finding.place, ::testing::HasSubstr(edit.place_holds)) << edit.name;
    }
  }
}

TEST(XmlSignature, TakesNoIdentityFromTheDocument) {
  const std::string lying = SignedTranscript({.after_value = KeyInfo(OtherRsaSigner().certificate)});
  EXPECT_TRUE(VerifyXmlSignature(lying, RsaSigner().public_key()).accepted());
  EXPECT_FALSE(VerifyXmlSignature(lying, OtherRsaSigner().public_key()).verified);
  EXPECT_FALSE(VerifyXmlSignature(lying, EcSigner().public_key()).verified);
  EXPECT_EQ(XmlSignatureCertificates(lying), std::vector<std::string>{OtherRsaSigner().certificate});
  std::string data;
  for (size_t i = 0; i <= base::kCertificatesMax; ++i) data += X509Data(RsaSigner().certificate);
  const std::string repeated = absl::StrCat("<ds:KeyInfo>", data, "</ds:KeyInfo>");
  EXPECT_EQ(XmlSignatureCertificates(SignedTranscript({.after_value = repeated})).size(), base::kCertificatesMax);
}

TEST(XmlSignature, SaysThatASignatureVerifiesUnderADoctypeOnlyWithinBounds) {
  const std::string document = SignedTranscript();
  const std::string with = absl::StrReplaceAll(document, {{"<elmo ", "<!DOCTYPE elmo><elmo "}});
  EXPECT_TRUE(VerifyXmlSignature(with, RsaSigner().public_key()).verified);
  const std::string large = absl::StrCat(with, std::string(base::kXmlDoctypeBytesMax, ' '));
  EXPECT_FALSE(VerifyXmlSignature(large, RsaSigner().public_key()).verified);
}

TEST(XmlSignature, EvaluatesOtherFiltersOnSmallDocumentsOnly) {
  const std::string shape = SignatureTemplate({.transforms = XPathTransform("not(ancestor-or-self::ds:Signature )")});
  std::string many;
  for (size_t i = 0; i <= base::kXPathNodesMax; ++i) many += "<e/>";
  EXPECT_TRUE(VerifyXmlSignature(Sign(Transcript(shape), RsaSigner()), RsaSigner().public_key()).verified);
  EXPECT_FALSE(VerifyXmlSignature(Sign(Transcript(many + shape), RsaSigner()), RsaSigner().public_key()).verified);
}

TEST(XmlSignature, RefusesAnyIdThatTwoElementsHave) {
  SignatureShape shape{.uri_attribute = kFirstReport, .transforms = ""};
  const std::string document = SignedTranscript(shape);
  const std::string doubled = absl::StrReplaceAll(document, {{"<learner>", "<learner><report ID=\"r1\">x</report>"}});
  const XmlVerification seen = VerifyXmlSignature(doubled, RsaSigner().public_key());
  EXPECT_FALSE(seen.verified);
  EXPECT_THAT(Refusals(seen), ::testing::Contains(Reason::kXmlSignatureCoverage));
}

// Whatever single byte is changed, nothing else is ever consumed than what was signed.
TEST(XmlSignature, NoChangedByteChangesWhatIsConsumed) {
  for (const SignatureShape& shape :
       {SignatureShape{}, SignatureShape{.canonicalization = std::string(kExcC14n),
                          .transforms = XPathTransform(kSignatureFilter) + SignatureShape::Transform(kExcC14n)}}) {
    const std::string document = SignedTranscript(shape);
    const PublicKey key = RsaSigner().public_key();
    const std::string content = VerifyXmlSignature(document, key).content;
    ASSERT_FALSE(content.empty());
    for (size_t i = 0; i < document.size(); ++i) {
      for (const int flip : {0x01, 0x20, 0x80}) {
        std::string changed = document;
        changed[i] = static_cast<char>(changed[i] ^ flip);
        const XmlVerification seen = VerifyXmlSignature(changed, key);
        if (!seen.accepted()) continue;
        ASSERT_EQ(seen.content, content) << "byte " << i << " of " << changed;
      }
    }
  }
}

TEST(XmlSignature, IsTotal) {
  for (const absl::string_view bytes : {"", "<", "<a/>", "not xml", "\xff\xfe", "<a><b></a>"}) {
    EXPECT_FALSE(VerifyXmlSignature(bytes, RsaSigner().public_key()).accepted()) << bytes;
    EXPECT_TRUE(XmlSignatureCertificates(bytes).empty());
  }
  const std::string root = SignatureTemplate({});
  EXPECT_THAT(Refusals(VerifyXmlSignature(root, RsaSigner().public_key())),
              ::testing::Contains(Reason::kXmlSignaturePosition));
}

}  // namespace
}  // namespace passerelle::proof
