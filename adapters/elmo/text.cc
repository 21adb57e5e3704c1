#include "adapters/elmo/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/elm/rules/workload.h"

namespace passerelle::adapters::elmo {
namespace {

// Something to read: a letter or digit of any script.
bool HasContent(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || static_cast<unsigned char>(c) >= 0x80; });
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
    if (elm::HasLanguage(*texts, language)) {
      source->Note("text.duplicate-language", node, "A second text in the same language became a note.");
      AddNote(language, text, notes);
    } else {
      AddText(language, text, texts);
    }
  }
}

}  // namespace

void MergeText(const elm::v3::LanguageString& text, Texts* texts) {
  for (auto& present : *texts) {
    if (present.language() != text.language()) continue;
    absl::StrAppend(present.mutable_value(), "\n", text.value());
    return;
  }
  *texts->Add() = text;
}

void TakeTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes) {
  TakeTextsAs(source, nodes, false, texts, notes);
}

void TakeMultilineTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes) {
  TakeTextsAs(source, nodes, true, texts, notes);
}

std::string TakeDecimal(Source* source, const xml_node& node) {
  const std::string text = source->Take(node);
  const std::optional<std::string> decimal = elm::PlainDecimal(text);
  if (!decimal.has_value()) return "";
  if (absl::StrContains(text, ",")) source->Note("number.comma", node, "The decimal comma became a point.");
  return *decimal;
}

bool IsZero(absl::string_view decimal) { return decimal.find_first_not_of("0.") == absl::string_view::npos; }

bool IsPlaceholder(absl::string_view text) {
  constexpr absl::string_view kWord = "todo";
  if (!absl::StartsWithIgnoreCase(text, kWord)) return false;
  // "Todor Kableshkov" is a name.
  const absl::string_view rest = text.substr(kWord.size());
  return rest.empty() || !HasContent(rest.substr(0, 1));
}

}  // namespace passerelle::adapters::elmo
