// The clock that erases: what has been kept for as long as its class says, and against which no duty or claim stands.
//
// Every turn looks at a bounded part: what is due of exchanges, authorisations and messages, and the next so many cases
// and answered questions, going round. What a message is still on its way of waits for a later turn. Authorisations
// that ended are filed, whether or not a rule says when they are erased.
//
// Thread-safety: thread-safe; of several replicas one at a time should take a turn, or they erase the same twice, which
// changes nothing.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/erasure/retention.h"

namespace passerelle::erasure {

// Records of one kind that a turn looks at. A turn a minute goes round half a million cases in a day.
inline constexpr int kLookedAtPerTurn = 400;
// What one turn erases of one kind that is due: each is its own transaction.
inline constexpr int kErasedPerTurn = 100;
// Records among which a turn looks for authorisations to file: more than end in a minute. A million that ended before
// they were filed take less than a day.
inline constexpr int kFiledPerTurn = 1000;

class RetentionClock {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    Rules rules;  // checked
  };
  explicit RetentionClock(Options options) : options_(std::move(options)) {}

  // Takes a turn. Returns how much was erased. Problem: kStoreUnavailable.
  absl::StatusOr<int> TakeTurn() const;

 private:
  // The moment at or before which something of the class must have begun to count to be over by now; InfinitePast where
  // no rule says.
  absl::Time OverBefore(v1::RetentionClass retention_class) const;
  absl::StatusOr<int> Exchanges() const;
  absl::StatusOr<int> Authorisations() const;
  absl::StatusOr<int> Messages() const;
  absl::StatusOr<int> Cases() const;
  // What is left of applications whose document did not arrive.
  absl::StatusOr<int> UnopenedCases() const;
  using ListCases = absl::FunctionRef<absl::StatusOr<std::vector<recognition::v1::RecognitionCase>>(
      absl::string_view after, int limit, base::Transaction& tx)>;
  absl::StatusOr<int> CasesIn(absl::string_view kind, ListCases list_cases) const;
  absl::StatusOr<int> Inquiries() const;
  // Messages that were on their way when what they belong to was erased again.
  absl::StatusOr<int> LateMessages() const;

  const Options options_;
};

}  // namespace passerelle::erasure
