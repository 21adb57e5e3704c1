#include "core/elm/annex_one.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/elm/check_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

namespace fs = std::filesystem;
using document::v1::AnnexOneElement;
using document::v1::AnnexOneReport;

std::map<std::string, AnnexOneElement> ById(const AnnexOneReport& report) {
  std::map<std::string, AnnexOneElement> elements;
  for (const AnnexOneElement& element : report.elements()) elements[element.element()] = element;
  return elements;
}

struct Expected {
  const char* id;
  const char* status;
  const char* value;
  const char* path;  // the first one
};

TEST(AnnexOne, CompleteCredentialStatesEveryElement) {
  const AnnexOneReport report = AnnexOne(ReadEdited({}).credential);
  EXPECT_TRUE(report.complete());
  ASSERT_EQ(report.elements_size(), 16);
  const Expected cases[] = {
      {"A1-M01", "stated", "Maarja Näidis; born 1998-03-14", "/credentialSubject/givenName"},
      {"A1-M02", "stated", "Restoring raised bogs", "/credentialSubject/hasClaim/title"},
      {"A1-M03", "stated", "Estonia", "/issuer/location/address/countryCode"},
      {"A1-M04", "stated", "Rannu Applied Institute", "/issuer/legalName"},
      {"A1-M05", "stated", "2025-05-30T00:00:00Z", "/credentialSubject/hasClaim/awardedBy/awardingDate"},
      {"A1-M06", "stated", "Plans the rewetting of a drained bog",
       "/credentialSubject/hasClaim/specifiedBy/learningOutcome"},
      {"A1-M07", "stated", "3 ECTS; 78 hours", "/credentialSubject/hasClaim/specifiedBy/creditPoint"},
      {"A1-M08", "stated", "Level 6", "/credentialSubject/hasClaim/specifiedBy/eqfLevel"},
      {"A1-M09", "stated", "project work", "/credentialSubject/hasClaim/provenBy/specifiedBy/dcType"},
      {"A1-M10", "stated", "Blended", "/credentialSubject/hasClaim/specifiedBy/mode"},
      {"A1-M11", "stated", "Program Quality Assurance: Programme accreditation of bog restoration",
       "/credentialSubject/hasClaim/specifiedBy/accreditation"},
      {"A1-O01", "stated", "A first course in ecology", "/credentialSubject/hasClaim/specifiedBy/entryRequirement"},
      {"A1-O02", "stated", "Supervised with ID Verification", "/credentialSubject/hasClaim/provenBy/idVerification"},
      {"A1-O03", "stated", "Passed with merit", "/credentialSubject/hasClaim/provenBy/grade"},
      {"A1-O04", "stated", "partial qualification", "/credentialSubject/hasClaim/specifiedBy/isPartialQualification"},
      {"A1-O05", "stated", "https://rannu.example/bogs", "/credentialSubject/hasClaim/specifiedBy/homepage"},
  };
  for (int i = 0; i < 16; ++i) {
    const AnnexOneElement& element = report.elements(i);
    EXPECT_EQ(element.element(), cases[i].id);
    EXPECT_EQ(StatusWord(element.status()), cases[i].status) << cases[i].id;
    EXPECT_EQ(element.value(), cases[i].value) << cases[i].id;
    ASSERT_GT(element.paths_size(), 0) << cases[i].id;
    EXPECT_EQ(element.paths(0), cases[i].path) << cases[i].id;
  }
}

struct Variant {
  const char* name;
  std::vector<Edit> edits;
  const char* id;
  const char* status;
  const char* value;
};

