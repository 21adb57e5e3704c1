#include "core/elm/rules/text.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {

namespace {

// Whether the part of a tag is a script by ISO 15924.
bool IsScript(absl::string_view part) {
  constexpr size_t kScriptLetters = 4;
  if (part.size() != kScriptLetters || !std::all_of(part.begin(), part.end(), absl::ascii_isalpha)) return false;
  return u_getPropertyValueEnum(UCHAR_SCRIPT, std::string(part).c_str()) != UCHAR_INVALID_CODE;
}

}  // namespace

std::string LanguageTag(absl::string_view stated) {
  stated = absl::StripAsciiWhitespace(stated);
  if (absl::ConsumePrefix(&stated, "https:") || absl::ConsumePrefix(&stated, "http:")) {
    const absl::string_view rest = kLanguageScheme.substr(kLanguageScheme.find("//"));
    if (!absl::ConsumePrefix(&stated, rest) || !absl::ConsumePrefix(&stated, "/")) {
      return std::string(kLanguageUndetermined);
    }
  }
  constexpr int kPartsRead = 3;  // language, script and region; what follows them may be long
  const std::vector<absl::string_view> parts =
      absl::StrSplit(stated, absl::MaxSplits(absl::ByAnyChar("-_"), kPartsRead));
  std::string tag = LanguageTagFor(parts[0]).value_or(std::string(kLanguageUndetermined));
  if (parts.size() == 1 || tag == kLanguageUndetermined) return tag;
  // A script tells apart two spellings of one language, such as sr-Cyrl and sr-Latn.
  size_t at = 1;
  if (IsScript(parts[at])) {
    absl::StrAppend(&tag, "-", absl::AsciiStrToUpper(parts[at].substr(0, 1)),
                    absl::AsciiStrToLower(parts[at].substr(1)));
    ++at;
  }
  if (at >= parts.size()) return tag;
  // "en_EN" and the like name no country; the language is right all the same.
  const absl::string_view region = parts[at];
  if (region.size() == 2 && Country(region).has_value()) absl::StrAppend(&tag, "-", absl::AsciiStrToUpper(region));
  return tag;
}

void AddText(absl::string_view language, absl::string_view value, Texts* texts) {
  v3::LanguageString* text = texts->Add();
  text->set_language(std::string(language));
  text->set_value(std::string(value));
}

void AddNote(absl::string_view language, absl::string_view value, Notes* notes) {
  AddText(language, value, notes->Add()->mutable_note_literal());
}

bool HasLanguage(const Texts& texts, absl::string_view language) {
  return std::any_of(texts.begin(), texts.end(), [language](const auto& text) { return text.language() == language; });
}

bool AddTextOnce(absl::string_view language, absl::string_view value, Texts* texts, Notes* notes) {
  for (const v3::LanguageString& text : *texts) {
    if (text.language() == language && text.value() == value) return true;
  }
  if (!HasLanguage(*texts, language)) {
    AddText(language, value, texts);
    return true;
  }
  AddNote(language, value, notes);
  return false;
}

std::string InSmallLetters(absl::string_view text) {
  std::string small;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())))
      .toLower(icu::Locale::getRoot())
      .toUTF8String(small);
  return small;
}

bool IsWebAddress(absl::string_view text) {
  const bool web = absl::StartsWithIgnoreCase(text, "http://") || absl::StartsWithIgnoreCase(text, "https://");
  return web && text.find_first_of(" \t\r\n\"<>\\^`{|}") == absl::string_view::npos;
}

}  // namespace passerelle::elm
