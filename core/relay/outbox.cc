#include "core/relay/outbox.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/duplicate_memory.h"
#include "core/federation/node_limits.h"
#include "passerelle/relay/v1/stored.pb.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// Messages that are looked at in one transaction, and put off if their recipients may not be called yet.
constexpr int kLookedAtMax = 512;
// How long nobody looks behind the first message after that was in vain: whoever ends a delivery looks for the next.
constexpr absl::Duration kLookAgain = absl::Milliseconds(20);
// Where that many wait for one node that takes no more at a time, they let others pass.
constexpr absl::Duration kCrowdedPause = absl::Milliseconds(250);
// Messages of one resource that are read at a time.
constexpr int kMessagesPage = 100;

std::string BodyKey(absl::string_view id) { return absl::StrCat(id, "/body"); }

std::string GroupOf(absl::string_view resource) {
  return resource.empty() ? std::string() : absl::StrCat("of/", resource);
}

absl::Duration WaitAfter(int tries) {
  absl::Duration wait = base::kRetryFirst;
  for (int tried = 1; tried < tries && wait < base::kRetryLast; ++tried) wait *= 2;
  return std::min(wait, base::kRetryLast);
}

// Texts of a peer are cut before a UTF-8 sequence, never within one.
std::string Shortened(absl::string_view text) {
  if (text.size() <= base::kRefusalTextBytesMax) return std::string(text);
  size_t end = base::kRefusalTextBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

absl::Status ProblemOf(const v1::Refusal& refusal) {
  const std::string place = Shortened(refusal.place());
  const std::string message = Shortened(refusal.message());
  const std::optional<Reason> reason = base::ReasonByName(refusal.reason());
  if (reason) return Problem(*reason, place, message);
  return Problem(Reason::kPeerRefused, place, absl::StrCat(Shortened(refusal.reason()), ": ", message));
}

// A refusal of this attempt only: the next one is signed anew, with a new date.
bool ConcernsTheAttempt(const v1::Refusal& refusal) {
  return refusal.reason() == base::Catalogue(Reason::kEnvelopeReplayed).name ||
         refusal.reason() == base::Catalogue(Reason::kEnvelopeStale).name;
}

absl::Status LastProblem(const v1::StoredOutbound& stored) {
  const std::optional<Reason> reason = base::ReasonByName(stored.last_reason());
  if (!reason) return Problem(Reason::kPeerTimeout, "", "the time for an answer was over");
  return Problem(*reason, stored.last_place(), stored.last_detail());
}

absl::StatusOr<v1::StoredOutbound> ReadOutgoing(const Record& record) {
  v1::StoredOutbound stored;
  if (!stored.ParseFromString(record.value)) {
    return Problem(Reason::kStoreUnavailable, "outbox", "a record cannot be read");
  }
  return stored;
}

Outbox::Known KnownOf(const v1::StoredOutbound& stored) {
  return {.id = stored.id(),
          .recipient = stored.recipient(),
          .type = stored.type(),
          .resource = stored.resource(),
          .expires_at = base::FromProto(stored.expires_at()),
          .ended = stored.ended()};
}

v1::Envelope EnvelopeOf(const v1::SentAttempt& attempt, absl::string_view body) {
  v1::Envelope envelope;
  envelope.set_protected_header(attempt.protected_header());
  envelope.set_body(std::string(body));
  envelope.set_signature(attempt.signature());
  return envelope;
}

// Dates are whole seconds, and the first retry comes sooner: signed with the same second it would be the same message
// and refused as a replay. So no attempt has the date of the one before.
absl::Time IssueTime(const v1::StoredOutbound& stored, absl::Time now) {
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  if (stored.attempts().empty()) return second;
  const absl::Time last = base::FromProto(stored.attempts(stored.attempts_size() - 1).issued_at());
  return second <= last && last - second <= absl::Seconds(1) ? last + absl::Seconds(1) : second;
}

// Keeps the attempt to which the answer is bound, and no other.
void KeepAttempt(absl::string_view sha256, v1::StoredOutbound& stored) {
  v1::StoredOutbound kept;
  for (v1::SentAttempt& attempt : *stored.mutable_attempts()) {
    if (attempt.sha256() == sha256) kept.add_attempts()->Swap(&attempt);
  }
  stored.mutable_attempts()->Swap(kept.mutable_attempts());
}

}  // namespace

