#include "core/sharing/request_records.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

std::string RequestKey(absl::string_view token) { return absl::StrCat(kRequestPrefix, token); }

std::string RequestGroup(absl::string_view receiver) { return absl::StrCat("request/of/", receiver); }

Record ToRequestRecord(const v1::StoredRequest& stored) {
  return {.key = RequestKey(stored.token()),
          .value = stored.SerializeAsString(),
          .group = RequestGroup(stored.receiver()),
          .due = base::FromProto(stored.expire_time())};
}

}  // namespace

absl::Status InsertRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  return tx.Insert(kRequestTable, ToRequestRecord(stored));
}

absl::Status UpdateRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  return tx.Update(kRequestTable, ToRequestRecord(stored));
}

absl::StatusOr<v1::StoredRequest> LoadRequest(absl::string_view token, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kRequestTable, RequestKey(token)));
  v1::StoredRequest stored;
  if (!record.has_value() || !stored.ParseFromString(record->value) || now >= base::FromProto(stored.expire_time())) {
    return Problem(Reason::kResourceNotFound, "token");
  }
  return stored;
}

absl::StatusOr<std::vector<v1::StoredRequest>> RequestsOf(absl::string_view receiver, int most, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(kRequestTable, RequestGroup(receiver), "", most));
  std::vector<v1::StoredRequest> requests;
  for (const Record& record : records) {
    v1::StoredRequest stored;
    // A client of this name could have recorded authorisations.
    if (!absl::StartsWith(record.key, kRequestPrefix) || !stored.ParseFromString(record.value)) continue;
    requests.push_back(std::move(stored));
  }
  return requests;
}

absl::Status EndRequest(const v1::StoredRequest& stored, base::Transaction& tx) {
  return tx.Delete(kRequestTable, RequestKey(stored.token()));
}

absl::Status EraseAsked(const v1::StoredRequest& stored, base::Transaction& tx) {
  return relay::EraseMessagesOf(stored.authorisation_id(), tx);
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
        RETURN_IF_ERROR(EraseAsked(stored, tx));
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
