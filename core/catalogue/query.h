// What a reader of the catalogue asks for, and how offers are found by it. Nobody has to say who asks (point 14 of the
// Recommendation).
//
// Besides its words, an offer is found by marks, which databases index like words: one for its country, its level, each
// field of ISCED-F with all above it, and so on. Every question is then one for words alone.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// Everything that is stated has to hold; an empty value asks for nothing.
struct OfferQuery {
  std::string text;  // words, all of which have to occur; the last may be a beginning (gateway/catalogue/offer_terms.h)
  std::string language;  // BCP 47, of the learning
  std::string country;   // ISO 3166-1 alpha-2
  std::string provider_type;
  std::string field;           // ISCED-F, and all below it
  std::string mode;            // code of the European vocabulary
  std::string co_designed_by;  // kind of those who designed it with the provider, by a word of co_design.h
  std::string co_designer;     // such an organisation, by its identifier
  std::string tag;             // that follows from its skills
  uint32_t least_level = 0;    // European Qualifications Framework
  uint32_t most_level = 0;
  std::string least_credits;  // ECTS, decimal
  std::string most_credits;
  std::string after;  // id of the last offer of the page before
  int limit = 20;
};

// Offers of one page at most. Test: tests/support/offer_index_contract.h.
inline constexpr int kOffersPageMax = 100;

// What marks begin with, which is no part of any word: a character for private use.
inline constexpr absl::string_view kMarkStart = "\uE000";

// Marks of an offer, without any twice.
std::vector<std::string> MarksOf(const v1::Offer& offer);

// A question as marks.
struct MarkQuery {
  // Of each group, an offer has to have one; there is one group at least, and an empty one holds for no offer.
  std::vector<std::vector<std::string>> groups;
  // In millionths. The marks of credits are coarse, so that these have to be looked at too.
  std::optional<int64_t> least_credits;
  std::optional<int64_t> most_credits;
};

// All but text and page. kFieldInvalid for "limit", "field", "co_designed_by", "least_credits" and "most_credits".
absl::StatusOr<MarkQuery> MarksOf(const OfferQuery& query);

// Decimal credits in millionths; nullopt where none are stated. kFieldInvalid with the place.
absl::StatusOr<std::optional<int64_t>> CreditMillionths(const std::string& credits, absl::string_view place);

}  // namespace passerelle::catalogue
