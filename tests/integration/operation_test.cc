// Nodes as operators run them: power cuts, restarts, draining, logs, metrics, reflection, and the demonstration.

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/json.h"
#include "gateway/cli/metrics_page.h"
#include "gateway/telemetry/metric_names.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

class OperationTest : public FederationTest {
 protected:
  // What a node has counted, once that is at least `enough`: counters move after the answer has left.
  double Counted(const std::string& node, absl::string_view metric, const std::vector<std::string>& labels,
                 double enough) {
    const absl::Time deadline = absl::Now() + absl::Seconds(5);
    double counted = 0;
    while (counted < enough && absl::Now() < deadline) {
      const auto page = ReadMetricsPage(federation_->PortsOf(node).metrics);
      counted = page.ok() ? MetricSum(*page, metric, labels) : 0;
      if (counted < enough) absl::SleepFor(absl::Milliseconds(20));
    }
    return counted;
  }
};

using exchange::v1::EXCHANGE_STATE_DELIVERED;
using exchange::v1::EXCHANGE_STATE_PENDING;

TEST_F(OperationTest, AnExchangeOutlivesAPowerCutOnEitherSide) {
  const std::string authorisation = Authorise();
  federation_->KillNode("NO");
  const auto started = StartExchange(authorisation);
  ASSERT_TRUE(started.ok()) << started.status();
  const auto pending = Wait(started->id(), absl::Seconds(1));
  ASSERT_TRUE(pending.ok()) << pending.status();
  EXPECT_EQ(pending->state(), EXCHANGE_STATE_PENDING);
  EXPECT_GE(pending->attempts(), 1u);

  federation_->KillNode("NL");
  ASSERT_TRUE(federation_->StartNode("NL").ok());
  ASSERT_TRUE(federation_->StartNode("NO").ok());
  const auto delivered = Wait(started->id());
  ASSERT_TRUE(delivered.ok()) << delivered.status();
  EXPECT_EQ(delivered->state(), EXCHANGE_STATE_DELIVERED) << delivered->problem().reason();
  ASSERT_EQ(delivered->documents_size(), 1);
  EXPECT_EQ(delivered->documents(0).document().content(), Transcript());
}

TEST_F(OperationTest, StopsInOrderAndGoesOnWhereItWas) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(federation_->StopNode("NL"), 0);
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "\"event\":\"node.stopped\""));
  ASSERT_TRUE(federation_->StartNode("NL").ok());
  const auto kept = Wait(fetched->id());
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->SerializeAsString(), fetched->SerializeAsString());
}

TEST_F(OperationTest, LogsAndCountsWithoutNamingAnybody) {
  ASSERT_TRUE(Fetch(Authorise()).ok());
  ASSERT_TRUE(Verify("NO").ok());
  const auto stranger = federation_->StrangerTls("stranger");
  ASSERT_TRUE(stranger.ok()) << stranger.status();
  Deliver(*relay::v1::RelayService::NewStub(federation_->PeerChannel("NO", *stranger)), Sealed(Header()));

  EXPECT_EQ(Counted("NO", kMetricRelayMessages, {"direction=\"in\"", "outcome=\"accepted\""}, 2), 2);
  EXPECT_EQ(Counted("NO", kMetricPeerRefused, {"reason=\"PEER_UNKNOWN\""}, 1), 1);
  EXPECT_EQ(Counted("NL", kMetricExchangeState, {"state=\"delivered\""}, 1), 1);
  EXPECT_EQ(Counted("NL", kMetricServerHandled, {"VerifyDocument", "grpc_code=\"OK\""}, 1), 1);

  for (const char* node : {"NO", "NL"}) {
    SCOPED_TRACE(node);
    const std::string log = federation_->LogOf(node);
    const auto page = ReadMetricsPage(federation_->PortsOf(node).metrics);
    ASSERT_TRUE(page.ok()) << page.status();
    // Names, birth date, student number, pseudonym and the register's reference.
    for (const char* personal : {kLearner, "Solveig", "1994-05-17", "700142", "pseudonym-1", "holder-1"}) {
      EXPECT_FALSE(absl::StrContains(log, personal)) << personal;
      EXPECT_FALSE(absl::StrContains(*page, personal)) << personal;
    }
    for (const absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
      const auto json = base::JsonDocument::Parse(line);
      ASSERT_TRUE(json.ok()) << line;
      for (const char* member : {"ts", "level", "event"}) {
        EXPECT_EQ(json->root()[member].error(), simdjson::SUCCESS) << line;
      }
    }
  }
}

