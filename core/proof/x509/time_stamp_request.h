// Asking a time-stamping authority (RFC 3161): the request to send, and the token out of its answer.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::proof {

// A request in DER for a token over the bytes, by their SHA-256, with the certificate of the authority in it. `nonce`
// is up to 20 random bytes, which the answer has to repeat. Problem: kInternal if OpenSSL fails.
absl::StatusOr<std::string> TimeStampRequest(absl::string_view bytes, absl::string_view nonce);

// The token (CMS SignedData in DER) of an answer that grants the request with that nonce. Problems:
// kTimeStampMalformed; kTimeStampInvalid for a refusal, or the answer to another request. The token is not verified
// yet: VerifyTimeStamp does.
absl::StatusOr<std::string> TokenOfTimeStampResponse(absl::string_view response, absl::string_view nonce);

}  // namespace passerelle::proof
