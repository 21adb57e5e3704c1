#include "core/recognition/cases.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_checks.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_credentials.h"
#include "core/recognition/case_handlers.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/case_queue.h"
#include "core/recognition/case_records.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/clocks.h"
#include "core/recognition/holder_steps.h"
#include "core/recognition/inquiries.h"
#include "core/recognition/plain_text.h"
#include "core/recognition/procedure.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

// Records looked at for one page, so that a client with few cases among many gets an answer in bounded time: a page may
// then be shorter than wished for, and still have a next one.
constexpr int kScannedPerPageMax = 5 * base::kPageSizeMax;
// Records read at a time: of each, everything that others signed is read with it and left out.
constexpr int kReadAtATime = 20;
// Bytes of a page after which no case is added: so much goes into one message of gRPC, whatever the last one has.
constexpr size_t kPageBytesMax = base::kGrpcMessageBytesMax / 4;

std::string ListName(absl::string_view client) { return absl::StrCat("cases/", client); }

// A client sees what it submitted; what other nodes submitted here is seen by all clients of this node.
bool MaySee(absl::string_view client, absl::string_view node, const v1::RecognitionCase& content) {
  if (content.applicant_node() == node) return content.client() == client;
  return content.authority_node() == node;
}

absl::Status CheckFields(const v1::CreateCaseRequest& request, absl::string_view node) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  if (request.authority_node().empty()) return Problem(Reason::kFieldMissing, "authority_node");
  if (request.authority_node() == node) {
    return Problem(Reason::kFieldInvalid, "authority_node", "it is this node itself");
  }
  if (request.authorisation_id().empty()) return Problem(Reason::kFieldMissing, "authorisation_id");
  if (!base::IsUuid(request.authorisation_id())) {
    return Problem(Reason::kFieldInvalid, "authorisation_id", "it is not a UUID");
  }
  if (request.purpose() == sharing::v1::PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  if (!sharing::v1::Purpose_IsValid(request.purpose())) {
    return Problem(Reason::kFieldInvalid, "purpose", "this purpose is not known");
  }
  if (request.content().empty()) return Problem(Reason::kFieldMissing, "content");
  if (request.content().size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "content");
  return absl::OkStatus();
}

absl::Status CheckNode(const federation::NodeMapHolder& nodes, const std::string& node, absl::string_view field,
                       absl::Time now) {
  absl::Status status = nodes.Get()->FindActive(node, now).status();
  if (!status.ok() && base::ReasonOf(status) == Reason::kNodeUnknown) return Problem(Reason::kNodeUnknown, field);
  return status;
}

// The client's authorisation under which the document leaves this node, if it covers receiver, purpose and this very
// document.
absl::StatusOr<sharing::v1::Authorisation> Covered(const sharing::Authorisations& authorisations,
                                                   absl::string_view client, const v1::CreateCaseRequest& request,
                                                   bool consume, base::Transaction& tx) {
  ASSIGN_OR_RETURN(sharing::v1::Authorisation authorisation,
                   authorisations.UseOwn(tx, client, request.authorisation_id(),
                                         {request.authority_node(), request.purpose()}, consume));
  const std::string document = absl::StrCat(sharing::kDigestPrefix, base::Sha256Hex(request.content()));
  const auto& ids = authorisation.credential_ids();
  if (std::find(ids.begin(), ids.end(), document) == ids.end()) {
    return Problem(Reason::kAuthorisationInvalid, "authorisation_id");
  }
  if (!authorisation.elements().empty()) {
    return Problem(Reason::kAuthorisationInvalid, "authorisation_id",
                   "it discloses elements only, and the whole document goes with a case");
  }
  return authorisation;
}

absl::Status CheckCaseId(absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  if (!base::IsUuid(id)) return Problem(Reason::kFieldInvalid, "id", "it is not a UUID");
  return absl::OkStatus();
}

// A case as it stands in lists.
v1::RecognitionCase Listed(v1::RecognitionCase content) {
  content.clear_evidence();
  if (content.has_verdict()) content.mutable_verdict()->clear_answer();
  return content;
}

// The role that the client acts in: one that it has, and the only one where it names none.
absl::StatusOr<v1::CaseActor> RoleOf(absl::Span<const v1::CaseActor> roles, v1::CaseActor named) {
  if (named == v1::CASE_ACTOR_UNSPECIFIED && roles.size() > 1) return Problem(Reason::kFieldMissing, "action.role");
  const v1::CaseActor role = named == v1::CASE_ACTOR_UNSPECIFIED && !roles.empty() ? roles[0] : named;
  if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
    return Problem(Reason::kClientNotAllowed, "action.role");
  }
  return role;
}