// A message that this caller alone may send until the claim ends.
struct Outbox::Claim {
  Outgoing message;
  v1::StoredOutbound stored;
  std::shared_ptr<const federation::NodeDirectory> nodes;
  const federation::v1::Node* recipient = nullptr;
  v1::Envelope envelope;
  std::shared_ptr<SendingSlots::Slot> slot;  // null for one that expired, which calls nobody
  bool expired = false;
  bool none = false;     // messages were put off, and more may be due
  absl::Status problem;  // why it cannot be sent now
};

// What an answer means.
struct Outbox::Judgement {
  absl::StatusOr<Answer> answer;
  std::string request = "";  // digest of the attempt that it answers; empty when it cannot be trusted
  bool final = false;        // whether it ends the message
};

Outbox::Outbox(Options options) : options_(std::move(options)) {
  for (AnswerHandler* handler : options_.handlers) handlers_[handler->Type()] = handler;
}

absl::StatusOr<AnswerHandler*> Outbox::HandlerOf(absl::string_view type) const {
  const auto found = handlers_.find(type);
  if (found == handlers_.end()) return Problem(Reason::kInternal, "type", "no handler takes the answers");
  return found->second;
}

absl::Status Outbox::Put(const Outgoing& message, base::Transaction& tx) const {
  const absl::Time now = options_.clock->Now();
  if (!base::IsUuid(message.id)) return Problem(Reason::kInternal, "id", "it is not a UUID");
  // The receiver forgets later than any sender tries; a longer life would break that.
  if (message.expires_at > now + base::kExchangeLifeMax)
    return Problem(Reason::kInternal, "expires_at", "it is too late");
  RETURN_IF_ERROR(HandlerOf(message.type).status());
  if (options_.evidence != nullptr) {
    RETURN_IF_ERROR(
        options_.evidence->Sent({message.recipient, message.id, message.resource}, message.type, message.body, tx));
  }
  v1::StoredOutbound stored;
  stored.set_id(message.id);
  stored.set_recipient(message.recipient);
  stored.set_type(message.type);
  stored.set_resource(message.resource);
  *stored.mutable_expires_at() = base::ToProto(message.expires_at);
  const absl::Status status = tx.Insert(
      Table::kOutbox,
      {.key = message.id, .value = stored.SerializeAsString(), .group = GroupOf(message.resource), .due = now});
  if (absl::IsAlreadyExists(status)) return Problem(Reason::kInternal, "id", "it is taken");
  RETURN_IF_ERROR(status);
  return tx.Insert(Table::kOutbox, {.key = BodyKey(message.id), .value = message.body});
}

absl::StatusOr<int> Outbox::SendDue(int limit) {
  for (int tried = 0; tried < limit; ++tried) {
    ASSIGN_OR_RETURN(const std::optional<Claim> claim, ClaimNext());
    if (!claim) return tried;
    if (!claim->none) RETURN_IF_ERROR(Work(*claim));
  }
  return limit;
}

