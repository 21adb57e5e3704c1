#include "adapters/families/learner_identifier.h"

#include "absl/strings/match.h"

namespace passerelle::adapters::families {

absl::string_view SchemeOfLearner(absl::string_view identifier) {
  const bool european = absl::StartsWith(identifier, "urn:schac:personalUniqueCode:int:esi:");
  return european ? "European Student Identifier" : "";
}

}  // namespace passerelle::adapters::families