// "client", or "client/official" where the client names one.
absl::StatusOr<std::string> ActorOf(absl::string_view client, const std::string& official, absl::string_view field) {
  if (official.size() > base::kIdBytesMax || absl::StrContains(official, '/')) {
    return Problem(Reason::kFieldInvalid, field, "a short pseudonym without a slash is expected");
  }
  return official.empty() ? std::string(client) : absl::StrCat(client, "/", official);
}

// Who issues decisions: the people of the authority.
absl::Status CheckMayDeliver(absl::Span<const v1::CaseActor> roles) {
  for (const v1::CaseActor role : roles) {
    if (role == v1::CASE_ACTOR_EVALUATOR || role == v1::CASE_ACTOR_DECIDER) return absl::OkStatus();
  }
  return Problem(Reason::kClientNotAllowed, "role");
}

// Who works on questions of other nodes: the people of a centre, and those of the issuing side.
absl::Status CheckMayAnswer(absl::Span<const v1::CaseActor> roles) {
  for (const v1::CaseActor role : roles) {
    if (role == v1::CASE_ACTOR_EVALUATOR || role == v1::CASE_ACTOR_ISSUING_NODE || role == v1::CASE_ACTOR_PEER_CENTRE) {
      return absl::OkStatus();
    }
  }
  return Problem(Reason::kClientNotAllowed, "role");
}

// What a client wants to do, with role and actor as the node knows them. Who the official is within the client is for
// the client to say.
absl::StatusOr<v1::CaseAction> ActionOfClient(absl::string_view client, absl::Span<const v1::CaseActor> roles,
                                              const v1::CaseAction& wished) {
  if (wished.ByteSizeLong() > kCaseActionBytesMax) return Problem(Reason::kInputTooLarge, "action");
  if (wished.step() == v1::CASE_STEP_UNSPECIFIED) return Problem(Reason::kFieldMissing, "action.step");
  ASSIGN_OR_RETURN(const std::string actor, ActorOf(client, wished.actor(), "action.actor"));
  if (!wished.evidence_sha256().empty() && !base::IsSha256Hex(wished.evidence_sha256())) {
    return Problem(Reason::kFieldInvalid, "action.evidence_sha256", "64 lower-case hexadecimal digits are expected");
  }
  RETURN_IF_ERROR(CheckPlainTexts("action", wished));
  ASSIGN_OR_RETURN(const v1::CaseActor role, RoleOf(roles, wished.role()));
  v1::CaseAction action = wished;
  action.set_role(role);
  action.set_actor(actor);
  return action;
}

}  // namespace

struct Cases::Parts {
  explicit Parts(Options options) {
    context.options = std::move(options);
    if (context.options.arrivals != nullptr) context.options.arrivals->AddReceiver(&arriving);
  }

  absl::Status CheckNodes(const v1::CreateCaseRequest& request, absl::Time now) const;
  v1::RecognitionCase MakeCase(absl::string_view client, const v1::CreateCaseRequest& request, absl::Time now) const;
  absl::StatusOr<std::string> Submit(absl::string_view client, const v1::CreateCaseRequest& request,
                                     base::Transaction& tx) const;
  // A case that was received here from another node.
  absl::StatusOr<StoredCase> LoadReceived(absl::string_view id, base::Transaction& tx) const;
  // Whether the client submitted the case here, and so acts for its holder.
  absl::StatusOr<bool> ActsForHolder(absl::string_view client, absl::string_view id) const;
  // Takes a step of the holder's side, or only checks it.
  absl::StatusOr<v1::RecognitionCase> TakeForHolder(absl::string_view client, const v1::TakeStepRequest& request) const;
  // The policy of a case to which something is to happen, whose data complete the decision of the action.
  absl::StatusOr<const v1::RecognitionPolicy*> PolicyOf(const v1::RecognitionCase& content,
                                                        v1::CaseAction* action) const;

  // The case as it would be after a step; and the step itself, which returns the id of the case.
  absl::StatusOr<StoredCase> TryStep(absl::string_view id, v1::CaseAction action, base::Transaction& tx) const;
  absl::StatusOr<std::string> Step(absl::string_view id, v1::CaseAction action, base::Transaction& tx) const;

