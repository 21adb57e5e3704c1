#include "core/statistics/protect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/statistics/audit.h"
#include "core/statistics/publish.h"
#include "tests/support/status_matchers.h"

namespace passerelle::statistics {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

Row MakeRow(const std::vector<std::string>& dimensions, const std::vector<std::string>& codes,
            const std::string& provider = "") {
  Row row;
  row.contributor = provider;
  for (size_t d = 0; d < dimensions.size(); ++d) row.codes[dimensions[d]] = codes[d];
  return row;
}

// Recomputes confidential cells as a reader could, who knows every published number, every sum, and that confidential
// counts are not zero: by solving the sums, and by narrowing what each cell can be. Independent of the audit, which
// looks for other tables instead.
class Attacker {
 public:
  Attacker(const Table& table, const std::vector<bool>& confidential)
      : table_(table), confidential_(confidential), low_(table.cells.size()), high_(table.cells.size()) {
    for (size_t c = 0; c < table.cells.size(); ++c) {
      const auto count = static_cast<int64_t>(table.cells[c].count);
      low_[c] = confidential[c] ? 1 : count;
      high_[c] = confidential[c] ? 1'000'000 : count;
      if (confidential[c]) hidden_.push_back(c);
    }
    Narrow();
    Solve();
  }

  const std::vector<size_t>& hidden() const { return hidden_; }
  bool Recomputes(size_t cell) const { return low_[cell] == high_[cell] || solved_.count(cell) > 0; }

 private:
  bool Tighten(size_t cell, int64_t low, int64_t high) {
    const bool tighter = low > low_[cell] || high < high_[cell];
    low_[cell] = std::max(low_[cell], low);
    high_[cell] = std::min(high_[cell], high);
    return tighter;
  }

  void Narrow() {
    for (bool again = true; again;) {
      again = false;
      for (const Equation& equation : table_.equations) {
        int64_t low = 0;
        int64_t high = 0;
        for (const size_t part : equation.parts) {
          low += low_[part];
          high += high_[part];
        }
        again = Tighten(equation.total, low, high) || again;
        for (const size_t part : equation.parts) {
          again =
              Tighten(part, low_[equation.total] - (high - high_[part]), high_[equation.total] - (low - low_[part])) ||
              again;
          low = high = 0;
          for (const size_t other : equation.parts) {
            low += low_[other];
            high += high_[other];
          }
        }
      }
    }
  }

  // Gaussian elimination; a row with one number left gives its cell away.
  void Solve() {
    std::map<size_t, size_t> column;
    for (const size_t cell : hidden_) column.emplace(cell, column.size());
    std::vector<std::vector<double>> rows;
    for (const Equation& equation : table_.equations) {
      std::vector<double> row(hidden_.size());
      if (confidential_[equation.total]) row[column.at(equation.total)] -= 1;
      for (const size_t part : equation.parts) {
        if (confidential_[part]) row[column.at(part)] += 1;
      }
      rows.push_back(std::move(row));
    }
    size_t rank = 0;
    for (size_t c = 0; c < hidden_.size() && rank < rows.size(); ++c) {
      const auto pivot =
          std::max_element(rows.begin() + static_cast<ptrdiff_t>(rank), rows.end(),
                           [&](const auto& a, const auto& b) { return std::abs(a[c]) < std::abs(b[c]); });
      if (std::abs((*pivot)[c]) < 1e-9) continue;
      std::swap(*pivot, rows[rank]);
      for (size_t r = 0; r < rows.size(); ++r) {
        const double factor = rows[r][c] / rows[rank][c];
        for (size_t i = 0; r != rank && i < hidden_.size(); ++i) rows[r][i] -= factor * rows[rank][i];
      }
      ++rank;
    }
    for (size_t r = 0; r < rank; ++r) {
      std::vector<size_t> left;
      for (size_t i = 0; i < hidden_.size(); ++i) {
        if (std::abs(rows[r][i]) > 1e-9) left.push_back(hidden_[i]);
      }
      if (left.size() == 1) solved_.insert(left[0]);
    }
  }

