// Port: the register of a national system, as its node needs it (proto passerelle.registers.v1 says the same on the
// wire). The node ships with a file-backed one, gateway/registers.
//
// Thread-safety: thread-safe. Calls may block; they are never made inside a store transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/registers/v1/register_service.pb.h"

namespace passerelle::registers {

class Register {
 public:
  virtual ~Register() = default;
  // An entry with its document, or, for one of more than base::kDocumentBytesMax, with its digest and size.
  // kResourceNotFound, kRegisterUnavailable.
  virtual absl::StatusOr<v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) = 0;
  // `limit` bytes of such a large document from `offset` on, or what is left of it. kResourceNotFound,
  // kRegisterUnavailable; a register without large documents is never asked, and answers that here.
  virtual absl::StatusOr<std::string> ReadDocument(absl::string_view /*credential_id*/, uint64_t /*offset*/,
                                                   uint32_t /*limit*/) {
    return base::Problem(base::Reason::kRegisterUnavailable, "document", "the register has no large documents");
  }
  // What the register says of a digest (64 lower-case hexadecimal digits). kRegisterUnavailable when it cannot say:
  // never turned into "not issued".
  virtual absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view sha256) = 0;
  // A holder's entries without documents, in register order, at most `limit`, after the entry `after` (from the first
  // when empty). kRegisterUnavailable.
  virtual absl::StatusOr<std::vector<v1::RegisterEntry>> ListHolderCredentials(absl::string_view holder_reference,
                                                                               absl::string_view after, int limit) = 0;
};

}  // namespace passerelle::registers
