#include "core/evidence/time_stamps.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/x509/time_stamp.h"

namespace passerelle::evidence {
namespace {

using base::Record;
using base::Table;

constexpr char kGroup[] = "log/time-stamps";
// Holds the key of the last one, in a group of its own.
constexpr char kLast[] = "log/last-time-stamp";
constexpr int kPage = 500;

absl::StatusOr<v1::StoredTimeStamp> Read(const Record& record) {
  v1::StoredTimeStamp stamp;
  if (stamp.ParseFromString(record.value)) return stamp;
  return base::Problem(base::Reason::kStoreDamaged, record.key, "it is no time-stamp");
}

}  // namespace

absl::StatusOr<absl::Time> CheckTimeStamp(const v1::StoredTimeStamp& stamp, const proof::TrustAnchors& anchors) {
  const absl::string_view stamped[] = {stamp.checkpoint()};
  ASSIGN_OR_RETURN(const proof::TimeStamp seen, proof::VerifyTimeStamp(stamp.token(), stamped, {}, anchors));
  if (seen.trusted) return seen.time;
  return base::Problem(base::Reason::kTimeStampInvalid, "time-stamp", "it is not by an authority that is trusted");
}

absl::Status AddTimeStamp(const v1::StoredTimeStamp& stamp, base::Transaction& tx) {
  const std::string key =
      absl::StrCat(kGroup, "/", absl::Dec(absl::ToUnixMillis(base::FromProto(stamp.time())), absl::kZeroPad20));
  RETURN_IF_ERROR(tx.Insert(Table::kSetting, Record{.key = key, .value = stamp.SerializeAsString(), .group = kGroup}));
  ASSIGN_OR_RETURN(const std::optional<Record> last, tx.Get(Table::kSetting, kLast));
  const Record pointer = {.key = kLast, .value = key};
  return last ? tx.Update(Table::kSetting, pointer) : tx.Insert(Table::kSetting, pointer);
}

absl::StatusOr<std::optional<v1::StoredTimeStamp>> LastTimeStamp(base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> last, tx.Get(Table::kSetting, kLast));
  if (!last) return std::optional<v1::StoredTimeStamp>();
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, last->value));
  if (!record) return base::Problem(base::Reason::kStoreDamaged, last->value, "the last time-stamp is missing");
  ASSIGN_OR_RETURN(v1::StoredTimeStamp stamp, Read(*record));
  return std::optional<v1::StoredTimeStamp>(std::move(stamp));
}

absl::StatusOr<std::vector<v1::StoredTimeStamp>> TimeStamps(base::Transaction& tx) {
  std::vector<v1::StoredTimeStamp> stamps;
  std::string after;
  for (size_t count = kPage; count == kPage;) {
    ASSIGN_OR_RETURN(const std::vector<Record> page, tx.List(Table::kSetting, kGroup, after, kPage));
    for (const Record& record : page) {
      ASSIGN_OR_RETURN(v1::StoredTimeStamp stamp, Read(record));
      stamps.push_back(std::move(stamp));
    }
    count = page.size();
    if (count > 0) after = page.back().key;
  }
  return stamps;
}

}  // namespace passerelle::evidence
