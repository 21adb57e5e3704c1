#include "core/recognition/case_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr absl::string_view kDays = "due";
constexpr size_t kDayLength = 10;  // yyyy-mm-dd

std::string DayKey(absl::string_view day) { return absl::StrCat(kDays, "/", day); }
std::string PlaceKey(absl::string_view day, absl::string_view case_id) {
  return absl::StrCat(DayKey(day), "/", case_id);
}

// Another transaction may have written the same record meanwhile; it is there, which is all that is wanted.
absl::Status Ensure(const std::string& key, absl::string_view group, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kCase, key));
  if (known.has_value()) return absl::OkStatus();
  const absl::Status inserted = tx.Insert(Table::kCase, {.key = key, .value = "", .group = std::string(group)});
  return absl::IsAlreadyExists(inserted) ? absl::OkStatus() : inserted;
}

absl::Status Leave(const std::string& day, absl::string_view case_id, base::Transaction& tx) {
  RETURN_IF_ERROR(tx.Delete(Table::kCase, PlaceKey(day, case_id)));
  ASSIGN_OR_RETURN(const std::vector<Record> left, tx.List(Table::kCase, DayKey(day), "", 1));
  return left.empty() ? tx.Delete(Table::kCase, DayKey(day)) : absl::OkStatus();
}

// The days on which something is due, earliest first.
absl::StatusOr<std::vector<std::string>> Days(base::Transaction& tx) {
  std::vector<std::string> days;
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kCase, kDays, after, base::kPageSizeMax));
    for (const Record& record : records) days.push_back(record.key.substr(kDays.size() + 1));
    if (records.size() < static_cast<size_t>(base::kPageSizeMax)) break;
    after = records.back().key;
  }
  std::sort(days.begin(), days.end());
  return days;
}

// The day of a place's key; nullopt for what is none.
std::optional<std::string> DayOfKey(absl::string_view key) {
  const std::string prefix = absl::StrCat(kDays, "/");
  if (!absl::StartsWith(key, prefix)) return std::nullopt;
  const std::string day(key.substr(prefix.size(), kDayLength));
  return ParseDay(day).has_value() ? std::optional<std::string>(day) : std::nullopt;
}

}  // namespace

absl::Status MoveInQueue(absl::string_view case_id, std::optional<absl::CivilDay> from,
                         std::optional<absl::CivilDay> to, base::Transaction& tx) {
  if (from == to) return absl::OkStatus();
  // The records of days are read, and so held, before anything of the days is changed, and in the order of the days:
  // nobody puts a case on a day that is being taken away, and no two wait for each other.
  std::vector<std::string> keys;
  for (const auto& day : {from, to}) {
    if (day.has_value()) keys.push_back(DayKey(DayText(*day)));
  }
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) RETURN_IF_ERROR(tx.Get(Table::kCase, key).status());
  if (to.has_value()) {
    const std::string day = DayText(*to);
    RETURN_IF_ERROR(Ensure(DayKey(day), kDays, tx));
    RETURN_IF_ERROR(Ensure(PlaceKey(day, case_id), DayKey(day), tx));
  }
  return from.has_value() ? Leave(DayText(*from), case_id, tx) : absl::OkStatus();
}

absl::StatusOr<std::vector<QueuePlace>> ListQueue(absl::string_view after, absl::string_view until, int limit,
                                                  base::Transaction& tx) {
  std::optional<std::string> first;
  if (!after.empty()) {
    first = DayOfKey(after);
    if (!first.has_value()) return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list");
  }
  std::vector<QueuePlace> places;
  ASSIGN_OR_RETURN(const std::vector<std::string> days, Days(tx));
  for (const std::string& day : days) {
    if (first.has_value() && day < *first) continue;
    if ((!until.empty() && day > until) || places.size() == static_cast<size_t>(limit)) break;
    const int wanted = limit - static_cast<int>(places.size());
    const absl::string_view from = first.has_value() && day == *first ? after : absl::string_view();
    absl::StatusOr<std::vector<Record>> records = tx.List(Table::kCase, DayKey(day), from, wanted);
    if (absl::IsNotFound(records.status())) records = tx.List(Table::kCase, DayKey(day), "", wanted);
    RETURN_IF_ERROR(records.status());
    for (Record& record : *records) {
      std::string id = record.key.substr(DayKey(day).size() + 1);
      places.push_back({std::move(record.key), day, std::move(id)});
    }
  }
  return places;
}

}  // namespace passerelle::recognition
