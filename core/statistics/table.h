// The cells of cubes that share a population, and the sums that hold between them.
//
// Thread-safety: values. The same rows give the same table in whatever order they come.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/statistics/facts.h"
#include "core/statistics/indicators.h"

namespace passerelle::statistics {

// Dimensions of one cube: with more, cells get so small that little is left to publish.
// Test: tests/unit/core/statistics/publish_test.cc.
inline constexpr size_t kDimensionsMax = 4;

// Cells of the cubes of one population. A cube of two country dimensions and two others of ten values has a hundred
// thousand at most. Test: tests/unit/core/statistics/publish_test.cc.
inline constexpr size_t kCellsMax = 200'000;

// Distinct holders that a cell keeps apart: as many as the threshold asks for (protect.h).
inline constexpr size_t kHoldersKept = 5;

// A cut that is to be published.
struct Cut {
  const Indicator* indicator = nullptr;
  std::vector<std::string> dimensions;
};

// A set of rows and how many it holds. The same set is one cell, whichever cube shows it.
struct TableCell {
  std::string conditions;  // what its rows have in common; the same in every population
  uint64_t count = 0;
  size_t totals = 0;                              // dimensions over which it is a total, at most
  std::map<std::string, uint64_t> contributions;  // by provider; without the rows that name none
  std::set<std::string> holders;                  // kHoldersKept of them at most
  uint64_t without_holder = 0;                    // rows that name none

  // Persons, cases or providers behind the count, as far as they are kept apart. A row that names no holder counts for
  // one of its own: whether two of them are the same person's is not known.
  uint64_t Persons() const { return holders.size() + without_holder; }
};

// That one cell is the sum of others.
struct Equation {
  size_t total = 0;
  std::vector<size_t> parts;
};

struct Table {
  std::vector<TableCell> cells;
  std::vector<Equation> equations;
  // By cut, then by values of its dimensions: the cell.
  std::vector<std::map<std::vector<std::string>, size_t>> cuts;
};

// The table of cuts of one population. Problem kInputTooLarge for "cells".
absl::StatusOr<Table> MakeTable(const std::vector<Cut>& cuts, const std::vector<Row>& rows);

}  // namespace passerelle::statistics
