// passerelle catalogue: accepts and eligible, which ask data that others publish.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "core/catalogue/provider_policies.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

struct AcceptsRequest {
  std::string providers;  // providers and their policies, YAML
  catalogue::PolicyQuestion question;
  bool json = false;
};
// Who accepts a credential. Exit code 0 whatever the answers are, 1 for a refusal.
int RunAccepts(const AcceptsRequest& request, const Console& console);

struct EligibleRequest {
  std::string account_register;  // YAML
  std::string offer;
  std::string day;
};
// Whether a learning account pays for an offer. Exit code 0 when it does, 1 when it does not, or for a refusal.
int RunEligible(const EligibleRequest& request, const Console& console);

}  // namespace passerelle::gateway
