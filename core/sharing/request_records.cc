#include "core/sharing/request_records.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/relay/erase.h"

namespace passerelle::sharing {
namespace {

using base::Problem;
using base::Reason;
using base::Record;

// Authorisations have ids that are UUIDs in the same table.
constexpr base::Table kRequestTable = base::Table::kAuthorisation;
constexpr absl::string_view kRequestPrefix = "request/";
constexpr absl::string_view kQuestionPrefix = "request/asked/";

std::string RequestKey(absl::string_view token) { return absl::StrCat(kRequestPrefix, token); }

std::string QuestionKey(absl::string_view question_sha256) { return absl::StrCat(kQuestionPrefix, question_sha256); }

std::string RequestGroup(absl::string_view receiver) { return absl::StrCat("request/of/", receiver); }

Record ToRequestRecord(const v1::StoredRequest& stored) {
  return {.key = RequestKey(stored.token()),
          .value = stored.SerializeAsString(),
          .group = RequestGroup(stored.receiver()),
          .due = base::FromProto(stored.expire_time())};
}

}  // namespace

// Node ids have no slash, so that no two pairs are one text.
std::string QuestionOf(absl::string_view receiver, absl::string_view request_id) {
  return base::Sha256Hex(absl::StrCat(receiver, "/", absl::AsciiStrToLower(request_id)));
}

absl::StatusOr<std::optional<v1::StoredRequest>> FindRequest(absl::string_view question_sha256, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> question, tx.Get(kRequestTable, QuestionKey(question_sha256)));
  if (!question.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kRequestTable, RequestKey(question->value)));
  v1::StoredRequest stored;
  if (!record.has_value() || !stored.ParseFromString(record->value)) {
    return Problem(Reason::kStoreUnavailable, "request", "a record cannot be read");
  }
  return stored;
}

absl::Status InsertRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  RETURN_IF_ERROR(tx.Insert(kRequestTable, {.key = QuestionKey(stored.question_sha256()), .value = stored.token()}));
  return tx.Insert(kRequestTable, ToRequestRecord(stored));
}

absl::Status UpdateRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  return tx.Update(kRequestTable, ToRequestRecord(stored));
}

absl::Status CloseRequest(v1::StoredRequest stored, base::Transaction& tx) {
  stored.clear_query();
  stored.clear_holder_reference();
  stored.clear_assurance_level();
  return UpdateRequest(stored, tx);
}

absl::StatusOr<v1::StoredRequest> LoadRequest(absl::string_view token, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kRequestTable, RequestKey(token)));
  v1::StoredRequest stored;
  if (!record.has_value() || !stored.ParseFromString(record->value) || stored.decided() ||
      now >= base::FromProto(stored.expire_time())) {
    return Problem(Reason::kResourceNotFound, "token");
  }
  return stored;
}

absl::StatusOr<int> CountRequests(absl::string_view receiver, int most, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(kRequestTable, RequestGroup(receiver), "", most));
  int count = 0;
  for (const Record& record : records) {
    // A client of this name could have recorded authorisations.
    if (absl::StartsWith(record.key, kRequestPrefix)) ++count;
  }
  return count;
}

std::string AskedResource(const v1::StoredRequest& stored) { return absl::StrCat("asked/", stored.authorisation_id()); }

absl::Status EndRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  RETURN_IF_ERROR(relay::EraseMessagesOf(AskedResource(stored), tx));
  RETURN_IF_ERROR(tx.Delete(kRequestTable, QuestionKey(stored.question_sha256())));
  return tx.Delete(kRequestTable, RequestKey(stored.token()));
}

absl::StatusOr<int> ForgetRequests(absl::Time now, int at_once, base::Store& store) {
  int all = 0;
  for (bool more = true; more;) {
    int done = 0;
    const absl::Status status = store.Write([&](base::Transaction& tx) -> absl::Status {
      done = 0;
      ASSIGN_OR_RETURN(const std::vector<Record> due, tx.Due(kRequestTable, now, at_once));
      for (const Record& record : due) {
        v1::StoredRequest stored;
        if (!absl::StartsWith(record.key, kRequestPrefix) || !stored.ParseFromString(record.value)) continue;
        RETURN_IF_ERROR(EndRequest(stored, tx));
        ++done;
      }
      more = done > 0 && due.size() == static_cast<size_t>(at_once);
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
    all += done;
  }
  return all;
}

}  // namespace passerelle::sharing