// Claims the earliest due message that may be sent; those to nodes that may not be called yet are put off.
absl::StatusOr<std::optional<Outbox::Claim>> Outbox::ClaimNext() const {
  const absl::Time now = options_.clock->Now();
  std::optional<Claim> claim;
  const absl::Status status = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    claim.reset();
    bool put_off = false;
    bool in_vain = false;
    bool more = true;
    // Mostly the first will do.
    for (const int look : {1, kLookedAtMax}) {
      if (look > 1 && now < absl::FromUnixMicros(look_again_)) break;
      ASSIGN_OR_RETURN(std::vector<Record> due, tx.Due(Table::kOutbox, now, look));
      const bool crowded = due.size() == static_cast<size_t>(kLookedAtMax);
      for (Record& record : due) {
        ASSIGN_OR_RETURN(const bool moved, TryClaim(std::move(record), now, crowded, tx, claim));
        if (claim.has_value()) return absl::OkStatus();
        put_off = put_off || moved;
      }
      in_vain = look > 1;
      more = due.size() == static_cast<size_t>(look);
      if (!more) break;
    }
    if (put_off && more) {
      claim.emplace().none = true;
    } else if (in_vain && !put_off) {
      look_again_ = absl::ToUnixMicros(now + kLookAgain);
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(status);
  return claim;
}

// Claims the message, if it may be sent; otherwise says whether it was put off. One for which there is no place stays
// where it is, since whoever has the places sends it next; one to a slow node, or of so many that others may be behind
// them, makes room.
absl::StatusOr<bool> Outbox::TryClaim(base::Record record, absl::Time now, bool crowded, base::Transaction& tx,
                                      std::optional<Claim>& claim) const {
  ASSIGN_OR_RETURN(v1::StoredOutbound stored, ReadOutgoing(record));
  const absl::Time expires_at = base::FromProto(stored.expires_at());
  const bool expired = expires_at <= now;
  absl::Time may_call_at = options_.transport->MayCallAt(stored.recipient());
  if (expired || may_call_at <= now) {
    std::shared_ptr<SendingSlots::Slot> slot = expired ? nullptr : slots_.Take(stored.recipient());
    if (expired || slot != nullptr) {
      ASSIGN_OR_RETURN(claim, Take(std::move(record), std::move(stored), now, tx));
      claim->slot = std::move(slot);
      return false;
    }
    const bool slow = slots_.IsSlow(stored.recipient());
    if (!slow && !crowded) return false;
    may_call_at = now + (slow ? kSlowDelivery : kCrowdedPause);
  }
  record.due = std::min(may_call_at, expires_at);
  RETURN_IF_ERROR(tx.Update(Table::kOutbox, record));
  return true;
}

// Moves a message out of the way of other callers, and writes the digest of its next attempt before that is sent:
// whatever becomes of this process, an answer can be tied to it.
absl::StatusOr<Outbox::Claim> Outbox::Take(base::Record record, v1::StoredOutbound stored, absl::Time now,
                                           base::Transaction& tx) const {
  Claim found;
  found.stored = std::move(stored);
  ASSIGN_OR_RETURN(const std::optional<Record> body, tx.Get(Table::kOutbox, BodyKey(record.key)));
  if (!body) return Problem(Reason::kStoreUnavailable, "outbox", "a body is missing");
  found.message = {.id = found.stored.id(),
                   .recipient = found.stored.recipient(),
                   .type = found.stored.type(),
                   .body = body->value,
                   .resource = found.stored.resource(),
                   .expires_at = base::FromProto(found.stored.expires_at())};
  found.expired = now >= found.message.expires_at;
  if (!found.expired) {
    found.stored.set_tries(found.stored.tries() + 1);
    found.problem = SignAttempt(found, now);
  }
  record.value = found.stored.SerializeAsString();
  record.due = now + base::kClaimLife;
  RETURN_IF_ERROR(tx.Update(Table::kOutbox, record));
  return found;
}

absl::Status Outbox::SignAttempt(Claim& claim, absl::Time now) const {
  claim.nodes = options_.nodes->Get();
  ASSIGN_OR_RETURN(claim.recipient, claim.nodes->FindActive(claim.message.recipient, now));
  // Not sent to who would forget it before the last retry.
  const federation::v1::Node* const own = claim.nodes->Find(options_.node);
  if (own != nullptr) RETURN_IF_ERROR(federation::CheckDuplicateMemory(*own, *claim.recipient));
  RETURN_IF_ERROR(federation::CheckMessageSize(*claim.recipient, claim.message.body.size()));
  const absl::Time issued_at = IssueTime(claim.stored, now);
  ASSIGN_OR_RETURN(const federation::MessageKeys::Key key, options_.key.At(now));
  ASSIGN_OR_RETURN(claim.envelope, Seal(*key,
                                        {.id = claim.message.id,
                                         .sender = options_.node,
                                         .audience = claim.message.recipient,
                                         .issued_at = issued_at,
                                         .expires_at = issued_at + base::kEnvelopeLifeMax,
                                         .type = claim.message.type},
                                        claim.message.body));
  v1::SentAttempt& attempt = *claim.stored.add_attempts();
  attempt.set_sha256(EnvelopeSha256(claim.envelope));
  attempt.set_protected_header(claim.envelope.protected_header());
  attempt.set_signature(claim.envelope.signature());
  *attempt.mutable_issued_at() = base::ToProto(issued_at);
  return absl::OkStatus();
}

absl::Status Outbox::Work(const Claim& claim) const {
  if (claim.expired) return End(claim, {LastProblem(claim.stored)}, nullptr);
  if (!claim.problem.ok()) {
    const bool retryable = base::Catalogue(base::ReasonOf(claim.problem)).retryable;
    return retryable ? Postpone(claim, claim.problem) : End(claim, {claim.problem}, nullptr);
  }
  const absl::Time begin = options_.clock->Now();
  const absl::StatusOr<v1::Envelope> envelope = options_.transport->Deliver(*claim.recipient, claim.envelope);
  claim.slot->Took(options_.clock->Now() - begin);
  if (!envelope.ok()) return Postpone(claim, envelope.status());
  std::vector<std::string> requests;
  for (const v1::SentAttempt& attempt : claim.stored.attempts()) requests.push_back(attempt.sha256());
  const Judgement judgement = Judge(*envelope, claim.message.recipient, std::move(requests));
  if (!judgement.final) return Postpone(claim, judgement.answer.status());
  return End(claim, judgement, &*envelope);
}

Outbox::Judgement Outbox::Judge(const v1::Envelope& envelope, absl::string_view recipient,
                                std::vector<std::string> requests) const {
  absl::StatusOr<Opened> opened = Open(envelope, *options_.nodes->Get(),
                                       {.audience = options_.node,
                                        .sender = std::string(recipient),
                                        .now = options_.clock->Now(),
                                        .requests = std::move(requests)});
  if (!opened.ok()) {
    return {Problem(Reason::kPeerAnswerInvalid, base::PlaceOf(opened.status()),
                    base::Catalogue(base::ReasonOf(opened.status())).name)};
  }
  if (opened->header.type != v1::Refusal::descriptor()->full_name()) {
    std::string request = opened->header.request;
    return {Answer{*std::move(opened), envelope}, std::move(request), /*final=*/true};
  }
  v1::Refusal refusal;
  if (!refusal.ParseFromString(opened->body) || refusal.reason().empty()) {
    return {Problem(Reason::kPeerAnswerInvalid, "body", "the refusal cannot be read")};
  }
  const bool final = !refusal.retryable() && !ConcernsTheAttempt(refusal);
  return {ProblemOf(refusal), opened->header.request, final};
}

absl::Status Outbox::End(const Claim& claim, const Judgement& judgement, const v1::Envelope* evidence) const {
  ASSIGN_OR_RETURN(AnswerHandler* const handler, HandlerOf(claim.message.type));
  bool ended = false;
  const absl::Status status = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ended = false;
    ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kOutbox, claim.message.id));
    if (!record) return Problem(Reason::kStoreUnavailable, "outbox", "a record is missing");
    ASSIGN_OR_RETURN(v1::StoredOutbound stored, ReadOutgoing(*record));
    // A claim can end before its attempt does; then another caller may have brought the message to its end.
    if (stored.ended()) return absl::OkStatus();
    RETURN_IF_ERROR(handler->HandleAnswer(claim.message, judgement.answer, evidence, tx));
    stored.set_ended(true);
    KeepAttempt(judgement.request, stored);
    if (evidence != nullptr) {
      if (stored.attempts().empty()) return Problem(Reason::kStoreUnavailable, "outbox", "an attempt is missing");
      *stored.mutable_answer() = *evidence;
      RETURN_IF_ERROR(LogAnswer(claim.message, EnvelopeOf(stored.attempts(0), claim.message.body), *evidence, tx));
    }
    // What was for sending is not kept beyond that where the evidence has both sides, encrypted.
    if (options_.evidence != nullptr) {
      stored.clear_answer();
      RETURN_IF_ERROR(tx.Delete(Table::kOutbox, BodyKey(claim.message.id)));
    }
    record->value = stored.SerializeAsString();
    record->due = absl::InfiniteFuture();
    ended = true;
    return tx.Update(Table::kOutbox, *record);
  });
  if (status.ok() && ended) handler->Answered(claim.message, judgement.answer, evidence);
  return status;
}

