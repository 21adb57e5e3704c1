#include <gtest/gtest.h>

#include "core/elm/rules/finland.h"
#include "core/elm/rules/germany.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

TEST(FinlandTest, LevelsFollowTheClassificationOfEducation) {
  struct Case {
    const char* code;
    int level;  // 0: none
  };
  constexpr Case kCases[] = {
      {"351301", 4}, {"357305", 5}, {"381502", 5}, {"381501", 4},  {"655101", 6}, {"751101", 7}, {"855101", 8},
      {"099999", 0}, {"999911", 0}, {"65510", 0},  {"6551011", 0}, {"65510x", 0}, {"", 0},       {"038411", 3},
  };
  for (const Case& one : kCases) EXPECT_EQ(EqfLevelOfKoulutus(one.code).value_or(0), one.level) << one.code;
}

TEST(FinlandTest, IdentityCodesTellTheCenturyBySign) {
  struct Case {
    const char* code;
    const char* born;  // empty: unreadable
    bool check;
  };
  constexpr Case kCases[] = {
      {"140391-912B", "1991-03-14", true},
      {"030805A935U", "2005-08-03", true},
      {"220377Y941U", "1977-03-22", true},
      {"140391+912B", "1891-03-14", true},
      {"140391-912C", "1991-03-14", false},
      {"320391-912B", "", false},
      {"290291-912B", "", false},
      {"140391*912B", "", false},
      {"140391-91", "", false},
      {"14039x-912B", "", false},
      {"", "", false},
  };
  for (const Case& one : kCases) {
    const auto code = ReadIdentityCode(one.code);
    EXPECT_EQ(code.has_value() ? code->birth_date : "", one.born) << one.code;
    EXPECT_EQ(code.has_value() && code->check_matches, one.check) << one.code;
  }
}

TEST(FinlandTest, NamesOfBadgesGradesUnitsAndRights) {
  ASSERT_TRUE(BadgeNameOf("1021").has_value());
  EXPECT_EQ(BadgeNameOf("1021")->finnish, "Digitaaliset toimintaympäristöt");
  EXPECT_FALSE(BadgeNameOf("999").has_value());
  EXPECT_EQ(PerformanceNameOf("vstosaamismerkki")->swedish, "Kompetensmärke inom fritt bildningsarbete");
  EXPECT_TRUE(GradeOfCode("HYV")->passed);
  EXPECT_FALSE(GradeOfCode("HYL")->passed);
  EXPECT_FALSE(GradeOfCode("I")->passed);
  EXPECT_FALSE(GradeOfCode("Q").has_value());
  EXPECT_EQ(ScopeUnitName(kScopeUnitHours), "hours");
  EXPECT_EQ(ScopeUnitName("99"), "");
  EXPECT_EQ(StudyRightName("10"), "continuing education");
}

TEST(FinlandTest, WordsOfGradesCountWhateverTheirCase) {
  struct Case {
    const char* words;
    std::optional<bool> passed;
  };
  constexpr Case kCases[] = {
      {"Hylätty", false},
      {"HYLÄTTY", false},
      {"Underkänd", false},
      {" failed ", false},
      {"HYL", false},
      {"hyväksytty", true},
      {"Godkänd", true},
      {"Laudatur", true},
      {"HYV", true},
      {"Kiitettävä", true},
      {"Oivallisesti", std::nullopt},
      {"2", std::nullopt},
      {"", std::nullopt},
      {"U", std::nullopt},
  };
  for (const Case& one : kCases) EXPECT_EQ(PassedByFinnishWords(one.words), one.passed) << one.words;
}

TEST(FinlandTest, MarksFailByTheScaleThatTheyAreOf) {
  EXPECT_TRUE(FailsOnScale("arviointiasteikkoammatillinent1k3", "0"));
  EXPECT_FALSE(FailsOnScale("arviointiasteikkoammatillinent1k3", "1"));
  EXPECT_TRUE(FailsOnScale("arviointiasteikkoib", "1"));
  EXPECT_TRUE(FailsOnScale("arviointiasteikkoyleissivistava", "4"));
  EXPECT_FALSE(FailsOnScale("arviointiasteikkoib", "4"));
  EXPECT_TRUE(FailsOnScale("ykiarvosana", "alle3"));
  EXPECT_TRUE(FailsOnScale("arviointiasteikkovst", "Hylätty"));
  EXPECT_TRUE(FailsOnScale("vktarvosana", "hylatty"));
  EXPECT_TRUE(FailsOnScale("arviointiasteikkoeuropeanschoolofhelsinkifinalmark", "4.99"));
  EXPECT_FALSE(FailsOnScale("arviointiasteikkoeuropeanschoolofhelsinkifinalmark", "5.00"));
  EXPECT_FALSE(FailsOnScale("arviointiasteikkoeuropeanschoolofhelsinkifinalmark", "absent"));
  EXPECT_FALSE(FailsOnScale("", ""));
}

