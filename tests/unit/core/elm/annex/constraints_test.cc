// Each rule of the constraints on a variant of the complete credential. The variants and their verdicts are data:
// tests/unit/core/elm/data/constraints_cases.json. "shapes_accept" marks those that the official shapes let pass.
#include "core/elm/constraints.h"

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/elm/check_report.h"
#include "core/elm/constraints_lexical.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

struct Case {
  std::string name;
  std::vector<Edit> edits;
  std::string rule;
  std::string pointer;
};

std::string Member(simdjson::dom::object object, absl::string_view name) {
  return std::string(base::FindString(object, name).value_or(""));
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(DataFile("constraints_cases.json"));
  if (!document.ok()) return cases;
  const simdjson::dom::array entries = base::AsArray(document->root()).value();
  for (const simdjson::dom::element entry : entries) {
    const simdjson::dom::object object = *base::AsObject(entry);
    Case made{Member(object, "name"), {}, Member(object, "rule"), Member(object, "pointer")};
    const simdjson::dom::array edits = base::AsArray(base::Find(object, "edits").value()).value();
    for (const simdjson::dom::element element : edits) {
      const simdjson::dom::object edit = *base::AsObject(element);
      int64_t which = 1;
      const auto stated = base::Find(edit, "which");
      if (stated.has_value() && stated->get(which) != simdjson::SUCCESS) which = -1;
      made.edits.push_back({Member(edit, "from"), Member(edit, "to"), static_cast<int>(which)});
    }
    cases.push_back(std::move(made));
  }
  return cases;
}

std::string Listed(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, "  ", finding.pointer, " ", finding.rule, ": ", finding.message, "\n");
  }
  return text;
}

TEST(Constraints, EveryVariantGetsItsVerdictRuleAndPlace) {
  const std::vector<Case> cases = Cases();
  ASSERT_GT(cases.size(), 40u);
  for (const Case& test : cases) {
    const Conformance conformance = JudgeEdited(test.edits);
    const std::string findings = Listed(conformance.findings);
    EXPECT_EQ(conformance.conforms, test.rule.empty()) << test.name << "\n" << findings;
    if (test.rule.empty()) continue;
    EXPECT_THAT(conformance.findings,
                ::testing::Contains(::testing::AllOf(::testing::Field(&Finding::rule, test.rule),
                                                     ::testing::Field(&Finding::pointer, test.pointer))))
        << test.name << "\n"
        << findings;
  }
}

TEST(Constraints, NoFindingRepeatsWhatTheLearnerIsCalled) {
  for (const Case& test : Cases()) {
    const std::string findings = Listed(JudgeEdited(test.edits).findings);
    for (const char* personal : {"Maarja", "Näidis", "1998", "urn:example:person"}) {
      EXPECT_THAT(findings, ::testing::Not(::testing::HasSubstr(personal))) << test.name;
    }
  }
}

TEST(Constraints, ProfileIsNamedAsStated) {
  EXPECT_EQ(JudgeEdited({}).profile, "edc-generic-full");
  EXPECT_EQ(JudgeEdited({{"ap/edc-generic-full", "ap/edc-issuedByMandate"}}).profile, "edc-issued-by-mandate");
  EXPECT_EQ(JudgeEdited({{"ap/edc-generic-full", "ap/of-our-own"}}).profile, "");
}

TEST(Constraints, FindingsAreBounded) {
  std::string claims = "\"hasClaim\": [";
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&claims, "{\"type\": \"LearningAchievement\"},");
  const Conformance conformance = JudgeEdited({{"\"hasClaim\": ", claims + "null], \"publisher\": "}});
  EXPECT_FALSE(conformance.conforms);
  EXPECT_EQ(conformance.findings.size(), base::kFindingsMax);
}

