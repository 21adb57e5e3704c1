#include "core/exchange/credential_query.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/contents/piece_query.h"
#include "core/contents/set_aside.h"
#include "core/document/minimise.h"
#include "core/document/translate.h"
#include "core/proof/jades/seal_credential.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;
using contents::Content;
using contents::ContentsOf;
using contents::Hidden;
using contents::NotAvailable;

// Room for the envelope around a delivery in one message between nodes.
constexpr size_t kEnvelopeRoom = 64u << 10;

// Calls with large documents at a time, of the threads of the port for nodes: one works, the others wait for it.
constexpr int kLargeCallsMax = 4;

// What Prepare hands to Handle is the answer, behind this mark if something was set aside for it. No serialised answer
// begins so.
constexpr char kSetAsideMark = 's';

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

// Puts a translation under the seal of the node, if it has one. Elements without it would pass for a statement of the
// original's issuer, so that they do not go then.
void SealOrTell(const CredentialQueryHandler::Options& handler, const Disclosure& disclosure, absl::Time now,
                const document::Translated& translated, document::v1::Translation* translation) {
  const bool has_seals = handler.sealers != nullptr && !handler.sealers->empty();
  translation->set_content(disclosure.whole() ? translated.content : "");
  if (!has_seals && disclosure.whole()) return;
  absl::StatusOr<std::string> sealed = Seal(has_seals ? *handler.sealers : proof::Sealers(), translated, now);
  if (sealed.ok()) {
    translation->set_content(*std::move(sealed));
  } else {
    Tell(sealed.status(), translation->mutable_report());
  }
}

// What cannot be translated, or not be sealed, is delivered all the same: the receiver sees why, and has the original
// where the holder discloses the whole of it.
document::v1::Translation Translate(const CredentialQueryHandler::Options& handler,
                                    const document::v1::CredentialDocument& document, const Disclosure& disclosure,
                                    absl::Time now) {
  document::TranslateOptions options;
  options.import.translation_time = now;
  options.refuse_loss = handler.refuse_loss;
  absl::StatusOr<document::Translated> translated = document::Translate(*handler.adapters, document.content(), options);
  if (translated.ok() && !disclosure.whole()) {
    const absl::Status minimised = document::Minimise(disclosure.elements, disclosure.id, now, &*translated);
    if (!minimised.ok()) translated = minimised;
  }
  document::v1::Translation translation;
  if (translated.ok()) {
    *translation.mutable_report() = translated->report;
    SealOrTell(handler, disclosure, now, *translated, &translation);
  } else {
    translation.mutable_report()->set_from(document.format());
    translation.mutable_report()->set_to("elm");
    // The reason can be what is withheld.
    Tell(disclosure.whole() ? translated.status() : NotAvailable(), translation.mutable_report());
  }
  translation.set_sha256(base::Sha256Hex(translation.content()));
  return translation;
}

// Formats of files that no adapter reads, so that nothing in them could be what may not leave a register.
bool IsNeverRead(absl::string_view media_type) {
  return media_type == "application/pdf" || absl::StartsWith(media_type, "image/");
}

// What one of its credentials is disclosed as under an authorisation of these elements; of all that there is where it
// names none.
Disclosure DisclosureOf(const sharing::v1::Authorisation& authorisation, elm::Elements elements, int credential) {
  if (elements == 0) return Disclosure();
  return Disclosure{elements, absl::StrCat("urn:passerelle:disclosed:", authorisation.id(), ":", credential)};
}

// The bytes do not leave, and where elements are disclosed, nor does their digest, by which a guess could be confirmed.
void Withhold(const Disclosure& disclosure, v1::DeliveredDocument* delivered) {
  delivered->set_original_withheld(true);
  delivered->mutable_document()->clear_content();
  if (!disclosure.whole()) delivered->mutable_document()->clear_sha256();
}

// An original that is too large to be looked into leaves only if it cannot be one that must not.
bool MayLeaveUnread(const document::Registry& adapters, const document::v1::CredentialDocument& document) {
  const document::Adapter* const adapter = adapters.Find(document.format());
  return adapter != nullptr ? !adapter->Info().original_confidential : IsNeverRead(document.media_type());
}

uint64_t LargeBytes(const v1::DeliveredDocument& document) {
  return document.original_bytes() + document.translation_bytes();
}

