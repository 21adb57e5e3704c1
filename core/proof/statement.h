// Statements of a node as verifiable credentials, which anybody can check without asking the node: as a JSON Web Token
// (W3C VC-JOSE-COSE, data model 2.0) and as SD-JWT VC (draft-ietf-oauth-sd-jwt-vc).
//
// Thread-safety: free functions on values; keys can be shared.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "core/proof/key.h"

namespace passerelle::proof {

struct Statement {
  std::string id;      // URI, such as "urn:uuid:…"
  std::string issuer;  // URI of who states it
  std::string type;    // beside VerifiableCredential
  std::string vct;     // URI of the same type, for SD-JWT VC
  std::string claims;  // JSON object: what is stated; becomes the subject
  absl::Time from;     // to the second
  absl::Time until;    // to the second
  std::string key_id;  // "kid": the key in the issuer's document
  // Its entry in a Bitstring Status List, for a VC-JWT; SD-JWT VC has a list of another kind (StatementHolder).
  struct BitstringStatus {
    std::string list;  // address
    uint64_t index = 0;
  };
  std::optional<BitstringStatus> bitstring_status = std::nullopt;
};

// A token of the type "vc+jwt", with "iss", "iat" and "exp" that say the same as the credential. Problems:
// kFieldInvalid for a statement without issuer, type or key id, whose claims are no object, or that ends before it
// begins; those of base::JsonDocument and of signing.
absl::StatusOr<std::string> StatementAsVcJwt(const Statement& statement, const SigningKey& key);

// What an SD-JWT VC has besides.
struct StatementHolder {
  std::string jwk;                     // public key of the holder, who can then prove to be it; empty for none
  std::set<std::string> withholdable;  // JSON pointers into the claims to what the holder may withhold
  struct Status {
    std::string list;  // address of a Token Status List
    uint64_t index = 0;
  };
  std::optional<Status> status;
};

// A token of the type "dc+sd-jwt" with all its disclosures; the claims of the statement stand beside "vct", "iss",
// "iat", "exp", and "cnf" and "status" where they are given. Problems as above, with vct for type; kFieldInvalid for a
// claim of a reserved name; kKeyUnusable for a holder's key that is none; those of IssueSdJwt.
absl::StatusOr<std::string> StatementAsSdJwtVc(const Statement& statement, const StatementHolder& holder,
                                               const SigningKey& key, base::Random& random);

}  // namespace passerelle::proof