  const Table& table_;
  const std::vector<bool>& confidential_;
  std::vector<size_t> hidden_;
  std::vector<int64_t> low_;
  std::vector<int64_t> high_;
  std::set<size_t> solved_;
};

// Cuts of awards with counts at random, small ones among them.
struct Generated {
  std::vector<Cut> cuts;
  std::vector<Row> rows;
};

Generated Generate(uint32_t seed) {
  std::mt19937 random(seed);
  const auto up = [&](int most) { return static_cast<int>(random() % static_cast<uint32_t>(most + 1)); };
  const std::vector<std::vector<std::string>> sets = {
      {"level", "mode"}, {"level", "mode", "nqf"}, {"level"}, {"level", "mode", "setting"}};
  Generated generated;
  generated.cuts.push_back({FindIndicator("I02"), sets[static_cast<size_t>(up(3))]});
  // A second cube that shares margins with the first.
  if (up(1) == 0)
    generated.cuts.push_back({FindIndicator("I07"), up(1) == 0 ? sets[2] : std::vector<std::string>{"level", "nqf"}});
  const std::vector<std::string> dimensions = {"level", "mode", "nqf", "setting"};
  const int levels = 2 + up(2);
  const int modes = 2 + up(2);
  const bool providers = up(2) == 0;
  for (int cell = 0; cell < levels * modes * 4; ++cell) {
    const int count = up(3) == 0 ? 0 : up(2) == 0 ? up(4) : up(20);
    for (int i = 0; i < count; ++i) {
      generated.rows.push_back(
          MakeRow(dimensions,
                  {absl::StrCat(cell % levels), absl::StrCat("m", cell / levels % modes),
                   cell / levels / modes % 2 == 0 ? "Y" : "N", cell % 3 == 0 ? "FORMAL" : "NON_FORMAL"},
                  providers ? absl::StrCat("p", up(5)) : ""));
    }
  }
  return generated;
}

TEST(ProtectTest, NoConfidentialCellOfGeneratedCubesCanBeRecomputed) {
  size_t hidden = 0;
  size_t shown = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    const Generated generated = Generate(seed);
    ASSERT_OK_AND_ASSIGN(const Table table, MakeTable(generated.cuts, generated.rows));
    ASSERT_OK_AND_ASSIGN(const std::vector<bool> confidential, ConfidentialCells(table, Unit::kPersons, {}));
    const Attacker attacker(table, confidential);
    for (const size_t cell : attacker.hidden()) ASSERT_FALSE(attacker.Recomputes(cell)) << "seed " << seed;
    // Every one has another table in whole numbers, unless nothing at all is published.
    ASSERT_OK_AND_ASSIGN(const std::vector<size_t> exposed, ExposedCells(table, confidential));
    ASSERT_TRUE(exposed.empty() || attacker.hidden().size() == table.cells.size()) << seed;
    for (size_t c = 0; c < table.cells.size(); ++c) {
      // What is published is large enough.
      ASSERT_TRUE(confidential[c] || table.cells[c].count >= 5) << seed;
    }
    // What a reader can add up to one group is large enough too.
    for (const Equation& equation : table.equations) {
      if (confidential[equation.total]) continue;
      uint64_t sum = 0;
      size_t parts = 0;
      for (const size_t part : equation.parts) {
        sum += confidential[part] ? table.cells[part].count : 0;
        parts += confidential[part] ? 1 : 0;
      }
      ASSERT_NE(parts, 1u) << seed;
      ASSERT_TRUE(parts == 0 || sum >= 5) << seed;
    }
    hidden += attacker.hidden().size();
    shown += table.cells.size() - attacker.hidden().size();
  }
  EXPECT_GT(hidden, 1000u);
  EXPECT_GT(shown, 1000u);
}

// Two tables of the same things, such as of awards and of their holders, read by one who takes them for one table.
TEST(ProtectTest, NoConfidentialCellCanBeRecomputedFromRelatedTablesTogether) {
  size_t hidden = 0;
  size_t shown = 0;
  std::vector<uint32_t> seeds(300);
  std::iota(seeds.begin(), seeds.end(), 1);
  seeds.push_back(5682);  // each table is safe alone, and the two are not without an audit of both
  for (const uint32_t seed : seeds) {
    const Generated generated = Generate(seed);
    const std::vector<Cut> cuts = {generated.cuts[0], {FindIndicator("I07"), {"level", "nqf"}}};
    std::vector<ProtectedTable> tables;
    for (const Cut& cut : cuts) {
      ASSERT_OK_AND_ASSIGN(Table table, MakeTable({cut}, generated.rows));
      tables.push_back({Unit::kPersons, std::move(table), {}});
    }
    ASSERT_OK(ProtectTogether({}, &tables));
    ASSERT_EQ(tables.size(), cuts.size());
    ASSERT_OK_AND_ASSIGN(const Table both, MakeTable(cuts, generated.rows));
    std::vector<bool> confidential(both.cells.size());
    for (size_t t = 0; t < tables.size(); ++t) {
      for (const auto& [values, cell] : tables[t].table.cuts[0]) {
        if (tables[t].confidential[cell]) confidential[both.cuts[t].at(values)] = true;
      }
    }
    const Attacker attacker(both, confidential);
    for (const size_t cell : attacker.hidden()) ASSERT_FALSE(attacker.Recomputes(cell)) << seed;
    hidden += attacker.hidden().size();
    shown += both.cells.size() - attacker.hidden().size();
  }
  EXPECT_GT(hidden, 1000u);
  EXPECT_GT(shown, 1000u);
}

