#include "gateway/clients/emergency_access.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/config/client_config.h"

namespace passerelle::gateway {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;
using base::Record;
using base::ToProto;
using base::Transaction;
using config::v1::EmergencyDuty;
using emergency::v1::EmergencyEvent;
using emergency::v1::EmergencyEventKind;
using Access = emergency::v1::EmergencyAccess;

// Accesses and their events stand among the settings of the node, under names of their own.
constexpr auto kTable = base::Table::kSetting;
constexpr absl::string_view kAlive = "emergency/alive";  // group of what is declared or open
constexpr absl::string_view kOver = "emergency/over";    // and of what is over
// A number such as "INC-2026/0412".
constexpr size_t kReferenceBytesMax = 64;
constexpr int kEventsPerPage = 200;

std::string AccessKey(absl::string_view id) { return absl::StrCat("emergency/access/", absl::AsciiStrToLower(id)); }
std::string EventKey(absl::string_view id) { return absl::StrCat("emergency/event/", id); }
std::string EventsOf(absl::string_view id) { return absl::StrCat("emergency/events/", absl::AsciiStrToLower(id)); }

absl::StatusOr<Access> Parse(const Record& record) {
  Access access;
  if (!access.ParseFromString(record.value)) return Problem(Reason::kStoreUnavailable, "emergency access");
  return access;
}

bool IsAlive(const Access& access) {
  return access.state() == emergency::v1::EMERGENCY_STATE_DECLARED ||
         access.state() == emergency::v1::EMERGENCY_STATE_OPEN;
}

bool HasDuty(const std::optional<config::v1::Client>& client, EmergencyDuty duty) {
  return client && std::find(client->emergency_duties().begin(), client->emergency_duties().end(), duty) !=
                       client->emergency_duties().end();
}

Record RecordOf(const Access& access) {
  return {.key = AccessKey(access.id()),
          .value = access.SerializeAsString(),
          .group = std::string(IsAlive(access) ? kAlive : kOver)};
}

absl::StatusOr<Access> Load(absl::string_view id, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kTable, AccessKey(id)));
  if (!record) return Problem(Reason::kResourceNotFound, "id");
  return Parse(*record);
}

absl::StatusOr<std::vector<Access>> LoadAlive(Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(kTable, kAlive, "", kEmergenciesMax));
  std::vector<Access> alive;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(Access access, Parse(record));
    alive.push_back(std::move(access));
  }
  return alive;
}

// What its time makes of it; nothing when it is not over yet.
std::optional<Access> OverBy(const Access& access, absl::Time now) {
  if (!IsAlive(access) || now < FromProto(access.end_time())) return std::nullopt;
  Access over = access;
  over.set_state(access.state() == emergency::v1::EMERGENCY_STATE_OPEN ? emergency::v1::EMERGENCY_STATE_ENDED
                                                                       : emergency::v1::EMERGENCY_STATE_LAPSED);
  return over;
}

// Whether the access opens the service to the client then.
bool Permits(const Access& access, const std::string& client, absl::string_view service, absl::Time now) {
  return access.client() == client && access.state() == emergency::v1::EMERGENCY_STATE_OPEN && !OverBy(access, now) &&
         ListsService(access.services(), service);
}

// A closed set of characters: there is no room for a sentence about somebody.
absl::Status CheckReference(absl::string_view reference) {
  if (reference.empty()) return Problem(Reason::kFieldMissing, "reference");
  const bool plain = std::all_of(reference.begin(), reference.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/';
  });
  if (plain && reference.size() <= kReferenceBytesMax) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, "reference",
                 absl::StrCat("up to ", kReferenceBytesMax, " letters, digits, and - _ . / are expected"));
}

absl::StatusOr<absl::Duration> LifeOf(const emergency::v1::DeclareEmergencyRequest& request, absl::Duration most) {
  if (!request.has_life()) return most;
  const absl::Duration life = FromProto(request.life());
  if (life > absl::ZeroDuration() && life <= most) return life;
  return Problem(Reason::kFieldInvalid, "life", absl::StrCat("more than 0 and at most ", absl::FormatDuration(most)));
}

absl::Status CheckGround(const emergency::v1::DeclareEmergencyRequest& request) {
  if (request.ground() == emergency::v1::EMERGENCY_GROUND_UNSPECIFIED) return Problem(Reason::kFieldMissing, "ground");
  if (!emergency::v1::EmergencyGround_IsValid(request.ground())) {
    return Problem(Reason::kFieldInvalid, "ground", "this ground is not known");
  }
  return CheckReference(request.reference());
}

