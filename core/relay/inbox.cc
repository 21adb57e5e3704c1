#include "core/relay/inbox.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/federation/duplicate_memory.h"
#include "passerelle/relay/v1/stored.pb.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

constexpr int kForgetBatch = 500;

// Node ids have no slash, so no two messages share a key.
std::string KeyOf(absl::string_view sender, absl::string_view id) { return absl::StrCat(sender, "/", id); }
std::string KeyOf(const Header& header) { return KeyOf(header.sender, header.id); }

absl::StatusOr<v1::StoredInbound> ReadReceived(const Record& record) {
  v1::StoredInbound stored;
  if (!stored.ParseFromString(record.value)) {
    return Problem(Reason::kStoreUnavailable, "inbox", "a record cannot be read");
  }
  return stored;
}

// Whether an attempt could still pass the freshness check.
bool CanBeFresh(const v1::ReceivedAttempt& attempt, absl::Time now) {
  return base::FromProto(attempt.issued_at()) + base::kFreshnessWindow >= now;
}

void AddAttempt(const Opened& message, v1::StoredInbound& stored) {
  v1::ReceivedAttempt& attempt = *stored.add_attempts();
  attempt.set_sha256(message.sha256);
  *attempt.mutable_issued_at() = base::ToProto(message.header.issued_at);
}

void DropStaleAttempts(absl::Time now, v1::StoredInbound& stored) {
  v1::StoredInbound kept;
  for (v1::ReceivedAttempt& attempt : *stored.mutable_attempts()) {
    if (CanBeFresh(attempt, now)) kept.add_attempts()->Swap(&attempt);
  }
  stored.mutable_attempts()->Swap(kept.mutable_attempts());
}

// Whether the message is one attempt more of what is stored; OK, or the reason of the refusal.
absl::Status CheckRetry(const Opened& message, const v1::StoredInbound& stored) {
  for (const v1::ReceivedAttempt& attempt : stored.attempts()) {
    if (attempt.sha256() == message.sha256) return Problem(Reason::kEnvelopeReplayed, "");
  }
  if (stored.type() != message.header.type) return Problem(Reason::kMessageIdReused, "protected_header/x-msg/type");
  if (stored.body_sha256() != base::Sha256Hex(message.body)) return Problem(Reason::kMessageIdReused, "body");
  if (stored.attempts_size() >= base::kAttemptsRememberedMax) {
    return Problem(Reason::kOverloaded, "", "the message was repeated too often in a short time");
  }
  if (!stored.has_answer()) return Problem(Reason::kEvidenceErased, "");
  return absl::OkStatus();
}

// Whether a refusal is final and its message kept as evidence of it. What the node does not take at all, by its type or
// its size, is refused again each time instead: otherwise any peer could fill the store with it; so is what the handler
// says.
bool IsKept(const absl::Status& refusal, const Handler* handler) {
  const Reason reason = base::ReasonOf(refusal);
  return !base::Catalogue(reason).retryable && reason != Reason::kMessageTypeUnknown &&
         reason != Reason::kInputTooLarge && (handler == nullptr || handler->KeepsRefusals());
}

}  // namespace

Inbox::Inbox(Options options) : options_(std::move(options)) {
  for (Handler* handler : options_.handlers) handlers_[handler->Type()] = handler;
}

absl::StatusOr<v1::Envelope> Inbox::Receive(absl::string_view sender, const v1::Envelope& envelope) {
  // Before any work: the TLS connection says whose messages these are.
  const auto nodes = options_.nodes->Get();
  const federation::v1::Node* const own = nodes->Find(options_.node);
  const absl::Status admitted = own == nullptr ? absl::OkStatus() : rate_.Take(*own, sender, options_.clock->Now());
  if (!admitted.ok()) {
    if (options_.refused) options_.refused(base::ReasonOf(admitted));
    return admitted;
  }
  absl::StatusOr<Opened> opened =
      Open(envelope, *nodes, {.audience = options_.node, .sender = std::string(sender), .now = options_.clock->Now()});
  if (!opened.ok()) {
    const Reason reason = base::ReasonOf(opened.status());
    if (ProvesSender(reason)) return Refuse(sender, EnvelopeSha256(envelope), opened.status());
    if (options_.refused) options_.refused(reason);
    return opened.status();
  }
  opened->envelope = &envelope;
  absl::StatusOr<Outcome> outcome = HandleOnce(*opened);
  const absl::Status& problem = outcome.ok() ? outcome->problem : outcome.status();
  if (!problem.ok()) return Refuse(sender, opened->sha256, problem);
  return std::move(outcome->answer);
}

