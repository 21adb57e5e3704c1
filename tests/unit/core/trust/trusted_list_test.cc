#include "core/trust/trusted_list.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/proof/xml/xml_signature.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/proof/xml/signer.h"
#include "tests/unit/core/trust/bundle_fixture.h"

namespace passerelle::trust {
namespace {

using base::Reason;
using proof::EcSigner;
using proof::OtherRsaSigner;
using proof::RsaSigner;
using proof::TestSigner;
using testing::HasReason;

std::string Identity(const std::string& certificate) {
  return absl::StrCat("<ServiceDigitalIdentity><DigitalId><X509Certificate>", base::Base64Encode(certificate),
                      "</X509Certificate></DigitalId></ServiceDigitalIdentity>");
}

std::string Service(absl::string_view type, absl::string_view status, absl::string_view from,
                    absl::string_view history) {
  return absl::StrCat("<TSPService><ServiceInformation><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/",
                      type, "</ServiceTypeIdentifier>", Identity(EcSigner().certificate),
                      "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/", status,
                      "</ServiceStatus><StatusStartingTime>", from,
                      "</StatusStartingTime><ServiceInformationExtensions><Extension Critical=\"false\">"
                      "<AdditionalServiceInformation><URI xml:lang=\"en\">http://uri.etsi.org/TrstSvc/TrustedList/"
                      "SvcInfoExt/ForeSeals</URI></AdditionalServiceInformation></Extension>"
                      "</ServiceInformationExtensions></ServiceInformation>",
                      history, "</TSPService>");
}

std::string Past(absl::string_view status, absl::string_view from) {
  return absl::StrCat("<ServiceHistoryInstance><ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/",
                      status, "</ServiceStatus><StatusStartingTime>", from,
                      "</StatusStartingTime></ServiceHistoryInstance>");
}

std::string Pointer(absl::string_view type, absl::string_view mime, const TestSigner& signer) {
  return absl::StrCat("<OtherTSLPointer><ServiceDigitalIdentities>", Identity(signer.certificate),
                      "</ServiceDigitalIdentities><TSLLocation>https://lists.example/", type,
                      "</TSLLocation><AdditionalInformation><OtherInformation><TSLType>http://uri.etsi.org/TrstSvc/"
                      "TrustedList/TSLType/",
                      type,
                      "</TSLType></OtherInformation><OtherInformation><SchemeTerritory>XA</SchemeTerritory>"
                      "</OtherInformation><OtherInformation><MimeType>",
                      mime, "</MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer>");
}

// An unsigned list of an invented country; `pointers` and `services` as they stand in it.
std::string List(absl::string_view type, absl::string_view pointers, absl::string_view services) {
  return absl::StrCat(
      "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation><TSLSequenceNumber>7"
      "</TSLSequenceNumber><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/",
      type,
      "</TSLType><SchemeTerritory>XA</SchemeTerritory><SchemeInformationURI><URI xml:lang=\"en\">"
      "https://lists.example/pivot-1.xml</URI></SchemeInformationURI><PointersToOtherTSL>",
      pointers,
      "</PointersToOtherTSL><ListIssueDateTime>2025-06-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>"
      "2025-12-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation><TrustServiceProviderList>"
      "<TrustServiceProvider><TSPInformation/><TSPServices>",
      services, "</TSPServices></TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>");
}

const std::string kServices =
    absl::StrCat(Service("CA/QC", "withdrawn", "2024-01-01T00:00:00Z",
                         absl::StrCat("<ServiceHistory>", Past("granted", "2016-07-01T00:00:00Z"),
                                      Past("undersupervision", "2010-01-01T00:00:00Z"), "</ServiceHistory>")),
                 Service("TSA/QTST", "granted", "2020-01-01T00:00:00Z", ""),
                 Service("EDS/Q", "granted", "2020-01-01T00:00:00Z", ""));

TEST(TrustedList, ReadsServicesWithTheirHistory) {
  const std::string bytes = proof::Seal(List("EUgeneric", "", kServices), RsaSigner());
  ASSERT_OK_AND_ASSIGN(const TrustedList list, OpenTrustedList(bytes, {RsaSigner().certificate}));
  EXPECT_EQ(list.territory, "XA");
  EXPECT_EQ(list.sequence_number, 7);
  EXPECT_EQ(list.sha256, base::Sha256Hex(bytes));
  EXPECT_FALSE(list.IsStale(At(2025, 12, 1)));
  EXPECT_TRUE(list.IsStale(At(2025, 12, 2)));
  ASSERT_EQ(list.services.size(), 2u);
  const v1::ServiceCertificate& authority = list.services[0];
  EXPECT_EQ(authority.kind(), v1::SERVICE_KIND_CA_QC);
  EXPECT_EQ(authority.certificate(), EcSigner().certificate);
  EXPECT_THAT(authority.uses(), ::testing::ElementsAre("seals"));
  // Supervised and granted are one period, which ends when the status is withdrawn.
  ASSERT_EQ(authority.granted_size(), 1);
  EXPECT_EQ(base::FromProto(authority.granted(0).from()), At(2010));
  EXPECT_EQ(base::FromProto(authority.granted(0).to()), At(2024) - absl::Seconds(1));
  EXPECT_FALSE(list.services[1].granted(0).has_to());
}

TEST(TrustedList, IsTakenFromItsSignersOnly) {
  const std::string bytes = proof::Seal(List("EUgeneric", "", kServices), RsaSigner());
  EXPECT_THAT(OpenTrustedList(bytes, {OtherRsaSigner().certificate}), HasReason(Reason::kTrustedListUnusable));
  EXPECT_THAT(OpenTrustedList(bytes, {}), HasReason(Reason::kTrustedListUnusable));
  const std::string changed = absl::StrReplaceAll(bytes, {{"withdrawn", "granted"}});
  EXPECT_THAT(OpenTrustedList(changed, {RsaSigner().certificate}), HasReason(Reason::kTrustedListUnusable));
  EXPECT_THAT(OpenTrustedList(List("EUgeneric", "", kServices), {RsaSigner().certificate}),
              HasReason(Reason::kTrustedListUnusable));
}

TEST(TrustedList, RefusesListsWithoutTheirParts) {
  const std::string whole = List("EUgeneric", "", kServices);
  for (const absl::string_view part :
       {"<TSPInformation/>", "<TSLSequenceNumber>7</TSLSequenceNumber>", "<SchemeTerritory>XA</SchemeTerritory>",
        "<ListIssueDateTime>2025-06-01T00:00:00Z</ListIssueDateTime>"}) {
    const std::string bytes = proof::Seal(absl::StrReplaceAll(whole, {{part, ""}}), RsaSigner());
    EXPECT_THAT(OpenTrustedList(bytes, {RsaSigner().certificate}), HasReason(Reason::kTrustedListUnusable)) << part;
  }
  EXPECT_THAT(OpenTrustedList(proof::Seal("<elmo></elmo>", RsaSigner()), {RsaSigner().certificate}),
              HasReason(Reason::kTrustedListUnusable));
}

// The Official Journal names `RsaSigner`; one pivot hands over to `OtherRsaSigner`, a second one to `EcSigner`.
TEST(ListOfLists, IsFollowedThroughItsPivots) {
  const std::string type = "EUlistofthelists";
  const std::vector<std::string> journal = {RsaSigner().certificate};
  const std::string first =
      proof::Seal(List(type, Pointer(type, "application/vnd.etsi.tsl+xml", OtherRsaSigner()), ""), RsaSigner());
  const std::string second =
      proof::Seal(List(type, Pointer(type, "application/vnd.etsi.tsl+xml", RsaSigner()), ""), OtherRsaSigner());
  const std::string national = absl::StrCat(Pointer("EUgeneric", "application/vnd.etsi.tsl+xml", EcSigner()),
                                            Pointer("EUgeneric", "application/pdf", EcSigner()));
  const std::string by_other = proof::Seal(List(type, national, ""), OtherRsaSigner());
  ASSERT_OK_AND_ASSIGN(const TrustedList list, OpenListOfLists(by_other, {first}, journal));
  ASSERT_EQ(list.pointers.size(), 1u);
  EXPECT_EQ(list.pointers[0].territory, "XA");
  EXPECT_EQ(list.pointers[0].certificates, std::vector<std::string>{EcSigner().certificate});
  EXPECT_EQ(list.information, std::vector<std::string>{"https://lists.example/pivot-1.xml"});
  // Without the pivot, with pivots in the wrong order, and with one that nobody handed over to.
  EXPECT_THAT(OpenListOfLists(by_other, {}, journal), HasReason(Reason::kTrustedListUnusable));
  EXPECT_THAT(OpenListOfLists(by_other, {second, first}, journal), HasReason(Reason::kTrustedListUnusable));
  EXPECT_THAT(OpenListOfLists(by_other, {first, second}, {OtherRsaSigner().certificate}),
              ::testing::Not(HasReason(Reason::kInternal)));
  const std::string by_first = proof::Seal(List(type, national, ""), RsaSigner());
  EXPECT_TRUE(OpenListOfLists(by_first, {}, journal).ok());
  EXPECT_THAT(OpenListOfLists(proof::Seal(List("EUgeneric", "", ""), RsaSigner()), {}, journal),
              HasReason(Reason::kTrustedListUnusable));
}

// Real lists, opened with the certificates that they carry themselves: this shows that they are read, not that they are
// trusted.
TEST(RealLists, AreReadOrRefusedForTheirDefect) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::kSourceDir) / "../shared/corpus/trust/trusted-lists";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: " << folder << " is not at hand";
  const std::pair<const char*, bool> rows[] = {
      {"dk_tl-sn21.xml", true},
      {"ie-tl.xml", true},
      {"fi-v6.xml", true},
      {"eu-lotl-pivot.xml", true},
      {"eu-lotl-broken-sig.xml", false},
      {"fi-v6-no-service-information.xml", false},
      {"fi-v6-no-tsp-information.xml", false},
  };
  for (const auto& [name, good] : rows) {
    std::ifstream in(folder / name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto list = OpenTrustedList(bytes, proof::XmlSignatureCertificates(bytes));
    EXPECT_EQ(list.ok(), good) << name << ": " << list.status();
    if (!list.ok()) continue;
    std::printf("%s: %s, number %d, %zu services, %zu pointers\n", name, list->territory.c_str(),
                static_cast<int>(list->sequence_number), list->services.size(), list->pointers.size());
    EXPECT_GT(list->services.size() + list->pointers.size(), 0u) << name;
  }
}

}  // namespace
}  // namespace passerelle::trust
