#include "core/wallet/presentations.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/used_status_lists.h"
#include "core/authenticity/verdict.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/encryption_key.h"
#include "core/wallet/answer.h"
#include "core/wallet/presentation_records.h"
#include "core/wallet/presented.h"

namespace passerelle::wallet {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;
using base::ToProto;

// Bytes of ids and nonces at random (OpenID4VP 1.0, 5.2 and 14.3.2: with sufficient entropy).
constexpr size_t kRandomBytes = 16;

absl::Status CheckLife(const v1::RequestPresentationRequest& request, absl::Duration* life) {
  *life = kRequestLifeDefault;
  if (!request.has_life()) return absl::OkStatus();
  *life = FromProto(request.life());
  if (*life >= kRequestLifeLeast && *life <= kRequestLifeMost) return absl::OkStatus();
  return Problem(
      Reason::kFieldInvalid, "life",
      absl::StrCat("from ", absl::FormatDuration(kRequestLifeLeast), " to ", absl::FormatDuration(kRequestLifeMost)));
}

absl::Status Check(const v1::RequestPresentationRequest& request) {
  if (request.purpose() == sharing::v1::PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  if (!sharing::v1::Purpose_IsValid(request.purpose())) {
    return Problem(Reason::kFieldInvalid, "purpose", "this purpose is not known");
  }
  if (!v1::ResponseMode_IsValid(request.response_mode())) {
    return Problem(Reason::kFieldInvalid, "response_mode", "this mode is not known");
  }
  return CheckQueries(request.queries());
}

// A refused answer that cannot be told from a mistake of the node's own is none.
bool IsOwnFault(const absl::Status& problem) {
  const Reason reason = base::ReasonOf(problem);
  return reason == Reason::kInternal || reason == Reason::kStoreUnavailable;
}

void NoteRefusal(const absl::Status& problem, absl::Time now, v1::StoredPresentation* stored) {
  v1::Presentation& content = *stored->mutable_content();
  content.set_refusals(content.refusals() + 1);
  content.mutable_last_refusal()->set_reason(std::string(base::Catalogue(base::ReasonOf(problem)).name));
  content.mutable_last_refusal()->set_place(base::PlaceOf(problem));
  *content.mutable_last_refusal()->mutable_time() = ToProto(now);
  if (content.refusals() >= kRefusalsMax) Conclude(v1::PRESENTATION_STATE_FAILED, now, stored);
}

}  // namespace

absl::StatusOr<v1::Presentation> Presentations::Request(absl::string_view client,
                                                        const v1::RequestPresentationRequest& request) {
  const absl::Time now = options_.clock->Now();
  absl::Duration life;
  RETURN_IF_ERROR(Check(request));
  RETURN_IF_ERROR(CheckLife(request, &life));
  const auto open = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const int others, CountOpen(client, kOpenRequestsMax, tx));
    if (others >= kOpenRequestsMax) {
      return Problem(Reason::kOverloaded, "presentation", "too many requests of the client are open");
    }
    v1::StoredPresentation stored;
    stored.set_client(std::string(client));
    stored.set_nonce(absl::BytesToHexString(options_.random->Bytes(kRandomBytes)));
    v1::Presentation& content = *stored.mutable_content();
    content.set_id(absl::BytesToHexString(options_.random->Bytes(kRandomBytes)));
    content.set_purpose(request.purpose());
    *content.mutable_queries() = request.queries();
    content.set_response_mode(request.response_mode() == v1::RESPONSE_MODE_PLAIN ? v1::RESPONSE_MODE_PLAIN
                                                                                 : v1::RESPONSE_MODE_ENCRYPTED);
    if (content.response_mode() == v1::RESPONSE_MODE_ENCRYPTED) {
      ASSIGN_OR_RETURN(const proof::DecryptionKey key, proof::DecryptionKey::Generate());
      ASSIGN_OR_RETURN(*stored.mutable_decryption_key(), key.ToPem());
    }
    content.set_wallet_uri(WalletUri(options_.verifier, content.id()));
    content.set_state(v1::PRESENTATION_STATE_OPEN);
    *content.mutable_create_time() = ToProto(now);
    *content.mutable_expire_time() = ToProto(now + life);
    RETURN_IF_ERROR(InsertPresentation(stored, tx));
    return content.id();
  };
  std::string id;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, base::Once(tx, client, request.request_id(),
                                    absl::StrCat("RequestPresentation\n", request.SerializeAsString()), now,
                                    [&] { return open(tx); }));
    return absl::OkStatus();
  }));
  return Get(client, id);
}

