#include "gateway/config/student_cards_config.h"

#include <algorithm>
#include <iterator>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "gateway/config/duration.h"
#include "gateway/fetch/fetcher.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// The router is asked while a client waits.
constexpr absl::Duration kCardTimeLimit = absl::Seconds(5);
constexpr absl::Duration kCardTimeLimitMost = absl::Minutes(1);

// What is asked without TLS has to be on this machine.
constexpr absl::string_view kLoopbackOrigins[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

bool IsLoopback(absl::string_view origin) {
  return std::any_of(std::begin(kLoopbackOrigins), std::end(kLoopbackOrigins), [origin](absl::string_view known) {
    absl::string_view port = origin;
    return absl::ConsumePrefix(&port, known) && (port.empty() || port[0] == ':');
  });
}

}  // namespace

void CompleteStudentCards(const std::string& folder, config::v1::StudentCards* cards) {
  if (!cards->trusted_authorities().empty()) {
    cards->set_trusted_authorities(ResolvePath(folder, cards->trusted_authorities()));
  }
  if (!cards->has_time_limit()) *cards->mutable_time_limit() = base::ToProto(kCardTimeLimit);
}

absl::Status CheckStudentCards(const config::v1::StudentCards& cards) {
  const absl::StatusOr<std::string> origin = OriginOf(cards.router());
  const bool secure = absl::StartsWith(cards.router(), "https://");
  if (!origin.ok() || *origin != cards.router() || (!secure && !IsLoopback(*origin))) {
    return Problem(Reason::kConfigInvalid, "student_cards.router",
                   "an origin such as https://router.europeanstudentcard.eu is expected");
  }
  if (!secure && !cards.trusted_authorities().empty()) {
    return Problem(Reason::kConfigInvalid, "student_cards.trusted_authorities", "without TLS there is no certificate");
  }
  return CheckLimit("student_cards.time_limit", cards.time_limit(), kCardTimeLimitMost);
}

}  // namespace passerelle::gateway
