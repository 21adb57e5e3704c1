#include "core/statistics/protect.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/statistics/audit.h"

namespace passerelle::statistics {
namespace {

class Protection {
 public:
  Protection(const Table& table, Unit unit, const ProtectionRules& rules, std::vector<bool> hidden)
      : table_(table), unit_(unit), rules_(rules), confidential_(std::move(hidden)), sums_of_(table.cells.size()) {
    confidential_.resize(table.cells.size());
    for (size_t e = 0; e < table.equations.size(); ++e) {
      sums_of_[table.equations[e].total].push_back(e);
      for (const size_t part : table.equations[e].parts) sums_of_[part].push_back(e);
    }
  }

  absl::StatusOr<std::vector<bool>> Run() {
    if (unit_ == Unit::kPublic) return confidential_;
    for (size_t c = 0; c < table_.cells.size(); ++c) {
      confidential_[c] = confidential_[c] || !IsSafe(table_.cells[c]);
    }
    for (size_t e = 0; e < table_.equations.size(); ++e) Note(e);
    for (;;) {
      while (!broken_.empty()) Mend(*broken_.begin());
      ASSIGN_OR_RETURN(const std::vector<size_t> exposed, ExposedCells(table_, confidential_));
      bool more = false;
      for (const size_t cell : exposed) more = Cover(cell) || more;
      if (!more) return confidential_;
    }
  }

 private:
  // Whether a count may be published as it is.
  bool IsSafe(const TableCell& cell) const {
    const uint64_t threshold = unit_ == Unit::kPersons ? rules_.persons_threshold : rules_.providers_threshold;
    if (cell.count > 0 && cell.Persons() < threshold) return false;
    if (unit_ != Unit::kPersons || cell.contributions.empty()) return true;
    uint64_t largest = 0;
    uint64_t second = 0;
    for (const auto& [provider, part] : cell.contributions) {
      second = std::max(second, std::min(largest, part));
      largest = std::max(largest, part);
    }
    return largest * 100 <= cell.count * rules_.one_percent &&
           (largest + second) * 100 <= cell.count * rules_.two_percent;
  }

  // Whether somebody could compute a confidential count from this sum alone, or a sum of them that is as confidential.
  bool IsBroken(const Equation& equation) const {
    TableCell sum;
    size_t hidden = 0;
    for (const size_t part : equation.parts) {
      if (!confidential_[part]) continue;
      sum.count += table_.cells[part].count;
      ++hidden;
    }
    if (confidential_[equation.total]) return hidden == 0;
    if (hidden == 0) return false;
    // All of them could only be one otherwise.
    if (hidden == 1 || sum.count == hidden) return true;
    for (const size_t part : equation.parts) {
      if (!confidential_[part]) continue;
      const TableCell& cell = table_.cells[part];
      for (const auto& [provider, count] : cell.contributions) sum.contributions[provider] += count;
      sum.holders.insert(cell.holders.begin(), cell.holders.end());
      sum.without_holder += cell.without_holder;
    }
    return !IsSafe(sum);
  }

  void Note(size_t equation) {
    if (IsBroken(table_.equations[equation])) {
      broken_.insert(equation);
    } else {
      broken_.erase(equation);
    }
  }

  void Hide(size_t cell) {
    confidential_[cell] = true;
    for (const size_t equation : sums_of_[cell]) Note(equation);
  }

  // How many sums would be mended by hiding the cell, less those that would break.
  int Gain(size_t cell) {
    int gain = 0;
    for (const size_t e : sums_of_[cell]) gain += broken_.count(e) > 0 ? 1 : 0;
    confidential_[cell] = true;
    for (const size_t e : sums_of_[cell]) gain -= IsBroken(table_.equations[e]) ? 1 : 0;
    confidential_[cell] = false;
    return gain;
  }

  // The cells of a sum that are still published.
  std::vector<size_t> Published(const Equation& equation) const {
    std::vector<size_t> cells;
    if (!confidential_[equation.total]) cells.push_back(equation.total);
    for (const size_t part : equation.parts) {
      if (!confidential_[part]) cells.push_back(part);
    }
    return cells;
  }

  // Hides the cell that mends most; of those, one within the table rather than a total, and the smallest.
  bool HideBest(const std::vector<size_t>& cells) {
    std::tuple<int, size_t, uint64_t, size_t> best;
    for (size_t i = 0; i < cells.size(); ++i) {
      const TableCell& cell = table_.cells[cells[i]];
      const std::tuple<int, size_t, uint64_t, size_t> rank = {-Gain(cells[i]), cell.totals, cell.count, cells[i]};
      if (i == 0 || rank < best) best = rank;
    }
    if (cells.empty()) return false;
    Hide(std::get<3>(best));
    return true;
  }

