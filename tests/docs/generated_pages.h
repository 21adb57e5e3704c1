// The pages under docs/ that are written by the build, so that they cannot be wrong.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "tests/api/descriptor_set.h"

namespace passerelle::docs {

struct Page {
  std::string name;  // below docs/
  std::string text;
};

// docs/errors.md, from core/base/problems.def.
std::string ErrorsPage();

// docs/configuration.md, from passerelle.config.v1 and its comments.
std::string ConfigurationPage(const api::DescriptorSet& descriptors);

// All of them.
std::vector<Page> GeneratedPages(const api::DescriptorSet& descriptors);

}  // namespace passerelle::docs
