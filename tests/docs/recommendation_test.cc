// The page of the Recommendation is true: every point once, and every test, datum, command and method on it exists.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/cli/run_program.h"
#include "tests/docs/recommendation_page.h"
#include "tests/support/paths.h"

namespace passerelle::docs {
namespace {

namespace fs = std::filesystem;

// Points with a function or a policy, the recitals that say more than their point, the parts of Annex I and the
// principles of Annex II.
constexpr absl::string_view kReferences =
    "p5a p5b p5c p5d p5e p5f p5g p5h p5i p6b p6c p7a p7b p7c p8a p8b p8c p9a p9b p9c p9d p10 p11a p11b p11c p11d p11e "
    "p11f p11g p11h p11i p11j p12a p12b p12c p12d p12e p12f p12g p13 p14 p15a p15b p16a p16b p16c p16d p16e p16f p17 "
    "p18a p18b p18c p19 p20 p21 p22 rec9 rec15 rec17 rec18 rec19 rec20 rec22 A1-M A1-O A1 fn 27 A1 data model A2 A2.1 "
    "A2.2 A2.3 A2.4 A2.5 A2.6 A2.7 A2.8 A2.9 A2.10";

fs::path InTree(const std::string& path) { return fs::path(testing::kSourceDir) / path; }

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(InTree(path), std::ios::binary).rdbuf();
  return text.str();
}

// Whether a file has the test. Golden cases are tests by their folders.
bool HasTest(const std::string& file, const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  if (parts.size() != 2) return false;
  if (absl::StartsWith(name, "Golden/")) {
    const std::string folder = absl::StrCat("tests/golden/", parts[0].substr(7), "/", parts[1]);
    return file == "tests/golden/golden_test.cc" && fs::is_directory(InTree(folder));
  }
  const std::string text = TextOf(file);
  for (const char* macro : {"TEST", "TEST_F", "TEST_P"}) {
    if (absl::StrContains(text, absl::StrCat("\n", macro, "(", parts[0], ", ", parts[1], ")"))) return true;
  }
  return false;
}

// Whether the datum of a test exists, as recommendation_page.h says.
bool HasDatum(const std::string& file, const std::string& datum) {
  if (datum.empty()) return true;
  const std::vector<std::string> parts = absl::StrSplit(datum, absl::MaxSplits('#', 1));
  const std::string& path = parts[0].empty() ? file : parts[0];
  if (parts.size() == 1) return fs::exists(InTree(path));
  return !parts[1].empty() && absl::StrContains(TextOf(path), parts[1]);
}

// What a command and its subcommands are called, by what the program itself says.
bool IsCommand(const std::string& command) {
  static auto* const helps = new std::map<std::string, std::string>();
  const std::vector<std::string> words = absl::StrSplit(command, ' ');
  if (words.size() < 2 || words.size() > 3 || words[0] != "passerelle") return false;
  std::vector<std::string> call = {tests::Passerelle()};
  for (size_t i = 1; i < words.size(); ++i) {
    std::string& help = (*helps)[i == 1 ? "" : words[1]];
    if (help.empty()) {
      std::vector<std::string> asked = call;
      asked.emplace_back("--help");
      help = tests::RunProgram(asked).out;
    }
    if (!absl::StrContains(help, absl::StrCat("\n  ", words[i], " "))) return false;
    call.push_back(words[i]);
  }
  return true;
}

bool IsMethod(const std::string& name) {
  static const auto* const surface = new std::string(TextOf("proto/API_SURFACE.txt"));
  return absl::StrContains(*surface, absl::StrCat("\nmethod ", name, "("));
}

TEST(Recommendation, HasEveryPointOnce) {
  std::string all = " ";
  for (const Point& point : RecommendationPoints()) {
    for (const std::string& reference : std::vector<std::string>(absl::StrSplit(point.reference, ", "))) {
      EXPECT_FALSE(absl::StrContains(all, absl::StrCat(" ", reference, " "))) << reference << " stands twice";
      EXPECT_TRUE(absl::StrContains(absl::StrCat(" ", kReferences, " "), absl::StrCat(" ", reference, " ")))
          << reference << " is none";
      absl::StrAppend(&all, reference, " ");
    }
  }
  // As many words on either side, each of the one on the other.
  EXPECT_EQ(std::vector<std::string>(absl::StrSplit(all, ' ', absl::SkipEmpty())).size(),
            std::vector<std::string>(absl::StrSplit(kReferences, ' ')).size());
}

TEST(Recommendation, SaysOfEveryPointWhatThereIsOrWhatIsMissing) {
  std::set<std::string> states;
  for (const Point& point : RecommendationPoints()) {
    SCOPED_TRACE(point.reference);
    states.insert(StateOf(point));
    EXPECT_NE(point.section, "");
    EXPECT_NE(point.about, "");
    EXPECT_EQ(point.does.empty(), point.shown.empty()) << "what there is has a test, and nothing else has one";
    EXPECT_EQ(point.by.empty(), point.shown.empty());
    EXPECT_EQ(StateOf(point) == "not yet", point.shown.empty() && !point.missing.empty());
    EXPECT_TRUE(!point.policy || point.missing.empty());
    for (const Shown& shown : point.shown) EXPECT_TRUE(absl::StrContains(shown.example, " → ")) << shown.example;
  }
  EXPECT_EQ(states, (std::set<std::string>{"shown", "in part", "policy"}));
}

TEST(Recommendation, NamesTestsAndDataThatExist) {
  int tests = 0;
  for (const Point& point : RecommendationPoints()) {
    for (const Shown& shown : point.shown) {
      EXPECT_TRUE(HasTest(shown.file, shown.test)) << point.reference << ": " << shown.file << " " << shown.test;
      EXPECT_TRUE(HasDatum(shown.file, shown.datum)) << point.reference << ": " << shown.datum;
      ++tests;
    }
  }
  EXPECT_GT(tests, 50);
}

TEST(Recommendation, NamesCommandsAndMethodsThatExist) {
  for (const Point& point : RecommendationPoints()) {
    for (const std::string& by : point.by) {
      EXPECT_TRUE(absl::StartsWith(by, "passerelle ") ? IsCommand(by) : IsMethod(by)) << point.reference << ": " << by;
    }
  }
}

TEST(Recommendation, WouldNoticeWhatDoesNotExist) {
  const std::string file = "tests/unit/core/catalogue/principles_test.cc";
  EXPECT_TRUE(HasTest(file, "PrinciplesTest.ThereAreTenWithEvidenceOrNone"));
  EXPECT_FALSE(HasTest(file, "PrinciplesTest.ThereAreTen"));
  EXPECT_FALSE(HasTest("tests/nowhere.cc", "PrinciplesTest.ThereAreTenWithEvidenceOrNone"));
  EXPECT_TRUE(HasTest("tests/golden/golden_test.cc", "Golden/ewp.one-transcript"));
  EXPECT_FALSE(HasTest("tests/golden/golden_test.cc", "Golden/ewp.three-transcripts"));
  EXPECT_TRUE(HasDatum(file, "#see our page"));
  EXPECT_FALSE(HasDatum(file, "#see your page"));
  EXPECT_FALSE(HasDatum(file, "tests/unit/core/recognition/cases/00-nobody"));
  EXPECT_TRUE(IsCommand("passerelle catalogue checklist"));
  EXPECT_FALSE(IsCommand("passerelle catalogue sing"));
  EXPECT_FALSE(IsCommand("passerelle sing"));
  EXPECT_TRUE(IsMethod("passerelle.recognition.v1.RecognitionService.CreateCase"));
  EXPECT_FALSE(IsMethod("passerelle.recognition.v1.RecognitionService.Create"));
}

}  // namespace
}  // namespace passerelle::docs
