#include "gateway/cli/document_commands.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/document/foreign.h"
#include "core/elm/check_report.h"
#include "core/elm/codec.h"
#include "gateway/cli/files.h"
#include "gateway/cli/seal_translation.h"
#include "gateway/documents/document_check.h"
#include "gateway/documents/skill_collections.h"
#include "gateway/system/system_clock.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<std::string> ReadDocument(const std::string& file) { return ReadInput(file, base::kDocumentBytesMax); }

void WriteStrings(absl::string_view name, const std::vector<std::string>& texts, base::JsonWriter& writer) {
  writer.Key(name);
  writer.BeginArray();
  for (const std::string& text : texts) writer.String(text);
  writer.EndArray();
}

// Columns as wide as their widest text; the last one is not filled up.
void PrintTable(const std::vector<std::vector<std::string>>& rows, const Console& console) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size() + 2);
  }
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) console.out << absl::StrFormat("%-*s", widths[i], row[i]);
    console.out << "\n";
  }
}

}  // namespace

void PrintProblem(const absl::Status& problem, const Console& console, absl::string_view remedy) {
  const std::string place = base::PlaceOf(problem);
  const std::string detail = base::DetailOf(problem);
  const base::CatalogueEntry& entry = base::Catalogue(base::ReasonOf(problem));
  const std::string line = absl::StrCat(entry.name, " at ", place.empty() ? "document" : place, ": ",
                                        absl::StripSuffix(detail, "."), "; ", remedy.empty() ? entry.remedy : remedy);
  // One line, whatever a file name holds.
  console.err << base::OneLine(line) << "\n";
}

int Refuse(const absl::Status& problem, const Console& console) {
  PrintProblem(problem, console);
  return kExitRefused;
}

int Finish(const absl::Status& status, const Console& console) {
  return status.ok() ? kExitDone : Refuse(status, console);
}

int RunFormats(const document::Registry& registry, bool json, const Console& console) {
  if (json) {
    std::string out;
    base::JsonWriter writer(out);
    writer.BeginArray();
    for (const auto& adapter : registry.adapters()) {
      const document::FormatInfo& info = adapter->Info();
      writer.BeginObject();
      writer.Member("id", info.id);
      writer.Member("name", info.name);
      WriteStrings("versions", info.versions, writer);
      WriteStrings("directions", info.directions, writer);
      writer.Member("maturity", info.maturity);
      writer.Member("media_type", info.media_type);
      writer.Member("mapping_version", info.mapping_version);
      writer.EndObject();
    }
    writer.EndArray();
    console.out << out << "\n";
    return kExitDone;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "DIRECTIONS", "MATURITY", "VERSIONS", "NAME"}};
  for (const auto& adapter : registry.adapters()) {
    const document::FormatInfo& info = adapter->Info();
    rows.push_back({info.id, info.directions.empty() ? "-" : absl::StrJoin(info.directions, ","), info.maturity,
                    absl::StrJoin(info.versions, ", "), info.name});
  }
  PrintTable(rows, console);
  return kExitDone;
}

int RunDetect(const document::Registry& registry, const std::vector<std::string>& files, bool json,
              const Console& console) {
  int code = kExitDone;
  std::string out;
  base::JsonWriter writer(out);
  writer.BeginArray();
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> bytes = ReadDocument(file);
    if (!bytes.ok()) {
      PrintProblem(bytes.status(), console);
      code = kExitRefused;
      continue;
    }
    const document::Detected detected = document::Detect(registry, *bytes);
    const std::string what = detected.format == "unknown" ? document::DescribeForeign(*bytes) : "";
    if (json) {
      writer.BeginObject();
      writer.Member("file", base::ToUtf8(file));
      writer.Member("format", detected.format);
      writer.Member("confidence", detected.confidence);
      if (!what.empty()) writer.Member("what", what);
      writer.EndObject();
    } else {
      console.out << detected.format << "  " << base::OneLine(file) << (what.empty() ? "" : "  (" + what + ")") << "\n";
    }
  }
  writer.EndArray();
  if (json) console.out << out << "\n";
  return code;
}

namespace {

// What a person wants to know of a translation, in a few lines.
void PrintLosses(const document::v1::TranslationReport& report, const Console& console) {
  std::map<std::string, std::vector<std::string>> elements;
  for (const auto& element : report.elements()) {
    elements[std::string(document::StatusWord(element.status()))].push_back(element.element());
  }
  console.err << report.from() << " to " << report.to() << ": score " << report.score() << " of 100";
  for (const auto& [word, ids] : elements) console.err << "; " << word << " " << absl::StrJoin(ids, " ");
  console.err << "; " << report.dropped_size() << " parts dropped, " << report.diagnostics_size() << " diagnostics\n";
}

}  // namespace

int RunTranslate(const document::Registry& registry, const TranslateRequest& request, const Console& console) {
  const auto translated = [&]() -> absl::StatusOr<document::Translated> {
    ASSIGN_OR_RETURN(const std::string bytes, ReadDocument(request.file));
    ASSIGN_OR_RETURN(document::Translated done, document::Translate(registry, bytes, request.options));
    if (!request.seal.key.empty()) {
      ASSIGN_OR_RETURN(done.content, SealTranslation(done, request.seal));
    }
    if (!request.report_file.empty()) {
      RETURN_IF_ERROR(WriteResult(request.report_file, document::ReportJson(done.report) + "\n"));
    }
    return done;
  }();
  if (!translated.ok()) {
    PrintProblem(translated.status(), console);
    return kExitRefused;
  }
  const bool pretty = request.pretty && translated->report.to() == "elm" && !translated->catalogue.has_value();
  console.out << (pretty ? elm::WritePretty(translated->credential) : translated->content) << "\n";
  if (request.explain) {
    console.err << document::ReportText(translated->report);
  } else {
    PrintLosses(translated->report, console);
  }
  return kExitDone;
}

namespace {

std::string ProblemJson(const std::string& format, const absl::Status& problem) {
  std::string out;
  base::JsonWriter writer(out, base::JsonWriter::Layout::kIndented);
  writer.BeginObject();
  writer.Member("format", format);
  writer.Key("problem");
  writer.BeginObject();
  writer.Member("reason", base::Catalogue(base::ReasonOf(problem)).name);
  writer.Member("place", base::ToUtf8(base::PlaceOf(problem)));
  writer.Member("message", base::ToUtf8(base::DetailOf(problem)));
  writer.EndObject();
  writer.EndObject();
  return out;
}

}  // namespace

int RunCheck(const document::Registry& registry, const CheckRequest& request, const Console& console) {
  std::string format = "unknown";
  const auto checked = [&]() -> absl::StatusOr<CheckedDocument> {
    ASSIGN_OR_RETURN(const std::string bytes, ReadDocument(request.file));
    ASSIGN_OR_RETURN(const auto tagger, LoadSkillCollections(request.skills));
    return CheckDocument(registry, bytes, request.language, SystemClock().Now(), &format, tagger.get());
  }();
  if (!checked.ok()) {
    PrintProblem(checked.status(), console);
    if (request.json) console.out << ProblemJson(format, checked.status()) << "\n";
    return kExitRefused;
  }
  const elm::CheckResult& result = checked->result;
  const std::string language = request.language.empty() ? "en" : request.language;
  if (request.json) {
    console.out << elm::CheckJson(checked->read, result, format, language) << "\n";
  } else {
    console.out << "Format " << format << (format == "elm" ? "\n" : ", checked as translated\n")
                << elm::CheckText(checked->read, result, language);
  }
  return result.conformance.conforms && result.annex_one.complete() ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
