#include "gateway/statistics/published_cubes.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/statistics/cube_report.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using Key = std::pair<std::string, std::string>;  // period, indicator

bool NewestFirst(const Key& a, const Key& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; }

std::string ReportPath(const std::string& folder) { return absl::StrCat(folder, "/report.json"); }

// An indicator is a part of the name of a file.
bool IsIndicator(absl::string_view text) {
  if (text.empty() || text.size() > 8) return false;
  for (const char c : text) {
    if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// The indicators that a report lists.
absl::StatusOr<std::vector<std::string>> ReadReport(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path, base::kDocumentBytesMax));
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(json);
  if (!document.ok()) return InFile(path, document.status());
  const auto root = base::AsObject(document->root());
  const auto member = root.has_value() ? base::Find(*root, "cubes") : std::nullopt;
  const auto cubes = member.has_value() ? base::AsArray(*member) : std::nullopt;
  if (!cubes.has_value()) return Problem(Reason::kConfigInvalid, absl::StrCat(path, ": cubes"), "a list is expected");
  std::vector<std::string> indicators;
  for (const simdjson::dom::element element : *cubes) {
    const std::string place = absl::StrCat(path, ": cubes[", indicators.size(), "]");
    const auto entry = base::AsObject(element);
    std::string indicator(entry.has_value() ? base::FindString(*entry, "indicator").value_or("") : "");
    if (!IsIndicator(indicator)) return Problem(Reason::kConfigInvalid, place, "an indicator is expected");
    if (indicators.size() == static_cast<size_t>(kCubesInFolderMax)) return Problem(Reason::kInputTooLarge, place);
    indicators.push_back(std::move(indicator));
  }
  return indicators;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CubesByPeriod>> LoadCubes(const std::vector<std::string>& folders) {
  auto cubes = std::make_shared<CubesByPeriod>(&NewestFirst);
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(const std::vector<std::string> indicators, ReadReport(ReportPath(folder)));
    for (const std::string& indicator : indicators) {
      const std::string path = absl::StrCat(folder, "/", indicator, ".json");
      ASSIGN_OR_RETURN(const std::string json, ReadFile(path, base::kDocumentBytesMax));
      absl::StatusOr<statistics::v1::Cube> cube = statistics::ReadCubeJson(json);
      if (!cube.ok()) return InFile(path, cube.status());
      if (cube->indicator() != indicator) {
        return Problem(Reason::kConfigInvalid, absl::StrCat(path, ": indicator"), "it is another one");
      }
      Key key = {cube->period(), cube->indicator()};
      if (!cubes->emplace(std::move(key), *std::move(cube)).second) {
        return Problem(Reason::kConfigInvalid, path, "another folder has this cube of this period");
      }
    }
  }
  return std::shared_ptr<const CubesByPeriod>(std::move(cubes));
}

absl::StatusOr<std::unique_ptr<PublishedCubes>> PublishedCubes::Open(std::vector<std::string> folders) {
  std::unique_ptr<PublishedCubes> published(new PublishedCubes(std::move(folders)));
  const absl::MutexLock lock(&published->mutex_);
  // Before the files: what changes while they are read is seen as a change.
  published->fingerprint_ = published->Fingerprint();
  ASSIGN_OR_RETURN(published->cubes_, LoadCubes(published->folders_));
  return published;
}

std::shared_ptr<const CubesByPeriod> PublishedCubes::Get() const {
  const absl::MutexLock lock(&mutex_);
  return cubes_;
}

std::string PublishedCubes::Fingerprint() const {
  std::string fingerprint;
  for (const std::string& folder : folders_) absl::StrAppend(&fingerprint, FileFingerprint(ReportPath(folder)), "\n");
  return fingerprint;
}

absl::StatusOr<bool> PublishedCubes::Refresh() {
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = Fingerprint();
  if (fingerprint == fingerprint_) return false;
  fingerprint_ = std::move(fingerprint);
  ASSIGN_OR_RETURN(cubes_, LoadCubes(folders_));
  return true;
}

}  // namespace passerelle::gateway
