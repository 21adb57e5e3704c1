#include "gateway/cli/case_grammar.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/recognition/clocks.h"
#include "core/recognition/transitions.h"

namespace passerelle::gateway {
namespace {

using recognition::v1::CaseActor;
using recognition::v1::CaseStep;

// "request-information" for REQUEST_INFORMATION.
std::string WordOf(absl::string_view name) { return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}}); }

// The value whose word it is, of 1 to `last`. Throws with all words for what is none.
int ValueOf(const std::string& option, const std::string& word, int last, absl::string_view (*name)(int)) {
  std::vector<std::string> words;
  for (int value = 1; value <= last; ++value) {
    words.push_back(WordOf(name(value)));
    if (words.back() == word) return value;
  }
  throw CLI::ValidationError(option, absl::StrCat("must be one of ", absl::StrJoin(words, ", ")));
}

absl::string_view NameOfStep(int step) { return recognition::StepName(static_cast<CaseStep>(step)); }
absl::string_view NameOfRole(int role) { return recognition::ActorName(static_cast<CaseActor>(role)); }

void CheckDay(const std::string& option, const std::string& day) {
  if (day.empty() || recognition::ParseDay(day).has_value()) return;
  throw CLI::ValidationError(option, "must be a day such as 2026-01-31");
}

}  // namespace

void AddNodeOptions(NodeAccess* node, CLI::App* command) {
  command->add_option("--node", node->address, "Host and port of the node's port for clients")->required();
  command->add_option("--certificate", node->certificate, "Certificate of this client, PEM")->required();
  command->add_option("--key", node->key, "Private key of this client, PEM")->required();
  command->add_option("--authorities", node->authorities, "Authorities that the node's certificate comes from, PEM")
      ->required();
}

CLI::App* CaseGrammar::Add(CLI::App* recognition, const std::string& name, const std::string& description) {
  CLI::App* const command = recognition->add_subcommand(name, description);
  AddNodeOptions(&node_, command);
  command->add_flag("--json", json_, "As JSON");
  return command;
}

void CaseGrammar::AddTo(CLI::App* recognition) {
  list_ = Add(recognition, "list", "Lists the cases of a node.");
  CLI::Option* const due = list_->add_flag("--due", list_request_.due, "By the day on which something is due");
  list_->add_option("--until", list_request_.until_day, "Last day of those that are due")->needs(due);
  list_->add_option("--count", list_request_.count_max, "Cases that are listed at most; 50 when not given")
      ->check(CLI::Range(1, 100000));
  show_ = Add(recognition, "show", "Shows a case of a node, with all that happened to it.");
  show_->add_option("CASE", id_, "Id of the case")->required();
  step_ = Add(recognition, "step", "Takes a step of the procedure of a case.");
  step_->add_option("CASE", id_, "Id of the case")->required();
  step_->add_option("--step", step_word_, "What to do, such as request-information, propose, decide")->required();
  step_->add_option("--revision", revision_, "Revision of the case that was read; 0 when not given");
  step_->add_option("--role", role_word_, "Role of this client, where the node gives it several");
  step_->add_option("--official", official_, "Who acts within this client, as a pseudonym");
  step_->add_option("--reason", reason_, "Reason in words, without personal data");
  step_->add_option("--reason-code", reason_code_, "Reason code, such as AUTH-REVOKED");
  step_->add_option("--evidence", evidence_, "SHA-256 of the message or document behind it");
  step_->add_option("--day", day_, "Day that the step names: until when to reply, or when to expect the decision");
  step_->add_option("--with", with_, "YAML with the decision, the question or the items");
  step_->add_option("--request-id", request_id_, "UUID, to take the step once however often it is asked for");
  step_->add_flag("--dry-run", dry_run_, "Only check, record nothing");
  inquiries_ = Add(recognition, "inquiries", "Lists the questions of other nodes that nobody has answered.");
  inquiries_
      ->add_option("--count", inquiries_request_.count_max, "Questions that are listed at most; 50 when not given")
      ->check(CLI::Range(1, 100000));
  answer_ = Add(recognition, "answer", "Answers a question of another node.");
  answer_->add_option("QUESTION", id_, "Id of the question")->required();
  answer_->add_option("--answer", answer_words_, "The answer in words, without personal data")->required();
  answer_->add_option("--official", official_, "Who answers within this client, as a pseudonym");
  answer_->add_option("--request-id", request_id_, "UUID, to answer once however often it is asked for");
  credentials_ = Add(recognition, "credentials", "Lists the credentials of the decision of a case, or writes one.");
  credentials_->add_option("CASE", id_, "Id of the case")->required();
  CLI::Option* const form = credentials_->add_option("--as", credentials_request_.form, "elm, vc-jwt or sd-jwt");
  credentials_->add_option("--out", credentials_request_.out, "File to write it to; standard output when not given")
      ->needs(form);
}

int CaseGrammar::Run(const Console& console) {
  if (list_->parsed()) {
    CheckDay("--until", list_request_.until_day);
    list_request_.node = node_;
    list_request_.json = json_;
    return RunCaseList(list_request_, console);
  }
  if (show_->parsed()) return RunCaseShow({node_, id_, json_}, console);
  if (inquiries_->parsed()) {
    inquiries_request_.node = node_;
    inquiries_request_.json = json_;
    return RunInquiries(inquiries_request_, console);
  }
  if (credentials_->parsed()) {
    credentials_request_.node = node_;
    credentials_request_.id = id_;
    credentials_request_.json = json_;
    return RunCredentials(credentials_request_, console);
  }
  if (answer_->parsed()) {
    AnswerRequest request;
    request.node = node_;
    request.json = json_;
    request.answer.set_request_id(request_id_);
    request.answer.set_id(id_);
    request.answer.set_answer(answer_words_);
    request.answer.set_actor(official_);
    return RunAnswer(std::move(request), console);
  }
  CheckDay("--day", day_);
  StepRequest request;
  request.node = node_;
  request.with = with_;
  request.json = json_;
  request.step.set_request_id(request_id_);
  request.step.set_id(id_);
  request.step.set_validate_only(dry_run_);
  recognition::v1::CaseAction& action = *request.step.mutable_action();
  action.set_step(static_cast<CaseStep>(ValueOf("--step", step_word_, recognition::v1::CaseStep_MAX, NameOfStep)));
  if (!role_word_.empty()) {
    action.set_role(static_cast<CaseActor>(ValueOf("--role", role_word_, recognition::v1::CaseActor_MAX, NameOfRole)));
  }
  action.set_actor(official_);
  action.set_revision(revision_);
  action.set_reason(reason_);
  action.set_reason_code(reason_code_);
  action.set_evidence_sha256(evidence_);
  action.set_day(day_);
  return RunCaseStep(std::move(request), console);
}

}  // namespace passerelle::gateway
