// The first rule of all: which way a case takes. Only then is anything compared.
//
// What is not known leaves the route open rather than choosing one: an information request comes first. A regulated
// profession is never compared (Directive 2005/36/EC; recital 23 of the Recommendation).
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "passerelle/recognition/v1/case_facts.pb.h"

namespace passerelle::recognition {

struct RouteChoice {
  v1::RecognitionRoute route = v1::RECOGNITION_ROUTE_UNSPECIFIED;
  absl::string_view reason;                // in words
  std::vector<absl::string_view> missing;  // inputs without which no route can be chosen
};
RouteChoice ChooseRoute(const v1::CaseFacts& facts);

// Whether a route has automatic rules.
bool HasAutomaticRules(v1::RecognitionRoute route);

// "LRC", "RPL_VALIDATION"; "NOT_KNOWN" for none.
absl::string_view RouteWord(v1::RecognitionRoute route);

// The country in the spelling of ISO 3166-1: EL, the Union's usage, is GR.
std::string CountryCode(absl::string_view country);

// Whether a country is a party to the Lisbon Recognition Convention on a day; nullopt where the source says nothing.
std::optional<bool> IsLisbonParty(absl::string_view country, absl::CivilDay day);

// Whether a text names the Lisbon Recognition Convention as its base.
bool CitesLisbon(absl::string_view legal_base);

}  // namespace passerelle::recognition
