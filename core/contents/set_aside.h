// What the asked node sets aside before it answers: bounded, whatever the other node does. Of the deliveries under one
// authorisation one at a time is set aside without having been answered with, so that the uses that the holder allowed
// bound what lies in the store; and a piece is handed out a few times, since each answer is kept as evidence.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/contents/contents.h"

namespace passerelle::contents {

// Whoever has not answered with what was set aside for so long does so no more, and another delivery takes its place.
inline constexpr absl::Duration kSetAsideLife = absl::Minutes(10);

// Times that a piece is handed out to new questions. A question that is repeated gets its first answer, which is none
// of these.
inline constexpr int kPieceAnswersMax = 3;

// Before the first piece of a delivery is set aside. kOverloaded while another delivery is set aside and not answered
// with.
absl::Status BeginSetAside(const ContentsOf& of, absl::Time now, base::Store& store);

// The delivery is answered with; one of which nothing was set aside needs none of this. kOverloaded when its place was
// given to another meanwhile: what it had is gone.
absl::Status EndSetAside(const ContentsOf& of, base::Transaction& tx);

// The delivery could not be made: what was set aside of it goes.
absl::Status DropSetAside(const ContentsOf& of, base::Store& store);

// Counts an answer with a piece, for as long as the piece is there, which is until `due`. kResourceNotFound at "piece"
// once it was handed out as often as it may be.
absl::Status CountPieceAnswer(const ContentsOf& of, absl::string_view sha256, uint32_t piece, absl::Time due,
                              base::Transaction& tx);

}  // namespace passerelle::contents
