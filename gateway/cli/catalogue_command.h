// passerelle catalogue: search, changes, checklist.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>

#include "core/catalogue/query.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct SearchRequest {
  std::string index;  // open_offers.h
  catalogue::OfferQuery query;
  bool json = false;
};
int RunSearch(const SearchRequest& request, const Console& console);

// The change feed after a number, as JSON lines.
int RunChanges(const std::string& index, uint64_t after, const Console& console);

// The ten principles of Annex II of a provider's profile (YAML), on a day.
int RunChecklist(const std::string& profile, const std::string& day, const Console& console);

}  // namespace passerelle::gateway
