// The rules for workloads, levels, dates, languages and words of other formats. Every vector is a row of data/*.tsv;
// "-" stands for nothing.
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/student_identifier.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> Rows(absl::string_view name) {
  std::ifstream file(absl::StrCat(testing::kSourceDir, "/tests/unit/core/elm/rules/data/", name));
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  const size_t columns = Row(absl::StrSplit(line, '\t')).size();
  while (std::getline(file, line)) {
    rows.push_back(absl::StrSplit(line, '\t'));
    EXPECT_EQ(rows.back().size(), columns) << name << ": " << line;
    rows.back().resize(columns);
  }
  EXPECT_GT(rows.size(), 3u) << name;
  return rows;
}

std::string OrDash(const std::optional<std::string>& text) { return text.value_or("-"); }
std::string YesNo(bool value) { return value ? "yes" : "no"; }
std::optional<bool> Answer(absl::string_view text) {
  if (text == "-") return std::nullopt;
  return text == "yes";
}
// The last part of a concept's IRI.
std::string CodeOrDash(const Bridged& bridged) {
  if (!bridged.concept_node.has_value()) return "-";
  const std::string& id = bridged.concept_node->id();
  return id.substr(id.rfind('/') + 1);
}

TEST(WorkloadRules, CreditsStayTextAndZeroIsMissing) {
  for (const Row& row : Rows("credit.tsv")) {
    EXPECT_EQ(YesNo(IsEcts(row[0])), row[2]) << row[0] << ": " << row[4];
    EXPECT_EQ(OrDash(CreditPoints(row[1])), row[3]) << row[1] << ": " << row[4];
  }
  EXPECT_EQ(EctsCredits("7.50").point(), "7.50");
  EXPECT_EQ(EctsCredits("7.50").framework().id(), "http://data.europa.eu/snb/education-credit/6fcec5c5af");
}

TEST(WorkloadRules, HoursBecomeADuration) {
  for (const Row& row : Rows("hours.tsv")) {
    EXPECT_EQ(OrDash(HoursAsDuration(row[0])), row[1]) << row[0] << ": " << row[2];
  }
}

TEST(WorkloadRules, TextsAreReadOrStayTexts) {
  for (const Row& row : Rows("workload_text.tsv")) {
    const TextWorkload read = WorkloadOfText(row[0]);
    const char* kinds[] = {"text", "credits", "duration"};
    EXPECT_EQ(kinds[static_cast<int>(read.kind)], row[1]) << row[0] << ": " << row[4];
    EXPECT_EQ(read.value, row[2]) << row[0];
    EXPECT_EQ(read.unit, row[3]) << row[0];
  }
}

TEST(WorkloadRules, HoursPerCreditBelongToTheAward) {
  for (const Row& row : Rows("credit_range.tsv")) {
    const std::optional<base::Decimal> factor = row[1] == "-" ? std::nullopt : base::Decimal::Parse(row[1]);
    const auto range = CreditsOfHours(base::Decimal::Parse(row[0]).value(), factor);
    ASSERT_EQ(range.has_value(), row[2] != "-") << row[7];
    if (!range.has_value()) continue;
    EXPECT_EQ(range->low.ToString(), row[2]) << row[7];
    EXPECT_EQ(range->high.ToString(), row[3]) << row[7];
    EXPECT_EQ(YesNo(range->estimate), row[4]) << row[7];
    const char* answers[] = {"yes", "no", "unknown"};
    EXPECT_EQ(answers[static_cast<int>(Reaches(*range, base::Decimal::Parse(row[5]).value()))], row[6]) << row[7];
  }
}

TEST(LevelRules, EqfLevelsAreReadByFramework) {
  for (const Row& row : Rows("eqf.tsv")) {
    const std::optional<int> level = EqfLevelOf(row[1], IsEqfFramework(row[0]));
    EXPECT_EQ(level.has_value() ? absl::StrCat(*level) : "-", row[2]) << row[1] << ": " << row[3];
  }
  EXPECT_TRUE(IsEntranceCertificate("DE.HZB.2"));
  EXPECT_FALSE(IsEntranceCertificate("DE"));
}

TEST(LevelRules, CyclesHaveALevelAndLevelsNoCycle) {
  for (const Row& row : Rows("cycle.tsv")) {
    const std::optional<Cycle> cycle = CycleOf(row[0]);
    ASSERT_EQ(cycle.has_value(), row[1] != "-") << row[0] << ": " << row[3];
    if (!cycle.has_value()) continue;
    EXPECT_EQ(CycleConcept(*cycle).id(), absl::StrCat(kCycleScheme, ":", row[1])) << row[0];
    EXPECT_EQ(absl::StrCat(EqfLevelOfCycle(*cycle)), row[2]) << row[0];
  }
}

