#include "core/recognition/case_checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/register_question.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/clocks.h"
#include "core/recognition/facts/document_facts.h"
#include "core/recognition/facts/register_snapshots.h"
#include "core/recognition/machine_steps.h"
#include "core/recognition/policy.h"
#include "core/recognition/policy_check.h"
#include "core/recognition/procedure.h"
#include "core/recognition/routes.h"
#include "core/recognition/rules/fact_sheet.h"

namespace passerelle::recognition {
namespace {

using authenticity::v1::AuthenticityVerdict;
using base::Problem;
using base::Reason;

// Bytes of what a check makes of a document, which is kept with the case, sent and shown: the words of the document,
// and as many again. An ordinary one takes ten KiB, one with five thousand achievements two hundred.
constexpr size_t kFindingBytesMax = 2 * kCaseActionBytesMax;

// What is remembered of a case while its question is on its way.
struct ClaimedCase {
  std::string id;
  absl::Time due;  // by which the claim is recognised
};

// What the issuing node answered, or the problem why it did not; null where none is asked.
using IssuersAnswer = const absl::StatusOr<relay::Answer>*;

// What a check came to: an outcome, or nothing yet because the issuing side could not be asked.
struct Finding {
  std::optional<v1::RecognitionOutcome> outcome;
  std::optional<AuthenticityVerdict> verdict;
  std::optional<int> eqf_level;  // of the credential
  std::string unanswered;        // reason why the issuing side could not be asked, when it is worth another try
};

// Whether the case was submitted here, and is checked at another node.
bool IsSubmittedHere(const CaseContext& context, const v1::RecognitionCase& content) {
  return content.applicant_node() == context.options.node;
}

bool IsUnchecked(const v1::RecognitionCase& content) {
  // Cases of former releases waited for their check in the second of these states.
  const bool before_check = content.state() == v1::CASE_STATE_SUBMITTED || content.state() == v1::CASE_STATE_AUTO_CHECK;
  return before_check && !content.procedure().has_evaluation();
}

// How often the issuing node was asked in vain: the events that the node itself wrote while it was checking.
int QuestionsAsked(const v1::RecognitionCase& content) {
  return static_cast<int>(std::count_if(content.events().begin(), content.events().end(),
                                        [](const v1::CaseEvent& event) { return event.actor() == kSystem; }));
}

absl::Duration WaitAfter(int asked) {
  absl::Duration wait = base::kRetryFirst;
  for (int i = 1; i < asked && wait < base::kRetryLast; ++i) wait *= 2;
  return std::min(wait, base::kRetryLast);
}

// The node that has to be asked before the case can be checked; empty where none has.
std::string NodeToAsk(const CaseContext& context, const v1::RecognitionCase& content) {
  const v1::RecognitionPolicy* const policy = context.PolicyFor(content.purpose());
  const bool asks = !IsSubmittedHere(context, content) && IsUnchecked(content) && policy != nullptr &&
                    policy->authenticity_required();
  return asks ? content.issuing_node() : std::string();
}

authenticity::Question VerdictQuestion(const CaseContext& context, const v1::RecognitionCase& content,
                                       const std::string& document) {
  authenticity::Question question;
  question.content = document;
  question.sha256 = content.document().sha256();
  question.at = context.options.clock->Now();
  question.now = question.at;
  question.policy = context.options.verdict_policy;
  if (context.options.trust != nullptr) question.bundle = context.options.trust->Get();
  return question;
}

AuthenticityVerdict JudgeDocument(const CaseContext& context, const v1::RecognitionCase& content,
                                  const std::string& document, IssuersAnswer answer) {
  authenticity::Question question = VerdictQuestion(context, content, document);
  const document::Registry& adapters = *context.options.adapters;
  if (answer == nullptr) return authenticity::Judge(adapters, question);
  // The verdict, and with it the case, keeps the signed answer.
  if (answer->ok() && (*answer)->envelope.ByteSizeLong() > kAnswerBytesMax) {
    question.register_answer.emplace(Problem(Reason::kPeerAnswerInvalid, "body", "it is longer than an answer may be"));
    return authenticity::Judge(adapters, question);
  }
  absl::StatusOr<AuthenticityVerdict> verdict = authenticity::JudgeAnswered(adapters, *answer, question);
  if (verdict.ok()) return *std::move(verdict);
  // The applicant named a node that cannot be asked: that is not known, and no ground for anything.
  question.register_answer.emplace(verdict.status());
  return authenticity::Judge(adapters, question);
}

// Whether a register confirms a document to which nobody objects.
bool IsConfirmed(const AuthenticityVerdict& verdict) {
  return verdict.verdict() == authenticity::v1::VERDICT_AUTHENTIC &&
         std::any_of(verdict.checks().begin(), verdict.checks().end(), [](const authenticity::v1::Check& check) {
           return check.name() == "register" && check.outcome() == authenticity::v1::CHECK_OUTCOME_PASS;
         });
}

// The verdict when the register that confirms the document does not answer for the country of the award: what is left
// is the seal. The signed answer stays with it.
AuthenticityVerdict JudgeWithoutRegister(const CaseContext& context, const v1::RecognitionCase& content,
                                         const std::string& document, const AuthenticityVerdict& confirmed) {
  authenticity::Question question = VerdictQuestion(context, content, document);
  question.register_answer.emplace(
      Problem(Reason::kIssuerUnknown, "issuing_node", "it is not known to be of the country of the award"));
  AuthenticityVerdict verdict = authenticity::Judge(*context.options.adapters, question);
  if (confirmed.has_answer()) *verdict.mutable_answer() = confirmed.answer();
  return verdict;
}

// The reason why the register could not be asked, if asking later may help; empty otherwise.
std::string WorthAnotherTry(const AuthenticityVerdict& verdict) {
  if (verdict.verdict() != authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED) return "";
  for (const authenticity::v1::Check& check : verdict.checks()) {
    if (check.name() != "register" || check.outcome() != authenticity::v1::CHECK_OUTCOME_UNKNOWN) continue;
    const std::optional<Reason> reason = base::ReasonByName(check.reason());
    if (reason.has_value() && base::Catalogue(*reason).retryable) return check.reason();
  }
  return "";
}

document::v1::AnnexOneReport AnnexOneOf(const document::v1::TranslationReport& report) {
  document::v1::AnnexOneReport annex_one;
  *annex_one.mutable_elements() = report.elements();
  return annex_one;
}

v1::RecognitionAim AimOf(sharing::v1::Purpose purpose) {
  switch (purpose) {
    case sharing::v1::PURPOSE_FURTHER_LEARNING:
      return v1::RECOGNITION_AIM_FURTHER_LEARNING;
    case sharing::v1::PURPOSE_EMPLOYMENT:
      return v1::RECOGNITION_AIM_EMPLOYMENT;
    case sharing::v1::PURPOSE_RECOGNITION:
      return v1::RECOGNITION_AIM_CREDIT;
    default:
      return v1::RECOGNITION_AIM_UNSPECIFIED;
  }
}

// Whether the node that was asked is of the country whose body made the award.
bool SpeaksForIssuer(const CaseContext& context, const v1::RecognitionCase& content, const v1::CaseFacts& facts) {
  const auto nodes = context.options.nodes->Get();
  const federation::v1::Node* const asked = nodes->Find(content.issuing_node());
  const std::string& country = facts.credential().award_country();
  return asked != nullptr && !country.empty() && CountryCode(asked->country()) == CountryCode(country);
}

// Whether the policy believes this node of the federation that it has identified its holders.
bool TakesWordOf(const v1::RecognitionPolicy& policy, const std::string& node) {
  const auto& believed = policy.automatic().applicant_identified_by_nodes();
  return std::find(believed.begin(), believed.end(), node) != believed.end();
}

// What the document, its verdict and the registers say; nothing of it says who the holder is.
v1::CaseFacts FactsOfCase(const CaseContext& context, const v1::RecognitionCase& content,
                          const v1::RecognitionPolicy& policy, const Facts& known) {
  v1::CaseFacts facts = FactsOfDocument(known.credential, known.annex_one);
  facts.set_aim(AimOf(content.purpose()));
  if (facts.aim() == v1::RECOGNITION_AIM_EMPLOYMENT) facts.set_receiver(v1::RECEIVER_KIND_EMPLOYER);
  facts.set_receiver_country(policy.country());
  facts.set_decision_date(DayText(DayOf(context.options.clock->Now())));
  // The application came under an authorisation that the holder's own node has checked against this very document.
  facts.set_sharing_authorised(v1::KNOWN_YES);
  facts.set_holder_is_subject(v1::KNOWN_YES);
  // Before what follows: registers may know the country, and the level, to which quality assurance can be limited.
  if (context.options.registers != nullptr) context.options.registers->Get()->AddTo(&facts);
  *facts.mutable_authenticity() = FactsOfVerdict(known.verdict, SpeaksForIssuer(context, content, facts));
  if (facts.authenticity().subject() == v1::KNOWN_UNSPECIFIED && TakesWordOf(policy, content.applicant_node())) {
    facts.mutable_authenticity()->set_subject(v1::KNOWN_YES);
    facts.mutable_authenticity()->set_subject_source(
        absl::StrCat("authorisation of the holder; the policy takes the word of node ", content.applicant_node(),
                     ", which has identified them"));
  }
  const auto bundle = context.options.trust == nullptr ? nullptr : context.options.trust->Get();
  if (bundle != nullptr && bundle->accreditation() != nullptr) {
    *facts.mutable_quality() = FactsOfRegisters(*bundle->accreditation(), facts);
    AddAssessorQuality(*bundle->accreditation(), &facts);
  }
  return facts;
}

Finding FindUnreadable(const v1::RecognitionPolicy& policy, const absl::Status& problem) {
  Finding finding;
  finding.outcome = MakeOutcome(policy, EvaluateUnreadable(policy, problem));
  return finding;
}

absl::StatusOr<Finding> Check(const CaseContext& context, const v1::RecognitionCase& content,
                              const std::string& document, IssuersAnswer answer) {
  const v1::RecognitionPolicy* const policy = context.PolicyFor(content.purpose());
  // The policy was there when the case was taken; without it nothing can be said, and the case waits.
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  document::TranslateOptions options;
  options.import.translation_time = context.options.clock->Now();
  absl::StatusOr<document::Translated> translated = document::Translate(*context.options.adapters, document, options);
  if (!translated.ok()) return FindUnreadable(*policy, translated.status());
  Finding finding;
  Facts facts;
  if (policy->authenticity_required()) {
    facts.verdict = JudgeDocument(context, content, document, answer);
    finding.verdict = facts.verdict;
    finding.unanswered = WorthAnotherTry(facts.verdict);
    if (!finding.unanswered.empty() && QuestionsAsked(content) + 1 < base::kCaseQuestionsMax) return finding;
  }
  facts.annex_one = AnnexOneOf(translated->report);
  facts.credential = std::move(translated->credential);
  facts.about = FactsOfCase(context, content, *policy, facts);
  // The applicant names the node that is asked, which could be anybody's.
  if (IsConfirmed(facts.verdict) && !SpeaksForIssuer(context, content, facts.about)) {
    facts.verdict = JudgeWithoutRegister(context, content, document, facts.verdict);
    finding.verdict = facts.verdict;
  }
  finding.outcome = MakeOutcome(*policy, Evaluate(*policy, facts));
  finding.eqf_level = FactSheet(facts.about).level.eqf;
  if (finding.outcome->ByteSizeLong() + facts.verdict.ByteSizeLong() > kFindingBytesMax) {
    return FindUnreadable(*policy, Problem(Reason::kInputTooLarge, "document"));
  }
  return finding;
}

// Under a policy without rules of a procedure the outcome stands as it is: met, or with a person.
absl::Status WriteOutcome(const CaseContext& context, const v1::RecognitionPolicy& policy,
                          v1::RecognitionOutcome outcome, const std::string& evidence, StoredCase* stored,
                          base::Transaction& tx) {
  const absl::Time now = context.options.clock->Now();
  v1::RecognitionCase& content = stored->content;
  const CaseBefore before(content);
  outcome.set_case_id(content.id());
  outcome.set_document_sha256(content.document().sha256());
  *outcome.mutable_outcome_time() = base::ToProto(now);
  BeginProcedure(policy, outcome, now, content.mutable_procedure());
  Apply({outcome.state(), std::string(kSystem), outcome.reasons(0), now, evidence}, &content);
  *content.mutable_outcome() = std::move(outcome);
  RETURN_IF_ERROR(SendOutcome(context, content, tx));
  return SaveCase(context, before, stored, tx);
}

// Under one with such rules the case goes by the table, as far as the machine may go.
absl::Status WriteByTable(const CaseContext& context, const v1::RecognitionPolicy& policy, const Finding& finding,
                          const std::string& evidence, StoredCase* stored, base::Transaction& tx) {
  const absl::Time now = context.options.clock->Now();
  v1::RecognitionCase& content = stored->content;
  const CaseBefore before(content);
  const v1::Evaluation& evaluation = finding.outcome->evaluation();
  *content.mutable_procedure()->mutable_evaluation() = evaluation;
  content.mutable_procedure()->set_route(evaluation.route());
  content.mutable_procedure()->set_consent(v1::KNOWN_YES);
  if (evaluation.proposed_kind() == v1::DECISION_KIND_AUTO_LEVEL) {
    *content.mutable_procedure()->mutable_decision() = DecisionByRule(policy, content, finding.eqf_level, DayOf(now));
  }
  Apply({v1::CASE_STATE_SUBMITTED, std::string(kSystem), finding.outcome->reasons(0), now, evidence}, &content);
  return FollowUp(context, policy, before, stored, tx);
}

absl::Status WriteChecked(const CaseContext& context, const Finding& finding, StoredCase* stored,
                          base::Transaction& tx) {
  v1::RecognitionCase& content = stored->content;
  const v1::RecognitionPolicy* const policy = context.PolicyFor(content.purpose());
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  std::string evidence;
  if (finding.verdict.has_value()) {
    *content.mutable_verdict() = *finding.verdict;
    if (content.verdict().has_answer()) evidence = relay::EnvelopeSha256(content.verdict().answer());
  }
  return HasRuleBook(*policy) ? WriteByTable(context, *policy, finding, evidence, stored, tx)
                              : WriteOutcome(context, *policy, *finding.outcome, evidence, stored, tx);
}

absl::Status WritePostponed(const Finding& finding, absl::Time now, StoredCase* stored, base::Transaction& tx) {
  Apply({v1::CASE_STATE_SUBMITTED, std::string(kSystem),
         absl::StrCat("the issuing side could not be asked: ", finding.unanswered), now},
        &stored->content);
  stored->due = now + WaitAfter(QuestionsAsked(stored->content));
  return UpdateCase(*stored, tx);
}

// Whether whoever holds this claim has the case still: others may have taken it when a minute was over, or have done
// something to it, or it may be gone.
bool IsHeld(const ClaimedCase& claim, const absl::StatusOr<StoredCase>& stored) {
  return stored.ok() && IsUnchecked(stored->content) && stored->due == claim.due;
}

// Checks a case with what its issuing node answered, and writes what follows.
absl::Status Conclude(const CaseContext& context, const ClaimedCase& claim, IssuersAnswer answer) {
  absl::StatusOr<StoredCase> stored = absl::UnknownError("");
  std::string document;
  const absl::Status read = context.options.store->Read([&](base::Transaction& tx) -> absl::Status {
    stored = LoadCase(claim.id, tx);
    if (!IsHeld(claim, stored)) return stored.ok() || IsGone(stored.status()) ? absl::OkStatus() : stored.status();
    ASSIGN_OR_RETURN(document, LoadDocument(stored->content, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  if (!IsHeld(claim, stored)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Finding finding, Check(context, stored->content, document, answer));
  return context.options.store->Write([&](base::Transaction& tx) -> absl::Status {
    stored = LoadCase(claim.id, tx);
    if (!IsHeld(claim, stored)) return stored.ok() || IsGone(stored.status()) ? absl::OkStatus() : stored.status();
    return finding.outcome.has_value() ? WriteChecked(context, finding, &*stored, tx)
                                       : WritePostponed(finding, context.options.clock->Now(), &*stored, tx);
  });
}

absl::Status RunClocks(const CaseContext& context, const StoredCase& claimed) {
  std::vector<v1::CaseEvent> happened;
  const absl::Status written = context.options.store->Write([&](base::Transaction& tx) -> absl::Status {
    happened.clear();
    ASSIGN_OR_RETURN(StoredCase stored, LoadCase(claimed.content.id(), tx));
    if (stored.due != claimed.due) return absl::OkStatus();
    const v1::RecognitionPolicy* const policy = context.PolicyFor(stored.content.purpose());
    if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
    const CaseBefore before(stored.content);
    RecordTimeOver(context.options.clock->Now(), &stored.content);
    RETURN_IF_ERROR(FollowUp(context, *policy, before, &stored, tx));
    happened.assign(stored.content.events().begin() + before.events, stored.content.events().end());
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  for (const v1::CaseEvent& event : happened) {
    const absl::string_view clock = ClockOf(event);
    if (!clock.empty() && context.options.clock_ran_out != nullptr) context.options.clock_ran_out(clock);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CaseChecks::Taken> CaseChecks::Claim(int limit) {
  Taken taken;
  const absl::Status status = context_->options.store->Write([&](base::Transaction& tx) -> absl::Status {
    taken = {};
    const absl::Time now = context_->options.clock->Now();
    ASSIGN_OR_RETURN(std::vector<StoredCase> due, DueCases(now, limit, tx));
    absl::flat_hash_map<std::string, int> asked;  // in this round
    for (StoredCase& stored : due) {
      const std::string node = NodeToAsk(*context_, stored.content);
      const bool may_ask = node.empty() || questions_.HasRoomFor(node, ++asked[node]);
      const absl::Time again = may_ask ? now + base::kClaimLife : questions_.NextTurn(node, now);
      // Whole milliseconds, which every store keeps: the claim is recognised by this time when the check is done.
      stored.due = absl::FromUnixMillis(absl::ToUnixMillis(again));
      RETURN_IF_ERROR(UpdateCase(stored, tx));
      if (may_ask) taken.claimed.push_back(std::move(stored));
    }
    taken.looked_at = static_cast<int>(due.size());
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(status);
  return taken;
}

void CaseChecks::Ask(const StoredCase& claimed, const std::string& node, const Answered& answered) {
  const absl::Time began = context_->options.clock->Now();
  const auto conclude = [this, node, began, answered, claim = ClaimedCase{claimed.content.id(), claimed.due}](
                            const absl::StatusOr<relay::Answer>& answer) {
    Note(Conclude(*context_, claim, &answer));
    if (answered) answered();
    // Last: whoever waits for the answers may go on.
    questions_.End(node, context_->options.clock->Now() - began);
  };
  authenticity::Question question;
  question.sha256 = claimed.content.document().sha256();
  questions_.Begin(node);
  // The digest is enough to ask; the document is read when the answer is there.
  const absl::Status sent = authenticity::AskOnly(*context_->outbox, node, question, conclude);
  if (!sent.ok()) conclude(sent);
}

void CaseChecks::LookAt(const StoredCase& claimed, const Answered& answered) {
  if (IsSubmittedHere(*context_, claimed.content)) return Note(EndUntold(*context_, claimed));
  const std::string node = NodeToAsk(*context_, claimed.content);
  if (!node.empty()) return Ask(claimed, node, answered);
  Note(IsUnchecked(claimed.content) ? Conclude(*context_, {claimed.content.id(), claimed.due}, nullptr)
                                    : RunClocks(*context_, claimed));
}

void CaseChecks::Note(const absl::Status& problem) {
  const absl::MutexLock lock(&mutex_);
  problem_.Update(problem);
}

absl::StatusOr<int> CaseChecks::ProcessDue(int limit, const Answered& answered) {
  ASSIGN_OR_RETURN(const Taken taken, Claim(limit));
  // One case that cannot be looked at must not hold up the others.
  for (const StoredCase& claimed : taken.claimed) LookAt(claimed, answered);
  const absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(std::exchange(problem_, absl::OkStatus()));
  return taken.looked_at;
}

}  // namespace passerelle::recognition
