#include "core/relay/message_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/payload.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;
using evidence::LeafKind;
using evidence::v1::Side;

// Payloads stand among the settings of the node, like the log.
constexpr absl::string_view kPrefix = "log/payload/";
constexpr absl::string_view kGroupPrefix = "log/of/";  // with the resource after it
constexpr absl::string_view kSent = "sent";
constexpr absl::string_view kReceived = "received";

std::string KeyOf(Side side, const MessageName& message) {
  return absl::StrCat(kPrefix, side == evidence::v1::SIDE_SENDER ? kSent : kReceived, "/", message.peer, "/",
                      message.id);
}

std::string LogGroupOf(absl::string_view resource) {
  return resource.empty() ? std::string() : absl::StrCat(kGroupPrefix, resource);
}

std::string ResourceIn(absl::string_view group) {
  absl::ConsumePrefix(&group, kGroupPrefix);
  return std::string(group);
}

absl::StatusOr<MessageLog::Kept> ReadKept(const Record& record) {
  absl::string_view rest = record.key;
  // Node ids have no slash, and message ids are UUIDs.
  const std::vector<std::string> parts =
      absl::ConsumePrefix(&rest, kPrefix) ? absl::StrSplit(rest, '/') : std::vector<std::string>();
  if (parts.size() != 3) return Problem(Reason::kStoreUnavailable, "evidence", "a payload has no name");
  return MessageLog::Kept{parts[0] == kSent ? evidence::v1::SIDE_SENDER : evidence::v1::SIDE_RECEIVER,
                          {parts[1], parts[2], ResourceIn(record.group)},
                          record.key};
}

absl::StatusOr<std::vector<MessageLog::Kept>> ReadAll(const std::vector<Record>& records) {
  std::vector<MessageLog::Kept> kept;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(MessageLog::Kept one, ReadKept(record));
    kept.push_back(std::move(one));
  }
  return kept;
}

}  // namespace

evidence::Statement StatementOf(LeafKind kind, absl::string_view peer, const Header& header,
                                const v1::Envelope& request, const v1::Envelope* answer) {
  evidence::Statement statement;
  statement.kind = kind;
  statement.peer = std::string(peer);
  statement.message_id = header.id;
  statement.type = header.type;
  statement.body_sha256 = base::Sha256Hex(request.body());
  // A message is logged as sent before its first attempt is signed.
  if (kind == LeafKind::kSent) return statement;
  statement.request_sha256 = EnvelopeSha256(request);
  if (answer != nullptr) statement.answer_sha256 = EnvelopeSha256(*answer);
  return statement;
}

absl::Status MessageLog::Sent(const MessageName& message, absl::string_view type, absl::string_view body,
                              base::Transaction& tx) const {
  evidence::Statement statement;
  statement.kind = LeafKind::kSent;
  statement.peer = message.peer;
  statement.message_id = message.id;
  statement.type = std::string(type);
  statement.body_sha256 = base::Sha256Hex(body);
  return options_.log->Append(statement, message.resource, tx);
}

absl::Status MessageLog::Received(const Opened& message, const v1::Envelope& answer, absl::string_view resource,
                                  base::Transaction& tx) const {
  if (message.envelope == nullptr) return Problem(Reason::kInternal, "evidence", "the envelope is not at hand");
  const MessageName name = {message.header.sender, message.header.id, std::string(resource)};
  RETURN_IF_ERROR(options_.log->Append(
      StatementOf(LeafKind::kReceived, name.peer, message.header, *message.envelope, &answer), resource, tx));
  return Keep(evidence::v1::SIDE_RECEIVER, name, *message.envelope, answer, tx);
}

absl::Status MessageLog::Answered(const MessageName& message, absl::string_view type, const v1::Envelope& request,
                                  const v1::Envelope& answer, base::Transaction& tx) const {
  Header header;
  header.id = message.id;
  header.type = std::string(type);
  RETURN_IF_ERROR(options_.log->Append(StatementOf(LeafKind::kAnswered, message.peer, header, request, &answer),
                                       message.resource, tx));
  return Keep(evidence::v1::SIDE_SENDER, message, request, answer, tx);
}

absl::Status MessageLog::Keep(Side side, const MessageName& message, const v1::Envelope& request,
                              const v1::Envelope& answer, base::Transaction& tx) const {
  v1::KeptMessage kept;
  *kept.mutable_request() = request;
  *kept.mutable_answer() = answer;
  const std::string key = KeyOf(side, message);
  ASSIGN_OR_RETURN(const evidence::v1::StoredPayload stored,
                   evidence::SealPayload(options_.payload_key, key, kept.SerializeAsString(), *options_.random));
  return tx.Insert(Table::kSetting,
                   {.key = key,
                    .value = stored.SerializeAsString(),
                    .group = LogGroupOf(message.resource),
                    .due = message.resource.empty() ? options_.log->options().clock->Now() : absl::InfiniteFuture()});
}

absl::StatusOr<std::optional<v1::KeptMessage>> MessageLog::Read(Side side, const MessageName& message,
                                                                base::Transaction& tx) const {
  const std::string key = KeyOf(side, message);
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, key));
  if (!record) return std::nullopt;
  evidence::v1::StoredPayload stored;
  v1::KeptMessage kept;
  if (!stored.ParseFromString(record->value)) return Problem(Reason::kStoreUnavailable, "evidence", "a payload");
  ASSIGN_OR_RETURN(const std::string bytes, evidence::OpenPayload(options_.payload_key, key, stored));
  if (!kept.ParseFromString(bytes)) return Problem(Reason::kStoreUnavailable, "evidence", "a kept message");
  return kept;
}

absl::Status MessageLog::Erase(Side side, const MessageName& message, base::Transaction& tx) {
  const std::string key = KeyOf(side, message);
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kSetting, key));
  if (!record) return Problem(Reason::kResourceNotFound, "message", "nothing is kept of it");
  // The ciphertext goes too: without its key it is of no use to anybody.
  record->value = evidence::v1::StoredPayload().SerializeAsString();
  record->due = absl::InfiniteFuture();
  return tx.Update(Table::kSetting, *record);
}

absl::StatusOr<std::vector<MessageLog::Kept>> MessageLog::KeptOf(absl::string_view resource, absl::string_view after,
                                                                 int limit, base::Transaction& tx) {
  if (resource.empty()) return std::vector<Kept>();
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kSetting, LogGroupOf(resource), after, limit));
  return ReadAll(records);
}

absl::StatusOr<std::vector<MessageLog::Kept>> MessageLog::KeptUntil(absl::Time time, int limit, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.Due(Table::kSetting, time, limit));
  return ReadAll(records);
}

absl::StatusOr<std::optional<std::string>> MessageLog::ResourceOf(Side side, const MessageName& message,
                                                                  base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, KeyOf(side, message)));
  if (!record) return std::nullopt;
  return ResourceIn(record->group);
}

}  // namespace passerelle::relay
