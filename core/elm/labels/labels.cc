#include "core/elm/labels/labels.h"

#include <unicode/locid.h>
#include <unicode/measfmt.h>
#include <unicode/measunit.h>
#include <unicode/measure.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/base/label_tables.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

#define LABEL(key, text) {key, text},
constexpr base::Label kBg[] = {
#include "core/elm/labels/bg.def"
};
constexpr base::Label kCs[] = {
#include "core/elm/labels/cs.def"
};
constexpr base::Label kDa[] = {
#include "core/elm/labels/da.def"
};
constexpr base::Label kDe[] = {
#include "core/elm/labels/de.def"
};
constexpr base::Label kEl[] = {
#include "core/elm/labels/el.def"
};
constexpr base::Label kEn[] = {
#include "core/elm/labels/en.def"
};
constexpr base::Label kEs[] = {
#include "core/elm/labels/es.def"
};
constexpr base::Label kEt[] = {
#include "core/elm/labels/et.def"
};
constexpr base::Label kFi[] = {
#include "core/elm/labels/fi.def"
};
constexpr base::Label kFr[] = {
#include "core/elm/labels/fr.def"
};
constexpr base::Label kGa[] = {
#include "core/elm/labels/ga.def"
};
constexpr base::Label kHr[] = {
#include "core/elm/labels/hr.def"
};
constexpr base::Label kHu[] = {
#include "core/elm/labels/hu.def"
};
constexpr base::Label kIt[] = {
#include "core/elm/labels/it.def"
};
constexpr base::Label kLt[] = {
#include "core/elm/labels/lt.def"
};
constexpr base::Label kLv[] = {
#include "core/elm/labels/lv.def"
};
constexpr base::Label kMt[] = {
#include "core/elm/labels/mt.def"
};
constexpr base::Label kNl[] = {
#include "core/elm/labels/nl.def"
};
constexpr base::Label kPl[] = {
#include "core/elm/labels/pl.def"
};
constexpr base::Label kPt[] = {
#include "core/elm/labels/pt.def"
};
constexpr base::Label kRo[] = {
#include "core/elm/labels/ro.def"
};
constexpr base::Label kSk[] = {
#include "core/elm/labels/sk.def"
};
constexpr base::Label kSl[] = {
#include "core/elm/labels/sl.def"
};
constexpr base::Label kSv[] = {
#include "core/elm/labels/sv.def"
};
#undef LABEL

constexpr base::LabelFile kLanguages[] = {{"bg", kBg}, {"cs", kCs}, {"da", kDa}, {"de", kDe}, {"el", kEl}, {"en", kEn},
                                          {"es", kEs}, {"et", kEt}, {"fi", kFi}, {"fr", kFr}, {"ga", kGa}, {"hr", kHr},
                                          {"hu", kHu}, {"it", kIt}, {"lt", kLt}, {"lv", kLv}, {"mt", kMt}, {"nl", kNl},
                                          {"pl", kPl}, {"pt", kPt}, {"ro", kRo}, {"sk", kSk}, {"sl", kSl}, {"sv", kSv}};

constexpr absl::string_view kEnglish = "en";
constexpr absl::string_view kSnbBase = "http://data.europa.eu/snb/";

const base::LabelTables& Tables() {
  static const auto& tables = *new base::LabelTables(kLanguages);
  return tables;
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

const std::vector<absl::string_view>& LabelLanguages() { return Tables().languages(); }

bool IsLabelLanguage(absl::string_view language) { return Tables().Has(language); }

absl::string_view Word(absl::string_view key, absl::string_view language) {
  if (const auto text = Tables().Find(key, language)) return *text;
  return Tables().Find(key, kEnglish).value_or("");
}

std::string WordWith(absl::string_view key, absl::string_view value, absl::string_view language) {
  return absl::StrReplaceAll(Word(key, language), {{"%", value}});
}

std::optional<std::string> ConceptLabel(absl::string_view iri, absl::string_view language) {
  if (absl::StartsWith(iri, kCountryScheme)) return CountryLabel(iri, language);
  if (absl::StartsWith(iri, kLanguageScheme)) return LanguageLabel(iri, language);
  absl::string_view key = iri;
  absl::ConsumePrefix(&key, kSnbBase);
  if (const auto text = Tables().Find(key, language)) return std::string(*text);
  if (const std::optional<std::string> level = CodeOf(Vocabulary::kEqf, iri)) {
    const std::optional<absl::string_view> pattern = Tables().Find("eqf/*", language);
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
