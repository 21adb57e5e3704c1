// N-Quads (W3C RDF 1.1 N-Quads): reading, and writing in its canonical form.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/rdf/dataset.h"

namespace passerelle::rdf {

// Reads a document. Problems: kNQuadsMalformed with "line L, column C" (columns are bytes), kInputTooLarge, and
// kRdfTooComplex.
absl::StatusOr<Dataset> ReadNQuads(absl::string_view text);

// The statements one a line, in the order of the dataset, each in canonical form.
std::string WriteNQuads(const Dataset& dataset);

}  // namespace passerelle::rdf
