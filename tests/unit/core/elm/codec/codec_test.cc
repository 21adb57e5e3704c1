#include "core/elm/codec.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/elm/codec/credential_text.h"

namespace passerelle::elm {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// What is read, what is written for it (the same if empty), and "rule pointer" of every finding.
struct Case {
  const char* name;
  std::string read;
  std::string written = "";
  std::vector<std::string> findings = {};
};

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(Credential(test.read)));
    const std::string expected = Credential(test.written.empty() ? test.read : test.written);
    EXPECT_EQ(Write(read.credential), expected);
    EXPECT_THAT(RulesOf(read), ElementsAreArray(test.findings));
    ASSERT_OK_AND_ASSIGN(const ReadCredential again, Read(Write(read.credential)));
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read.credential, again.credential));
  }
}

TEST(CodecTest, WhatModel32WritesIsReadWithoutFindingsAndWrittenTheSame) {
  ExpectAll({
      {"nothing but the type", ""},
      {"a reference", R"("issuer":{"id":"urn:org:1"})"},
      {"a reference with its type", R"("issuer":{"id":"urn:org:1","type":"Organisation"})"},
      {"a node of two types", R"("issuer":{"id":"urn:org:1","type":["Organisation","Agent"]})"},
      {"an empty node", R"("displayParameter":{})"},
      {"several values", R"("holder":[{"id":"urn:a:1"},{"id":"urn:a:2"}])"},
      {"languages in their order",
       R"("displayParameter":{"type":"DisplayParameter","title":{"nl":"Getij","en":["Tide","Tides"],"bg":""}})"},
      {"integers, truth and decimals",
       R"("credentialSubject":{"type":"Person","hasClaim":{"type":"LearningAchievement","provenBy":)"
       R"({"type":"LearningAssessment","shortenedGrading":{"type":"ShortenedGrading","percentageEqual":0,)"
       R"("percentageHigher":-1,"percentageLower":9007199254740993}},"specifiedBy":{"type":"Qualification",)"
       R"("creditPoint":{"type":"CreditPoint","point":"7.50"},"isPartialQualification":false}}})"},
      {"escapes", R"("displayParameter":{"type":"DisplayParameter","summaryDisplay":"a\"\\\n\u0000é/😀"})"},
  });
}

TEST(CodecTest, ValuesStandAloneOrInArraysAlike) {
  ExpectAll({
      {"arrays of one", R"("issuer":[{"id":"urn:org:1","type":["Organisation"],"legalName":[{"en":["Haven"]}]}])",
       R"("issuer":{"id":"urn:org:1","type":"Organisation","legalName":{"en":"Haven"}})"},
      {"arrays of arrays", R"("holder":[[{"id":"urn:a:1"}],[[{"id":"urn:a:2"}]]])",
       R"("holder":[{"id":"urn:a:1"},{"id":"urn:a:2"}])"},
      {"empty arrays say nothing",
       R"("holder":[],"issuer":[],"displayParameter":{"type":"DisplayParameter","title":[]})",
       R"("displayParameter":{"type":"DisplayParameter"})"},
      {"two values where one is allowed",
       R"("issuer":[{"id":"urn:org:1"},{"id":"urn:org:2"}])",
       "",
       {"shape.max /issuer/1"}},
      {"two dates",
       R"("issued":["2025-01-01T00:00:00Z","2025-01-02T00:00:00Z",null])",
       "",
       {"shape.max /issued/1", "json.null /issued/2"}},
      {"one date, stated twice", R"("issued":["2025-01-01T00:00:00Z","2025-01-01T00:00:00Z"])",
       R"("issued":"2025-01-01T00:00:00Z")"},
      {"one node, stated twice",
       R"("issuer":[{"id":"urn:org:1","legalName":{"en":"Haven"}},{"id":"urn:org:1","legalName":{"en":"Haven"}}])",
       R"("issuer":{"id":"urn:org:1","type":"Organisation","legalName":{"en":"Haven"}})",
       {"json.type-missing /issuer/0"}},
      {"one reference, written in three ways", R"("issuer":[{"@id":"urn:org:1"},{"id":"urn:org:1"},"urn:org:1"])",
       R"("issuer":{"id":"urn:org:1"})"},
      {"two nodes without an identifier",
       R"("issuer":[{"type":"Organisation"},{"type":"Organisation"}])",
       "",
       {"shape.max /issuer/1"}},
      {"two ids",
       R"("issuer":{"@id":"urn:org:1","id":["urn:org:2",null]})",
       R"("issuer":{"id":["urn:org:1","urn:org:2",null],"type":"Agent"})",
       {"shape.max /issuer/id/0", "json.null /issuer/id/1", "json.type-missing /issuer"}},
      {"several language maps",
       R"("displayParameter":{"type":"DisplayParameter","title":[{"en":"A","nl":"B"},{"en":"C"}]})",
       R"("displayParameter":{"type":"DisplayParameter","title":{"en":["A","C"],"nl":"B"}})"},
  });
}

