#include "adapters/families/carrier.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/json.h"
#include "core/base/jws_payload.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/unsigned_token.h"
#include "core/base/xml.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::families {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kPngSignature = "\x89PNG\r\n\x1a\n";
constexpr size_t kChunkFrame = 12;  // length, type and checksum around the data

uint32_t BigEndian(absl::string_view bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

// The text of an iTXt chunk (PNG 11.3.4.5): keyword, NUL, compression flag and method, language, NUL, translated
// keyword, NUL, text.
absl::StatusOr<std::string> TextOfChunk(absl::string_view data) {
  const size_t keyword_end = data.find('\0');
  if (keyword_end == absl::string_view::npos || keyword_end + 3 > data.size()) {
    return Problem(Reason::kPictureBroken, "iTXt", "the chunk is cut off");
  }
  if (data[keyword_end + 1] != '\0') {
    return Problem(Reason::kPictureBroken, "iTXt", "the badge is compressed, which baking does not allow");
  }
  const size_t language_end = data.find('\0', keyword_end + 3);
  const size_t translated_end =
      language_end == absl::string_view::npos ? language_end : data.find('\0', language_end + 1);
  if (translated_end == absl::string_view::npos) return Problem(Reason::kPictureBroken, "iTXt", "the chunk is cut off");
  return std::string(data.substr(translated_end + 1));
}

bool IsBaked(absl::string_view type, absl::string_view data, absl::string_view keyword) {
  return type == "iTXt" && absl::StartsWith(data, keyword) && data.size() > keyword.size() &&
         data[keyword.size()] == '\0';
}

// A chunk after the others: its type and data, or what is left of the data where the file is cut off.
struct Chunk {
  absl::string_view type;
  absl::string_view data;
  bool whole = false;
};

std::optional<Chunk> NextChunk(absl::string_view* rest) {
  if (rest->size() < kChunkFrame) return std::nullopt;
  const size_t length = BigEndian(*rest);
  Chunk chunk{rest->substr(4, 4), rest->substr(8, length), length <= rest->size() - kChunkFrame};
  rest->remove_prefix(chunk.whole ? length + kChunkFrame : rest->size());
  return chunk;
}

absl::StatusOr<std::vector<std::string>> TextsOfPng(absl::string_view bytes, absl::string_view keyword) {
  std::vector<std::string> texts;
  absl::string_view rest = bytes.substr(kPngSignature.size());
  while (const auto chunk = NextChunk(&rest)) {
    if (!chunk->whole && texts.empty()) return Problem(Reason::kPictureBroken, "PNG", "a chunk is cut off");
    if (!chunk->whole || !IsBaked(chunk->type, chunk->data, keyword)) continue;
    ASSIGN_OR_RETURN(texts.emplace_back(), TextOfChunk(chunk->data));
  }
  return texts;
}

// Drawing programs begin with a document type of SVG. One without an internal subset defines nothing, and nothing is
// fetched, so that it can be passed over; any other stays and is refused by the reader.
std::string WithoutSvgDoctype(absl::string_view bytes) {
  const size_t begin = bytes.find("<!DOCTYPE");
  const size_t end = begin == absl::string_view::npos ? begin : bytes.find('>', begin);
  const bool before_root = begin < bytes.find("<svg");
  if (end == absl::string_view::npos || !before_root || absl::StrContains(bytes.substr(begin, end - begin), "[")) {
    return std::string(bytes);
  }
  return absl::StrCat(bytes.substr(0, begin), bytes.substr(end + 1));
}

// Those of that name, none within another. Recursive; the reader has bounded the depth.
void AddElements(const pugi::xml_node& node, absl::string_view local, std::vector<pugi::xml_node>* found) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (base::XmlLocalName(child) == local) {
      found->push_back(child);
    } else {
      AddElements(child, local, found);
    }
  }
}

// The badge stands in the element, or in its attribute "verify" when it is a signature; a text beside a signature is a
// copy that nobody signed.
std::string TextOfElement(const pugi::xml_node& element) {
  std::string verify = base::XmlAttribute(element, "verify").value();
  if (base::IsCompactJws(verify)) return verify;
  std::string text = base::XmlRawText(element);
  return absl::StripAsciiWhitespace(text).empty() ? verify : text;
}

bool IsSvg(absl::string_view bytes) {
  const auto root = base::PeekXmlRoot(bytes);
  return root.has_value() && root->local == "svg";
}

bool IsDocument(absl::string_view text) { return absl::StartsWith(text, "{") || base::IsCompactJws(text); }

// The one document among the texts at a mark, which are something else in pictures of other programs. Nothing without
// any text.
absl::StatusOr<std::optional<std::string>> OnlyDocument(const std::vector<std::string>& texts,
                                                        absl::string_view picture) {
  std::optional<std::string> only;
  for (const std::string& stated : texts) {
    const absl::string_view text = absl::StripAsciiWhitespace(stated);
    if (text.empty() || (only.has_value() && !IsDocument(text))) continue;
    if (only.has_value() && IsDocument(*only) && *only != text) {
      return Problem(Reason::kSeveralReports, picture, "two badges are baked into the picture");
    }
    only = std::string(text);
  }
  if (only.has_value() && elm::IsWebAddress(*only)) {
    return Problem(Reason::kReferenceNotEmbedded, picture, "the address of a badge is baked into the picture");
  }
  return only;
}

constexpr BakingMarks kAllMarks[] = {kBadge2Marks, kBadge3Marks};

