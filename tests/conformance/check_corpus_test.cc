// `passerelle check --json` over the collected European documents: the verdict on every file against that of an
// independent judge (JSON-LD processor and SHACL engine), which stands in EXPECTED.tsv, column strict. Prints agreement
// per file, and the exceptions with their reasons.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

namespace fs = std::filesystem;

fs::path Corpus() { return fs::path(testing::kSourceDir).parent_path() / "shared" / "corpus" / "elm"; }

// Files whose verdict differs, with the reason.
const std::map<std::string, std::string>& Reasoned() {
  static const auto* const reasons = new std::map<std::string, std::string>{
      {"loq-ams/fixture-pid-canonical.jsonld", "no credential: person identification by a profile of its own"},
  };
  return *reasons;
}

struct Verdict {
  bool conforms = false;
  std::string why;  // the first finding, or the problem
};

Verdict VerdictOn(const fs::path& file) {
  const Outcome outcome = RunProgram({Passerelle(), "check", "--json", file.string()});
  EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << file << " " << outcome.exit_code << outcome.err;
  const absl::StatusOr<base::JsonDocument> report = base::JsonDocument::Parse(outcome.out);
  EXPECT_TRUE(report.ok()) << file << " " << report.status() << outcome.out;
  if (!report.ok()) return {};
  Verdict verdict;
  const simdjson::dom::element root = report->root();
  if (root.at_pointer("/european_model/conforms").get(verdict.conforms) != simdjson::SUCCESS) {
    verdict.why = outcome.err;
    return verdict;
  }
  std::string_view rule;
  std::string_view pointer;
  std::string_view message;
  if (!verdict.conforms && root.at_pointer("/european_model/findings/0/rule").get(rule) == simdjson::SUCCESS &&
      root.at_pointer("/european_model/findings/0/pointer").get(pointer) == simdjson::SUCCESS &&
      root.at_pointer("/european_model/findings/0/message").get(message) == simdjson::SUCCESS) {
    verdict.why = absl::StrCat(base::View(pointer), " ", base::View(rule), ": ", base::View(message));
  }
  EXPECT_TRUE(verdict.conforms || !verdict.why.empty()) << file << " violates without a finding";
  return verdict;
}

TEST(CheckCorpus, VerdictIsThatOfTheIndependentJudge) {
  const fs::path expected = Corpus() / "EXPECTED.tsv";
  if (!fs::exists(expected)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elm/EXPECTED.tsv";
  std::ifstream table(expected);
  std::string line;
  std::getline(table, line);
  int judged = 0;
  int agree = 0;
  while (std::getline(table, line)) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    ASSERT_GE(row.size(), 5u);
    const bool want = row[4] == "conforms";
    const Verdict got = VerdictOn(Corpus() / row[0]);
    ++judged;
    const bool same = want == got.conforms;
    agree += same ? 1 : 0;
    std::printf("%-9s %-8s %-75s %s\n", same ? "agrees" : "DIFFERS", got.conforms ? "conforms" : "violates",
                row[0].c_str(), got.why.c_str());
    const auto reason = Reasoned().find(row[0]);
    if (reason == Reasoned().end()) {
      EXPECT_EQ(want, got.conforms) << row[0] << ": " << got.why << "\n  judge: " << (row.size() > 6 ? row[6] : "");
    } else {
      std::printf("          reason: %s\n", reason->second.c_str());
      EXPECT_NE(want, got.conforms) << row[0] << " agrees now: take it off the list";
    }
  }
  std::printf("%d of %d files agree\n", agree, judged);
  EXPECT_GT(judged, 80);
}

}  // namespace
}  // namespace passerelle::tests
