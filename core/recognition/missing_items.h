// What is asked of the holder for a rule that could not be judged.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// The result that says that an input of the choice of the route is missing (routes.h): the input is its only one, and
// what it asks for is in words for the holder.
v1::RuleResult RouteInputMissing(absl::string_view input);

// The item by which the holder is asked for what a rule lacks.
v1::MissingItem MissingItemOf(const v1::RuleResult& rule);

}  // namespace passerelle::recognition
