// Recognition cases on both sides: the holder's side submits, the competent authority checks and answers with a
// reasoned outcome. Between them go signed messages: RecognitionApplication and HolderStep one way, DocumentArrival,
// RecognitionOutcome and CredentialOfDecision the other; and to other centres and back, CaseInquiry and
// CaseInquiryAnswer.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/contents/arrivals.h"
#include "core/document/adapter.h"
#include "core/federation/node_map.h"
#include "core/recognition/facts/register_snapshots.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisations.h"
#include "core/trust/bundle.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition_service.pb.h"

namespace passerelle::recognition {

class Cases {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    const federation::NodeMapHolder* nodes = nullptr;
    const document::Registry* adapters = nullptr;
    sharing::Authorisations* authorisations = nullptr;
    std::vector<v1::RecognitionPolicy> policies;         // checked; the first that names the purpose is used
    const trust::TrustBundleHolder* trust = nullptr;     // null: seals alone make no document authentic
    const RegisterSnapshotsHolder* registers = nullptr;  // null: no registered level, no official recognition is known
    contents::Arrivals* arrivals = nullptr;              // null: documents are taken as a whole only
    uint32_t piece_bytes = base::kPieceBytes;            // above which a document goes in pieces of this size
    authenticity::v1::VerdictPolicy verdict_policy = {};
    // Told of every clock that ran out, by the words of ClockOf (machine_steps.h), once that is durable.
    std::function<void(absl::string_view)> clock_ran_out = nullptr;
  };
  explicit Cases(Options options);
  ~Cases();
  void set_outbox(const relay::Outbox* outbox);

  // The holder's side. Problems: kFieldMissing, kFieldInvalid, kNodeUnknown, kAuthorisationInvalid, kRequestIdReused,
  // kInputTooLarge, kStoreUnavailable.
  absl::StatusOr<v1::RecognitionCase> Create(absl::string_view client, const v1::CreateCaseRequest& request);
  // Either side: a client sees the cases it submitted; the clients of the authority's node see those received there.
  absl::StatusOr<v1::RecognitionCase> Get(absl::string_view client, absl::string_view id);
  absl::StatusOr<v1::ListCasesResponse> List(absl::string_view client, const v1::ListCasesRequest& request);

  // The authority's side: takes a step of the procedure (procedure.h), keeps its event with the case, and follows it up
  // (case_steps.h). `roles` are those in which the client may act; the request names one of them where there are
  // several. Returns the case without document and evidence. Problems: kFieldMissing, kFieldInvalid, kInputTooLarge,
  // kResourceNotFound, kPurposeOutOfScope, kRequestIdReused, kClientNotAllowed at "action.role", those of TakeStep.
  // The holder's side: the client that submitted a case acts for the holder, and needs no role for it; the step is sent
  // to the authority (holder_steps.h). Problems: those of CheckHolderStep, kRequestIdReused.
  absl::StatusOr<v1::RecognitionCase> Take(absl::string_view client, absl::Span<const v1::CaseActor> roles,
                                           const v1::TakeStepRequest& request);
  // The authority's side: the queue, by the day on which something is due. Problems: kFieldInvalid.
  absl::StatusOr<v1::ListDueCasesResponse> ListDue(const v1::ListDueCasesRequest& request);

  // The side that is asked: questions of other nodes, and answering them (inquiries.h), by clients that may act as
  // evaluator, issuing node or peer centre. Problems: kClientNotAllowed at "role", kFieldMissing, kFieldInvalid,
  // kInputTooLarge, kResourceNotFound, kRequestIdReused.
  absl::StatusOr<v1::ListInquiriesResponse> ListInquiries(absl::Span<const v1::CaseActor> roles,
                                                          const v1::ListInquiriesRequest& request);
  absl::StatusOr<v1::ReceivedInquiry> AnswerInquiry(absl::string_view client, absl::Span<const v1::CaseActor> roles,
                                                    const v1::AnswerInquiryRequest& request);

  // The authority's side, by clients that may act as evaluator or decider: takes the credential of a decision, and
  // sends it to the holder's side (case_credentials.h). Problems: kClientNotAllowed at "role", kFieldMissing,
  // kFieldInvalid, kInputTooLarge, kResourceNotFound at "id", kGuardNotMet at "state", kRequestIdReused.
  absl::StatusOr<v1::IssuedCredential> DeliverCredential(absl::string_view client,
                                                         absl::Span<const v1::CaseActor> roles,
                                                         const v1::DeliverCredentialRequest& request);
  // Either side: the credentials of a case that the client may see. Problems: kFieldMissing, kFieldInvalid,
  // kResourceNotFound at "id".
  absl::StatusOr<v1::ListCredentialsResponse> ListCredentials(absl::string_view client, absl::string_view id);

  // The authority's side: looks at cases that are due. New ones are checked (asks the issuing node, evaluates the
  // policy, writes the outcome and its message in one transaction); in the others a clock has run out. Nobody waits for
  // an issuing node: a case that was asked about goes on when the answer is there, on a thread of the transport, and
  // `answered` is called after it, which may be before this returns (case_checks.h). Returns how many were looked at or
  // put off; after all of them, the first problem that there was since the last call. A case that could not be looked
  // at is due again within a minute.
  absl::StatusOr<int> ProcessDue(int limit, const std::function<void()>& answered = nullptr);
  // Whether no such answer was awaited any more before the deadline was over. The transport is stopped before this
  // ends.
  bool WaitForAnswers(absl::Time deadline) const;

  // To be given to the inbox and the outbox.
  std::vector<relay::Handler*> handlers();
  std::vector<relay::AnswerHandler*> answer_handlers();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace passerelle::recognition
