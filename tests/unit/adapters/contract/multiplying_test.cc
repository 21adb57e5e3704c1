// Documents that multiply themselves: in which one part stands in many others, or one name in many places. What comes
// of them may grow with their size, and not with its square. Sizes are compared, not times.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"

namespace passerelle::adapters {
namespace {

using base::Reason;
using document::TranslateOptions;

// How much may come of a document of twice the parameter.
constexpr double kGrowthMax = 2.5;

// A text written so often, "#" in it being the number of each, with commas between if they are parts of a list.
std::string Times(int count, absl::string_view text, absl::string_view between = "") {
  std::string all;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&all, i > 0 ? between : "", absl::StrReplaceAll(text, {{"#", absl::StrCat(i)}}));
  }
  return all;
}
std::string List(int count, absl::string_view entry) { return absl::StrCat("[", Times(count, entry, ","), "]"); }

// A name with so many letters.
std::string Long(int letters) { return std::string(static_cast<size_t>(letters), 'k'); }

// --- JSON ------------------------------------------------------------------------------------------------------------

std::string Badge3(absl::string_view members, absl::string_view subject) {
  return absl::Substitute(R"({"@context":["https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:example:badge",
      "type":["VerifiableCredential","OpenBadgeCredential"],"validFrom":"2026-02-01T00:00:00Z",$0,
      "credentialSubject":{"id":"did:example:l","type":["AchievementSubject"],$1}})",
                          members, subject);
}
constexpr absl::string_view kIssuer = R"("issuer":{"id":"did:example:i","type":["Profile"],"name":"Tide School"})";
constexpr absl::string_view kAchievement = R"("achievement":{"id":"urn:example:a","name":"Tides"})";

