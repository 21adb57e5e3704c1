#include "core/erasure/erased_records.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/exchange/exchange_records.h"
#include "core/exchange/offers.h"
#include "core/recognition/case_records.h"
#include "core/recognition/inquiries.h"
#include "core/relay/erase.h"
#include "core/sharing/authorisations.h"

namespace passerelle::erasure {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr absl::string_view kGroup = "erased";
constexpr absl::string_view kLateGroup = "erase-later";

std::string ErasedKeyOf(absl::string_view name) { return absl::StrCat(kGroup, "/", name); }
std::string LateKeyOf(absl::string_view resource) { return absl::StrCat(kLateGroup, "/", resource); }

absl::Status NoName() { return Problem(Reason::kFieldInvalid, "name", "it is no name of what was erased"); }

absl::Status UnlessGone(const absl::Status& status) {
  return base::ReasonOf(status) == Reason::kResourceNotFound ? absl::OkStatus() : status;
}

absl::Status EraseCaseAgain(absl::string_view id, base::Transaction& tx) {
  const absl::StatusOr<recognition::v1::RecognitionCase> content = recognition::LoadAnyCase(id, tx);
  if (!content.ok()) return UnlessGone(content.status());
  return recognition::EraseCase(*content, tx);
}

// What wallets leave lies among the authorisations, and an earlier version of the clock took it for some: names in
// files of then say "authorisation/presentation/<id>", "authorisation/offer/of/<id>" or
// "authorisation/offer/nonce/<digest>".
bool IsOfWallet(absl::string_view name) {
  return absl::ConsumePrefix(&name, "authorisation/") &&
         (absl::StartsWith(name, "presentation/") || absl::StartsWith(name, "offer/of/") ||
          absl::StartsWith(name, "offer/nonce/"));
}

// What is on its way cannot be erased before it has ended: its answer is erased when it has come.
absl::Status NoteIfOnItsWay(const std::string& resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<absl::Time> until, relay::OnItsWayUntil(resource, tx));
  if (!until.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, LateKeyOf(resource)));
  if (known.has_value()) return absl::OkStatus();
  return tx.Insert(Table::kSetting, {.key = LateKeyOf(resource), .value = "", .group = std::string(kLateGroup)});
}

// The names behind a prefix in a group of that name, in order.
absl::StatusOr<std::vector<std::string>> ListNames(absl::string_view group, absl::string_view after, int limit,
                                                   base::Transaction& tx) {
  const std::string after_key = after.empty() ? "" : absl::StrCat(group, "/", after);
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kSetting, group, after_key, limit));
  std::vector<std::string> names;
  names.reserve(records.size());
  for (const Record& record : records) names.push_back(record.key.substr(group.size() + 1));
  return names;
}

// What has the kind and id of a name.
absl::Status EraseOne(absl::string_view kind, const std::string& id, absl::Time now, base::Transaction& tx) {
  if (!base::IsUuid(id)) return NoName();
  if (kind == "case") {
    RETURN_IF_ERROR(EraseCaseAgain(id, tx));
  } else if (kind == "exchange") {
    RETURN_IF_ERROR(UnlessGone(exchange::EraseAgain(id, now, tx)));
  } else if (kind == "authorisation") {
    RETURN_IF_ERROR(sharing::Authorisations::Erase(id, tx));
  } else if (kind == "inquiry") {
    RETURN_IF_ERROR(recognition::EraseInquiry(id, tx));
  } else if (kind != "messages") {
    return NoName();
  }
  RETURN_IF_ERROR(contents::EraseOffered(id, tx));
  RETURN_IF_ERROR(relay::EraseMessagesOf(id, tx));
  return NoteIfOnItsWay(id, tx);
}

}  // namespace

std::string NameOfCase(absl::string_view id) { return absl::StrCat("case/", id); }
std::string NameOfExchange(absl::string_view id) { return absl::StrCat("exchange/", id); }
std::string NameOfAuthorisation(absl::string_view id) { return absl::StrCat("authorisation/", id); }
std::string NameOfInquiry(absl::string_view id) { return absl::StrCat("inquiry/", id); }
std::string NameOfMessages(absl::string_view resource) { return absl::StrCat("messages/", resource); }
std::string NameOfMessage(const relay::MessageName& received) {
  return absl::StrCat("message/", received.peer, "/", received.id);
}

absl::Status NoteErased(absl::string_view name, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, ErasedKeyOf(name)));
  if (known.has_value()) return absl::OkStatus();
  return tx.Insert(Table::kSetting, {.key = ErasedKeyOf(name),
                                     .value = absl::FormatTime(absl::RFC3339_full, now, absl::UTCTimeZone()),
                                     .group = std::string(kGroup)});
}

absl::StatusOr<std::vector<std::string>> ListErased(absl::string_view after, int limit, base::Transaction& tx) {
  return ListNames(kGroup, after, limit, tx);
}

absl::StatusOr<std::vector<std::string>> ListLate(absl::string_view after, int limit, base::Transaction& tx) {
  return ListNames(kLateGroup, after, limit, tx);
}

absl::StatusOr<bool> EraseLate(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<absl::Time> until, relay::OnItsWayUntil(resource, tx));
  if (until.has_value()) return false;
  RETURN_IF_ERROR(relay::EraseMessagesOf(resource, tx));
  RETURN_IF_ERROR(tx.Delete(Table::kSetting, LateKeyOf(resource)));
  return true;
}

absl::Status EraseReceived(const relay::MessageName& message, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<std::string> resource,
                   relay::MessageLog::ResourceOf(evidence::v1::SIDE_RECEIVER, message, tx));
  if (resource.has_value()) {
    RETURN_IF_ERROR(exchange::EraseOffer(contents::ContentsOffered(*resource, message.peer, message.id), tx));
  }
  return relay::EraseContent(evidence::v1::SIDE_RECEIVER, message, tx);
}

absl::StatusOr<bool> EraseAgain(absl::string_view name, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, ErasedKeyOf(name)));
  if (known.has_value()) return false;
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (IsOfWallet(name)) {
    RETURN_IF_ERROR(sharing::Authorisations::Erase(absl::StripPrefix(name, "authorisation/"), tx));
  } else if (parts.size() == 2) {
    RETURN_IF_ERROR(EraseOne(parts[0], parts[1], now, tx));
  } else if (parts.size() == 3 && parts[0] == "message" && base::IsUuid(parts[2])) {
    RETURN_IF_ERROR(EraseReceived({parts[1], parts[2]}, tx));
  } else {
    return NoName();
  }
  RETURN_IF_ERROR(NoteErased(name, now, tx));
  return true;
}

}  // namespace passerelle::erasure
