#include "core/erasure/erasures.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/erasure/demands.h"
#include "core/erasure/erase_subject.h"
#include "core/erasure/holds.h"
#include "core/exchange/exchange_records.h"
#include "core/recognition/case_records.h"
#include "core/recognition/clocks.h"
#include "core/sharing/authorisations.h"

namespace passerelle::erasure {
namespace {

using base::Problem;
using base::Reason;
using recognition::v1::CaseActor;

constexpr absl::string_view kIdPlace = "subject.id";

absl::Status CheckSubject(const v1::Subject& subject) {
  if (subject.kind() == v1::SUBJECT_KIND_UNSPECIFIED) return Problem(Reason::kFieldMissing, "subject.kind");
  if (subject.kind() == v1::SUBJECT_KIND_INQUIRY || !v1::SubjectKind_IsValid(subject.kind())) {
    return Problem(Reason::kFieldInvalid, "subject.kind", "a case, an exchange or an authorisation is expected");
  }
  if (subject.id().empty()) return Problem(Reason::kFieldMissing, kIdPlace);
  if (!base::IsUuid(subject.id())) return Problem(Reason::kFieldInvalid, kIdPlace, "it is not a UUID");
  return absl::OkStatus();
}

bool MayDecide(absl::Span<const CaseActor> roles) {
  return std::find(roles.begin(), roles.end(), recognition::v1::CASE_ACTOR_DECIDER) != roles.end();
}

// What is somebody else's is answered like what is not there.
absl::Status NotThere() { return Problem(Reason::kResourceNotFound, kIdPlace); }

absl::Status AtSubject(const absl::Status& status) {
  return base::ReasonOf(status) == Reason::kResourceNotFound ? NotThere() : status;
}

}  // namespace

struct Erasures::Parts {
  explicit Parts(Options wished)
      : options(std::move(wished)), context{options.node, options.clock, options.random, options.rules} {}

  // What was erased here, and the others that hold a copy.
  struct Begun {
    v1::NodeErasure own;
    std::vector<Holder> holders;
  };
  absl::StatusOr<Begun> BeginCase(absl::string_view client, bool may_decide, const std::string& id,
                                  base::Transaction& tx) const;
  absl::StatusOr<Begun> BeginExchange(absl::string_view client, const std::string& id, base::Transaction& tx) const;
  absl::StatusOr<Begun> BeginAuthorisation(absl::string_view client, const std::string& id,
                                           base::Transaction& tx) const;
  absl::StatusOr<Begun> Begin(absl::string_view client, bool may_decide, const v1::Subject& subject,
                              base::Transaction& tx) const;
  absl::StatusOr<std::string> Erase(absl::string_view client, bool may_decide, const v1::CreateErasureRequest& request,
                                    base::Transaction& tx) const;
  // The case of a hold, which must have been received here.
  absl::Status CheckReceived(const v1::Subject& subject, base::Transaction& tx) const;

