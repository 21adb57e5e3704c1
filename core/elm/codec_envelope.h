// Takes a credential out of what it came wrapped in.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

struct OpenedCredential {
  base::JsonDocument document;  // owns what `credential` points to
  simdjson::dom::object credential;
  Envelope envelope = Envelope::kBare;
  std::vector<Finding> findings;  // about the envelope
};

// Problems as of Read.
absl::StatusOr<OpenedCredential> OpenCredential(absl::string_view bytes);

// A document that is no credential, taken apart into the nodes of a data set.
struct OpenedDataset {
  base::JsonDocument document;  // owns what the others point to
  std::vector<simdjson::dom::object> nodes;
  std::optional<simdjson::dom::element> context;  // that stands on a graph
  bool is_graph = false;
  bool is_list = false;                // the nodes stand in an array
  std::vector<Finding> findings = {};  // about what stands beside the nodes
};

// Problems as of ReadData.
absl::StatusOr<OpenedDataset> OpenDataset(absl::string_view bytes);

}  // namespace passerelle::elm
