#include "core/erasure/retention_clock.h"

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/erasure/erase_subject.h"
#include "core/erasure/erased_records.h"
#include "core/exchange/exchange_records.h"
#include "core/recognition/case_records.h"
#include "core/recognition/clocks.h"
#include "core/recognition/inquiries.h"
#include "core/relay/erase.h"
#include "core/sharing/authorisations.h"

namespace passerelle::erasure {
namespace {

using base::Record;
using base::Table;

std::string CursorKey(absl::string_view kind) { return absl::StrCat("retention/after/", kind); }

// Where the last turn ended; empty for the beginning.
absl::StatusOr<std::string> ReadCursor(absl::string_view kind, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, CursorKey(kind)));
  return record.has_value() ? record->value : std::string();
}

absl::Status WriteCursor(absl::string_view kind, const std::string& after, base::Transaction& tx) {
  const Record record = {.key = CursorKey(kind), .value = after};
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, record.key));
  return known.has_value() ? tx.Update(Table::kSetting, record) : tx.Insert(Table::kSetting, record);
}

// Something of a list that goes round.
struct Candidate {
  std::string id;
  bool over = false;
};
using Page = std::vector<Candidate>;

// Looks at the next part of a list, and erases what is over. The place where the next turn goes on is one that stays.
absl::StatusOr<int> GoRound(
    base::Store& store, absl::string_view kind,
    absl::FunctionRef<absl::StatusOr<Page>(const std::string& after, base::Transaction& tx)> list,
    absl::FunctionRef<absl::StatusOr<bool>(const std::string& id, base::Transaction& tx)> erase) {
  Page page;
  std::string after;
  const absl::Status read = store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(after, ReadCursor(kind, tx));
    absl::StatusOr<Page> listed = list(after, tx);
    // Where the last turn ended is gone meanwhile: it begins anew.
    if (absl::IsNotFound(listed.status())) {
      after.clear();
      listed = list(after, tx);
    }
    RETURN_IF_ERROR(listed.status());
    page = *std::move(listed);
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  int erased = 0;
  std::string last = after;
  for (const Candidate& candidate : page) {
    bool gone = false;
    if (candidate.over) {
      const absl::Status written = store.Write([&](base::Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(gone, erase(candidate.id, tx));
        return absl::OkStatus();
      });
      RETURN_IF_ERROR(written);
    }
    if (gone) ++erased;
    if (!gone) last = candidate.id;
  }
  if (page.size() < static_cast<size_t>(kLookedAtPerTurn)) last.clear();
  if (last == after) return erased;
  const absl::Status written = store.Write([&](base::Transaction& tx) { return WriteCursor(kind, last, tx); });
  RETURN_IF_ERROR(written);
  return erased;
}

}  // namespace

absl::Time RetentionClock::OverBefore(v1::RetentionClass retention_class) const {
  const std::optional<int> days = DaysOf(retention_class, options_.rules);
  if (!days.has_value()) return absl::InfinitePast();
  const absl::CivilDay first_kept = recognition::DayOf(options_.clock->Now()) - *days;
  return absl::FromCivil(first_kept, absl::UTCTimeZone()) - absl::Milliseconds(1);
}

absl::StatusOr<int> RetentionClock::Exchanges() const {
  const absl::Time before = OverBefore(v1::RETENTION_CLASS_EXCHANGE);
  if (before == absl::InfinitePast()) return 0;
  const absl::Time now = options_.clock->Now();
  int erased = 0;
  const absl::Status written = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    erased = 0;
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, exchange::EndedUntil(before, kErasedPerTurn, tx));
    const Ground ground = {options_.node, &options_.rules, now};
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(const exchange::v1::Exchange exchange, exchange::LoadExchange(id, tx));
      RETURN_IF_ERROR(EraseExchange(ground, exchange, tx).status());
      ++erased;
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return erased;
}

absl::StatusOr<int> RetentionClock::Authorisations() const {
  const absl::Time now = options_.clock->Now();
  RETURN_IF_ERROR(options_.store->Write(
      [&](base::Transaction& tx) { return sharing::Authorisations::FileEnded(now, kFiledPerTurn, tx).status(); }));
  const absl::Time before = OverBefore(v1::RETENTION_CLASS_AUTHORISATION);
  if (before == absl::InfinitePast()) return 0;
  int erased = 0;
  const absl::Status written = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                     sharing::Authorisations::EndedUntil(before, kErasedPerTurn, tx));
    for (const std::string& id : ids) {
      RETURN_IF_ERROR(relay::EraseMessagesOf(id, tx));
      RETURN_IF_ERROR(contents::EraseOffered(id, tx));
      RETURN_IF_ERROR(sharing::Authorisations::Erase(id, tx));
      RETURN_IF_ERROR(NoteErased(NameOfAuthorisation(id), now, tx));
    }
    erased = static_cast<int>(ids.size());
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return erased;
}