// Many credits that name one framework, which claims many schemes: the product of the two would take minutes.
TEST(Constraints, WorkStaysLinearWhereManyPointAtMuch) {
  std::string schemes = "[";
  std::string credits = "\"creditPoint\": [";
  for (int i = 0; i < 30'000; ++i) {
    absl::StrAppend(&schemes, "{\"id\": \"urn:example:s", i, "\"},");
    absl::StrAppend(&credits, "{\"type\": \"CreditPoint\", \"point\": \"", i,
                    "\", \"framework\": {\"id\": \"urn:example:framework\"}},");
  }
  schemes += "{\"id\": \"urn:example:s\"}]";
  credits +=
      "{\"type\": \"CreditPoint\", \"point\": \"1\", \"framework\": {\"id\": \"urn:example:framework\", "
      "\"type\": \"Concept\", \"inScheme\": " +
      schemes + "}}], \"publisher\": {";
  const CheckResult result = CheckEdited({{"\"creditPoint\": {", credits}});
  EXPECT_FALSE(result.conformance.conforms);
}

struct Lexical {
  v3::Datatype datatype;
  const char* text;
  bool valid;
};

TEST(ConstraintsLexical, TextsAreJudgedByDatatype) {
  const Lexical cases[] = {
      {v3::DATATYPE_DATE_TIME, "2025-05-30T00:00:00Z", true},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T00:00:00", true},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T00:00:00.125+02:00", true},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T24:00:00Z", true},
      {v3::DATATYPE_DATE_TIME, "2024-02-29T00:00:00Z", true},
      {v3::DATATYPE_DATE_TIME, "2025-02-29T00:00:00Z", false},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T24:30:00Z", false},
      {v3::DATATYPE_DATE_TIME, "2025-05-30", false},
      {v3::DATATYPE_DATE_TIME, "2025-13-01T00:00:00Z", false},
      {v3::DATATYPE_DATE_TIME, "2025-00-01T00:00:00Z", false},
      {v3::DATATYPE_DATE_TIME, "2025-05-30 00:00:00Z", false},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T00:00:00+15:00", false},
      {v3::DATATYPE_DATE_TIME, "2025-05-30T00:00:00.Z", false},
      {v3::DATATYPE_DATE_TIME, "99999999999-01-01T00:00:00Z", false},
      {v3::DATATYPE_DATE_TIME, "", false},
      {v3::DATATYPE_DURATION, "PT60H", true},
      {v3::DATATYPE_DURATION, "P2DT12H", true},
      {v3::DATATYPE_DURATION, "P1Y2M3DT4H5M6.7S", true},
      {v3::DATATYPE_DURATION, "-P1D", true},
      {v3::DATATYPE_DURATION, "P", false},
      {v3::DATATYPE_DURATION, "PT", false},
      {v3::DATATYPE_DURATION, "P1DT", false},
      {v3::DATATYPE_DURATION, "P2W", false},
      {v3::DATATYPE_DURATION, "PT1.5H", false},
      {v3::DATATYPE_DURATION, "PT5M4H", false},
      {v3::DATATYPE_DURATION, "P1H", false},
      {v3::DATATYPE_DURATION, "60 hours", false},
      {v3::DATATYPE_DURATION, "P99999999999999999999Y", false},
      {v3::DATATYPE_ANY_URI, "https://rannu.example/a?b=c#d", true},
      {v3::DATATYPE_ANY_URI, "https://rannu.example/a b", true},
      {v3::DATATYPE_INTEGER, "-7", true},
      {v3::DATATYPE_INTEGER, "7.0", false},
      {v3::DATATYPE_POSITIVE_INTEGER, "1", true},
      {v3::DATATYPE_POSITIVE_INTEGER, "0", false},
      {v3::DATATYPE_POSITIVE_INTEGER, "-1", false},
      {v3::DATATYPE_DECIMAL, "7.50", true},
      {v3::DATATYPE_DECIMAL, ".5", true},
      {v3::DATATYPE_DECIMAL, "7,5", false},
      {v3::DATATYPE_DECIMAL, ".", false},
      {v3::DATATYPE_DECIMAL, "1e3", false},
      {v3::DATATYPE_BOOLEAN, "true", true},
      {v3::DATATYPE_BOOLEAN, "yes", false},
      {v3::DATATYPE_IRI, "urn:example:1", true},
      {v3::DATATYPE_IRI, "example", false},
      {v3::DATATYPE_STRING, "anything at all", true},
  };
  for (const Lexical& test : cases) {
    EXPECT_EQ(IsLexical(test.datatype, test.text), test.valid) << v3::Datatype_Name(test.datatype) << " " << test.text;
  }
}

}  // namespace
}  // namespace passerelle::elm
