#include "core/recognition/issue/letter_labels.h"

#include <unicode/datefmt.h>
#include <unicode/timezone.h>

#include <memory>

#include "absl/time/time.h"
#include "core/base/label_tables.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

#define LABEL(key, text) {key, text},
constexpr base::Label kBg[] = {
#include "core/recognition/issue/labels/bg.def"
};
constexpr base::Label kDe[] = {
#include "core/recognition/issue/labels/de.def"
};
constexpr base::Label kEn[] = {
#include "core/recognition/issue/labels/en.def"
};
constexpr base::Label kFr[] = {
#include "core/recognition/issue/labels/fr.def"
};
constexpr base::Label kNb[] = {
#include "core/recognition/issue/labels/nb.def"
};
constexpr base::Label kNl[] = {
#include "core/recognition/issue/labels/nl.def"
};
#undef LABEL

constexpr base::LabelFile kLanguages[] = {{"bg", kBg}, {"de", kDe}, {"en", kEn}, {"fr", kFr}, {"nb", kNb}, {"nl", kNl}};

const base::LabelTables& Tables() {
  static const auto& tables = *new base::LabelTables(kLanguages);
  return tables;
}

}  // namespace

const std::vector<absl::string_view>& LetterLanguages() { return Tables().languages(); }

bool IsLetterLanguage(absl::string_view language) { return Tables().Has(language); }

absl::string_view LetterWord(absl::string_view key, absl::string_view language) {
  return Tables().Find(key, language).value_or("");
}

std::string LongDay(absl::CivilDay day, absl::string_view language) {
  // English alone is that of America to ICU, with the month first.
  const std::string locale = language == "en" ? "en_IE" : std::string(language);
  const std::unique_ptr<icu::DateFormat> format(
      icu::DateFormat::createDateInstance(icu::DateFormat::kLong, icu::Locale(locale.c_str())));
  if (format == nullptr) return DayText(day);
  format->adoptTimeZone(icu::TimeZone::getGMT()->clone());
  const absl::Time noon = absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12);
  icu::UnicodeString text;
  format->format(static_cast<UDate>(absl::ToUnixMillis(noon)), text);
  std::string utf8;
  return text.toUTF8String(utf8);
}

}  // namespace passerelle::recognition
