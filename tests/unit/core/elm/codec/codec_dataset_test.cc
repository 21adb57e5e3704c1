// Documents that are no credential (catalogues, accreditation), seals in compact form, and one id with two contents.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/elm/codec.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::elm {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr absl::string_view kContext = R"("@context":"http://data.europa.eu/snb/model/context/edc-ap")";
constexpr absl::string_view kOpportunity =
    R"("@id":"urn:lo:1","@type":"LearningOpportunity","title":{"en":"Tides"},"publisher":{"@id":"urn:org:1"})";
constexpr absl::string_view kAccreditation =
    R"("@id":"urn:ac:1","@type":"Accreditation","title":{"en":"Positive"},"organisation":{"@id":"urn:org:1"})";

std::vector<std::string> RulesOf(const std::vector<Finding>& findings) {
  std::vector<std::string> rules;
  for (const Finding& finding : findings) rules.push_back(absl::StrCat(finding.rule, " ", finding.pointer));
  return rules;
}

// An opportunity with a price, which stands under a property that no context has a term for.
std::string Priced(absl::string_view value) {
  return absl::StrCat("{", kContext, R"(,"@id":"urn:lo:3","@type":"LearningOpportunity","priceDetail":)",
                      R"({"@type":"PriceDetail","amount":{"@type":"Amount",)",
                      R"("http://www.w3.org/1999/02/22-rdf-syntax-ns#value":)", value, "}}}");
}

TEST(CodecDatasetTest, CataloguesAndAccreditationsAreReadAndWrittenTheSame) {
  const std::vector<std::string> documents = {
      absl::StrCat("{", kContext, ",", kOpportunity, "}"),
      absl::StrCat("{", kContext, ",", kAccreditation, "}"),
      absl::StrCat("{", kContext, R"(,"@graph":[{)", kOpportunity, "},{", kAccreditation, "}]}"),
      absl::StrCat("{", kContext,
                   R"(,"@id":"urn:lo:2","@type":"LearningOpportunity","learningAchievementSpecification":)"
                   R"({"@type":"QualificationReference","identifier":{"@type":"Identifier","notation":"Q-7"}}})"),
      Priced(R"({"@type":"http://www.w3.org/2001/XMLSchema#decimal","@value":"12.50"})"),
  };
  for (const std::string& document : documents) {
    SCOPED_TRACE(document);
    ASSERT_OK_AND_ASSIGN(const ReadDataset read, ReadData(document));
    EXPECT_EQ(WriteData(read.dataset), document);
    EXPECT_TRUE(read.findings.empty());
  }
}

TEST(CodecDatasetTest, ALiteralThatNoContextGivesATypeIsWrittenWithIt) {
  const std::string typed = Priced(R"({"@type":"http://www.w3.org/2001/XMLSchema#decimal","@value":"12.50"})");
  for (const char* const untyped : {R"("12.50")", R"({"@value":"12.50"})", "12.50"}) {
    ASSERT_OK_AND_ASSIGN(const ReadDataset read, ReadData(Priced(untyped)));
    EXPECT_THAT(RulesOf(read.findings),
                ElementsAre("json.literal-type "
                            "/priceDetail/amount/http:~1~1www.w3.org~11999~102~122-rdf-syntax-ns#value"))
        << untyped;
    EXPECT_EQ(WriteData(read.dataset), typed);
  }
}

TEST(CodecDatasetTest, NamesOfCredentialsAreWrittenWhereTheirContextIs) {
  const std::string document =
      R"({"@context":["https://www.w3.org/2018/credentials/v1","http://data.europa.eu/snb/model/context/edc-ap"],)"
      R"("id":"urn:lo:1","type":"LearningOpportunity","publisher":{"id":"urn:org:1"}})";
  ASSERT_OK_AND_ASSIGN(const ReadDataset read, ReadData(document));
  EXPECT_EQ(WriteData(read.dataset), document);
}

TEST(CodecDatasetTest, NodesInAnArrayAndContextsOnEachAreOneDataSet) {
  ASSERT_OK_AND_ASSIGN(const ReadDataset read, ReadData(absl::StrCat("[{", kContext, ",", kOpportunity, "},{", kContext,
                                                                     ",", kAccreditation, R"(,"tides":7}])")));
  EXPECT_EQ(read.dataset.node_size(), 2);
  EXPECT_EQ(read.dataset.context_size(), 1);
  EXPECT_THAT(RulesOf(read.findings), ElementsAre("json.unknown-member /1/tides"));
  ASSERT_OK_AND_ASSIGN(const ReadDataset again, ReadData(WriteData(read.dataset)));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read.dataset, again.dataset));
}

TEST(CodecDatasetTest, ANodeThatKeepsAGraphStaysANode) {
  const std::string document = absl::StrCat("{", kContext, R"(,"@graph":[{)", kOpportunity, R"(,"@graph":[2]}]})");
  ASSERT_OK_AND_ASSIGN(const ReadDataset read, ReadData(document));
  EXPECT_EQ(WriteData(read.dataset), document);
  EXPECT_THAT(RulesOf(read.findings), ElementsAre("json.unknown-member /@graph/0/@graph"));
}

TEST(CodecDatasetTest, WhatStandsBesideAGraphIsNamed) {
  ASSERT_OK_AND_ASSIGN(const ReadDataset read,
                       ReadData(absl::StrCat("{", kContext, R"(,"@id":"urn:g","@graph":[{)", kOpportunity, "}]}")));
  EXPECT_THAT(RulesOf(read.findings), ElementsAre("envelope.member "));
}

TEST(CodecDatasetTest, OtherDocumentsAreRefusedForWhatTheyAre) {
  EXPECT_THAT(ReadData(R"({"type":"EuropeanDigitalCredential"})"), HasReasonAt(Reason::kNotACredential, ""));
  EXPECT_THAT(ReadData(R"({"type":"Person"})"), HasReasonAt(Reason::kNotACredential, ""));
  EXPECT_THAT(ReadData(R"([])"), HasReasonAt(Reason::kNotACredential, ""));
  EXPECT_THAT(ReadData(absl::StrCat(R"({"@graph":[{)", kOpportunity, R"(},7]})")),
              HasReasonAt(Reason::kNotACredential, "/@graph/1"));
  EXPECT_THAT(ReadData("{"), HasReasonAt(Reason::kJsonMalformed, "line 1, column 2"));
}

TEST(CodecDatasetTest, MembersOfModel33AreRead) {
  const std::string document =
      R"({"type":["VerifiableCredential","EuropeanDigitalCredential"],"credentialSubject":{"type":"Person",)"
      R"("hasFamilyRelationship":{"type":"FamilyRelationship","familyRelationshipTarget":{"id":"urn:person:2"}},)"
      R"("hasClaim":{"type":"LearningAchievement","awardedBy":{"type":"AwardingProcess","recognises":{"id":"urn:award:0"},)"
      R"("hasAgreement":{"type":"RecognitionAgreement","recognitionCondition":{"en":"Passed"}}}}}})";
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(document));
  EXPECT_EQ(read.model_version, "3.3");
  const v3::Person& person = read.credential->credential_subject().person();
  EXPECT_EQ(person.has_family_relationship(0).family_relationship_target(0).id(), "urn:person:2");
  const v3::AwardingProcess& award = person.has_claim(0).learning_achievement().awarded_by();
  EXPECT_EQ(award.recognises(0).id(), "urn:award:0");
  EXPECT_EQ(award.has_agreement(0).recognition_condition(0).value(), "Passed");
  EXPECT_THAT(RulesOf(read.findings), ElementsAre("context.missing /@context"));
}

