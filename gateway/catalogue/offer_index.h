// Offers in a database: what is kept between harvests, the change feed, and the search.
//
// Results stand in the order in which offers first came, so that pages stay whole while the catalogue grows. The
// implementations pass tests/support/offer_index_contract.h.
//
// Thread-safety: one object for one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/catalogue/offer_book.h"
#include "core/catalogue/query.h"

namespace passerelle::gateway {

class OfferIndex : public catalogue::OfferBook {
 public:
  // Offers that are still offered. Problems: those of OfferTerms, and kFieldInvalid for "after" when there is no such
  // offer.
  virtual absl::StatusOr<std::vector<catalogue::v1::Offer>> Search(const catalogue::OfferQuery& query) = 0;

  // The offer, withdrawn ones included: old ids stay resolvable. kResourceNotFound.
  virtual absl::StatusOr<catalogue::v1::Offer> Get(absl::string_view id) = 0;

  // Changes after a number, oldest first; at most `limit`.
  virtual absl::StatusOr<std::vector<catalogue::v1::Change>> Changes(uint64_t after, int limit) = 0;

  // For after a harvest, outside of transactions: lets the database take account of what is new, so that searches are
  // fast from the first on.
  virtual absl::Status Settle() = 0;
};

}  // namespace passerelle::gateway
