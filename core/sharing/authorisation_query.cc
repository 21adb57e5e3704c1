#include "core/sharing/authorisation_query.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/sharing/authorisation_form.h"
#include "core/sharing/browser_address.h"
#include "core/sharing/holder_identity.h"
#include "core/sharing/request_records.h"

namespace passerelle::sharing {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kTokenBytes = 32;

// Stands for what is not known before the holder has chosen.
constexpr absl::string_view kAnything = "anything";

const std::string& QueryType() { return v1::AuthorisationQuery::descriptor()->full_name(); }

// What is asked has to be good for an authorisation, whatever the holder chooses then.
absl::Status CheckAsked(const v1::AuthorisationQuery& query, absl::Time now) {
  v1::Authorisation asked;
  asked.set_receiver(std::string(kAnything));
  asked.set_purpose(query.purpose());
  *asked.mutable_elements_requested() = query.elements_requested();
  if (query.has_receiver_statement()) *asked.mutable_receiver_statement() = query.receiver_statement();
  asked.add_credential_ids(std::string(kAnything));
  *asked.mutable_valid_until() = base::ToProto(now + kRequestLife);
  asked.set_uses_allowed(1);
  absl::Status good = CheckForm(asked, now);
  if (good.ok()) return good;
  const std::string place = base::PlaceOf(good);
  return Problem(base::ReasonOf(good), absl::StrCat("query.", absl::StripPrefix(place, "authorisation.")),
                 base::DetailOf(good));
}

absl::Status CheckPreviewLaw(const v1::AuthorisationQuery& query) {
  if (query.preview_law().size() > base::kIdBytesMax) {
    return Problem(Reason::kFieldInvalid, "query.preview_law", "it is too long");
  }
  // Whether a preview is needed is for the law of the one who asks to say, so that it has to be said.
  if (!query.preview_required() && query.preview_law().empty()) {
    return Problem(Reason::kFieldMissing, "query.preview_law");
  }
  if (query.preview_required() && !query.preview_law().empty()) {
    return Problem(Reason::kFieldInvalid, "query.preview_law", "a preview is required");
  }
  return absl::OkStatus();
}

// Who the holder is stays out, whether it is known still or not: it could be guessed by the digest, and an answer that
// came to depend on it would tell when somebody has looked.
std::string DigestOf(v1::AuthorisationQuery query) {
  query.clear_holder();
  return base::Sha256Hex(query.SerializeAsString());
}

std::string PreviewLocation(absl::string_view preview, absl::string_view token) {
  return absl::StrCat(preview, absl::StrContains(preview, '?') ? "&" : "?", "request=", token);
}

}  // namespace

absl::Status CheckQuery(const v1::AuthorisationQuery& query, absl::Time now) {
  if (query.ByteSizeLong() > kQueryBytesMax) return Problem(Reason::kInputTooLarge, "query");
  if (query.request_id().empty()) return Problem(Reason::kFieldMissing, "query.request_id");
  if (!base::IsUuid(query.request_id())) {
    return Problem(Reason::kFieldInvalid, "query.request_id", "it is not a UUID");
  }
  RETURN_IF_ERROR(CheckAsked(query, now));
  RETURN_IF_ERROR(CheckIdentity("query.holder", query.holder()));
  RETURN_IF_ERROR(CheckPreviewLaw(query));
  if (query.return_address().empty()) return Problem(Reason::kFieldMissing, "query.return_address");
  if (!IsBrowserAddress(query.return_address())) {
    return Problem(Reason::kFieldInvalid, "query.return_address", "an address with https is expected");
  }
  return absl::OkStatus();
}

std::string AuthorisationQueryHandler::Type() const { return QueryType(); }

absl::StatusOr<relay::Reply> AuthorisationQueryHandler::Handle(const relay::Opened& message,
                                                               const std::string& /*prepared*/, base::Transaction& tx) {
  v1::AuthorisationQuery query;
  if (!query.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  const absl::Time now = options_.clock->Now();
  RETURN_IF_ERROR(CheckQuery(query, now));
  ASSIGN_OR_RETURN(const v1::StoredRequest stored, FindOrInsert(message.header.sender, std::move(query), now, tx));
  v1::RequestedAuthorisation requested;
  requested.set_authorisation_id(stored.authorisation_id());
  requested.set_preview_location(PreviewLocation(options_.preview, stored.token()));
  *requested.mutable_expire_time() = stored.expire_time();
  return relay::Reply{requested.GetTypeName(), requested.SerializeAsString(), AskedResource(stored)};
}

// What was asked already is answered from its record, whatever has become of it.
absl::StatusOr<v1::StoredRequest> AuthorisationQueryHandler::FindOrInsert(const std::string& receiver,
                                                                          v1::AuthorisationQuery query, absl::Time now,
                                                                          base::Transaction& tx) {
  v1::StoredRequest made;
  made.set_question_sha256(QuestionOf(receiver, query.request_id()));
  made.set_query_sha256(DigestOf(query));
  ASSIGN_OR_RETURN(const std::optional<v1::StoredRequest> known, FindRequest(made.question_sha256(), tx));
  if (known.has_value() && now < base::FromProto(known->expire_time())) {
    if (known->query_sha256() != made.query_sha256()) return Problem(Reason::kRequestIdReused, "query.request_id");
    return *known;
  }
  if (known.has_value()) RETURN_IF_ERROR(EndRequest(*known, tx));
  ASSIGN_OR_RETURN(const int others, CountRequests(receiver, kRequestsOfANodeMax, tx));
  if (others >= kRequestsOfANodeMax) return Problem(Reason::kOverloaded, "query", "the node has asked for too many");
  made.set_token(absl::BytesToHexString(options_.random->Bytes(kTokenBytes)));
  made.set_authorisation_id(base::NewUuid(*options_.random));
  made.set_receiver(receiver);
  query.clear_request_id();
  *made.mutable_query() = std::move(query);
  *made.mutable_expire_time() = base::ToProto(now + kRequestLife);
  RETURN_IF_ERROR(InsertRequest(made, tx));
  return made;
}

absl::Status AskForAuthorisation(const relay::Outbox& outbox, const v1::RequestAuthorisationRequest& request,
                                 absl::Time now, std::function<void(absl::StatusOr<relay::Answer>)> answered) {
  if (request.peer().empty()) return Problem(Reason::kFieldMissing, "peer");
  RETURN_IF_ERROR(CheckQuery(request.query(), now));
  outbox.Ask(request.peer(), QueryType(), request.query().SerializeAsString(), std::move(answered),
             relay::QuestionContent::kErased);
  return absl::OkStatus();
}

absl::StatusOr<v1::RequestedAuthorisation> ReadRequested(const absl::StatusOr<relay::Answer>& answer) {
  if (!answer.ok()) {
    return base::ReasonOf(answer.status()) == Reason::kNodeUnknown ? Problem(Reason::kNodeUnknown, "peer")
                                                                   : answer.status();
  }
  v1::RequestedAuthorisation requested;
  if (answer->opened.header.type != requested.GetTypeName() || !requested.ParseFromString(answer->opened.body) ||
      !base::IsUuid(requested.authorisation_id()) || !base::IsValid(requested.expire_time())) {
    return Problem(Reason::kPeerAnswerInvalid, "body", "it is not an answer to this question");
  }
  if (!IsBrowserAddress(requested.preview_location())) {
    return Problem(Reason::kPeerAnswerInvalid, "preview_location", "a browser cannot be sent there");
  }
  return requested;
}

}  // namespace passerelle::sharing
