#include "core/recognition/case_steps.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/case_queue.h"
#include "core/recognition/inquiries.h"
#include "core/recognition/machine_steps.h"
#include "core/recognition/procedure.h"

namespace passerelle::recognition {
namespace {

// From the state after submission to the state after the rules there are four steps; a batch has no more than that and
// one or two of the clocks.
constexpr int kMachineStepsMax = 16;

void GoOn(const v1::RecognitionPolicy& policy, absl::Time now, v1::RecognitionCase* content) {
  for (int i = 0; i < kMachineStepsMax; ++i) {
    const std::optional<v1::CaseAction> action = NextMachineStep(policy, *content, now);
    // What the table refuses to the machine is for a person.
    if (!action.has_value() || !TakeStep(policy, *action, now, content).ok()) return;
    // Whoever was reminded has that day to reply.
    if (action->step() == v1::CASE_STEP_REMIND) return;
  }
}

}  // namespace

CaseBefore::CaseBefore(const v1::RecognitionCase& content) : events(content.events_size()), due(DueDay(content)) {}

absl::Status SendOutcome(const CaseContext& context, const v1::RecognitionCase& content, base::Transaction& tx) {
  relay::Outgoing message;
  message.id = base::NewUuid(*context.options.random);
  message.recipient = content.applicant_node();
  message.type = content.outcome().GetTypeName();
  message.body = content.outcome().SerializeAsString();
  message.resource = content.id();
  message.expires_at = context.options.clock->Now() + base::kExchangeLifeMax;
  return context.outbox->Put(message, tx);
}

absl::Status SaveCase(const CaseContext& context, const CaseBefore& before, StoredCase* stored, base::Transaction& tx) {
  stored->due = NextLook(stored->content, context.options.clock->Now());
  RETURN_IF_ERROR(UpdateCase(*stored, tx));
  return MoveInQueue(stored->content.id(), before.due, DueDay(stored->content), tx);
}

absl::Status FollowUp(const CaseContext& context, const v1::RecognitionPolicy& policy, const CaseBefore& before,
                      StoredCase* stored, base::Transaction& tx) {
  const absl::Time now = context.options.clock->Now();
  v1::RecognitionCase& content = stored->content;
  GoOn(policy, now, &content);
  if (ConcernsHolder(content, before.events)) {
    *content.mutable_outcome() = OutcomeOfCase(policy, content, before.events, now);
    RETURN_IF_ERROR(SendOutcome(context, content, tx));
  }
  return SaveCase(context, before, stored, tx);
}

absl::Status TakeAndFollowUp(const CaseContext& context, const v1::RecognitionPolicy& policy,
                             const v1::CaseAction& action, StoredCase* stored, base::Transaction& tx) {
  const CaseBefore before(stored->content);
  RETURN_IF_ERROR(TakeStep(policy, action, context.options.clock->Now(), &stored->content).status());
  if (action.step() == v1::CASE_STEP_ASK) RETURN_IF_ERROR(SendInquiry(context, &stored->content, tx));
  return FollowUp(context, policy, before, stored, tx);
}

}  // namespace passerelle::recognition
