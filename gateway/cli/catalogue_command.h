// passerelle catalogue: harvest, search, changes, checklist.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/catalogue/query.h"
#include "core/document/adapter.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct HarvestRequest {
  std::string index;               // SQLite file
  std::string source;              // who publishes, YAML
  std::vector<std::string> files;  // the parts of one whole catalogue, in any format of catalogues
  std::string day;
  bool allow_shrinking = false;
};
// Exit code 0 when every offer could be kept, 1 with findings or a refusal.
int RunHarvest(const document::Registry& registry, const HarvestRequest& request, const Console& console);

struct SearchRequest {
  std::string index;
  catalogue::OfferQuery query;
  bool json = false;
};
int RunSearch(const SearchRequest& request, const Console& console);

// The change feed after a number, as JSON lines.
int RunChanges(const std::string& index, uint64_t after, const Console& console);

// The ten principles of Annex II of a provider's profile (YAML), on a day.
int RunChecklist(const std::string& profile, const std::string& day, const Console& console);

}  // namespace passerelle::gateway