TEST(CodecTest, LiteralsOfOtherKindsAreConvertedOrKeptAndNamed) {
  const auto display = [](absl::string_view members) {
    return absl::StrCat(R"("displayParameter":{"type":"DisplayParameter",)", members, "}");
  };
  const auto detail = [&display](absl::string_view page) {
    return display(absl::StrCat(R"("individualDisplay":{"type":"IndividualDisplay","displayDetail":)",
                                R"({"type":"DisplayDetail","page":)", page, "}}"));
  };
  const std::string page = "/displayParameter/individualDisplay/displayDetail/page";
  ExpectAll({
      {"a number for a text keeps its digits",
       display(R"("summaryDisplay":7.50)"),
       display(R"("summaryDisplay":"7.50")"),
       {"json.literal-kind /displayParameter/summaryDisplay"}},
      {"a huge number for a text",
       display(R"("summaryDisplay":18446744073709551615)"),
       display(R"("summaryDisplay":"18446744073709551615")"),
       {"json.literal-kind /displayParameter/summaryDisplay"}},
      {"a truth value for a text", R"("issued":true)", R"("issued":"true")", {"json.literal-kind /issued"}},
      {"an object for a text", R"("issued":{"day":1})", "", {"json.value-kind /issued"}},
      {"a reference for a text", R"("issued":{"id":"2025"})", R"("issued":"2025")", {"shape.node-kind /issued"}},
      {"an empty text", R"("issued":"")", "", {"json.empty /issued"}},
      {"null", R"("issued":null)", "", {"json.null /issued"}},
      {"a typed literal", R"("issued":{"@value":"2025-01-01T00:00:00Z","@type":"xsd:dateTime"})",
       R"("issued":"2025-01-01T00:00:00Z")"},
      {"a text in a value object without a type is a string",
       R"("issued":{"@value":"2025-01-01T00:00:00Z"})",
       R"("issued":"2025-01-01T00:00:00Z")",
       {"json.literal-type /issued"}},
      {"a string in a value object", display(R"("summaryDisplay":{"@value":"A"})"), display(R"("summaryDisplay":"A")")},
      {"an integer in a value object, which is no positive one",
       detail(R"({"@value":12})"),
       detail("12"),
       {"json.literal-type /displayParameter/individualDisplay/displayDetail/page"}},
      {"members without the @ make no value object",
       display(R"("summaryDisplay":{"value":"A"})"),
       display(R"("summaryDisplay":"A")"),
       {"json.literal-type /displayParameter/summaryDisplay"}},
      {"a literal of another type",
       R"("issued":{"@value":"2025","@type":"http://www.w3.org/2001/XMLSchema#gYear"})",
       R"("issued":"2025")",
       {"json.literal-type /issued"}},
      {"a text for an integer", detail(R"("12")"), detail("12"), {absl::StrCat("json.literal-kind ", page)}},
      {"a text that is no integer", detail(R"("012")"), "", {absl::StrCat("json.value-kind ", page)}},
      {"an integer with a point", detail("12.0"), detail("12")},
      {"an integer with an exponent", detail("1e3"), detail("1000")},
      {"an integer that a double does not hold", detail("1e17"), "", {absl::StrCat("json.value-kind ", page)}},
      {"a fraction for an integer", detail("1.50"), "", {absl::StrCat("json.value-kind ", page)}},
      {"an integer beyond 64 bits with sign",
       detail("9223372036854775808"),
       "",
       {absl::StrCat("json.value-kind ", page)}},
      {"a number for a node", R"("issuer":7)", "", {"json.value-kind /issuer"}},
      {"a text for a node", R"("issuer":"Haven")", R"("issuer":{"id":"Haven"})", {"json.reference /issuer"}},
      {"an IRI for a node", R"("issuer":"urn:org:1")", R"("issuer":{"id":"urn:org:1"})"},
      {"a number for an id",
       R"("issuer":{"id":5})",
       R"("issuer":{"id":5,"type":"Agent"})",
       {"json.value-kind /issuer/id", "json.type-missing /issuer"}},
  });
}

