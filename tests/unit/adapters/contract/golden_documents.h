// The documents of tests/golden, with how they are read.
#pragma once

#include <string>
#include <vector>

#include "core/document/translate.h"

namespace passerelle::adapters {

struct GoldenDocument {
  std::string name;    // "<folder>/<case>"
  std::string format;  // id of the adapter whose folder it is
  std::string bytes;
  document::TranslateOptions options;
};

// In the order of their names. `format` is found by what the adapter's own cases are detected as or name.
std::vector<GoldenDocument> GoldenDocuments(const document::Registry& registry);

// A JSON pointer or XPath for every value of a JSON or XML document, found without the mapping's own tree. Empty for
// other bytes.
std::vector<std::string> LeafPaths(const std::string& bytes);

}  // namespace passerelle::adapters
