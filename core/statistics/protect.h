// Disclosure control: which cells of a table stay confidential, so that no published number tells something about a
// person, or about a provider that dominates.
//
// A cell is confidential by itself when fewer persons than the threshold stand behind its count, or when one or two
// providers dominate it. Others stay confidential with it, so that it cannot be recomputed: in every sum at least two
// cells, which together are large enough to be published as one and leave more than one way to fill them. At last every
// confidential cell is audited against all sums of all cubes together: there has to be another table with the same
// published numbers and another count in that cell, also for somebody who knows that confidential counts are not zero.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "core/statistics/indicators.h"
#include "core/statistics/table.h"

namespace passerelle::statistics {

// The rules. A positive count of which fewer persons, cases or providers than the threshold are the whole is
// confidential, however often each of them is counted: the awards of one holder tell about one person. A cell is
// dominated when one provider has more than one_percent of it, or two have more than two_percent. The usual thresholds
// of statistical offices are 3 and 5, and these percentages stand for their dominance rules.
struct ProtectionRules {
  uint64_t persons_threshold = kHoldersKept;
  uint64_t providers_threshold = 3;
  uint64_t one_percent = 75;
  uint64_t two_percent = 90;
};

// Confidential cells that hang together by sums; the audit takes time in the cube of their number.
// Test: tests/unit/core/statistics/protect_test.cc.
inline constexpr size_t kAuditedCellsMax = 600;

// By cell, whether it stays confidential; those that are `hidden` already do. Problem kInputTooLarge for "cells" beyond
// kAuditedCellsMax.
absl::StatusOr<std::vector<bool>> ConfidentialCells(const Table& table, Unit unit, const ProtectionRules& rules,
                                                    std::vector<bool> hidden = {});

// A table of one population, and what of it stays confidential.
struct ProtectedTable {
  Unit unit = Unit::kPersons;
  Table table;
  std::vector<bool> confidential;
};

// Protects tables of populations that are drawn from one (DrawnFrom). Where their counts of a cell differ by less than
// the threshold, one would tell the other: such a cell is confidential in all of them or in none. They are
// audited together too, as if equal counts of a cell were one. Problems: those of ConfidentialCells.
absl::Status ProtectTogether(const ProtectionRules& rules, std::vector<ProtectedTable>* tables);

// The count to the nearest ten, and 5 for 1 to 7, as statistical offices do it.
uint64_t Rounded(uint64_t count);

}  // namespace passerelle::statistics