absl::Status Outbox::LogAnswer(const Outgoing& message, const v1::Envelope& request, const v1::Envelope& answer,
                               base::Transaction& tx) const {
  if (options_.evidence == nullptr) return absl::OkStatus();
  return options_.evidence->Answered({message.recipient, message.id, message.resource}, message.type, request, answer,
                                     tx);
}

absl::Status Outbox::Postpone(const Claim& claim, const absl::Status& problem) const {
  ASSIGN_OR_RETURN(AnswerHandler* const handler, HandlerOf(claim.message.type));
  const absl::Time now = options_.clock->Now();
  return options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kOutbox, claim.message.id));
    if (!record) return Problem(Reason::kStoreUnavailable, "outbox", "a record is missing");
    ASSIGN_OR_RETURN(v1::StoredOutbound stored, ReadOutgoing(*record));
    // Whoever has claimed the message since then plans what comes next.
    if (stored.ended() || stored.tries() != claim.stored.tries()) return absl::OkStatus();
    stored.set_last_reason(std::string(base::Catalogue(base::ReasonOf(problem)).name));
    stored.set_last_place(base::PlaceOf(problem));
    stored.set_last_detail(base::DetailOf(problem));
    RETURN_IF_ERROR(handler->HandleAttempt(claim.message, problem, stored.tries(), tx));
    record->value = stored.SerializeAsString();
    record->due = std::min(now + WaitAfter(stored.tries()), claim.message.expires_at);
    return tx.Update(Table::kOutbox, *record);
  });
}

