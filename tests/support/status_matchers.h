// Matchers for statuses, which Debian's Abseil lacks.
//
//   ASSERT_OK_AND_ASSIGN(const Opened opened, Open(...));
//   EXPECT_THAT(Open(...), HasReason(Reason::kEnvelopeStale));
//   EXPECT_THAT(Open(...), HasReasonAt(Reason::kEnvelopeStale, "protected_header/x-msg/iat"));
//   EXPECT_THAT(Count(), IsOkAndHolds(3));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status) {
  return status.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status& status = ::passerelle::testing::StatusOf(arg);
  if (!status.ok()) *result_listener << "which is " << status.ToString();
  return status.ok();
}

MATCHER_P(HasReason, reason, std::string("has the reason ") + std::string(base::Catalogue(reason).name)) {
  const absl::Status& status = ::passerelle::testing::StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return !status.ok() && base::ReasonOf(status) == reason;
}

MATCHER_P2(HasReasonAt, reason, place,
           std::string("has the reason ") + std::string(base::Catalogue(reason).name) + " at " + std::string(place)) {
  const absl::Status& status = ::passerelle::testing::StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return !status.ok() && base::ReasonOf(status) == reason && base::PlaceOf(status) == place;
}

MATCHER_P(IsOkAndHolds, matcher, "is OK and holds the value") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}

}  // namespace passerelle::testing

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::passerelle::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::passerelle::testing::IsOk())

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  PASSERELLE_ASSERT_OK_AND_ASSIGN(PASSERELLE_CONCAT(passerelle_or_, __LINE__), declaration, expression)
#define PASSERELLE_ASSERT_OK_AND_ASSIGN(result, declaration, expression) \
  auto result = (expression);                                            \
  ASSERT_THAT(result, ::passerelle::testing::IsOk());                    \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)
