#include "core/recognition/issue/letter_labels.h"

#include <unicode/datefmt.h>
#include <unicode/timezone.h>

#include <iterator>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

struct Label {
  absl::string_view key;
  absl::string_view text;
};

#define LABEL(key, text) {key, text},
constexpr Label kBg[] = {
#include "core/recognition/issue/labels/bg.def"
};
constexpr Label kDe[] = {
#include "core/recognition/issue/labels/de.def"
};
constexpr Label kEn[] = {
#include "core/recognition/issue/labels/en.def"
};
constexpr Label kFr[] = {
#include "core/recognition/issue/labels/fr.def"
};
constexpr Label kNb[] = {
#include "core/recognition/issue/labels/nb.def"
};
constexpr Label kNl[] = {
#include "core/recognition/issue/labels/nl.def"
};
#undef LABEL

struct LanguageTable {
  absl::string_view code;
  const Label* begin;
  const Label* end;
};
#define LANGUAGE(code, table) \
  { code, std::begin(table), std::end(table) }
constexpr LanguageTable kLanguages[] = {LANGUAGE("bg", kBg), LANGUAGE("de", kDe), LANGUAGE("en", kEn),
                                        LANGUAGE("fr", kFr), LANGUAGE("nb", kNb), LANGUAGE("nl", kNl)};
#undef LANGUAGE

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

}  // namespace

const std::vector<absl::string_view>& LetterLanguages() {
  static const auto* const codes = [] {
    auto* made = new std::vector<absl::string_view>;
    for (const LanguageTable& language : kLanguages) made->push_back(language.code);
    return made;
  }();
  return *codes;
}

bool IsLetterLanguage(absl::string_view language) { return Tables().contains(language); }

absl::string_view LetterWord(absl::string_view key, absl::string_view language) {
  const auto table = Tables().find(language);
  if (table == Tables().end()) return "";
  const auto found = table->second.find(key);
  return found == table->second.end() ? absl::string_view() : found->second;
}

std::string LongDay(absl::CivilDay day, absl::string_view language) {
  const std::unique_ptr<icu::DateFormat> format(
      icu::DateFormat::createDateInstance(icu::DateFormat::kLong, icu::Locale(std::string(language).c_str())));
  if (format == nullptr) return DayText(day);
  format->adoptTimeZone(icu::TimeZone::getGMT()->clone());
  const absl::Time noon = absl::FromCivil(day, absl::UTCTimeZone()) + absl::Hours(12);
  icu::UnicodeString text;
  format->format(static_cast<UDate>(absl::ToUnixMillis(noon)), text);
  std::string utf8;
  return text.toUTF8String(utf8);
}

}  // namespace passerelle::recognition