TEST(AnnexOne, VariantsChangeTheElementTheyTouch) {
  constexpr char kDob[] = "\"dateOfBirth\": ";
  constexpr char kVolume[] = "\"volumeOfLearning\": ";
  const Variant cases[] = {
      {"no names",
       {{"\"givenName\"", "\"publisher\""}, {"\"familyName\"", "\"dateCreated\""}},
       "A1-M01",
       "missing",
       ""},
      {"full name",
       {{"\"givenName\"", "\"fullName\""}, {"\"familyName\"", "\"dateCreated\""}},
       "A1-M01",
       "stated",
       "Maarja; born 1998-03-14"},
      {"mailbox alone",
       {{"\"givenName\"", "\"publisher\""},
        {"\"familyName\"", "\"dateCreated\""},
        {kDob,
         "\"contactPoint\": {\"type\": \"ContactPoint\", \"emailAddress\": {\"id\": "
         "\"mailto:maarja@rannu.example\", \"type\": \"Mailbox\"}}, \"dateOfBirth\": "}},
       "A1-M01",
       "stated",
       "e-mail address; born 1998-03-14"},
      {"address in prose only",
       {{"\"countryCode\"", "\"publisher\"", 0},
        {"\"type\": \"Address\"",
         "\"type\": \"Address\", \"fullAddress\": "
         "{\"type\": \"Note\", \"noteLiteral\": {\"en\": \"Rannu, by the lake\"}}"}},
       "A1-M03",
       "text",
       "Rannu, by the lake"},
      {"issue is no award",
       {{"\"awardingDate\": \"2025-05-30T00:00:00Z\"", "\"description\": {}", 0}},
       "A1-M05",
       "missing",
       "document issued 2025-06-02; no date of award"},
      {"outcomes in prose",
       {{"\"learningOutcome\": {",
         "\"learningOutcomeSummary\": {\"type\": \"Note\", \"noteLiteral\": {\"en\": "
         "\"Knows bogs\"}}, \"publisher\": {"}},
       "A1-M06",
       "text",
       "Knows bogs"},
      {"workload in months only",
       {{"PT78H", "P3M"}, {"\"creditPoint\": {", "\"publisher\": {"}},
       "A1-M07",
       "text",
       "3 months"},
      {"credits of no known system",
       {{"PT78H", ""}, {"education-credit/6fcec5c5af", "education-credit/0000000000"}},
       "A1-M07",
       "text",
       "3 European Credit Transfer System"},
      {"contact hours are no workload",
       {{"\"creditPoint\": {",
         "\"influencedBy\": {\"type\": \"LearningActivitySpecification\", \"contactHour\": "
         "\"12\"}, \"publisher\": {"},
        {kVolume, "\"maximumDuration\": "}},
       "A1-M07",
       "text",
       "12 contact hours"},
      {"level nine",
       {{"http://data.europa.eu/snb/eqf/6", "http://data.europa.eu/snb/eqf/9"}},
       "A1-M08",
       "text",
       "Level 6"},
      {"no level", {{"\"eqfLevel\": {", "\"publisher\": {"}}, "A1-M08", "missing", ""},
      {"private type of assessment",
       {{"http://data.europa.eu/snb/assessment/795dac4096", "urn:example:concept:1"}},
       "A1-M09",
       "text",
       "project work"},
      {"mode of the assessment only",
       {{"\"mode\": {", "\"publisher\": {"},
        {"\"type\": \"LearningAssessmentSpecification\"",
         "\"type\": \"LearningAssessmentSpecification\", \"mode\": "
         "{\"id\": \"http://data.europa.eu/snb/learning-assessment/920fbb3cbe\", \"type\": \"Concept\"}"}},
       "A1-M10",
       "text",
       "assessment: Online"},
      {"no form of participation", {{"\"mode\": {", "\"publisher\": {"}}, "A1-M10", "missing", ""},
      {"accreditation without a type",
       {{"\"accreditation\": {",
         "\"accreditation\": {\"id\": "
         "\"urn:example:accreditation:2\", \"type\": \"Accreditation\", \"title\": {\"en\": \"Seal of Rannu\"}}, "
         "\"publisher\": {"}},
       "A1-M11",
       "text",
       "Seal of Rannu"},
      {"no quality assurance", {{"\"accreditation\": {", "\"publisher\": {"}}, "A1-M11", "missing", ""},
      {"no partial qualification",
       {{"\"isPartialQualification\": true", "\"isPartialQualification\": false"}},
       "A1-O04",
       "stated",
       "no partial qualification"},
      {"a note is further information",
       {{"\"homepage\": {",
         "\"additionalNote\": {\"type\": \"Note\", "
         "\"noteLiteral\": {\"en\": \"Bring boots\"}}, \"publisher\": {"}},
       "A1-O05",
       "text",
       "Bring boots"},
  };
  for (const Variant& test : cases) {
    const AnnexOneReport report = AnnexOne(ReadEdited(test.edits).credential);
    const AnnexOneElement element = ById(report)[test.id];
    EXPECT_EQ(StatusWord(element.status()), test.status) << test.name;
    EXPECT_EQ(element.value(), test.value) << test.name;
    const bool missing_mandatory = std::string(test.status) == "missing" && test.id[3] == 'M';
    EXPECT_EQ(report.complete(), !missing_mandatory) << test.name;
    EXPECT_EQ(element.paths_size() == 0, std::string(test.status) == "missing") << test.name;
  }
}