TEST(DateRules, DaysStayDays) {
  for (const Row& row : Rows("date.tsv")) {
    const std::optional<SourceDate> date = ReadDate(row[0]);
    ASSERT_EQ(date.has_value(), row[1] != "-") << row[0] << ": " << row[5];
    if (!date.has_value()) continue;
    EXPECT_EQ(date->DateTime(), row[1]) << row[5];
    EXPECT_EQ(date->WholeDay(), row[2]) << row[5];
    EXPECT_EQ(YesNo(date->turned), row[3]) << row[5];
    EXPECT_EQ(YesNo(date->lacks_zone()), row[4]) << row[5];
  }
  EXPECT_EQ(OrDash(StatedDay("1999-10-01T22:00:00Z")), "1999-10-01");
  EXPECT_EQ(OrDash(StatedDay("1999-10-02T00:00:00+02:00")), "1999-10-02");
  EXPECT_EQ(OrDash(StatedDay("1999-10-02")), "-");
}

TEST(DateRules, AwardGoesBeforeTheDocument) {
  for (const Row& row : Rows("award_date.tsv")) {
    const AwardDate date = DateOfAward(row[0], row[1]);
    EXPECT_EQ(date.date_time.empty() ? "-" : date.date_time, row[2]) << row[4];
    EXPECT_EQ(YesNo(date.derived), row[3]) << row[4];
  }
}

TEST(TextRules, LanguagesBecomeTags) {
  for (const Row& row : Rows("language.tsv")) EXPECT_EQ(LanguageTag(row[0]), row[1]) << row[0] << ": " << row[2];
}

TEST(TextRules, SecondTextOfALanguageBecomesANote) {
  Texts texts;
  Notes notes;
  EXPECT_TRUE(AddTextOnce("et", "Vesi", &texts, &notes));
  EXPECT_TRUE(AddTextOnce("en", "Water", &texts, &notes));
  EXPECT_TRUE(AddTextOnce("en", "Water", &texts, &notes));
  EXPECT_FALSE(AddTextOnce("en", "Tap water", &texts, &notes));
  EXPECT_EQ(texts.size(), 2);
  ASSERT_EQ(notes.size(), 1);
  EXPECT_EQ(notes[0].note_literal(0).value(), "Tap water");
}

TEST(TextRules, MarkupLosesWhatActs) {
  for (const Row& row : Rows("markup.tsv")) {
    EXPECT_EQ(StripActiveContent(row[0]), row[1]) << row[3];
    EXPECT_EQ(PlainTextOf(row[0]), row[2]) << row[3];
  }
}

// What is no markup stays as it is written, so that nothing of it may be active.
TEST(TextRules, MarkupIsWhatABrowserTakesForAnElement) {
  for (const char* const text : {"T < 0", "vector<int>", "<https://a.example/b>", "<d-e@f.example>", "a = <bc", "<"}) {
    EXPECT_FALSE(HasMarkup(text)) << text;
  }
  for (const char* const text : {"<p>", "<img src=x onerror=y", "<x: onclick=y>", "<x:/onclick=y>", "<a@b.c/onclick=y>",
                                 "<img\fsrc=a@b\fonerror=y>", "</x/y=z>"}) {
    EXPECT_TRUE(HasMarkup(text)) << text;
  }
}

TEST(StudentIdentifierRules, OneIsWellFormedOrNot) {
  for (const Row& row : Rows("student_identifier.tsv")) {
    EXPECT_EQ(YesNo(ClaimsStudentIdentifier(row[0])), row[1]) << row[0] << ": " << row[3];
    EXPECT_EQ(YesNo(IsStudentIdentifier(row[0])), row[2]) << row[0] << ": " << row[3];
  }
  std::string longest = "urn:schac:personalUniqueCode:int:esi:hr:";
  longest.resize(kStudentIdentifierCharactersMax, '1');
  EXPECT_TRUE(IsStudentIdentifier(longest));
  EXPECT_FALSE(IsStudentIdentifier(longest + "1"));
}

TEST(BridgeRules, WordsBecomeConceptsOrStayTexts) {
  for (const Row& row : Rows("mode.tsv")) {
    EXPECT_EQ(CodeOrDash(ModeOfWord(row[0])), row[1]) << row[0] << ": " << row[3];
    EXPECT_EQ(YesNo(ModeOfWord(row[0]).derived), row[2]) << row[0];
  }
  for (const Row& row : Rows("assessment.tsv")) {
    EXPECT_EQ(CodeOrDash(AssessmentOfWord(row[0])), row[1]) << row[0] << ": " << row[3];
    EXPECT_EQ(YesNo(AssessmentOfWord(row[0]).derived), row[2]) << row[0];
  }
  for (const Row& row : Rows("supervision.tsv")) {
    const Bridged bridged =
        row[0] == "-" ? SupervisionOf(Answer(row[1]), Answer(row[2])) : SupervisionOfWord(row[0], Answer(row[2]));
    EXPECT_EQ(CodeOrDash(bridged), row[3]) << row[0] << ": " << row[5];
    EXPECT_EQ(YesNo(bridged.derived), row[4]) << row[0];
  }
}

}  // namespace
}  // namespace passerelle::elm
