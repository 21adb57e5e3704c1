#include "core/statistics/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::statistics {
namespace {

class Builder {
 public:
  absl::StatusOr<Table> Build(const std::vector<Cut>& cuts, const std::vector<Row>& rows) {
    table_.cuts.resize(cuts.size());
    for (size_t c = 0; c < cuts.size(); ++c) {
      for (const Row& row : rows) {
        if (Fulfils(row, cuts[c].indicator->condition)) RETURN_IF_ERROR(Count(cuts[c], row, &table_.cuts[c]));
      }
    }
    for (const auto& cut : table_.cuts) AddEquations(cut);
    return std::move(table_);
  }

 private:
  static bool Fulfils(const Row& row, absl::string_view condition) {
    if (condition.empty()) return true;
    const std::pair<std::string, std::string> parts = absl::StrSplit(condition, '=');
    const auto code = row.codes.find(parts.first);
    return code != row.codes.end() && code->second == parts.second;
  }

  // Adds the row to its cell and to every total above it.
  absl::Status Count(const Cut& cut, const Row& row, std::map<std::vector<std::string>, size_t>* cells) {
    const size_t dimensions = cut.dimensions.size();
    for (size_t totals = 0; totals < (size_t{1} << dimensions); ++totals) {
      std::vector<std::string> values;
      std::map<std::string, std::string> conditions;
      for (size_t d = 0; d < dimensions; ++d) {
        const bool total = (totals >> d & 1) != 0;
        const auto code = row.codes.find(cut.dimensions[d]);
        values.push_back(total ? std::string(kTotal) : code == row.codes.end() ? std::string(kUnknown) : code->second);
        if (!total) conditions[cut.dimensions[d]] = values.back();
      }
      if (!cut.indicator->condition.empty()) {
        const std::pair<std::string, std::string> parts = absl::StrSplit(cut.indicator->condition, '=');
        conditions[parts.first] = parts.second;
      }
      ASSIGN_OR_RETURN(const size_t cell, CellOf(conditions));
      const auto [entry, is_new] = cells->try_emplace(values, cell);
      if (is_new) table_.cells[cell].totals = std::max(table_.cells[cell].totals, Totals(values));
      // Another cut may have counted it.
      if (counted_by_.try_emplace(cell, cells).first->second != cells) continue;
      Add(row, &table_.cells[cell]);
    }
    return absl::OkStatus();
  }

  static void Add(const Row& row, TableCell* cell) {
    ++cell->count;
    if (!row.contributor.empty()) ++cell->contributions[row.contributor];
    if (row.holder.empty()) {
      ++cell->without_holder;
    } else if (cell->holders.size() < kHoldersKept) {
      cell->holders.insert(row.holder);
    }
  }

  static size_t Totals(const std::vector<std::string>& values) {
    return static_cast<size_t>(std::count(values.begin(), values.end(), kTotal));
  }

  absl::StatusOr<size_t> CellOf(const std::map<std::string, std::string>& conditions) {
    std::string key;
    for (const auto& [dimension, code] : conditions) absl::StrAppend(&key, dimension, "=", code, "\n");
    const auto [entry, is_new] = numbers_.try_emplace(key, table_.cells.size());
    if (!is_new) return entry->second;
    if (table_.cells.size() == kCellsMax) {
      return base::Problem(base::Reason::kInputTooLarge, "cells",
                           "the cubes have too many cells; break them down by fewer dimensions");
    }
    table_.cells.emplace_back().conditions = key;
    return entry->second;
  }

  // For every total of a dimension, that it is the sum of the values.
  void AddEquations(const std::map<std::vector<std::string>, size_t>& cells) {
    std::map<std::pair<size_t, std::vector<std::string>>, Equation> equations;  // by dimension and total
    for (const auto& [values, cell] : cells) {
      for (size_t d = 0; d < values.size(); ++d) {
        std::vector<std::string> total = values;
        total[d] = std::string(kTotal);
        Equation& equation = equations[{d, total}];
        if (values[d] == kTotal) {
          equation.total = cell;
        } else {
          equation.parts.push_back(cell);
        }
      }
    }
    for (auto& [key, equation] : equations) table_.equations.push_back(std::move(equation));
  }

  Table table_;
  std::map<std::string, size_t> numbers_;
  std::map<size_t, const void*> counted_by_;
};

}  // namespace

absl::StatusOr<Table> MakeTable(const std::vector<Cut>& cuts, const std::vector<Row>& rows) {
  return Builder().Build(cuts, rows);
}

}  // namespace passerelle::statistics
