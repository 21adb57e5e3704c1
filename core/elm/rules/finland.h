// Finland: what its registers (Koski, VIRTA) write as codes, and what the codes mean. Both adapters read them here.
//
// Sources: the national classification of education (koulutus), the list of competence badges (osaamismerkit) and the
// code lists of VIRTA, as the Finnish National Agency for Education and CSC publish them; Decree 120/2017 on the
// national framework, whose levels are those of the EQF.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// Rule level.koulutus: the EQF level of a six-digit code of the classification of education. Codes outside it (099999,
// 999911: education without a qualification) and groups without a level have none. Write it as derived.
std::optional<int> EqfLevelOfKoulutus(absl::string_view code);

// A name in both national languages.
struct FinnishName {
  absl::string_view finnish;
  absl::string_view swedish;
};
// Rule title.code-list: the name of a competence badge by its code, and of a kind of performance that stands on its own
// (suorituksentyyppi). nullopt for codes outside the lists.
std::optional<FinnishName> BadgeNameOf(absl::string_view code);
std::optional<FinnishName> PerformanceNameOf(absl::string_view code);

// Rule birth-date.hetu: what a personal identity code (ddmmyyCnnnT) says. The sign C tells the century; since 2023
// several signs do. nullopt where the form or the day is wrong.
struct IdentityCode {
  std::string birth_date;      // "1958-11-23"
  bool check_matches = false;  // the check character belongs to the digits; test environments have codes where not
};
std::optional<IdentityCode> ReadIdentityCode(absl::string_view code);

// What a code of one of VIRTA's grading scales means.
struct FinnishGrade {
  bool passed = false;
  absl::string_view english;  // of codes that are no words ("HYV": "pass"); empty for numbers
};
// nullopt for codes outside the scales.
std::optional<FinnishGrade> GradeOfCode(absl::string_view code);

// Whether the words of a grade say that it was passed, whatever their case: in the national languages, in English, or
// as the codes that are short for them (HYV, HYL). nullopt for words that say neither.
std::optional<bool> PassedByFinnishWords(absl::string_view words);

// Rule grading.failing-mark: whether a mark of one of Koski's scales (list arviointiasteikko...) says that it was not
// passed. For marks beside which nothing says so.
bool FailsOnScale(absl::string_view list, absl::string_view mark);

// The unit of a scope (laajuus) by its code, as English words.
absl::string_view ScopeUnitName(absl::string_view code);
// Units that the European model can carry as numbers.
inline constexpr absl::string_view kScopeUnitStudyPoints = "2";  // "ECTS credits" in name; so only in higher education
inline constexpr absl::string_view kScopeUnitHours = "5";

// The kind of a right to study in higher education (VIRTA, Tyyppi), as English words; empty for unknown codes.
absl::string_view StudyRightName(absl::string_view code);

}  // namespace passerelle::elm
