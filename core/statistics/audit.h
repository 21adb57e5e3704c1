// The audit of a protected table, as an attacker would go about it: all published numbers, all sums of all cubes, and
// the knowledge that confidential counts are not zero.
//
// For every confidential cell a witness is sought: a change of confidential counts that keeps every sum, leaves none
// below one, and changes this cell. The changes that are tried are a basis of the solutions of the sums (Gaussian
// elimination, cubic in the number of cells that hang together). Where none of them is a witness the cell counts as
// exposed, also where a combination of several might be one: the audit errs on the side of confidentiality.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "core/statistics/table.h"

namespace passerelle::statistics {

// The confidential cells without a witness, in order. Problem kInputTooLarge for "cells" beyond kAuditedCellsMax
// (protect.h) that hang together.
absl::StatusOr<std::vector<size_t>> ExposedCells(const Table& table, const std::vector<bool>& confidential);

}  // namespace passerelle::statistics