// The attacker of the test above finds what is not protected.
TEST(ProtectTest, TheAttackerFindsACellThatStandsAlone) {
  const std::vector<std::string> dimensions = {"level", "mode"};
  std::vector<Row> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(MakeRow(dimensions, {"6", i < 3 ? "ONLINE" : "BLENDED"}));
  ASSERT_OK_AND_ASSIGN(const Table table, MakeTable({{FindIndicator("I02"), {"mode"}}}, rows));
  std::vector<bool> confidential(table.cells.size());
  const size_t three = table.cuts[0].at({"ONLINE"});
  confidential[three] = true;
  EXPECT_TRUE(Attacker(table, confidential).Recomputes(three));
  ASSERT_OK_AND_ASSIGN(const std::vector<bool> both, ConfidentialCells(table, Unit::kPersons, {}));
  EXPECT_FALSE(Attacker(table, both).Recomputes(three));
}

struct Dominance {
  const char* name;
  std::vector<int> contributions;
  int unnamed;
  bool confidential;
};

TEST(ProtectTest, WhatAProviderDominatesIsConfidential) {
  const std::vector<Dominance> rows = {
      {"one alone", {40}, 0, true},
      {"two alone", {20, 20}, 0, true},
      {"three quarters", {30, 5, 5}, 0, false},
      {"more than three quarters", {31, 5, 4}, 0, true},
      {"two with nine tenths", {20, 16, 4}, 0, false},
      {"two with more", {20, 17, 3}, 0, true},
      {"many", {10, 10, 10, 10}, 0, false},
      {"one beside others that are not named", {10}, 30, false},
      {"nobody named", {}, 40, false},
  };
  for (const Dominance& row : rows) {
    std::vector<Row> events;
    for (size_t p = 0; p < row.contributions.size(); ++p) {
      for (int i = 0; i < row.contributions[p]; ++i) events.push_back(MakeRow({"level"}, {"6"}, absl::StrCat("p", p)));
    }
    for (int i = 0; i < row.unnamed; ++i) events.push_back(MakeRow({"level"}, {"6"}));
    ASSERT_OK_AND_ASSIGN(const Table table, MakeTable({{FindIndicator("I02"), {"level"}}}, events));
    ASSERT_OK_AND_ASSIGN(const std::vector<bool> confidential, ConfidentialCells(table, Unit::kPersons, {}));
    EXPECT_EQ(confidential[table.cuts[0].at({"6"})], row.confidential) << row.name;
  }
}

TEST(ProtectTest, ProvidersHaveAThresholdOfThreeAndCataloguesNone) {
  for (const auto& [unit, count, confidential] :
       {std::tuple(Unit::kProviders, 2, true), std::tuple(Unit::kProviders, 3, false),
        std::tuple(Unit::kPersons, 4, true), std::tuple(Unit::kPersons, 5, false),
        std::tuple(Unit::kPublic, 1, false)}) {
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) rows.push_back(MakeRow({"level"}, {"6"}));
    ASSERT_OK_AND_ASSIGN(const Table table, MakeTable({{FindIndicator("I02"), {"level"}}}, rows));
    ASSERT_OK_AND_ASSIGN(const std::vector<bool> cells, ConfidentialCells(table, unit, {}));
    EXPECT_EQ(cells[table.cuts[0].at({"6"})], confidential) << count;
  }
}

// Five groups of one person each, and their total of five: the total would give all of them away.
TEST(ProtectTest, AGroupThatCanBeFilledInOneWayOnlyIsNotPublished) {
  std::vector<Row> rows;
  for (int i = 0; i < 5; ++i) rows.push_back(MakeRow({"level"}, {absl::StrCat(i + 1)}));
  ASSERT_OK_AND_ASSIGN(const Table table, MakeTable({{FindIndicator("I02"), {"level"}}}, rows));
  ASSERT_OK_AND_ASSIGN(const std::vector<bool> confidential, ConfidentialCells(table, Unit::kPersons, {}));
  EXPECT_TRUE(confidential[table.cuts[0].at({"_T"})]);
}

TEST(ProtectTest, TooManyConfidentialCellsAreRefused) {
  std::vector<Row> rows;
  for (size_t i = 0; i <= kAuditedCellsMax; ++i) rows.push_back(MakeRow({"field"}, {absl::StrCat("f", i)}));
  ASSERT_OK_AND_ASSIGN(const Table table, MakeTable({{FindIndicator("I02"), {"field"}}}, rows));
  EXPECT_THAT(ConfidentialCells(table, Unit::kPersons, {}), HasReasonAt(Reason::kInputTooLarge, "cells"));
}

TEST(ProtectTest, Rounding) {
  for (const auto& [count, rounded] : std::map<uint64_t, uint64_t>{{0, 0},
                                                                   {1, 5},
                                                                   {7, 5},
                                                                   {8, 10},
                                                                   {14, 10},
                                                                   {15, 20},
                                                                   {40, 40},
                                                                   {12, 10},
                                                                   {3, 5},
                                                                   {9, 10},
                                                                   {4, 5},
                                                                   {21, 20}}) {
    EXPECT_EQ(Rounded(count), rounded) << count;
  }
}

}  // namespace
}  // namespace passerelle::statistics
