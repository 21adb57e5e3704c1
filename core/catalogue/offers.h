// Offers of a catalogue in the European model (profile LOQ), as they are kept and searched.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/offer.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::catalogue {

// An offer that cannot be kept, and why.
struct BrokenOffer {
  std::string place;  // "node[12]"
  std::string why;
};

struct ReadOffers {
  std::vector<v1::Offer> offers;
  std::vector<BrokenOffer> broken;  // at most kBrokenListed
  size_t broken_count = 0;
};

// Broken offers that are listed; all are counted.
// Test: tests/unit/core/catalogue/offers_test.cc.
inline constexpr size_t kBrokenListed = 100;

// Bytes of an offer's id: databases index no longer ones, and no address of the web is longer.
// Test: tests/unit/core/catalogue/offers_test.cc.
inline constexpr size_t kOfferIdBytesMax = 2000;

// The learning opportunities of a catalogue, with what their specifications and providers state. One without an id that
// stays the same from harvest to harvest, without a title, or with the id of another one is broken; the others are read
// all the same.
ReadOffers OffersOfCatalogue(const elm::v3::Dataset& catalogue);

}  // namespace passerelle::catalogue
