// The node's metrics, in the Prometheus text format on an HTTP page.
//
// Series of calls are resolved when a service starts. The others are counters with a few closed labels, found under a
// mutex; they count messages and decisions, which cost far more than the look-up. Label values that are not in their
// closed set are counted as "other".
//
// Thread-safety: thread-safe. Ownership: owns its series.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace passerelle::gateway {

// Series of one gRPC method.
class MethodSeries {
 public:
  void Started() { started_->Increment(); }
  void Handled(absl::StatusCode code, absl::Duration duration);

 private:
  friend class Metrics;
  static constexpr size_t kCodes = 17;
  prometheus::Counter* started_ = nullptr;
  std::array<prometheus::Counter*, kCodes> handled_ = {};
  prometheus::Histogram* seconds_ = nullptr;
};

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  // The series of a unary method; `service` is its full name.
  std::unique_ptr<MethodSeries> Method(absl::string_view service, absl::string_view method);

  // direction "in" or "out"; type the full name of a message; outcome "accepted", "refused", "failed" or "retried".
  void RelayMessage(absl::string_view direction, absl::string_view type, absl::string_view outcome);
  void ExchangeState(absl::string_view state);
  void RecognitionState(absl::string_view state);
  // clock "decision", "warning", "reply", "reminder" or "appeal".
  void RecognitionClock(absl::string_view clock);
  void TrustDecision(absl::string_view decision, absl::string_view reason);
  void PeerRefused(absl::string_view reason);
  void Translation(absl::string_view format, absl::string_view outcome);

  // source "file" or "peer"; place is where the refused map fails.
  void NodeMapRefused(absl::string_view source, absl::string_view place);
  void NodeMapInForce(uint64_t version, bool stale);
  // How long material lasts; negative when it is over. `node` is empty for what belongs to no node.
  struct DaysLeft {
    std::string node;
    std::string material;
    double days;
  };
  // Replaces all that was told before.
  void DaysToExpiry(const std::vector<DaysLeft>& days);
  // An event of the log, by its place in log_events.def.
  void LogEvent(int event) { log_events_[static_cast<size_t>(event)]->Increment(); }
  void BuildInfo(const std::string& version);
  // Unix times at which something stops being of use. `purpose` is what a certificate is for: a closed set of words.
  void CertificateExpiry(const std::string& purpose, absl::Time time);
  void TrustBundleExpiry(absl::Time time);
  void NodeMapExpiry(absl::Time time);
  // Whether a node is called: 0 it is, 1 it is tried, 2 it is left alone (core/relay/circuit_breaker.h).
  void PeerCircuit(absl::string_view node, int state);
  // Makes its series before the first call to the node; one that is there stays as it is.
  void KnowPeer(absl::string_view node);
  // For how long the oldest message that could be sent has been waiting.
  void RelayOverdue(absl::Duration age) { relay_overdue_->Set(absl::ToDoubleSeconds(age)); }
  // How many emergency accesses are open.
  void EmergencyAccessOpen(int open) { emergency_access_open_->Set(open); }
  void ResidentMemory(double bytes) { resident_memory_->Set(bytes); }

  // Every series as text (version 0.0.4).
  std::string Text() const;

  // Opens the page http://address/metrics; the port is that of the socket. Problem: kPortUnavailable.
  absl::StatusOr<int> Expose(const std::string& address);

 private:
  // Counters of one name, found by the values of their labels.
  struct Counters {
    prometheus::Family<prometheus::Counter>* family = nullptr;
    std::vector<const char*> labels;
    absl::flat_hash_map<std::string, prometheus::Counter*> series;
  };
  Counters MakeCounters(const char* name, const char* help, std::vector<const char*> labels);
  void Count(Counters& counters, std::initializer_list<absl::string_view> values);

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>* started_;
  prometheus::Family<prometheus::Counter>* handled_;
  prometheus::Family<prometheus::Histogram>* seconds_;
  absl::Mutex mutex_;
  Counters relay_messages_ ABSL_GUARDED_BY(mutex_);
  Counters exchange_state_ ABSL_GUARDED_BY(mutex_);
  Counters recognition_state_ ABSL_GUARDED_BY(mutex_);
  Counters recognition_clock_ ABSL_GUARDED_BY(mutex_);
  Counters trust_decision_ ABSL_GUARDED_BY(mutex_);
  Counters peer_refused_ ABSL_GUARDED_BY(mutex_);
  Counters translation_ ABSL_GUARDED_BY(mutex_);
  Counters node_map_refused_ ABSL_GUARDED_BY(mutex_);
  prometheus::Gauge* node_map_version_;
  prometheus::Gauge* node_map_stale_;
  prometheus::Family<prometheus::Gauge>* days_to_expiry_;
  std::vector<prometheus::Gauge*> days_series_ ABSL_GUARDED_BY(mutex_);
  void MakeEventCounters();
  prometheus::Family<prometheus::Gauge>& Gauges(const char* name, const char* help);

  std::vector<prometheus::Counter*> log_events_;
  prometheus::Family<prometheus::Gauge>* certificate_expiry_;
  prometheus::Family<prometheus::Gauge>* trust_bundle_expiry_;
  prometheus::Family<prometheus::Gauge>* node_map_expiry_;
  prometheus::Family<prometheus::Gauge>* peer_circuit_;
  prometheus::Gauge* relay_overdue_;
  prometheus::Gauge* emergency_access_open_;
  prometheus::Gauge* resident_memory_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_ = 0;
};

// The name of a code as dashboards know it: "OK", "PermissionDenied".
const char* GrpcCodeName(absl::StatusCode code);

}  // namespace passerelle::gateway
