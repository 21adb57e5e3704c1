// What the seal of a document proves, for the checks that build on it.
//
// Thread-safety: a value of one thread. Ownership: owns what it tells; `credential` and `claims` point into `document`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/authenticity/used_status_lists.h"
#include "core/base/json.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/proof/status/status_reference.h"
#include "core/proof/x509/certificate.h"
#include "core/proof/x509/revocation.h"
#include "core/trust/bundle.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

// What a seal is judged with.
struct Evidence {
  const trust::TrustBundle* bundle = nullptr;  // null when there is none, or none in force
  absl::Time at;
  std::optional<proof::KeyBindingDemand> holder;  // what the holder was asked with
  UsedStatusLists* status_lists = nullptr;        // besides those of the bundle; null when there are none
};

struct Sealed {
  v1::Check check;                  // "seal"
  std::optional<v1::Check> holder;  // for documents that can bind themselves to their holder
  // The signed content was out of its time, by what the signature itself says; the matter of the check "validity".
  std::optional<base::Reason> out_of_time;

  // Everything below only when the check is passed.
  trust::Signer signer;
  std::optional<proof::Certificate> certificate;  // that the signature was made with, for families that have one
  absl::Status path;                              // why there is no path from it to an anchor; OK when there is one
  proof::RevocationAnswer revocation;             // of the certificate
  std::optional<absl::Time> claimed_time;         // of the signature, by the word of the signer
  std::optional<absl::Time> proven_time;          // by the word of a trusted authority for time-stamps
  std::string issuer;                             // as the signed content names it: a DID or an address; may be empty
  std::optional<base::JsonDocument> document;     // the signed content, where it is JSON
  std::optional<simdjson::dom::object> claims;    // of a token
  std::optional<simdjson::dom::object> credential;
  // Some of the credential itself was withheld, which may be its end or its status. Not so of the claims of an SD-JWT
  // VC, where neither can be (SD-JWT VC, 3.2.2.2).
  bool withholds = false;
  // The signed content for whoever reads on, where it is not what the bytes of the document are; otherwise empty.
  std::string content;
  // Where the status stands, by content that is not JSON.
  std::optional<proof::StatusReference> status;

  // When the document was signed as far as is known: proven, claimed, or `at`; never after it.
  absl::Time SignedAt(absl::Time at) const {
    const absl::Time time = proven_time.value_or(claimed_time.value_or(at));
    return time < at ? time : at;
  }
};

}  // namespace passerelle::authenticity
