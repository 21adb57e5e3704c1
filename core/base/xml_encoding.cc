#include "core/base/xml_encoding.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace passerelle::base {
namespace {

constexpr absl::string_view kUtf8Mark = "\xEF\xBB\xBF";

// Encodings of one byte a character in which European systems write, by their names at IANA.
constexpr const char* kSupported[] = {"ISO-8859-1",   "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",
                                      "ISO-8859-7",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",
                                      "ISO-8859-15",  "windows-1250", "windows-1251", "windows-1252", "windows-1253",
                                      "windows-1254", "windows-1257", "KOI8-U"};

size_t CountLines(absl::string_view text) { return 1 + std::count(text.begin(), text.end(), '\n'); }

// The encoding that the XML declaration names, in lower case; empty if it names none.
std::string DeclaredEncoding(absl::string_view text) {
  if (text.substr(0, 5) != "<?xml") return "";
  const absl::string_view declaration = text.substr(0, text.find("?>"));
  size_t at = declaration.find("encoding");
  if (at == absl::string_view::npos) return "";
  at = declaration.find_first_of("'\"", at);
  if (at == absl::string_view::npos) return "";
  const size_t end = declaration.find(declaration[at], at + 1);
  if (end == absl::string_view::npos) return "";
  return absl::AsciiStrToLower(declaration.substr(at + 1, end - at - 1));
}

absl::Status CheckUtf8(absl::string_view text) {
  if (IsUtf8(text)) return absl::OkStatus();
  // Slower, and knows the place.
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    const int32_t start = at;
    UChar32 character = 0;
    U8_NEXT(bytes, at, size, character);
    if (character < 0) return Problem(Reason::kXmlCharset, XmlLine(text, start), "the bytes are not UTF-8");
  }
  return Problem(Reason::kXmlCharset, "document", "the bytes are not UTF-8");
}

absl::StatusOr<std::string> Convert(absl::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> converter(ucnv_open(encoding, &status), ucnv_close);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::u16string wide(bytes.size() + 1, u'\0');
  const int32_t length = ucnv_toUChars(converter.get(), wide.data(), static_cast<int32_t>(wide.size()), bytes.data(),
                                       static_cast<int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) return Problem(Reason::kXmlCharset, "document", absl::StrCat("the bytes are not ", encoding));
  wide.resize(length);

  status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> utf8(ucnv_open("UTF-8", &status), ucnv_close);
  std::string text(wide.size() * 3 + 1, '\0');
  const int32_t size =
      ucnv_fromUChars(utf8.get(), text.data(), static_cast<int32_t>(text.size()), wide.data(), length, &status);
  if (U_FAILURE(status)) return Problem(Reason::kXmlCharset, "document", absl::StrCat("the bytes are not ", encoding));
  text.resize(size);
  return text;
}

absl::StatusOr<std::string> DecodeUtf16(absl::string_view bytes, const char* encoding) {
  if (bytes.size() >= 4 && bytes.substr(2, 2) == absl::string_view("\0\0", 2)) {
    return Problem(Reason::kXmlCharset, "line 1", "UTF-32 is not supported");
  }
  ASSIGN_OR_RETURN(std::string text, Convert(bytes.substr(2), encoding));
  const std::string declared = DeclaredEncoding(text);
  if (!declared.empty() && !absl::StartsWith(declared, "utf-16")) {
    return Problem(Reason::kXmlCharset, "line 1", "the byte order mark says UTF-16, the declaration something else");
  }
  return text;
}

}  // namespace

std::string XmlLine(absl::string_view text, size_t position) {
  return absl::StrCat("line ", CountLines(text.substr(0, position)));
}

std::string XmlLineAndColumn(absl::string_view text, size_t position) {
  const absl::string_view before = text.substr(0, position);
  const size_t newline = before.rfind('\n');
  const size_t column = newline == absl::string_view::npos ? before.size() + 1 : before.size() - newline;
  return absl::StrCat("line ", CountLines(before), ", column ", column);
}

absl::StatusOr<std::string> DecodeXml(absl::string_view bytes) {
  if (bytes.substr(0, 2) == "\xFF\xFE") return DecodeUtf16(bytes, "UTF-16LE");
  if (bytes.substr(0, 2) == "\xFE\xFF") return DecodeUtf16(bytes, "UTF-16BE");
  const bool marked = bytes.substr(0, kUtf8Mark.size()) == kUtf8Mark;
  if (marked) bytes.remove_prefix(kUtf8Mark.size());
  const size_t nul = bytes.find('\0');
  if (nul != absl::string_view::npos) {
    const bool wide = nul <= 1 && absl::StrContains(bytes.substr(0, 2), '<');
    if (wide) return Problem(Reason::kXmlCharset, "line 1", "UTF-16 needs a byte order mark");
    return Problem(Reason::kXmlMalformed, XmlLineAndColumn(bytes, nul), "a NUL byte");
  }
  const std::string declared = DeclaredEncoding(bytes);
  if (declared.empty() || declared == "utf-8" || declared == "utf8" || declared == "us-ascii") {
    RETURN_IF_ERROR(CheckUtf8(bytes));
    return std::string(bytes);
  }
  if (marked) {
    return Problem(Reason::kXmlCharset, "line 1", "the byte order mark says UTF-8, the declaration something else");
  }
  for (const char* supported : kSupported) {
    if (declared == absl::AsciiStrToLower(supported)) return Convert(bytes, supported);
  }
  return Problem(Reason::kXmlCharset, "line 1", "the declared encoding is not supported");
}

}  // namespace passerelle::base
