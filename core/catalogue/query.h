// What a reader of the catalogue asks for. Nobody has to say who asks (point 14 of the Recommendation).
//
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// Everything that is stated has to hold; an empty value asks for nothing.
struct OfferQuery {
  std::string text;      // words, all of which have to occur; the last one may be a beginning
  std::string language;  // BCP 47, of the learning
  std::string country;   // ISO 3166-1 alpha-2
  std::string provider_type;
  std::string field;         // ISCED-F, and all below it
  std::string mode;          // code of the European vocabulary
  uint32_t least_level = 0;  // European Qualifications Framework
  uint32_t most_level = 0;
  std::string least_credits;  // ECTS, decimal
  std::string most_credits;
  std::string after;  // id of the last offer of the page before
  int limit = 20;
};

// Offers of one page at most. Test: tests/unit/gateway/catalogue/sqlite_offers_test.cc.
inline constexpr int kOffersPageMax = 100;

}  // namespace passerelle::catalogue
