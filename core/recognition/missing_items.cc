#include "core/recognition/missing_items.h"

#include <string>

namespace passerelle::recognition {
namespace {

constexpr char kRouteRule[] = "route";

struct InputWords {
  absl::string_view input;
  absl::string_view needed;
  absl::string_view source;
};
// All that the choice of the route can lack (routes.cc).
constexpr InputWords kInputWords[] = {
    {"aim", "what the recognition is wanted for: further learning, credit in a programme, or work", "application"},
    {"credential.assessment",
     "whether what was learnt was assessed, and how: by an examination or a project, or not at all", "credential"},
    {"credential.part_of_higher_education",
     "whether the course is a part of higher education, as its provider states it", "credential"},
    {"credential.setting",
     "whether the course belongs to the formal education of its country, as its provider states it", "credential"},
    {"credential.workload", "the workload of the course, in ECTS credits or in hours", "credential"},
};

InputWords WordsOf(absl::string_view input) {
  for (const InputWords& words : kInputWords) {
    if (words.input == input) return words;
  }
  return {input, input, "not stated"};
}

}  // namespace

v1::RuleResult RouteInputMissing(absl::string_view input) {
  const InputWords words = WordsOf(input);
  v1::RuleResult rule;
  rule.set_rule(kRouteRule);
  rule.set_outcome(v1::RULE_OUTCOME_UNKNOWN);
  rule.set_required(std::string(words.needed));
  rule.set_explanation("Without it the procedure that applies cannot be chosen.");
  rule.set_reason_code("INFO-MISSING");
  rule.set_essential(true);
  v1::RuleInput& lacking = *rule.add_inputs();
  lacking.set_name(std::string(input));
  lacking.set_source(std::string(words.source));
  return rule;
}

v1::MissingItem MissingItemOf(const v1::RuleResult& rule) {
  v1::MissingItem item;
  // What the choice of the route lacks all stands under one rule.
  const bool of_route = rule.rule() == kRouteRule && !rule.inputs().empty();
  item.set_input(of_route ? rule.inputs(0).name() : rule.rule());
  item.set_needed(rule.required());
  return item;
}

}  // namespace passerelle::recognition
