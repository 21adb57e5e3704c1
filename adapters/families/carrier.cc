#include "adapters/families/carrier.h"

#include <cstdint>
#include <optional>
#include <utility>

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

absl::StatusOr<std::string> TextOfPng(absl::string_view bytes, absl::string_view keyword) {
  absl::string_view rest = bytes.substr(kPngSignature.size());
  while (rest.size() >= kChunkFrame) {
    const size_t length = BigEndian(rest);
    const absl::string_view type = rest.substr(4, 4);
    if (length > rest.size() - kChunkFrame) return Problem(Reason::kPictureBroken, "PNG", "a chunk is cut off");
    const absl::string_view data = rest.substr(8, length);
    if (type == "iTXt" && absl::StartsWith(data, keyword) && data.size() > keyword.size() &&
        data[keyword.size()] == '\0') {
      return TextOfChunk(data);
    }
    rest.remove_prefix(length + kChunkFrame);
  }
  return Problem(Reason::kPictureBroken, "PNG", "no badge is baked into the picture");
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

// Recursive; the reader has bounded the depth.
pugi::xml_node FindElement(const pugi::xml_node& node, absl::string_view local) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (base::XmlLocalName(child) == local) return child;
    const pugi::xml_node found = FindElement(child, local);
    if (found) return found;
  }
  return {};
}

// The badge stands in the element, or in its attribute "verify" when it is a signature.
absl::StatusOr<std::string> TextOfSvg(absl::string_view bytes, absl::string_view element) {
  ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(WithoutSvgDoctype(bytes)));
  const pugi::xml_node found = FindElement(document.Root(), element);
  if (!found) return Problem(Reason::kPictureBroken, "SVG", "no badge is baked into the picture");
  const std::string text(absl::StripAsciiWhitespace(base::XmlRawText(found)));
  return text.empty() ? std::string(base::XmlAttribute(found, "verify").value()) : text;
}

bool IsSvg(absl::string_view bytes) {
  const auto root = base::PeekXmlRoot(bytes);
  return root.has_value() && root->local == "svg";
}

// As of Unbake, with what is wrong with the picture.
absl::StatusOr<std::optional<std::string>> TakeOut(absl::string_view bytes, const BakingMarks& marks) {
  if (marks.png_keyword.empty()) return std::optional<std::string>();
  if (absl::StartsWith(bytes, kPngSignature)) return TextOfPng(bytes, marks.png_keyword);
  if (IsSvg(bytes)) return TextOfSvg(bytes, marks.svg_element);
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