TEST(GermanyTest, KindsOfAchievementTellTheAssessmentOrNothing) {
  struct Case {
    const char* code;
    absl::string_view concept_code;  // empty: none
  };
  const Case cases[] = {
      {"http://xhochschule.de/def/xhochschule/1.0/code/leistungsart/klausur", kAssessmentWrittenExamination},
      {"schriftliche_pruefung", kAssessmentWrittenExamination},
      {"muendliche_pruefung", kAssessmentOralExamination},
      {"kolloquium", kAssessmentOralExamination},
      {"hausarbeit", kAssessmentMarkedAssignment},
      {"masterarbeit", kAssessmentMarkedAssignment},
      {"laborpraktikum", kAssessmentPracticalAssessment},
      {"modul", ""},
      {"vorlesung", ""},
      {"seminar", ""},
      {"", ""},
  };
  for (const Case& one : cases) {
    const auto type = AssessmentOfLeistungsart(one.code);
    const std::string code = type.has_value() ? CodeOf(Vocabulary::kAssessment, type->id()).value_or("?") : "";
    EXPECT_EQ(code, one.concept_code) << one.code;
  }
}

TEST(GermanyTest, TitlesOfExamPartsTellTheAssessment) {
  struct Case {
    const char* title;
    absl::string_view concept_code;
  };
  const Case cases[] = {
      {"Schriftliche Situationsaufgabe", kAssessmentWrittenExamination},
      {"Projektarbeitsbezogenes Fachgespräch", kAssessmentOralExamination},
      {"Projektarbeit Optimierung", kAssessmentProjectWork},
      {"MÜNDLICHE Prüfung", kAssessmentOralExamination},
      {"Betrieblicher Auftrag", kAssessmentPracticalAssessment},
      {"Marketing-Management", ""},
  };
  for (const Case& one : cases) {
    const auto type = AssessmentOfExamPart(one.title);
    const std::string code = type.has_value() ? CodeOf(Vocabulary::kAssessment, type->id()).value_or("?") : "";
    EXPECT_EQ(code, one.concept_code) << one.title;
  }
}

TEST(GermanyTest, GradesAreComparedInTheDirectionOfTheirScheme) {
  struct Case {
    const char* grade;
    MarkScheme scheme;  // best, pass, worst
    std::optional<bool> passed;
  };
  const Case cases[] = {
      {"35", {"100", "50", "0"}, false},      {"50", {"100", "50", "0"}, true},
      {"5,0", {"1,0", "4,4", "6,0"}, false},  {"4,0", {"1,0", "4.0", "5,0"}, true},
      {" 1,3 ", {"1,0", "4,0", ""}, true},    {"4,3", {"", "4,0", "5,0"}, false},
      {"4,3", {"", "4,0", ""}, std::nullopt}, {"4,3", {"1,0", "", "5,0"}, std::nullopt},
      {"85", {"1", "4", "6"}, std::nullopt},  {"3", {"1", "7", "6"}, std::nullopt},
      {"3", {"4", "4", "4"}, std::nullopt},   {"D", {"A+", "D", "F"}, true},
      {"F", {"A+", "D", "F"}, false},         {"C", {"A+", "D", "F"}, std::nullopt},
      {"", {"100", "50", "0"}, std::nullopt},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(PassedByScheme(one.grade, one.scheme), one.passed) << one.grade << " from " << one.scheme.pass;
  }
}

TEST(GermanyTest, WordsOfGradesSayPassedFailedOrNothing) {
  for (const char* passed : {"sehr gut", "Gut", "ausreichend", "bestanden"}) EXPECT_EQ(PassedByWords(passed), true);
  for (const char* failed : {"mangelhaft", "UNGENÜGEND", "nicht ausreichend", "nicht bestanden (entschuldigt)"}) {
    EXPECT_EQ(PassedByWords(failed), false) << failed;
  }
  for (const char* unknown : {"", "teilgenommen", "noch nicht bestanden", "good"}) {
    EXPECT_EQ(PassedByWords(unknown), std::nullopt) << unknown;
  }
}

TEST(GermanyTest, OnlyPassedAndFailedAreAnswers) {
  EXPECT_EQ(PassedByLeistungsstatus("http://xhochschule.de/def/xhochschule/1.0/code/leistungsstatus/bestanden"), true);
  EXPECT_EQ(PassedByLeistungsstatus("endgueltig_nicht_bestanden"), false);
  EXPECT_EQ(PassedByLeistungsstatus("nicht_bestanden"), false);
  for (const char* unknown : {"angemeldet", "entschuldigt", "nicht_vollstaendig", "", "sonstiges"}) {
    EXPECT_EQ(PassedByLeistungsstatus(unknown), std::nullopt) << unknown;
  }
}

}  // namespace
}  // namespace passerelle::elm
