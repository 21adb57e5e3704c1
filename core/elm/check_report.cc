#include "core/elm/check_report.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/elm/annex_one.h"

namespace passerelle::elm {
namespace {

using base::JsonWriter;
using document::v1::AnnexOneElement;
using document::v1::AnnexOneReport;

constexpr size_t kColumns = 100;
// Columns of the table: "A1-M01  stated        Identification of the learner           value".
constexpr size_t kNameColumns = 42;
constexpr size_t kValueColumns = kColumns - 8 - 14 - kNameColumns - 2;
// Findings that the table lists; the JSON lists them all.
constexpr size_t kFindingsShown = 20;

void WriteFindings(const std::vector<Finding>& findings, JsonWriter& json) {
  json.BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject();
    json.Member("pointer", finding.pointer);
    json.Member("rule", finding.rule);
    json.Member("message", finding.message);
    json.EndObject();
  }
  json.EndArray();
}

void WriteAnnexOne(const AnnexOneReport& annex_one, JsonWriter& json) {
  json.BeginObject();
  json.Member("complete", annex_one.complete());
  json.Key("elements");
  json.BeginObject();
  for (const AnnexOneElement& element : annex_one.elements()) {
    json.Key(element.element());
    json.BeginObject();
    json.Member("status", StatusWord(element.status()));
    json.Key("paths");
    json.BeginArray();
    for (const std::string& path : element.paths()) json.String(path);
    json.EndArray();
    json.Member("value", element.value());
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
}

absl::string_view NameOf(absl::string_view id) {
  for (const AnnexOneName& name : kAnnexOne) {
    if (id == name.id) return name.name;
  }
  return id;
}

// Length in characters, not bytes.
size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The text without control characters, which could move a terminal's cursor.
std::string Printable(absl::string_view text) {
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    line += c1 || byte == 0x7F ? '?' : byte < 0x20 ? ' ' : text[i];
  }
  return line;
}

// The text on one line, cut to the width with an ellipsis.
std::string Fit(absl::string_view text, size_t width) {
  std::string line = Printable(text);
  if (Characters(line) <= width) return line;
  size_t bytes = 0;
  for (size_t characters = 0; bytes < line.size(); ++bytes) {
    if ((line[bytes] & 0xC0) != 0x80 && characters++ == width - 1) break;
  }
  return absl::StrCat(line.substr(0, bytes), "…");
}

// The text, filled with blanks up to the width.
std::string Padded(absl::string_view text, size_t width) {
  std::string cell = Fit(text, width);
  const size_t characters = Characters(cell);
  if (characters < width) cell.append(width - characters, ' ');
  return cell;
}

// The text on as many lines as it takes, each behind the indentation.
void AppendWrapped(absl::string_view text, size_t indentation, std::string& out) {
  const std::string margin(indentation, ' ');
  size_t column = kColumns;  // so that the first word begins a line
  for (absl::string_view word : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    const std::string shown = Fit(word, kColumns - indentation);
    const size_t width = Characters(shown);
    if (column + 1 + width > kColumns) {
      absl::StrAppend(&out, out.back() == '\n' ? "" : "\n", margin, shown);
      column = indentation + width;
    } else {
      absl::StrAppend(&out, " ", shown);
      column += 1 + width;
    }
  }
  out += '\n';
}

void AppendFindings(absl::string_view title, const std::vector<Finding>& findings, std::string& out) {
  if (findings.empty()) return;
  absl::StrAppend(&out, "\n", title, " (", findings.size(), ")\n");
  for (size_t i = 0; i < findings.size() && i < kFindingsShown; ++i) {
    const Finding& finding = findings[i];
    AppendWrapped(absl::StrCat(finding.rule, ": ", finding.message), 2, out);
    absl::StrAppend(&out, "    at ", Fit(finding.pointer.empty() ? "the credential" : finding.pointer, kColumns - 7),
                    "\n");
  }
  if (findings.size() > kFindingsShown) {
    absl::StrAppend(&out, "  … and ", findings.size() - kFindingsShown, " more; --json lists them all\n");
  }
}

}  // namespace