// What a picture has at the marks of the family, or else at those of the other.
absl::StatusOr<std::optional<std::string>> AtMarks(
    const BakingMarks& own, absl::string_view picture,
    absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(const BakingMarks&)> texts_at) {
  std::vector<BakingMarks> order = {own};
  for (const BakingMarks& marks : kAllMarks) {
    if (marks.png_keyword != own.png_keyword) order.push_back(marks);
  }
  for (const BakingMarks& marks : order) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, texts_at(marks));
    ASSIGN_OR_RETURN(std::optional<std::string> document, OnlyDocument(texts, picture));
    if (document.has_value()) return document;
  }
  return Problem(Reason::kPictureBroken, picture, "no badge is baked into the picture");
}

absl::StatusOr<std::optional<std::string>> TakeOutOfSvg(absl::string_view bytes, const BakingMarks& marks) {
  ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(WithoutSvgDoctype(bytes)));
  return AtMarks(marks, "SVG", [&document](const BakingMarks& at) -> absl::StatusOr<std::vector<std::string>> {
    std::vector<pugi::xml_node> elements;
    AddElements(document.Root(), at.svg_element, &elements);
    std::vector<std::string> texts;
    texts.reserve(elements.size());
    for (const pugi::xml_node& element : elements) texts.push_back(TextOfElement(element));
    return texts;
  });
}

// As of Unbake, with what is wrong with the picture.
absl::StatusOr<std::optional<std::string>> TakeOut(absl::string_view bytes, const BakingMarks& marks) {
  if (marks.png_keyword.empty()) return std::optional<std::string>();
  if (absl::StartsWith(bytes, kPngSignature)) {
    return AtMarks(marks, "PNG", [bytes](const BakingMarks& at) { return TextsOfPng(bytes, at.png_keyword); });
  }
  if (IsSvg(bytes)) return TakeOutOfSvg(bytes, marks);
  return std::optional<std::string>();
}

absl::StatusOr<Carried> OpenText(std::string text, bool is_baked) {
  if (!base::IsCompactJws(text)) {
    RETURN_IF_ERROR(CheckOneDocument(text));
    return Carried{std::move(text), false, is_baked};
  }
  RETURN_IF_ERROR(CheckSigned(text));
  ASSIGN_OR_RETURN(std::string payload, base::PayloadOfCompactJws(text));
  return Carried{std::move(payload), true, is_baked};
}

}  // namespace

absl::Status CheckOneDocument(absl::string_view json) {
  absl::ConsumePrefix(&json, "\xEF\xBB\xBF");
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(json), "[")) return absl::OkStatus();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(json));
  std::string place;
  auto entries = base::AsArray(document.root());
  while (entries.has_value() && entries->size() == 1) {  // looking up takes arrays in arrays as one
    entries = base::AsArray(entries->at(0).value());
    absl::StrAppend(&place, "/0");
  }
  if (!entries.has_value() || entries->size() < 2) return absl::OkStatus();
  return Problem(Reason::kSeveralReports, absl::StrCat(place, "/1"),
                 absl::StrCat("an array of ", entries->size(), " documents; send them one by one"));
}

absl::Status CheckSigned(absl::string_view token) {
  token = absl::StripAsciiWhitespace(token);
  if (!base::SaysUnsigned(token.substr(0, token.find('.')))) return absl::OkStatus();
  return Problem(Reason::kSignatureNone, "protected header");
}

std::optional<absl::string_view> ContentOfDataAddress(absl::string_view address) {
  const size_t comma = address.find(',');
  if (!absl::StartsWith(address, "data:") || comma == absl::string_view::npos) return std::nullopt;
  return address.substr(comma + 1);
}

bool IsMarked(absl::string_view bytes, const BakingMarks& marks) {
  if (absl::StartsWith(bytes, kPngSignature)) {
    absl::string_view rest = bytes.substr(kPngSignature.size());
    while (const auto chunk = NextChunk(&rest)) {
      if (IsBaked(chunk->type, chunk->data, marks.png_keyword)) return true;
    }
    return false;
  }
  if (!IsSvg(bytes)) return false;
  const auto document = base::ReadXml(WithoutSvgDoctype(bytes));
  std::vector<pugi::xml_node> elements;
  if (document.ok()) AddElements(document->Root(), marks.svg_element, &elements);
  return !elements.empty();
}

std::optional<std::string> Unbake(absl::string_view bytes, const BakingMarks& marks) {
  auto baked = TakeOut(bytes, marks);
  return baked.ok() ? *std::move(baked) : std::nullopt;
}

absl::StatusOr<Carried> OpenCarrier(absl::string_view bytes, const BakingMarks& marks) {
  ASSIGN_OR_RETURN(std::optional<std::string> baked, TakeOut(bytes, marks));
  if (baked.has_value()) return OpenText(*std::move(baked), true);
  return OpenText(std::string(bytes), false);
}

absl::string_view PeekCarrier(absl::string_view bytes, const BakingMarks& marks, std::string* buffer) {
  const bool picture = absl::StartsWith(bytes, kPngSignature) || IsSvg(bytes);
  if (!picture && !base::IsCompactJws(bytes)) return bytes;
  auto carried = OpenCarrier(bytes, marks);
  *buffer = carried.ok() ? std::move(carried->json) : "";
  return picture && marks.png_keyword.empty() ? absl::string_view() : absl::string_view(*buffer);
}

}  // namespace passerelle::adapters::families