TEST(AnnexOne, WhatIsMissingIsNamedAtOnceAndNothingElse) {
  const AnnexOneReport report = AnnexOne(
      ReadEdited(
          {{"\"creditPoint\": {", "\"publisher\": {"}, {"PT78H", ""}, {"\"accreditation\": {", "\"dateCreated\": {"}})
          .credential);
  EXPECT_FALSE(report.complete());
  std::vector<std::string> missing;
  for (const AnnexOneElement& element : report.elements()) {
    if (element.status() == document::v1::ELEMENT_STATUS_MISSING) missing.push_back(element.element());
  }
  EXPECT_THAT(missing, ::testing::ElementsAre("A1-M07", "A1-M11"));
}

TEST(AnnexOne, EmptyCredentialMissesEverything) {
  const AnnexOneReport report = AnnexOne(v3::EuropeanDigitalCredential());
  EXPECT_FALSE(report.complete());
  ASSERT_EQ(report.elements_size(), 16);
  for (const AnnexOneElement& element : report.elements()) {
    EXPECT_EQ(element.status(), document::v1::ELEMENT_STATUS_MISSING) << element.element();
  }
}

fs::path Corpus() { return fs::path(testing::kSourceDir).parent_path() / "shared" / "corpus" / "elm"; }

std::string Bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(AnnexOneCorpus, OfficialSampleIsNotComplete) {
  const fs::path sample = Corpus() / "official-v3.1" / "Sample-MC-Annex1-signed.jsonld";
  if (!fs::exists(sample)) GTEST_SKIP() << "SKIPPED: the collected documents are not beside this checkout";
  const absl::StatusOr<ReadCredential> read = Read(Bytes(sample));
  ASSERT_TRUE(read.ok()) << read.status();
  const AnnexOneReport report = AnnexOne(read->credential);
  EXPECT_FALSE(report.complete());
  std::map<std::string, AnnexOneElement> elements = ById(report);
  const std::map<std::string, std::string> expected = {
      {"A1-M01", "stated"},  {"A1-M02", "stated"}, {"A1-M03", "stated"}, {"A1-M04", "stated"}, {"A1-M05", "missing"},
      {"A1-M06", "stated"},  {"A1-M07", "stated"}, {"A1-M08", "stated"}, {"A1-M09", "text"},   {"A1-M10", "stated"},
      {"A1-M11", "missing"}, {"A1-O03", "stated"}, {"A1-O04", "stated"}};
  for (const auto& [id, status] : expected) EXPECT_EQ(StatusWord(elements[id].status()), status) << id;
  EXPECT_THAT(elements["A1-M03"].value(),
              ::testing::AllOf(::testing::HasSubstr("Ireland"), ::testing::HasSubstr("Spain")));
  EXPECT_THAT(elements["A1-M07"].value(),
              ::testing::AllOf(::testing::HasSubstr("60 hours"), ::testing::HasSubstr("2 ECTS")));
  EXPECT_EQ(elements["A1-M09"].value(), "artefact assessment");
}

// Paths are made without looking at the JSON; the JSON that the writer makes must have something at each.
TEST(AnnexOneCorpus, EveryPathLeadsSomewhereInWhatTheWriterWrites) {
  std::vector<std::string> documents = {DataFile("complete.json")};
  if (fs::exists(Corpus())) {
    for (const auto& entry : fs::recursive_directory_iterator(Corpus())) {
      const std::string extension = entry.path().extension();
      if (extension == ".json" || extension == ".jsonld") documents.push_back(Bytes(entry.path()));
    }
  }
  size_t paths = 0;
  for (const std::string& bytes : documents) {
    const absl::StatusOr<ReadCredential> read = Read(bytes);
    if (!read.ok()) continue;
    const absl::StatusOr<base::JsonDocument> written = base::JsonDocument::Parse(Write(read->credential));
    ASSERT_TRUE(written.ok()) << written.status();
    const AnnexOneReport report = AnnexOne(read->credential);
    for (const AnnexOneElement& element : report.elements()) {
      for (const std::string& path : element.paths()) {
        ++paths;
        EXPECT_EQ(written->root().at_pointer(path).error(), simdjson::SUCCESS) << element.element() << " " << path;
      }
    }
  }
  EXPECT_GE(paths, 16u);
}

}  // namespace
}  // namespace passerelle::elm