TEST(CodecTest, TruthValuesAreTakenInEveryFormOfTheirDatatype) {
  const auto partial = [](absl::string_view value) {
    return absl::StrCat(R"("credentialSubject":{"type":"Person","hasClaim":{"type":"LearningAchievement",)",
                        R"("specifiedBy":{"type":"Qualification","isPartialQualification":)", value, "}}}");
  };
  const std::string place = "/credentialSubject/hasClaim/specifiedBy/isPartialQualification";
  ExpectAll({
      {"one", partial("1"), partial("true"), {absl::StrCat("json.literal-kind ", place)}},
      {"nought as a text", partial(R"("0")"), partial("false"), {absl::StrCat("json.literal-kind ", place)}},
      {"a typed one",
       partial(R"({"@value":"1","@type":"xsd:boolean"})"),
       partial("true"),
       {absl::StrCat("json.literal-kind ", place)}},
      {"a value object without a type", partial(R"({"@value":false})"), partial("false")},
      {"two", partial("2"), "", {absl::StrCat("json.value-kind ", place)}},
  });
}

TEST(CodecTest, TextsByLanguageAreTakenInEveryForm) {
  const auto title = [](absl::string_view value) {
    return absl::StrCat(R"("displayParameter":{"type":"DisplayParameter","title":)", value, "}");
  };
  ExpectAll({
      {"a plain text", title(R"("A")"), title(R"({"und":"A"})"), {"json.language-missing /displayParameter/title"}},
      {"plain texts",
       title(R"(["A","B"])"),
       title(R"({"und":["A","B"]})"),
       {"json.language-missing /displayParameter/title/0", "json.language-missing /displayParameter/title/1"}},
      {"@none",
       title(R"({"und":"A","en":"B","@none":"C"})"),
       title(R"({"und":["A","C"],"en":"B"})"),
       {"json.language-missing /displayParameter/title/@none"}},
      {"value objects",
       title(R"([{"@value":"A","@language":"en"},{"value":"B","language":"nl"},{"@value":"C"}])"),
       title(R"({"en":"A","nl":"B","und":"C"})"),
       {"json.literal-type /displayParameter/title/1", "json.language-missing /displayParameter/title/2"}},
      {"numbers and null among the texts",
       title(R"({"en":["A",5],"nl":null})"),
       title(R"([{"en":"A"},{"en":5},{"nl":null}])"),
       {"json.value-kind /displayParameter/title/en/1", "json.null /displayParameter/title/nl"}},
      {"a number", title("5"), "", {"json.value-kind /displayParameter/title"}},
      {"a broken value object", title(R"({"@value":"A","en":5})"), "", {"json.value-kind /displayParameter/title"}},
      {"a keyword as a language",
       title(R"({"en":"A","@type":"B"})"),
       title(R"([{"en":"A"},{"@type":"B"}])"),
       {"json.value-kind /displayParameter/title/@type"}},
      {"a typed text",
       title(R"({"@value":"A","@language":"en","@type":"xsd:string"})"),
       title(R"({"en":"A"})"),
       {"json.literal-type /displayParameter/title"}},
  });
}

