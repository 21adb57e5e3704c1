// Whether a document is within the validity that it states itself.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/authenticity/sealed.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// A begin or an end of validity, as a document has it.
struct ValidityStatement {
  std::string term;
  std::string text;
  bool is_end = false;
};

// validFrom, issuanceDate, validUntil and expirationDate of a European credential.
std::vector<ValidityStatement> StatementsOf(const elm::v3::EuropeanDigitalCredential& credential);

// The same of signed content that is another credential, with the times of a token; without any of them, when it was
// signed by its own word.
std::vector<ValidityStatement> StatementsOf(const Sealed& sealed);

// The check "validity": begins must have come, ends must not, give or take base::kTokenClockSkew. A time without a zone
// is taken at its earliest and at its latest; where the two disagree the outcome is UNKNOWN, and so it is for a text
// that is no time. NOT_STATED when there is no statement.
v1::Check CheckValidity(const std::vector<ValidityStatement>& statements, absl::Time at);

}  // namespace passerelle::authenticity
