#include "core/elm/labels/labels.h"

#include <unicode/locid.h>
#include <unicode/measfmt.h>
#include <unicode/measunit.h>
#include <unicode/measure.h>

#include <iterator>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

struct Label {
  absl::string_view key;
  absl::string_view text;
};

#define LABEL(key, text) {key, text},
constexpr Label kBg[] = {
#include "core/elm/labels/bg.def"
};
constexpr Label kCs[] = {
#include "core/elm/labels/cs.def"
};
constexpr Label kDa[] = {
#include "core/elm/labels/da.def"
};
constexpr Label kDe[] = {
#include "core/elm/labels/de.def"
};
constexpr Label kEl[] = {
#include "core/elm/labels/el.def"
};
constexpr Label kEn[] = {
#include "core/elm/labels/en.def"
};
constexpr Label kEs[] = {
#include "core/elm/labels/es.def"
};
constexpr Label kEt[] = {
#include "core/elm/labels/et.def"
};
constexpr Label kFi[] = {
#include "core/elm/labels/fi.def"
};
constexpr Label kFr[] = {
#include "core/elm/labels/fr.def"
};
constexpr Label kGa[] = {
#include "core/elm/labels/ga.def"
};
constexpr Label kHr[] = {
#include "core/elm/labels/hr.def"
};
constexpr Label kHu[] = {
#include "core/elm/labels/hu.def"
};
constexpr Label kIt[] = {
#include "core/elm/labels/it.def"
};
constexpr Label kLt[] = {
#include "core/elm/labels/lt.def"
};
constexpr Label kLv[] = {
#include "core/elm/labels/lv.def"
};
constexpr Label kMt[] = {
#include "core/elm/labels/mt.def"
};
constexpr Label kNl[] = {
#include "core/elm/labels/nl.def"
};
constexpr Label kPl[] = {
#include "core/elm/labels/pl.def"
};
constexpr Label kPt[] = {
#include "core/elm/labels/pt.def"
};
constexpr Label kRo[] = {
#include "core/elm/labels/ro.def"
};
constexpr Label kSk[] = {
#include "core/elm/labels/sk.def"
};
constexpr Label kSl[] = {
#include "core/elm/labels/sl.def"
};
constexpr Label kSv[] = {
#include "core/elm/labels/sv.def"
};
#undef LABEL

struct LanguageTable {
  absl::string_view code;
  const Label* begin;
  const Label* end;
};
#define LANGUAGE(code, table) \
  { code, std::begin(table), std::end(table) }
constexpr LanguageTable kLanguages[] = {
    LANGUAGE("bg", kBg), LANGUAGE("cs", kCs), LANGUAGE("da", kDa), LANGUAGE("de", kDe), LANGUAGE("el", kEl),
    LANGUAGE("en", kEn), LANGUAGE("es", kEs), LANGUAGE("et", kEt), LANGUAGE("fi", kFi), LANGUAGE("fr", kFr),
    LANGUAGE("ga", kGa), LANGUAGE("hr", kHr), LANGUAGE("hu", kHu), LANGUAGE("it", kIt), LANGUAGE("lt", kLt),
    LANGUAGE("lv", kLv), LANGUAGE("mt", kMt), LANGUAGE("nl", kNl), LANGUAGE("pl", kPl), LANGUAGE("pt", kPt),
    LANGUAGE("ro", kRo), LANGUAGE("sk", kSk), LANGUAGE("sl", kSl), LANGUAGE("sv", kSv)};
#undef LANGUAGE

constexpr absl::string_view kEnglish = "en";
constexpr absl::string_view kSnb = "http://data.europa.eu/snb/";

using Table = absl::flat_hash_map<absl::string_view, absl::string_view>;

const absl::flat_hash_map<absl::string_view, Table>& Tables() {
  static const auto* const tables = [] {
    auto* made = new absl::flat_hash_map<absl::string_view, Table>;
    for (const LanguageTable& language : kLanguages) {
      Table& table = (*made)[language.code];
      for (const Label* label = language.begin; label != language.end; ++label) table.emplace(label->key, label->text);
    }
    return made;
  }();
  return *tables;
}