  CaseContext context;
  CaseChecks checks{&context};
  ArrivingCases arriving{&context};
  ApplicationHandler application_handler{&context, &arriving};
  DocumentArrivalHandler document_arrival_handler{&context};
  OutcomeHandler outcome_handler{&context};
  HolderStepHandler holder_step_handler{&context};
  InquiryHandler inquiry_handler{&context};
  InquiryAnswerHandler inquiry_answer_handler{&context};
  CredentialHandler credential_handler{&context};
  CredentialReceipts credential_receipts{&context};
  HolderStepAnswers holder_step_answers{&context};
  DocumentArrivalReceipts document_arrival_receipts;
  InquiryReceipts inquiry_receipts{&context};
  InquiryAnswerReceipts inquiry_answer_receipts;
  ApplicationAnswers application_answers{&context};
  OutcomeAnswers outcome_answers{&context};
};

Cases::Cases(Options options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Cases::~Cases() = default;

void Cases::set_outbox(const relay::Outbox* outbox) { parts_->context.outbox = outbox; }

std::vector<relay::Handler*> Cases::handlers() {
  return {&parts_->application_handler,     &parts_->outcome_handler,        &parts_->holder_step_handler,
          &parts_->inquiry_handler,         &parts_->inquiry_answer_handler, &parts_->credential_handler,
          &parts_->document_arrival_handler};
}

std::vector<relay::AnswerHandler*> Cases::answer_handlers() {
  return {&parts_->application_answers,      &parts_->outcome_answers,         &parts_->holder_step_answers,
          &parts_->inquiry_receipts,         &parts_->inquiry_answer_receipts, &parts_->credential_receipts,
          &parts_->document_arrival_receipts};
}

absl::Status Cases::Parts::CheckNodes(const v1::CreateCaseRequest& request, absl::Time now) const {
  RETURN_IF_ERROR(CheckNode(*context.options.nodes, request.authority_node(), "authority_node", now));
  if (request.issuing_node().empty()) return absl::OkStatus();
  return CheckNode(*context.options.nodes, request.issuing_node(), "issuing_node", now);
}

v1::RecognitionCase Cases::Parts::MakeCase(absl::string_view client, const v1::CreateCaseRequest& request,
                                           absl::Time now) const {
  v1::RecognitionCase content;
  content.set_applicant_node(context.options.node);
  content.set_authority_node(request.authority_node());
  content.set_issuing_node(request.issuing_node());
  content.set_purpose(request.purpose());
  const std::string format = document::Detect(*context.options.adapters, request.content()).format;
  *content.mutable_document() = document::MakeDocument(request.content(), format, "");
  content.set_client(std::string(client));
  *content.mutable_create_time() = base::ToProto(now);
  Apply({v1::CASE_STATE_SUBMITTED, std::string(kSystem),
         absl::StrCat("application recorded for ", request.authority_node()), now},
        &content);
  return content;
}

absl::StatusOr<std::string> Cases::Parts::Submit(absl::string_view client, const v1::CreateCaseRequest& request,
                                                 base::Transaction& tx) const {
  const absl::Time now = context.options.clock->Now();
  RETURN_IF_ERROR(CheckNodes(request, now));
  ASSIGN_OR_RETURN(const sharing::v1::Authorisation authorisation,
                   Covered(*context.options.authorisations, client, request, /*consume=*/true, tx));
  v1::RecognitionCase content = MakeCase(client, request, now);
  content.set_id(base::NewUuid(*context.options.random));
  content.set_holder_pseudonym(authorisation.holder_pseudonym());
  const bool in_pieces = content.document().content().size() > context.options.piece_bytes;
  if (in_pieces) {
    content.set_document_bytes(content.document().content().size());
    content.set_piece_bytes(context.options.piece_bytes);
    // The application can be answered at the end of its life, and the pieces be asked for as long from then on.
    RETURN_IF_ERROR(SetDocumentAside(content, authorisation.id(), now + 2 * base::kExchangeLifeMax, tx));
  }
  RETURN_IF_ERROR(InsertCase(content, in_pieces ? now + kArrivalToldWithin : absl::InfiniteFuture(), tx));
  if (in_pieces) content.mutable_document()->clear_content();

  v1::RecognitionApplication application;
  application.set_case_id(content.id());
  application.set_holder_pseudonym(content.holder_pseudonym());
  application.set_purpose(content.purpose());
  *application.mutable_document() = content.document();
  application.set_issuing_node(content.issuing_node());
  application.set_authorisation_id(authorisation.id());
  application.set_document_bytes(content.document_bytes());
  application.set_piece_bytes(content.piece_bytes());
  relay::Outgoing message;
  message.id = base::NewUuid(*context.options.random);
  message.recipient = content.authority_node();
  message.type = application.GetTypeName();
  message.body = application.SerializeAsString();
  message.resource = content.id();
  message.expires_at = now + base::kExchangeLifeMax;
  RETURN_IF_ERROR(context.outbox->Put(message, tx));
  return content.id();
}

absl::StatusOr<StoredCase> Cases::Parts::LoadReceived(absl::string_view id, base::Transaction& tx) const {
  ASSIGN_OR_RETURN(StoredCase stored, LoadCase(id, tx));
  if (stored.content.authority_node() != context.options.node) return Problem(Reason::kResourceNotFound, "id");
  return stored;
}

absl::StatusOr<const v1::RecognitionPolicy*> Cases::Parts::PolicyOf(const v1::RecognitionCase& content,
                                                                    v1::CaseAction* action) const {
  if (content.events_size() >= kCaseEventsMax) return Problem(Reason::kInputTooLarge, "events");
  const v1::RecognitionPolicy* const policy = context.PolicyFor(content.purpose());
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  RETURN_IF_ERROR(CheckAsked(context, *action));
  if (action->has_decision()) {
    CompleteDecision(*policy, content, DayOf(context.options.clock->Now()), action->mutable_decision());
  }
  return policy;
}

absl::StatusOr<v1::RecognitionCase> Cases::Create(absl::string_view client, const v1::CreateCaseRequest& request) {
  const Options& options = parts_->context.options;
  RETURN_IF_ERROR(CheckFields(request, options.node));
  if (request.validate_only()) {
    const absl::Time now = options.clock->Now();
    RETURN_IF_ERROR(parts_->CheckNodes(request, now));
    v1::RecognitionCase content = parts_->MakeCase(client, request, now);
    const absl::Status checked = options.store->Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const sharing::v1::Authorisation authorisation,
                       Covered(*options.authorisations, client, request, /*consume=*/false, tx));
      content.set_holder_pseudonym(authorisation.holder_pseudonym());
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(checked);
    return content;
  }
  std::string id;
  const absl::Status written = options.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        id, base::Once(tx, client, request.request_id(), absl::StrCat("CreateCase\n", request.SerializeAsString()),
                       options.clock->Now(), [&] { return parts_->Submit(client, request, tx); }));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return Get(client, id);
}