TEST_F(OperationTest, ListsItsServicesOnTheAdminPort) {
  grpc::GenericStub stub(federation_->AdminChannel("NO"));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto call =
      stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  // ServerReflectionRequest{list_services: "*"}; gRPC's own service has no generated code here.
  const grpc::Slice request("\x3A\x01*");
  call->Write(grpc::ByteBuffer(&request, 1), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Slice bytes;
  ASSERT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
  const absl::string_view names(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  EXPECT_TRUE(absl::StrContains(names, "grpc.health.v1.Health"));
  context.TryCancel();
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
}

TEST_F(OperationTest, ANodeEndsWithTheProcessThatStartedIt) {
  federation_->KillNode("NL");
  // Standard input is at its end from the beginning.
  const tests::Outcome outcome =
      tests::RunProgram({PASSERELLE_PROGRAM, "serve", "--config", federation_->ConfigPath("NL"), "--stop-with-stdin"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(absl::StrContains(outcome.out, "\"event\":\"node.stopped\"")) << outcome.out;
  EXPECT_EQ(
      tests::RunProgram({PASSERELLE_PROGRAM, "serve", "--config", federation_->ConfigPath("NL"), "--check-config"})
          .exit_code,
      0);
}

TEST(Demo, TellsTheThreeRequestsAndSucceeds) {
  const tests::Outcome outcome = tests::RunProgram({PASSERELLE_PROGRAM, "demo"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"yes, compared byte for byte", "A1-M11", "Verdict: AUTHENTIC", "Verdict: NOT_AUTHENTIC",
                           "Decision: recognised for the stated purpose.", "0 refused"}) {
    EXPECT_TRUE(absl::StrContains(outcome.out, text)) << text;
  }
  EXPECT_FALSE(absl::StrContains(outcome.out, "\033")) << "colours are for terminals";
}

TEST(Demo, WorksWithADocumentThatIsNotRecognised) {
  const tests::Outcome outcome =
      tests::RunProgram({PASSERELLE_PROGRAM, "demo", "--file",
                         std::string(testing::kSourceDir) + "/tests/cli/documents/credential.elm.json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(absl::StrContains(outcome.out, "No decision yet")) << outcome.out;
}

TEST(Demo, RefusesADocumentThatCannotBeReadBeforeAnythingStarts) {
  const tests::Outcome outcome = tests::RunProgram({PASSERELLE_PROGRAM, "demo", "--file", "-"}, "no credential");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(absl::StartsWith(outcome.err, "FORMAT_UNKNOWN at document")) << outcome.err;
  EXPECT_TRUE(outcome.out.empty());
}

TEST(Demo, KeepsANewFolderAndTouchesNoOther) {
  const std::string folder = tests::ScratchFolder();
  tests::WriteAll(folder + "/mine", "x");
  EXPECT_EQ(tests::RunProgram({PASSERELLE_PROGRAM, "demo", "--keep", folder}).exit_code, 1);
  EXPECT_EQ(tests::ReadAll(folder + "/mine"), "x");
  EXPECT_EQ(tests::RunProgram({PASSERELLE_PROGRAM, "demo", "--keep", folder + "/kept"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/kept/NO/store.sqlite"));
  EXPECT_EQ(
      tests::RunProgram({PASSERELLE_PROGRAM, "serve", "--config", folder + "/kept/BG/node.yaml", "--check-config"})
          .exit_code,
      0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace passerelle::gateway
