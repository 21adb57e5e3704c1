#include "core/recognition/case_records.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_credentials.h"
#include "core/recognition/case_queue.h"
#include "core/recognition/inquiries.h"
#include "core/recognition/machine_steps.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr absl::string_view kUnopenedGroup = "unopened";

std::string DocumentKey(absl::string_view id) { return absl::StrCat(id, "/document"); }
// Of a case that arrives, and of what is left of one that did not.
std::string ArrivingKey(absl::string_view id) { return absl::StrCat(id, "/arriving"); }
std::string ArrivingGroup(absl::string_view applicant_node) { return absl::StrCat("arriving/", applicant_node); }
// Its value is the authorisation under which the document is set aside.
std::string SetAsideKey(absl::string_view id) { return absl::StrCat(id, "/aside"); }

Record ToRecord(v1::RecognitionCase content, absl::Time due) {
  content.mutable_document()->clear_content();
  Record record;
  record.key = content.id();
  record.value = content.SerializeAsString();
  record.group = std::string(kCaseGroup);
  record.due = due;
  return record;
}

absl::StatusOr<StoredCase> ReadCase(const Record& record) {
  StoredCase stored;
  if (!stored.content.ParseFromString(record.value)) {
    return Problem(Reason::kStoreUnavailable, "case", "a record cannot be read");
  }
  stored.due = record.due;
  return stored;
}

// A case that arrives, or what is left of it. kResourceNotFound.
absl::StatusOr<v1::RecognitionCase> LoadBeforeOpening(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, ArrivingKey(absl::AsciiStrToLower(id))));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  ASSIGN_OR_RETURN(StoredCase stored, ReadCase(*record));
  return std::move(stored.content);
}

absl::StatusOr<std::vector<v1::RecognitionCase>> ListGroup(absl::string_view group, absl::string_view after, int limit,
                                                           base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kCase, group, after, limit));
  std::vector<v1::RecognitionCase> cases;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(StoredCase stored, ReadCase(record));
    cases.push_back(std::move(stored.content));
  }
  return cases;
}

// Deletes what was set aside of a case. Returns whether something was.
absl::StatusOr<bool> DeleteSetAside(const v1::RecognitionCase& content, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, SetAsideKey(content.id())));
  if (!record.has_value()) return false;
  const contents::ContentsOf of = contents::ContentsOffered(record->value, content.authority_node(), content.id());
  RETURN_IF_ERROR(contents::EraseContent(of, DocumentInPieces(content), tx));
  RETURN_IF_ERROR(contents::EraseMarkAndOffer(of, tx));
  RETURN_IF_ERROR(tx.Delete(Table::kCase, record->key));
  return true;
}

}  // namespace

void Apply(const CaseChange& change, v1::RecognitionCase* content) {
  content->set_state(change.state);
  *content->mutable_update_time() = base::ToProto(change.time);
  v1::CaseEvent* event = content->add_events();
  event->set_state(change.state);
  event->set_actor(change.actor);
  event->set_reason(change.reason);
  *event->mutable_event_time() = base::ToProto(change.time);
  event->set_evidence_sha256(change.evidence_sha256);
}

absl::Status InsertCase(const v1::RecognitionCase& content, absl::Time due, base::Transaction& tx) {
  RETURN_IF_ERROR(tx.Insert(Table::kCase, ToRecord(content, due)));
  if (content.document().content().empty() && content.document_bytes() > 0) return absl::OkStatus();
  Record document;
  document.key = DocumentKey(content.id());
  document.value = content.document().content();
  return tx.Insert(Table::kCase, document);
}

absl::Status UpdateCase(const StoredCase& stored, base::Transaction& tx) {
  return tx.Update(Table::kCase, ToRecord(stored.content, stored.due));
}

absl::StatusOr<StoredCase> LoadCase(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kCase, absl::AsciiStrToLower(id)));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "id");
  return ReadCase(*record);
}

absl::StatusOr<std::string> LoadDocument(const v1::RecognitionCase& content, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kCase, DocumentKey(content.id())));
  if (record.has_value()) return std::move(record->value);
  absl::StatusOr<std::string> whole =
      contents::ReadWhole(contents::ContentsOfCase(content.id()), DocumentInPieces(content), tx);
  const bool missing = content.document_bytes() == 0 || base::ReasonOf(whole.status()) == Reason::kResourceNotFound;
  return missing ? Problem(Reason::kStoreUnavailable, "case", "the document of a case is missing") : whole;
}

absl::Status InsertArriving(const v1::RecognitionCase& content, base::Transaction& tx) {
  return tx.Insert(Table::kCase, {.key = ArrivingKey(content.id()),
                                  .value = content.SerializeAsString(),
                                  .group = ArrivingGroup(content.applicant_node())});
}

