// From a credential's reference to its status: finds the list, verifies who signed it, and looks up the entry.
//
// A list is a document of its own: a token of the Token Status List, or a credential as a token or with a Data
// Integrity proof. It is verified as of when it was fetched; what age does to it since, StatusOutcome tells.
//
// Thread-safety: a free function on values; lists and keys can be shared.
//
//   const StatusOutcome outcome = CheckSignedStatus(reference, lists, signers, clock.Now());
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/di/verification_method.h"
#include "core/proof/jose/key_set.h"
#include "core/proof/status/status_check.h"
#include "core/proof/status/status_lists.h"
#include "core/proof/status/status_reference.h"

namespace passerelle::proof {

// The keys with which an issuer signs its lists, found by the caller: the header of a list never names its own.
struct StatusSigners {
  // Of tokens, by the id of the issuer. The caller's problem for an issuer whose keys are not known.
  std::function<absl::StatusOr<KeySet>(absl::string_view issuer)> keys;
  // Of Data Integrity proofs.
  InstalledMethods methods;
};

// The outcome is kUnknown with kNoEvidence for a list that is not at hand, with the reason of the signature for one
// that does not verify with a key of the credential's issuer, and otherwise that of CheckStatus. Lists of 1EdTech and
// Open Badges 2.0 are signed by nobody and weak.
StatusOutcome CheckSignedStatus(const StatusReference& reference, const StatusLists& lists,
                                const StatusSigners& signers, absl::Time now);

}  // namespace passerelle::proof
