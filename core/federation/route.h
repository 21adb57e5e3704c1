// Which authority answers a purpose for a country, level and field, found in the node map, with the way it was found.
//
// Of two authorities that answer, the one whose scope lies within the other's goes first: a chamber of physicians for
// field 0912 before the centre for everything. Where neither lies within the other, or the question leaves open what
// would decide, the answer is a question with all candidates; no first hit is taken silently.
//
// Thread-safety: free functions on values.
//
//   v1::RouteQuestion question;
//   question.set_purpose(v1::ROUTE_PURPOSE_RECOGNITION);
//   question.set_country("NO");
//   ASSIGN_OR_RETURN(const v1::RouteAnswer answer, FindAuthority(*directory, question, clock.Now()));
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/federation/node_map.h"
#include "passerelle/federation/v1/route.pb.h"

namespace passerelle::federation {

// Problems: kFieldMissing or kFieldInvalid at the field of the question, kNodeMapStale when the map is over. That
// nobody answers, or several may, is an answer.
absl::StatusOr<v1::RouteAnswer> FindAuthority(const NodeDirectory& directory, const v1::RouteQuestion& question,
                                              absl::Time now);

// "recognition", "further-learning", "employment", "authenticity"; empty for what is none.
absl::string_view PurposeWord(v1::RoutePurpose purpose);
std::optional<v1::RoutePurpose> PurposeByWord(absl::string_view word);
// "found", "ambiguous", "unknown".
absl::string_view OutcomeWord(v1::RouteOutcome outcome);

}  // namespace passerelle::federation
