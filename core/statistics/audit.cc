#include "core/statistics/audit.h"

#include <cstdint>
#include <map>
#include <utility>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/statistics/protect.h"

namespace passerelle::statistics {
namespace {

// Elimination is done modulo a prime, so that it is exact and cannot overflow. A change with small whole numbers is the
// same modulo the prime and in whole numbers, and every witness is checked in whole numbers.
constexpr int64_t kPrime = 2'147'483'647;
constexpr int64_t kSmall = 1'000'000;

int64_t Power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = result * base % kPrime;
    base = base * base % kPrime;
  }
  return result;
}

int64_t Inverse(int64_t number) { return Power(number, kPrime - 2); }

using Matrix = std::vector<std::vector<int64_t>>;

// Brings the matrix into reduced row echelon form; the column of the first number of every row that is not zero.
std::vector<size_t> Reduce(size_t columns, Matrix* matrix) {
  std::vector<size_t> pivots;
  for (size_t column = 0; column < columns && pivots.size() < matrix->size(); ++column) {
    size_t row = pivots.size();
    while (row < matrix->size() && (*matrix)[row][column] == 0) ++row;
    if (row == matrix->size()) continue;
    std::swap((*matrix)[row], (*matrix)[pivots.size()]);
    std::vector<int64_t>& pivot = (*matrix)[pivots.size()];
    const int64_t inverse = Inverse(pivot[column]);
    for (int64_t& number : pivot) number = number * inverse % kPrime;
    for (size_t other = 0; other < matrix->size(); ++other) {
      const int64_t factor = (*matrix)[other][column];
      if (other == pivots.size() || factor == 0) continue;
      for (size_t c = column; c < columns; ++c) {
        (*matrix)[other][c] = ((*matrix)[other][c] + (kPrime - factor) * pivot[c]) % kPrime;
      }
    }
    pivots.push_back(column);
  }
  return pivots;
}

// Cells that hang together by sums of confidential cells.
class Groups {
 public:
  explicit Groups(size_t cells) : above_(cells) {
    for (size_t i = 0; i < cells; ++i) above_[i] = i;
  }
  size_t Of(size_t cell) {
    while (above_[cell] != cell) cell = above_[cell] = above_[above_[cell]];
    return cell;
  }
  void Join(size_t a, size_t b) { above_[Of(a)] = Of(b); }

 private:
  std::vector<size_t> above_;
};

// The confidential cells of an equation; its total counts with the sign minus.
std::vector<std::pair<size_t, int64_t>> Hidden(const Equation& equation, const std::vector<bool>& confidential) {
  std::vector<std::pair<size_t, int64_t>> cells;
  if (confidential[equation.total]) cells.emplace_back(equation.total, kPrime - 1);
  for (const size_t part : equation.parts) {
    if (confidential[part]) cells.emplace_back(part, 1);
  }
  return cells;
}

// Marks the cells that the change alters, if it leaves none below one in this direction.
void Witness(const Table& table, const std::vector<size_t>& cells, const std::vector<int64_t>& change, int64_t sign,
             std::vector<bool>* safe) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (static_cast<int64_t>(table.cells[cells[i]].count) + sign * change[i] < 1) return;
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (change[i] != 0) (*safe)[i] = true;
  }
}

// Whether each of the cells that hang together has a witness.
std::vector<bool> SafeCells(const Table& table, const std::vector<size_t>& cells, Matrix matrix) {
  const std::vector<size_t> pivots = Reduce(cells.size(), &matrix);
  std::vector<bool> is_pivot(cells.size());
  for (const size_t pivot : pivots) is_pivot[pivot] = true;
  std::vector<bool> safe(cells.size());
  for (size_t free = 0; free < cells.size(); ++free) {
    if (is_pivot[free]) continue;
    std::vector<int64_t> change(cells.size());
    change[free] = 1;
    bool small = true;
    for (size_t row = 0; row < pivots.size(); ++row) {
      int64_t number = (kPrime - matrix[row][free]) % kPrime;
      if (number > kPrime / 2) number -= kPrime;
      small = small && number >= -kSmall && number <= kSmall;
      change[pivots[row]] = number;
    }
    if (!small) continue;
    Witness(table, cells, change, 1, &safe);
    Witness(table, cells, change, -1, &safe);
  }
  return safe;
}

}  // namespace

absl::StatusOr<std::vector<size_t>> ExposedCells(const Table& table, const std::vector<bool>& confidential) {
  Groups groups(table.cells.size());
  for (const Equation& equation : table.equations) {
    const auto hidden = Hidden(equation, confidential);
    for (const auto& [cell, sign] : hidden) groups.Join(cell, hidden.front().first);
  }
  std::map<size_t, std::vector<size_t>> cells;  // by group
  std::vector<size_t> place(table.cells.size());
  for (size_t c = 0; c < table.cells.size(); ++c) {
    if (!confidential[c]) continue;
    std::vector<size_t>& group = cells[groups.Of(c)];
    place[c] = group.size();
    group.push_back(c);
    if (group.size() > kAuditedCellsMax) {
      return base::Problem(base::Reason::kInputTooLarge, "cells",
                           "too many confidential cells hang together; break the cubes down by fewer dimensions");
    }
  }
  std::map<size_t, Matrix> sums;
  for (const Equation& equation : table.equations) {
    const auto hidden = Hidden(equation, confidential);
    if (hidden.empty()) continue;
    const size_t group = groups.Of(hidden.front().first);
    std::vector<int64_t> row(cells[group].size());
    for (const auto& [cell, sign] : hidden) row[place[cell]] = (row[place[cell]] + sign) % kPrime;
    sums[group].push_back(std::move(row));
  }
  std::vector<size_t> exposed;
  for (const auto& [group, members] : cells) {
    // A cell that stands in no sum cannot be recomputed from one.
    const auto found = sums.find(group);
    if (found == sums.end()) continue;
    const std::vector<bool> safe = SafeCells(table, members, found->second);
    for (size_t i = 0; i < members.size(); ++i) {
      if (!safe[i]) exposed.push_back(members[i]);
    }
  }
  return exposed;
}

}  // namespace passerelle::statistics
