#include "gateway/registers/sql_register.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/registers/finding.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using registers::v1::RegisterEntry;

// Bytes of a name in PostgreSQL.
constexpr size_t kNameBytesMax = 63;

// No value of the row: it would be personal data in a log.
absl::Status Fault(absl::string_view column, absl::string_view detail) {
  return Problem(Reason::kRegisterUnavailable, column, detail);
}

absl::Status ReadTime(absl::string_view column, const std::string& text, google::protobuf::Timestamp* time) {
  absl::Time read;
  if (!absl::ParseTime(absl::RFC3339_full, text, &read, nullptr)) return Fault(column, "is no time of RFC 3339");
  *time = base::ToProto(read);
  return absl::OkStatus();
}

absl::StatusOr<RegisterEntry> EntryOf(const ViewRow& row) {
  RegisterEntry entry;
  if (row.credential_id.empty()) return Fault("credential_id", "is missing");
  entry.set_credential_id(row.credential_id);
  entry.set_holder_reference(row.holder_reference);
  // Without it, nobody could say since when the document counts.
  if (!row.issue_time.has_value()) return Fault("issue_time", "is missing");
  RETURN_IF_ERROR(ReadTime("issue_time", *row.issue_time, entry.mutable_issue_time()));
  if (row.revoke_time.has_value()) {
    RETURN_IF_ERROR(ReadTime("revoke_time", *row.revoke_time, entry.mutable_revoke_time()));
  }
  return entry;
}

}  // namespace

absl::Status CheckViewName(absl::string_view view) {
  const std::vector<absl::string_view> names = absl::StrSplit(view, '.');
  for (const absl::string_view name : names) {
    bool plain = !name.empty() && name.size() <= kNameBytesMax && !absl::ascii_isdigit(name.front());
    for (const char c : name) plain = plain && (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_');
    if (plain && names.size() <= 2) continue;
    return Problem(Reason::kConfigInvalid, "sql_register.view",
                   "a name of letters, digits and underscores is expected");
  }
  return absl::OkStatus();
}

absl::StatusOr<RegisterEntry> SqlRegister::LookUpCredential(absl::string_view credential_id) {
  ASSIGN_OR_RETURN(std::vector<ViewRow> rows, view_->ById(credential_id));
  if (rows.empty()) return Problem(Reason::kResourceNotFound, "credential_id");
  if (rows.size() > 1) return Fault("credential_id", "stands twice");
  ViewRow& row = rows.front();
  ASSIGN_OR_RETURN(RegisterEntry entry, EntryOf(row));
  if (!row.document.has_value()) return Fault("document", "is missing, or larger than the limit");
  if (row.sha256 != base::Sha256Hex(*row.document)) return Fault("sha256", "is not the digest of the document");
  entry.mutable_document()->set_sha256(row.sha256);
  entry.mutable_document()->set_media_type(row.media_type.value_or(""));
  entry.mutable_document()->set_content(*std::move(row.document));
  return entry;
}

absl::StatusOr<authenticity::v1::AuthenticityAnswer> SqlRegister::ConfirmDigest(absl::string_view sha256) {
  ASSIGN_OR_RETURN(const std::vector<ViewRow> rows, view_->ByDigest(sha256));
  const absl::Time now = clock_->Now();
  if (rows.empty()) return FindingOf(nullptr, sha256, now, now);
  if (rows.size() > 1) return Fault("sha256", "stands twice");
  ASSIGN_OR_RETURN(const RegisterEntry entry, EntryOf(rows.front()));
  return FindingOf(&entry, sha256, now, now);
}

absl::StatusOr<std::vector<RegisterEntry>> SqlRegister::ListHolderCredentials(absl::string_view holder_reference,
                                                                              absl::string_view after, int limit) {
  ASSIGN_OR_RETURN(const std::vector<ViewRow> rows, view_->ByHolder(holder_reference, after, limit));
  std::vector<RegisterEntry> entries;
  for (const ViewRow& row : rows) {
    ASSIGN_OR_RETURN(RegisterEntry entry, EntryOf(row));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace passerelle::gateway
