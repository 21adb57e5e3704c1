// Offers of a node's catalogue that could fill the gaps of an evaluation: what is searched for, and what is told of the
// providers. Whether an offer fills a gap is for the pathway to say (core/pathway); that it would be recognised, nobody
// says here.
//
// Thread-safety: free functions; an index is for one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/catalogue/offer_index.h"
#include "passerelle/catalogue/v1/provider_policy.pb.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::gateway {

// Offers that are looked at for one evaluation, and searches for them: each takes milliseconds, and a pathway can have
// many rules. Test: tests/unit/gateway/pathway/pathway_offers_test.cc.
inline constexpr int kOffersLookedAtMax = 500;
inline constexpr int kOfferSearchesMax = 20;

// Which offers the client wants. An empty value asks for nothing.
struct OfferWish {
  std::string country;         // of the provider, ISO 3166-1 alpha-2
  std::string language;        // of the learning, BCP 47
  std::string title_language;  // of titles, where there are several
};

struct OffersForGaps {
  std::vector<pathway::v1::Item> items;                // as the items that the offers would give
  std::map<std::string, catalogue::v1::Offer> offers;  // the same, by id
  bool all = true;                                     // whether every offer that was found was looked at
};

// Searches for the field, level, courses and outcomes of every rule that has a gap, in the order of the rules.
// Problems: those of OfferIndex.
absl::StatusOr<OffersForGaps> FindOffersForGaps(const pathway::v1::Pathway& pathway,
                                                const pathway::v1::Evaluation& evaluation, const OfferWish& wish,
                                                OfferIndex& index);

// Says of every suggestion whose offer it is, and whether the provider's recognition policy is known.
void TellProviders(const OffersForGaps& offers, const catalogue::v1::ProviderList& providers,
                   pathway::v1::Evaluation* evaluation);

// Which offers were looked at, in which order they stand, and that they promise nothing.
std::string SuggestionsNote(const OffersForGaps& offers);

}  // namespace passerelle::gateway