  const Options options;
  ErasureContext context;
  DemandHandler demand_handler{&context};
  DemandAnswers demand_answers{&context};
};

Erasures::Erasures(Options options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Erasures::~Erasures() = default;

void Erasures::set_outbox(const relay::Outbox* outbox) { parts_->context.outbox = outbox; }

std::vector<relay::Handler*> Erasures::handlers() { return {&parts_->demand_handler}; }

std::vector<relay::AnswerHandler*> Erasures::answer_handlers() { return {&parts_->demand_answers}; }

absl::StatusOr<Erasures::Parts::Begun> Erasures::Parts::BeginCase(absl::string_view client, bool may_decide,
                                                                  const std::string& id, base::Transaction& tx) const {
  const absl::StatusOr<recognition::StoredCase> stored = recognition::LoadCase(id, tx);
  if (!stored.ok()) return AtSubject(stored.status());
  const recognition::v1::RecognitionCase& content = stored->content;
  const bool submitted = content.applicant_node() == options.node && content.client() == client;
  const bool received = content.authority_node() == options.node && may_decide;
  if (!submitted && !received) return NotThere();
  Begun begun;
  ASSIGN_OR_RETURN(begun.holders, HoldersOfCase(context, content));
  ASSIGN_OR_RETURN(begun.own, EraseCase(context.GroundNow(), content, tx));
  return begun;
}

absl::StatusOr<Erasures::Parts::Begun> Erasures::Parts::BeginExchange(absl::string_view client, const std::string& id,
                                                                      base::Transaction& tx) const {
  const absl::StatusOr<exchange::v1::Exchange> exchange = exchange::LoadExchange(id, tx);
  if (!exchange.ok()) return AtSubject(exchange.status());
  if (exchange->client() != client) return NotThere();
  Begun begun;
  ASSIGN_OR_RETURN(begun.holders, HoldersOfExchange(*exchange, tx));
  ASSIGN_OR_RETURN(begun.own, EraseExchange(context.GroundNow(), *exchange, tx));
  return begun;
}

absl::StatusOr<Erasures::Parts::Begun> Erasures::Parts::BeginAuthorisation(absl::string_view client,
                                                                           const std::string& id,
                                                                           base::Transaction& tx) const {
  const Ground ground = context.GroundNow();
  const absl::StatusOr<sharing::v1::Authorisation> authorisation =
      sharing::Authorisations::ReadOwn(client, id, ground.now, tx);
  if (!authorisation.ok()) return AtSubject(authorisation.status());
  Begun begun;
  ASSIGN_OR_RETURN(begun.holders, HoldersOfAuthorisation(authorisation->id(), tx));
  ASSIGN_OR_RETURN(begun.own, EraseAuthorisation(ground, *authorisation, tx));
  return begun;
}

absl::StatusOr<Erasures::Parts::Begun> Erasures::Parts::Begin(absl::string_view client, bool may_decide,
                                                              const v1::Subject& subject, base::Transaction& tx) const {
  const std::string id = absl::AsciiStrToLower(subject.id());
  switch (subject.kind()) {
    case v1::SUBJECT_KIND_CASE:
      return BeginCase(client, may_decide, id, tx);
    case v1::SUBJECT_KIND_EXCHANGE:
      return BeginExchange(client, id, tx);
    default:
      return BeginAuthorisation(client, id, tx);
  }
}

absl::StatusOr<std::string> Erasures::Parts::Erase(absl::string_view client, bool may_decide,
                                                   const v1::CreateErasureRequest& request,
                                                   base::Transaction& tx) const {
  v1::Erasure erasure;
  erasure.set_id(base::NewUuid(*options.random));
  *erasure.mutable_subject() = request.subject();
  erasure.set_client(std::string(client));
  *erasure.mutable_create_time() = base::ToProto(options.clock->Now());
  ASSIGN_OR_RETURN(Begun begun, Begin(client, may_decide, request.subject(), tx));
  *erasure.add_nodes() = std::move(begun.own);
  RETURN_IF_ERROR(SendDemands(context, std::move(begun.holders), &erasure, tx));
  RETURN_IF_ERROR(InsertErasure(erasure, tx));
  return erasure.id();
}

absl::Status Erasures::Parts::CheckReceived(const v1::Subject& subject, base::Transaction& tx) const {
  const absl::StatusOr<recognition::StoredCase> stored = recognition::LoadCase(subject.id(), tx);
  if (!stored.ok()) return AtSubject(stored.status());
  return stored->content.authority_node() == options.node ? absl::OkStatus() : NotThere();
}

absl::StatusOr<v1::Erasure> Erasures::Create(absl::string_view client, absl::Span<const CaseActor> roles,
                                             const v1::CreateErasureRequest& request) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  RETURN_IF_ERROR(CheckSubject(request.subject()));
  v1::Erasure erasure;
  const absl::Status written = parts_->options.store->Write([&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("CreateErasure\n", request.SerializeAsString());
    ASSIGN_OR_RETURN(const std::string id,
                     base::Once(tx, client, request.request_id(), bytes, parts_->options.clock->Now(),
                                [&] { return parts_->Erase(client, MayDecide(roles), request, tx); }));
    ASSIGN_OR_RETURN(erasure, LoadErasure(id, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return erasure;
}

absl::StatusOr<v1::Erasure> Erasures::Get(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  v1::Erasure erasure;
  RETURN_IF_ERROR(parts_->options.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(erasure, LoadErasure(id, tx));
    return absl::OkStatus();
  }));
  if (erasure.client() != client) return Problem(Reason::kResourceNotFound, "id");
  return erasure;
}

absl::StatusOr<v1::Hold> Erasures::SetHold(absl::string_view client, absl::Span<const CaseActor> roles,
                                           const v1::SetHoldRequest& request) {
  const absl::Time now = parts_->options.clock->Now();
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  if (!MayDecide(roles)) return Problem(Reason::kClientNotAllowed, "role");
  RETURN_IF_ERROR(CheckSubject(request.subject()));
  if (request.subject().kind() != v1::SUBJECT_KIND_CASE) {
    return Problem(Reason::kFieldInvalid, "subject.kind", "a case is expected");
  }
  RETURN_IF_ERROR(CheckHold(request.hold(), recognition::DayOf(now)));
  const std::string case_id = absl::AsciiStrToLower(request.subject().id());
  v1::Hold hold = request.hold();
  hold.set_set_by(std::string(client));
  *hold.mutable_set_time() = base::ToProto(now);
  const auto set = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(parts_->CheckReceived(request.subject(), tx));
    RETURN_IF_ERROR(PutHold(case_id, hold, tx));
    return case_id;
  };
  v1::Hold in_force;
  const absl::Status status = parts_->options.store->Write([&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("SetHold\n", request.SerializeAsString());
    RETURN_IF_ERROR(base::Once(tx, client, request.request_id(), bytes, now, [&] { return set(tx); }).status());
    // Of a request that comes again the hold as it was set, unless it was lifted meanwhile.
    ASSIGN_OR_RETURN(std::optional<v1::Hold> found, FindHold(case_id, tx));
    if (!found) return Problem(Reason::kResourceNotFound, "subject.id", "the hold was lifted");
    in_force = *std::move(found);
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(status);
  return in_force;
}

absl::Status Erasures::LiftHold(absl::string_view client, absl::Span<const CaseActor> roles,
                                const v1::LiftHoldRequest& request) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  if (!MayDecide(roles)) return Problem(Reason::kClientNotAllowed, "role");
  RETURN_IF_ERROR(CheckSubject(request.subject()));
  const std::string case_id = absl::AsciiStrToLower(request.subject().id());
  const auto lift = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(parts_->CheckReceived(request.subject(), tx));
    RETURN_IF_ERROR(RemoveHold(case_id, tx));
    return case_id;
  };
  return parts_->options.store->Write([&](base::Transaction& tx) -> absl::Status {
    const std::string bytes = absl::StrCat("LiftHold\n", request.SerializeAsString());
    return base::Once(tx, client, request.request_id(), bytes, parts_->options.clock->Now(), [&] { return lift(tx); })
        .status();
  });
}

}  // namespace passerelle::erasure
