// The production code over the documents of ../shared/corpus: every one translates, or is refused with the reason that
// its defect has, file by file as corpus_outcomes.tsv lists them. Prints a table.
#include "tests/conformance/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;

// "translated", or the reason; a row of the table is printed.
std::string OutcomeOf(const document::Registry& registry, const fs::path& file, const std::string& from) {
  const std::string bytes = ReadFile(file);
  document::TranslateOptions options;
  options.from = from;
  options.catalogues = true;
  const document::Detected detected = document::Detect(registry, bytes);
  const auto translated = document::Translate(registry, bytes, options);
  const std::string name = fs::relative(file, Corpus()).string();
  if (!translated.ok()) {
    const std::string reason(base::Catalogue(base::ReasonOf(translated.status())).name);
    std::printf("%-66s %-8s %s at %s\n", name.c_str(), detected.format.c_str(), reason.c_str(),
                base::PlaceOf(translated.status()).c_str());
    return reason;
  }
  std::printf("%-66s %-8s score %3u, dropped %3d, diagnostics %3d\n", name.c_str(), detected.format.c_str(),
              translated->report.score(), translated->report.dropped_size(), translated->report.diagnostics_size());
  return "translated";
}

// File, outcome: "translated" or the reason. Files that nobody has listed yet fail the test, so that nothing changes
// unseen; UPDATE_GOLDEN=1 rewrites the table.
const std::string kOutcomes = std::string(testing::kSourceDir) + "/tests/conformance/corpus_outcomes.tsv";

std::map<std::string, std::string> ReadOutcomes() {
  std::map<std::string, std::string> outcomes;
  for (const absl::string_view line : absl::StrSplit(ReadFile(kOutcomes), '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> row = absl::StrSplit(line, absl::MaxSplits('\t', 1));
    outcomes[row.first] = row.second;
  }
  return outcomes;
}

TEST(CorpusTest, EveryDocumentTranslatesOrIsRefusedForWhatItIs) {
  if (!fs::exists(Corpus() / "elm") || !fs::exists(Corpus() / "elmo")) {
    GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus with elm and elmo";
  }
  const document::Registry registry = adapters::MakeRegistry();
  std::map<std::string, std::string> actual;
  std::map<std::string, int> counts;
  for (const char* const set : {"elm", "elmo"}) {
    for (const fs::path& file : FilesBelow(Corpus() / set)) {
      const std::string outcome = OutcomeOf(registry, file, "");
      actual[fs::relative(file, Corpus()).string()] = outcome;
      ++counts[outcome];
    }
  }
  for (const auto& [outcome, count] : counts) std::printf("%4d %s\n", count, outcome.c_str());
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(kOutcomes, std::ios::binary);
    for (const auto& [file, outcome] : actual) out << file << '\t' << outcome << '\n';
  }
  const std::map<std::string, std::string> expected = ReadOutcomes();
  for (const auto& [file, outcome] : actual) {
    const auto row = expected.find(file);
    EXPECT_EQ(row == expected.end() ? "" : row->second, outcome) << file;
  }
  for (const auto& [file, outcome] : expected)
    EXPECT_TRUE(actual.count(file) == 1) << file << " is listed and not there";
}

TEST(CorpusTest, ANamelessNamespaceIsRepairedWhereTheFormatIsNamed) {
  if (!fs::exists(Corpus() / "elmo")) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elmo";
  const document::Registry registry = adapters::MakeRegistry();
  int repaired = 0;
  for (const auto& [file, outcome] : ReadOutcomes()) {
    if (outcome != "XML_NAMESPACE" || !absl::StartsWith(file, "elmo/")) continue;
    EXPECT_EQ(OutcomeOf(registry, Corpus() / file, "elmo"), "translated") << file;
    ++repaired;
  }
  EXPECT_GT(repaired, 0);
}

