#include "gateway/telemetry/metrics.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountsCallsUnderTheNamesThatDashboardsKnow) {
  Metrics metrics;
  const auto method = metrics.Method("passerelle.exchange.v1.ExchangeService", "GetExchange");
  method->Started();
  method->Started();
  method->Handled(absl::StatusCode::kOk, absl::Milliseconds(3));
  method->Handled(absl::StatusCode::kPermissionDenied, absl::Milliseconds(700));
  const std::string text = metrics.Text();
  const std::string labels =
      R"(grpc_method="GetExchange",grpc_service="passerelle.exchange.v1.ExchangeService",grpc_type="unary"})";
  EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_started_total{", labels, " 2")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat(R"(grpc_server_handled_total{grpc_code="OK",)", labels, " 1")));
  EXPECT_THAT(text,
              HasSubstr(absl::StrCat(R"(grpc_server_handled_total{grpc_code="PermissionDenied",)", labels, " 1")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat(R"(grpc_server_handled_total{grpc_code="NotFound",)", labels, " 0")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_handling_seconds_count{", labels, " 2")));
}

TEST(Metrics, CountsADomainEventWithItsLabels) {
  Metrics metrics;
  metrics.RelayMessage("in", "passerelle.exchange.v1.CredentialQuery", "accepted");
  metrics.TrustDecision("AUTHENTIC", "REGISTER_CONFIRMS");
  metrics.TrustDecision("AUTHENTIC", "REGISTER_CONFIRMS");
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr(R"(passerelle_relay_messages_total{direction="in",outcome="accepted",)"
                              R"(type="passerelle.exchange.v1.CredentialQuery"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(passerelle_trust_decision_total{decision="AUTHENTIC",reason="REGISTER_CONFIRMS"} 2)"));
}

TEST(Metrics, KeepsTheNumberOfSeriesBounded) {
  Metrics metrics;
  for (int i = 0; i < 10'000; ++i) metrics.PeerRefused(absl::StrCat("reason ", i));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr(R"(reason="other"})"));
  EXPECT_THAT(text, Not(HasSubstr("reason 9999")));
  // What has its series keeps it.
  metrics.PeerRefused("reason 0");
  EXPECT_THAT(metrics.Text(), HasSubstr(R"(reason="reason 0"} 2)"));
}

TEST(Metrics, SaysThatAnAddressCannotBeListenedOn) {
  Metrics first;
  const auto port = first.Expose("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_GT(*port, 0);
  Metrics second;
  EXPECT_EQ(base::ReasonOf(second.Expose(absl::StrCat("127.0.0.1:", *port)).status()), base::Reason::kPortUnavailable);
}

}  // namespace
}  // namespace passerelle::gateway
