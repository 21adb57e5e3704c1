// Legal claims that stand against erasure, as the authority has said of single cases.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/base/port/store.h"
#include "passerelle/erasure/v1/erasure.pb.h"

namespace passerelle::erasure {

// Problems: kFieldMissing at "hold.ground" and "hold.authority", kFieldInvalid there and at "hold.until" for a day that
// there is not, or that is over.
absl::Status CheckHold(const v1::Hold& hold, absl::CivilDay today);

// Sets a hold, in the place of one that was set before.
absl::Status PutHold(absl::string_view case_id, const v1::Hold& hold, base::Transaction& tx);
// Nothing where none was set.
absl::StatusOr<std::optional<v1::Hold>> FindHold(absl::string_view case_id, base::Transaction& tx);
// Does nothing where none was set.
absl::Status RemoveHold(absl::string_view case_id, base::Transaction& tx);

}  // namespace passerelle::erasure