TEST(CodecTest, TypesAndMembersAreKnownByTermCompactIriAndIri) {
  ExpectAll({
      {"compact IRI", R"("issuer":{"type":"elm:Organisation","elm:logo":{"id":"urn:l:1"},"rov:legalName":{"en":"A"}})",
       R"("issuer":{"type":"Organisation","logo":{"id":"urn:l:1"},"legalName":{"en":"A"}})"},
      {"IRI",
       R"("issuer":{"@type":"http://data.europa.eu/snb/model/elm/Organisation",)"
       R"("http://www.w3.org/ns/regorg#legalName":{"en":"A"}})",
       R"("issuer":{"type":"Organisation","legalName":{"en":"A"}})"},
      {"IRI of model 3.3", R"("issuer":{"type":"http://data.europa.eu/snb/model/ontology/Organisation","order":3})",
       R"("issuer":{"type":"Organisation","order":3})"},
      {"former term",
       R"("issuer":{"type":"Organisation","contactPoint":{"type":"ContactPoint","mailbox":{"id":"mailto:a@example.org"}}})",
       R"("issuer":{"type":"Organisation","contactPoint":{"type":"ContactPoint","emailAddress":{"id":"mailto:a@example.org"}}})",
       {"json.term-alias /issuer/contactPoint/mailbox"}},
      {"term with a Greek iota",
       "\"issuer\":{\"type\":\"Organisation\",\"eIDAS\u0399dentifier\":{\"id\":\"urn:i:1\"}}",
       R"("issuer":{"type":"Organisation","eIDASIdentifier":{"id":"urn:i:1"}})",
       {"json.term-alias /issuer/eIDAS\u0399dentifier"}},
      {"property without a term",
       R"("issuer":{"type":"Organisation","contactPoint":{"type":"ContactPoint","phone":{"type":"Phone","areaDialing":"10"}}})",
       R"("issuer":{"type":"Organisation","contactPoint":{"type":"ContactPoint","phone":{"type":"Phone",)"
       R"("http://data.europa.eu/snb/model/elm/areaDialing":"10"}}})",
       {"json.term-alias /issuer/contactPoint/phone/areaDialing"}},
  });
}

TEST(CodecTest, UnionsTakeTheStatedClassOrTheOneThatFitsBest) {
  struct Subject {
    const char* json;
    v3::AgentNode::NodeCase expected;
  };
  const Subject subjects[] = {
      {R"({"id":"urn:a:1"})", v3::AgentNode::kAgent},
      {R"("urn:a:1")", v3::AgentNode::kAgent},
      {R"({"id":"urn:a:1","type":"Group"})", v3::AgentNode::kGroup},
      {R"({"id":"urn:a:1","type":["Teacher","Person"],"legalName":{"en":"A"}})", v3::AgentNode::kPerson},
      {R"({"legalName":{"en":"A"},"location":{}})", v3::AgentNode::kOrganisation},
      {R"({"givenName":{"en":"A"},"hasClaim":[]})", v3::AgentNode::kPerson},
      {R"({"altLabel":{"en":"A"}})", v3::AgentNode::kAgent},
      {R"({"type":"Concept","givenName":{"en":"A"}})", v3::AgentNode::kPerson},
  };
  for (const Subject& subject : subjects) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read,
                         Read(Credential(absl::StrCat(R"("credentialSubject":)", subject.json))));
    EXPECT_EQ(read.credential->credential_subject().node_case(), subject.expected) << subject.json;
  }
}

TEST(CodecTest, WhatTheModelLacksIsKeptWrittenBackAndNamed) {
  ExpectAll({
      {"unknown members in their order",
       R"("issuer":{"type":"Organisation","logo":{"id":"urn:l:1"},"z":{"a":[1.50,{}]},"b/c":null})",
       "",
       {"json.unknown-member /issuer/z", "json.unknown-member /issuer/b~1c"}},
      {"unknown type", R"("issuer":{"type":["Organisation","Ministry"]})", "", {"json.unknown-type /issuer/type/1"}},
      {"type of no class at all",
       R"("issuer":{"type":"Ministry"})",
       "",
       {"json.unknown-type /issuer/type", "shape.class /issuer"}},
      {"class that does not fit", R"("displayParameter":{"type":"Person"})", "", {"shape.class /displayParameter"}},
      {"missing type",
       R"("displayParameter":{"primaryLanguage":{"id":"urn:c:1"}})",
       R"("displayParameter":{"type":"DisplayParameter","primaryLanguage":{"id":"urn:c:1"}})",
       {"json.type-missing /displayParameter"}},
      {"order that is none",
       R"("displayParameter":{"type":"DisplayParameter","order":0})",
       "",
       {"json.value-kind /displayParameter/order"}},
      {"kept values stand beside the values of their property",
       R"("x":1,"holder":[5,{"id":"urn:a:1"},{"id":"urn:a:2"},null])",
       R"("holder":[{"id":"urn:a:1"},{"id":"urn:a:2"},5,null],"x":1)",
       {"json.unknown-member /x", "json.value-kind /holder/0", "json.null /holder/3"}},
  });
}

