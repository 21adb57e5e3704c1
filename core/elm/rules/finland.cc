#include "core/elm/rules/finland.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "core/base/decimal.h"
#include "core/elm/rules/text.h"

namespace passerelle::elm {
namespace {

struct KoulutusRow {
  absl::string_view prefix;
  int level;
};
constexpr KoulutusRow kKoulutus[] = {
#define KOULUTUS(prefix, level) {prefix, level},
#include "core/elm/rules/finland.def"
};

struct NameRow {
  absl::string_view code;
  FinnishName name;
};
constexpr NameRow kBadges[] = {
#define BADGE(code, finnish, swedish) {code, {finnish, swedish}},
#include "core/elm/rules/finland.def"
};
constexpr NameRow kPerformances[] = {
#define PERFORMANCE(code, finnish, swedish) {code, {finnish, swedish}},
#include "core/elm/rules/finland.def"
};

struct GradeRow {
  absl::string_view code;
  FinnishGrade grade;
};
constexpr GradeRow kGrades[] = {
#define GRADE(code, passed, english) {code, {passed, english}},
#include "core/elm/rules/finland.def"
};

struct GradeWordRow {
  absl::string_view word;
  bool passed;
};
constexpr GradeWordRow kGradeWords[] = {
#define GRADE_WORD(word, passed) {word, passed},
#include "core/elm/rules/finland.def"
};

struct FailingMarkRow {
  absl::string_view list;
  absl::string_view mark;
};
constexpr FailingMarkRow kFailingMarks[] = {
#define FAILING_MARK(list, mark) {list, mark},
#include "core/elm/rules/finland.def"
};

struct LeastMarkRow {
  absl::string_view list;
  absl::string_view least;
};
constexpr LeastMarkRow kLeastMarks[] = {
#define LEAST_MARK(list, least) {list, least},
#include "core/elm/rules/finland.def"
};

struct WordRow {
  absl::string_view code;
  absl::string_view word;
};
constexpr WordRow kScopeUnits[] = {
#define SCOPE_UNIT(code, english) {code, english},
#include "core/elm/rules/finland.def"
};
constexpr WordRow kStudyRights[] = {
#define STUDY_RIGHT(code, english) {code, english},
#include "core/elm/rules/finland.def"
};

template <typename Rows>
absl::string_view WordOf(const Rows& rows, absl::string_view code) {
  for (const WordRow& row : rows) {
    if (row.code == code) return row.word;
  }
  return "";
}

template <typename Rows>
std::optional<FinnishName> NameOf(const Rows& rows, absl::string_view code) {
  for (const NameRow& row : rows) {
    if (row.code == code) return row.name;
  }
  return std::nullopt;
}

// Whether a mark of a scale with decimals is below the least one that is passed.
bool IsBelowLeast(absl::string_view list, absl::string_view mark) {
  const auto* const row = std::find_if(std::begin(kLeastMarks), std::end(kLeastMarks),
                                       [list](const LeastMarkRow& scale) { return scale.list == list; });
  if (row == std::end(kLeastMarks)) return false;
  const auto number = base::Decimal::Parse(mark);
  const auto least = base::Decimal::Parse(row->least);
  return number.has_value() && least.has_value() && *number < *least;
}

// Signs of the century by section 2 of the Decree on the Population Information System, as changed in 2023.
std::optional<int> CenturyOf(char sign) {
  if (sign == '+') return 1800;
  if (absl::string_view("-UVWXY").find(sign) != absl::string_view::npos) return 1900;
  if (absl::string_view("ABCDEF").find(sign) != absl::string_view::npos) return 2000;
  return std::nullopt;
}

}  // namespace

std::optional<int> EqfLevelOfKoulutus(absl::string_view code) {
  constexpr size_t kCodeDigits = 6;
  if (code.size() != kCodeDigits || !std::all_of(code.begin(), code.end(), absl::ascii_isdigit)) return std::nullopt;
  const KoulutusRow* best = nullptr;
  for (const KoulutusRow& row : kKoulutus) {
    if (!absl::StartsWith(code, row.prefix)) continue;
    if (best == nullptr || row.prefix.size() > best->prefix.size()) best = &row;
  }
  if (best == nullptr) return std::nullopt;
  return best->level;
}

std::optional<FinnishName> BadgeNameOf(absl::string_view code) { return NameOf(kBadges, code); }

std::optional<FinnishName> PerformanceNameOf(absl::string_view code) { return NameOf(kPerformances, code); }

std::optional<IdentityCode> ReadIdentityCode(absl::string_view code) {
  constexpr size_t kSign = 6;
  constexpr size_t kNumber = 7;
  constexpr size_t kCheck = 10;
  constexpr absl::string_view kCheckCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  int day = 0;
  int month = 0;
  int year = 0;
  int64_t digits = 0;
  if (code.size() != kCheck + 1) return std::nullopt;
  const std::string all = absl::StrCat(code.substr(0, kSign), code.substr(kNumber, kCheck - kNumber));
  if (!std::all_of(all.begin(), all.end(), absl::ascii_isdigit)) return std::nullopt;
  const auto century = CenturyOf(code[kSign]);
  if (!century.has_value() || !absl::SimpleAtoi(all, &digits)) return std::nullopt;
  if (!absl::SimpleAtoi(all.substr(0, 2), &day) || !absl::SimpleAtoi(all.substr(2, 2), &month) ||
      !absl::SimpleAtoi(all.substr(4, 2), &year)) {
    return std::nullopt;
  }
  const absl::CivilDay date(*century + year, month, day);
  if (date.month() != month || date.day() != day) return std::nullopt;  // not a day of the calendar
  IdentityCode result;
  result.birth_date = absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
  result.check_matches = kCheckCharacters[static_cast<size_t>(digits) % kCheckCharacters.size()] == code[kCheck];
  return result;
}

std::optional<FinnishGrade> GradeOfCode(absl::string_view code) {
  for (const GradeRow& row : kGrades) {
    if (row.code == code) return row.grade;
  }
  return std::nullopt;
}

std::optional<bool> PassedByFinnishWords(absl::string_view words) {
  const std::string lower = InSmallLetters(absl::StripAsciiWhitespace(words));
  for (const GradeWordRow& row : kGradeWords) {
    if (row.word == lower) return row.passed;
  }
  return std::nullopt;
}

bool FailsOnScale(absl::string_view list, absl::string_view mark) {
  if (PassedByFinnishWords(mark) == false || IsBelowLeast(list, mark)) return true;
  return std::any_of(std::begin(kFailingMarks), std::end(kFailingMarks),
                     [&](const FailingMarkRow& row) { return row.list == list && row.mark == mark; });
}

absl::string_view ScopeUnitName(absl::string_view code) { return WordOf(kScopeUnits, code); }

absl::string_view StudyRightName(absl::string_view code) { return WordOf(kStudyRights, code); }

}  // namespace passerelle::elm
