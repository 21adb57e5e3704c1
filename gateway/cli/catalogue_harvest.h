// passerelle catalogue harvest.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "core/document/adapter.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct HarvestRequest {
  std::string index;                // open_offers.h
  std::string source;               // who publishes, YAML
  std::vector<std::string> paths;   // the whole catalogue, in files or folders of them, in any format of catalogues
  std::vector<std::string> skills;  // collections of skills, YAML
  std::string day;
  bool allow_shrinking = false;
  bool read_all = false;
};

// Exit code 0 when every offer could be kept, 1 with findings or a refusal. Files that cannot be read are named, and
// the others taken all the same; nothing is withdrawn then.
int RunHarvest(const document::Registry& registry, const HarvestRequest& request, const Console& console);

}  // namespace passerelle::gateway
