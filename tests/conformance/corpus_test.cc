// The production code over the documents of ../shared/corpus: every one translates, or is refused with the reason that
// its defect has. Prints a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;

const fs::path& Corpus() {
  static const auto& path = *new fs::path(fs::path(PASSERELLE_SOURCE_DIR) / "../shared/corpus");
  return path;
}

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && extension != ".md" && extension != ".tsv") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

// "translated", or the reason; a row of the table is printed.
std::string OutcomeOf(const document::Registry& registry, const fs::path& file, const std::string& from) {
  const std::string bytes = ReadFile(file);
  document::TranslateOptions options;
  options.from = from;
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

TEST(CorpusTest, EveryElmoDocumentTranslatesOrIsRefusedForItsDefect) {
  if (!fs::exists(Corpus() / "elmo")) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elmo";
  const document::Registry registry = adapters::MakeRegistry();
  const std::map<std::string, std::string> refused = {
      {"xhochschule-0.6-elmoCredential.xml", "FORMAT_UNKNOWN"},
      {"stads-minimal-no-namespace.xml", "XML_NAMESPACE"},
      {"kaisa-no-namespace.xml", "XML_NAMESPACE"},
      {"dk-wrong-charset.b64gz.txt", "XML_CHARSET"},
      {"example-de-not-wellformed.xml", "XML_MALFORMED"},
  };
  for (const fs::path& file : FilesBelow(Corpus() / "elmo")) {
    const auto expected = refused.find(file.filename().string());
    EXPECT_EQ(OutcomeOf(registry, file, ""), expected == refused.end() ? "translated" : expected->second) << file;
    if (expected != refused.end() && expected->second == "XML_NAMESPACE") {
      EXPECT_EQ(OutcomeOf(registry, file, "elmo"), "translated") << file << " when the format is named";
    }
  }
}

TEST(CorpusTest, EveryEuropeanDocumentTranslatesOrIsRefusedForWhatItIs) {
  if (!fs::exists(Corpus() / "elm")) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elm";
  const document::Registry registry = adapters::MakeRegistry();
  int translated = 0;
  for (const fs::path& file : FilesBelow(Corpus() / "elm")) {
    const std::string outcome = OutcomeOf(registry, file, "");
    translated += outcome == "translated" ? 1 : 0;
    const bool explained = outcome == "translated" || outcome == "FORMAT_UNKNOWN" ||
                           outcome == "FORMAT_NOT_SUPPORTED" || outcome == "NOT_A_CREDENTIAL" ||
                           outcome == "SEAL_MALFORMED" || absl::StartsWith(outcome, "JSON_");
    EXPECT_TRUE(explained) << file << " " << outcome;
  }
  EXPECT_GT(translated, 0);
}

// File by file: tests/conformance/formats.tsv has path, format and outcome. UPDATE_GOLDEN=1 writes what was found, to
// be read against the manifests before it is committed.
TEST(CorpusTest, EveryDocumentOfTheTableHasItsOutcome) {
  if (!fs::exists(Corpus())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus";
  const document::Registry registry = adapters::MakeRegistry();
  const fs::path table = fs::path(PASSERELLE_SOURCE_DIR) / "tests/conformance/formats.tsv";
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
      {"sd-jwt-vc", {"sd-jwt-vc"}},
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

}  // namespace
}  // namespace passerelle