std::string Achievements(int count) {
  return absl::StrCat("\"achievement\":", List(count, R"({"id":"urn:example:a#","name":"Tides #"})"));
}

std::string Badge3OfManyResults(int n) {
  return Badge3(kIssuer, absl::StrCat(Achievements(n), ",\"result\":", List(6 * n, R"({"value":"#"})")));
}
std::string Badge3OfManyIssuers(int n) {
  return Badge3(absl::StrCat("\"issuer\":", List(20 * n, R"({"id":"did:example:#","name":"B"})")), Achievements(n));
}
std::string Badge3OfLongName(int n) {
  return Badge3(absl::Substitute(R"($0,"$1":$2)", kIssuer, Long(600 * n), List(40 * n, "1")), kAchievement);
}
std::string Badge3OfManyWords(int n) {
  return Badge3(
      kIssuer, absl::Substitute(R"("achievement":{"name":"Tides","assessmentType":$0})", List(100 * n, R"("test #")")));
}

std::string Badge2(absl::string_view members, absl::string_view badge) {
  return absl::Substitute(R"({"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"urn:example:x",
      "recipient":{"type":"id","hashed":true,"identity":"sha256$$ab"},"issuedOn":"2026-02-01T00:00:00Z",
      "verification":{"type":"hosted"},$0"badge":{"type":"BadgeClass","id":"urn:example:b","name":"Tides",$1}})",
                          members, badge);
}
std::string Badge2OfLongName(int n) {
  return Badge2(absl::Substitute(R"("$0":$1,)", Long(600 * n), List(40 * n, "1")), R"("issuer":"urn:example:i")");
}
std::string EdubadgeOfManyIssuers(int n) {
  return Badge2(absl::Substitute(R"("$0":$1,)", Long(400 * n), List(20 * n, "1")),
                absl::StrCat(R"("extensions:ECTSExtension":{"ECTS":2.5},"issuer":)",
                             List(10 * n, R"({"type":"Issuer","id":"urn:example:i#","name":"School #"})")));
}

std::string Record(absl::string_view issuer, absl::string_view held) {
  return absl::Substitute(R"({"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:example:record",
      "type":["VerifiableCredential","ClrCredential"],"issuer":$0,"validFrom":"2026-02-01T00:00:00Z",
      "credentialSubject":{"id":"did:example:l","type":["ClrSubject"],"verifiableCredential":$1}})",
                          issuer, held);
}
std::string RecordOfManyIdentifiers(int n) {
  return Record(absl::Substitute(R"({"id":"did:example:i","name":"Tide School","otherIdentifier":$0})",
                                 List(15 * n, R"({"identifier":"#","identifierType":"x"})")),
                List(4 * n, R"({"id":"urn:example:c#","type":["VerifiableCredential","AchievementCredential"],
                    "issuer":{"id":"did:example:i"},"credentialSubject":{"achievement":{"name":"Tides #"}}})"));
}

std::string Attestation(absl::string_view issuer, absl::string_view subject) {
  return absl::Substitute(R"({"@context":["https://www.w3.org/2018/credentials/v1"],"id":"urn:example:c",
      "type":["VerifiableCredential","VerifiableAttestation"],"issuer":$0,"issuanceDate":"2026-02-01T00:00:00Z",
      "credentialSubject":{"id":"did:example:l",$1}})",
                          issuer, subject);
}
std::string Achieved(absl::string_view body, absl::string_view parts) {
  return Attestation(R"("did:example:i")", absl::Substitute(R"("achieved":[{"title":"Whole",
      "wasAwardedBy":{"awardingBody":$0},"hasPart":{"learningAchievements":$1}}])",
                                                            body, parts));
}
std::string AttestationOfManyBodies(int n) {
  return Achieved(List(10 * n, R"("did:example:b#")"), List(10 * n, R"({"title":"Part #"})"));
}
std::string AttestationOfManyPlaces(int n) {
  return Achieved(absl::Substitute(R"({"id":"did:example:b","preferredName":$0})", List(20 * n, R"("Name #")")),
                  List(10 * n, R"({"title":"Part #","wasAwardedBy":{"awardingLocation":"Finland"}})"));
}
std::string AttestationOfManyIssuers(int n) {
  return Attestation(List(20 * n, R"("did:example:#")"),
                     absl::StrCat("\"hasClaim\":", List(10 * n, R"({"title":{"en":"Claim #"}})")));
}
std::string AttestationOfManyParts(int n) {
  return Attestation(R"("did:example:i")",
                     absl::Substitute(R"("hasClaim":[{"title":{"en":"Whole"},"awardedBy":{"awardingBody":$0},
                         "hasPart":$1}])",
                                      List(10 * n, R"({"id":"did:example:b#","legalName":{"en":"Body #"}})"),
                                      List(10 * n, R"({"title":{"en":"Part #"}})")));
}

std::string StudyRecord(absl::string_view parts) {
  return absl::Substitute(R"({"henkilö":{"etunimet":"Aino","sukunimi":"Esimerkki"},"opiskeluoikeudet":[{
      "oppilaitos":{"oid":"1.2.246.562.10.1","nimi":{"fi":"Vuorovesiopisto"}},
      "tyyppi":{"koodiarvo":"korkeakoulutus","koodistoUri":"opiskeluoikeudentyyppi"},
      "suoritukset":[{"tyyppi":{"koodiarvo":"korkeakoulututkinto"},"vahvistus":{"päivä":"2026-02-01"},
      "koulutusmoduuli":{"tunniste":{"koodiarvo":"1","nimi":{"fi":"Tutkinto"}}},$0}]}]})",
                          parts);
}
std::string StudyRecordOfManyCodes(int n) {
  return StudyRecord(
      absl::Substitute(R"("$0":$1,"osasuoritukset":$2)", Long(50 * n), List(10 * n, "1"),
                       List(4 * n, R"({"koulutusmoduuli":{"tunniste":{"koodiarvo":"#","nimi":{"fi":"Osa #"}}},
          "arviointi":[{"arvosana":{"koodiarvo":"5","koodistoUri":"arviointiasteikkoyleissivistava"},
          "hyväksytty":true}]})")));
}

std::string Catalogue(absl::string_view items) {
  return absl::Substitute(R"({"pageSize":1,"pageNumber":1,"hasPreviousPage":false,"hasNextPage":false,"items":[$0]})",
                          items);
}
std::string CatalogueOfManyCodes(int n) {
  return Catalogue(absl::Substitute(
      R"({"courseId":"7f1c1a54-2222-4c1e-9a60-000000000002","name":[{"language":"en","value":"Tides"}],
          "primaryCode":{"codeType":"identifier","code":"T"},"level":"master",
          "otherCodes":$0,"$1":$2})",
      List(20 * n, R"({"codeType":"identifier","code":"T-#"})"), Long(100 * n), List(20 * n, "1")));
}

// The parts of a token, of which nobody looks at the signature here.
std::string SdJwt(absl::string_view claims) {
  return absl::StrCat(absl::WebSafeBase64Escape(R"({"alg":"ES256","typ":"dc+sd-jwt"})"), ".",
                      absl::WebSafeBase64Escape(claims), ".", absl::WebSafeBase64Escape(Long(64)), "~");
}
std::string SdJwtOfLongName(int n) {
  return SdJwt(absl::Substitute(
      R"({"vct":"urn:eu.europa.ec.eudi:learning:credential:1","achievement_title":"Tides","given_name":"A","family_name":"B",
          "issuing_country":"FI","$0":$1})",
      Long(600 * n), List(20 * n, "1")));
}
std::string SdJwtOfManyDecoys(int n) {
  return SdJwt(
      absl::Substitute(R"({"vct":"urn:eu.europa.ec.eudi:learning:credential:1","achievement_title":"Tides","$0":$1})",
                       Long(100 * n), List(10 * n, R"({"_sd":["#"]})")));
}

// --- The European model ---------------------------------------------------------------------------------------------

std::string European(absl::string_view claims) {
  return absl::Substitute(R"({"@context":["https://www.w3.org/2018/credentials/v1",
      "http://data.europa.eu/snb/model/context/edc-ap"],"id":"urn:example:c",
      "type":["VerifiableCredential","EuropeanDigitalCredential"],"validFrom":"2026-02-01T00:00:00Z",
      "credentialSubject":{"id":"urn:example:l","type":"Person","hasClaim":$0}})",
                          claims);
}
std::string Claim(absl::string_view id, absl::string_view members) {
  return absl::Substitute(R"({"id":"urn:example:a$0","type":"LearningAchievement","title":{"en":"Tides"}$1})", id,
                          members);
}
std::string EuropeanOfLongLanguage(int n) {
  return European(Claim("1", absl::Substitute(R"(,"description":{"$0":$1})", Long(150 * n), List(30 * n, R"("a")"))));
}
std::string EuropeanOfDeepParts(int n) {
  std::string parts = List(4 * n, Claim("#", R"(,"awardedBy":{"type":"AwardingProcess","awardingDate":
      "2026-02-01T00:00:00Z"},"specifiedBy":{"type":"Qualification","title":{"en":"Q"},"volumeOfLearning":"PT1H"})"));
  for (int i = 0; i < 36; ++i) {
    parts = absl::StrCat("[", Claim(absl::StrCat("w", i), absl::StrCat(",\"hasPart\":", parts)), "]");
  }
  return European(parts);
}
// Two bodies in turn: each makes a new report of ELMO, with all that is said of it.
std::string EuropeanOfBodiesInTurn(int n) {
  const auto body = [n](absl::string_view id) {
    return absl::Substitute(R"(,"awardedBy":{"type":"AwardingProcess","awardingBody":{"id":"urn:example:$0",
        "type":"Organisation","legalName":{"en":"Tide School"},"identifier":$1}})",
                            id, List(10 * n, R"({"type":"Identifier","notation":"#"})"));
  };
  const auto claim = [](absl::string_view id) {
    return Claim("#" + std::string(id), absl::Substitute(R"(,"awardedBy":{"type":"AwardingProcess","awardingBody":
        {"id":"urn:example:$0"}})",
                                                         id));
  };
  return European(absl::StrCat("[", Claim("a", body("A")), ",", Claim("b", body("B")), ",",
                               Times(2 * n, absl::StrCat(claim("A"), ",", claim("B")), ","), "]"));
}

std::string Offers(absl::string_view nodes) {
  return absl::Substitute(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":$0})", nodes);
}
// Every course asks for the same assessment.
std::string OffersOfOneAssessment(int n) {
  return Offers(
      absl::Substitute(R"([{"@id":"urn:example:t","@type":"LearningAssessmentSpecification","title":{"en":$0}},$1])",
                       List(20 * n, R"("Test #")"),
                       Times(10 * n, R"({"@id":"urn:example:q#","@type":"Qualification","title":{"en":"Tides"},
          "provenBy":{"@id":"urn:example:t"}})",
                             ",")));
}

std::string Presentation(int n) {
  return absl::Substitute(R"({"@context":["https://www.w3.org/2018/credentials/v1"],"type":"VerifiablePresentation",
      "verifiableCredential":[$0,$1]})",
                          Badge3OfManyIssuers(n / 2), Times(50 * n, R"("a")", ","));
}

// --- XML -------------------------------------------------------------------------------------------------------------

// A name that holds nothing but remarks, each of which is told.
std::string Remarks(int n) { return absl::Substitute("<$0>$1</$0>", Long(200 * n), Times(20 * n, "<!---->")); }

std::string Elmo(absl::string_view report, absl::string_view beside) {
  return absl::Substitute(R"(<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">
      <generatedDate>2026-02-01T00:00:00Z</generatedDate><learner><givenNames>A</givenNames><familyName>B</familyName>
      </learner><report>$0<issueDate>2026-02-01T00:00:00Z</issueDate></report>$1</elmo>)",
                          report, beside);
}
constexpr absl::string_view kElmoIssuer = "<issuer><identifier type=\"x\">#</identifier><title>T #</title></issuer>";
std::string ElmoOfManyIssuers(int n) {
  return Elmo(absl::StrCat(Times(20 * n, kElmoIssuer), Times(n,
                                                             "<learningOpportunitySpecification><title>Tides #"
                                                             "</title></learningOpportunitySpecification>")),
              "");
}
std::string ElmoOfOneGroup(int n) {
  return Elmo(
      absl::StrCat(Times(1, kElmoIssuer),
                   Times(5 * n, R"(<learningOpportunitySpecification><title>Tides #</title><specifies>
          <learningOpportunityInstance><grouping typeref="t" idref="g"/></learningOpportunityInstance></specifies>
          </learningOpportunitySpecification>)")),
      absl::Substitute(R"(<groups><groupType id="t"><title>T</title><group id="g">$0</group></groupType></groups>)",
                       Times(20 * n, "<title>G #</title>")));
}
std::string ElmoOfRemarks(int n) {
  return Elmo(absl::StrCat(Times(1, kElmoIssuer),
                           "<learningOpportunitySpecification><title>Tides</title></learningOpportunitySpecification>"),
              Remarks(n));
}

std::string Transcript(int n) {
  return absl::Substitute(
      R"(<imobility-tors-get-response xmlns="https://github.com/erasmus-without-paper/ewp-specs-api-)"
      R"(imobility-tors/blob/stable-v2/endpoints/get-response.xsd"><tor><omobility-id>1</omobility-id>
      $0$1</tor></imobility-tors-get-response>)",
      ElmoOfManyIssuers(n), Times(20 * n, "<!---->"));
}

std::string EuropeanXml(int n) {
  return absl::Substitute(R"(<europassCredential xmlns="http://data.europa.eu/snb" xsdVersion="1.2.0">
      <validFrom>2026-02-01T00:00:00Z</validFrom><title><text lang="en">Record</text></title>
      <issuer idref="urn:example:o"/><credentialSubject id="urn:example:l"><fullName><text lang="en">A</text></fullName>
      <achievements>$0</achievements></credentialSubject><organisationReferences><organisation id="urn:example:o">
      <preferredName><text lang="en">Tide School</text></preferredName>$1</organisation></organisationReferences>$2
      </europassCredential>)",
                          Times(4 * n, R"(<learningAchievement id="urn:example:a#"><title><text lang="en">Tides</text>
          </title><wasAwardedBy id="urn:example:w#"><awardingBody idref="urn:example:o"/></wasAwardedBy>
          </learningAchievement>)"),
                          Times(20 * n, "<identifier>#</identifier>"), Remarks(n));
}

std::string Register(int n) {
  return absl::Substitute(
      R"(<virta:Virta xmlns:virta="urn:mace:funet.fi:virta/2015/09/01">
      <virta:Opiskelija avain="S"><virta:Sukunimi>Esimerkki</virta:Sukunimi><virta:Opintosuoritukset>$0
      <virta:Opintosuoritus avain="part"><virta:Myontaja>99905</virta:Myontaja>$1</virta:Opintosuoritus>
      </virta:Opintosuoritukset>$2</virta:Opiskelija></virta:Virta>)",
      Times(4 * n, R"(<virta:Opintosuoritus avain="C#"><virta:SuoritusPvm>2026-02-01</virta:SuoritusPvm>
          <virta:Myontaja>99905</virta:Myontaja><virta:Nimi>Study #</virta:Nimi>
          <virta:Sisaltyvyys sisaltyvaOpintosuoritusAvain="part"/></virta:Opintosuoritus>)"),
      Times(20 * n, "<virta:Nimi>Part #</virta:Nimi>"), Remarks(n));
}

// The university stands once, and for every item of the transcript.
std::string UniversityTranscript(int n) {
  return absl::Substitute(
      R"(<xhs:transcriptOfRecords xmlns:xhs="http://xhochschule.de/def/xhochschule/1.2/xsd">
      <xhs:ausstellungsdatum>2026-02-01</xhs:ausstellungsdatum>
      <xhs:ausstellendeHochschule>$0</xhs:ausstellendeHochschule><xhs:studierender><xhs:nameNatuerlichePerson>
      <xhs:familienname><xhs:name>Beispiel</xhs:name></xhs:familienname></xhs:nameNatuerlichePerson></xhs:studierender>
      $1</xhs:transcriptOfRecords>)",
      Times(10 * n, "<xhs:name><xhs:name>Universität #</xhs:name></xhs:name>"),
      Times(4 * n, R"(<xhs:leistung><xhs:bezeichnung>Gezeiten #</xhs:bezeichnung><xhs:leistungsstatus>
          <code>bestanden</code></xhs:leistungsstatus></xhs:leistung>)"));
}

std::string ExaminationCertificate(int n) {
  return absl::Substitute(
      R"(<xbbd:pruefling.pruefungszeugnis
      xmlns:xbbd="http://xberufsbildung.de/def/xberufsbildung/0.5/xsd"><xbbd:pruefling><xbbd:nameNatuerlichePerson>
      <xbbd:vorname>$0</xbbd:vorname><xbbd:familienname><xbbd:name>Probe</xbbd:name></xbbd:familienname>
      </xbbd:nameNatuerlichePerson></xbbd:pruefling><xbbd:allgemeineAngaben><xbbd:ausbildungsberuf>
      <xbbd:bezeichnung>Bootsbauerin</xbbd:bezeichnung></xbbd:ausbildungsberuf>$1</xbbd:allgemeineAngaben>
      <xbbd:aussteller><xbbd:name>Kammer</xbbd:name></xbbd:aussteller>$2</xbbd:pruefling.pruefungszeugnis>)",
      Times(20 * n, "<xbbd:name>Vorname</xbbd:name>"),
      Times(4 * n, "<xbbd:pruefungsteil><xbbd:bezeichnung>Teil #</xbbd:bezeichnung></xbbd:pruefungsteil>"), Remarks(n));
}

std::string Courses(int n) {
  return absl::Substitute(R"(<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/"><$0References>$1
      </$0References></Courses>)",
                          Long(100 * n), Times(20 * n, R"(<learningOpportunity id="urn:example:o#"/>)"));
}

// --- The table -------------------------------------------------------------------------------------------------------

struct Row {
  const char* name;
  const char* from;
  const char* to;
  std::function<std::string(int)> make;  // of a parameter with which the document grows in proportion
  // How many times the size of the document its translation and report may have; none for one that is refused.
  std::optional<double> times;
  Reason refused = Reason::kInputTooLarge;
};

const Row kRows[] = {
    {"identifiers of the issuer of the record", "clr2", "elm", RecordOfManyIdentifiers, 16},
    {"issuers of several achievements", "openbadges3", "elm", Badge3OfManyIssuers, 12},
    {"results of several achievements", "openbadges3", "elm", Badge3OfManyResults, std::nullopt},
    {"a long name of many values", "openbadges3", "elm", Badge3OfLongName, 12},
    {"kinds of one assessment", "openbadges3", "elm", Badge3OfManyWords, std::nullopt},
    {"issuers of several achievements, written", "openbadges3", "openbadges3", Badge3OfManyIssuers, 12},
    {"a long name of many values", "openbadges2", "elm", Badge2OfLongName, 12},
    {"issuers, and a long name", "edubadges", "elm", EdubadgeOfManyIssuers, 16},
    {"bodies of all parts", "ebsi-vc", "elm", AttestationOfManyBodies, std::nullopt},
    {"names of a body in many places", "ebsi-vc", "elm", AttestationOfManyPlaces, std::nullopt},
    {"bodies of all parts of a claim", "ebsi-vc", "elm", AttestationOfManyParts, std::nullopt},
    {"issuers of all claims", "ebsi-vc", "elm", AttestationOfManyIssuers, std::nullopt},
    {"parts, and a long name", "koski", "elm", StudyRecordOfManyCodes, 16},
    {"codes of a course, and a long name", "ooapi", "elm", CatalogueOfManyCodes, 12},
    {"codes of a course, written", "ooapi", "ooapi", CatalogueOfManyCodes, 12},
    {"a long name of many values", "sd-jwt-vc", "elm", SdJwtOfLongName, 12},
    {"decoys under a long name", "sd-jwt-vc", "elm", SdJwtOfManyDecoys, std::nullopt, Reason::kDisclosure},
    {"texts of a long language", "elm", "elm", EuropeanOfLongLanguage, 4},
    {"parts of parts", "elm", "elm", EuropeanOfDeepParts, 8},
    {"two bodies in turn", "elm", "elmo", EuropeanOfBodiesInTurn, std::nullopt},
    {"two bodies in turn", "elm", "openbadges3", EuropeanOfBodiesInTurn, 8},
    {"an assessment of all courses", "loq", "elm", OffersOfOneAssessment, 8},
    {"an assessment of all courses", "loq", "loq", OffersOfOneAssessment, 8},
    {"an assessment of all courses", "loq", "ooapi", OffersOfOneAssessment, std::nullopt},
    {"an assessment of all courses", "loq", "ooapi5", OffersOfOneAssessment, std::nullopt},
    {"many others in a presentation", "vc-presentation", "elm", Presentation, 12},
    {"issuers of several achievements", "elmo", "elm", ElmoOfManyIssuers, 12},
    {"issuers of several achievements, written", "elmo", "elmo", ElmoOfManyIssuers, 12},
    {"titles of a group of all achievements", "elmo", "elm", ElmoOfOneGroup, std::nullopt},
    {"remarks in a long name", "elmo", "elm", ElmoOfRemarks, 12},
    {"a transcript of many issuers", "ewp", "elm", Transcript, 12},
    {"references to a body, remarks in a long name", "elm-xml", "elm", EuropeanXml, 12},
    {"a part of all studies, remarks in a long name", "virta", "elm", Register, 16},
    {"names of the university of all items", "xhochschule", "elm", UniversityTranscript, std::nullopt},
    {"parts, names, remarks in a long name", "xberufsbildung", "elm", ExaminationCertificate, 12},
    {"offers of a list with a long name", "loq", "elm", Courses, 12},
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

constexpr int kParameter = 100;

class MultiplyingTest : public testing::TestWithParam<Row> {
 protected:
  // Bytes of what comes of the document: its translation, and its report as it is told. Nothing of a refused one.
  size_t Come(const std::string& bytes) const {
    TranslateOptions options;
    options.from = GetParam().from;
    options.to = GetParam().to;
    options.catalogues = true;
    options.import.list_mapped = true;
    if (options.from == "vc-presentation") options.import.report_index = 0;
    const auto translated = document::Translate(registry_, bytes, options);
    if (!GetParam().times.has_value()) {
      EXPECT_EQ(base::ReasonOf(translated.status()), GetParam().refused) << translated.status();
      return 0;
    }
    EXPECT_TRUE(translated.ok()) << translated.status();
    if (!translated.ok()) return 0;
    return translated->content.size() + document::ReportJson(translated->report).size();
  }

  const document::Registry registry_ = MakeRegistry();
};

TEST_P(MultiplyingTest, WhatComesOfItGrowsWithItsSize) {
  const std::string one = GetParam().make(kParameter);
  const std::string two = GetParam().make(2 * kParameter);
  const size_t of_one = Come(one);
  const size_t of_two = Come(two);
  const auto times = [](size_t part, size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); };
  std::printf("%8zu bytes make %8zu, %8zu make %8zu: %s\n", one.size(), of_one, two.size(), of_two, GetParam().name);
  ASSERT_LT(times(two.size(), one.size()), kGrowthMax) << "the document itself multiplies";
  if (!GetParam().times.has_value()) return;
  EXPECT_LE(times(of_two, of_one), kGrowthMax);
  EXPECT_LE(times(of_two, two.size()), *GetParam().times);
}

INSTANTIATE_TEST_SUITE_P(Documents, MultiplyingTest, testing::ValuesIn(kRows), [](const auto& row) {
  std::string name = absl::StrCat(row.param.from, "_to_", row.param.to, "_", row.index);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// What is left out so that a document cannot multiply itself is told, with its place.
TEST(LeftOutTest, BodiesBeyondThoseThatAreWrittenAreTold) {
  const document::Registry registry = MakeRegistry();
  const std::pair<std::string, const char*> documents[] = {{Badge3OfManyIssuers(1), "/issuer/17"},
                                                           {ElmoOfManyIssuers(1), "/elmo/report[1]/issuer[18]"}};
  for (const auto& [bytes, place] : documents) {
    const auto translated = document::Translate(registry, bytes, {});
    ASSERT_TRUE(translated.ok()) << translated.status();
    std::vector<std::string> told;
    for (const auto& diagnostic : translated->report.diagnostics()) {
      if (diagnostic.rule() != "issuer.too-many") continue;
      EXPECT_EQ(diagnostic.severity(), document::v1::SEVERITY_WARNING);
      told.push_back(diagnostic.place());
    }
    ASSERT_EQ(told.size(), 3) << "of twenty, the first and sixteen beside it are written";
    EXPECT_EQ(told.front(), place);
  }
}

TEST(MultiplyingRowsTest, EveryAdapterHasOne) {
  std::set<std::string> read;
  std::set<std::string> written;
  for (const Row& row : kRows) {
    read.insert(row.from);
    written.insert(row.to);
  }
  const document::Registry registry = MakeRegistry();
  for (const auto& adapter : registry.adapters()) {
    for (const std::string& direction : adapter->Info().directions) {
      const std::set<std::string>& rows = direction == "read" ? read : written;
      EXPECT_TRUE(rows.count(adapter->Info().id) > 0) << adapter->Info().id << " to " << direction;
    }
  }
}

}  // namespace
}  // namespace passerelle::adapters
