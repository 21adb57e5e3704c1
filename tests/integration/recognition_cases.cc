#include "tests/integration/recognition_cases.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

constexpr int kAgeDays = 180;

// Texts in capitals are put in. What a row does not state is left out with its member.
constexpr char kDocument[] = R"({"@context":["https://www.w3.org/ns/credentials/v2",
"http://data.europa.eu/snb/model/context/edc-ap"],"id":"urn:credential:NAME",
"type":["VerifiableCredential","EuropeanDigitalCredential"],"issuer":BODY,"validFrom":"AWARDT10:00:00Z",
"credentialSubject":{"id":"urn:person:1","type":"Person","givenName":{"en":["GIVEN"]},"familyName":{"en":["FAMILY"]},
"fullName":{"en":["GIVEN FAMILY"]},"dateOfBirth":"BIRTHT00:00:00Z",
"identifier":[{"id":"urn:identifier:1","type":"Identifier","notation":"STUDENT"}],
"hasClaim":[{"id":"urn:achievement:1","type":"LearningAchievement","title":{"en":["TITLE"]},
"awardedBy":{"id":"urn:award:1","type":"AwardingProcess","awardingDate":"AWARDT10:00:00Z","awardingBody":[BODY]},
ASSESSMENT"specifiedBy":{"id":"urn:qualification:1","type":"Qualification",QUALIFICATION"title":{"en":["TITLE"]},
"volumeOfLearning":"PT125H",SETTINGOUTCOMES
"eqfLevel":{"id":"http://data.europa.eu/snb/eqf/LEVEL","type":"Concept",
"inScheme":{"id":"http://data.europa.eu/snb/eqf/25831c2","type":"ConceptScheme"}},
"mode":[{"id":"http://data.europa.eu/snb/learning-assessment/920fbb3cbe","type":"Concept"}],
"creditPoint":[{"id":"urn:credit:1","type":"CreditPoint","point":"CREDITS",
"framework":{"id":"http://data.europa.eu/snb/education-credit/6fcec5c5af","type":"Concept"}}]}}]}})";

constexpr char kBody[] = R"({"id":"urn:org:1","type":"Organisation",IDENTIFIER"legalName":{"en":["ORGANISATION"]},
"location":[{"id":"urn:loc:1","type":"Location","address":[{"id":"urn:adr:1","type":"Address",
"countryCode":{"id":"http://publications.europa.eu/resource/authority/country/COUNTRY","type":"Concept"}}]}]})";

constexpr char kAssessment[] = R"("provenBy":[{"id":"urn:assessment:1","type":"LearningAssessment",
"title":{"en":["Examination"]},"awardedBy":{"id":"urn:award:1","type":"AwardingProcess"},
"grade":{"id":"urn:grade:1","type":"Note","noteLiteral":{"en":["B"]}},
"idVerification":{"id":"http://data.europa.eu/snb/supervision-verification/70be69aaf9","type":"Concept"},
"specifiedBy":[{"id":"urn:assessment-spec:1","type":"LearningAssessmentSpecification","title":{"en":["Examination"]},
"dcType":[{"id":"http://data.europa.eu/snb/assessment/KIND","type":"Concept"}]}]}],)";

std::string SettingOf(const std::string& setting) {
  if (setting.empty()) return "";
  return absl::StrCat(R"("learningSetting":{"type":"Concept","id":"http://data.europa.eu/snb/learning-setting/)",
                      setting == "formal" ? "6fd4685715" : "e207a81fc7", R"("},)");
}

std::string AssessmentOf(const std::string& tested) {
  if (tested.empty()) return "";
  return absl::StrReplaceAll(kAssessment, {{"KIND", tested == "attendance" ? "7331eb4762" : "2939dae15f"}});
}

// An identifier, "scheme:value", as a member of what it identifies.
std::string IdentifierOf(const std::string& identifier, absl::string_view id) {
  if (identifier.empty()) return "";
  const std::vector<std::string> halves = absl::StrSplit(identifier, absl::MaxSplits(':', 1));
  return absl::StrCat(R"("identifier":[{"id":"urn:identifier:)", id, R"(","type":"Identifier","schemeName":")",
                      halves[0], R"(","notation":")", halves[1], R"("}],)");
}

std::string OutcomesOf(const std::string& outcomes) {
  constexpr const char* kTitles[] = {"analyse water samples", "assess drinking water risks",
                                     "report laboratory results"};
  std::vector<std::string> entries;
  for (const absl::string_view number : absl::StrSplit(outcomes, ',', absl::SkipEmpty())) {
    entries.push_back(absl::StrCat(
        R"({"id":"urn:lo:)", number, R"(","type":"LearningOutcome","title":{"en":[")", kTitles[number[0] - '1'],
        R"("]},"relatedESCOSkill":[{"type":"Concept","id":"http://data.europa.eu/esco/skill/)", "0000000", number,
        R"(-0000-4000-8000-000000000000"}]})"));
  }
  return entries.empty() ? "" : absl::StrCat("\"learningOutcome\":[", absl::StrJoin(entries, ","), "],");
}

}  // namespace

std::vector<CaseRow> CaseRows() {
  std::ifstream file(absl::StrCat(testing::kSourceDir, "/tests/integration/recognition_cases/cases.tsv"));
  std::vector<CaseRow> rows;
  std::vector<std::string> head;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    if (head.empty()) {
      head = cells;
      continue;
    }
    CaseRow row;
    for (size_t i = 0; i < head.size() && i < cells.size(); ++i) row[head[i]] = cells[i] == "-" ? "" : cells[i];
    rows.push_back(row);
  }
  return rows;
}

CasePerson PersonOf(const CaseRow& row) {
  const std::vector<std::string> names = absl::StrSplit(row.at("holder"), ' ');
  CasePerson person;
  person.given_name = names[0];
  person.family_name = names[1];
  return person;
}

std::string DocumentOf(const CaseRow& row, absl::CivilDay today) {
  const CasePerson person = PersonOf(row);
  const std::string body = absl::StrReplaceAll(kBody, {{"IDENTIFIER", IdentifierOf(row.at("identifier"), "body")},
                                                       {"ORGANISATION", row.at("body")},
                                                       {"COUNTRY", row.at("country")}});
  return absl::StrReplaceAll(kDocument, {{"NAME", row.at("name")},
                                         {"TITLE", "Water quality in small supplies"},
                                         {"BODY", body},
                                         {"QUALIFICATION", IdentifierOf(row.at("qualification"), "qualification")},
                                         {"AWARD", absl::FormatCivilTime(today - kAgeDays)},
                                         {"GIVEN", person.given_name},
                                         {"FAMILY", person.family_name},
                                         {"BIRTH", person.birth_date},
                                         {"STUDENT", person.student_identifier},
                                         {"ASSESSMENT", AssessmentOf(row.at("tested"))},
                                         {"SETTING", SettingOf(row.at("setting"))},
                                         {"OUTCOMES", OutcomesOf(row.at("outcomes"))},
                                         {"LEVEL", row.at("level")},
                                         {"CREDITS", row.at("ects")}});
}

}  // namespace passerelle::gateway
