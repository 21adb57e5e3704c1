// The production code over the W3C suites of linked data in ../shared/corpus/trust.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <set>
#include <string>

#include "gateway/conformance/case.h"
#include "gateway/conformance/judge_rdf.h"
#include "gateway/conformance/suite.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

// Rows that cannot agree, each for the reason that docs/reference/conformance.md gives.
void ExpectAgreement(const std::string& suite, const std::set<std::string>& argued) {
  const std::string folder = std::string(testing::kSourceDir) + "/../shared/corpus/trust/" + suite;
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/trust/" << suite;
  const auto outcomes = gateway::JudgeSuites({folder});
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  std::printf("%s", gateway::SuitesText(*outcomes).c_str());
  for (const gateway::SuiteOutcome& outcome : *outcomes) {
    EXPECT_GT(outcome.judged, 0);
    for (const gateway::Difference& difference : outcome.differences) {
      EXPECT_EQ(argued.count(difference.case_id), 1u) << difference.case_id << ": " << difference.why;
    }
  }
}

TEST(RdfSuitesTest, CanonicalJson) { ExpectAgreement("jcs", {}); }

// These name contexts that the suite does not bring along, and contexts are never fetched.
TEST(RdfSuitesTest, JsonLdAsRdf) {
  ExpectAgreement("json-ld",
                  {"toRdf-tc031", "toRdf-tc034", "toRdf-te128", "toRdf-tso05", "toRdf-tso06", "toRdf-tso11"});
}

// The suite has rows without a judge, which must be refused with a named fault, or taken.
TEST(RdfSuitesTest, JsonLdFaultsByName) {
  const std::string folder = std::string(testing::kSourceDir) + "/../shared/corpus/trust/json-ld";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/trust/json-ld";
  const auto rows = gateway::ReadCases(folder);
  ASSERT_TRUE(rows.ok()) << rows.status();
  // The code differs: these need a context that is not at hand.
  const std::set<std::string> needs_context = {"toRdf-ter04", "toRdf-tc033", "toRdf-tso07", "toRdf-tso12"};
  int judged = 0;
  for (const gateway::ConformanceCase& row : *rows) {
    if (row.kind != "none") continue;
    const gateway::Judgement judgement = gateway::JudgeToRdf(row);
    EXPECT_EQ(judgement.gateway, row.gateway) << row.id << ": " << judgement.why;
    ++judged;
    const size_t mark = row.params.find("expectErrorCode");
    if (mark == std::string::npos || row.params.find("json-ld-1.0") != std::string::npos) continue;
    if (needs_context.count(row.id) > 0) continue;
    const size_t start = mark + std::string("expectErrorCode\": \"").size();
    const std::string code = row.params.substr(start, row.params.find('"', start) - start);
    EXPECT_NE(judgement.why.find(code), std::string::npos) << row.id << " " << code << ": " << judgement.why;
  }
  EXPECT_GT(judged, 0);
}

TEST(RdfSuitesTest, CanonicalRdf) { ExpectAgreement("rdf-canon", {}); }

TEST(RdfSuitesTest, DataIntegrityEdDsa) { ExpectAgreement("vc-di-eddsa", {}); }

TEST(RdfSuitesTest, DataIntegrityEcdsa) { ExpectAgreement("vc-di-ecdsa", {}); }

TEST(RdfSuitesTest, DataIntegrityAttacks) { ExpectAgreement("di-attacks", {}); }

TEST(RdfSuitesTest, OpenBadges) { ExpectAgreement("obv3", {}); }

}  // namespace
}  // namespace passerelle
