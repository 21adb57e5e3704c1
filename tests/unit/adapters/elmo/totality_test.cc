// Nothing of an ELMO document gets lost without a word: every text and attribute stands in the translation (the
// embedded original aside), is listed as dropped, or belongs to the few elements whose words a rule turns into
// something else.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/registry.h"
#include "core/base/unpack.h"
#include "core/base/xml.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;

// Elements and attributes that rules convert, so that their words need not stand in the translation.
const std::set<std::string>& Converted() {
  static const auto& names = *new std::set<std::string>{"bday",
                                                        "dateOfBirth",
                                                        "date",
                                                        "start",
                                                        "end",
                                                        "issueDate",
                                                        "generatedDate",  // dates
                                                        "country",
                                                        "citizenship",
                                                        "gender",
                                                        "languageOfInstruction",
                                                        "iscedCode",  // concepts
                                                        "scheme",
                                                        "value",
                                                        "engagementHours",
                                                        "level",
                                                        "type",
                                                        "status",
                                                        "qualificationLevel",  // numbers and kinds
                                                        "percentageLower",
                                                        "percentageEqual",
                                                        "percentageHigher",
                                                        "descriptionHtml",  // rounded, stripped
                                                        "gradingSchemeLocalId",
                                                        "content",  // references, data URIs
                                                        "@lang",
                                                        "@typeref",
                                                        "@idref",
                                                        "@id",
                                                        "@localId",
                                                        "@dtf",
                                                        "@count",
                                                        "@type"};
  return names;
}

class Checker {
 public:
  Checker(const base::XmlDocument& document, const document::Translated& translated) : document_(document) {
    elm::v3::EuropeanDigitalCredential credential = translated.credential;
    credential.clear_evidence();
    json_ = elm::Write(credential);
    for (const auto& dropped : translated.report.dropped()) dropped_.insert(dropped.source());
  }

  void Check(const pugi::xml_node& node) {
    const std::string path = document_.Path(node);
    if (dropped_.count(path) > 0 && node.type() != pugi::node_element) return;
    if (dropped_.count(path) > 0 && node.first_child().type() == pugi::node_element) return;  // a whole subtree
    if (node.type() == pugi::node_comment || node.type() == pugi::node_pi) {
      ADD_FAILURE() << path << " is neither carried nor listed";
      return;
    }
    const std::string name(base::XmlLocalName(node));
    CheckText(path, name, base::XmlText(node));
    for (const auto& attribute : node.attributes()) {
      if (base::IsNamespaceDeclaration(attribute)) continue;
      const std::string local(base::XmlLocalName(attribute));
      CheckText(absl::StrCat(path, "/@", local), absl::StrCat("@", local), attribute.value());
    }
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_element || child.type() == pugi::node_comment) Check(child);
    }
  }

 private:
  void CheckText(const std::string& path, const std::string& name, const std::string& text) {
    if (text.empty() || dropped_.count(path) > 0 || Converted().count(name) > 0) return;
    // Texts of several lines keep their line breaks, so words are looked for, not the text.
    for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" \"\\/"), absl::SkipEmpty())) {
      EXPECT_TRUE(absl::StrContains(json_, word)) << path << ": a word is neither carried nor listed";
    }
  }

  const base::XmlDocument& document_;
  std::string json_;
  std::set<std::string> dropped_;
};

void CheckFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  document::TranslateOptions options;
  options.from = "elmo";
  const auto translated = document::Translate(adapters::MakeRegistry(), bytes, options);
  if (!translated.ok()) return;
  const auto unpacked = base::Unpack(bytes);
  ASSERT_TRUE(unpacked.ok());
  const auto document = base::ReadXml(unpacked->bytes);
  ASSERT_TRUE(document.ok());
  SCOPED_TRACE(file.string());
  Checker checker(*document, *translated);
  for (const auto& node : document->Top().children()) {
    if (node.type() != pugi::node_declaration) checker.Check(node);
  }
}

int CheckFilesBelow(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || absl::EndsWith(name, ".md") || absl::StartsWith(name, "expected") ||
        absl::StartsWith(name, "report") || absl::StartsWith(name, "error") || absl::StartsWith(name, "options")) {
      continue;
    }
    CheckFile(entry.path());
    ++files;
  }
  return files;
}

TEST(ElmoTotalityTest, NothingOfAGoldenCaseGetsLost) {
  EXPECT_GT(CheckFilesBelow(fs::path(testing::kSourceDir) / "tests/golden/elmo"), 20);
}

TEST(ElmoTotalityTest, NothingOfARealDocumentGetsLost) {
  const fs::path corpus = fs::path(testing::kSourceDir) / "../shared/corpus/elmo";
  if (!fs::exists(corpus)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elmo";
  EXPECT_GT(CheckFilesBelow(corpus), 10);
}

}  // namespace
}  // namespace passerelle