absl::StatusOr<v1::RecognitionCase> LoadArriving(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::RecognitionCase content, LoadBeforeOpening(id, tx));
  if (content.state() == v1::CASE_STATE_NOT_DELIVERED) return Problem(Reason::kResourceNotFound, "id");
  return content;
}

absl::Status EndUnopened(const v1::RecognitionCase& content, absl::Time now, base::Transaction& tx) {
  v1::RecognitionCase left;
  left.set_id(content.id());
  left.set_applicant_node(content.applicant_node());
  left.set_authority_node(content.authority_node());
  left.set_state(v1::CASE_STATE_NOT_DELIVERED);
  *left.mutable_create_time() = content.create_time();
  *left.mutable_update_time() = base::ToProto(now);
  return tx.Update(Table::kCase, {.key = ArrivingKey(content.id()),
                                  .value = left.SerializeAsString(),
                                  .group = ArrivingGroup(content.applicant_node())});
}

absl::StatusOr<bool> FileUnopened(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kCase, ArrivingKey(id)));
  if (!record.has_value()) return false;
  record->group = std::string(kUnopenedGroup);
  RETURN_IF_ERROR(tx.Update(Table::kCase, *record));
  return true;
}

absl::Status DeleteArriving(absl::string_view id, base::Transaction& tx) {
  return tx.Delete(Table::kCase, ArrivingKey(id));
}

absl::StatusOr<int> CountArriving(absl::string_view applicant_node, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kCase, ArrivingGroup(applicant_node), "", limit));
  return static_cast<int>(records.size());
}

absl::StatusOr<v1::RecognitionCase> LoadAnyCase(absl::string_view id, base::Transaction& tx) {
  absl::StatusOr<StoredCase> stored = LoadCase(id, tx);
  if (base::ReasonOf(stored.status()) == Reason::kResourceNotFound) return LoadBeforeOpening(id, tx);
  RETURN_IF_ERROR(stored.status());
  return std::move(stored->content);
}

absl::Status SetDocumentAside(const v1::RecognitionCase& content, absl::string_view authorisation_id, absl::Time due,
                              base::Transaction& tx) {
  const contents::ContentsOf of = contents::ContentsOffered(authorisation_id, content.authority_node(), content.id());
  RETURN_IF_ERROR(tx.Insert(Table::kCase, {.key = SetAsideKey(content.id()), .value = std::string(authorisation_id)}));
  RETURN_IF_ERROR(contents::MarkDelivery(of, due, tx, content.id()));
  const contents::Content document = DocumentInPieces(content);
  for (uint32_t piece = 0; piece < document.pieces(); ++piece) {
    std::string data =
        content.document().content().substr(size_t{piece} * document.piece_bytes, document.BytesOf(piece));
    RETURN_IF_ERROR(contents::PutPiece(of, document.sha256, piece, std::move(data), due, tx));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> EraseSetAside(StoredCase* stored, base::Transaction& tx) {
  stored->due = absl::InfiniteFuture();
  return DeleteSetAside(stored->content, tx);
}

absl::Status EraseCase(const v1::RecognitionCase& content, base::Transaction& tx) {
  RETURN_IF_ERROR(DeleteSetAside(content, tx).status());
  RETURN_IF_ERROR(contents::EraseContents(contents::ContentsOfCase(content.id()).owner, tx));
  RETURN_IF_ERROR(DeleteArriving(content.id(), tx));
  RETURN_IF_ERROR(MoveInQueue(content.id(), DueDay(content), std::nullopt, tx));
  RETURN_IF_ERROR(ForgetInquiries(content, tx));
  RETURN_IF_ERROR(EraseCredentials(content.id(), tx));
  RETURN_IF_ERROR(tx.Delete(Table::kCase, DocumentKey(content.id())));
  return tx.Delete(Table::kCase, content.id());
}

absl::StatusOr<std::vector<v1::RecognitionCase>> ListStored(absl::string_view after, int limit, base::Transaction& tx) {
  return ListGroup(kCaseGroup, after, limit, tx);
}

absl::StatusOr<std::vector<v1::RecognitionCase>> ListUnopened(absl::string_view after, int limit,
                                                              base::Transaction& tx) {
  return ListGroup(kUnopenedGroup, after.empty() ? "" : ArrivingKey(after), limit, tx);
}

absl::StatusOr<std::vector<StoredCase>> DueCases(absl::Time now, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.Due(Table::kCase, now, limit));
  std::vector<StoredCase> cases;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(StoredCase stored, ReadCase(record));
    cases.push_back(std::move(stored));
  }
  return cases;
}

}  // namespace passerelle::recognition