absl::StatusOr<int> RetentionClock::Messages() const {
  const absl::Time before = OverBefore(v1::RETENTION_CLASS_MESSAGE);
  if (before == absl::InfinitePast()) return 0;
  int erased = 0;
  const absl::Status written = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<relay::MessageLog::Kept> kept,
                     relay::MessageLog::KeptUntil(before, kErasedPerTurn, tx));
    for (const relay::MessageLog::Kept& message : kept) {
      RETURN_IF_ERROR(relay::EraseContent(message.side, message.name, tx));
    }
    erased = static_cast<int>(kept.size());
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  return erased;
}

absl::StatusOr<int> RetentionClock::CasesIn(absl::string_view kind, ListCases list_cases) const {
  const absl::Time now = options_.clock->Now();
  const absl::CivilDay today = recognition::DayOf(now);
  const Ground ground = {options_.node, &options_.rules, now};
  const auto list = [&](const std::string& after, base::Transaction& tx) -> absl::StatusOr<Page> {
    ASSIGN_OR_RETURN(const std::vector<recognition::v1::RecognitionCase> cases,
                     list_cases(after, kLookedAtPerTurn, tx));
    Page page;
    for (const recognition::v1::RecognitionCase& content : cases) {
      const std::optional<v1::RetentionClass> its = ClassOfCase(content, options_.node, today);
      const absl::CivilDay changed = recognition::DayOf(base::FromProto(content.update_time()));
      page.push_back({content.id(), its.has_value() && IsOver(*its, options_.rules, changed, today)});
    }
    return page;
  };
  const auto erase = [&](const std::string& id, base::Transaction& tx) -> absl::StatusOr<bool> {
    const absl::StatusOr<recognition::v1::RecognitionCase> content = recognition::LoadAnyCase(id, tx);
    if (base::ReasonOf(content.status()) == base::Reason::kResourceNotFound) return true;
    RETURN_IF_ERROR(content.status());
    ASSIGN_OR_RETURN(const v1::NodeErasure erasure, EraseCase(ground, *content, tx));
    return erasure.outcome() == v1::ERASURE_OUTCOME_ERASED;
  };
  return GoRound(*options_.store, kind, list, erase);
}

absl::StatusOr<int> RetentionClock::Cases() const { return CasesIn("case", recognition::ListStored); }

absl::StatusOr<int> RetentionClock::UnopenedCases() const { return CasesIn("unopened", recognition::ListUnopened); }

absl::StatusOr<int> RetentionClock::Inquiries() const {
  const absl::Time now = options_.clock->Now();
  const absl::CivilDay today = recognition::DayOf(now);
  const auto list = [&](const std::string& after, base::Transaction& tx) -> absl::StatusOr<Page> {
    ASSIGN_OR_RETURN(const std::vector<recognition::v1::ReceivedInquiry> inquiries,
                     recognition::ListAnswered(after, kLookedAtPerTurn, tx));
    Page page;
    for (const recognition::v1::ReceivedInquiry& inquiry : inquiries) {
      // Those that were answered before answers had a time count from the day on which they came.
      const absl::CivilDay from = recognition::DayOf(
          base::FromProto(inquiry.has_answer_time() ? inquiry.answer_time() : inquiry.receive_time()));
      page.push_back({inquiry.id(), IsOver(v1::RETENTION_CLASS_INQUIRY, options_.rules, from, today)});
    }
    return page;
  };
  const auto erase = [&](const std::string& id, base::Transaction& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::optional<absl::Time> until, relay::OnItsWayUntil(id, tx));
    if (until.has_value()) return false;
    RETURN_IF_ERROR(relay::EraseMessagesOf(id, tx));
    RETURN_IF_ERROR(recognition::EraseInquiry(id, tx));
    RETURN_IF_ERROR(NoteErased(NameOfInquiry(id), now, tx));
    return true;
  };
  return GoRound(*options_.store, "inquiry", list, erase);
}

absl::StatusOr<int> RetentionClock::LateMessages() const {
  const auto list = [](const std::string& after, base::Transaction& tx) -> absl::StatusOr<Page> {
    ASSIGN_OR_RETURN(const std::vector<std::string> resources, ListLate(after, kLookedAtPerTurn, tx));
    Page page;
    for (const std::string& resource : resources) page.push_back({resource, /*over=*/true});
    return page;
  };
  const auto erase = [](const std::string& id, base::Transaction& tx) { return EraseLate(id, tx); };
  return GoRound(*options_.store, "late", list, erase);
}

absl::StatusOr<int> RetentionClock::TakeTurn() const {
  int erased = 0;
  for (const auto part :
       {&RetentionClock::Exchanges, &RetentionClock::Authorisations, &RetentionClock::Messages, &RetentionClock::Cases,
        &RetentionClock::UnopenedCases, &RetentionClock::Inquiries, &RetentionClock::LateMessages}) {
    ASSIGN_OR_RETURN(const int more, (this->*part)());
    erased += more;
  }
  return erased;
}

}  // namespace passerelle::erasure
