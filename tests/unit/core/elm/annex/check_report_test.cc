#include "core/elm/check_report.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/elm/labels/labels.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

std::string Json(const std::vector<Edit>& edits, absl::string_view language = "en") {
  const ReadCredential read = ReadEdited(edits);
  return CheckJson(read, Check(read, language), "elm", language);
}

std::string Text(const std::vector<Edit>& edits, absl::string_view language = "en") {
  const ReadCredential read = ReadEdited(edits);
  return CheckText(read, Check(read, language), language);
}

TEST(CheckReport, JsonHasTheMembersThatScriptsRelyOn) {
  const absl::StatusOr<base::JsonDocument> document =
      base::JsonDocument::Parse(Json({{"PT78H", "P78M"}, {"\"issued\": \"2025-06-02T09:00:00Z\",", ""}}));
  ASSERT_TRUE(document.ok()) << document.status();
  const simdjson::dom::element root = document->root();
  for (const char* pointer :
       {"/format", "/european_model/conforms", "/european_model/profile", "/european_model/findings/0/pointer",
        "/european_model/findings/0/rule", "/european_model/findings/0/message", "/annex_one/complete",
        "/annex_one/elements/A1-M01/status", "/annex_one/elements/A1-M01/paths/0", "/annex_one/elements/A1-M01/value",
        "/annex_one/elements/A1-O05/status", "/definition/small-volume/outcome", "/plausibility/0/rule"}) {
    EXPECT_EQ(root.at_pointer(pointer).error(), simdjson::SUCCESS) << pointer;
  }
  EXPECT_EQ(std::string_view(root.at_pointer("/format")), "elm");
  EXPECT_FALSE(bool(root.at_pointer("/european_model/conforms")));
  EXPECT_TRUE(bool(root.at_pointer("/annex_one/complete")));
  EXPECT_EQ(simdjson::dom::object(root.at_pointer("/annex_one/elements")).size(), 16u);
  EXPECT_EQ(simdjson::dom::object(root.at_pointer("/definition")).size(), 6u);
}

TEST(CheckReport, PlacesAreThoseOfTheDocument) {
  const ReadCredential read = ReadEdited({{"\"volumeOfLearning\": \"PT78H\"", "\"volumeOfLearning\": [\"P78M\"]"}});
  const CheckResult result = Check(read, "en");
  ASSERT_EQ(result.plausibility.size(), 1u);
  EXPECT_EQ(result.plausibility.front().pointer, "/credentialSubject/hasClaim/specifiedBy/volumeOfLearning/0");
}

TEST(CheckReport, OnlyACleanCredentialIsClean) {
  EXPECT_TRUE(IsClean(CheckEdited({})));
  EXPECT_FALSE(IsClean(CheckEdited({{"PT78H", "P78M"}})));
  EXPECT_FALSE(IsClean(CheckEdited({{"\"eqfLevel\": {", "\"publisher\": {"}})));
  EXPECT_FALSE(IsClean(CheckEdited({{"\"issued\": \"2025-06-02T09:00:00Z\",", ""}})));
}

TEST(CheckReport, WhatTheSealSetsDecidesNothingWhereItIsSetApart) {
  const Edit no_day = {"\"issued\": \"2025-06-02T09:00:00Z\",", ""};
  const ReadCredential read = ReadEdited({no_day});
  CheckResult result = Check(read, "en");
  EXPECT_FALSE(result.conformance.conforms);
  EXPECT_THAT(CheckJson(read, result), ::testing::Not(::testing::HasSubstr("set_by_seal")));
  SetApartWhatTheSealSets(&result.conformance);
  EXPECT_TRUE(result.conformance.conforms);
  EXPECT_TRUE(result.conformance.findings.empty());
  EXPECT_THAT(CheckText(read, result), ::testing::HasSubstr("Set by the seal (1)\n  shape.min: "));
  EXPECT_THAT(CheckJson(read, result), ::testing::HasSubstr(R"("set_by_seal": [)"));

  Conformance other = JudgeEdited({no_day, {"\"eqfLevel\": {", "\"publisher\": {"}});
  SetApartWhatTheSealSets(&other);
  EXPECT_EQ(other.set_by_seal.size(), 1u);
  EXPECT_FALSE(other.conforms);
}

