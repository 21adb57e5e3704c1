#include "core/recognition/facts/grade.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_set.h"

namespace passerelle::recognition {
namespace {

// A grade's part of the passes: from `begin` to `end`, in counts of its own table.
struct Part {
  const v1::GradeShare* share;
  uint64_t begin;
  uint64_t end;
};

std::vector<Part> PassesOf(const v1::GradeTable& table) {
  std::vector<Part> parts;
  uint64_t sum = 0;
  for (const v1::GradeShare& share : table.grades()) {
    if (share.fail()) continue;
    parts.push_back({&share, sum, sum + share.count()});
    sum += share.count();
  }
  return parts;
}

// Why a table cannot be used; empty when it can.
std::string Unusable(const v1::GradeTable& table) {
  if (table.grades().empty() || table.grades_size() > kGradesMax) return "a grading table is missing or too long";
  absl::flat_hash_set<absl::string_view> names;
  for (const v1::GradeShare& share : table.grades()) {
    if (share.count() > kGradeCountMax) return "a grading table counts more than can be";
    if (!names.insert(share.grade()).second) return "a grading table has a grade twice";
  }
  if (table.isced_f().empty() || table.cycle().empty()) return "a grading table does not state its field and cycle";
  return "";
}

std::string WhyNot(const v1::GradeTable& host, const v1::GradeTable& home) {
  for (const v1::GradeTable* table : {&host, &home}) {
    if (std::string reason = Unusable(*table); !reason.empty()) return reason;
  }
  if (host.isced_f() != home.isced_f()) return "the two grading tables are of different fields";
  if (host.cycle() != home.cycle()) return "the two grading tables are of different cycles";
  return "";
}

}  // namespace

ConvertedGrade ConvertGrade(const v1::GradeComparison& comparison) {
  ConvertedGrade result;
  result.original = comparison.grade();
  result.reason = WhyNot(comparison.host(), comparison.home());
  if (!result.reason.empty()) return result;
  const std::vector<Part> hosts = PassesOf(comparison.host());
  const std::vector<Part> homes = PassesOf(comparison.home());
  const auto found = std::find_if(hosts.begin(), hosts.end(),
                                  [&](const Part& part) { return part.share->grade() == comparison.grade(); });
  if (found == hosts.end()) {
    result.reason = "the grade is no pass of the host's table";
    return result;
  }
  if (found->begin == found->end || homes.empty() || homes.back().end == 0) {
    result.reason = "the grade was never given, or nobody passed";
    return result;
  }
  // Both scales in units of which both sums are whole numbers.
  const uint64_t host_unit = homes.back().end;
  const uint64_t home_unit = hosts.back().end;
  const uint64_t begin = found->begin * host_unit;
  const uint64_t end = found->end * host_unit;
  const GradeOverlap* largest = nullptr;
  for (const Part& part : homes) {
    const uint64_t low = std::max(begin, part.begin * home_unit);
    const uint64_t high = std::min(end, part.end * home_unit);
    if (low < high) result.overlaps.push_back({part.share->grade(), high - low, end - begin});
  }
  for (const GradeOverlap& overlap : result.overlaps) {
    if (largest == nullptr || overlap.part > largest->part) largest = &overlap;
  }
  result.most_likely = largest->grade;
  result.converted = true;
  return result;
}

}  // namespace passerelle::recognition
