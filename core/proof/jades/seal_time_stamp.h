// Raising a seal from B-B to B-T (ETSI TS 119 182-1, 5.3.4): a time-stamp over its signature, so that it outlives the
// certificate.
//
//   ASSIGN_OR_RETURN(const std::string stamped, StampedPartOfSeal(sealed));
//   ASSIGN_OR_RETURN(const std::string token, authority.TimeStamp(stamped));
//   ASSIGN_OR_RETURN(sealed, AddTimeStampToSeal(sealed, token));
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::proof {

// What the token has to be over: the text of the signature. Problem: kSealMalformed for anything but a seal as Sealer
// makes it, with one signature and nothing unsigned.
absl::StatusOr<std::string> StampedPartOfSeal(absl::string_view sealed);

// The seal with a time-stamp token (RFC 3161, DER). Problems: kSealMalformed as above; kTimeStampInvalid and
// kTimeStampMalformed for a token that does not hold for this seal. Whether its authority is trusted is for verifiers.
absl::StatusOr<std::string> AddTimeStampToSeal(absl::string_view sealed, absl::string_view token);

}  // namespace passerelle::proof