TEST(CheckReport, TextIsATableOfAHundredColumns) {
  const std::string long_title(400, 'b');
  const std::string text = Text({{"Restoring raised bogs", "Soode taastamine õõ " + long_title, 0},
                                 {"PT78H", "P78M"},
                                 {"\"issued\": \"2025-06-02T09:00:00Z\",", ""}});
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const auto characters =
        std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    EXPECT_LE(characters, 100) << line;
  }
  EXPECT_THAT(text, ::testing::HasSubstr("A1-M01  stated        Identification of the learner"));
  EXPECT_THAT(text, ::testing::HasSubstr("shape.min"));
  EXPECT_THAT(text, ::testing::HasSubstr("plausible.duration-months"));
  EXPECT_THAT(text, ::testing::HasSubstr("does not imply"));
}

TEST(CheckReport, TextKeepsItsWidthInEveryLanguage) {
  for (const absl::string_view language : LabelLanguages()) {
    const std::string text = Text({{"PT78H", "P78M"}}, language);
    EXPECT_THAT(text, ::testing::HasSubstr(std::string(Word("A1-O02", language)))) << language;
    EXPECT_THAT(text, ::testing::HasSubstr(std::string(Word("report/definition", language)))) << language;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      const auto characters = std::count_if(line.begin(), line.end(),
                                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
      EXPECT_LE(characters, 100) << language << ": " << line;
    }
  }
}

TEST(CheckReport, ValuesAreShownInTheLanguageThatIsAskedFor) {
  const std::string text = Text({}, "bg");
  EXPECT_THAT(text, ::testing::HasSubstr("Ниво 6"));
  EXPECT_THAT(text, ::testing::HasSubstr("Естония"));
  EXPECT_THAT(text, ::testing::HasSubstr("78 часа"));
  EXPECT_THAT(text, ::testing::HasSubstr("работа по проект"));
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(Json({}, "bg"));
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(std::string_view(document->root().at_pointer("/language")), "bg");
  EXPECT_EQ(std::string_view(document->root().at_pointer("/annex_one/elements/A1-M06/name")), "Резултати от ученето");
  EXPECT_EQ(std::string_view(document->root().at_pointer("/annex_one/elements/A1-M06/status")), "stated");
  EXPECT_EQ(std::string_view(document->root().at_pointer("/annex_one/elements/A1-M06/status_label")), "посочено");
  EXPECT_EQ(std::string_view(document->root().at_pointer("/definition/assessed/outcome_label")), "изпълнено");
}

TEST(CheckReport, DocumentsCannotMoveTheTerminal) {
  const std::string text = Text({{"Restoring raised bogs", "Bog\\u001b[2J\\u009b31m\\u0007\\nfake", 0}});
  for (const char c : {'\x1b', '\x07'}) EXPECT_EQ(text.find(c), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("\nfake")));
}

TEST(CheckReport, StatusWordsAreTheContract) {
  const std::pair<document::v1::ElementStatus, absl::string_view> words[] = {
      {document::v1::ELEMENT_STATUS_STATED, "stated"},
      {document::v1::ELEMENT_STATUS_TEXT, "text"},
      {document::v1::ELEMENT_STATUS_DERIVED, "derived"},
      {document::v1::ELEMENT_STATUS_WITHHELD, "withheld"},
      {document::v1::ELEMENT_STATUS_BY_REFERENCE, "by_reference"},
      {document::v1::ELEMENT_STATUS_MISSING, "missing"}};
  for (const auto& [status, word] : words) EXPECT_EQ(StatusWord(status), word);
}

}  // namespace
}  // namespace passerelle::elm
