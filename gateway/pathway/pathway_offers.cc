#include "gateway/pathway/pathway_offers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using catalogue::v1::Offer;
using pathway::v1::Element;
using pathway::v1::Item;
using pathway::v1::Rule;

// What one rule needs. Each is a search of its own; `offer_id` is a look at one offer.
struct Search {
  std::string field;
  uint32_t least_level = 0;
  std::string text;
  std::string offer_id;
};

void AddScope(const pathway::v1::Scope& scope, std::vector<Search>* searches) {
  searches->push_back({scope.field(), scope.least_eqf_level(), "", ""});
}

// An achievement is found by its course, and by its words.
void AddElement(const Element& element, std::vector<Search>* searches) {
  for (const std::string& specification : element.specifications()) searches->push_back({"", 0, "", specification});
  searches->push_back({"", element.least_eqf_level(), element.title(), ""});
}

void AddPlaces(const pathway::v1::PlacesRule& rule, std::vector<Search>* searches) {
  for (const Element& element : rule.elements()) AddElement(element, searches);
}

// Rules about single items, such as their age, have gaps that no offer fills.
void AddRule(const Rule& rule, std::vector<Search>* searches) {
  switch (rule.kind_case()) {
    case Rule::kMinCredits:
      return AddScope(rule.min_credits().scope(), searches);
    case Rule::kMinShare:
      return AddScope(rule.min_share().scope(), searches);
    case Rule::kRequired:
      return AddPlaces(rule.required(), searches);
    case Rule::kOneOf:
      return AddPlaces(rule.one_of(), searches);
    case Rule::kNOf:
      return AddPlaces(rule.n_of(), searches);
    case Rule::kCapstone:
      return AddPlaces(rule.capstone(), searches);
    case Rule::kPrerequisite:
      return AddElement(rule.prerequisite().element(), searches);
    case Rule::kCoverage:
      for (const auto& outcome : rule.coverage().outcomes()) searches->push_back({"", 0, outcome.title(), ""});
      return;
    default:
      return;
  }
}

bool HasGap(const pathway::v1::Evaluation& evaluation, const std::string& rule_id) {
  return std::any_of(evaluation.gaps().begin(), evaluation.gaps().end(),
                     [&](const pathway::v1::Gap& gap) { return gap.rule_id() == rule_id; });
}

std::string TitleOf(const Offer& offer, const std::string& language) {
  for (const catalogue::v1::Text& title : offer.titles()) {
    if (title.language() == language) return title.value();
  }
  return offer.titles().empty() ? std::string() : offer.titles(0).value();
}

Item ItemOf(const Offer& offer, const std::string& title_language) {
  Item item;
  item.set_id(offer.id());
  item.set_title(TitleOf(offer, title_language));
  *item.mutable_specifications() = offer.specifications();
  // An offer of a course is known by its own id too.
  item.add_specifications(offer.id());
  if (!offer.provider().empty()) item.add_providers(offer.provider());
  item.set_credits_low(offer.credits());
  item.set_credits_high(offer.credits());
  item.set_eqf_level(offer.eqf_level());
  *item.mutable_fields() = offer.fields();
  *item.mutable_outcomes() = offer.outcomes();
  for (const catalogue::v1::Text& text : offer.outcome_texts()) item.add_outcome_texts(text.value());
  return item;
}

// What a search finds; clears `all` where there may be more than one page of it has.
absl::StatusOr<std::vector<Offer>> Found(const Search& search, const OfferWish& wish, OfferIndex& index, bool* all) {
  if (!search.offer_id.empty()) {
    const absl::StatusOr<Offer> known = index.Get(search.offer_id);
    if (base::ReasonOf(known.status()) == base::Reason::kResourceNotFound) return std::vector<Offer>();
    RETURN_IF_ERROR(known.status());
    // An id is resolved for ever; what is still offered is what a search finds.
    bool whole = true;
    ASSIGN_OR_RETURN(std::vector<Offer> offered, Found({"", 0, TitleOf(*known, ""), ""}, wish, index, &whole));
    offered.erase(std::remove_if(offered.begin(), offered.end(),
                                 [&](const Offer& offer) { return offer.id() != search.offer_id; }),
                  offered.end());
    if (offered.empty() && !whole) *all = false;
    return offered;
  }
  catalogue::OfferQuery query;
  query.text = search.text;
  query.field = search.field;
  query.least_level = search.least_level;
  query.country = wish.country;
  query.language = wish.language;
  query.limit = catalogue::kOffersPageMax;
  ASSIGN_OR_RETURN(std::vector<Offer> page, index.Search(query));
  if (page.size() == static_cast<size_t>(catalogue::kOffersPageMax)) *all = false;
  return page;
}

const catalogue::v1::ListedProvider* FindProvider(const catalogue::v1::ProviderList& providers, const std::string& id) {
  for (const catalogue::v1::ListedProvider& provider : providers.providers()) {
    if (provider.id() == id) return &provider;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<OffersForGaps> FindOffersForGaps(const pathway::v1::Pathway& pathway,
                                                const pathway::v1::Evaluation& evaluation, const OfferWish& wish,
                                                OfferIndex& index) {
  std::vector<Search> searches;
  for (const Rule& rule : pathway.rules()) {
    if (HasGap(evaluation, rule.id())) AddRule(rule, &searches);
  }
  OffersForGaps offers;
  for (size_t i = 0; i < searches.size(); ++i) {
    if (i == static_cast<size_t>(kOfferSearchesMax) || offers.items.size() == static_cast<size_t>(kOffersLookedAtMax)) {
      offers.all = false;
      break;
    }
    ASSIGN_OR_RETURN(std::vector<Offer> found, Found(searches[i], wish, index, &offers.all));
    for (Offer& offer : found) {
      if (offers.offers.count(offer.id()) > 0) continue;
      if (offers.items.size() == static_cast<size_t>(kOffersLookedAtMax)) {
        offers.all = false;
        break;
      }
      offers.items.push_back(ItemOf(offer, wish.title_language));
      offers.offers.emplace(offer.id(), std::move(offer));
    }
  }
  return offers;
}

void TellProviders(const OffersForGaps& offers, const catalogue::v1::ProviderList& providers,
                   pathway::v1::Evaluation* evaluation) {
  for (pathway::v1::Gap& gap : *evaluation->mutable_gaps()) {
    for (pathway::v1::Suggestion& suggestion : *gap.mutable_suggestions()) {
      const auto found = offers.offers.find(suggestion.offer_id());
      if (found == offers.offers.end()) continue;
      suggestion.set_provider(found->second.provider());
      suggestion.set_homepage(found->second.homepage());
      const catalogue::v1::ListedProvider* const provider = FindProvider(providers, found->second.provider());
      const bool published = provider != nullptr && provider->has_policy();
      suggestion.set_provider_policy(published ? pathway::v1::PROVIDER_POLICY_PUBLISHED
                                               : pathway::v1::PROVIDER_POLICY_UNKNOWN);
      if (published) suggestion.set_policy_link(provider->policy().link());
    }
  }
}

std::string SuggestionsNote(const OffersForGaps& offers) {
  return absl::StrCat(
      "Of ", offers.items.size(), " offers of this node's catalogue that were looked at",
      offers.all ? "" : ", which are not all that it has for this,",
      " those that could fill a gap, by their identifiers and at most ten for each. None of them is a promise that it "
      "would be recognised: the owner of the pathway decides.");
}

}  // namespace passerelle::gateway