  // A sum whose cells are all hidden gives nothing away.
  void Mend(size_t equation) {
    if (!HideBest(Published(table_.equations[equation]))) broken_.erase(equation);
  }

  // Hides one more cell near one that can be recomputed from several sums together. False when all are hidden.
  bool Cover(size_t cell) {
    std::set<size_t> near;
    for (const size_t e : sums_of_[cell]) {
      for (const size_t other : Published(table_.equations[e])) near.insert(other);
    }
    if (near.empty()) {
      for (size_t c = 0; c < table_.cells.size(); ++c) {
        if (!confidential_[c] && table_.cells[c].count > 0) near.insert(c);
      }
    }
    return HideBest({near.begin(), near.end()});
  }

  const Table& table_;
  const Unit unit_;
  const ProtectionRules& rules_;
  std::vector<bool> confidential_;
  std::vector<std::vector<size_t>> sums_of_;  // by cell, the equations it stands in
  std::set<size_t> broken_;                   // equations
};

// By what cells have in common, the counts that are confidential in one table or another.
using HiddenCounts = std::map<std::string, std::set<uint64_t>>;

// The cells whose count is told by a confidential one of another table, or is it.
std::vector<bool> NearHidden(const Table& table, const HiddenCounts& hidden, uint64_t distance) {
  std::vector<bool> near(table.cells.size());
  for (size_t c = 0; c < table.cells.size(); ++c) {
    const TableCell& cell = table.cells[c];
    const auto found = hidden.find(cell.conditions);
    if (found == hidden.end()) continue;
    near[c] = std::any_of(found->second.begin(), found->second.end(), [&](uint64_t count) {
      return std::max(count, cell.count) - std::min(count, cell.count) < distance;
    });
  }
  return near;
}

// The tables as one: cells that have the same in common and the same count are one cell, as a reader may suppose.
Table Joined(const std::vector<ProtectedTable>& tables) {
  Table joined;
  std::map<std::pair<std::string, uint64_t>, size_t> numbers;
  for (const ProtectedTable& entry : tables) {
    std::vector<size_t> places;
    for (const TableCell& cell : entry.table.cells) {
      const auto [number, is_new] = numbers.try_emplace({cell.conditions, cell.count}, joined.cells.size());
      if (is_new) joined.cells.push_back(cell);
      places.push_back(number->second);
    }
    for (Equation equation : entry.table.equations) {
      equation.total = places[equation.total];
      for (size_t& part : equation.parts) part = places[part];
      joined.equations.push_back(std::move(equation));
    }
  }
  return joined;
}

}  // namespace

absl::StatusOr<std::vector<bool>> ConfidentialCells(const Table& table, Unit unit, const ProtectionRules& rules,
                                                    std::vector<bool> hidden) {
  return Protection(table, unit, rules, std::move(hidden)).Run();
}

absl::Status ProtectTogether(const ProtectionRules& rules, std::vector<ProtectedTable>* tables) {
  if (tables->size() == 1) {
    ProtectedTable& alone = tables->front();
    ASSIGN_OR_RETURN(alone.confidential, ConfidentialCells(alone.table, alone.unit, rules));
    return absl::OkStatus();
  }
  // One more, which no cube is made of: each table may be safe and their sums together not.
  tables->push_back({tables->front().unit, Joined(*tables), {}});
  HiddenCounts hidden;
  // What one table hides makes another hide more, until none does.
  for (bool more = true; more;) {
    more = false;
    for (ProtectedTable& entry : *tables) {
      ASSIGN_OR_RETURN(entry.confidential, ConfidentialCells(entry.table, entry.unit, rules,
                                                             NearHidden(entry.table, hidden, rules.persons_threshold)));
      for (size_t c = 0; c < entry.table.cells.size(); ++c) {
        if (!entry.confidential[c]) continue;
        more = hidden[entry.table.cells[c].conditions].insert(entry.table.cells[c].count).second || more;
      }
    }
  }
  tables->pop_back();
  return absl::OkStatus();
}

uint64_t Rounded(uint64_t count) {
  if (count == 0) return 0;
  return count <= 7 ? 5 : (count + 5) / 10 * 10;
}

}  // namespace passerelle::statistics
