#include "adapters/elmo/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace passerelle::adapters::elmo {
namespace {

// Something to read: a letter or digit of any script.
bool HasContent(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || static_cast<unsigned char>(c) >= 0x80; });
}

bool HasLanguage(const Texts& texts, absl::string_view language) {
  return std::any_of(texts.begin(), texts.end(), [language](const auto& text) { return text.language() == language; });
}

void TakeTextsAs(Source* source, const std::vector<xml_node>& nodes, bool multiline, Texts* texts, Notes* notes) {
  for (const xml_node& node : nodes) {
    if (!HasContent(base::XmlText(node))) {
      if (!base::XmlText(node).empty()) source->Drop(node, "holds punctuation only");
      continue;
    }
    const std::string language = source->TakeLanguage(node);
    const std::string text =
        multiline ? std::string(absl::StripAsciiWhitespace(source->TakeRaw(node))) : source->Take(node);
    if (!HasLanguage(*texts, language)) {
      AddText(language, text, texts);
    } else {
      source->Note("text.duplicate-language", node, "A second text in the same language became a note.");
      AddNote(language, text, notes);
    }
  }
}

}  // namespace

std::string LanguageTag(absl::string_view stated) {
  const size_t separator = stated.find_first_of("-_");
  const auto language = elm::Language(stated.substr(0, separator));
  if (!language.has_value()) return "und";
  std::string tag = elm::LanguageTagOf(language->id()).value_or("und");
  if (separator == absl::string_view::npos || tag == "und") return tag;
  const absl::string_view region = stated.substr(separator + 1);
  // "en_EN" and the like name no country; the language is right all the same.
  if (region.size() == 2 && elm::Country(region).has_value()) absl::StrAppend(&tag, "-", absl::AsciiStrToUpper(region));
  return tag;
}

void AddText(absl::string_view language, absl::string_view value, Texts* texts) {
  auto* text = texts->Add();
  text->set_language(std::string(language));
  text->set_value(std::string(value));
}

void MergeText(const elm::v3::LanguageString& text, Texts* texts) {
  for (auto& present : *texts) {
    if (present.language() != text.language()) continue;
    present.set_value(absl::StrCat(present.value(), "\n", text.value()));
    return;
  }
  *texts->Add() = text;
}

void AddNote(absl::string_view language, absl::string_view value, Notes* notes) {
  AddText(language, value, notes->Add()->mutable_note_literal());
}

void TakeTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes) {
  TakeTextsAs(source, nodes, false, texts, notes);
}

void TakeMultilineTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes) {
  TakeTextsAs(source, nodes, true, texts, notes);
}

std::string TakeDecimal(Source* source, const xml_node& node) {
  std::string text = source->Take(node);
  if (std::count(text.begin(), text.end(), ',') == 1 && !absl::StrContains(text, ".")) {
    source->Note("number.comma", node, "The decimal comma became a point.");
    text = absl::StrReplaceAll(text, {{",", "."}});
  }
  const bool decimal = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
                       std::count(text.begin(), text.end(), '.') <= 1 && absl::ascii_isdigit(text.front()) &&
                       absl::ascii_isdigit(text.back());
  return decimal ? text : "";
}

bool IsZero(absl::string_view decimal) { return decimal.find_first_not_of("0.") == absl::string_view::npos; }

bool IsWebAddress(absl::string_view text) {
  const bool web = absl::StartsWithIgnoreCase(text, "http://") || absl::StartsWithIgnoreCase(text, "https://");
  return web && text.find_first_of(" \t\r\n\"<>\\^`{|}") == absl::string_view::npos;
}

bool IsPlaceholder(absl::string_view text) { return absl::StartsWithIgnoreCase(text, "todo"); }

}  // namespace passerelle::adapters::elmo
