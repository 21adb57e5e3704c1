#include <string>

#include "absl/strings/match.h"
#include "adapters/elmo/mapping.h"
#include "core/base/digest.h"

namespace passerelle::adapters::elmo {
namespace {

// A data URI in base64 (RFC 2397), taken apart.
struct DataUri {
  std::string media_type;
  std::string content;  // base64, checked
  int64_t size = 0;     // of the bytes behind it
};

std::optional<DataUri> ParseDataUri(absl::string_view text) {
  const size_t comma = text.find(',');
  if (!absl::StartsWithIgnoreCase(text, "data:") || comma == absl::string_view::npos) return std::nullopt;
  const absl::string_view head = text.substr(5, comma - 5);
  if (!absl::EndsWithIgnoreCase(head, ";base64")) return std::nullopt;
  const auto bytes = base::Base64Decode(text.substr(comma + 1));
  if (!bytes.ok() || bytes->empty()) return std::nullopt;
  return DataUri{std::string(head.substr(0, head.find(';'))), base::Base64Encode(*bytes),
                 static_cast<int64_t>(bytes->size())};
}

}  // namespace

void MapAttachment(Source* source, const xml_node& attachment, elm::v3::EuropeanDigitalCredential* credential) {
  std::vector<elm::v3::MediaObject> files;
  for (const xml_node& node : source->Children(attachment, "content")) {
    const std::string text = base::XmlText(node);
    if (text.empty()) continue;
    const auto uri = ParseDataUri(text);
    const auto type = uri.has_value() ? elm::FileTypeOfMedia(uri->media_type) : std::nullopt;
    if (!type.has_value()) {
      source->Warn(uri.has_value() ? "attachment.type" : "attachment.data", node,
                   uri.has_value() ? "The EU's list has no file type for this media type."
                                   : "The content is no data URI in base64.");
      source->Drop(node, uri.has_value() ? "has a media type that the model cannot name" : "is no data URI in base64");
      continue;
    }
    source->Take(node);
    elm::v3::MediaObject file;
    file.set_content(uri->content);
    file.set_content_size(uri->size);
    *file.mutable_content_type() = *type;
    const auto encoding = elm::ConceptOf(elm::Vocabulary::kEncoding, elm::kEncodingBase64);
    if (encoding.has_value()) *file.mutable_content_encoding() = *encoding;
    files.push_back(std::move(file));
  }
  if (files.empty()) {
    source->Drop(attachment, "has no file that can be carried");
    return;
  }
  Texts title;
  Texts description;
  Notes further;
  TakeTexts(source, source->Children(attachment, "title"), &title, &further);
  TakeMultilineTexts(source, source->Children(attachment, "description"), &description, &further);
  for (const auto& note : further) MergeText(note.note_literal(0), &description);
  const std::string kind = source->Take(source->Child(attachment, "type"));
  size_t text_bytes = kind.size();
  for (const Texts* texts : {&title, &description}) {
    for (const auto& text : *texts) text_bytes += text.value().size();
  }
  for (elm::v3::MediaObject& file : files) {
    source->Charge(text_bytes);
    *file.mutable_title() = title;
    *file.mutable_description() = description;
    // The kinds of ELMO are words of its own, so the concept is one too.
    if (!kind.empty()) *file.mutable_attachment_type() = elm::MakeConcept("", "", kind);
    *credential->add_attachment() = std::move(file);
  }
}

}  // namespace passerelle::adapters::elmo
