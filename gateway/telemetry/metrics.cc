#include "gateway/telemetry/metrics.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metric_names.h"
#include "prometheus/text_serializer.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// Series of one name. More would mean that a label is not closed; then the rest is counted as "other".
constexpr size_t kSeriesMax = 500;

// Upper bounds in seconds, from a call answered from memory to the longest peer call.
constexpr double kSecondsBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

std::string KeyOfSeries(const std::vector<absl::string_view>& labels) {
  std::string key;
  for (const absl::string_view label : labels) absl::StrAppend(&key, label, "\x1f");
  return key;
}

double ToUnixSecondsDouble(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

// Connects to a port of this machine and hangs up.
void Knock(int port) {
  const int knocker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (knocker < 0) return;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Whether somebody answers does not matter.
  static_cast<void>(connect(knocker, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
  close(knocker);
}

}  // namespace

const char* GrpcCodeName(absl::StatusCode code) {
  constexpr const char* kNames[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "Unknown";
}

void MethodSeries::Handled(absl::StatusCode code, absl::Duration duration) {
  const auto index = static_cast<size_t>(code);
  handled_[index < kCodes ? index : static_cast<size_t>(absl::StatusCode::kUnknown)]->Increment();
  seconds_->Observe(absl::ToDoubleSeconds(duration));
}

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {
  started_ = &prometheus::BuildCounter().Name(kMetricServerStarted).Help("Calls that came in.").Register(*registry_);
  handled_ =
      &prometheus::BuildCounter().Name(kMetricServerHandled).Help("Calls that were answered.").Register(*registry_);
  seconds_ = &prometheus::BuildHistogram()
                  .Name(kMetricServerHandlingSeconds)
                  .Help("Time from a call to its answer.")
                  .Register(*registry_);
  const auto gauge = [this](const char* name, const char* help) -> prometheus::Family<prometheus::Gauge>& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
  };
  node_map_version_ = &gauge(kMetricNodeMapVersion, "Version of the node map in use.").Add({});
  node_map_stale_ = &gauge(kMetricNodeMapStale, "1 when the node map in use has expired.").Add({});
  days_to_expiry_ = &gauge(kMetricDaysToExpiry, "Days until a node has no valid material of a kind.");
  MakeEventCounters();
  certificate_expiry_ = &Gauges(kMetricCertificateExpiry, "Unix time at which a certificate file stops being of use.");
  trust_bundle_expiry_ = &Gauges(kMetricTrustBundleExpiry, "Unix time at which the trust bundle expires.");
  node_map_expiry_ = &Gauges(kMetricNodeMapExpiry, "Unix time at which the node map expires.");
  peer_circuit_ = &Gauges(kMetricPeerCircuit, "Whether another node is called (0), tried (1) or left alone (2).");
  relay_overdue_ = &Gauges(kMetricRelayOverdue, "Age of the oldest message that could be sent and was not.").Add({});
  emergency_access_open_ = &Gauges(kMetricEmergencyAccessOpen, "Emergency accesses that are open.").Add({});
  resident_memory_ = &Gauges(kMetricResidentMemory, "Resident memory of the process.").Add({});
  Gauges(kMetricStartTime, "Unix time at which the process started.").Add({}).Set(ToUnixSecondsDouble(absl::Now()));
  const absl::MutexLock lock(&mutex_);
  node_map_refused_ = MakeCounters(kMetricNodeMapRefused, "Node maps that were refused.", {kLabelSource, kLabelReason});
  relay_messages_ =
      MakeCounters(kMetricRelayMessages, "Messages between nodes.", {kLabelDirection, kLabelType, kLabelOutcome});
  exchange_state_ = MakeCounters(kMetricExchangeState, "Exchanges that came into a state.", {kLabelState});
  recognition_clock_ =
      MakeCounters(kMetricRecognitionClock, "Clocks of recognition cases that ran out, and warnings.", {kLabelClock});
  recognition_state_ = MakeCounters(kMetricRecognitionState, "Cases that came into a state.", {kLabelState});
  trust_decision_ = MakeCounters(kMetricTrustDecision, "Verdicts on documents.", {kLabelDecision, kLabelReason});
  peer_refused_ =
      MakeCounters(kMetricPeerRefused, "Callers refused before their request was looked at.", {kLabelReason});
  translation_ = MakeCounters(kMetricTranslation, "Documents read by an adapter.", {kLabelFormat, kLabelOutcome});
}

// All of them at once, so that the first event of a kind is an increase and not a series that appears.
void Metrics::MakeEventCounters() {
  auto& family =
      prometheus::BuildCounter().Name(kMetricLogEvents).Help("Events that were logged.").Register(*registry_);
  for (int i = 0; i < LogEventCount(); ++i) {
    const auto event = static_cast<gateway::LogEvent>(i);
    log_events_.push_back(&family.Add(
        {{kLabelEvent, std::string(EventName(event))}, {kLabelLevel, std::string(LevelName(EventLevel(event)))}}));
  }
}

prometheus::Family<prometheus::Gauge>& Metrics::Gauges(const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
}

void Metrics::BuildInfo(const std::string& version) {
  Gauges(kMetricBuildInfo, "The version that runs; always 1.").Add({{kLabelVersion, version}}).Set(1);
}

void Metrics::CertificateExpiry(const std::string& purpose, absl::Time time) {
  certificate_expiry_->Add({{kLabelPurpose, purpose}}).Set(ToUnixSecondsDouble(time));
}
void Metrics::TrustBundleExpiry(absl::Time time) { trust_bundle_expiry_->Add({}).Set(ToUnixSecondsDouble(time)); }
void Metrics::NodeMapExpiry(absl::Time time) { node_map_expiry_->Add({}).Set(ToUnixSecondsDouble(time)); }

void Metrics::PeerCircuit(absl::string_view node, int state) {
  peer_circuit_->Add({{kLabelNode, std::string(node)}}).Set(state);
}
void Metrics::KnowPeer(absl::string_view node) { peer_circuit_->Add({{kLabelNode, std::string(node)}}); }

Metrics::Counters Metrics::MakeCounters(const char* name, const char* help, std::vector<const char*> labels) {
  Counters counters;
  counters.family = &prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
  counters.labels = std::move(labels);
  return counters;
}

// The page's server looks only every two seconds whether it should end, or when somebody knocks.
Metrics::~Metrics() {
  if (exposer_ == nullptr) return;
  absl::Notification ended;
  std::thread knocking([this, &ended] {
    while (!ended.WaitForNotificationWithTimeout(absl::Milliseconds(20))) Knock(port_);
  });
  exposer_.reset();
  ended.Notify();
  knocking.join();
}

std::unique_ptr<MethodSeries> Metrics::Method(absl::string_view service, absl::string_view method) {
  std::map<std::string, std::string> labels = {
      {kLabelGrpcType, "unary"}, {kLabelGrpcService, std::string(service)}, {kLabelGrpcMethod, std::string(method)}};
  auto series = std::make_unique<MethodSeries>();
  series->started_ = &started_->Add(labels);
  series->seconds_ = &seconds_->Add(
      labels, prometheus::Histogram::BucketBoundaries(std::begin(kSecondsBounds), std::end(kSecondsBounds)));
  for (size_t code = 0; code < MethodSeries::kCodes; ++code) {
    labels[kLabelGrpcCode] = GrpcCodeName(static_cast<absl::StatusCode>(code));
    series->handled_[code] = &handled_->Add(labels);
  }
  return series;
}

void Metrics::Count(Counters& counters, std::initializer_list<absl::string_view> values) {
  std::vector<absl::string_view> words(values);
  auto found = counters.series.find(KeyOfSeries(words));
  if (found == counters.series.end() && counters.series.size() >= kSeriesMax) {
    words.assign(words.size(), "other");
    found = counters.series.find(KeyOfSeries(words));
  }
  if (found == counters.series.end()) {
    std::map<std::string, std::string> labels;
    for (size_t i = 0; i < words.size(); ++i) labels[counters.labels[i]] = std::string(words[i]);
    found = counters.series.emplace(KeyOfSeries(words), &counters.family->Add(labels)).first;
  }
  found->second->Increment();
}

void Metrics::RelayMessage(absl::string_view direction, absl::string_view type, absl::string_view outcome) {
  const absl::MutexLock lock(&mutex_);
  Count(relay_messages_, {direction, type, outcome});
}
void Metrics::ExchangeState(absl::string_view state) {
  const absl::MutexLock lock(&mutex_);
  Count(exchange_state_, {state});
}
void Metrics::RecognitionClock(absl::string_view clock) {
  const absl::MutexLock lock(&mutex_);
  Count(recognition_clock_, {clock});
}

void Metrics::RecognitionState(absl::string_view state) {
  const absl::MutexLock lock(&mutex_);
  Count(recognition_state_, {state});
}
void Metrics::TrustDecision(absl::string_view decision, absl::string_view reason) {
  const absl::MutexLock lock(&mutex_);
  Count(trust_decision_, {decision, reason});
}
void Metrics::PeerRefused(absl::string_view reason) {
  const absl::MutexLock lock(&mutex_);
  Count(peer_refused_, {reason});
}
void Metrics::Translation(absl::string_view format, absl::string_view outcome) {
  const absl::MutexLock lock(&mutex_);
  Count(translation_, {format, outcome});
}

void Metrics::NodeMapRefused(absl::string_view source, absl::string_view place) {
  // Places within the content name entries of it.
  constexpr absl::string_view kPlaces[] = {"signatures", "history",     "root",       "federation",
                                           "version",    "expire_time", "issue_time", "payload"};
  absl::string_view reason = "content";
  for (const absl::string_view known : kPlaces) {
    if (absl::StartsWith(place, known)) reason = known;
  }
  const absl::MutexLock lock(&mutex_);
  Count(node_map_refused_, {source, reason});
}
void Metrics::NodeMapInForce(uint64_t version, bool stale) {
  node_map_version_->Set(static_cast<double>(version));
  node_map_stale_->Set(stale ? 1 : 0);
}
void Metrics::DaysToExpiry(const std::vector<DaysLeft>& days) {
  const absl::MutexLock lock(&mutex_);
  for (prometheus::Gauge* series : days_series_) days_to_expiry_->Remove(series);
  days_series_.clear();
  for (const DaysLeft& left : days) {
    days_series_.push_back(&days_to_expiry_->Add({{kLabelNode, left.node}, {kLabelMaterial, left.material}}));
    days_series_.back()->Set(left.days);
  }
}

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

absl::StatusOr<int> Metrics::Expose(const std::string& address) {
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
    exposer_->RegisterCollectable(registry_);
    const std::vector<int> ports = exposer_->GetListeningPorts();
    if (!ports.empty()) {
      port_ = ports.front();
      return port_;
    }
  } catch (const std::exception&) {
    exposer_.reset();
  }
  return Problem(Reason::kPortUnavailable, address);
}

}  // namespace passerelle::gateway