absl::StatusOr<std::optional<Evidence>> Outbox::ReadEvidence(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kOutbox, id));
  if (!record) return std::nullopt;
  ASSIGN_OR_RETURN(const v1::StoredOutbound stored, ReadOutgoing(*record));
  if (!stored.has_answer() || stored.attempts().empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<Record> body, tx.Get(Table::kOutbox, BodyKey(id)));
  if (!body) return Problem(Reason::kStoreUnavailable, "outbox", "a body is missing");
  return Evidence{EnvelopeOf(stored.attempts(0), body->value), stored.answer()};
}

absl::Status Outbox::EraseAnswer(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kOutbox, id));
  if (!record) return absl::OkStatus();
  ASSIGN_OR_RETURN(v1::StoredOutbound stored, ReadOutgoing(*record));
  if (!stored.ended()) return Problem(Reason::kFieldInvalid, "state", "the message is on its way");
  stored.clear_answer();
  record->value = stored.SerializeAsString();
  RETURN_IF_ERROR(tx.Update(Table::kOutbox, *record));
  return tx.Delete(Table::kOutbox, BodyKey(id));
}

absl::StatusOr<std::optional<Outbox::Known>> Outbox::Find(absl::string_view id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kOutbox, id));
  if (!record) return std::nullopt;
  ASSIGN_OR_RETURN(const v1::StoredOutbound stored, ReadOutgoing(*record));
  return KnownOf(stored);
}