TEST(CodecTest, TheVersionOfTheModelIsToldByWhatOnlyItHas) {
  const std::pair<const char*, const char*> versions[] = {
      {"", "3.1/3.2"},
      {R"("credentialStatus":{"id":"urn:s:1","type":"CredentialStatus"})", "3.2"},
      {R"("credentialSchema":{"id":"http://data.europa.eu/snb/model/application-profile/edc-generic-full"})", "3.3"},
      {R"("issuer":{"type":"http://data.europa.eu/snb/model/ontology/Organisation"})", "3.3"},
      {R"("issuer":{"type":"Organisation","order":1})", "3.3"},
      {R"("credentialSubject":{"type":"Person","hasFamilyRelationship":{}})", "3.3"},
  };
  for (const auto& [members, version] : versions) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(Credential(members)));
    EXPECT_EQ(read.model_version, version) << members;
  }
}

TEST(CodecTest, ContextsAreNamedWhenTheyAreNotThoseOfTheModel) {
  const std::string type = R"("type":["VerifiableCredential","EuropeanDigitalCredential"]})";
  const std::string inline_context = R"({"a":"urn:b"})";
  const std::pair<std::string, std::vector<std::string>> contexts[] = {
      {"{" + type, {"context.missing /@context"}},
      {R"({"@context":["https://www.w3.org/ns/credentials/v2","http://data.europa.eu/snb/model/context/edc-ap"],)" +
           type,
       {"context.vcdm2 /@context"}},
      {R"({"@context":"https://example.org/context",)" + type, {"context.other /@context"}},
      {R"({"@context":["http://data.europa.eu/snb/model/context/edc-ap",)" + inline_context + "]," + type,
       {"context.inline /@context/1"}},
  };
  for (const auto& [text, findings] : contexts) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(text));
    EXPECT_THAT(RulesOf(read), ElementsAreArray(findings)) << text;
    const std::string written = Write(read.credential);
    EXPECT_TRUE(absl::StartsWith(written, kHead) || absl::StrContains(written, inline_context)) << written;
  }
}

TEST(CodecTest, CredentialsAreTakenOutOfEveryEnvelope) {
  const std::string bare = Credential(R"("id":"urn:credential:1")");
  const std::string plain = Header(R"({"alg":"ES256","b64":false,"crit":["b64"]})");
  const std::string encoded = Header(R"({"alg":"ES256"})");
  struct Enveloped {
    const char* name;
    std::string text;
    Envelope envelope;
    std::vector<std::string> findings = {};
  };
  const Enveloped cases[] = {
      {"bare", bare, Envelope::kBare},
      {"bare with byte order mark", "\xef\xbb\xbf" + bare, Envelope::kBare},
      {"array of one", "[" + bare + "]", Envelope::kBare},
      {"upload", R"({"credential":)" + bare + "}", Envelope::kUpload},
      {"upload with delivery",
       R"({"deliveryDetails":{},"credential":[)" + bare + "]}",
       Envelope::kUpload,
       {"envelope.member "}},
      {"claim", R"({"elm":)" + bare + "}", Envelope::kElmClaim},
      {"graph", R"({"@graph":[)" + bare + "]}", Envelope::kGraph},
      {"graph with a name", R"({"@id":"urn:graph:1","@graph":)" + bare + "}", Envelope::kGraph, {"envelope.member "}},
      {"general, payload as text",
       absl::StrCat(R"({"payload":)", Quoted(bare), R"(,"signatures":[{"protected":")", plain,
                    R"(","signature":"c2ln"}]})"),
       Envelope::kSealed},
      {"general, payload encoded",
       absl::StrCat(R"({"signatures":[{"protected":")", encoded, R"(","signature":"c2ln"}],"payload":")",
                    base::Base64UrlEncode(bare), R"("})"),
       Envelope::kSealed},
      {"flattened",
       absl::StrCat(R"({"payload":")", base::Base64UrlEncode(bare), R"(","protected":")", encoded,
                    R"(","signature":"c2ln"})"),
       Envelope::kSealed},
      {"compact", absl::StrCat(encoded, ".", base::Base64UrlEncode(bare), ".c2ln\n"), Envelope::kSealed},
      {"sealed upload", absl::StrCat(encoded, ".", base::Base64UrlEncode(R"({"credential":)" + bare + "}"), ".c2ln"),
       Envelope::kSealed},
  };
  for (const Enveloped& test : cases) {
    SCOPED_TRACE(test.name);
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(test.text));
    EXPECT_EQ(read.envelope, test.envelope);
    EXPECT_EQ(read.credential->id(), "urn:credential:1");
    EXPECT_THAT(RulesOf(read), ElementsAreArray(test.findings));
    EXPECT_TRUE(LooksLikeCredential(test.text));
  }
}

