#include "core/proof/xml/xades.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/proof/xml/signer.h"

namespace passerelle::proof {
namespace {

using base::Reason;

std::string CertDigest(const std::string& certificate) {
  const base::Sha256Digest digest = base::Sha256(certificate);
  return base::Base64Encode(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

// What tests vary of a XAdES signature.
struct Seal {
  const TestSigner* signer = &RsaSigner();
  const TestSigner* named = &RsaSigner();  // in SigningCertificateV2
  std::string key_info = KeyInfo(RsaSigner().certificate);
  std::string target = "#s1";
  std::string time = "<x:SigningTime>2025-06-01T10:00:00Z</x:SigningTime>";
  std::string serial = "";  // beside the digest
  std::string policy = "";
  std::string unsigned_properties = "";
  std::string properties_uri = "#sp1";
  bool with_certificate = true;
};

std::string Sealed(const Seal& seal) {
  const std::string certificate =
      absl::StrCat("<x:SigningCertificateV2><x:Cert><x:CertDigest><ds:DigestMethod Algorithm=\"", kSha256,
                   "\"/><ds:DigestValue>", CertDigest(seal.named->certificate), "</ds:DigestValue></x:CertDigest>",
                   seal.serial, "</x:Cert></x:SigningCertificateV2>");
  const std::string object = absl::StrCat(
      "<ds:Object><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"", seal.target,
      "\"><x:SignedProperties Id=\"sp1\"><x:SignedSignatureProperties>", seal.time,
      seal.with_certificate ? certificate : "", seal.policy, "</x:SignedSignatureProperties></x:SignedProperties>",
      seal.unsigned_properties, "</x:QualifyingProperties></ds:Object>");
  SignatureShape shape;
  shape.id = "s1";
  shape.more_references = ReferenceTemplate(
      absl::StrCat("Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"", seal.properties_uri, "\""),
      SignatureShape::Transform(kExcC14n), kSha256);
  shape.after_value = absl::StrCat(seal.key_info, object);
  return SignedTranscript(shape, *seal.signer);
}

std::vector<Reason> Refusals(const XadesVerification& seen) {
  std::vector<Reason> reasons;
  for (const Finding& finding : seen.signature.findings.list()) {
    if (finding.weight == Weight::kRefusal) reasons.push_back(finding.reason);
  }
  return reasons;
}

TEST(Xades, BindsTheCertificateThatWasMeant) {
  // KeyInfo may carry others before it.
  Seal seal;
  seal.key_info = absl::StrCat("<ds:KeyInfo>", X509Data(OtherRsaSigner().certificate),
                               X509Data(RsaSigner().certificate), "</ds:KeyInfo>");
  const XadesVerification seen = VerifyXades(Sealed(seal));
  EXPECT_THAT(Refusals(seen), ::testing::IsEmpty());
  ASSERT_TRUE(seen.signature.accepted());
  EXPECT_EQ(seen.certificate, RsaSigner().certificate);
  EXPECT_EQ(seen.certificates.size(), 2u);
  EXPECT_EQ(seen.signing_time, absl::FromCivil(absl::CivilHour(2025, 6, 1, 10), absl::UTCTimeZone()));
  EXPECT_EQ(seen.level, XadesLevel::kB);
  EXPECT_EQ(seen.signature.content, Transcript(""));
}

struct Row {
  std::string name;
  std::function<void(Seal&)> change;
  Reason reason;
};

TEST(Xades, RefusesSealsThatSayTooLittleOrSomethingElse) {
  const std::vector<Row> rows = {
      {"another certificate is named", [](Seal& s) { s.named = &OtherRsaSigner(); }, Reason::kSignerCertificate},
      {"none is carried", [](Seal& s) { s.key_info = ""; }, Reason::kSignerCertificate},
      {"none is named", [](Seal& s) { s.with_certificate = false; }, Reason::kXadesProperties},
      {"signed by another key", [](Seal& s) { s.signer = &OtherRsaSigner(); }, Reason::kSignatureInvalid},
      {"other serial number",
       [](Seal& s) {
         s.serial =
             "<x:IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>12"
             "</ds:X509SerialNumber></x:IssuerSerial>";
       },
       Reason::kSignerCertificate},
      {"other issuer", [](Seal& s) { s.serial = "<x:IssuerSerialV2>MAMCAQs=</x:IssuerSerialV2>"; },
       Reason::kSignerCertificate},
      {"about another signature", [](Seal& s) { s.target = "#s2"; }, Reason::kXadesProperties},
      {"no time", [](Seal& s) { s.time = ""; }, Reason::kXadesProperties},
      {"no real time", [](Seal& s) { s.time = "<x:SigningTime>yesterday</x:SigningTime>"; }, Reason::kXadesProperties},
      {"properties elsewhere", [](Seal& s) { s.properties_uri = "#r1"; }, Reason::kXmlSignatureCoverage},
  };
  for (const Row& row : rows) {
    Seal seal;
    row.change(seal);
    const XadesVerification seen = VerifyXades(Sealed(seal));
    EXPECT_FALSE(seen.signature.accepted()) << row.name;
    EXPECT_TRUE(seen.signature.content.empty()) << row.name;
    EXPECT_THAT(Refusals(seen), ::testing::Contains(row.reason)) << row.name;
  }
}

TEST(Xades, TakesTheSerialNumberOfTheCertificate) {
  Seal seal;
  seal.serial =
      "<x:IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>11"
      "</ds:X509SerialNumber></x:IssuerSerial>";
  EXPECT_TRUE(VerifyXades(Sealed(seal)).signature.accepted());
}

TEST(Xades, ReportsPolicyAndLevel) {
  Seal seal;
  seal.policy =
      "<x:SignaturePolicyIdentifier><x:SignaturePolicyId><x:SigPolicyId><x:Identifier>urn:policy:1"
      "</x:Identifier></x:SigPolicyId></x:SignaturePolicyId></x:SignaturePolicyIdentifier>";
  EXPECT_EQ(VerifyXades(Sealed(seal)).policy, "urn:policy:1");
  const std::string stamp =
      "<x:SignatureTimeStamp><x:EncapsulatedTimeStamp>MAA=</x:EncapsulatedTimeStamp>"
      "</x:SignatureTimeStamp>";
  const std::string values = "<x:CertificateValues/><x:RevocationValues/>";
  const std::pair<std::string, XadesLevel> rows[] = {
      {stamp, XadesLevel::kT},
      {"<x:SignatureTimeStamp/>", XadesLevel::kB},
      {values, XadesLevel::kB},
      {stamp + values, XadesLevel::kLt},
      {stamp + values + "<x:ArchiveTimeStamp/>", XadesLevel::kLta},
  };
  for (const auto& [properties, level] : rows) {
    seal.unsigned_properties = absl::StrCat("<x:UnsignedProperties><x:UnsignedSignatureProperties>", properties,
                                            "</x:UnsignedSignatureProperties></x:UnsignedProperties>");
    const XadesVerification seen = VerifyXades(Sealed(seal));
    EXPECT_TRUE(seen.signature.accepted()) << properties;
    EXPECT_EQ(seen.level, level) << properties;
    if (level == XadesLevel::kT) {
      ASSERT_EQ(seen.timestamps.size(), 1u);
      EXPECT_TRUE(absl::StartsWith(seen.timestamps[0].stamped, "<ds:SignatureValue xmlns"));
    }
  }
}

TEST(Xades, CountsACounterSignatureAsNone) {
  Seal seal;
  seal.unsigned_properties =
      absl::StrCat("<x:UnsignedProperties><x:UnsignedSignatureProperties><x:CounterSignature>", SignatureTemplate({}),
                   "</x:CounterSignature></x:UnsignedSignatureProperties>"
                   "</x:UnsignedProperties>");
  const XadesVerification seen = VerifyXades(Sealed(seal));
  EXPECT_TRUE(seen.signature.accepted());
  // The same outside of the signature is a second one.
  const std::string moved = absl::StrReplaceAll(
      Sealed({}),
      {{"<learner>", absl::StrCat("<CounterSignature>", SignatureTemplate({}), "</CounterSignature><learner>")}});
  EXPECT_FALSE(VerifyXades(moved).signature.accepted());
}

TEST(Xades, RefusesPlainSignaturesAndAnyBytes) {
  EXPECT_THAT(Refusals(VerifyXades(SignedTranscript({.after_value = KeyInfo(RsaSigner().certificate)}))),
              ::testing::Contains(Reason::kXadesProperties));
  EXPECT_FALSE(VerifyXades("").signature.accepted());
  EXPECT_FALSE(VerifyXades("<a/>").signature.accepted());
}

TEST(Xades, NoChangedByteChangesWhatIsConsumed) {
  const std::string document = Sealed({});
  const std::string content = VerifyXades(document).signature.content;
  ASSERT_FALSE(content.empty());
  for (size_t i = 0; i < document.size(); ++i) {
    std::string changed = document;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    const XadesVerification seen = VerifyXades(changed);
    if (!seen.signature.accepted()) continue;
    ASSERT_EQ(seen.signature.content, content) << "byte " << i << " of " << changed;
    ASSERT_EQ(seen.certificate, RsaSigner().certificate) << "byte " << i;
  }
}

}  // namespace
}  // namespace passerelle::proof
