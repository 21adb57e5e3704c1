// Steps of the procedure as they are taken at the competent authority: what the node does by itself after one, what the
// holder's side is told, when the node looks again, and the case's place in the queue, in one transaction.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"

namespace passerelle::recognition {

// Events that one case can have before no client can add another; far more than any procedure needs.
inline constexpr int kCaseEventsMax = 2000;
// Bytes of one step with its decision, evaluation and items.
inline constexpr size_t kCaseActionBytesMax = 256u << 10;

// A case as it was before something happened to it.
struct CaseBefore {
  explicit CaseBefore(const v1::RecognitionCase& content);
  int events;
  std::optional<absl::CivilDay> due;
};

// Takes the step and follows it up. Problems: those of TakeStep; the case is not changed then.
absl::Status TakeAndFollowUp(const CaseContext& context, const v1::RecognitionPolicy& policy,
                             const v1::CaseAction& action, StoredCase* stored, base::Transaction& tx);

// Follows up what happened since `before`, and writes the case.
absl::Status FollowUp(const CaseContext& context, const v1::RecognitionPolicy& policy, const CaseBefore& before,
                      StoredCase* stored, base::Transaction& tx);

// Writes what happened since `before` without going on: due time, place in the queue, the case.
absl::Status SaveCase(const CaseContext& context, const CaseBefore& before, StoredCase* stored, base::Transaction& tx);

// Puts an outcome into the outbox for the holder's side.
absl::Status SendOutcome(const CaseContext& context, const v1::RecognitionCase& content, base::Transaction& tx);

}  // namespace passerelle::recognition