std::optional<absl::string_view> Find(absl::string_view key, absl::string_view language) {
  const auto table = Tables().find(language);
  if (table == Tables().end()) return std::nullopt;
  const auto found = table->second.find(key);
  if (found == table->second.end()) return std::nullopt;
  return found->second;
}

icu::Locale LocaleOf(absl::string_view language) { return icu::Locale(std::string(language).c_str()); }

std::string Utf8(const icu::UnicodeString& text) {
  std::string utf8;
  return text.toUTF8String(utf8);
}

std::optional<std::string> CountryLabel(absl::string_view iri, absl::string_view language) {
  const std::optional<std::string> code = CountryCodeOf(iri);
  if (!code.has_value()) return std::nullopt;
  icu::UnicodeString name;
  icu::Locale("", code->c_str()).getDisplayCountry(LocaleOf(language), name);
  std::string text = Utf8(name);
  if (text == *code) return std::nullopt;
  return text;
}

std::optional<std::string> LanguageLabel(absl::string_view iri, absl::string_view language) {
  const std::optional<std::string> tag = LanguageTagOf(iri);
  if (!tag.has_value()) return std::nullopt;
  icu::UnicodeString name;
  icu::Locale(tag->c_str()).getDisplayLanguage(LocaleOf(language), name);
  std::string text = Utf8(name);
  if (text == *tag) return std::nullopt;
  return text;
}

// A number of units; the number alone where ICU has no words for them.
std::string Measured(double number, icu::MeasureUnit* unit, absl::string_view language) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::MeasureFormat format(LocaleOf(language), UMEASFMT_WIDTH_WIDE, status);
  icu::UnicodeString text;
  icu::FieldPosition position;
  const icu::Formattable measure(new icu::Measure(icu::Formattable(number), unit, status));
  if (U_SUCCESS(status)) format.format(measure, text, position, status);
  return U_SUCCESS(status) ? Utf8(text) : DescribeNumber(number);
}

}  // namespace

const std::vector<absl::string_view>& LabelLanguages() {
  static const auto* const codes = [] {
    auto* made = new std::vector<absl::string_view>;
    for (const LanguageTable& language : kLanguages) made->push_back(language.code);
    return made;
  }();
  return *codes;
}

bool IsLabelLanguage(absl::string_view language) { return Tables().contains(language); }

absl::string_view Word(absl::string_view key, absl::string_view language) {
  if (const auto text = Find(key, language)) return *text;
  return Find(key, kEnglish).value_or("");
}

std::string WordWith(absl::string_view key, absl::string_view value, absl::string_view language) {
  return absl::StrReplaceAll(Word(key, language), {{"%", value}});
}

std::optional<std::string> ConceptLabel(absl::string_view iri, absl::string_view language) {
  if (absl::StartsWith(iri, kCountryScheme)) return CountryLabel(iri, language);
  if (absl::StartsWith(iri, kLanguageScheme)) return LanguageLabel(iri, language);
  absl::string_view key = iri;
  absl::ConsumePrefix(&key, kSnb);
  if (const auto text = Find(key, language)) return std::string(*text);
  if (const std::optional<std::string> level = CodeOf(Vocabulary::kEqf, iri)) {
    const std::optional<absl::string_view> pattern = Find("eqf/*", language);
    if (!pattern.has_value() || !LabelOf(iri).has_value()) return std::nullopt;
    return absl::StrReplaceAll(*pattern, {{"%", *level}});
  }
  if (language == kEnglish) return LabelOf(iri);
  return std::nullopt;
}

std::string HoursLabel(double hours, absl::string_view language) {
  UErrorCode status = U_ZERO_ERROR;
  return Measured(hours, icu::MeasureUnit::createHour(status), language);
}

std::string MonthsLabel(double months, absl::string_view language) {
  UErrorCode status = U_ZERO_ERROR;
  return Measured(months, icu::MeasureUnit::createMonth(status), language);
}

}  // namespace passerelle::elm
