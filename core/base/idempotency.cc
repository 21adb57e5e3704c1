#include "core/base/idempotency.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::base {
namespace {

constexpr size_t kDigestDigits = 64;
constexpr int kForgottenAtATime = 500;

}  // namespace

absl::StatusOr<std::string> Once(Transaction& tx, absl::string_view client, absl::string_view request_id,
                                 absl::string_view request, absl::Time now,
                                 absl::FunctionRef<absl::StatusOr<std::string>()> work) {
  RETURN_IF_ERROR(CheckRequestId(request_id));
  // The id has no slash, so that no two pairs of client and id share a key.
  const std::string key = absl::StrCat(absl::AsciiStrToLower(request_id), "/", client);
  const std::string digest = Sha256Hex(request);
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kRequest, key));
  if (known.has_value()) {
    if (known->value.compare(0, kDigestDigits, digest) != 0) return Problem(Reason::kRequestIdReused, "request_id");
    return known->value.substr(kDigestDigits);
  }
  ASSIGN_OR_RETURN(std::string reference, work());
  Record record;
  record.key = key;
  record.value = digest + reference;
  record.due = now + kRequestMemory;
  RETURN_IF_ERROR(tx.Insert(Table::kRequest, record));
  return reference;
}

absl::StatusOr<int> ForgetRequests(absl::Time now, Store& store) {
  int forgotten = 0;
  for (size_t count = kForgottenAtATime; count == kForgottenAtATime;) {
    const absl::Status status = store.Write([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Record> due, tx.Due(Table::kRequest, now, kForgottenAtATime));
      for (const Record& record : due) RETURN_IF_ERROR(tx.Delete(Table::kRequest, record.key));
      count = due.size();
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
    forgotten += static_cast<int>(count);
  }
  return forgotten;
}

absl::Status CheckRequestId(absl::string_view request_id) {
  if (request_id.empty()) return Problem(Reason::kFieldMissing, "request_id");
  if (!IsUuid(request_id)) return Problem(Reason::kFieldInvalid, "request_id", "it is not a UUID");
  return absl::OkStatus();
}

bool IsUuid(absl::string_view text) {
  constexpr size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (size_t i = 0; i < kLength; ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

}  // namespace passerelle::base
