#include "core/statistics/publish.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::statistics {
namespace {

using base::Problem;
using base::Reason;

absl::Status InvalidCube(absl::string_view detail) { return Problem(Reason::kFieldInvalid, "cube", detail); }

absl::Status Differencing(absl::string_view detail) { return Problem(Reason::kCubeDifferencing, "cube", detail); }

bool Has(const std::vector<std::string>& dimensions, absl::string_view dimension) {
  return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
}

// A cut of closed cases beside one of all cases gives away how many are not closed, unless that one protects it.
absl::Status CheckCuts(const std::vector<Cut>& cuts) {
  std::set<absl::string_view> seen;
  for (const Cut& cut : cuts) {
    if (!seen.insert(cut.indicator->id).second) {
      return Differencing(
          absl::StrCat(cut.indicator->id, " is named twice; two cuts of the same figures could be subtracted"));
    }
    if (cut.indicator->condition.empty()) continue;
    const std::vector<std::string> parts = absl::StrSplit(cut.indicator->condition, '=');
    for (const Cut& other : cuts) {
      if (other.indicator->population != cut.indicator->population || !other.indicator->condition.empty()) continue;
      if (Has(other.dimensions, parts[0])) continue;
      return Differencing(absl::StrCat(other.indicator->id, " has to be broken down by ", parts[0], " where ",
                                       cut.indicator->id, " is published"));
    }
  }
  return absl::OkStatus();
}

v1::Cube MakeCube(const PublishRequest& request, const Cut& cut, const Table& table,
                  const std::map<std::vector<std::string>, size_t>& cells, const std::vector<bool>& confidential) {
  v1::Cube cube;
  cube.set_indicator(std::string(cut.indicator->id));
  cube.set_title(std::string(cut.indicator->title));
  cube.set_node(request.node);
  cube.set_period(request.period);
  cube.set_rounded(request.rounded && cut.indicator->unit != Unit::kPublic);
  for (const std::string& dimension : cut.dimensions) cube.add_dimensions(dimension);
  for (const auto& [values, number] : cells) {
    v1::Cell* const cell = cube.add_cells();
    for (const std::string& value : values) cell->add_values(value);
    cell->set_confidential(confidential[number]);
    const uint64_t count = table.cells[number].count;
    if (!confidential[number]) cell->set_count(cube.rounded() ? Rounded(count) : count);
  }
  return cube;
}

using CutsByPopulation = std::map<Population, std::vector<Cut>>;

std::vector<std::string> IndicatorsOf(const CutsByPopulation& by_population) {
  std::vector<std::string> indicators;
  for (const auto& [population, cuts] : by_population) {
    for (const Cut& cut : cuts) indicators.emplace_back(cut.indicator->id);
  }
  return indicators;
}

// The cubes of populations that are drawn from one: all of them or none, since what is added later is not protected
// together with them.
absl::StatusOr<std::vector<v1::Cube>> PublishTogether(const PublishRequest& request,
                                                      const CutsByPopulation& by_population, const Rows& rows) {
  std::vector<ProtectedTable> tables;
  for (const auto& [population, cuts] : by_population) {
    ASSIGN_OR_RETURN(Table table, MakeTable(cuts, rows.at(population)));
    tables.push_back({cuts.front().indicator->unit, std::move(table), {}});
  }
  RETURN_IF_ERROR(ProtectTogether(request.rules, &tables));
  std::vector<v1::Cube> cubes;
  size_t number = 0;
  for (const auto& [population, cuts] : by_population) {
    const ProtectedTable& entry = tables[number++];
    for (size_t c = 0; c < cuts.size(); ++c) {
      if (entry.table.cuts[c].empty()) continue;
      cubes.push_back(MakeCube(request, cuts[c], entry.table, entry.table.cuts[c], entry.confidential));
    }
  }
  return cubes;
}

void SortAsAsked(const std::vector<Cut>& cuts, std::vector<v1::Cube>* cubes) {
  std::map<std::string, size_t> places;
  for (const Cut& cut : cuts) places.emplace(cut.indicator->id, places.size());
  std::sort(cubes->begin(), cubes->end(),
            [&](const v1::Cube& a, const v1::Cube& b) { return places.at(a.indicator()) < places.at(b.indicator()); });
}

}  // namespace

