// Offers of a catalogue in the European model (profile LOQ), as they are kept and searched.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/skill_tags.h"
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

// Bytes of one offer's texts and identifiers, with those of its provider and specification: some hundred pages. Texts
// of real ones have a few thousand. Test: tests/unit/core/catalogue/offers_test.cc.
inline constexpr size_t kOfferBytesMax = 256u << 10;

// Texts, identifiers, addresses and codes that are looked at for one offer; real ones have some dozens.
// Test: tests/unit/core/catalogue/offers_test.cc.
inline constexpr size_t kOfferEntriesMax = 2000;

// Bytes of all offers of a catalogue: so many times its own size, and some more for small ones. Many offers may share
// the text of one provider, but a small file must not become a large index. What was read of offers that are broken
// counts. Test: tests/unit/core/catalogue/offers_test.cc.
inline constexpr size_t kGrowthMax = 16;
inline constexpr size_t kGrowthBytes = 32u << 20;

// The learning opportunities of a catalogue, with what their specifications and providers state. One without an id that
// stays the same from harvest to harvest, without a title, with the id of another one, or above one of the limits is
// broken; the others are read all the same. Linear in the catalogue. `tagger` gives offers the tags of their skills;
// null where there are no collections.
ReadOffers OffersOfCatalogue(const elm::v3::Dataset& catalogue, const elm::SkillTagger* tagger = nullptr);

}  // namespace passerelle::catalogue
