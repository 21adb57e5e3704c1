#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/document/translate.h"
#include "core/elm/annex_one.h"

namespace passerelle::document {
namespace {

absl::string_view NameOf(absl::string_view element) {
  for (const elm::AnnexOneName& name : elm::kAnnexOne) {
    if (element == name.id) return name.name;
  }
  return "";
}

absl::string_view SeverityWord(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_NOTE:
      return "note";
    case v1::SEVERITY_WARNING:
      return "warning";
    case v1::SEVERITY_ERROR:
      return "error";
    default:
      return "";
  }
}

std::string Quote(absl::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result.push_back('\\');
      result.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&result, "\\u%04x", c);
    } else {
      result.push_back(c);
    }
  }
  result.push_back('"');
  return result;
}

}  // namespace

absl::string_view StatusWord(v1::ElementStatus status) {
  switch (status) {
    case v1::ELEMENT_STATUS_STATED:
      return "stated";
    case v1::ELEMENT_STATUS_TEXT:
      return "text";
    case v1::ELEMENT_STATUS_DERIVED:
      return "derived";
    case v1::ELEMENT_STATUS_WITHHELD:
      return "withheld";
    case v1::ELEMENT_STATUS_BY_REFERENCE:
      return "by_reference";
    default:
      return "missing";
  }
}

std::string ReportJson(const v1::TranslationReport& report) {
  const auto quoted = [](std::string* out, const std::string& text) { absl::StrAppend(out, Quote(text)); };
  std::string json = absl::StrCat("{\"from\":", Quote(report.from()), ",\"to\":", Quote(report.to()),
                                  ",\"mapping_version\":", Quote(report.mapping_version()), ",\"elements\":{");
  absl::StrAppend(&json, absl::StrJoin(report.elements(), ",", [&quoted](std::string* out, const auto& element) {
    absl::StrAppend(out, Quote(element.element()), ":{\"status\":", Quote(StatusWord(element.status())),
                    ",\"source\":[", absl::StrJoin(element.source(), ",", quoted), "],\"rule\":", Quote(element.rule()),
                    "}");
  }));
  absl::StrAppend(&json, "},\"dropped\":[");
  absl::StrAppend(&json, absl::StrJoin(report.dropped(), ",", [](std::string* out, const auto& dropped) {
    absl::StrAppend(out, "{\"source\":", Quote(dropped.source()), ",\"reason\":", Quote(dropped.reason()), "}");
  }));
  absl::StrAppend(&json, "],\"diagnostics\":[");
  absl::StrAppend(&json, absl::StrJoin(report.diagnostics(), ",", [](std::string* out, const auto& diagnostic) {
    absl::StrAppend(out, "{\"rule\":", Quote(diagnostic.rule()), ",\"place\":", Quote(diagnostic.place()),
                    ",\"message\":", Quote(diagnostic.message()),
                    ",\"severity\":", Quote(SeverityWord(diagnostic.severity())), "}");
  }));
  absl::StrAppend(&json, "],\"score\":", report.score(), "}");
  return json;
}

std::string ReportText(const v1::TranslationReport& report) {
  std::string text = absl::StrFormat("%s to %s, mapping %s: score %d of 100\n\n", report.from(), report.to(),
                                     report.mapping_version(), report.score());
  for (const auto& element : report.elements()) {
    const std::string from = absl::StrJoin(element.source(), ", ");
    const std::string rule = element.rule().empty() ? "" : absl::StrCat("[", element.rule(), "]");
    std::string line = absl::StrFormat("%-7s %-12s %-58s %s", element.element(), StatusWord(element.status()),
                                       NameOf(element.element()), absl::StrJoin({rule, from}, rule.empty() ? "" : " "));
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  if (!report.dropped().empty()) absl::StrAppend(&text, "\nDropped:\n");
  for (const auto& dropped : report.dropped()) {
    absl::StrAppend(&text, "  ", dropped.source(), ": ", dropped.reason(), "\n");
  }
  if (!report.diagnostics().empty()) absl::StrAppend(&text, "\nDiagnostics:\n");
  for (const auto& diagnostic : report.diagnostics()) {
    absl::StrAppend(&text, "  ", SeverityWord(diagnostic.severity()), " [", diagnostic.rule(), "] ", diagnostic.place(),
                    ": ", diagnostic.message(), "\n");
  }
  return text;
}

}  // namespace passerelle::document