absl::StatusOr<v1::Presentation> Presentations::Get(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  const absl::Time now = options_.clock->Now();
  v1::StoredPresentation stored;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, LoadPresentation(id, tx));
    return absl::OkStatus();
  }));
  if (stored.client() != client) return Problem(Reason::kResourceNotFound, "id");
  v1::Presentation& content = *stored.mutable_content();
  if (content.state() == v1::PRESENTATION_STATE_OPEN && now >= FromProto(content.expire_time())) {
    content.set_state(v1::PRESENTATION_STATE_EXPIRED);
  }
  return content;
}

absl::StatusOr<v1::StoredPresentation> Presentations::LoadOpen(absl::string_view id, base::Transaction& tx) const {
  const absl::Status unknown = Problem(Reason::kPresentationUnknown, "state");
  absl::StatusOr<v1::StoredPresentation> stored = LoadPresentation(id, tx);
  if (!stored.ok()) return base::ReasonOf(stored.status()) == Reason::kResourceNotFound ? unknown : stored.status();
  const v1::PresentationState state = stored->content().state();
  if (state == v1::PRESENTATION_STATE_ANSWERED || state == v1::PRESENTATION_STATE_DECLINED) {
    return Problem(Reason::kPresentationAnswered, "state");
  }
  const bool over = options_.clock->Now() >= FromProto(stored->content().expire_time());
  if (state != v1::PRESENTATION_STATE_OPEN || over) return unknown;
  return stored;
}

absl::StatusOr<std::string> Presentations::RequestObject(absl::string_view id, absl::string_view wallet_nonce) {
  v1::StoredPresentation stored;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, LoadOpen(id, tx));
    return absl::OkStatus();
  }));
  return SignRequestObject(options_.verifier, stored, wallet_nonce, options_.clock->Now());
}

absl::StatusOr<v1::StoredPresentation> Presentations::Judge(v1::StoredPresentation stored, absl::string_view body,
                                                            absl::Time now) {
  if (body.size() > kAnswerBytesMax) return Problem(Reason::kInputTooLarge, "body");
  ASSIGN_OR_RETURN(const WalletAnswer answer, ReadAnswer(body, stored));
  v1::Presentation& content = *stored.mutable_content();
  *content.mutable_answer_time() = ToProto(now);
  if (!answer.error.empty()) {
    content.set_wallet_error(answer.error);
    Conclude(v1::PRESENTATION_STATE_DECLINED, now, &stored);
    return stored;
  }
  const proof::KeyBindingDemand demand{options_.verifier.client_id, stored.nonce()};
  ASSIGN_OR_RETURN(std::vector<v1::PresentedCredential> presented,
                   ReadPresented(answer.vp_token, content.queries(), demand, now));
  for (v1::PresentedCredential& credential : presented) {
    authenticity::Question question;
    question.content = credential.content();
    question.now = now;
    question.at = now;
    question.policy = options_.policy;
    // A token has no place for a holder's signature of its own; that of the presentation around it was verified.
    if (credential.format() == v1::CREDENTIAL_FORMAT_SD_JWT_VC) question.holder = demand;
    if (options_.trust != nullptr) question.bundle = options_.trust->Get();
    if (options_.status_lists != nullptr) {
      question.status_lists = std::make_shared<authenticity::UsedStatusLists>(options_.status_lists);
    }
    *credential.mutable_verdict() = authenticity::Judge(*options_.adapters, question);
    *content.add_credentials() = std::move(credential);
  }
  Conclude(v1::PRESENTATION_STATE_ANSWERED, now, &stored);
  return stored;
}

absl::Status Presentations::Answer(absl::string_view id, absl::string_view body) {
  const absl::Time now = options_.clock->Now();
  v1::StoredPresentation asked;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(asked, LoadOpen(id, tx));
    return absl::OkStatus();
  }));
  const absl::StatusOr<v1::StoredPresentation> answered = Judge(std::move(asked), body, now);
  if (!answered.ok() && IsOwnFault(answered.status())) return answered.status();
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    // Another answer may have come meanwhile, and been taken or refused.
    ASSIGN_OR_RETURN(v1::StoredPresentation stored, LoadOpen(id, tx));
    if (answered.ok()) {
      v1::StoredPresentation result = *answered;
      result.mutable_content()->set_refusals(stored.content().refusals());
      if (stored.content().has_last_refusal()) {
        *result.mutable_content()->mutable_last_refusal() = stored.content().last_refusal();
      }
      return UpdatePresentation(result, tx);
    }
    NoteRefusal(answered.status(), now, &stored);
    return UpdatePresentation(stored, tx);
  }));
  return answered.status();
}

}  // namespace passerelle::wallet
