#include "gateway/cli/statistics_command.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
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
  return event;
}

std::string PathIn(const std::string& folder, absl::string_view name) {
  return (fs::path(folder) / std::string(name)).string();
}

// What was published stays as it was published.
absl::Status CheckFolder(const std::string& folder, const std::vector<Cube>& cubes) {
  for (const Cube& cube : cubes) {
    const std::string path = PathIn(folder, absl::StrCat(cube.indicator(), ".json"));
    std::error_code error;
    if (!fs::exists(path, error)) continue;
    ASSIGN_OR_RETURN(const std::string json, ReadInput(path, base::kDocumentBytesMax));
    ASSIGN_OR_RETURN(const Cube published, statistics::ReadCubeJson(json));
    const absl::Status same = statistics::CheckAgainstPublished(published, cube);
    if (!same.ok()) return Problem(base::ReasonOf(same), path, base::DetailOf(same));
  }
  return absl::OkStatus();
}

size_t ConfidentialCells(const Cube& cube) {
  return static_cast<size_t>(
      std::count_if(cube.cells().begin(), cube.cells().end(), [](const auto& cell) { return cell.confidential(); }));
}

// What was published, and which indicators there are no events for.
std::string ReportJson(const StatisticsRequest& request, const std::vector<Cube>& cubes) {
  std::string text;
  base::JsonWriter json(text, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("node", request.publish.node);
  json.Member("period", request.publish.period);
  json.Key("cubes");
  json.BeginArray();
  for (const Cube& cube : cubes) {
    json.BeginObject();
    json.Member("indicator", cube.indicator());
    json.Member("title", cube.title());
    json.Member("cells", cube.cells_size());
    json.Member("confidential", static_cast<int64_t>(ConfidentialCells(cube)));
    json.EndObject();
  }
  json.EndArray();
  json.Key("gaps");
  json.BeginArray();
  for (const statistics::Cut& cut : request.publish.cuts) {
    const bool there = std::any_of(cubes.begin(), cubes.end(),
                                   [&](const Cube& cube) { return cube.indicator() == cut.indicator->id; });
    if (!there) json.String(cut.indicator->id);
  }
  json.EndArray();
  json.EndObject();
  return text;
}

absl::StatusOr<std::vector<Cube>> PublishCubes(const StatisticsRequest& request) {
  std::vector<statistics::v1::Event> events;
  for (const std::string& file : request.events) {
    ASSIGN_OR_RETURN(const std::string lines, ReadInput(file, kEventsBytesMax));
    ASSIGN_OR_RETURN(std::vector<statistics::v1::Event> more, ReadEvents(lines, file));
    std::move(more.begin(), more.end(), std::back_inserter(events));
  }
  ASSIGN_OR_RETURN(std::vector<Cube> cubes, statistics::Publish(events, request.publish));
  std::error_code error;
  fs::create_directories(request.out, error);
  if (error) return Problem(Reason::kOutputNotWritable, request.out, error.message());
  RETURN_IF_ERROR(CheckFolder(request.out, cubes));
  for (const Cube& cube : cubes) {
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".csv"), statistics::CubeCsv(cube)));
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".json"), statistics::CubeJson(cube) + "\n"));
    RETURN_IF_ERROR(WriteResult(PathIn(request.out, cube.indicator() + ".svg"), statistics::CubeSvg(cube)));
  }
  RETURN_IF_ERROR(WriteResult(PathIn(request.out, "report.json"), ReportJson(request, cubes) + "\n"));
  return cubes;
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
  const absl::StatusOr<std::vector<Cube>> cubes = PublishCubes(request);
  if (!cubes.ok()) {
    PrintProblem(cubes.status(), console);
    return kExitRefused;
  }
  for (const Cube& cube : *cubes) {
    console.out << cube.indicator() << "  " << cube.cells_size() << " cells, " << ConfidentialCells(cube)
                << " confidential  " << cube.title() << "\n";
  }
  return kExitDone;
}

}  // namespace passerelle::gateway
