#include "gateway/cli/statistics_command.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/provider_types.h"
#include "core/statistics/cube_report.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "google/protobuf/util/json_util.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;
using base::Problem;
using base::Reason;
using statistics::v1::Cube;

// Types of providers are those of catalogues: an invented one would be a cell of its own.
absl::Status CheckProviderTypes(const statistics::v1::Event& event, const std::string& place) {
  for (const auto& [at, code] :
       {std::pair(".offer.learning.provider_type", event.offer().learning().provider_type()),
        std::pair(".award.learning.provider_type", event.award().learning().provider_type()),
        std::pair(".provider.type", event.provider().type()),
        std::pair(".recognition_case.provider_type", event.recognition_case().provider_type())}) {
    const absl::Status known = catalogue::CheckProviderType(code, absl::StrCat(place, at));
    if (!known.ok()) return Problem(Reason::kEventInvalid, base::PlaceOf(known), base::DetailOf(known));
  }
  return absl::OkStatus();
}

absl::StatusOr<statistics::v1::Event> ReadEvent(absl::string_view line, const std::string& place) {
  if (line.size() > kEventLineBytesMax) return Problem(Reason::kInputTooLarge, place, "the line is too long");
  const auto document = base::JsonDocument::Parse(line);
  if (!document.ok()) {
    return Problem(base::ReasonOf(document.status()), absl::StrCat(place, ", ", base::PlaceOf(document.status())),
                   base::DetailOf(document.status()));
  }
  statistics::v1::Event event;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const std::string text(line);
  // What the parser says repeats values of the event, and is not handed on.
  if (!google::protobuf::util::JsonStringToMessage(text, &event, options).ok()) {
    return Problem(Reason::kEventInvalid, place, "the line is no event, or has a member that events do not have");
  }
  RETURN_IF_ERROR(statistics::CheckEvent(event, place));
  RETURN_IF_ERROR(CheckProviderTypes(event, place));
  return event;
}

std::string PathIn(const std::string& folder, absl::string_view name) {
  return (fs::path(folder) / std::string(name)).string();
}

// The file in the folder, or nothing where there is none.
absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  ASSIGN_OR_RETURN(std::string text, ReadInput(path, base::kDocumentBytesMax));
  return text;
}

// What the folder holds is published, also where its report was not written any more.
absl::StatusOr<std::vector<Cube>> PublishedIn(const StatisticsRequest& request) {
  std::vector<Cube> published;
  for (const statistics::Indicator& indicator : statistics::Indicators()) {
    const std::string path = PathIn(request.out, absl::StrCat(indicator.id, ".json"));
    ASSIGN_OR_RETURN(const std::optional<std::string> json, ReadIfThere(path));
    if (!json.has_value()) continue;
    ASSIGN_OR_RETURN(Cube cube, statistics::ReadCubeJson(*json));
    if (cube.node() != request.publish.node || cube.period() != request.publish.period) {
      return Problem(Reason::kCubePublished, path, "the folder has cubes of another node or year; a year has its own");
    }
    published.push_back(std::move(cube));
  }
  return published;
}

// What was published stays as it was published.
absl::Status CheckFolder(const std::string& folder, const std::vector<Cube>& published,
                         const std::vector<Cube>& cubes) {
  for (const Cube& cube : cubes) {
    const absl::Status fits = statistics::CheckAgainstPublished(published, cube);
    if (fits.ok()) continue;
    return Problem(base::ReasonOf(fits), PathIn(folder, cube.indicator() + ".json"), base::DetailOf(fits));
  }
  return absl::OkStatus();
}

// The indicators for which there were no events when the folder was last written to.
absl::StatusOr<std::set<std::string>> GapsIn(const std::string& report) {
  std::set<std::string> gaps;
  ASSIGN_OR_RETURN(const std::optional<std::string> json, ReadIfThere(report));
  if (!json.has_value()) return gaps;
  const auto document = base::JsonDocument::Parse(*json);
  const auto root = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  const auto member = root.has_value() ? base::Find(*root, "gaps") : std::nullopt;
  const auto listed = member.has_value() ? base::AsArray(*member) : std::nullopt;
  if (!listed.has_value()) return Problem(Reason::kFieldInvalid, report, "the file is no report");
  for (const simdjson::dom::element gap : *listed) gaps.emplace(base::AsString(gap).value_or(""));
  return gaps;
}

size_t ConfidentialCells(const Cube& cube) {
  return static_cast<size_t>(
      std::count_if(cube.cells().begin(), cube.cells().end(), [](const auto& cell) { return cell.confidential(); }));
}

