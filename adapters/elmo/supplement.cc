#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {
namespace {

// One section: its number, title and texts as one note. Recursive; reading has bounded the depth.
void MapSection(Source* source, const xml_node& section, size_t depth, elm::v3::Qualification* qualification) {
  const std::string number = source->TakeAttribute(section, "number");
  const std::string title = source->Take(source->Child(section, "title"));
  const xml_node content = source->Child(section, "content");
  const bool html = absl::StrContains(absl::AsciiStrToLower(source->TakeAttribute(content, "type")), "html");
  std::string text(absl::StripAsciiWhitespace(source->TakeRaw(content)));
  if (html) text = StripActiveContent(text);
  for (const xml_node& node : source->Children(section, "additionalInformation")) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", absl::StripAsciiWhitespace(source->TakeRaw(node)));
  }
  if (!text.empty() || !title.empty()) {
    elm::v3::Note note;
    AddText(source->TakeLanguage(section), absl::StrCat(number, " ", title, text.empty() ? "" : ": ", text),
            note.mutable_note_literal());
    const auto format = elm::ConceptOf(elm::Vocabulary::kFileType, elm::kFileTypeHtml);
    if (html && format.has_value()) *note.mutable_note_format() = *format;
    if (number == "4.2" && !text.empty() && !qualification->has_learning_outcome_summary()) {
      *qualification->mutable_learning_outcome_summary() = note;
      if (depth == 0) source->Origin("A1-M06", document::v1::ELEMENT_STATUS_TEXT, section, "outcomes.prose");
    } else if (number == "3.3" && !text.empty() && !qualification->has_entry_requirement()) {
      *qualification->mutable_entry_requirement() = note;
      if (depth == 0) source->Origin("A1-O01", document::v1::ELEMENT_STATUS_TEXT, section, "supplement.prerequisites");
    } else {
      *qualification->add_additional_note() = note;
    }
  }
  source->KeepAttachments(section);
  for (const xml_node& child : source->Children(section, "section")) MapSection(source, child, depth, qualification);
}

}  // namespace

void MapSupplement(Source* source, const xml_node& instance, size_t depth, elm::v3::Qualification* qualification) {
  const xml_node supplement = source->Child(instance, "diplomaSupplement");
  for (const xml_node& section : source->Children(supplement, "section")) {
    MapSection(source, section, depth, qualification);
  }
}

}  // namespace passerelle::adapters::elmo
