// A real node whose client may take part in cases in an emergency only: two other clients open that, over gRPC, and
// everything about it is in the log of the node, its evidence and its metrics.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/metrics_page.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gateway/telemetry/metric_names.h"
#include "gtest/gtest.h"
#include "passerelle/emergency/v1/emergency_access_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using Stub = emergency::v1::EmergencyAccessService::Stub;
using RecognitionStub = recognition::v1::RecognitionService::Stub;

constexpr char kService[] = "passerelle.emergency.v1.EmergencyAccessService";
constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";

class EmergencyAccessIntegrationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    LocalNode node;
    node.id = "NO";
    node.competent_authority = "Authority of the test";
    node.country = "NO";
    node.http = true;
    LocalClient centre{"centre", {}};
    centre.emergency.add_services(kRecognition);
    centre.emergency.add_case_roles(recognition::v1::CASE_ACTOR_EVALUATOR);
    LocalClient on_call{"on-call", {kService}};
    on_call.emergency_duties = {config::v1::EMERGENCY_DUTY_DECLARE, config::v1::EMERGENCY_DUTY_APPROVE};
    LocalClient head{"head", {kService}};
    head.emergency_duties = {config::v1::EMERGENCY_DUTY_APPROVE};
    node.clients = {centre, on_call, head};
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& client) const {
    return federation_->ClientChannel("NO", federation_->ClientTls("NO", client));
  }
  std::unique_ptr<Stub> Emergencies(const std::string& client) const {
    return emergency::v1::EmergencyAccessService::NewStub(ChannelOf(client));
  }
  // What the centre gets for looking at the queue of cases.
  absl::Status CallAsCentre() const {
    const auto stub = recognition::v1::RecognitionService::NewStub(ChannelOf("centre"));
    return Call(*stub, &RecognitionStub::ListDueCases, recognition::v1::ListDueCasesRequest()).status();
  }

  // The log of the node and its evidence tell every event of the emergency; the node is stopped after that.
  void ExpectOnRecord(const emergency::v1::GetEmergencyResponse& emergency) {
    for (const char* event : {"emergency.declared", "emergency.approved", "emergency.called", "emergency.ended"}) {
      EXPECT_TRUE(testing::Logs(*federation_, "NO", absl::StrCat("\"event\":\"", event, "\"")));
    }
    ASSERT_EQ(federation_->StopNode("NO"), 0);
    const tests::Outcome listed =
        tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "list", "--config", federation_->ConfigPath("NO")});
    ASSERT_EQ(listed.exit_code, 0) << listed.err;
    size_t leaves = 0;
    for (const emergency::v1::EmergencyEvent& event : emergency.events())
      leaves += absl::StrContains(listed.out, event.id());
    EXPECT_EQ(leaves, static_cast<size_t>(emergency.events_size())) << listed.out;
    const std::string folder = federation_->folder() + "/log";
    const tests::Outcome exported = tests::RunProgram(
        {PASSERELLE_PROGRAM, "evidence", "export", "--config", federation_->ConfigPath("NO"), "--log", folder});
    ASSERT_EQ(exported.exit_code, 0) << exported.err;
    const tests::Outcome verified =
        tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "verify", "--log", folder, "--node-map",
                           federation_->folder() + "/node-map.json", "--json"});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_TRUE(absl::StrContains(verified.out, absl::StrCat("\"emergency\":", emergency.events_size())))
        << verified.out;
    const tests::Outcome bundle = tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "export", "--config",
                                                     federation_->ConfigPath("NO"), "--id", emergency.events(0).id()});
    EXPECT_EQ(bundle.exit_code, 1);
    EXPECT_TRUE(absl::StrContains(bundle.err, "no message; ask GetEmergency")) << bundle.err;
  }

  SystemRandom random_;
  std::unique_ptr<LocalFederation> federation_;
};

TEST_F(EmergencyAccessIntegrationTest, TwoPeopleOpenItAndAllOfItIsOnRecord) {
  EXPECT_EQ(base::ReasonOf(CallAsCentre()), Reason::kEmergencyAccess);

  emergency::v1::DeclareEmergencyRequest declare;
  declare.set_request_id(base::NewUuid(random_));
  declare.set_client("centre");
  declare.add_services(kRecognition);
  declare.set_ground(emergency::v1::EMERGENCY_GROUND_OUTAGE);
  declare.set_reference("INC-2026/0412");
  const auto refused = Call(*Emergencies("head"), &Stub::DeclareEmergency, declare);
  EXPECT_EQ(base::ReasonOf(refused.status()), Reason::kEmergencyAccess);
  // The centre itself has no right to the service that opens it.
  const auto unknown = Call(*Emergencies("centre"), &Stub::DeclareEmergency, declare);
  EXPECT_EQ(base::ReasonOf(unknown.status()), Reason::kClientNotAllowed);
  const auto declared = Call(*Emergencies("on-call"), &Stub::DeclareEmergency, declare);
  ASSERT_TRUE(declared.ok()) << declared.status();
  EXPECT_EQ(base::ReasonOf(CallAsCentre()), Reason::kEmergencyAccess);

  emergency::v1::ApproveEmergencyRequest approve;
  approve.set_id(declared->access().id());
  const auto own = Call(*Emergencies("on-call"), &Stub::ApproveEmergency, approve);
  EXPECT_EQ(base::ReasonOf(own.status()), Reason::kEmergencyAccess);
  const auto approved = Call(*Emergencies("head"), &Stub::ApproveEmergency, approve);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_TRUE(CallAsCentre().ok()) << CallAsCentre();

  // The page is measured anew every few seconds.
  const auto open = [this] {
    const auto page = ReadMetricsPage(federation_->PortsOf("NO").metrics);
    return page.ok() && MetricSum(*page, kMetricEmergencyAccessOpen) == 1;
  };
  for (const absl::Time end = absl::Now() + absl::Seconds(20); !open() && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(200));
  }
  EXPECT_TRUE(open());

  emergency::v1::EndEmergencyRequest finish;
  finish.set_id(declared->access().id());
  const auto ended = Call(*Emergencies("head"), &Stub::EndEmergency, finish);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(base::ReasonOf(CallAsCentre()), Reason::kEmergencyAccess);

  emergency::v1::GetEmergencyRequest get;
  get.set_id(declared->access().id());
  const auto got = Call(*Emergencies("on-call"), &Stub::GetEmergency, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->access().state(), emergency::v1::EMERGENCY_STATE_ENDED);
  const int calls = static_cast<int>(got->access().calls());
  EXPECT_GE(calls, 1);
  EXPECT_EQ(got->events_size(), calls + 3);

  ExpectOnRecord(*got);
}

}  // namespace
}  // namespace passerelle::gateway
