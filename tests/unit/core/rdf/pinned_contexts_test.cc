#include "core/rdf/pinned_contexts.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/jcs.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "tests/support/paths.h"

namespace passerelle::rdf {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

// The value of "@context" in canonical form; empty when there is none.
std::string ContextOf(absl::string_view json) {
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) return "";
  const auto object = base::AsObject(document->root());
  const auto context = object.has_value() ? base::Find(*object, "@context") : std::nullopt;
  return context.has_value() ? base::CanonicalJson(*context).value_or("") : "";
}

std::map<std::string, ContextTable> Tables() {
  std::map<std::string, ContextTable> tables;
  for (const auto& entry : fs::directory_iterator(fs::path(testing::kSourceDir) / "core/rdf/contexts")) {
    auto table = ReadContextTable(Content(entry.path()));
    EXPECT_TRUE(table.ok()) << entry.path() << ": " << table.status();
    if (table.ok()) tables[entry.path().stem().string()] = *std::move(table);
  }
  return tables;
}

TEST(PinnedContextsTest, EveryTableIsBuiltIn) {
  const auto tables = Tables();
  EXPECT_EQ(PinnedContexts::Get().Urls().size(), tables.size());
  for (const auto& [name, table] : tables) {
    const auto loaded = PinnedContexts::Get().Load(table.url);
    ASSERT_TRUE(loaded.ok()) << name;
    EXPECT_EQ(base::CanonicalJson((*loaded)->context).value_or("x"), ContextOf(table.json)) << name;
    EXPECT_TRUE(table.sha256.empty() || base::IsSha256Hex(table.sha256)) << name;
  }
  EXPECT_EQ(base::ReasonOf(PinnedContexts::Get().Load("https://example.org/context").status()),
            base::Reason::kJsonLdContextUnknown);
}

TEST(PinnedContextsTest, TablesSayWhatWasPublished) {
  const fs::path published = fs::path(testing::kSourceDir) / "../shared/schemas/openbadges3/contexts";
  if (!fs::exists(published)) GTEST_SKIP() << "SKIPPED: there is no ../shared/schemas/openbadges3/contexts";
  std::map<std::string, fs::path> by_digest;
  for (const auto& entry : fs::directory_iterator(published)) {
    by_digest[base::Sha256Hex(Content(entry.path()))] = entry.path();
  }
  int compared = 0;
  for (const auto& [name, table] : Tables()) {
    const auto document = by_digest.find(table.sha256);
    if (document == by_digest.end()) {
      std::printf("SKIPPED: the published document of %s is not at hand\n", name.c_str());
      continue;
    }
    EXPECT_EQ(ContextOf(table.json), ContextOf(Content(document->second))) << name;
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST(PinnedContextsTest, ATableMayBeWrong) {
  const struct {
    absl::string_view text;
    absl::string_view place;
  } kCases[] = {
      {"a = b:c\n", "line 1"},
      {"url a:b\nx y z\n", "line 2"},
      {"url a:b\nx = no|c\n", "line 2"},
      {"url a:b\nx : a:c colour red\n", "line 2"},
      {"url a:b\nx : a:c type\n", "line 2"},
      {"url a:b\n@protected\n", "line 2"},
      {"url a:b\nx = a:c\n    y = a:d\n", "line 3"},
  };
  for (const auto& row : kCases) {
    const auto table = ReadContextTable(row.text);
    EXPECT_EQ(base::ReasonOf(table.status()), base::Reason::kConfigInvalid) << row.text;
    EXPECT_EQ(base::PlaceOf(table.status()), row.place) << row.text;
  }
}

TEST(PinnedContextsTest, ReadsTheNotation) {
  const auto table = ReadContextTable(
      "# remark\nurl a:b\nlet v a:vocab#\n@protected true\n@version 1.1\nnothing = null\nx = v|x\ny : - type @id\n"
      "z : v|z container @set protected false\n  @context null\nw : v|w\n  id = @id\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->json,
            R"({"@context":{"@protected":true,"@version":1.1,"nothing":null,"x":"a:vocab#x","y":{"@type":"@id"},)"
            R"("z":{"@id":"a:vocab#z","@container":"@set","@protected":false,"@context":null},)"
            R"("w":{"@id":"a:vocab#w","@context":{"id":"@id"}}}})");
}

}  // namespace
}  // namespace passerelle::rdf
