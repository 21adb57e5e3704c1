#include "core/recognition/case_credentials.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/issue/decision_json.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// In the order in which they are listed.
constexpr absl::string_view kForms[] = {"elm", "sd-jwt", "vc-jwt"};

std::string KeyOf(absl::string_view case_id, absl::string_view form) {
  return absl::StrCat(case_id, "/credential/", form);
}

absl::StatusOr<std::optional<v1::IssuedCredential>> Find(absl::string_view case_id, absl::string_view form,
                                                         base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, KeyOf(case_id, form)));
  if (!record.has_value()) return std::nullopt;
  v1::IssuedCredential credential;
  if (!credential.ParseFromString(record->value)) {
    return Problem(Reason::kStoreUnavailable, "case", "a record cannot be read");
  }
  return credential;
}

absl::Status Keep(absl::string_view case_id, const v1::IssuedCredential& credential, base::Transaction& tx) {
  const Record record = {.key = KeyOf(case_id, credential.form()), .value = credential.SerializeAsString()};
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kCase, record.key));
  return known.has_value() ? tx.Update(Table::kCase, record) : tx.Insert(Table::kCase, record);
}

}  // namespace

absl::Status CheckCredential(absl::string_view form, const std::string& content, absl::string_view place) {
  const std::string form_place = absl::StrCat(place, "form");
  if (form.empty()) return Problem(Reason::kFieldMissing, form_place);
  if (std::find(std::begin(kForms), std::end(kForms), form) == std::end(kForms)) {
    return Problem(Reason::kFieldInvalid, form_place, "elm, sd-jwt or vc-jwt is expected");
  }
  if (content.empty()) return Problem(Reason::kFieldMissing, absl::StrCat(place, "content"));
  if (content.size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, absl::StrCat(place, "content"));
  return absl::OkStatus();
}

absl::Status SendCredential(const CaseContext& context, absl::string_view client,
                            const v1::DeliverCredentialRequest& request, StoredCase* stored, base::Transaction& tx) {
  v1::RecognitionCase& content = stored->content;
  RETURN_IF_ERROR(CheckIssuable(content));
  if (content.events_size() >= kCaseEventsMax) return Problem(Reason::kInputTooLarge, "events");
  const std::string sha256 = base::Sha256Hex(request.content());
  ASSIGN_OR_RETURN(const std::vector<v1::IssuedCredential> known, CredentialsOf(content.id(), tx));
  uint32_t number = 0;
  for (const v1::IssuedCredential& credential : known) {
    if (credential.form() == request.form() && credential.sha256() == sha256) return absl::OkStatus();
    number = std::max(number, credential.number());
  }
  const absl::Time now = context.options.clock->Now();
  v1::CredentialOfDecision body;
  body.set_case_id(content.id());
  v1::IssuedCredential& credential = *body.mutable_credential();
  credential.set_form(request.form());
  credential.set_content(request.content());
  credential.set_sha256(sha256);
  credential.set_number(number + 1);
  *credential.mutable_take_time() = base::ToProto(now);
  RETURN_IF_ERROR(Keep(content.id(), credential, tx));
  relay::Outgoing message;
  message.id = base::NewUuid(*context.options.random);
  message.recipient = content.applicant_node();
  message.type = body.GetTypeName();
  message.body = body.SerializeAsString();
  message.resource = content.id();
  message.expires_at = now + base::kExchangeLifeMax;
  RETURN_IF_ERROR(context.outbox->Put(message, tx));
  Apply({content.state(), std::string(client), absl::StrCat("credential of the decision issued, as ", request.form()),
         now, sha256},
        &content);
  return UpdateCase(*stored, tx);
}

absl::StatusOr<v1::IssuedCredential> LoadCredential(absl::string_view case_id, absl::string_view form,
                                                    base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<v1::IssuedCredential> credential, Find(case_id, form, tx));
  if (!credential.has_value()) return Problem(Reason::kResourceNotFound, "form");
  return *std::move(credential);
}

