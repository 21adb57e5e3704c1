#include "gateway/grpc/statistics_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/statistics/cube_report.h"

namespace passerelle::gateway {
namespace {

namespace statistics_v1 = statistics::v1;
using base::Problem;
using base::Reason;

// What a token holds of the last cube of a page: no period and no indicator has a slash.
std::string PlaceOfCube(const statistics_v1::Cube& cube) { return absl::StrCat(cube.period(), "/", cube.indicator()); }

statistics_v1::CubeSummary SummaryOf(const statistics_v1::Cube& cube) {
  statistics_v1::CubeSummary summary;
  summary.set_indicator(cube.indicator());
  summary.set_title(cube.title());
  summary.set_node(cube.node());
  summary.set_period(cube.period());
  *summary.mutable_dimensions() = cube.dimensions();
  summary.set_cells(static_cast<uint32_t>(cube.cells_size()));
  summary.set_confidential(static_cast<uint32_t>(std::count_if(
      cube.cells().begin(), cube.cells().end(), [](const statistics_v1::Cell& cell) { return cell.confidential(); })));
  return summary;
}

// kFieldMissing, kResourceNotFound at "indicator".
absl::StatusOr<const statistics_v1::Cube*> Find(const CubesByPeriod& cubes, const std::string& indicator,
                                                const std::string& period) {
  if (indicator.empty()) return Problem(Reason::kFieldMissing, "indicator");
  if (period.empty()) return Problem(Reason::kFieldMissing, "period");
  const auto found = cubes.find({period, indicator});
  if (found == cubes.end()) return Problem(Reason::kResourceNotFound, "indicator");
  return &found->second;
}

}  // namespace

StatisticsService::StatisticsService(CallRunner* runner, const PublishedCubes* cubes)
    : RawService(runner), cubes_(cubes) {
  const char* const service = statistics_v1::StatisticsService::service_full_name();
  runner->AddUnary<statistics_v1::ListCubesRequest, statistics_v1::ListCubesResponse>(
      service, "ListCubes",
      [this](const CallInfo&, const statistics_v1::ListCubesRequest& in,
             statistics_v1::ListCubesResponse* out) -> CallOutcome { return List(in, out); });
  runner->AddUnary<statistics_v1::GetCubeRequest, statistics_v1::GetCubeResponse>(
      service, "GetCube",
      [this](const CallInfo&, const statistics_v1::GetCubeRequest& in,
             statistics_v1::GetCubeResponse* out) -> CallOutcome { return Get(in, out); });
  runner->AddUnary<statistics_v1::GetCubeFileRequest, statistics_v1::GetCubeFileResponse>(
      service, "GetCubeFile",
      [this](const CallInfo&, const statistics_v1::GetCubeFileRequest& in,
             statistics_v1::GetCubeFileResponse* out) -> CallOutcome { return GetFile(in, out); });
}

absl::Status StatisticsService::List(const statistics_v1::ListCubesRequest& request,
                                     statistics_v1::ListCubesResponse* response) const {
  const std::string list = absl::StrCat("cubes/", request.period(), "/", request.indicator());
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(list, request.page_size(), request.page_token()));
  const std::shared_ptr<const CubesByPeriod> cubes = cubes_->Get();
  bool begun = page.after.empty();
  std::string last;
  for (const auto& [key, cube] : *cubes) {
    if (!request.period().empty() && cube.period() != request.period()) continue;
    if (!request.indicator().empty() && cube.indicator() != request.indicator()) continue;
    if (!begun) {
      begun = PlaceOfCube(cube) == page.after;
      continue;
    }
    if (response->cubes_size() == page.size) {
      response->set_next_page_token(base::PageToken(list, last));
      return absl::OkStatus();
    }
    *response->add_cubes() = SummaryOf(cube);
    last = PlaceOfCube(cube);
  }
  // The cube that the page before ended with is no longer there.
  if (!begun) return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list; begin anew");
  return absl::OkStatus();
}

absl::Status StatisticsService::Get(const statistics_v1::GetCubeRequest& request,
                                    statistics_v1::GetCubeResponse* response) const {
  const std::shared_ptr<const CubesByPeriod> cubes = cubes_->Get();
  ASSIGN_OR_RETURN(const statistics_v1::Cube* const cube, Find(*cubes, request.indicator(), request.period()));
  *response->mutable_cube() = *cube;
  return absl::OkStatus();
}

absl::Status StatisticsService::GetFile(const statistics_v1::GetCubeFileRequest& request,
                                        statistics_v1::GetCubeFileResponse* response) const {
  const std::shared_ptr<const CubesByPeriod> cubes = cubes_->Get();
  ASSIGN_OR_RETURN(const statistics_v1::Cube* const cube, Find(*cubes, request.indicator(), request.period()));
  const auto answer = [&](absl::string_view extension, absl::string_view media_type, std::string content) {
    response->set_name(absl::StrCat(cube->indicator(), extension));
    response->set_media_type(std::string(media_type));
    response->set_content(std::move(content));
    return absl::OkStatus();
  };
  switch (request.format()) {
    case statistics_v1::CUBE_FILE_FORMAT_SDMX_CSV:
      return answer(".csv", "application/vnd.sdmx.data+csv;version=1.0.0", statistics::CubeCsv(*cube));
    case statistics_v1::CUBE_FILE_FORMAT_JSON:
      return answer(".json", "application/json", statistics::CubeJson(*cube) + "\n");
    case statistics_v1::CUBE_FILE_FORMAT_SVG:
      return answer(".svg", "image/svg+xml", statistics::CubeSvg(*cube));
    case statistics_v1::CUBE_FILE_FORMAT_UNSPECIFIED:
      return Problem(Reason::kFieldMissing, "format");
    default:
      return Problem(Reason::kFieldInvalid, "format", "this form is not known");
  }
}

}  // namespace passerelle::gateway
