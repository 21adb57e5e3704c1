// Documents that are broken on purpose.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::tests {

struct BadInput {
  std::string name;
  std::string bytes;
  std::string reason;
  std::string place;  // regular expression
};

// The rows of bad_inputs.tsv with their documents.
std::vector<BadInput> BadInputs();

// The document of a row: what a generator ("@deep-xml") makes, or a file of documents/ with the first FIND replaced,
// where `change` is "FIND => WITH" (or "-"); \xNN is a byte. Empty when there is no such FIND: a table that no longer
// fits its document must not pass.
std::string MakeDocument(const std::string& source, absl::string_view change);

// The cells of a table in this folder, comments and empty lines left out.
std::vector<std::vector<std::string>> ReadTable(const std::string& file);

}  // namespace passerelle::tests