absl::StatusOr<Cut> ParseCut(absl::string_view text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  Cut cut;
  cut.indicator = FindIndicator(parts.first);
  if (cut.indicator == nullptr) return InvalidCube(absl::StrCat(parts.first, " is no indicator"));
  if (text.find('=') == absl::string_view::npos) {
    for (const absl::string_view dimension : cut.indicator->usual_dimensions) cut.dimensions.emplace_back(dimension);
    return cut;
  }
  for (const absl::string_view dimension : absl::StrSplit(parts.second, ',')) {
    const auto& known = cut.indicator->dimensions;
    if (std::find(known.begin(), known.end(), dimension) == known.end()) {
      return InvalidCube(
          absl::StrCat(cut.indicator->id, " has no dimension ", dimension, ", but ", absl::StrJoin(known, ", ")));
    }
    if (Has(cut.dimensions, dimension)) return InvalidCube(absl::StrCat(dimension, " is named twice"));
    cut.dimensions.emplace_back(dimension);
  }
  if (cut.dimensions.size() > kDimensionsMax) {
    return InvalidCube(absl::StrCat("a cube has at most ", kDimensionsMax, " dimensions"));
  }
  return cut;
}

std::vector<Cut> UsualCuts() {
  std::vector<Cut> cuts;
  for (const Indicator& indicator : Indicators()) {
    cuts.push_back({&indicator, {indicator.usual_dimensions.begin(), indicator.usual_dimensions.end()}});
  }
  return cuts;
}

absl::StatusOr<Publication> Publish(const std::vector<v1::Event>& events, const PublishRequest& request) {
  ASSIGN_OR_RETURN(const Period period, MakePeriod(request.period));
  RETURN_IF_ERROR(CheckCuts(request.cuts));
  for (size_t i = 0; i < events.size(); ++i) RETURN_IF_ERROR(CheckEvent(events[i], absl::StrCat("events[", i, "]")));
  const Rows rows = RowsOf(events, period);
  std::map<Population, CutsByPopulation> related;
  for (const Cut& cut : request.cuts) {
    const Population population = cut.indicator->population;
    if (rows.count(population) > 0) related[DrawnFrom(population)][population].push_back(cut);
  }
  Publication publication;
  for (const auto& [population, cuts] : related) {
    absl::StatusOr<std::vector<v1::Cube>> cubes = PublishTogether(request, cuts, rows);
    if (cubes.ok()) {
      std::move(cubes->begin(), cubes->end(), std::back_inserter(publication.cubes));
    } else {
      publication.refused.push_back({IndicatorsOf(cuts), cubes.status()});
    }
  }
  SortAsAsked(request.cuts, &publication.cubes);
  return publication;
}

absl::Status CheckAgainstPublished(const std::vector<v1::Cube>& published, const v1::Cube& cube) {
  const Indicator* const indicator = FindIndicator(cube.indicator());
  const v1::Cube* together = nullptr;
  for (const v1::Cube& before : published) {
    if (before.indicator() == cube.indicator()) {
      if (before.SerializeAsString() == cube.SerializeAsString()) return absl::OkStatus();
      return Problem(Reason::kCubePublished, "cube",
                     absl::StrCat(cube.indicator(), " of ", cube.period(),
                                  " is published already, and otherwise: the two could be subtracted"));
    }
    const Indicator* const other = FindIndicator(before.indicator());
    if (indicator == nullptr || other == nullptr || indicator->unit == Unit::kPublic) continue;
    if (DrawnFrom(indicator->population) == DrawnFrom(other->population)) together = &before;
  }
  if (together == nullptr) return absl::OkStatus();
  return Differencing(absl::StrCat(
      cube.indicator(), " could be subtracted from ", together->indicator(),
      ", which is published already and was protected without it; publish the two of a year in one run, or one only"));
}

}  // namespace passerelle::statistics
