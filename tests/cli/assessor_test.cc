// A credential that another body assessed than awarded, through the real program.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAssessor[] =
    R"("type": "LearningAssessment", "assessedBy": {"id": "urn:example:org:8", "type": "Organisation",
       "legalName": {"en": "Test centre of Rannu"}, "vatIdentifier": {"id": "urn:example:legal:8",
       "type": "LegalIdentifier", "notation": "EE900", "spatial":
       {"id": "http://publications.europa.eu/resource/authority/country/EST", "type": "Concept", "inScheme":
       {"id": "http://publications.europa.eu/resource/authority/country", "type": "ConceptScheme"},
       "prefLabel": {"en": "Estonia"}}}},)";

// A register of invented bodies with this identifier.
std::string RegisterWith(const std::string& identifier) {
  return absl::StrCat("source: \"Register of EE\"\nversion: \"1\"\nsnapshot_date: \"2026-01-31\"\nproviders:\n",
                      "  - {entry: \"ee/1\", identifiers: [\"", identifier,
                      "\"], country: EE, recognised: [{from: \"2010-01-01\"}]}\n");
}

class AssessorCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string complete = ReadAll(absl::StrCat(testing::kSourceDir, "/tests/unit/core/elm/data/complete.json"));
    const std::string changed = absl::StrReplaceAll(complete, {{R"("type": "LearningAssessment",)", kAssessor}});
    ASSERT_NE(changed, complete);
    WriteAll(document_, changed);
  }
  std::string Evaluate(const std::string& registers) const {
    WriteAll(folder_ + "/register.yaml", registers);
    const Outcome outcome =
        RunProgram({Passerelle(), "recognition", "evaluate", "--policy",
                    absl::StrCat(testing::kSourceDir, "/docs/operating/policies/micro-credential-for-credit.yaml"),
                    "--case", document_, "--register-facts", folder_ + "/register.yaml", "--at", "2026-01-31"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }

  const std::string folder_ = ScratchFolder();
  const std::string document_ = folder_ + "/assessed-elsewhere.json";
};

TEST_F(AssessorCommandTest, AnAssessorUnknownToTheRegisterIsAWarningForTheEvaluator) {
  EXPECT_THAT(Evaluate(RegisterWith("vat:EE100")), HasSubstr("warning: ASSESSOR_UNRESOLVED (assessor=vat:EE900)"));
  EXPECT_THAT(Evaluate(RegisterWith("vat:EE900")), Not(HasSubstr("warning: ")));
}

TEST_F(AssessorCommandTest, WithoutARegisterTheQuestionStaysOpen) {
  const Outcome outcome = RunProgram({Passerelle(), "verify", document_, "--json", "--at", "2025-06-30T00:00:00Z"});
  EXPECT_THAT(
      outcome.out,
      HasSubstr(R"({"name":"assessor","outcome":"UNKNOWN","reason":"NO_EVIDENCE","inputs":["assessor=vat:EE900"])"));
}

}  // namespace
}  // namespace passerelle::tests