absl::string_view StatusWord(document::v1::ElementStatus status) {
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return "stated";
    case document::v1::ELEMENT_STATUS_TEXT:
      return "text";
    case document::v1::ELEMENT_STATUS_DERIVED:
      return "derived";
    case document::v1::ELEMENT_STATUS_WITHHELD:
      return "withheld";
    case document::v1::ELEMENT_STATUS_BY_REFERENCE:
      return "by_reference";
    default:
      return "missing";
  }
}

CheckResult Check(const ReadCredential& read) {
  return {CheckConstraints(read), AnnexOne(read.credential), CheckDefinition(read.credential),
          CheckPlausibility(read.credential)};
}

bool IsClean(const CheckResult& result) {
  return result.conformance.conforms && result.annex_one.complete() && result.plausibility.empty();
}

std::string CheckJson(const ReadCredential& read, const Conformance& conformance, const AnnexOneReport& annex_one,
                      const std::vector<DefinitionLimb>& definition, const std::vector<Finding>& plausibility,
                      absl::string_view format) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("format", format);
  json.Member("envelope", EnvelopeName(read.envelope));
  json.Key("european_model");
  json.BeginObject();
  json.Member("conforms", conformance.conforms);
  json.Member("profile", conformance.profile);
  json.Member("version", read.model_version);
  json.Key("findings");
  WriteFindings(conformance.findings, json);
  json.EndObject();
  json.Key("annex_one");
  WriteAnnexOne(annex_one, json);
  json.Key("definition");
  json.BeginObject();
  for (const DefinitionLimb& limb : definition) {
    json.Key(limb.limb);
    json.BeginObject();
    json.Member("outcome", limb.outcome);
    json.Member("explanation", limb.explanation);
    json.EndObject();
  }
  json.EndObject();
  json.Key("plausibility");
  WriteFindings(plausibility, json);
  json.EndObject();
  return out;
}

std::string CheckText(const ReadCredential& read, const Conformance& conformance, const AnnexOneReport& annex_one,
                      const std::vector<DefinitionLimb>& definition, const std::vector<Finding>& plausibility) {
  std::string out = absl::StrCat("European model ", read.model_version, ", profile ",
                                 conformance.profile.empty() ? "not stated" : conformance.profile, ": ",
                                 conformance.conforms ? "conforms" : "violates", "\n");
  absl::StrAppend(&out, "Annex I: ", annex_one.complete() ? "complete" : "not complete", "\n\n");
  for (const AnnexOneElement& element : annex_one.elements()) {
    std::string line =
        absl::StrCat(Padded(element.element(), 8), Padded(StatusWord(element.status()), 14),
                     Padded(NameOf(element.element()), kNameColumns), "  ", Fit(element.value(), kValueColumns));
    absl::StrAppend(&out, absl::StripTrailingAsciiWhitespace(line), "\n");
    if (element.paths_size() == 0) continue;
    const std::string more = element.paths_size() > 1 ? absl::StrCat(" and ", element.paths_size() - 1, " more") : "";
    absl::StrAppend(&out, "        ", Fit(element.paths(0), kColumns - 8 - more.size()), more, "\n");
  }
  absl::StrAppend(&out, "\nDefinition of a micro-credential, point 5(a)\n");
  for (const DefinitionLimb& limb : definition) {
    absl::StrAppend(&out, "  ", Padded(limb.limb, 27), limb.outcome, "\n");
    AppendWrapped(limb.explanation, 4, out);
  }
  AppendFindings("Findings on the model", conformance.findings, out);
  AppendFindings("Hardly meant so", plausibility, out);
  absl::StrAppend(&out, "\nCompleteness by Annex I does not imply that the credential is or will be recognised.\n");
  return out;
}

}  // namespace passerelle::elm
