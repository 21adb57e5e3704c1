// Credentials of the data model 2.0 in COSE ("Securing Verifiable Credentials using JOSE and COSE", 3.3).
//
// Thread-safety: a free function on values. Ownership: a verdict owns what it tells.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/jose/key_set.h"

namespace passerelle::proof {

struct CoseVcVerdict {
  bool verified = false;
  Findings findings;
  std::optional<base::JsonDocument> credential;  // only if verified and readable

  bool Accepted() const { return verified && !findings.refused(); }
};

// Checks a COSE_Sign1 whose payload is a credential or presentation, as of a time. The type (label 16) has to be one of
// application/vc+cose, vp+cose and their older forms with "-ld"; it may be missing, which is noted.
CoseVcVerdict VerifyCoseVc(absl::string_view bytes, const KeySet& keys, absl::Time at);

}  // namespace passerelle::proof