TEST(CodecTest, TheContextBesideAGraphIsThatOfItsCredential) {
  std::string node = Credential(R"("id":"urn:credential:1")");
  const std::string written = Write(Read(node)->credential);
  const size_t type = written.find("\"id\"");
  const std::string context = written.substr(0, type);
  ASSERT_OK_AND_ASSIGN(const ReadCredential read,
                       Read(absl::StrCat(context, R"("@graph":[{)", written.substr(type), "]}")));
  EXPECT_THAT(RulesOf(read), ElementsAre());
  EXPECT_EQ(Write(read.credential), written);
}

TEST(CodecTest, DraftsWithoutATypeAreKnownByTheirMembers) {
  for (const char* const text :
       {R"({"credentialSubject":{},"issuer":{}})", R"({"credentialSubject":{},"displayParameter":{}})",
        R"({"credential":{"credentialSubject":{},"credentialSchema":{}}})",
        R"({"credentialSubject":{"hasClaim":{}}})"}) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(text));
    EXPECT_THAT(read.credential->type(), ElementsAre("VerifiableCredential", "EuropeanDigitalCredential")) << text;
  }
}

TEST(CodecTest, WhatIsNoCredentialIsRefusedWithWhatItIs) {
  struct Refused {
    std::string text;
    Reason reason;
    const char* place;
    const char* detail;
  };
  const std::string bare = Credential("");
  const std::string bad = Header(R"({"b64":1})");
  const Refused cases[] = {
      {"[]", Reason::kNotACredential, "", "one JSON object"},
      {"7", Reason::kNotACredential, "", "one JSON object"},
      {"{}", Reason::kNotACredential, "", "without the type"},
      {"[" + bare + "," + bare + "]", Reason::kNotACredential, "", "one JSON object"},
      {R"({"type":"VerifiablePresentation","verifiableCredential":[)" + bare + "]}", Reason::kNotACredential, "",
       "a presentation of 1 credential"},
      {R"({"type":["VerifiableCredential","OpenBadgeCredential"],"credentialSubject":{},"issuer":{}})",
       Reason::kNotACredential, "", "another model"},
      {R"({"@type":"Qualification"})", Reason::kNotACredential, "", "Qualification"},
      {R"({"@graph":[]})", Reason::kNotACredential, "/@graph", "graph"},
      {R"({"@graph":[)" + bare + "," + bare + "]}", Reason::kNotACredential, "/@graph", "graph"},
      {R"({"@context":[],"@graph":[)" + bare + "]}", Reason::kNotACredential, "/@graph", "one tree"},
      {R"({"credential":{"type":"Person"}})", Reason::kNotACredential, "/credential", "Person"},
      {R"({"credential":[]})", Reason::kNotACredential, "/credential", "one JSON object"},
      {R"({"payload":7,"signatures":[{}]})", Reason::kSealMalformed, "/payload", "no text"},
      {R"({"payload":"e30","signatures":[]})", Reason::kSealMalformed, "/signatures", "no signature"},
      {R"({"payload":"e30","signatures":[7]})", Reason::kSealMalformed, "/signatures/0", "no object"},
      {R"({"payload":"{}","protected":"e30","signature":""})", Reason::kSealMalformed, "/payload", "base64url"},
      {R"({"payload":"e30","protected":"!","signature":""})", Reason::kSealMalformed, "/protected", "base64url"},
      {R"({"payload":"e30","protected":"W10","signature":""})", Reason::kSealMalformed, "/protected", "JSON object"},
      {absl::StrCat(R"({"payload":"e30","protected":")", bad, R"(","signature":""})"), Reason::kSealMalformed,
       "/protected", "b64"},
      {absl::StrCat(R"({"payload":"e30","signatures":[{},{"protected":")", Header(R"({"b64":false})"), R"("}]})"),
       Reason::kSealMalformed, "/signatures/1", "differ"},
      {R"({"payload":"e30","protected":"e30","signature":""})", Reason::kNotACredential, "payload", "without the type"},
      {absl::StrCat("e30.", base::Base64UrlEncode("{\"a\":\n}"), ".x"), Reason::kJsonMalformed,
       "payload, line 2, column 1", "value"},
      {"e30..x", Reason::kInputEmpty, "payload", ""},
      {"!!!.e30.x", Reason::kJsonMalformed, "line 1, column 1", ""},
  };
  for (const Refused& test : cases) {
    SCOPED_TRACE(test.text);
    const auto read = Read(test.text);
    EXPECT_THAT(read, HasReasonAt(test.reason, test.place));
    EXPECT_THAT(std::string(read.status().message()), ::testing::HasSubstr(test.detail));
    if (test.reason == Reason::kNotACredential) {
      EXPECT_FALSE(LooksLikeCredential(test.text) && test.place[0] == '\0' && test.text[0] == '{');
    }
  }
}