void WriteReportList(absl::string_view name, const std::vector<std::string>& texts, base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

// What is published, now or before, which indicators there are no events for, and which were refused now.
std::string ReportJson(const StatisticsRequest& request, const std::map<std::string, Cube>& cubes,
                       const std::vector<std::string>& gaps, const std::vector<statistics::Refusal>& refused) {
  std::string text;
  base::JsonWriter json(text, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("node", request.publish.node);
  json.Member("period", request.publish.period);
  json.Key("cubes");
  json.BeginArray();
  for (const auto& [indicator, cube] : cubes) {
    json.BeginObject();
    json.Member("indicator", indicator);
    json.Member("title", cube.title());
    json.Member("cells", cube.cells_size());
    json.Member("confidential", static_cast<int64_t>(ConfidentialCells(cube)));
    json.EndObject();
  }
  json.EndArray();
  WriteReportList("gaps", gaps, &json);
  json.Key("refused");
  json.BeginArray();
  for (const statistics::Refusal& refusal : refused) {
    json.BeginObject();
    WriteReportList("indicators", refusal.indicators, &json);
    json.Member("reason", base::Catalogue(base::ReasonOf(refusal.problem)).name);
    json.Member("detail", base::DetailOf(refusal.problem));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text;
}

absl::StatusOr<statistics::Publication> PublishCubes(const StatisticsRequest& request) {
  std::vector<statistics::v1::Event> events;
  for (const std::string& file : request.events) {
    ASSIGN_OR_RETURN(const std::string lines, ReadInput(file, kEventsBytesMax));
    ASSIGN_OR_RETURN(std::vector<statistics::v1::Event> more, ReadEvents(lines, file));
    std::move(more.begin(), more.end(), std::back_inserter(events));
  }
  ASSIGN_OR_RETURN(statistics::Publication publication, statistics::Publish(events, request.publish));
  std::error_code error;
  fs::create_directories(request.out, error);
  if (error) return Problem(Reason::kOutputNotWritable, request.out, error.message());
  ASSIGN_OR_RETURN(const std::vector<Cube> published, PublishedIn(request));
  RETURN_IF_ERROR(CheckFolder(request.out, published, publication.cubes));
  const std::string report = PathIn(request.out, "report.json");
  ASSIGN_OR_RETURN(std::set<std::string> gaps, GapsIn(report));
  for (const statistics::Cut& cut : request.publish.cuts) gaps.emplace(cut.indicator->id);
  std::map<std::string, Cube> listed;
  for (const Cube& cube : published) listed.emplace(cube.indicator(), cube);
  for (const Cube& cube : publication.cubes) {
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".csv"), statistics::CubeCsv(cube)));
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".json"), statistics::CubeJson(cube) + "\n"));
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".svg"), statistics::CubeSvg(cube)));
    listed.emplace(cube.indicator(), cube);
  }
  for (const auto& [indicator, cube] : listed) gaps.erase(indicator);
  for (const statistics::Refusal& refusal : publication.refused) {
    for (const std::string& indicator : refusal.indicators) gaps.erase(indicator);
  }
  const std::string json = ReportJson(request, listed, {gaps.begin(), gaps.end()}, publication.refused);
  RETURN_IF_ERROR(WriteResult(report, json + "\n"));
  return publication;
}

}  // namespace

absl::StatusOr<std::vector<statistics::v1::Event>> ReadEvents(absl::string_view lines, const std::string& name) {
  std::vector<statistics::v1::Event> events;
  for (int number = 1; !lines.empty(); ++number) {
    const absl::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    ASSIGN_OR_RETURN(statistics::v1::Event event, ReadEvent(line, absl::StrCat(name, ":", number)));
    events.push_back(std::move(event));
  }
  return events;
}

int RunStatistics(const StatisticsRequest& request, const Console& console) {
  const absl::StatusOr<statistics::Publication> publication = PublishCubes(request);
  if (!publication.ok()) {
    PrintProblem(publication.status(), console);
    return kExitRefused;
  }
  for (const Cube& cube : publication->cubes) {
    console.out << cube.indicator() << "  " << cube.cells_size() << " cells, " << ConfidentialCells(cube)
                << " confidential  " << cube.title() << "\n";
  }
  for (const statistics::Refusal& refusal : publication->refused) {
    const std::string place =
        absl::StrCat(base::PlaceOf(refusal.problem), " of ", absl::StrJoin(refusal.indicators, ", "));
    PrintProblem(Problem(base::ReasonOf(refusal.problem), place, base::DetailOf(refusal.problem)), console);
  }
  return publication->cubes.empty() && !publication->refused.empty() ? kExitRefused : kExitDone;
}

}  // namespace passerelle::gateway