sharing::Authorisations::Asked AskedBy(const v1::CredentialQuery& query, const relay::Opened& message) {
  return {message.header.sender, query.purpose(), message.header.id};
}

ContentsOf OfferOf(const v1::CredentialQuery& query, const relay::Opened& message) {
  return contents::ContentsOffered(query.authorisation_id(), message.header.sender, message.header.id);
}

}  // namespace

// The turn of a call with a large document. Few wait for it, so that threads are left for everybody else's messages.
class CredentialQueryHandler::LargeTurn {
 public:
  explicit LargeTurn(CredentialQueryHandler* handler)
      : handler_(handler), among_few_(++handler->large_calls_ <= kLargeCallsMax) {
    if (among_few_) handler_->large_.Lock();
  }
  LargeTurn(const LargeTurn&) = delete;
  LargeTurn& operator=(const LargeTurn&) = delete;
  ~LargeTurn() {
    if (among_few_) handler_->large_.Unlock();
    --handler_->large_calls_;
  }
  absl::Status status() const {
    return among_few_ ? absl::OkStatus() : Problem(Reason::kOverloaded, "", "other large documents are being read");
  }

 private:
  CredentialQueryHandler* const handler_;
  const bool among_few_;
};

// What an attempt before this one has written is not written again, so that however long the whole takes, some attempt
// finds it done.
absl::Status CredentialQueryHandler::Put(const ContentsOf& of, absl::string_view sha256, uint32_t piece,
                                         std::string data) {
  bool there = false;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    const absl::StatusOr<std::string> known = GetPiece(of, sha256, piece, tx);
    there = known.ok() && *known == data;
    return known.ok() || base::ReasonOf(known.status()) == Reason::kResourceNotFound ? absl::OkStatus()
                                                                                     : known.status();
  }));
  if (there) return absl::OkStatus();
  const absl::Time due = options_.clock->Now() + base::kDuplicateMemory;
  return options_.store->Write([&](base::Transaction& tx) { return PutPiece(of, sha256, piece, data, due, tx); });
}

// Moves a content that is larger than a piece into the store, and says how large it was.
absl::Status CredentialQueryHandler::SetAside(const ContentsOf& of, absl::string_view sha256, std::string* content,
                                              uint64_t* bytes) {
  if (content->size() <= options_.piece_bytes) return absl::OkStatus();
  const Content whole = {std::string(sha256), content->size(), options_.piece_bytes};
  for (uint32_t piece = 0; piece < whole.pieces(); ++piece) {
    RETURN_IF_ERROR(
        Put(of, sha256, piece, content->substr(size_t{piece} * options_.piece_bytes, options_.piece_bytes)));
  }
  *bytes = content->size();
  *content = std::string();
  return absl::OkStatus();
}

// Too large to be read: handed on from the register to the store as it is, with its digest checked.
absl::StatusOr<v1::DeliveredDocument> CredentialQueryHandler::HandOn(const registers::v1::RegisterEntry& entry,
                                                                     const Disclosure& disclosure,
                                                                     const ContentsOf* of) {
  const document::v1::CredentialDocument& document = entry.document();
  if (entry.document_bytes() > base::kContentBytesMax || of == nullptr) {
    return Problem(Reason::kInputTooLarge, "documents", "one is larger than can be handed on");
  }
  if (!base::IsSha256Hex(document.sha256())) {
    return Problem(Reason::kRegisterUnavailable, "", "the register's entry has no digest");
  }
  v1::DeliveredDocument delivered;
  *delivered.mutable_document() = document;
  Tell(Problem(Reason::kInputTooLarge, "", "it is handed on as it is, and not translated"),
       delivered.mutable_translation()->mutable_report());
  delivered.mutable_translation()->set_sha256(base::Sha256Hex(""));
  if (!disclosure.whole() || !MayLeaveUnread(*options_.adapters, document)) {
    Withhold(disclosure, &delivered);
    return delivered;
  }
  delivered.set_original_bytes(entry.document_bytes());
  RETURN_IF_ERROR(BeginSetAside(*of, options_.clock->Now(), *options_.store));
  const Content whole = {document.sha256(), entry.document_bytes(), options_.piece_bytes};
  base::Sha256Stream digest;
  for (uint32_t piece = 0; piece < whole.pieces(); ++piece) {
    const uint64_t offset = uint64_t{piece} * options_.piece_bytes;
    ASSIGN_OR_RETURN(std::string data, options_.reg->ReadDocument(entry.credential_id(), offset, whole.BytesOf(piece)));
    if (data.size() != whole.BytesOf(piece)) break;
    digest.Add(data);
    RETURN_IF_ERROR(Put(*of, document.sha256(), piece, std::move(data)));
  }
  if (digest.EndHex() != document.sha256()) {
    return Problem(Reason::kRegisterUnavailable, "", "the register's document is not that of its digest");
  }
  return delivered;
}

