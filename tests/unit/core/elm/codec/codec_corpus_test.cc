// Reads every real document of the shared corpus, writes it and reads that again.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/elm/codec.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::MessageDifferencer;

fs::path Corpus() { return fs::path(testing::kSourceDir) / "../shared/corpus/elm"; }

std::vector<fs::path> Documents() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(Corpus())) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".json" || extension == ".jsonld")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Load(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The findings that writing cannot repair: what is not in the model stays so.
std::map<std::string, int> LastingFindings(const ReadCredential& read) {
  std::map<std::string, int> count;
  for (const Finding& finding : read.findings) {
    if (finding.rule == "json.unknown-member" || finding.rule == "json.null" || finding.rule == "json.value-kind" ||
        finding.rule == "json.empty" || finding.rule == "shape.max") {
      ++count[finding.rule];
    }
  }
  return count;
}

TEST(CodecCorpusTest, WritingWhatWasReadAndReadingItAgainGivesTheSameMessage) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: the shared corpus is not beside the repository";
  int accepted = 0;
  for (const fs::path& path : Documents()) {
    const std::string name = fs::relative(path, Corpus()).string();
    SCOPED_TRACE(name);
    const std::string source = Load(path);
    auto first = Read(source);
    EXPECT_EQ(LooksLikeCredential(source), first.ok());
    if (!first.ok()) {
      std::printf("%-75s refused   %s\n", name.c_str(), std::string(first.status().message()).c_str());
      continue;
    }
    ++accepted;
    std::map<std::string, int> rules;
    for (const Finding& finding : first->findings) ++rules[finding.rule];
    std::printf("%-75s accepted  %s %s", name.c_str(), std::string(EnvelopeName(first->envelope)).c_str(),
                first->model_version.c_str());
    for (const auto& [rule, count] : rules) std::printf(" %s:%d", rule.c_str(), count);
    std::printf("\n");

    const std::string written = Write(first->credential);
    auto second = Read(written);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(LastingFindings(*first), LastingFindings(*second));
    // The writer states its own contexts.
    first->credential->clear_context();
    second->credential->clear_context();
    MessageDifferencer differencer;
    std::string difference;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(first->credential, second->credential)) << difference.substr(0, 2000);
    EXPECT_EQ(Write(second->credential), written);
    const auto pretty = Read(WritePretty(first->credential));
    ASSERT_TRUE(pretty.ok()) << pretty.status();
    EXPECT_EQ(Write(pretty->credential), written);
  }
  EXPECT_GT(accepted, 60);
}

}  // namespace
}  // namespace passerelle::elm
