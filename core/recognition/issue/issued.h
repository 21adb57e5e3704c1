// The book of decisions that were issued: which place of the status lists each has, and whether it still holds.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "passerelle/recognition/v1/issued_decisions.pb.h"

namespace passerelle::recognition {

// Decisions in one book: a tenth of the places of a list, so that a free one is found at once, and as many as its file
// has room for when all were revoked. Beyond it a new book with new lists is begun.
inline constexpr int kIssuedMax = 12'000;

// Whether a book can be used: issuer, country and language; addresses on the web, that of the verification with https;
// two lists; every place once, and within the lists.
// kConfigInvalid with the field.
absl::Status CheckBook(const v1::IssuedDecisions& book);

// The place of a decision, which is entered when it is not there yet: a place at random, so that neighbours say nothing
// of when they were issued. An earlier decision of the same case is revoked, since this one takes its place. Problems:
// kFieldInvalid at "decisions" for a decision that was revoked, kInputTooLarge there for a full book.
absl::StatusOr<uint64_t> Enter(absl::string_view case_id, absl::string_view decision_sha256, absl::Time now,
                               base::Random& random, v1::IssuedDecisions* book);

// Whether a decision was issued and still holds. Problem: kFieldInvalid at "decisions".
absl::Status CheckHolds(absl::string_view case_id, absl::string_view decision_sha256, const v1::IssuedDecisions& book);

// Revokes what was issued of a case, for a reason code that shows fraud or loss (reason_codes.h), or for none when the
// decision was replaced. Problems: kResourceNotFound at "case", kFieldInvalid at "reason_code".
absl::Status Revoke(absl::string_view case_id, absl::string_view reason_code, absl::Time now,
                    v1::IssuedDecisions* book);

// The places that are revoked.
std::set<uint64_t> RevokedPlaces(const v1::IssuedDecisions& book);

}  // namespace passerelle::recognition
