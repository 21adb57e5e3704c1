// What a wallet posts in answer to a request (OpenID4VP 1.0, 8.2, 8.3.1 and 8.5).
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/wallet/v1/stored.pb.h"

namespace passerelle::wallet {

// Either a presentation or an error.
struct WalletAnswer {
  std::string vp_token;  // JSON
  std::string error;     // the code, such as "access_denied"
};

// Reads the form, and decrypts what was asked to be encrypted; an error may come plain all the same. The state has to
// be that of the request. Problems: those of ReadForm; kPresentationIncomplete at "vp_token" or "response";
// kFieldInvalid at "state" or "error", and at "vp_token" for a plain answer where an encrypted one was asked for; those
// of proof::Jwe, at "response".
absl::StatusOr<WalletAnswer> ReadAnswer(absl::string_view body, const v1::StoredPresentation& stored);

}  // namespace passerelle::wallet
