// Grades of one system in another, by how often they are given (the approach of Egracons and of the ECTS Users' Guide).
//
// Only pass grades count, from the best down. A grade of the host takes the part of the scale that its share of the
// passes gives it; the grades of the home system that lie in the same part are its counterparts, the one that covers
// most of it first. Tables are compared within one field (ISCED-F) and one cycle only. There is no formula: without two
// tables nothing is converted.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "passerelle/recognition/v1/grade_comparison.pb.h"

namespace passerelle::recognition {

// A grade of the home system within a grade of the host's: `part` of `of`, both in units of the two tables together.
struct GradeOverlap {
  std::string grade;
  uint64_t part = 0;
  uint64_t of = 0;

  double Share() const { return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of); }
};
struct ConvertedGrade {
  std::string original;
  bool converted = false;
  std::string reason;                  // why not, in words
  std::vector<GradeOverlap> overlaps;  // best first; what does not overlap is left out
  std::string most_likely;             // of the largest overlap; the better grade where two are equal
};

inline constexpr int kGradesMax = 200;                 // of one table: scales go to 100 points
inline constexpr uint32_t kGradeCountMax = 1'000'000;  // times that a grade was given, over the years of a table

// The counterparts. A grade that is no pass, that the table does not have, tables of other fields or cycles, and tables
// that are empty or too large are reasons not to convert, never problems.
ConvertedGrade ConvertGrade(const v1::GradeComparison& comparison);

}  // namespace passerelle::recognition
