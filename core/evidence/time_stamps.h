// Time-stamps (RFC 3161) over checkpoints: by the word of an authority outside of the federation, the log had these
// leaves by that time. A node whose keys are in wrong hands can write a new history, but not an old one.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/proof/x509/certificate.h"
#include "passerelle/evidence/v1/stored.pb.h"

namespace passerelle::evidence {

// Whether the token is over the checkpoint and by an authority with a path to an anchor; the time that it states.
// Problems: kTimeStampInvalid, kTimeStampMalformed.
absl::StatusOr<absl::Time> CheckTimeStamp(const v1::StoredTimeStamp& stamp, const proof::TrustAnchors& anchors);

// Keeps a time-stamp as the last one. AlreadyExists when there is one of the same millisecond.
absl::Status AddTimeStamp(const v1::StoredTimeStamp& stamp, base::Transaction& tx);
absl::StatusOr<std::optional<v1::StoredTimeStamp>> LastTimeStamp(base::Transaction& tx);
// All of them, the oldest first.
absl::StatusOr<std::vector<v1::StoredTimeStamp>> TimeStamps(base::Transaction& tx);

}  // namespace passerelle::evidence
