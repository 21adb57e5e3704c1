// What a register says of a document, from its entry.
//
// Thread-safety: free function on values.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/registers/v1/register_service.pb.h"

namespace passerelle::gateway {

// `entry` is that of the document with the digest, or null where the register has none; `register_time` is when the
// register's content was current. A document whose issue lies ahead has not been issued yet.
authenticity::v1::AuthenticityAnswer FindingOf(const registers::v1::RegisterEntry* entry, absl::string_view sha256,
                                               absl::Time register_time, absl::Time now);

}  // namespace passerelle::gateway
