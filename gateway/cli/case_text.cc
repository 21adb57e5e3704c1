#include "gateway/cli/case_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/date_time.h"
#include "core/base/one_line.h"
#include "core/base/proto_time.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/decisions.h"
#include "core/recognition/policy_report.h"
#include "core/recognition/transitions.h"

namespace passerelle::gateway {
namespace {

using base::OneLine;
using recognition::v1::CaseEvent;
using recognition::v1::CaseProcedure;
using recognition::v1::Decision;
using recognition::v1::RecognitionCase;
using recognition::v1::RecognitionOutcome;

constexpr absl::string_view kUnderNames = "          ";  // as wide as the names of the lines
constexpr absl::string_view kUnderEvents = "    ";

// One named line; nothing for what is not stated.
void Add(absl::string_view name, absl::string_view text, std::string* out) {
  if (!text.empty()) absl::StrAppend(out, absl::StrFormat("%-9s ", name), Paragraphs(text, kUnderNames), "\n");
}

// The first that is stated.
const std::string& Stated(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

// The days of the phase: of others the procedure remembers what they were.
void AddDays(const RecognitionCase& content, std::string* out) {
  const CaseProcedure& procedure = content.procedure();
  const RecognitionOutcome& told = content.outcome();
  if (content.state() == recognition::v1::CASE_STATE_INCOMPLETE) {
    Add("reply", Stated(procedure.reply_until(), told.reply_until()), out);
  }
  if (recognition::ClockRuns(content.state())) {
    Add("due", Stated(procedure.due_day(), told.due_day()), out);
    Add("expected", Stated(procedure.expected_day(), told.expected_day()), out);
  }
}

void AddMissing(const RecognitionCase& content, std::string* out) {
  for (const recognition::v1::MissingItem& item : content.procedure().items()) {
    if (!item.supplied()) Add("missing", absl::StrCat(item.input(), ": ", item.needed()), out);
  }
  if (content.has_procedure()) return;
  for (const std::string& missing : content.outcome().missing()) Add("missing", missing, out);
}

std::string UnitText(const recognition::v1::DecidedUnit& unit) {
  return absl::StrCat(unit.unit(), unit.ects().empty() ? "" : absl::StrCat(", ", unit.ects(), " ECTS"),
                      unit.reason().empty() ? "" : absl::StrCat(": ", unit.reason()));
}

// What the decision says of the credential, and on which grounds.
void AddContent(const Decision& decision, std::string* out) {
  Add("as", decision.recognised_as(), out);
  Add("scope", decision.scope(), out);
  Add("instead", decision.alternative(), out);
  for (const recognition::v1::DecidedUnit& unit : decision.accepted()) Add("accepted", UnitText(unit), out);
  for (const recognition::v1::DecidedUnit& unit : decision.not_accepted()) Add("not", UnitText(unit), out);
  for (const recognition::v1::DecisionCondition& condition : decision.conditions()) {
    Add("condition",
        absl::StrCat(condition.condition(), condition.until().empty() ? "" : ", until ", condition.until()), out);
  }
  for (const recognition::v1::DecisionReason& reason : decision.reasons()) {
    Add("reason", absl::StrCat(reason.code(), reason.code().empty() ? "" : ": ", reason.text()), out);
  }
  Add("advice", decision.remedial_advice(), out);
}

// The decision, taken or proposed, with who took it and what can be done against it.
void AddDecision(const RecognitionCase& content, std::string* out) {
  const RecognitionOutcome& told = content.outcome();
  const bool decided = recognition::IsDecided(content.state());
  if (!decided && content.state() != recognition::v1::CASE_STATE_PROPOSED) return;
  const Decision& decision = content.procedure().has_decision() ? content.procedure().decision() : told.full_decision();
  // Where the policy has no procedure, there is a kind of decision and no more.
  const auto kind = decision.kind() == recognition::v1::DECISION_KIND_UNSPECIFIED ? told.decision() : decision.kind();
  Add(decided ? "decision" : "proposed", recognition::KindWord(kind), out);
  AddContent(decision, out);
  Add("authority", Stated(decision.competent_authority(), told.competent_authority()), out);
  Add("law", Stated(decision.legal_base(), told.legal_base()), out);
  Add("appeal", Stated(decision.appeal(), told.appeal()), out);
  const bool open =
      content.state() == recognition::v1::CASE_STATE_NOTIFIED || content.state() == recognition::v1::CASE_STATE_REVOKED;
  if (open) Add("appeal by", Stated(content.procedure().appeal_until(), told.appeal_until()), out);
}

void AddEvaluation(const recognition::v1::Evaluation& evaluation, std::string* out) {
  for (const recognition::v1::EvaluationWarning& warning : evaluation.warnings()) {
    Add("warning", recognition::WarningText(warning), out);
  }
  if (!evaluation.rules().empty()) absl::StrAppend(out, "rules\n", recognition::RulesText(evaluation));
}

void AddEvent(const CaseEvent& event, std::string* out) {
  std::vector<std::string> words = {
      base::WriteDateTime(base::FromProto(event.event_time())), std::string(recognition::StateName(event.state())),
      event.transition().empty() ? "-" : OneLine(event.transition()), OneLine(event.actor())};
  if (!event.reason_code().empty()) words.push_back(OneLine(event.reason_code()));
  if (!event.reason().empty()) words.push_back(Paragraphs(event.reason(), kUnderEvents));
  if (event.overdue()) words.emplace_back("(overdue)");
  absl::StrAppend(out, "  ", absl::StrJoin(words, "  "), "\n");
}

}  // namespace

std::string Paragraphs(absl::string_view text, absl::string_view indent) {
  return absl::StrJoin(absl::StrSplit(text, '\n'), absl::StrCat("\n", indent),
                       [](std::string* out, absl::string_view line) { out->append(OneLine(line)); });
}

std::string CaseText(const RecognitionCase& content) {
  const CaseProcedure& procedure = content.procedure();
  std::string text;
  Add("case", content.id(), &text);
  Add("state", recognition::StateName(content.state()), &text);
  Add("revision", absl::StrCat(std::max(procedure.revision(), content.outcome().revision())), &text);
  Add("from", content.applicant_node(), &text);
  AddDays(content, &text);
  AddMissing(content, &text);
  AddDecision(content, &text);
  AddEvaluation(procedure.has_evaluation() ? procedure.evaluation() : content.outcome().evaluation(), &text);
  text.append("events\n");
  for (const CaseEvent& event : content.events()) AddEvent(event, &text);
  return text;
}

}  // namespace passerelle::gateway