// Writes what happened: the event, and the leaf about it.
absl::StatusOr<EmergencyEvent> Note(EmergencyEventKind kind, absl::string_view actor, absl::string_view method,
                                    const Access& access, const EmergencyAccess::Options& options, Transaction& tx) {
  EmergencyEvent event;
  event.set_id(base::NewUuid(*options.random));
  event.set_kind(kind);
  event.set_actor(std::string(actor));
  event.set_method(std::string(method));
  *event.mutable_time() = ToProto(options.clock->Now());
  *event.mutable_access() = access;
  const std::string bytes = event.SerializeAsString();
  evidence::Statement statement;
  statement.kind = evidence::LeafKind::kEmergency;
  statement.peer = options.node;
  statement.message_id = event.id();
  statement.type = EmergencyEvent::descriptor()->full_name();
  statement.body_sha256 = base::Sha256Hex(bytes);
  RETURN_IF_ERROR(options.log->Append(statement, access.id(), tx));
  RETURN_IF_ERROR(tx.Insert(kTable, {.key = EventKey(event.id()), .value = bytes, .group = EventsOf(access.id())}));
  return event;
}

void Tell(const EmergencyAccess::Options& options, const std::vector<EmergencyEvent>& events) {
  if (options.happened == nullptr) return;
  for (const EmergencyEvent& event : events) options.happened(event);
}

// Whether the caller has something to do with it: it is its own, it declared it, or it has one of these duties.
bool Concerns(const Access& access, const std::string& caller, const std::optional<config::v1::Client>& client,
              std::initializer_list<EmergencyDuty> duties) {
  return access.client() == caller || access.declarer() == caller ||
         std::any_of(duties.begin(), duties.end(), [&](EmergencyDuty duty) { return HasDuty(client, duty); });
}

