// passerelle pathway evaluate: what a pathway makes of the credentials that a holder presents.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "core/document/adapter.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct PathwayRequest {
  std::string pathway;             // YAML
  std::vector<std::string> files;  // credentials of any format
  std::string items;               // items that stand in no document, YAML; empty for none
  std::string facts;               // what is known of the items besides, YAML; empty for none
  std::string day;                 // of the evaluation, yyyy-mm-dd
  std::string language;            // of the notice; empty for English
  bool json = false;
};

// Exit code 0 satisfied, 1 not satisfied or refused, 2 unknown.
int RunPathway(const document::Registry& registry, const PathwayRequest& request, const Console& console);

}  // namespace passerelle::gateway
