// How cases lie in the store: the case in one record, the bytes of its document in another, so that a list never reads
// documents.
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
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

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

// Puts the change into the case: its state, its event, its time.
void Apply(const CaseChange& change, v1::RecognitionCase* content);

// Writes a new case with its document.
absl::Status InsertCase(const v1::RecognitionCase& content, absl::Time due, base::Transaction& tx);
// Writes a changed case; its document never changes.
absl::Status UpdateCase(const StoredCase& stored, base::Transaction& tx);

// A case. kResourceNotFound.
absl::StatusOr<StoredCase> LoadCase(absl::string_view id, base::Transaction& tx);
// The bytes of a case's document. kStoreUnavailable when they are gone.
absl::StatusOr<std::string> LoadDocument(absl::string_view id, base::Transaction& tx);

// Deletes a case: its record, its document, its credentials, its place in the queue, and what its questions to other
// nodes are found by.
absl::Status EraseCase(const v1::RecognitionCase& content, base::Transaction& tx);

// Cases in the order in which they came, after the case `after`; NotFound when there is no such case.
absl::StatusOr<std::vector<v1::RecognitionCase>> ListStored(absl::string_view after, int limit, base::Transaction& tx);
// Cases due at or before `now`.
absl::StatusOr<std::vector<StoredCase>> DueCases(absl::Time now, int limit, base::Transaction& tx);

}  // namespace passerelle::recognition
