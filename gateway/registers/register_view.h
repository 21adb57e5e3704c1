// Port of the SQL register: a view of a database, which is read by three questions.
//
// The view has a row for every credential, with the columns
//   credential_id     text, unique
//   holder_reference  text: the register's own reference for the holder
//   issue_time        when it was issued: RFC 3339 text in SQLite, timestamptz in PostgreSQL
//   revoke_time       the same, when it was revoked; null if it was not
//   media_type        text, may be null
//   sha256            text: SHA-256 of the document's bytes, lower-case hexadecimal, unique
//   document          the bytes: blob in SQLite, bytea in PostgreSQL; null is a document that cannot be had
//
// Thread-safety: implementations are thread-safe. Ownership: the register owns its view.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// A row, as text; nullopt is null.
struct ViewRow {
  std::string credential_id;
  std::string holder_reference;
  std::optional<std::string> issue_time;
  std::optional<std::string> revoke_time;
  std::optional<std::string> media_type;
  std::string sha256;
  std::optional<std::string> document;  // of ById only
};

class RegisterView {
 public:
  RegisterView() = default;
  RegisterView(const RegisterView&) = delete;
  RegisterView& operator=(const RegisterView&) = delete;
  virtual ~RegisterView() = default;

  // Rows of an id or of a digest: more than one is a fault of the view, so that at most two are given. Documents above
  // kDocumentBytesMax are given as null. kRegisterUnavailable, with the database's code and no text of its own, which
  // could quote values.
  virtual absl::StatusOr<std::vector<ViewRow>> ById(absl::string_view credential_id) = 0;
  virtual absl::StatusOr<std::vector<ViewRow>> ByDigest(absl::string_view sha256) = 0;
  // Rows of a holder after an id, in the order of ids, at most `limit`.
  virtual absl::StatusOr<std::vector<ViewRow>> ByHolder(absl::string_view holder_reference, absl::string_view after,
                                                        int limit) = 0;
};

}  // namespace passerelle::gateway