absl::StatusOr<v1::DeliveredDocument> CredentialQueryHandler::Read(registers::v1::RegisterEntry entry,
                                                                   const Disclosure& disclosure, const ContentsOf* of) {
  v1::DeliveredDocument delivered;
  delivered.mutable_document()->Swap(entry.mutable_document());
  document::v1::CredentialDocument& document = *delivered.mutable_document();
  if (document.format().empty()) {
    document.set_format(document::Detect(*options_.adapters, document.content()).format);
  }
  document.set_sha256(base::Sha256Hex(document.content()));
  *delivered.mutable_translation() = Translate(options_, document, disclosure, options_.clock->Now());
  // Whether or not it could be translated: what may not leave the register does not leave.
  const document::Adapter* const adapter = options_.adapters->Find(document.format());
  if (!disclosure.whole() || (adapter != nullptr && adapter->Info().original_confidential)) {
    Withhold(disclosure, &delivered);
  }
  const size_t larger = std::max(document.content().size(), delivered.translation().content().size());
  if (of == nullptr || larger <= options_.piece_bytes) return delivered;
  RETURN_IF_ERROR(BeginSetAside(*of, options_.clock->Now(), *options_.store));
  uint64_t original = 0;
  uint64_t translation = 0;
  RETURN_IF_ERROR(SetAside(*of, document.sha256(), document.mutable_content(), &original));
  RETURN_IF_ERROR(SetAside(*of, delivered.translation().sha256(), delivered.mutable_translation()->mutable_content(),
                           &translation));
  delivered.set_original_bytes(original);
  delivered.set_translation_bytes(translation);
  return delivered;
}

absl::StatusOr<v1::DeliveredDocument> CredentialQueryHandler::LookUp(const std::string& credential_id,
                                                                     const Disclosure& disclosure,
                                                                     const ContentsOf* of) {
  // Documents named by digest are for what the holder hands in; a register is looked up by its own ids.
  if (absl::StartsWith(credential_id, sharing::kDigestPrefix)) return NotAvailable();
  ASSIGN_OR_RETURN(registers::v1::RegisterEntry entry, options_.reg->LookUpCredential(credential_id));
  if (entry.has_revoke_time() && base::FromProto(entry.revoke_time()) <= options_.clock->Now()) return NotAvailable();
  absl::StatusOr<v1::DeliveredDocument> delivered;
  const bool unread = entry.document_bytes() > 0;
  if (!unread && entry.document().content().empty()) {
    return Problem(Reason::kRegisterUnavailable, "", "the register's entry has no document");
  }
  if (unread || entry.document().content().size() > options_.piece_bytes) {
    // What is large takes many times its size while it is translated.
    const LargeTurn turn(this);
    RETURN_IF_ERROR(turn.status());
    delivered = unread ? HandOn(entry, disclosure, of) : Read(std::move(entry), disclosure, of);
  } else {
    delivered = Read(std::move(entry), disclosure, of);
  }
  if (!delivered.ok()) return delivered;
  // An id of the register can be a number of the learner, and joins what different receivers have.
  delivered->set_credential_id(disclosure.whole() ? credential_id : disclosure.id);
  if (LargeBytes(*delivered) > 0) delivered->set_piece_bytes(options_.piece_bytes);
  return delivered;
}

std::string CredentialQueryHandler::Type() const { return v1::CredentialQuery::descriptor()->full_name(); }

