// What every adapter owes, tried on every golden document of every adapter in the registry.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/document/score.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "core/elm/vocabulary.h"
#include "tests/unit/adapters/contract/golden_documents.h"

namespace passerelle::adapters {
namespace {

using base::Reason;
using document::TranslateOptions;

class ContractTest : public testing::Test {
 protected:
  const document::Registry registry_ = MakeRegistry();
  const std::vector<GoldenDocument> documents_ = GoldenDocuments(registry_);

  // A translation that can be read, or a catalogued reason; nothing else may come of any bytes.
  void ExpectOrderly(const std::string& bytes, const TranslateOptions& options, const std::string& what) const {
    document::Detect(registry_, bytes);
    const auto translated = document::Translate(registry_, bytes, options);
    if (translated.ok()) {
      const bool catalogue = translated->catalogue.has_value();
      EXPECT_TRUE(catalogue ? elm::ReadData(translated->content).ok() : elm::Read(translated->content).ok()) << what;
    } else {
      EXPECT_NE(base::ReasonOf(translated.status()), Reason::kInternal) << what << ": " << translated.status();
    }
  }

  static TranslateOptions As(const GoldenDocument& document) {
    TranslateOptions options = document.options;
    options.from = document.format;
    return options;
  }

  static bool Can(const document::Adapter& adapter, const std::string& direction) {
    const auto& directions = adapter.Info().directions;
    return std::find(directions.begin(), directions.end(), direction) != directions.end();
  }

