// How cases lie in the store: the case in one record, the bytes of its document in another or in pieces, so that a list
// never reads documents.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/contents/contents.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Group of the records of cases in the store, and of no others.
inline constexpr absl::string_view kCaseGroup = "case";

// A case without the bytes of its document, and when it has to be looked at again.
struct StoredCase {
  v1::RecognitionCase content;
  absl::Time due = absl::InfiniteFuture();
};

// Something that happens to a case.
struct CaseChange {
  v1::CaseState state = v1::CASE_STATE_UNSPECIFIED;
  std::string actor;
  std::string reason;  // in words, without personal data
  absl::Time time;
  std::string evidence_sha256 = {};
};

// The document of a case or an application as a content in pieces; of 0 bytes where it went as a whole.
template <typename CaseOrApplication>
contents::Content DocumentInPieces(const CaseOrApplication& described) {
  return {described.document().sha256(), described.document_bytes(), described.piece_bytes()};
}

// Puts the change into the case: its state, its event, its time.
void Apply(const CaseChange& change, v1::RecognitionCase* content);

// Writes a new case with its document, which can be there in pieces already (document_bytes).
absl::Status InsertCase(const v1::RecognitionCase& content, absl::Time due, base::Transaction& tx);
// Writes a changed case; its document never changes.
absl::Status UpdateCase(const StoredCase& stored, base::Transaction& tx);

// A case. kResourceNotFound.
absl::StatusOr<StoredCase> LoadCase(absl::string_view id, base::Transaction& tx);
// The bytes of a case's document. kStoreUnavailable when they are gone.
absl::StatusOr<std::string> LoadDocument(const v1::RecognitionCase& content, base::Transaction& tx);

// A case of which pieces of the document are still missing: no list shows it, and no clock of it runs.
absl::Status InsertArriving(const v1::RecognitionCase& content, base::Transaction& tx);
// kResourceNotFound.
absl::StatusOr<v1::RecognitionCase> LoadArriving(absl::string_view id, base::Transaction& tx);
// It opens: what lies apart of it goes; the pieces stay.
absl::Status DeleteArriving(absl::string_view id, base::Transaction& tx);
// It does not open. Left of it are ids and days in the state NOT_DELIVERED, by which the messages that belong to it are
// found and erased.
absl::Status EndUnopened(const v1::RecognitionCase& content, absl::Time now, base::Transaction& tx);
// The applicant's node was told of that, or cannot be. Returns whether there was one.
absl::StatusOr<bool> FileUnopened(absl::string_view id, base::Transaction& tx);
// How many there are of an applicant's node, with those that ended and are not filed; at most `limit` are counted.
absl::StatusOr<int> CountArriving(absl::string_view applicant_node, int limit, base::Transaction& tx);
// A case, one that is still arriving, or what is left of one that did not open. kResourceNotFound.
absl::StatusOr<v1::RecognitionCase> LoadAnyCase(absl::string_view id, base::Transaction& tx);

// At the holder's side: cuts the document of a case, which names its pieces, for the authority's node, under an
// authorisation. It is forgotten when it is due.
absl::Status SetDocumentAside(const v1::RecognitionCase& content, absl::string_view authorisation_id, absl::Time due,
                              base::Transaction& tx);
// Deletes what was set aside of it, of which nothing has to be told any more: the case is not due. Returns whether
// something was.
absl::StatusOr<bool> EraseSetAside(StoredCase* stored, base::Transaction& tx);

// Deletes a case, whether or not its document has arrived: its record, its document, what was set aside of that, its
// credentials, its place in the queue, and what its questions to other nodes are found by.
absl::Status EraseCase(const v1::RecognitionCase& content, base::Transaction& tx);

// Cases in the order in which they came, after the case `after`; NotFound when there is no such case.
absl::StatusOr<std::vector<v1::RecognitionCase>> ListStored(absl::string_view after, int limit, base::Transaction& tx);
// The same for what is left of cases that did not open, once it is filed.
absl::StatusOr<std::vector<v1::RecognitionCase>> ListUnopened(absl::string_view after, int limit,
                                                              base::Transaction& tx);
// Cases due at or before `now`.
absl::StatusOr<std::vector<StoredCase>> DueCases(absl::Time now, int limit, base::Transaction& tx);

}  // namespace passerelle::recognition
