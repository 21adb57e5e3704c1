#include "core/document/foreign.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/json_peek.h"
#include "core/base/jws_payload.h"
#include "core/base/one_line.h"
#include "core/base/utf8.h"
#include "core/base/xml.h"

namespace passerelle::document {
namespace {

struct Mark {
  absl::string_view begins;
  absl::string_view words;
};

constexpr Mark kMarks[] = {
    {"7z\xBC\xAF\x27\x1C", "it is a 7z archive; send what is packed in it"},
    {"PK\x03\x04", "it is a ZIP archive or an office document; send what is packed in it"},
    {"\x89PNG", "it is a picture into which no badge is baked"},
    {"\xFF\xD8\xFF", "it is a photograph (JPEG); send the document itself"},
    {"GIF8", "it is a picture (GIF); send the document itself"},
    {"II*", "it is a picture (TIFF); send the document itself"},
    {absl::string_view("MM\0*", 4), "it is a picture (TIFF); send the document itself"},
    {"\xD0\xCF\x11\xE0", "it is an office document; send the document that it was made from"},
    {"\x30\x82", "it is binary ASN.1, such as a certificate or a signature; send what was signed"},
    {"{\\rtf", "it is a text document (RTF); send the document itself"},
};

// Fields with which messages begin (RFC 5322).
constexpr absl::string_view kMessageFields[] = {
    "from:", "to:",           "received:",     "return-path:", "subject:",
    "date:", "mime-version:", "delivered-to:", "reply-to:",    "content-type:"};

constexpr size_t kBeginning = 64;     // bytes in which a mark stands
constexpr size_t kLinesMax = 50;      // by which a list or a table is known
constexpr size_t kRootNameMax = 100;  // bytes of a name that a message repeats

bool HasNulAmongFirst(absl::string_view bytes) { return absl::StrContains(bytes.substr(0, 4), '\0'); }

// The beginning of a name in UTF-8; no character is cut in two.
absl::string_view Beginning(absl::string_view name) {
  if (name.size() <= kRootNameMax) return name;
  size_t end = kRootNameMax;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end);
}

// A name in another encoding than UTF-8 is left out, and so is one that could forge a line.
bool IsPrintable(absl::string_view name) { return base::OneLine(name) == name; }

std::string DescribePdf(absl::string_view bytes) {
  if (absl::StrContains(bytes, "/Encrypt")) {
    return "it is an encrypted PDF, which people read; send the document that it was made from";
  }
  if (absl::StrContains(bytes, "/EmbeddedFile")) return "it is a PDF with a file attached to it; send that file";
  return "it is a PDF, which people read; send the document that it was made from";
}

std::string DescribeXml(absl::string_view bytes) {
  const auto root = base::PeekXmlRoot(bytes);
  if (!root.has_value()) return "";
  if (root->local == "html") return "it is a web page; send the document that it shows or links to";
  if (root->local == "svg") return "it is a picture into which no badge is baked";
  if (root->local == "Envelope") return "it is a SOAP message; send what stands in its body";
  if (!IsPrintable(root->local) || !IsPrintable(root->name_space)) return "it is XML, and no format has such a root";
  return absl::StrCat("it is XML, and no format has the root ", Beginning(root->local), " in ",
                      root->name_space.empty() ? "no namespace" : Beginning(root->name_space));
}

std::string DescribeJson(const base::JsonPeek& top) {
  if (absl::StrContains(top.Value("type"), "VerifiableCredential")) {
    return "it is a verifiable credential of no type of learning that is known";
  }
  if (absl::StrContains(top.Value("type"), "VerifiablePresentation")) {
    return "it is a presentation that holds no credential, or that says that it is something else too";
  }
  if (top.Has("$schema")) return "it is a JSON Schema, which describes documents";
  if (top.Has("@context") && top.members().size() == 1) return "it is a JSON-LD context, which describes documents";
  return "it is JSON, and no format has such members at the top";
}

bool IsLink(absl::string_view line) {
  const bool begins = absl::StartsWithIgnoreCase(line, "http://") || absl::StartsWithIgnoreCase(line, "https://");
  return begins && std::none_of(line.begin(), line.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

// How many cells a line of a table has; 0 where it is none: a cell that begins with a blank is more likely prose.
size_t CellsOf(absl::string_view line, char separator) {
  size_t cells = 1;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (quoted || line[i] != separator) continue;
    if (i + 1 < line.size() && line[i + 1] == ' ') return 0;
    ++cells;
  }
  return quoted ? 0 : cells;
}

// Three columns or more, the same number in every line.
bool IsTable(const std::vector<absl::string_view>& lines) {
  constexpr size_t kColumnsMin = 3;
  for (const char separator : {';', ',', '\t'}) {
    const size_t cells = CellsOf(lines.front(), separator);
    if (cells < kColumnsMin) continue;
    const auto same = [&](absl::string_view line) { return CellsOf(line, separator) == cells; };
    if (std::all_of(lines.begin(), lines.end(), same)) return true;
  }
  return false;
}

// What has no marks but its lines.
std::string DescribeText(absl::string_view bytes) {
  std::vector<absl::string_view> lines;
  for (const absl::string_view line : absl::StrSplit(bytes, '\n')) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (!text.empty()) lines.push_back(text);
    if (lines.size() == kLinesMax) break;
  }
  if (std::all_of(lines.begin(), lines.end(), IsLink)) {
    return lines.size() == 1 ? "it is a link; send the document that it leads to"
                             : "it is a list of links; send the documents that they lead to, one at a time";
  }
  if (lines.size() > 1 && base::IsUtf8(bytes) && IsTable(lines)) {
    return "it is a table (CSV); send the documents that it was made from";
  }
  return "";
}

}  // namespace

std::string DescribeForeign(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "%PDF-")) return DescribePdf(bytes);
  for (const Mark& mark : kMarks) {
    if (absl::StartsWith(bytes, mark.begins)) return std::string(mark.words);
  }
  if (HasNulAmongFirst(bytes) || absl::StartsWith(bytes, "\xFF\xFE") || absl::StartsWith(bytes, "\xFE\xFF")) {
    return "it is in UTF-16 or binary; JSON and tokens are in UTF-8, and XML in UTF-16 has a byte order mark and says "
           "so";
  }
  absl::ConsumePrefix(&bytes, "\xEF\xBB\xBF");
  bytes = absl::StripLeadingAsciiWhitespace(bytes);
  if (bytes.empty()) return "it holds white space alone";
  const std::string beginning = absl::AsciiStrToLower(bytes.substr(0, kBeginning));
  if (absl::StartsWith(beginning, "<!doctype html") || absl::StartsWith(beginning, "<html")) {
    return "it is a web page; send the document that it shows or links to";
  }
  for (const absl::string_view field : kMessageFields) {
    if (absl::StartsWith(beginning, field)) return "it is an e-mail message; send what is attached to it";
  }
  if (base::IsCompactJws(bytes)) return "it is a signed token whose content is no format that is known";
  if (absl::StartsWith(beginning, "-----begin ")) return "it is a key, a certificate or a message in PEM";
  if (const auto top = base::JsonPeek::Of(bytes); top.has_value()) return DescribeJson(*top);
  const std::string xml = DescribeXml(bytes);
  return xml.empty() ? DescribeText(bytes) : xml;
}

}  // namespace passerelle::document
