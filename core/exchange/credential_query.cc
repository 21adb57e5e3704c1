#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/exchange/exchanges.h"
#include "core/proof/jades/seal_credential.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;

// Room for the envelope around a delivery in one message between nodes.
constexpr size_t kEnvelopeRoom = 64u << 10;

// The one refusal for everything that is not covered or not there: no place and no detail may tell the reasons apart.
absl::Status NotAvailable() { return Problem(Reason::kNotAvailable, ""); }

// Reasons that another node must not be able to tell apart.
bool IsHidden(const absl::Status& status) {
  const Reason reason = base::ReasonOf(status);
  return reason == Reason::kAuthorisationInvalid || reason == Reason::kResourceNotFound ||
         reason == Reason::kNotAvailable;
}

absl::Status Hidden(const absl::Status& status) { return IsHidden(status) ? NotAvailable() : status; }

absl::StatusOr<v1::CredentialQuery> ReadQuery(const relay::Opened& message) {
  v1::CredentialQuery query;
  if (!query.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  if (!base::IsUuid(query.authorisation_id())) {
    return Problem(Reason::kFieldInvalid, "authorisation_id", "it is not a UUID");
  }
  if (query.purpose() == sharing::v1::PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  return query;
}

// A translation is a statement of this node, so that it goes out under the node's seal.
absl::StatusOr<std::string> Seal(const proof::Sealers& sealers, const document::Translated& translated,
                                 absl::Time now) {
  ASSIGN_OR_RETURN(const proof::Sealer* const sealer, sealers.At(now));
  return proof::SealTranslated(translated, *sealer, now);
}

void Tell(const absl::Status& problem, document::v1::TranslationReport* report) {
  document::v1::Diagnostic* diagnostic = report->add_diagnostics();
  diagnostic->set_rule(std::string(base::Catalogue(base::ReasonOf(problem)).name));
  diagnostic->set_place(base::PlaceOf(problem));
  diagnostic->set_message(base::DetailOf(problem));
  diagnostic->set_severity(document::v1::SEVERITY_ERROR);
}

// What cannot be translated, or not be sealed, is delivered all the same: the receiver sees why, and has the original.
document::v1::Translation Translate(const CredentialQueryHandler::Options& handler,
                                    const document::v1::CredentialDocument& document, absl::Time now) {
  document::TranslateOptions options;
  options.import.translation_time = now;
  options.refuse_loss = handler.refuse_loss;
  absl::StatusOr<document::Translated> translated = document::Translate(*handler.adapters, document.content(), options);
  document::v1::Translation translation;
  if (translated.ok()) {
    *translation.mutable_report() = translated->report;
    if (handler.sealers != nullptr && !handler.sealers->empty()) {
      absl::StatusOr<std::string> sealed = Seal(*handler.sealers, *translated, now);
      if (sealed.ok()) translated->content = *std::move(sealed);
      if (!sealed.ok()) Tell(sealed.status(), translation.mutable_report());
    }
    translation.set_content(std::move(translated->content));
  } else {
    translation.mutable_report()->set_from(document.format());
    translation.mutable_report()->set_to("elm");
    Tell(translated.status(), translation.mutable_report());
  }
  translation.set_sha256(base::Sha256Hex(translation.content()));
  return translation;
}

absl::StatusOr<v1::DeliveredDocument> LookUp(const CredentialQueryHandler::Options& handler,
                                             const std::string& credential_id) {
  const absl::Time now = handler.clock->Now();
  // Documents named by digest are for what the holder hands in; a register is looked up by its own ids.
  if (absl::StartsWith(credential_id, sharing::kDigestPrefix)) return NotAvailable();
  ASSIGN_OR_RETURN(const registers::v1::RegisterEntry entry, handler.reg->LookUpCredential(credential_id));
  if (entry.has_revoke_time() && base::FromProto(entry.revoke_time()) <= now) return NotAvailable();
  const std::string& content = entry.document().content();
  if (content.empty()) return Problem(Reason::kRegisterUnavailable, "", "the register's entry has no document");
  const std::string format = entry.document().format().empty() ? document::Detect(*handler.adapters, content).format
                                                               : entry.document().format();
  v1::DeliveredDocument delivered;
  delivered.set_credential_id(credential_id);
  *delivered.mutable_document() = document::MakeDocument(content, format, entry.document().media_type());
  *delivered.mutable_translation() = Translate(handler, delivered.document(), now);
  // Whether or not it could be translated: what may not leave the register does not leave.
  const document::Adapter* const adapter = handler.adapters->Find(format);
  if (adapter != nullptr && adapter->Info().original_confidential) {
    delivered.mutable_document()->clear_content();
    delivered.set_original_withheld(true);
  }
  return delivered;
}

}  // namespace

std::string CredentialQueryHandler::Type() const { return v1::CredentialQuery::descriptor()->full_name(); }

absl::StatusOr<std::string> CredentialQueryHandler::Prepare(const relay::Opened& message) {
  ASSIGN_OR_RETURN(const v1::CredentialQuery query, ReadQuery(message));
  absl::StatusOr<sharing::v1::Authorisation> authorisation;
  const absl::Status covered = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    authorisation = options_.authorisations->Use(tx, query.authorisation_id(), message.header.sender, query.purpose(),
                                                 /*consume=*/false);
    return authorisation.status();
  });
  if (!covered.ok()) return Hidden(covered);
  if (options_.reg == nullptr) return NotAvailable();
  // All or nothing: a part of what the holder authorised would pass for the whole.
  v1::CredentialDelivery delivery;
  for (const std::string& credential_id : authorisation->credential_ids()) {
    absl::StatusOr<v1::DeliveredDocument> document = LookUp(options_, credential_id);
    if (!document.ok()) return Hidden(document.status());
    *delivery.add_documents() = *std::move(document);
  }
  if (delivery.ByteSizeLong() > base::kGrpcMessageBytesMax - kEnvelopeRoom) {
    return Problem(Reason::kInputTooLarge, "documents", "together they are larger than one message can be");
  }
  return delivery.SerializeAsString();
}

absl::StatusOr<relay::Reply> CredentialQueryHandler::Handle(const relay::Opened& message, const std::string& prepared,
                                                            base::Transaction& tx) {
  ASSIGN_OR_RETURN(const v1::CredentialQuery query, ReadQuery(message));
  // Asked again inside the transaction: the holder may have withdrawn it since Prepare.
  const absl::Status used = options_.authorisations
                                ->Use(tx, query.authorisation_id(), message.header.sender, query.purpose(),
                                      /*consume=*/true)
                                .status();
  if (!used.ok()) return Hidden(used);
  return relay::Reply{v1::CredentialDelivery::descriptor()->full_name(), prepared,
                      absl::AsciiStrToLower(query.authorisation_id())};
}

}  // namespace passerelle::exchange
