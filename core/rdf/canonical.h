// RDF Dataset Canonicalization (W3C RDFC-1.0): the same N-Quads for every dataset that differs only in the labels of
// its blank nodes.
//
// Datasets can be built for which the algorithm takes time without end (RDFC-1.0, 7.1); the work is bounded, and such a
// dataset is refused.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/rdf/dataset.h"

namespace passerelle::rdf {

// The hash inside the algorithm. ecdsa-rdfc-2019 takes SHA-384 with keys on P-384.
enum class HashFunction { kSha256, kSha384 };

struct CanonicalDataset {
  // The statements in canonical form, sorted by code point, each with its line feed.
  std::vector<std::string> lines;
  // By term of the input: the canonical label ("c14n0") of blank nodes; empty for other terms.
  std::vector<std::string> labels;

  std::string Text() const;
};

// Problem: kRdfTooComplex beyond kRdfBlankNodesMax and kRdfCanonicalStepsMax.
absl::StatusOr<CanonicalDataset> Canonicalize(const Dataset& dataset, HashFunction hash = HashFunction::kSha256);

// The quad with its blank nodes labelled by `labels` (see CanonicalDataset), as a line of N-Quads.
std::string LabelledLine(const Dataset& dataset, const Quad& quad, const std::vector<std::string>& labels);

}  // namespace passerelle::rdf