absl::StatusOr<std::vector<v1::IssuedCredential>> CredentialsOf(absl::string_view case_id, base::Transaction& tx) {
  std::vector<v1::IssuedCredential> credentials;
  for (const absl::string_view form : kForms) {
    ASSIGN_OR_RETURN(std::optional<v1::IssuedCredential> credential, Find(case_id, form, tx));
    if (credential.has_value()) credentials.push_back(*std::move(credential));
  }
  return credentials;
}

absl::Status EraseCredentials(absl::string_view case_id, base::Transaction& tx) {
  for (const absl::string_view form : kForms) RETURN_IF_ERROR(tx.Delete(Table::kCase, KeyOf(case_id, form)));
  return absl::OkStatus();
}

std::string CredentialHandler::Type() const { return v1::CredentialOfDecision::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> CredentialHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                       base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, base::kDocumentBytesMax + kAroundContentBytesMax));
  v1::CredentialOfDecision body;
  if (!body.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  // What this node does not know is not kept with the credential.
  body.DiscardUnknownFields();
  RETURN_IF_ERROR(CheckSharedId("case_id", body.case_id()));
  v1::IssuedCredential& credential = *body.mutable_credential();
  RETURN_IF_ERROR(CheckCredential(credential.form(), credential.content(), "credential."));
  RETURN_IF_ERROR(CheckBody(message, credential.content().size() + kAroundContentBytesMax));
  if (credential.sha256() != base::Sha256Hex(credential.content())) {
    return Problem(Reason::kFieldInvalid, "credential.sha256", "it is not the digest of the content");
  }
  absl::StatusOr<StoredCase> stored = LoadCase(body.case_id(), tx);
  if (!stored.ok() && !IsGone(stored.status())) return stored.status();
  // A case of another authority is answered like one that is not there.
  if (!stored.ok() || stored->content.authority_node() != message.header.sender ||
      stored->content.applicant_node() != context_->options.node) {
    return Problem(Reason::kResourceNotFound, "case_id");
  }
  const absl::Time now = context_->options.clock->Now();
  ASSIGN_OR_RETURN(const std::optional<v1::IssuedCredential> known, Find(body.case_id(), credential.form(), tx));
  if (!known.has_value() || known->number() < credential.number()) {
    v1::RecognitionCase& content = stored->content;
    RETURN_IF_ERROR(CheckRoom(content, 0));
    credential.clear_delivery();
    RETURN_IF_ERROR(Keep(body.case_id(), credential, tx));
    Apply({content.state(), NodeActor(message.header.sender),
           absl::StrCat("credential of the decision received, as ", credential.form()), now, message.sha256},
          &content);
    // The signed message is not kept a second time beside its credential; its digest is.
    RETURN_IF_ERROR(UpdateCase(*stored, tx));
  }
  return MakeReceipt(message, body.case_id(), now);
}

std::string CredentialReceipts::Type() const { return v1::CredentialOfDecision::descriptor()->full_name(); }

absl::Status CredentialReceipts::HandleAnswer(const relay::Outgoing& message,
                                              const absl::StatusOr<relay::Answer>& answer,
                                              const relay::v1::Envelope* evidence, base::Transaction& tx) {
  absl::StatusOr<StoredCase> found = LoadCase(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  StoredCase& stored = *found;
  v1::CredentialOfDecision body;
  if (!body.ParseFromString(message.body)) return Problem(Reason::kInternal, "body");
  CaseChange change{stored.content.state(), "", "", context_->options.clock->Now()};
  const bool received =
      NoteAnswer({"credential", message.recipient, stored.content.id()}, answer, evidence, &change, &stored.content);
  Apply(change, &stored.content);
  RETURN_IF_ERROR(UpdateCase(stored, tx));
  ASSIGN_OR_RETURN(std::optional<v1::IssuedCredential> kept, Find(message.resource, body.credential().form(), tx));
  // Another one may have taken its place meanwhile, whose own answer counts.
  if (!kept.has_value() || kept->number() != body.credential().number()) return absl::OkStatus();
  kept->set_delivery(received      ? "received"
                     : answer.ok() ? ReasonName(Problem(Reason::kPeerAnswerInvalid, "body"))
                                   : ReasonName(answer.status()));
  return Keep(message.resource, *kept, tx);
}

}  // namespace passerelle::recognition
