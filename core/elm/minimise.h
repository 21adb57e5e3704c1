// A credential with nothing in it but the elements of Annex I that its holder wants to disclose (Recommendation, point
// 5(g); Regulation (EU) 2016/679, Article 5(1)(c)).
//
// Thread-safety: a free function on values. Cost: linear in the size of the credential.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/elm/disclosed.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Made of what disclosed.h allows, not by taking away: what is not known to belong to one of the elements is not there.
// What stands once under its id and is pointed at stands where it is first pointed at. Ids of nodes could tell who is
// meant, or which document it was, and are new ones below `id`, which is that of the credential; those of concepts,
// organisations and agents that are addresses on the web or DIDs stay. Without the grade (A1-O03), the kind of an
// assessment stands in the specification, since the model has no assessment without a grade. Dates, profile and
// presentation of the document itself are the caller's to set.
// Problem: kInputTooDeep where references lead deeper than a document may be nested.
absl::StatusOr<v3::EuropeanDigitalCredential> Minimise(const v3::EuropeanDigitalCredential& credential,
                                                       Elements elements, absl::string_view id);

}  // namespace passerelle::elm
