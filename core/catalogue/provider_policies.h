// Who accepts a micro-credential, by the recognition policies that providers publish. An answer decides nothing: it
// says what a policy says, and the provider decides by its own practice (point 5(h) of the Recommendation).
//
// What a policy demands and the question does not state is open, never met and never a refusal. A provider without a
// policy is listed as such. The question has no field for a person, and none is needed.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/provider_policy.pb.h"

namespace passerelle::catalogue {

// What is asked. An empty value is not stated.
struct PolicyQuestion {
  v1::AcceptancePurpose purpose = v1::ACCEPTANCE_PURPOSE_UNSPECIFIED;
  std::string country;     // of the providers that are asked about, ISO 3166-1 alpha-2; all of them when empty
  uint32_t eqf_level = 0;  // of the credential, 1 to 8
  std::string credits;     // ECTS, decimal
  std::string field;       // ISCED-F 2013
  std::string awarded;     // yyyy-mm-dd
  std::vector<v1::QualityAssuranceScheme> quality_schemes;  // that cover the award
  std::string day;                                          // on which the credential is brought, yyyy-mm-dd
};

// In the order in which answers are given.
enum class Acceptance { kAccepts, kOpen, kDoesNotAccept, kNotPublished };

// "ACCEPTS", "OPEN", "DOES_NOT_ACCEPT", "NOT_PUBLISHED".
absl::string_view AcceptanceWord(Acceptance acceptance);

struct PolicyAnswer {
  v1::ListedProvider provider;
  Acceptance acceptance = Acceptance::kNotPublished;
  std::vector<std::string> why;  // what is open, or what the policy demands and the credential lacks
};

// Whether a list can be used: kConfigInvalid with the place, such as "providers[2].policy.version".
absl::Status CheckProviders(const v1::ProviderList& list);

// An answer for every provider of the country, by acceptance and then by id. Problems: those of CheckProviders;
// kFieldMissing for "purpose"; kFieldInvalid for "eqf_level", "credits", "field", "awarded" and "day".
absl::StatusOr<std::vector<PolicyAnswer>> WhoAccepts(const v1::ProviderList& list, const PolicyQuestion& question);

}  // namespace passerelle::catalogue