absl::StatusOr<std::vector<Outbox::Known>> Outbox::MessagesOf(absl::string_view resource, base::Transaction& tx) {
  std::vector<Known> messages;
  std::string after;
  for (size_t count = kMessagesPage; !resource.empty() && count == kMessagesPage;) {
    ASSIGN_OR_RETURN(const std::vector<Record> page, tx.List(Table::kOutbox, GroupOf(resource), after, kMessagesPage));
    for (const Record& record : page) {
      ASSIGN_OR_RETURN(const v1::StoredOutbound stored, ReadOutgoing(record));
      messages.push_back(KnownOf(stored));
    }
    count = page.size();
    if (count > 0) after = page.back().key;
  }
  return messages;
}

absl::StatusOr<bool> Outbox::HasMessagesOf(absl::string_view resource, base::Transaction& tx) {
  if (resource.empty()) return false;
  ASSIGN_OR_RETURN(const std::vector<Record> first, tx.List(Table::kOutbox, GroupOf(resource), "", 1));
  return !first.empty();
}

absl::StatusOr<absl::Time> Outbox::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Record> due, tx.Due(Table::kOutbox, absl::InfiniteFuture(), 1));
    next = due.empty() ? absl::InfiniteFuture() : due.front().due;
    return absl::OkStatus();
  }));
  return next;
}

absl::StatusOr<std::shared_ptr<const Outbox::Claim>> Outbox::MakeQuestion(absl::string_view recipient,
                                                                          absl::string_view type,
                                                                          absl::string_view body) const {
  const absl::Time now = options_.clock->Now();
  auto question = std::make_shared<Claim>();
  question->message = {.id = base::NewTimedUuid(*options_.random, now),
                       .recipient = std::string(recipient),
                       .type = std::string(type),
                       .body = std::string(body),
                       .resource = "",
                       .expires_at = absl::InfiniteFuture()};
  RETURN_IF_ERROR(SignAttempt(*question, now));
  return std::shared_ptr<const Claim>(std::move(question));
}

absl::StatusOr<Answer> Outbox::TakeAnswer(const Claim& question, const absl::StatusOr<v1::Envelope>& envelope,
                                          QuestionContent content) const {
  if (!envelope.ok()) return envelope.status();
  Judgement judgement = Judge(*envelope, question.message.recipient, {question.stored.attempts(0).sha256()});
  // What is not a signed answer proves nothing; a retryable refusal is no answer yet.
  if (!judgement.final || options_.evidence == nullptr) return std::move(judgement.answer);
  const absl::Status recorded = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(LogAnswer(question.message, question.envelope, *envelope, tx));
    if (content == QuestionContent::kKept) return absl::OkStatus();
    return MessageLog::Erase(evidence::v1::SIDE_SENDER, {question.message.recipient, question.message.id}, tx);
  });
  if (!recorded.ok()) return recorded;
  return std::move(judgement.answer);
}

absl::StatusOr<Answer> Outbox::Ask(absl::string_view recipient, absl::string_view type, absl::string_view body) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Claim> question, MakeQuestion(recipient, type, body));
  return TakeAnswer(*question, options_.transport->Deliver(*question->recipient, question->envelope),
                    QuestionContent::kKept);
}

void Outbox::Ask(absl::string_view recipient, absl::string_view type, absl::string_view body,
                 std::function<void(absl::StatusOr<Answer>)> answered, QuestionContent content) const {
  const absl::StatusOr<std::shared_ptr<const Claim>> question = MakeQuestion(recipient, type, body);
  if (!question.ok()) return answered(question.status());
  const Claim& sent = **question;
  options_.transport->Send(
      *sent.recipient, sent.envelope,
      [this, question = *question, answered = std::move(answered),
       content](const absl::StatusOr<v1::Envelope>& envelope) { answered(TakeAnswer(*question, envelope, content)); });
}

}  // namespace passerelle::relay
