// Problems of JSON-LD documents, with the names that the specification gives them (API, 9.7.3).
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"

namespace passerelle::rdf {

// `code` is the specification's name, such as "invalid @id value"; `place` a JSON pointer, or a term of a context.
inline absl::Status JsonLdProblem(absl::string_view code, absl::string_view place) {
  return base::Problem(base::Reason::kJsonLdInvalid, place, code);
}

}  // namespace passerelle::rdf
