// Who asked under an authorisation and what became of it, kept for the holder (Regulation (EU) 2016/679, Article
// 15(1)(c)): no contents, only who, when, what for, and the outcome.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/store.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::sharing {

// Adds what was handed over, or refused. The last base::kAuthorisationUsesListed of each are listed, and all counted.
absl::Status NoteUse(absl::string_view authorisation_id, const v1::AuthorisationUse& use, base::Transaction& tx);

// Nothing where nobody asked.
absl::StatusOr<v1::ListUsesResponse> ReadUses(absl::string_view authorisation_id, base::Transaction& tx);

// Does nothing where there are none.
absl::Status EraseUses(absl::string_view authorisation_id, base::Transaction& tx);

}  // namespace passerelle::sharing