// Whether this node remembers long enough what the sender may repeat, and takes so much at a time; asked of every
// message, so that a new map counts at once.
absl::Status Inbox::CheckTermsFor(const Opened& message) const {
  const auto nodes = options_.nodes->Get();
  const federation::v1::Node* const from = nodes->Find(message.header.sender);
  const federation::v1::Node* const own = nodes->Find(options_.node);
  if (from == nullptr || own == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(federation::CheckDuplicateMemory(*from, *own));
  return federation::CheckMessageSize(*own, message.body.size());
}

// What comes before the transaction. `handler` is null for a type that has none.
absl::StatusOr<std::string> Inbox::Prepare(const Opened& message, Handler* handler) const {
  RETURN_IF_ERROR(CheckTermsFor(message));
  if (handler == nullptr) return Problem(Reason::kMessageTypeUnknown, "protected_header/x-msg/type");
  bool known = false;
  if (handler->PrepareIsCostly()) {
    RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kInbox, KeyOf(message.header)));
      known = record.has_value();
      return absl::OkStatus();
    }));
  }
  // Recall has the answer; should it have been forgotten meanwhile, the sender asks again.
  if (known) return Problem(Reason::kOverloaded, "", "the message is being forgotten");
  return handler->Prepare(message);
}

// An error is a problem of the store: nothing is known to be stored, and the sender tries again.
absl::StatusOr<Inbox::Outcome> Inbox::HandleOnce(const Opened& message) {
  const auto found = handlers_.find(message.header.type);
  Handler* const handler = found == handlers_.end() ? nullptr : found->second;
  const absl::StatusOr<std::string> prepared = Prepare(message, handler);
  const auto tell = [&message, handler](const absl::Status& status) {
    if (handler != nullptr) handler->Handled(message, status);
  };
  Outcome outcome;
  absl::Status refusal;
  bool known = false;
  const absl::Status status = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    outcome = Outcome();
    refusal = absl::OkStatus();
    ASSIGN_OR_RETURN(known, Recall(message, tx, outcome));
    if (known) return absl::OkStatus();
    const absl::StatusOr<Reply> reply =
        prepared.ok() ? handler->Handle(message, *prepared, tx) : absl::StatusOr<Reply>(prepared.status());
    if (!reply.ok()) {
      // Undoes what the handler wrote; the refusal is stored afterwards.
      refusal = reply.status();
      return refusal;
    }
    ASSIGN_OR_RETURN(outcome.answer, Answer(message.header.sender, message.sha256, *reply));
    return Remember(message, outcome.answer, reply->resource, tx);
  });
  if (status.ok()) {
    if (!known) tell(status);
    return outcome;
  }
  // Where the store failed as well, the refusal may rest on what others wrote in vain.
  if (refusal.ok() || status != refusal) return AnsweredMeanwhile(message, status);
  if (!IsKept(refusal, handler)) {
    tell(refusal);
    outcome.problem = refusal;
    return outcome;
  }
  const absl::Status stored = StoreRefusal(message, refusal, handler, outcome);
  if (!stored.ok()) return AnsweredMeanwhile(message, stored);
  tell(refusal);
  return outcome;
}

// Another replica can have answered another attempt after this one looked for it: its leaf is in the way then, and its
// answer is there.
absl::StatusOr<Inbox::Outcome> Inbox::AnsweredMeanwhile(const Opened& message, const absl::Status& problem) const {
  if (base::ReasonOf(problem) != Reason::kMessageIdReused) return problem;
  Outcome outcome;
  bool known = false;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    outcome = Outcome();
    ASSIGN_OR_RETURN(known, Recall(message, tx, outcome));
    return absl::OkStatus();
  }));
  if (!known) return problem;
  return outcome;
}