TEST(CodecTest, HostileInputIsRefusedByName) {
  const std::string text = Credential(R"("id":"urn:credential:1","issuer":{"type":"Organisation","x":[true]})");
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_THAT(Read(text.substr(0, length)), HasReason(length == 0 ? Reason::kInputEmpty : Reason::kJsonMalformed));
    LooksLikeCredential(text.substr(0, length));
  }
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  std::string utf16;
  for (const char c : text) utf16.append({c, '\0'});
  EXPECT_THAT(Read(Credential(absl::StrCat(R"("x":)", deep))), HasReason(Reason::kInputTooDeep));
  EXPECT_THAT(Read(text + std::string(20'000'000, ' ')), HasReason(Reason::kInputTooLarge));
  EXPECT_THAT(Read(std::string(20'000'000, 'A')), HasReason(Reason::kInputTooLarge));
  EXPECT_THAT(Read(text + '\0'), HasReason(Reason::kJsonMalformed));
  EXPECT_THAT(Read(utf16), HasReason(Reason::kJsonNotUtf8));
  EXPECT_THAT(Read(Credential("\"id\":\"\xff\"")), HasReason(Reason::kJsonNotUtf8));
  EXPECT_THAT(Read(Credential(R"("issuer":{"id":"urn:a:1","id":"urn:a:2"})")),
              HasReasonAt(Reason::kJsonDuplicateMember, "/issuer/id"));
}

TEST(CodecTest, FindingsAreListedUpToTheLimit) {
  std::string members = R"("issuer":{"type":"Organisation")";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&members, ",\"m", i, "\":0");
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(Credential(members + "}")));
  ASSERT_EQ(read.findings.size(), base::kFindingsMax);
  EXPECT_EQ(read.findings.back().rule, "findings.more");
  EXPECT_EQ(read.credential->issuer().organisation().unknown_members_size(), 3000);
}

TEST(CodecTest, EveryMessageCanBeWritten) {
  v3::EuropeanDigitalCredential credential;
  EXPECT_EQ(Write(credential), Credential(""));
  v3::Organisation& issuer = *credential.mutable_issuer()->mutable_organisation();
  credential.mutable_credential_subject();
  issuer.set_id("urn:org:1");
  for (const auto& [name, json] : std::vector<std::pair<std::string, std::string>>{
           {"a", " [1, 2 ] "}, {"a", "3"}, {"b", "}, \"c\": {"}, {"legalName", "[ ]"}, {"id", "null"}}) {
    v3::UnknownMember& member = *issuer.add_unknown_members();
    member.set_name(name);
    member.set_json(json);
  }
  v3::LanguageString& name = *issuer.add_legal_name();
  name.set_value("Haven");
  const std::string written = Write(credential);
  EXPECT_EQ(written, Credential(R"("credentialSubject":{},"issuer":{"id":["urn:org:1",null],"type":"Organisation",)"
                                R"("legalName":[{"und":"Haven"}],"a":[1, 2,3],"b":"}, \"c\": {"})"));
  EXPECT_OK(base::JsonDocument::Parse(written));
}

TEST(CodecTest, PrettyTextSaysTheSameOnMoreLines) {
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(Credential(R"("issuer":{"id":"urn:org:1"},"x":[1.50])")));
  const std::string pretty = WritePretty(read.credential);
  EXPECT_TRUE(absl::StrContains(pretty, "\n  \"issuer\": {\n    \"id\": \"urn:org:1\"\n  },\n")) << pretty;
  ASSERT_OK_AND_ASSIGN(const ReadCredential again, Read(pretty));
  EXPECT_EQ(Write(again.credential), Write(read.credential));
}

}  // namespace
}  // namespace passerelle::elm
