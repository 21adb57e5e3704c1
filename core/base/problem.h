// Problems: the one way in which anything is refused. A problem is an absl::Status with a reason of the catalogue
// (problems.def) and the place that caused it.
//
// Thread-safety: free functions on values.
//
//   return Problem(Reason::kJsonMalformed, "line 3, column 7", "a comma is missing");
//   ...
//   if (ReasonOf(status) == Reason::kInputTooLarge) ...
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

enum class Reason {
#define PROBLEM(constant, ...) constant,
#include "core/base/problems.def"
#undef PROBLEM
};

enum class Fixer { kNobody, kSender, kHolder, kIssuer, kPeer, kOperator };

// A row of the catalogue.
struct CatalogueEntry {
  Reason reason;
  absl::string_view name;  // UPPER_SNAKE, the contract
  absl::StatusCode code;
  bool retryable;
  Fixer fixer;
  absl::string_view meaning;
  absl::string_view remedy;
};

// The row of a reason.
const CatalogueEntry& Catalogue(Reason reason);

// The row of a reason by its name, if there is one.
std::optional<Reason> ReasonByName(absl::string_view name);

// Number of reasons; they are 0 to this less one.
int ReasonCount();

// Who fixes it, in words.
absl::string_view FixerName(Fixer fixer);

// A status with the catalogue's code, the reason and the place. `place` and `detail` must hold no personal data: places
// are paths and line numbers, details say what is wrong with the form. The message reads "REASON at place: detail".
absl::Status Problem(Reason reason, absl::string_view place, absl::string_view detail = "");

// The reason of a status made by Problem, or by a status whose message came from elsewhere: kInternal if it has none.
Reason ReasonOf(const absl::Status& status);

// The place of a status made by Problem; empty for others.
std::string PlaceOf(const absl::Status& status);

// The detail of a status made by Problem, or the catalogue's meaning if it has none.
std::string DetailOf(const absl::Status& status);

}  // namespace passerelle::base