struct Same {
  const char* name;
  std::string issuer;
  std::string holder;
  std::vector<std::string> findings = {};
};

TEST(CodecDatasetTest, OneIdWithTwoContentsIsFound) {
  const std::vector<Same> cases = {
      {"the same twice", R"("legalName":{"en":"Haven"})", R"("legalName":{"en":"Haven"})"},
      {"the same as an array", R"("legalName":{"en":"Haven"})", R"("legalName":[{"en":["Haven"]}])"},
      {"in another order", R"("legalName":{"en":"H"},"homepage":{"id":"urn:w:1"})",
       R"("homepage":"urn:w:1","legalName":{"en":"H"})"},
      {"in parts", R"("legalName":{"en":"Haven"})", R"("altLabel":{"en":"Harbour"})"},
      {"a name in another language", R"("legalName":{"en":"Haven"})", R"("legalName":{"nl":"Haven"})"},
      {"another name", R"("legalName":{"en":"Haven"})", R"("legalName":{"en":"Harbour"})", {"node.differs /holder"}},
      {"another list",
       R"("homepage":[{"id":"urn:w:1"},{"id":"urn:w:2"}])",
       R"("homepage":{"id":"urn:w:1"})",
       {"node.differs /holder"}},
      {"below a node without an id",
       R"("location":{"type":"Location","spatialCode":{"id":"urn:c:1"}})",
       R"("location":{"type":"Location","spatialCode":{"id":"urn:c:2"}})",
       {"node.differs /holder"}},
  };
  for (const Same& test : cases) {
    SCOPED_TRACE(test.name);
    const auto node = [](absl::string_view members) {
      return absl::StrCat(R"({"id":"urn:org:1","type":"Organisation",)", members, "}");
    };
    ASSERT_OK_AND_ASSIGN(
        const ReadCredential read,
        Read(absl::StrCat(R"({"@context":["https://www.w3.org/2018/credentials/v1",)",
                          R"("http://data.europa.eu/snb/model/context/edc-ap"],"type":"EuropeanDigitalCredential",)",
                          R"("issuer":)", node(test.issuer), R"(,"holder":)", node(test.holder), "}")));
    std::vector<std::string> differing;
    for (const std::string& rule : RulesOf(read.findings)) {
      if (absl::string_view(rule).substr(0, 5) == "node.") differing.push_back(rule);
    }
    EXPECT_THAT(differing, ElementsAreArray(test.findings));
  }
}