  std::vector<const document::Adapter*> Writers() const {
    std::vector<const document::Adapter*> writers;
    for (const auto& adapter : registry_.adapters()) {
      if (Can(*adapter, "write") && adapter->Info().id != "elm") writers.push_back(adapter.get());
    }
    return writers;
  }
};

std::set<std::string> Surviving(const document::v1::TranslationReport& report) {
  std::set<std::string> elements;
  for (const auto& element : report.elements()) {
    if (document::Survives(element.status())) elements.insert(element.element());
  }
  return elements;
}

// Stated in a typed field, here or where it was derived from.
std::set<std::string> Stated(const document::v1::TranslationReport& report) {
  std::set<std::string> elements;
  for (const auto& element : report.elements()) {
    const bool typed = element.status() == document::v1::ELEMENT_STATUS_STATED ||
                       element.status() == document::v1::ELEMENT_STATUS_DERIVED;
    if (typed) elements.insert(element.element());
  }
  return elements;
}

TEST_F(ContractTest, EveryAdapterThatReadsHasThreeCasesAndOneIsRefused) {
  std::map<std::string, std::pair<int, int>> cases;  // accepted, refused
  for (const GoldenDocument& document : documents_) {
    const bool accepted = document::Translate(registry_, document.bytes, document.options).ok();
    (accepted ? cases[document.format].first : cases[document.format].second)++;
  }
  for (const auto& adapter : registry_.adapters()) {
    const document::FormatInfo& info = adapter->Info();
    if (!Can(*adapter, "read") || info.id == "elm") continue;  // elm has its cases in tests/unit/core/elm
    const auto& [accepted, refused] = cases[info.id];
    std::printf("%-16s %2d accepted, %2d refused\n", info.id.c_str(), accepted, refused);
    EXPECT_GE(accepted, 1) << info.id;
    EXPECT_GE(accepted + refused, 3) << info.id;
    EXPECT_GE(refused, 1) << info.id;
  }
}

TEST_F(ContractTest, TheSameBytesGiveTheSameResult) {
  for (const GoldenDocument& document : documents_) {
    const auto first = document::Translate(registry_, document.bytes, document.options);
    const auto second = document::Translate(registry_, document.bytes, document.options);
    ASSERT_EQ(first.ok(), second.ok()) << document.name;
    if (!first.ok()) {
      EXPECT_EQ(first.status(), second.status()) << document.name;
      continue;
    }
    EXPECT_EQ(first->content, second->content) << document.name;
    EXPECT_EQ(first->report.SerializeAsString(), second->report.SerializeAsString()) << document.name;
  }
}

// A value is accounted for if it is listed as carried or used, or stands below something that is listed as dropped.
TEST_F(ContractTest, EveryValueOfTheSourceIsAccountedFor) {
  std::map<std::string, int> checked;
  for (const GoldenDocument& document : documents_) {
    TranslateOptions options = document.options;
    options.import.list_mapped = true;
    const auto translated = document::Translate(registry_, document.bytes, options);
    if (!translated.ok() || !translated->report.has_losses()) continue;
    if (document.format == "clr2") continue;  // its tree is that of the opened tokens; badges are checked as badges
    std::set<std::string> carried;
    for (const auto& mapped : translated->report.mapped()) carried.insert(mapped.source());
    for (const std::string& path : LeafPaths(document.bytes)) {
      bool accounted = carried.count(path) > 0;
      for (const auto& dropped : translated->report.dropped()) {
        accounted = accounted || path == dropped.source() || dropped.source().empty() ||
                    absl::StartsWith(path, absl::StrCat(dropped.source(), "/"));
      }
      EXPECT_TRUE(accounted) << document.name << ": " << path << " got lost without a word";
    }
    ++checked[document.format];
  }
  EXPECT_FALSE(checked.empty());
  for (const auto& adapter : registry_.adapters()) {
    std::printf("%-16s %d documents accounted for%s\n", adapter->Info().id.c_str(), checked[adapter->Info().id],
                checked[adapter->Info().id] == 0 ? " (keeps its own account, or none)" : "");
  }
}

TEST_F(ContractTest, WhatIsCutOffAnywhereIsOrderly) {
  constexpr size_t kCuts = 40;
  for (const GoldenDocument& document : documents_) {
    const size_t step = std::max<size_t>(1, document.bytes.size() / kCuts);
    for (size_t end = 0; end < document.bytes.size(); end += step) {
      ExpectOrderly(document.bytes.substr(0, end), As(document), absl::StrCat(document.name, " cut at ", end));
    }
  }
}

TEST_F(ContractTest, ChangedBytesAreOrderly) {
  constexpr int kChanges = 40;
  uint64_t state = 20'220'616;  // any start will do, as long as it stays
  for (const GoldenDocument& document : documents_) {
    if (document.bytes.empty()) continue;
    for (int i = 0; i < kChanges; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      std::string bytes = document.bytes;
      bytes[(state >> 33) % bytes.size()] = static_cast<char>(state >> 20);
      ExpectOrderly(bytes, As(document), absl::StrCat(document.name, " change ", i));
    }
  }
}

TEST_F(ContractTest, HostileFormsAreRefusedByEveryAdapter) {
  constexpr size_t kDeep = 10'000;
  std::string deep_xml;
  for (size_t i = 0; i < kDeep; ++i) deep_xml += "<a>";
  const std::pair<const char*, std::string> documents[] = {
      {"deep JSON", std::string(kDeep, '[')},
      {"deep objects",
       [] {
         std::string text;
         for (size_t i = 0; i < kDeep; ++i) text += "{\"a\":";
         return text;
       }()},
      {"deep XML", deep_xml},
      {"UTF-16", std::string("\xff\xfe{\0}\0", 6)},
      {"Latin-1", "{\"title\": \"\xe9\"}"},
      {"entities", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"},
      {"nothing", " "},
      {"a number", "42"},
      {"NUL", std::string("\0\0\0\0", 4)},
  };
  const std::string too_large(base::kDocumentBytesMax + 1, ' ');
  for (const auto& adapter : registry_.adapters()) {
    TranslateOptions options;
    options.from = adapter->Info().id;
    for (const auto& [what, bytes] : documents) {
      const auto translated = document::Translate(registry_, bytes, options);
      ASSERT_FALSE(translated.ok()) << options.from << " takes " << what;
      EXPECT_NE(base::ReasonOf(translated.status()), Reason::kInternal) << options.from << ", " << what;
    }
    EXPECT_EQ(base::ReasonOf(document::Translate(registry_, too_large, options).status()), Reason::kInputTooLarge);
    EXPECT_EQ(adapter->Detect(too_large), document::Confidence::kNone) << options.from;
  }
}

// What an adapter writes is of its format, it reads it, and writes the same again. Of an adapter that only writes, the
// one that reads its version does; its documents are then those of that one.
TEST_F(ContractTest, WhatIsWrittenComesBack) {
  for (const document::Adapter* writer : Writers()) {
    int written = 0;
    for (const GoldenDocument& document : documents_) {
      const bool reads = Can(*writer, "read");
      if (reads && document.format != writer->Info().id) continue;
      TranslateOptions options = document.options;
      options.to = writer->Info().id;
      const auto once = document::Translate(registry_, document.bytes, options);
      if (!once.ok()) continue;
      const std::string format = document::Detect(registry_, once->content).format;
      if (!reads && format != document.format) continue;
      EXPECT_EQ(format, document.format) << document.name;
      TranslateOptions again;
      again.from = format;
      again.to = writer->Info().id;
      again.catalogues = true;
      const auto twice = document::Translate(registry_, once->content, again);
      ASSERT_TRUE(twice.ok()) << document.name << ": " << twice.status();
      for (const std::string& element : Stated(once->report)) {
        EXPECT_TRUE(Stated(twice->report).count(element) > 0) << document.name << " loses " << element;
      }
      EXPECT_EQ(once->content, twice->content) << document.name;
      ++written;
    }
    std::printf("%-16s %d documents written, and the same byte for byte when written again\n",
                writer->Info().id.c_str(), written);
    EXPECT_GT(written, 0) << writer->Info().id << " has no document to write";
  }
}

// From any format to any that can be written: what both state of the mandatory elements survives. What a target can
// state is what its own documents state. A1-M01 is left out: a name, a number and an address are three things.
TEST_F(ContractTest, WhatBothFormatsStateSurvives) {
  for (const document::Adapter* writer : Writers()) {
    std::set<std::string> can_state;
    for (const GoldenDocument& document : documents_) {
      if (document.format != writer->Info().id) continue;
      TranslateOptions options = document.options;
      options.to = writer->Info().id;
      const auto written = document::Translate(registry_, document.bytes, options);
      if (written.ok()) can_state.merge(Stated(written->report));
    }
    int checked = 0;
    for (const GoldenDocument& document : documents_) {
      TranslateOptions options = document.options;
      const auto european = document::Translate(registry_, document.bytes, options);
      options.to = writer->Info().id;
      const auto written = document::Translate(registry_, document.bytes, options);
      if (!european.ok() || !written.ok() || european->catalogue.has_value()) continue;
      // A badge is for one achievement, so that what the others state is lost and listed so.
      const bool one_only = writer->Info().id == "openbadges3";
      if (one_only && european->credential->credential_subject().person().has_claim_size() > 1) continue;
      // A European credential inside another format may describe its nodes anywhere and refer to them.
      if (european->credential->has_issuer()) continue;
      const std::set<std::string> after = Surviving(written->report);
      for (const std::string& element : Stated(european->report)) {
        if (!absl::StartsWith(element, "A1-M") || element == "A1-M01" || can_state.count(element) == 0) continue;
        // A badge has a member for credits of ECTS alone.
        if (one_only && element == "A1-M07" && !absl::StrContains(european->content, elm::kCreditSystemEcts)) continue;
        EXPECT_TRUE(after.count(element) > 0) << document.name << " to " << writer->Info().id << " loses " << element;
      }
      ++checked;
    }
    std::printf("%-16s %d documents of all formats written\n", writer->Info().id.c_str(), checked);
  }
}

TEST_F(ContractTest, NoDocumentIsClaimedByTwo) {
  // Says of itself that it is two things, so that nobody can say which.
  const std::string two_things = "presentation/vp-and-vc";
  for (const GoldenDocument& document : documents_) {
    if (document.name == two_things) continue;
    int certain = 0;
    for (const auto& adapter : registry_.adapters()) {
      certain += adapter->Detect(document.bytes) == document::Confidence::kCertain ? 1 : 0;
    }
    EXPECT_LE(certain, 1) << document.name;
  }
}

}  // namespace
}  // namespace passerelle::adapters