absl::Status MayDeclare(const std::string& caller, const std::string& target,
                        const emergency::v1::DeclareEmergencyRequest& request, const ClientTable& clients) {
  if (target != caller && !HasDuty(clients.Find(caller), config::v1::EMERGENCY_DUTY_DECLARE)) {
    return Problem(Reason::kEmergencyAccess, "client", "the caller does not declare for others");
  }
  const std::optional<config::v1::Client> client = clients.Find(target);
  if (!client || client->emergency().services().empty()) {
    return Problem(Reason::kEmergencyAccess, "client", "it has no rights for emergencies");
  }
  if (request.services().empty()) return Problem(Reason::kFieldMissing, "services");
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < request.services_size(); ++i) {
    const std::string place = absl::StrCat("services[", i, "]");
    const std::string& service = request.services(i);
    if (!ListsService(client->emergency().services(), service)) {
      return Problem(Reason::kEmergencyAccess, place, "the client has no right to it in an emergency");
    }
    if (!seen.insert(service).second) return Problem(Reason::kFieldInvalid, place, "it is named twice");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Access> EmergencyAccess::Declare(const std::string& caller,
                                                const emergency::v1::DeclareEmergencyRequest& request) {
  const std::string& target = request.client().empty() ? caller : request.client();
  RETURN_IF_ERROR(MayDeclare(caller, target, request, *options_.clients));
  RETURN_IF_ERROR(CheckGround(request));
  ASSIGN_OR_RETURN(const absl::Duration life, LifeOf(request, options_.life));
  Access declared;
  std::vector<EmergencyEvent> events;
  const absl::Status done = options_.store->Write([&](Transaction& tx) -> absl::Status {
    events.clear();
    const auto work = [&]() -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(const std::vector<Access> alive, LoadAlive(tx));
      if (alive.size() >= kEmergenciesMax) return Problem(Reason::kOverloaded, "emergency access", "too many are open");
      const absl::Time now = options_.clock->Now();
      Access access;
      access.set_id(base::NewUuid(*options_.random));
      access.set_client(target);
      *access.mutable_services() = request.services();
      access.set_ground(request.ground());
      access.set_reference(request.reference());
      *access.mutable_life() = ToProto(life);
      access.set_state(emergency::v1::EMERGENCY_STATE_DECLARED);
      access.set_declarer(caller);
      *access.mutable_declare_time() = ToProto(now);
      *access.mutable_end_time() = ToProto(now + kApprovalPatience);
      RETURN_IF_ERROR(tx.Insert(kTable, RecordOf(access)));
      ASSIGN_OR_RETURN(EmergencyEvent event,
                       Note(emergency::v1::EMERGENCY_EVENT_KIND_DECLARED, caller, "", access, options_, tx));
      events.push_back(std::move(event));
      return access.id();
    };
    ASSIGN_OR_RETURN(const std::string id, base::Once(tx, caller, request.request_id(), request.SerializeAsString(),
                                                      options_.clock->Now(), work));
    ASSIGN_OR_RETURN(declared, Load(id, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  Tell(options_, events);
  return declared;
}

absl::StatusOr<Access> EmergencyAccess::Approve(const std::string& caller, absl::string_view id) {
  const std::optional<config::v1::Client> client = options_.clients->Find(caller);
  Access access;
  std::vector<EmergencyEvent> events;
  const absl::Status done = options_.store->Write([&](Transaction& tx) -> absl::Status {
    events.clear();
    ASSIGN_OR_RETURN(access, Load(id, tx));
    if (!HasDuty(client, config::v1::EMERGENCY_DUTY_APPROVE)) {
      // Whether there is one is nobody else's business.
      if (!Concerns(access, caller, client, {config::v1::EMERGENCY_DUTY_DECLARE})) {
        return Problem(Reason::kResourceNotFound, "id");
      }
      return Problem(Reason::kEmergencyAccess, "caller", "it does not approve");
    }
    if (access.declarer() == caller || access.client() == caller) {
      return Problem(Reason::kEmergencyAccess, "caller", "a second person has to approve");
    }
    const absl::Time now = options_.clock->Now();
    if (!IsAlive(access) || OverBy(access, now)) return Problem(Reason::kEmergencyAccess, "state", "it is over");
    if (access.state() == emergency::v1::EMERGENCY_STATE_OPEN) return absl::OkStatus();
    access.set_state(emergency::v1::EMERGENCY_STATE_OPEN);
    access.set_approver(caller);
    *access.mutable_approve_time() = ToProto(now);
    *access.mutable_end_time() = ToProto(now + FromProto(access.life()));
    RETURN_IF_ERROR(tx.Update(kTable, RecordOf(access)));
    ASSIGN_OR_RETURN(EmergencyEvent event,
                     Note(emergency::v1::EMERGENCY_EVENT_KIND_APPROVED, caller, "", access, options_, tx));
    events.push_back(std::move(event));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  Tell(options_, events);
  return access;
}

absl::StatusOr<Access> EmergencyAccess::End(const std::string& caller, absl::string_view id) {
  const std::optional<config::v1::Client> client = options_.clients->Find(caller);
  Access access;
  std::vector<EmergencyEvent> events;
  const absl::Status done = options_.store->Write([&](Transaction& tx) -> absl::Status {
    events.clear();
    ASSIGN_OR_RETURN(access, Load(id, tx));
    if (!Concerns(access, caller, client, {config::v1::EMERGENCY_DUTY_APPROVE})) {
      return Problem(Reason::kResourceNotFound, "id");
    }
    if (!IsAlive(access)) return absl::OkStatus();
    const absl::Time now = options_.clock->Now();
    std::string actor;
    if (std::optional<Access> over = OverBy(access, now)) {
      access = *std::move(over);
    } else {
      actor = caller;
      access.set_state(emergency::v1::EMERGENCY_STATE_ENDED);
      access.set_ender(caller);
      *access.mutable_end_time() = ToProto(now);
    }
    RETURN_IF_ERROR(tx.Update(kTable, RecordOf(access)));
    ASSIGN_OR_RETURN(EmergencyEvent event,
                     Note(emergency::v1::EMERGENCY_EVENT_KIND_ENDED, actor, "", access, options_, tx));
    events.push_back(std::move(event));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  Tell(options_, events);
  return access;
}

absl::StatusOr<emergency::v1::GetEmergencyResponse> EmergencyAccess::Get(
    const std::string& caller, const emergency::v1::GetEmergencyRequest& request) {
  const std::optional<config::v1::Client> client = options_.clients->Find(caller);
  emergency::v1::GetEmergencyResponse response;
  RETURN_IF_ERROR(options_.store->Read([&](Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(*response.mutable_access(), Load(request.id(), tx));
    if (!Concerns(response.access(), caller, client,
                  {config::v1::EMERGENCY_DUTY_DECLARE, config::v1::EMERGENCY_DUTY_APPROVE})) {
      return Problem(Reason::kResourceNotFound, "id");
    }
    const std::string after = request.after_event_id().empty() ? "" : EventKey(request.after_event_id());
    const absl::StatusOr<std::vector<Record>> records = tx.List(kTable, EventsOf(request.id()), after, kEventsPerPage);
    if (absl::IsNotFound(records.status())) {
      return Problem(Reason::kFieldInvalid, "after_event_id", "it has no such event");
    }
    if (!records.ok()) return records.status();
    for (const Record& record : *records) {
      if (!response.add_events()->ParseFromString(record.value)) {
        return Problem(Reason::kStoreUnavailable, "emergency access", "an event");
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<emergency::v1::ListEmergenciesResponse> EmergencyAccess::List(const std::string& caller) {
  const std::optional<config::v1::Client> client = options_.clients->Find(caller);
  emergency::v1::ListEmergenciesResponse response;
  RETURN_IF_ERROR(options_.store->Read([&](Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Access> alive, LoadAlive(tx));
    for (const Access& access : alive) {
      if (!Concerns(access, caller, client, {config::v1::EMERGENCY_DUTY_DECLARE, config::v1::EMERGENCY_DUTY_APPROVE})) {
        continue;
      }
      *response.add_accesses() = access;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status EmergencyAccess::RecordCall(const std::string& client, absl::string_view service,
                                         absl::string_view method) {
  std::vector<EmergencyEvent> events;
  const absl::Status done = options_.store->Write([&](Transaction& tx) -> absl::Status {
    events.clear();
    ASSIGN_OR_RETURN(const std::vector<Access> alive, LoadAlive(tx));
    const absl::Time now = options_.clock->Now();
    for (const Access& listed : alive) {
      if (!Permits(listed, client, service, now)) continue;
      // A list shows what was there; what is read by itself stays as it is until the end of the transaction.
      ASSIGN_OR_RETURN(Access access, Load(listed.id(), tx));
      if (!Permits(access, client, service, now)) continue;
      access.set_calls(access.calls() + 1);
      RETURN_IF_ERROR(tx.Update(kTable, RecordOf(access)));
      ASSIGN_OR_RETURN(EmergencyEvent event,
                       Note(emergency::v1::EMERGENCY_EVENT_KIND_CALLED, client, method, access, options_, tx));
      events.push_back(std::move(event));
      return absl::OkStatus();
    }
    return Problem(Reason::kEmergencyAccess, service, "none is open");
  });
  RETURN_IF_ERROR(done);
  Tell(options_, events);
  return absl::OkStatus();
}

absl::StatusOr<int> EmergencyAccess::EndDue() {
  int open = 0;
  bool due = false;
  const auto look = [&](Transaction& tx) -> absl::StatusOr<std::vector<Access>> {
    ASSIGN_OR_RETURN(std::vector<Access> alive, LoadAlive(tx));
    open = 0;
    due = false;
    for (const Access& access : alive) {
      const bool is_over = OverBy(access, options_.clock->Now()).has_value();
      due = due || is_over;
      if (!is_over && access.state() == emergency::v1::EMERGENCY_STATE_OPEN) ++open;
    }
    return alive;
  };
  RETURN_IF_ERROR(options_.store->Read([&](Transaction& tx) { return look(tx).status(); }));
  // Mostly there is nothing to write.
  if (!due) return open;
  std::vector<EmergencyEvent> events;
  const absl::Status done = options_.store->Write([&](Transaction& tx) -> absl::Status {
    events.clear();
    ASSIGN_OR_RETURN(const std::vector<Access> alive, look(tx));
    for (const Access& access : alive) {
      if (!OverBy(access, options_.clock->Now())) continue;
      ASSIGN_OR_RETURN(const Access found, Load(access.id(), tx));
      const std::optional<Access> over = OverBy(found, options_.clock->Now());
      if (!over) continue;
      RETURN_IF_ERROR(tx.Update(kTable, RecordOf(*over)));
      ASSIGN_OR_RETURN(EmergencyEvent event,
                       Note(emergency::v1::EMERGENCY_EVENT_KIND_ENDED, "", "", *over, options_, tx));
      events.push_back(std::move(event));
    }
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  Tell(options_, events);
  return open;
}

}  // namespace passerelle::gateway