absl::Status Inbox::StoreRefusal(const Opened& message, const absl::Status& problem, Handler* handler,
                                 Outcome& outcome) const {
  return options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    outcome = Outcome();
    // Another attempt may have been answered since the handler's transaction was undone; the first answer counts.
    ASSIGN_OR_RETURN(const bool known, Recall(message, tx, outcome));
    if (known) return absl::OkStatus();
    if (handler != nullptr) RETURN_IF_ERROR(handler->HandleRefusal(message, problem, tx));
    ASSIGN_OR_RETURN(outcome.answer, Refuse(message.header.sender, message.sha256, problem));
    return Remember(message, outcome.answer, "", tx);
  });
}

// Whether the message has its answer already; if so, `outcome` has it, or the refusal of a replay or of a reused id.
absl::StatusOr<bool> Inbox::Recall(const Opened& message, base::Transaction& tx, Outcome& outcome) const {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kInbox, KeyOf(message.header)));
  if (!record) return false;
  ASSIGN_OR_RETURN(v1::StoredInbound stored, ReadReceived(*record));
  const absl::Time now = options_.clock->Now();
  DropStaleAttempts(now, stored);
  outcome.problem = CheckRetry(message, stored);
  if (!outcome.problem.ok()) return true;
  AddAttempt(message, stored);
  record->value = stored.SerializeAsString();
  record->due = now + base::kDuplicateMemory;
  RETURN_IF_ERROR(tx.Update(Table::kInbox, *record));
  outcome.answer = std::move(*stored.mutable_answer());
  return true;
}

absl::Status Inbox::Remember(const Opened& message, const v1::Envelope& answer, absl::string_view resource,
                             base::Transaction& tx) const {
  const absl::Time now = options_.clock->Now();
  if (options_.evidence != nullptr) RETURN_IF_ERROR(options_.evidence->Received(message, answer, resource, tx));
  v1::StoredInbound stored;
  stored.set_type(message.header.type);
  stored.set_body_sha256(base::Sha256Hex(message.body));
  AddAttempt(message, stored);
  *stored.mutable_answer() = answer;
  *stored.mutable_received_at() = base::ToProto(now);
  return tx.Insert(Table::kInbox, {.key = KeyOf(message.header),
                                   .value = stored.SerializeAsString(),
                                   .group = message.header.sender,
                                   .due = now + base::kDuplicateMemory});
}

absl::StatusOr<v1::Envelope> Inbox::Answer(absl::string_view recipient, absl::string_view request,
                                           const Reply& reply) const {
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(const federation::MessageKeys::Key key, options_.key.At(now));
  return Seal(*key,
              {.id = base::NewUuid(*options_.random),
               .sender = options_.node,
               .audience = std::string(recipient),
               .issued_at = now,
               .expires_at = now + base::kEnvelopeLifeMax,
               .type = reply.type,
               .request = std::string(request)},
              reply.body);
}

absl::StatusOr<v1::Envelope> Inbox::Refuse(absl::string_view recipient, absl::string_view request,
                                           const absl::Status& problem) const {
  const base::CatalogueEntry& entry = base::Catalogue(base::ReasonOf(problem));
  if (options_.refused) options_.refused(entry.reason);
  v1::Refusal refusal;
  refusal.set_reason(std::string(entry.name));
  refusal.set_place(base::ToUtf8(base::PlaceOf(problem)));
  refusal.set_message(base::ToUtf8(base::DetailOf(problem)));
  refusal.set_retryable(entry.retryable);
  return Answer(recipient, request, {v1::Refusal::descriptor()->full_name(), refusal.SerializeAsString()});
}

absl::Status Inbox::EraseAnswer(absl::string_view sender, absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kInbox, KeyOf(sender, id)));
  if (!record) return absl::OkStatus();
  ASSIGN_OR_RETURN(v1::StoredInbound stored, ReadReceived(*record));
  stored.clear_answer();
  record->value = stored.SerializeAsString();
  return tx.Update(Table::kInbox, *record);
}

absl::StatusOr<int> Inbox::Forget() {
  const absl::Time now = options_.clock->Now();
  int forgotten = 0;
  for (size_t batch = kForgetBatch; batch == kForgetBatch;) {
    const absl::Status status = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Record> old, tx.Due(Table::kInbox, now, kForgetBatch));
      for (const Record& record : old) RETURN_IF_ERROR(tx.Delete(Table::kInbox, record.key));
      batch = old.size();
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
    forgotten += static_cast<int>(batch);
  }
  return forgotten;
}

}  // namespace passerelle::relay
