// The constraints over the collected European documents: the verdict of every file against that of an independent
// judge (JSON-LD processor and SHACL engine), which stands in EXPECTED.tsv.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "gtest/gtest.h"

namespace passerelle::elm {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

fs::path Corpus() { return fs::path(PASSERELLE_SOURCE_DIR).parent_path() / "shared" / "corpus" / "elm"; }

// Files whose verdict differs, with the reason.
const std::map<std::string, std::string>& Reasoned() {
  static const auto* const reasons = new std::map<std::string, std::string>{
      {"derived/bad-seal-alg-none.jsonld", "only the seal is broken, which is judged elsewhere"},
      {"derived/bad-seal-header-changed.jsonld", "only the seal is broken, which is judged elsewhere"},
      {"derived/bad-seal-no-certificate.jsonld", "only the seal is broken, which is judged elsewhere"},
      {"derived/bad-seal-payload-changed.jsonld", "only the seal is broken, which is judged elsewhere"},
      {"derived/bad-seal-whitespace-in-payload.jsonld", "only the seal is broken, which is judged elsewhere"},
      {"loq-ams/fixture-pid-canonical.jsonld", "no credential: person identification by another profile"},
  };
  return *reasons;
}

TEST(ConstraintsCorpus, VerdictIsThatOfTheIndependentJudge) {
  const fs::path expected = Corpus() / "EXPECTED.tsv";
  if (!fs::exists(expected)) GTEST_SKIP() << "SKIPPED: the collected documents are not beside this checkout";
  std::ifstream table(expected);
  std::string line;
  std::getline(table, line);
  int judged = 0;
  int agree = 0;
  while (std::getline(table, line)) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    ASSERT_GE(row.size(), 5u);
    const bool want = row[4] == "conforms";
    const absl::StatusOr<ReadCredential> read = Read(ReadFile(Corpus() / row[0]));
    bool got = false;
    std::string why;
    if (read.ok()) {
      const Conformance conformance = CheckConstraints(*read);
      got = conformance.conforms;
      if (!got) {
        const Finding& first = conformance.findings.front();
        why = absl::StrCat(first.pointer, " ", first.rule, ": ", first.message);
      }
    } else {
      why = std::string(read.status().message());
    }
    ++judged;
    const auto reason = Reasoned().find(row[0]);
    const bool same = want == got;
    agree += same;
    std::printf("%-9s %-8s %-75s %s\n", same ? "agrees" : "DIFFERS", got ? "conforms" : "violates", row[0].c_str(),
                why.c_str());
    if (reason == Reasoned().end()) {
      EXPECT_EQ(want, got) << row[0] << ": " << why << "\n  judge: " << (row.size() > 6 ? row[6] : "");
    } else {
      std::printf("          reason: %s\n", reason->second.c_str());
      EXPECT_NE(want, got) << row[0] << " agrees now: take it off the list";
    }
  }
  std::printf("%d of %d files agree\n", agree, judged);
  EXPECT_GT(judged, 80);
}

}  // namespace
}  // namespace passerelle::elm