absl::StatusOr<std::string> CredentialQueryHandler::Prepare(const relay::Opened& message) {
  ASSIGN_OR_RETURN(const v1::CredentialQuery query, ReadQuery(message));
  absl::StatusOr<sharing::v1::Authorisation> authorisation;
  const absl::Status covered = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    authorisation =
        options_.authorisations->Use(tx, query.authorisation_id(), AskedBy(query, message), /*consume=*/false);
    return authorisation.status();
  });
  if (!covered.ok()) return Hidden(covered);
  if (options_.reg == nullptr) return NotAvailable();
  const ContentsOf of = OfferOf(query, message);
  std::optional<std::string> offered;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(offered, FindOffer(of, tx));
    return absl::OkStatus();
  }));
  if (offered.has_value()) {
    // Its place is gone where another attempt gave up, or an earlier version of the node made it.
    RETURN_IF_ERROR(BeginSetAside(of, options_.clock->Now(), *options_.store));
    return kSetAsideMark + *offered;
  }
  const absl::StatusOr<v1::CredentialDelivery> delivered =
      Deliver(*authorisation, query.takes_pieces() ? &of : nullptr);
  if (!delivered.ok()) {
    if (query.takes_pieces()) RETURN_IF_ERROR(DropSetAside(of, *options_.store));
    return delivered.status();
  }
  const v1::CredentialDelivery& delivery = *delivered;
  const bool large = std::any_of(delivery.documents().begin(), delivery.documents().end(),
                                 [](const v1::DeliveredDocument& document) { return LargeBytes(document) > 0; });
  if (!large) return delivery.SerializeAsString();
  ASSIGN_OR_RETURN(const std::string answer, Offer(of, delivery.SerializeAsString()));
  return kSetAsideMark + answer;
}

// All or nothing: a part of what the holder authorised would pass for the whole.
absl::StatusOr<v1::CredentialDelivery> CredentialQueryHandler::Deliver(const sharing::v1::Authorisation& authorisation,
                                                                       const ContentsOf* of) {
  ASSIGN_OR_RETURN(const elm::Elements elements, elm::ElementsNamed(authorisation.elements()));
  v1::CredentialDelivery delivery;
  uint64_t large = 0;
  uint64_t here = 0;
  for (int i = 0; i < authorisation.credential_ids_size(); ++i) {
    const Disclosure disclosure = DisclosureOf(authorisation, elements, i);
    absl::StatusOr<v1::DeliveredDocument> document = LookUp(authorisation.credential_ids(i), disclosure, of);
    if (!document.ok()) return Hidden(document.status());
    large += LargeBytes(*document);
    here += document->ByteSizeLong();
    if (here > base::kGrpcMessageBytesMax - kEnvelopeRoom || large > base::kExchangeBytesMax) {
      return Problem(Reason::kInputTooLarge, "documents", "together they are larger than one message can be");
    }
    *delivery.add_documents() = *std::move(document);
  }
  return delivery;
}

// What was set aside is named by one answer: of attempts at the same time, that of the first.
absl::StatusOr<std::string> CredentialQueryHandler::Offer(const ContentsOf& of, std::string answer) {
  const absl::Time due = options_.clock->Now() + base::kDuplicateMemory;
  std::optional<std::string> first;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(first, FindOffer(of, tx));
    return first.has_value() ? absl::OkStatus() : PutOffer(of, answer, due, tx);
  }));
  return first.has_value() ? *std::move(first) : std::move(answer);
}

absl::StatusOr<relay::Reply> CredentialQueryHandler::Handle(const relay::Opened& message, const std::string& prepared,
                                                            base::Transaction& tx) {
  ASSIGN_OR_RETURN(const v1::CredentialQuery query, ReadQuery(message));
  // Asked again inside the transaction: the holder may have withdrawn it since Prepare.
  const absl::Status used =
      options_.authorisations->Use(tx, query.authorisation_id(), AskedBy(query, message), /*consume=*/true).status();
  if (!used.ok()) return Hidden(used);
  const bool set_aside = !prepared.empty() && prepared.front() == kSetAsideMark;
  if (set_aside) RETURN_IF_ERROR(EndSetAside(OfferOf(query, message), tx));
  return relay::Reply{v1::CredentialDelivery::descriptor()->full_name(), set_aside ? prepared.substr(1) : prepared,
                      absl::AsciiStrToLower(query.authorisation_id())};
}

absl::Status CredentialQueryHandler::HandleRefusal(const relay::Opened& message, const absl::Status& refusal,
                                                   base::Transaction& tx) {
  const absl::StatusOr<v1::CredentialQuery> query = ReadQuery(message);
  if (!query.ok() || base::ReasonOf(refusal) != Reason::kNotAvailable) return absl::OkStatus();
  return options_.authorisations->NoteRefused(tx, query->authorisation_id(), AskedBy(*query, message));
}

}  // namespace passerelle::exchange
