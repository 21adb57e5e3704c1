#include "core/elm/check_report.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

std::string Json(const ReadCredential& read) {
  const CheckResult result = Check(read);
  return CheckJson(read, result.conformance, result.annex_one, result.definition, result.plausibility);
}

std::string Text(const ReadCredential& read) {
  const CheckResult result = Check(read);
  return CheckText(read, result.conformance, result.annex_one, result.definition, result.plausibility);
}

TEST(CheckReport, JsonHasTheMembersThatScriptsRelyOn) {
  const absl::StatusOr<base::JsonDocument> document =
      base::JsonDocument::Parse(Json(ReadEdited({{"PT78H", "P78M"}, {"\"issued\": \"2025-06-02T09:00:00Z\",", ""}})));
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

TEST(CheckReport, OnlyACleanCredentialIsClean) {
  EXPECT_TRUE(IsClean(Check(ReadEdited({}))));
  EXPECT_FALSE(IsClean(Check(ReadEdited({{"PT78H", "P78M"}}))));
  EXPECT_FALSE(IsClean(Check(ReadEdited({{"\"eqfLevel\": {", "\"publisher\": {"}}))));
  EXPECT_FALSE(IsClean(Check(ReadEdited({{"\"issued\": \"2025-06-02T09:00:00Z\",", ""}}))));
}

TEST(CheckReport, TextIsATableOfAHundredColumns) {
  const std::string long_title(400, 'b');
  const std::string text = Text(ReadEdited({{"Restoring raised bogs", "Soode taastamine õõ " + long_title, 0},
                                            {"PT78H", "P78M"},
                                            {"\"issued\": \"2025-06-02T09:00:00Z\",", ""}}));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const auto characters =
        std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    EXPECT_LE(characters, 100) << line;
  }
  EXPECT_THAT(text, testing::HasSubstr("A1-M01  stated        Identification of the learner"));
  EXPECT_THAT(text, testing::HasSubstr("shape.min"));
  EXPECT_THAT(text, testing::HasSubstr("plausible.duration-months"));
  EXPECT_THAT(text, testing::HasSubstr("does not imply"));
}

TEST(CheckReport, DocumentsCannotMoveTheTerminal) {
  const std::string text = Text(ReadEdited({{"Restoring raised bogs", "Bog\\u001b[2J\\u009b31m\\u0007\\nfake", 0}}));
  for (const char c : {'\x1b', '\x07'}) EXPECT_EQ(text.find(c), std::string::npos);
  EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\nfake")));
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
