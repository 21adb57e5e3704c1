#include "tests/docs/procedure_page.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/recognition/reason_codes.h"
#include "core/recognition/transitions.h"

namespace passerelle::docs {
namespace {

using recognition::ActorName;
using recognition::Guard;
using recognition::GuardText;
using recognition::StateName;
using recognition::StepName;
using recognition::Transition;
using recognition::Transitions;

std::string Actors(const Transition& row) {
  std::vector<std::string> names;
  for (int actor = 1; actor <= recognition::v1::CaseActor_MAX; ++actor) {
    const auto role = static_cast<recognition::v1::CaseActor>(actor);
    if (row.Allows(role)) names.emplace_back(ActorName(role));
  }
  return absl::StrJoin(names, ", ");
}

std::string Guards(const Transition& row) {
  std::vector<std::string> texts;
  for (const Guard guard : row.guards) {
    if (guard != Guard::kNone) texts.emplace_back(GuardText(guard));
  }
  return absl::StrJoin(texts, "; ");
}

// Every arrow once; delays and withdrawals lead from so many states that they would hide the way.
std::string Diagram() {
  std::string text = "```mermaid\nstateDiagram-v2\n    [*] --> DRAFT\n";
  std::set<std::string> drawn;
  for (const Transition& row : Transitions()) {
    if (row.step == recognition::v1::CASE_STEP_DELAY || row.step == recognition::v1::CASE_STEP_WITHDRAW) continue;
    const std::string arrow = absl::StrCat("    ", StateName(row.from), " --> ", StateName(row.to), ": ", row.id, "\n");
    if (drawn.insert(arrow).second) absl::StrAppend(&text, arrow);
  }
  for (int state = 1; state <= recognition::v1::CaseState_MAX; ++state) {
    const auto value = static_cast<recognition::v1::CaseState>(state);
    if (value == recognition::v1::CASE_STATE_NOT_DELIVERED || value == recognition::v1::CASE_STATE_WITHDRAWN) continue;
    if (recognition::IsEnd(value)) absl::StrAppend(&text, "    ", StateName(value), " --> [*]\n");
  }
  return text + "```\n";
}

absl::string_view KindName(recognition::ReasonKind kind) {
  switch (kind) {
    case recognition::ReasonKind::kSubstantial:
      return "substantial difference: a ground";
    case recognition::ReasonKind::kNonSubstantial:
      return "recorded, no ground";
    case recognition::ReasonKind::kAuthenticity:
      return "holds a case or withdraws a decision";
    case recognition::ReasonKind::kInformation:
      return "not known, no ground";
  }
  return "";
}

}  // namespace

std::string ProcedurePage() {
  std::string page = absl::StrCat(
      "<!-- Generated from core/recognition/transitions.cc; scripts/check.sh docs --update writes it. -->\n"
      "# The procedure of a recognition case\n\n"
      "What can happen to a case at the competent authority, by whom, and under which conditions. No step is taken "
      "but\n"
      "by this table, and each leaves an event with actor, time, reason and evidence.\n"
      "[Recognition](../concepts/recognition.md) explains it in words.\n\n",
      Diagram(),
      "\nFrom every open state the holder can withdraw (T22), and while the time for the decision runs the evaluator "
      "can\nannounce a delay (T18); the diagram leaves these out.\n\n"
      "| Transition | From | Step | To | By | If | Then |\n|---|---|---|---|---|---|---|\n");
  for (const Transition& row : Transitions()) {
    absl::StrAppend(&page, "| ", row.id, " | ", StateName(row.from), " | ", StepName(row.step), " | ",
                    StateName(row.to), " | ", Actors(row), " | ", Guards(row), " | ", row.effect, " |\n");
  }
  absl::StrAppend(&page, "\n## Reason codes\n\n| Code | Use | Meaning |\n|---|---|---|\n");
  for (const recognition::ReasonCode& code : recognition::kReasonCodes) {
    absl::StrAppend(&page, "| `", code.code, "` | ", KindName(code.kind), " | ", code.meaning, " |\n");
  }
  return page;
}

}  // namespace passerelle::docs
