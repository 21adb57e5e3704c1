// Emergency access ("break glass"): rights of a client that count only while one client has declared that they are
// needed, another one has approved it, and its time is not over.
//
//   declared ──approved──▶ open ──its time, or somebody ends it──▶ ended
//      └──an hour without approval: lapsed; taken back: ended
//
// Every step and every call under it leaves a leaf in the evidence of the node, in the same transaction: what cannot be
// put on record does not happen. It is in the store, so that it holds for all replicas.
//
// Thread-safety: thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/evidence/log.h"
#include "gateway/clients/client_table.h"
#include "passerelle/emergency/v1/emergency_access_service.pb.h"

namespace passerelle::gateway {

// Declared and open ones at a time, of the whole node: more is no emergency but a configuration that is wrong.
inline constexpr int kEmergenciesMax = 32;
// How long a declaration waits for its approval.
inline constexpr absl::Duration kApprovalPatience = absl::Hours(1);

class EmergencyAccess {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    const evidence::Log* log = nullptr;
    const ClientTable* clients = nullptr;
    absl::Duration life;  // at most, and when a declaration names none
    // Told of everything that happened, once that is durable.
    std::function<void(const emergency::v1::EmergencyEvent&)> happened = nullptr;
  };
  explicit EmergencyAccess(Options options) : options_(std::move(options)) {}

  // `caller` is the id of the client that calls. Problems of all: those of evidence::Log::Append, kStoreUnavailable.

  // Problems: kFieldMissing, kFieldInvalid; kEmergencyAccess at "client" for one without such rights or, of another
  // client, a caller without the duty, and at "services"; kRequestIdReused; kOverloaded.
  absl::StatusOr<emergency::v1::EmergencyAccess> Declare(const std::string& caller,
                                                         const emergency::v1::DeclareEmergencyRequest& request);
  // Approving again what is open changes nothing. Problems: kResourceNotFound; kEmergencyAccess at "caller" for one
  // without the duty, the declarer and the client itself, and at "state" for what is over.
  absl::StatusOr<emergency::v1::EmergencyAccess> Approve(const std::string& caller, absl::string_view id);
  // By the client that it is for, the declarer, and whoever could approve it. Ending what is over changes nothing.
  // Problem: kResourceNotFound.
  absl::StatusOr<emergency::v1::EmergencyAccess> End(const std::string& caller, absl::string_view id);
  // For the same, and whoever could declare it. Problem: kResourceNotFound.
  absl::StatusOr<emergency::v1::GetEmergencyResponse> Get(const std::string& caller,
                                                          const emergency::v1::GetEmergencyRequest& request);
  absl::StatusOr<emergency::v1::ListEmergenciesResponse> List(const std::string& caller);

  // Puts a call on record that the client may make in an emergency only. `method` is "package.Service/Method". Problem:
  // kEmergencyAccess at the service, and the call must not be made.
  absl::Status RecordCall(const std::string& client, absl::string_view service, absl::string_view method);

  // Ends what is over, and returns how many are open.
  absl::StatusOr<int> EndDue();

 private:
  const Options options_;
};

}  // namespace passerelle::gateway
