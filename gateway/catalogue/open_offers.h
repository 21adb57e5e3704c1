// The index of offers that a name stands for.
//
// Thread-safety: free functions.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/catalogue/offer_index.h"

namespace passerelle::gateway {

// A connection string of PostgreSQL, which begins with "postgresql://" or "postgres://", or the path of a file of
// SQLite. Makes it where there is none. Problem: kStoreUnavailable.
absl::StatusOr<std::unique_ptr<OfferIndex>> OpenOffers(const std::string& name);

// Whether the name stands for a file.
bool IsOfferFile(const std::string& name);

}  // namespace passerelle::gateway
