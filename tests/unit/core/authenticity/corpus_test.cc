// Real seals and samples (../shared/corpus) and what becomes of them without anchors, by corpus.tsv: file, point in
// time, verdict, and the checks that matter, each as name:OUTCOME:REASON. Skipped, and said so, where the corpus is not
// there.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CorpusTest, SamplesGetTheVerdictsOfTheTable) {
  const std::string corpus = absl::StrCat(testing::kSourceDir, "/../shared/corpus/");
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const std::string table = ReadText(absl::StrCat(testing::kSourceDir, "/tests/unit/core/authenticity/corpus.tsv"));
  int judged = 0;
  const std::vector<std::string> lines = absl::StrSplit(table, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    if (line[0] == '#') continue;
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    ASSERT_EQ(row.size(), 4u) << line;
    SCOPED_TRACE(row[0]);
    ASSERT_TRUE(std::filesystem::exists(corpus + row[0]));
    const v1::AuthenticityVerdict verdict = JudgeWith(nullptr, ReadText(corpus + row[0]), row[1]);
    EXPECT_EQ(VerdictWord(verdict.verdict()), row[2]) << Told(verdict);
    const std::vector<std::string> checks = absl::StrSplit(row[3], ' ', absl::SkipEmpty());
    for (const std::string& check : checks) {
      EXPECT_THAT(Told(verdict), ::testing::HasSubstr(check));
    }
    ++judged;
  }
  EXPECT_GE(judged, 30);
}

}  // namespace
}  // namespace passerelle::authenticity
