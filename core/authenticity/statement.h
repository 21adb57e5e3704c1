// A verdict as a statement that is issued and signed (core/proof/statement.h): what was judged by digest, how, and as
// of when. Carries no personal data.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "core/proof/statement.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

struct StatementWish {
  std::string id;      // URI
  std::string issuer;  // URI of the node
  std::string key_id;
  absl::Time from;
  absl::Time until;
};

// The subject is the document, by its digest (RFC 6920); of each check, the name, outcome and reason are stated.
proof::Statement StatementOf(const v1::AuthenticityVerdict& verdict, const StatementWish& wish);

}  // namespace passerelle::authenticity