absl::StatusOr<v1::RecognitionCase> Cases::Get(absl::string_view client, absl::string_view id) {
  RETURN_IF_ERROR(CheckCaseId(id));
  const Options& options = parts_->context.options;
  v1::RecognitionCase content;
  const absl::Status read = options.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(StoredCase stored, LoadCase(id, tx));
    if (!MaySee(client, options.node, stored.content)) return Problem(Reason::kResourceNotFound, "id");
    content = std::move(stored.content);
    ASSIGN_OR_RETURN(*content.mutable_document()->mutable_content(), LoadDocument(content, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return content;
}

absl::StatusOr<StoredCase> Cases::Parts::TryStep(absl::string_view id, v1::CaseAction action,
                                                 base::Transaction& tx) const {
  ASSIGN_OR_RETURN(StoredCase stored, LoadReceived(id, tx));
  ASSIGN_OR_RETURN(const v1::RecognitionPolicy* const policy, PolicyOf(stored.content, &action));
  RETURN_IF_ERROR(TakeStep(*policy, action, context.options.clock->Now(), &stored.content).status());
  return stored;
}

absl::StatusOr<std::string> Cases::Parts::Step(absl::string_view id, v1::CaseAction action,
                                               base::Transaction& tx) const {
  ASSIGN_OR_RETURN(StoredCase stored, LoadReceived(id, tx));
  ASSIGN_OR_RETURN(const v1::RecognitionPolicy* const policy, PolicyOf(stored.content, &action));
  RETURN_IF_ERROR(TakeAndFollowUp(context, *policy, action, &stored, tx));
  return stored.content.id();
}

absl::StatusOr<bool> Cases::Parts::ActsForHolder(absl::string_view client, absl::string_view id) const {
  bool acts = false;
  const absl::Status read = context.options.store->Read([&](base::Transaction& tx) -> absl::Status {
    const absl::StatusOr<StoredCase> stored = LoadCase(id, tx);
    if (!stored.ok())
      return base::ReasonOf(stored.status()) == Reason::kResourceNotFound ? absl::OkStatus() : stored.status();
    acts = stored->content.applicant_node() == context.options.node && stored->content.client() == client;
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return acts;
}

absl::StatusOr<v1::RecognitionCase> Cases::Parts::TakeForHolder(absl::string_view client,
                                                                const v1::TakeStepRequest& request) const {
  StoredCase stored;
  const auto load = [&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, LoadCase(request.id(), tx));
    return absl::OkStatus();
  };
  const auto send = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(load(tx));
    RETURN_IF_ERROR(CheckHolderStep(request.action(), stored.content));
    RETURN_IF_ERROR(SendHolderStep(context, client, request.action(), &stored, tx));
    return stored.content.id();
  };
  const auto check = [&](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(load(tx));
    return CheckHolderStep(request.action(), stored.content);
  };
  const auto take = [&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("TakeStep\n", request.SerializeAsString());
    const absl::Time now = context.options.clock->Now();
    RETURN_IF_ERROR(base::Once(tx, client, request.request_id(), bytes, now, [&] { return send(tx); }).status());
    return load(tx);
  };
  RETURN_IF_ERROR(request.validate_only() ? context.options.store->Read(check) : context.options.store->Write(take));
  return Listed(std::move(stored.content));
}

absl::StatusOr<v1::RecognitionCase> Cases::Take(absl::string_view client, absl::Span<const v1::CaseActor> roles,
                                                const v1::TakeStepRequest& request) {
  base::Store& store = *parts_->context.options.store;
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  RETURN_IF_ERROR(CheckCaseId(request.id()));
  ASSIGN_OR_RETURN(const bool for_holder, parts_->ActsForHolder(client, request.id()));
  if (for_holder) return parts_->TakeForHolder(client, request);
  ASSIGN_OR_RETURN(const v1::CaseAction action, ActionOfClient(client, roles, request.action()));
  const absl::Time now = parts_->context.options.clock->Now();
  StoredCase stored;
  const auto check = [&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, parts_->TryStep(request.id(), action, tx));
    return absl::OkStatus();
  };
  const auto take = [&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("TakeStep\n", request.SerializeAsString());
    ASSIGN_OR_RETURN(const std::string id, base::Once(tx, client, request.request_id(), bytes, now,
                                                      [&] { return parts_->Step(request.id(), action, tx); }));
    ASSIGN_OR_RETURN(stored, LoadCase(id, tx));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(request.validate_only() ? store.Read(check) : store.Write(take));
  return Listed(std::move(stored.content));
}

absl::StatusOr<v1::ListInquiriesResponse> Cases::ListInquiries(absl::Span<const v1::CaseActor> roles,
                                                               const v1::ListInquiriesRequest& request) {
  RETURN_IF_ERROR(CheckMayAnswer(roles));
  v1::ListInquiriesResponse response;
  const absl::Status listed = parts_->context.options.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(response, recognition::ListInquiries(request, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(listed);
  return response;
}

absl::StatusOr<v1::ReceivedInquiry> Cases::AnswerInquiry(absl::string_view client,
                                                         absl::Span<const v1::CaseActor> roles,
                                                         const v1::AnswerInquiryRequest& request) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  RETURN_IF_ERROR(CheckCaseId(request.id()));
  RETURN_IF_ERROR(CheckMayAnswer(roles));
  ASSIGN_OR_RETURN(const std::string actor, ActorOf(client, request.actor(), "actor"));
  v1::ReceivedInquiry inquiry;
  const absl::Status written = parts_->context.options.store->Write([&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("AnswerInquiry\n", request.SerializeAsString());
    ASSIGN_OR_RETURN(const std::string id,
                     base::Once(tx, client, request.request_id(), bytes, parts_->context.options.clock->Now(),
                                [&] { return recognition::AnswerInquiry(parts_->context, actor, request, tx); }));
    ASSIGN_OR_RETURN(inquiry, LoadInquiry(id, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return inquiry;
}

absl::StatusOr<v1::IssuedCredential> Cases::DeliverCredential(absl::string_view client,
                                                              absl::Span<const v1::CaseActor> roles,
                                                              const v1::DeliverCredentialRequest& request) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  RETURN_IF_ERROR(CheckCaseId(request.id()));
  RETURN_IF_ERROR(CheckMayDeliver(roles));
  RETURN_IF_ERROR(CheckCredential(request.form(), request.content(), ""));
  v1::IssuedCredential credential;
  const absl::Status written = parts_->context.options.store->Write([&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("DeliverCredential\n", request.SerializeAsString());
    const auto deliver = [&]() -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(StoredCase stored, parts_->LoadReceived(request.id(), tx));
      RETURN_IF_ERROR(SendCredential(parts_->context, client, request, &stored, tx));
      return stored.content.id();
    };
    ASSIGN_OR_RETURN(const std::string id, base::Once(tx, client, request.request_id(), bytes,
                                                      parts_->context.options.clock->Now(), deliver));
    ASSIGN_OR_RETURN(credential, LoadCredential(id, request.form(), tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  credential.clear_content();
  return credential;
}

absl::StatusOr<v1::ListCredentialsResponse> Cases::ListCredentials(absl::string_view client, absl::string_view id) {
  RETURN_IF_ERROR(CheckCaseId(id));
  v1::ListCredentialsResponse response;
  RETURN_IF_ERROR(parts_->context.options.store->Read([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const StoredCase stored, LoadCase(id, tx));
    if (!MaySee(client, parts_->context.options.node, stored.content)) return Problem(Reason::kResourceNotFound, "id");
    ASSIGN_OR_RETURN(const std::vector<v1::IssuedCredential> credentials, CredentialsOf(stored.content.id(), tx));
    for (const v1::IssuedCredential& credential : credentials) *response.add_credentials() = credential;
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListDueCasesResponse> Cases::ListDue(const v1::ListDueCasesRequest& request) {
  if (!request.until_day().empty() && !ParseDay(request.until_day()).has_value()) {
    return Problem(Reason::kFieldInvalid, "until_day", "it is no day such as 2026-01-31");
  }
  const std::string list = absl::StrCat("due/", request.until_day());
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(list, request.page_size(), request.page_token()));
  v1::ListDueCasesResponse response;
  const absl::Status listed = parts_->context.options.store->Read([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<QueuePlace> places,
                     ListQueue(page.after, request.until_day(), page.size + 1, tx));
    size_t bytes = 0;
    for (const QueuePlace& place : places) {
      const int count = response.due_cases_size();
      if (count == page.size || bytes > kPageBytesMax) {
        response.set_next_page_token(base::PageToken(list, places[static_cast<size_t>(count) - 1].key));
        break;
      }
      ASSIGN_OR_RETURN(StoredCase stored, LoadCase(place.case_id, tx));
      v1::DueCase* const due = response.add_due_cases();
      due->set_day(place.day);
      *due->mutable_recognition_case() = Listed(std::move(stored.content));
      bytes += due->ByteSizeLong();
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(listed);
  return response;
}

absl::StatusOr<v1::ListCasesResponse> Cases::List(absl::string_view client, const v1::ListCasesRequest& request) {
  const Options& options = parts_->context.options;
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(ListName(client), request.page_size(), request.page_token()));
  v1::ListCasesResponse response;
  const absl::Status listed = options.store->Read([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    std::string after = page.after;
    size_t bytes = 0;
    for (int scanned = 0; scanned < kScannedPerPageMax; scanned += kReadAtATime) {
      absl::StatusOr<std::vector<v1::RecognitionCase>> cases = ListStored(after, kReadAtATime + 1, tx);
      if (absl::IsNotFound(cases.status())) {
        return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list");
      }
      RETURN_IF_ERROR(cases.status());
      for (size_t i = 0; i < cases->size() && i < static_cast<size_t>(kReadAtATime); ++i) {
        v1::RecognitionCase& content = (*cases)[i];
        after = content.id();
        if (!MaySee(client, options.node, content)) continue;
        *response.add_recognition_cases() = Listed(std::move(content));
        bytes += response.recognition_cases().rbegin()->ByteSizeLong();
        if (response.recognition_cases_size() < page.size && bytes <= kPageBytesMax) continue;
        if (i + 1 < cases->size()) response.set_next_page_token(base::PageToken(ListName(client), after));
        return absl::OkStatus();
      }
      if (cases->size() <= static_cast<size_t>(kReadAtATime)) return absl::OkStatus();
    }
    response.set_next_page_token(base::PageToken(ListName(client), after));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(listed);
  return response;
}

absl::StatusOr<int> Cases::ProcessDue(int limit, const std::function<void()>& answered) {
  return parts_->checks.ProcessDue(limit, answered);
}

bool Cases::WaitForAnswers(absl::Time deadline) const { return parts_->checks.WaitForAnswers(deadline); }

}  // namespace passerelle::recognition
