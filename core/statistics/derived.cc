// Shares, medians and percentiles, from published counts alone.
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/statistics/cube_report.h"
#include "core/statistics/facts.h"

namespace passerelle::statistics {
namespace {

using Counts = std::map<std::string, std::optional<uint64_t>>;  // by value; nullopt where it is confidential

// The counts of one dimension for one value of the first, over all other dimensions.
Counts CountsOf(const v1::Cube& cube, int dimension, const std::string& of) {
  Counts counts;
  for (const v1::Cell& cell : cube.cells()) {
    bool fits = cell.values(dimension) != kTotal;
    for (int d = 0; d < cell.values_size() && fits; ++d) {
      if (d != dimension) fits = cell.values(d) == (d == 0 ? of : std::string(kTotal));
    }
    if (fits) counts[cell.values(dimension)] = cell.confidential() ? std::nullopt : std::optional(cell.count());
  }
  return counts;
}

std::optional<std::string> Share(const Counts& counts) {
  uint64_t yes = 0;
  uint64_t no = 0;
  for (const auto& [value, count] : counts) {
    if (!count.has_value()) return std::nullopt;
    if (value == "Y") yes = *count;
    if (value == "N") no = *count;
  }
  if (yes + no == 0) return std::nullopt;
  const uint64_t tenths = yes * 1000 / (yes + no);
  return absl::StrCat(tenths / 10, ".", tenths % 10, " %");
}

// The band in which this percentage of what has a number of days ends.
std::optional<std::string> Percentile(const Counts& counts, uint64_t percent) {
  static constexpr absl::string_view kBands[] = {"0-30", "31-60", "61-90", "91-120", "121+"};
  uint64_t all = 0;
  for (const auto& [value, count] : counts) {
    if (!count.has_value()) return std::nullopt;
    if (value != kUnknown) all += *count;
  }
  uint64_t below = 0;
  for (const absl::string_view band : kBands) {
    const auto found = counts.find(std::string(band));
    if (found != counts.end()) below += *found->second;
    if (all > 0 && below * 100 >= all * percent) return std::string(band);
  }
  return std::nullopt;
}

bool IsDays(const std::string& dimension) { return dimension == "days" || dimension == "days_incomplete"; }

bool IsYesNo(const std::string& dimension) {
  for (const absl::string_view name : {"complete", "external_qa", "deqar", "recognition_policy", "nqf", "over_limit",
                                       "account", "stale", "resolved", "stackable"}) {
    if (dimension == name) return true;
  }
  return false;
}

void Add(const std::string& name, const std::string& of, const std::optional<std::string>& value,
         std::vector<Derived>* derived) {
  if (value.has_value()) derived->push_back({name, of, *value});
}

}  // namespace

std::vector<Derived> DerivedFigures(const v1::Cube& cube) {
  std::vector<Derived> derived;
  std::vector<std::string> groups = {std::string(kTotal)};
  for (const v1::Cell& cell : cube.cells()) {
    if (cell.values_size() > 0 && cell.values(0) != groups.back() && cell.values(0) != kTotal) {
      groups.push_back(cell.values(0));
    }
  }
  for (int d = 0; d < cube.dimensions_size(); ++d) {
    const std::string& dimension = cube.dimensions(d);
    for (const std::string& of : groups) {
      // A dimension of its own has its own groups; only the total says something.
      if (d == 0 && of != kTotal) continue;
      const Counts counts = CountsOf(cube, d, of);
      if (IsYesNo(dimension)) Add(absl::StrCat("share of ", dimension, "=Y"), of, Share(counts), &derived);
      if (!IsDays(dimension)) continue;
      Add(absl::StrCat("median of ", dimension), of, Percentile(counts, 50), &derived);
      Add(absl::StrCat("90th percentile of ", dimension), of, Percentile(counts, 90), &derived);
    }
  }
  return derived;
}

}  // namespace passerelle::statistics
