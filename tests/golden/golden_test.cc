// Golden cases: one folder, one test. See CMakeLists.txt for what a folder holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/registry.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

fs::path InputOf(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().stem() == "input") return entry.path();
  }
  return {};
}

// options.txt: lines of "from=<id>", "to=<id>" or "report_index=<n>".
document::TranslateOptions OptionsOf(const fs::path& folder) {
  document::TranslateOptions options;
  options.catalogues = true;
  for (const absl::string_view line : absl::StrSplit(ReadFile(folder / "options.txt"), '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> option = absl::StrSplit(line, absl::MaxSplits('=', 1));
    size_t number = 0;
    if (option.first == "from") {
      options.from = option.second;
    } else if (option.first == "to") {
      options.to = option.second;
    } else if (option.first == "report_index" && absl::SimpleAtoi(option.second, &number)) {
      options.import.report_index = number;
    } else {
      ADD_FAILURE() << "unknown option " << line;
    }
  }
  return options;
}

void Compare(const fs::path& path, const std::string& actual) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(actual, ReadFile(path)) << path << " differs; UPDATE_GOLDEN=1 rewrites it";
}

std::string Indented(const std::string& json) {
  std::string text;
  base::JsonWriter(text, base::JsonWriter::Layout::kIndented).Raw(json);
  return absl::StrCat(text, "\n");
}

// A translation is a draft until a node seals it: what the seal adds may be missing, nothing else.
void ExpectConformingDraft(const std::string& content) {
  const auto read = elm::Read(content);
  ASSERT_TRUE(read.ok()) << read.status();
  for (const elm::Finding& finding : elm::CheckConstraints(*read).findings) {
    const bool about_the_seal =
        finding.rule == "shape.min" || finding.rule == "shape.issuer" || finding.rule == "shape.class";
    const bool added_by_the_seal =
        about_the_seal && (absl::StrContains(finding.message, "issue") || absl::StrContains(finding.pointer, "issue"));
    EXPECT_TRUE(added_by_the_seal) << finding.pointer << " " << finding.rule << ": " << finding.message;
  }
}

class GoldenTest : public ::testing::Test {
 public:
  explicit GoldenTest(fs::path folder) : folder_(std::move(folder)) {}

  void TestBody() override {
    const document::Registry registry = adapters::MakeRegistry();
    const std::string input = ReadFile(InputOf(folder_));
    const document::TranslateOptions options = OptionsOf(folder_);
    const auto translated = document::Translate(registry, input, options);
    if (!translated.ok()) {
      const absl::string_view reason = base::Catalogue(base::ReasonOf(translated.status())).name;
      Compare(folder_ / "error.txt", absl::StrCat(reason, "\n", base::PlaceOf(translated.status()), "\n"));
      EXPECT_FALSE(fs::exists(folder_ / "expected.jsonld")) << "a translation was expected";
      return;
    }
    EXPECT_FALSE(fs::exists(folder_ / "error.txt")) << "a refusal was expected";
    Compare(folder_ / "report.json", Indented(document::ReportJson(translated->report)));
    if (!options.to.empty()) {
      const bool xml = absl::StartsWith(translated->content, "<");
      Compare(folder_ / (xml ? "written.xml" : "written.json"), absl::StrCat(translated->content, "\n"));
    } else if (translated->catalogue.has_value()) {
      EXPECT_EQ(translated->content, elm::WriteData(*translated->catalogue));
      Compare(folder_ / "expected.jsonld", Indented(translated->content));
    } else {
      Compare(folder_ / "expected.jsonld", absl::StrCat(elm::WritePretty(translated->credential), "\n"));
      EXPECT_EQ(translated->content, elm::Write(translated->credential));
      ExpectConformingDraft(translated->content);
    }
  }

 private:
  const fs::path folder_;
};

void RegisterCases() {
  std::vector<fs::path> folders;
  for (const auto& adapter : fs::directory_iterator(fs::path(testing::kSourceDir) / "tests/golden")) {
    if (!adapter.is_directory()) continue;
    for (const auto& entry : fs::directory_iterator(adapter.path())) {
      if (entry.is_directory()) folders.push_back(entry.path());
    }
  }
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    const std::string suite = absl::StrCat("Golden/", folder.parent_path().filename().string());
    ::testing::RegisterTest(suite.c_str(), folder.filename().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [folder]() -> ::testing::Test* { return new GoldenTest(folder); });
  }
}

}  // namespace
}  // namespace passerelle

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  passerelle::RegisterCases();
  return RUN_ALL_TESTS();
}
