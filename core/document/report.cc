#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/document/translate.h"
#include "core/elm/annex_one.h"

namespace passerelle::document {
namespace {

absl::string_view LossWord(LossClass loss) {
  switch (loss) {
    case kKept:
      return "kept";
    case kWidened:
      return "widened";
    case kDerived:
      return "derived";
    case kDefaulted:
      return "defaulted";
    case kDropped:
      return "dropped";
    default:
      return "";
  }
}

void WriteLosses(const v1::TranslationReport& report, base::JsonWriter* json) {
  if (report.has_losses()) {
    json->Key("losses");
    json->BeginObject();
    json->Member("kept", static_cast<int64_t>(report.losses().kept()));
    json->Member("widened", static_cast<int64_t>(report.losses().widened()));
    json->Member("derived", static_cast<int64_t>(report.losses().derived()));
    json->Member("defaulted", static_cast<int64_t>(report.losses().defaulted()));
    json->Member("dropped", static_cast<int64_t>(report.losses().dropped()));
    json->EndObject();
  }
  if (report.mapped().empty()) return;
  json->Key("mapped");
  json->BeginArray();
  for (const auto& mapped : report.mapped()) {
    json->BeginObject();
    json->Member("source", mapped.source());
    json->Member("target", mapped.target());
    json->Member("loss", LossWord(mapped.loss()));
    json->Member("rule", mapped.rule());
    json->EndObject();
  }
  json->EndArray();
}

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

void WriteTexts(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
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
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("from", report.from());
  json.Member("to", report.to());
  json.Member("mapping_version", report.mapping_version());
  json.Key("elements");
  json.BeginObject();
  for (const auto& element : report.elements()) {
    json.Key(element.element());
    json.BeginObject();
    json.Member("status", StatusWord(element.status()));
    WriteTexts("source", element.source(), &json);
    json.Member("rule", element.rule());
    json.EndObject();
  }
  json.EndObject();
  json.Key("dropped");
  json.BeginArray();
  for (const auto& dropped : report.dropped()) {
    json.BeginObject();
    json.Member("source", dropped.source());
    json.Member("reason", dropped.reason());
    json.EndObject();
  }
  json.EndArray();
  json.Key("diagnostics");
  json.BeginArray();
  for (const auto& diagnostic : report.diagnostics()) {
    json.BeginObject();
    json.Member("rule", diagnostic.rule());
    json.Member("place", diagnostic.place());
    json.Member("message", diagnostic.message());
    json.Member("severity", SeverityWord(diagnostic.severity()));
    json.EndObject();
  }
  json.EndArray();
  json.Member("score", static_cast<int64_t>(report.score()));
  WriteLosses(report, &json);
  json.EndObject();
  return text;
}

std::string ReportText(const v1::TranslationReport& report) {
  std::string text = absl::StrFormat("%s to %s, mapping %s: score %d of 100\n\n", report.from(), report.to(),
                                     report.mapping_version(), report.score());
  if (report.has_losses()) {
    const v1::LossCounts& losses = report.losses();
    absl::StrAppendFormat(&text, "%d values kept, %d widened to text, %d derived, %d put in by default, %d dropped\n\n",
                          losses.kept(), losses.widened(), losses.derived(), losses.defaulted(), losses.dropped());
  }
  for (const auto& element : report.elements()) {
    const std::string from = absl::StrJoin(element.source(), ", ");
    const std::string rule = element.rule().empty() ? "" : absl::StrCat("[", element.rule(), "]");
    std::string line = absl::StrFormat("%-7s %-12s %-58s %s", element.element(), StatusWord(element.status()),
                                       NameOf(element.element()), absl::StrJoin({rule, from}, rule.empty() ? "" : " "));
    absl::StrAppend(&text, base::OneLine(absl::StripTrailingAsciiWhitespace(line)), "\n");
  }
  if (!report.dropped().empty()) absl::StrAppend(&text, "\nDropped:\n");
  for (const auto& dropped : report.dropped()) {
    absl::StrAppend(&text, "  ", base::OneLine(absl::StrCat(dropped.source(), ": ", dropped.reason())), "\n");
  }
  if (!report.diagnostics().empty()) absl::StrAppend(&text, "\nDiagnostics:\n");
  for (const auto& diagnostic : report.diagnostics()) {
    const std::string line = absl::StrCat(SeverityWord(diagnostic.severity()), " [", diagnostic.rule(), "] ",
                                          diagnostic.place(), ": ", diagnostic.message());
    absl::StrAppend(&text, "  ", base::OneLine(line), "\n");
  }
  return text;
}

}  // namespace passerelle::document