// File by file: tests/conformance/formats.tsv has path, format and outcome. UPDATE_GOLDEN=1 writes what was found, to
// be read against the manifests before it is committed.
TEST(CorpusTest, EveryDocumentOfTheTableHasItsOutcome) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const document::Registry registry = adapters::MakeRegistry();
  const fs::path table = fs::path(testing::kSourceDir) / "tests/conformance/formats.tsv";
  std::string found;
  for (const char* folder : {"clr2", "ebsi-vc", "edubadges-ob2", "educredentials-ob3", "openbadges2", "openbadges3"}) {
    for (const fs::path& file : FilesBelow(Corpus() / folder)) {
      const std::string format = document::Detect(registry, ReadFile(file)).format;
      const std::string outcome = OutcomeOf(registry, file, "");
      absl::StrAppend(&found, fs::relative(file, Corpus()).string(), "\t", format, "\t", outcome, "\n");
    }
  }
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(table, std::ios::binary) << found;
    return;
  }
  EXPECT_EQ(found, ReadFile(table));
}

// Which formats the documents of each folder may be taken for. Nothing else is a right answer but "unknown".
TEST(CorpusTest, NoDocumentIsTakenForAnotherFormat) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const document::Registry registry = adapters::MakeRegistry();
  const std::map<std::string, std::vector<std::string>> right = {
      {"clr2", {"clr2"}},
      {"ebsi-vc", {"ebsi-vc"}},
      {"edubadges-ob2", {"edubadges"}},
      {"educredentials-ob3", {"openbadges3"}},
      // Wrapped in an SD-JWT, as a badge of the same content, in the form of DC4EU's catalogue, or as a catalogue in
      // XML.
      {"elm", {"elm", "elm-xml", "ebsi-vc", "sd-jwt-vc", "openbadges3", "loq"}},
      {"elmo", {"elmo", "xhochschule"}},
      {"ewp", {"ewp"}},
      {"koski", {"koski"}},
      {"ooapi", {"ooapi"}},
      {"openbadges2", {"openbadges2"}},
      {"openbadges3", {"openbadges3"}},
      {"sd-jwt-vc", {"sd-jwt-vc", "vc-presentation"}},  // the drafts break their tokens into lines
      {"trust", {}},
      {"virta", {"virta", "elmo", "elm"}},  // the pairs have one record in three formats
      {"xberufsbildung", {"xberufsbildung"}},
      {"xhochschule", {"xhochschule"}},
  };
  int files = 0;
  for (const auto& [folder, formats] : right) {
    if (!fs::exists(Corpus() / folder) || folder == "trust") continue;
    for (const fs::path& file : FilesBelow(Corpus() / folder)) {
      const std::string format = document::Detect(registry, ReadFile(file)).format;
      const bool allowed = format == "unknown" || std::find(formats.begin(), formats.end(), format) != formats.end();
      EXPECT_TRUE(allowed) << file << " was taken for " << format;
      ++files;
    }
  }
  std::printf("%d files, each taken for what it is or for nothing\n", files);
  EXPECT_GT(files, 0);
}

TEST(CorpusTest, EverySdJwtTranslatesOrIsRefusedForItsDefect) {
  if (!fs::exists(Corpus() / "sd-jwt-vc")) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/sd-jwt-vc";
  const document::Registry registry = adapters::MakeRegistry();
  int translated = 0;
  for (const fs::path& file : FilesBelow(Corpus() / "sd-jwt-vc")) {
    const bool draft = file.extension() == ".txt";
    if (file.extension() != ".sdjwt" && !draft) continue;
    const std::string outcome = OutcomeOf(registry, file, "");
    translated += outcome == "translated" ? 1 : 0;
    const bool tampered = absl::StrContains(file.filename().string(), "tampered");
    EXPECT_EQ(outcome, draft ? "FORMAT_UNKNOWN" : tampered ? "DISCLOSURE_INVALID" : "translated") << file;
    // Drafts of 2023 have no type that says what they are about.
    if (draft) {
      EXPECT_EQ(OutcomeOf(registry, file, "sd-jwt-vc"), "FIELD_MISSING") << file;
    }
  }
  EXPECT_GT(translated, 0);
}

}  // namespace
}  // namespace passerelle