TEST(CodecDatasetTest, ACircleOfReferencesIsReadLikeAnyOther) {
  const std::string document =
      R"({"type":"EuropeanDigitalCredential","credentialSubject":{"id":"urn:p:1","type":"Person","hasCredential":)"
      R"({"id":"urn:c:1","type":"EuropeanDigitalCredential","credentialSubject":"urn:p:1"}}})";
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(document));
  const v3::Person& person = read.credential->credential_subject().person();
  EXPECT_EQ(person.has_credential(0).credential_subject().agent().id(), "urn:p:1");
}

TEST(CodecDatasetTest, ACompactSealCarriesItsPayloadEncoded) {
  const std::string payload = R"({"type":"EuropeanDigitalCredential","issued":"2025-01-01T00:00:00Z"})";
  const auto seal = [](absl::string_view header, absl::string_view body) {
    return absl::StrCat(base::Base64UrlEncode(header), ".", body, ".AAAA");
  };
  const std::string plain = R"({"alg":"ES256"})";
  const std::string document = seal(plain, base::Base64UrlEncode(payload));
  EXPECT_TRUE(LooksLikeCredential(document));
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(document));
  EXPECT_EQ(read.envelope, Envelope::kSealed);
  EXPECT_EQ(read.credential->issued(), "2025-01-01T00:00:00Z");
  // An unencoded payload stands elsewhere (RFC 7797, 5.2): whatever is in its place is no credential.
  const std::string unencoded = R"({"alg":"ES256","b64":false,"crit":["b64"]})";
  EXPECT_FALSE(Read(seal(unencoded, "")).ok());
  EXPECT_FALSE(Read(seal(unencoded, base::Base64UrlEncode(payload))).ok());
  EXPECT_FALSE(Read(seal(unencoded, payload)).ok());
  EXPECT_FALSE(Read(seal(plain, "")).ok());
}

}  // namespace
}  // namespace passerelle::elm
