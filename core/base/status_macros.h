// RETURN_IF_ERROR and ASSIGN_OR_RETURN, which Debian's Abseil lacks.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                                                                      \
  do {                                                                                                   \
    /* NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the expression may be a variable. */ \
    ::absl::Status passerelle_status = (expression);                                                     \
    if (!passerelle_status.ok()) return passerelle_status;                                               \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  PASSERELLE_ASSIGN_OR_RETURN(PASSERELLE_CONCAT(passerelle_or_, __LINE__), declaration, expression)

#define PASSERELLE_CONCAT_INNER(a, b) a##b
#define PASSERELLE_CONCAT(a, b) PASSERELLE_CONCAT_INNER(a, b)
// A declaration cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define PASSERELLE_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                        \
  if (!result.ok()) return std::move(result).status();               \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)
