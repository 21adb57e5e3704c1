// The evidence of running nodes: bundles of both sides, disputes, witnesses, power cuts, and logs put back from a copy.

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "gateway/cli/node_client.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "passerelle/evidence/v1/evidence_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

using evidence::v1::EvidenceBundle;
using exchange::v1::EXCHANGE_STATE_DELIVERED;
using exchange::v1::EXCHANGE_STATE_PENDING;

class EvidenceTest : public FederationTest {
 protected:
  tests::Outcome Evidence(std::vector<std::string> arguments) {
    std::vector<std::string> command = {PASSERELLE_PROGRAM, "evidence"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return tests::RunProgram(command);
  }
  std::string NodeMap() const { return federation_->folder() + "/node-map.json"; }
  std::string Scratch(const std::string& name) const { return absl::StrCat(federation_->folder(), "/", name); }

  // Exports until the log has the message in its place and, if wanted, another node has signed.
  std::string Export(const std::string& node, const std::string& id, bool witnessed = false) {
    const std::string file = Scratch(absl::StrCat(node, "-", id, ".json"));
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (true) {
      const tests::Outcome outcome =
          Evidence({"export", "--config", federation_->ConfigPath(node), "--id", id, "--out", file});
      const bool good = outcome.exit_code == 0 && (!witnessed || absl::StrContains(Show(file), "saw it at"));
      if (good || absl::Now() > deadline) {
        EXPECT_TRUE(good) << outcome.err << federation_->LogOf(node);
        return file;
      }
      absl::SleepFor(absl::Milliseconds(50));
    }
  }
  std::string Show(const std::string& file) {
    const tests::Outcome outcome = Evidence({"verify", file, "--node-map", NodeMap(), "--root", Scratch("root.yaml")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }
  // What an auditor says of a node's whole log.
  std::string Audit(const std::string& node, const std::string& name) {
    const std::string folder = Scratch(name);
    const tests::Outcome exported = Evidence({"export", "--config", federation_->ConfigPath(node), "--log", folder});
    EXPECT_EQ(exported.exit_code, 0) << exported.err;
    const tests::Outcome verified =
        Evidence({"verify", "--log", folder, "--node-map", NodeMap(), "--root", Scratch("root.yaml")});
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    return verified.out;
  }
  // The message of an exchange, from the bundle of its sender.
  static std::string MessageOf(const std::string& bundle) {
    const auto json = base::JsonDocument::Parse(tests::ReadAll(bundle));
    std::string_view id;
    EXPECT_TRUE(json.ok() && json->root()["message_id"].get(id) == simdjson::SUCCESS);
    return std::string(id);
  }
};

TEST_F(EvidenceTest, BothSidesShowWhatWasExchanged) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  const std::string sender = Export("NL", fetched->id(), /*witnessed=*/true);
  const std::string receiver = Export("NO", MessageOf(sender), /*witnessed=*/true);
  const std::string shown = Show(receiver);
  EXPECT_TRUE(absl::StrContains(shown, "evidence of NO as receiver from NL")) << shown;
  EXPECT_TRUE(absl::StrContains(shown, "witness: urn:passerelle:node:NL saw it at")) << shown;

  const tests::Outcome settled =
      Evidence({"dispute", sender, receiver, "--node-map", NodeMap(), "--root", Scratch("root.yaml")});
  EXPECT_EQ(settled.exit_code, 0) << settled.err;
  for (const char* line : {"sent: yes", "received: yes", "same message: yes", "same answer: yes",
                           "when: the sender signed it", "when: the receiver logged it with its answer"}) {
    EXPECT_TRUE(absl::StrContains(settled.out, line)) << line << "\n" << settled.out;
  }
  EXPECT_EQ(Evidence({"dispute", sender, sender, "--node-map", NodeMap(), "--root", Scratch("root.yaml")}).exit_code,
            1);

  std::string changed = tests::ReadAll(receiver);
  const size_t body = changed.find("\"body\": \"") + 9;
  changed[body + 4] = changed[body + 4] == 'A' ? 'B' : 'A';
  const std::string forged = Scratch("forged.json");
  tests::WriteAll(forged, changed);
  const tests::Outcome refused = Evidence({"verify", forged, "--node-map", NodeMap(), "--root", Scratch("root.yaml")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(refused.err, "ENVELOPE_SIGNATURE")) << refused.err;
  EXPECT_EQ(Evidence({"dispute", sender, forged, "--node-map", NodeMap(), "--root", Scratch("root.yaml")}).exit_code,
            1);
}

TEST_F(EvidenceTest, ANodeProvesItsReceiptsToTheirOwnerOnly) {
  const relay::Header header = Header();
  ASSERT_EQ(Deliver(*peer_, Sealed(header)), "answer");
  using Stub = evidence::v1::EvidenceService::Stub;
  const auto owner = evidence::v1::EvidenceService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("XX")));
  evidence::v1::GetInclusionProofRequest request;
  request.set_message_id(header.id);
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  auto proven = Call(*owner, &Stub::GetInclusionProof, request);
  for (; !proven.ok() && absl::Now() < deadline; proven = Call(*owner, &Stub::GetInclusionProof, request)) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  ASSERT_TRUE(proven.ok()) << proven.status();
  EXPECT_TRUE(absl::StartsWith(proven->checkpoint(), "urn:passerelle:node:NO\n")) << proven->checkpoint();
  EXPECT_TRUE(absl::StartsWith(proven->leaf().leaf(), "passerelle-leaf/1\nreceived\n"));
  const auto other = evidence::v1::EvidenceService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("NL")));
  const auto denied = Call(*other, &Stub::GetInclusionProof, request);
  EXPECT_TRUE(absl::StrContains(denied.status().message(), "RESOURCE_NOT_FOUND")) << denied.status();
  evidence::v1::AddCheckpointRequest foreign;
  foreign.set_checkpoint(proven->checkpoint());
  const auto refused = Call(*other, &Stub::AddCheckpoint, foreign);
  EXPECT_FALSE(refused.ok()) << "a node shows its own log only";
}

TEST_F(EvidenceTest, ItIsSaidWhatWasNotChecked) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  const std::string bundle = Export("NL", fetched->id());
  const std::string folder = Scratch("log");
  ASSERT_EQ(Evidence({"export", "--config", federation_->ConfigPath("NL"), "--log", folder}).exit_code, 0);
  const std::string seen = folder + "/checkpoint";
  const std::vector<std::string> commands[] = {{"verify", bundle, "--json"},
                                               {"dispute", bundle, bundle, "--json"},
                                               {"verify", "--log", folder, "--seen", seen, "--json"}};
  for (std::vector<std::string> command : commands) {
    if (command[0] == "dispute") command[2] = Export("NO", MessageOf(bundle));
    command.insert(command.end(), {"--node-map", NodeMap()});
    const tests::Outcome unsigned_map = Evidence(command);
    EXPECT_EQ(unsigned_map.exit_code, 0) << unsigned_map.err;
    EXPECT_TRUE(absl::StrContains(unsigned_map.err, "nobody's signature on the map was checked")) << unsigned_map.err;
    EXPECT_EQ(tests::At(unsigned_map.out, "/map_checked"), "false");
    command.insert(command.end(), {"--root", Scratch("root.yaml")});
    const tests::Outcome checked = Evidence(command);
    EXPECT_EQ(checked.err, "");
    EXPECT_EQ(tests::At(checked.out, "/map_checked"), "true");
  }
  std::vector<std::string> audit = commands[2];
  audit.insert(audit.end(), {"--node-map", NodeMap()});
  EXPECT_EQ(tests::At(Evidence(audit).out, "/continues_seen"), "true");
  EXPECT_NE(tests::At(Evidence(audit).out, "/witnesses"), "absent");

  // Without the messages nothing shows which one it is about.
  std::string json = tests::ReadAll(bundle);
  EvidenceBundle without;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &without).ok());
  without.clear_request();
  without.clear_answer();
  without.set_message_id("another");
  json.clear();
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(without, &json).ok());
  tests::WriteAll(Scratch("without.json"), json);
  EXPECT_TRUE(absl::StrContains(Show(Scratch("without.json")), "message and peer: as the bundle says, not shown"));
  EXPECT_EQ(tests::At(Evidence({"verify", Scratch("without.json"), "--json"}).out, "/identified"), "false");
  EXPECT_EQ(tests::At(Evidence({"verify", bundle, "--json"}).out, "/identified"), "true");
}

TEST_F(EvidenceTest, AProblemOfALogNamesItsFile) {
  ASSERT_TRUE(Fetch(Authorise()).ok());
  Audit("NL", "log");
  const std::string folder = Scratch("log");
  tests::WriteAll(Scratch("broken"), "no note\n");
  const auto says = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command = {"verify", "--log", folder, "--node-map", NodeMap()};
    command.insert(command.end(), more.begin(), more.end());
    const tests::Outcome outcome = Evidence(command);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
    return outcome.err;
  };
  EXPECT_TRUE(absl::StartsWith(says({"--seen", Scratch("broken")}),
                               absl::StrCat("NOTE_MALFORMED at seen: ", Scratch("broken"), ": note: ")));
  tests::WriteAll(folder + "/checkpoint", "no note\n");
  EXPECT_TRUE(absl::StartsWith(says({}), "NOTE_MALFORMED at checkpoint: note: "));
  tests::WriteAll(Scratch("map.json"), "{}");
  const tests::Outcome map = Evidence({"verify", "--log", folder, "--node-map", Scratch("map.json")});
  EXPECT_TRUE(absl::StrContains(map.err, absl::StrCat(" at ", Scratch("map.json"), ": "))) << map.err;
}

// Power cuts of both nodes in turn, at moments that nobody chose: everything is delivered once and logged once.
TEST_F(EvidenceTest, PowerCutsLoseAndDoubleNothing) {
  constexpr int kExchanges = 6;
  std::vector<std::string> ids;
  for (int i = 0; i < kExchanges; ++i) {
    const auto started = StartExchange(Authorise());
    ASSERT_TRUE(started.ok()) << started.status();
    ids.push_back(started->id());
    absl::SleepFor(absl::Milliseconds(7 * i));
    const std::string node = i % 2 == 0 ? "NO" : "NL";
    federation_->KillNode(node);
    ASSERT_TRUE(federation_->StartNode(node).ok()) << federation_->LogOf(node);
  }
  // What a node had claimed when it was killed is left alone for a minute (base::kClaimLife).
  const absl::Time deadline = absl::Now() + 2 * base::kClaimLife;
  for (const std::string& id : ids) {
    auto exchanged = Wait(id);
    while (exchanged.ok() && exchanged->state() == EXCHANGE_STATE_PENDING && absl::Now() < deadline) {
      exchanged = Wait(id);
    }
    ASSERT_TRUE(exchanged.ok()) << exchanged.status();
    EXPECT_EQ(exchanged->state(), EXCHANGE_STATE_DELIVERED) << exchanged->problem().reason();
    const std::string sender = Export("NL", id);
    const std::string receiver = Export("NO", MessageOf(sender));
    EXPECT_EQ(
        Evidence({"dispute", sender, receiver, "--node-map", NodeMap(), "--root", Scratch("root.yaml")}).exit_code, 0);
  }
  const std::string sender = Audit("NL", "log-NL");
  EXPECT_TRUE(absl::StrContains(sender, absl::StrCat("sent ", kExchanges, ", received 0, answered ", kExchanges)))
      << sender;
  const std::string receiver = Audit("NO", "log-NO");
  EXPECT_TRUE(absl::StrContains(receiver, absl::StrCat("sent 0, received ", kExchanges, ", answered 0"))) << receiver;
}

TEST_F(EvidenceTest, AStoreThatWasPutBackFromACopyIsNotServedFrom) {
  namespace fs = std::filesystem;
  ASSERT_TRUE(Fetch(Authorise()).ok());
  ASSERT_EQ(federation_->StopNode("NL"), 0);
  const std::string store = federation_->NodeFolder("NL") + "/store.sqlite";
  fs::copy_file(store, Scratch("copy.sqlite"));
  ASSERT_TRUE(federation_->StartNode("NL").ok());
  ASSERT_TRUE(Fetch(Authorise()).ok());
  ASSERT_EQ(federation_->StopNode("NL"), 0);
  fs::copy_file(Scratch("copy.sqlite"), store, fs::copy_options::overwrite_existing);
  EXPECT_FALSE(federation_->StartNode("NL").ok());
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "LOG_TRUNCATED"));
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "it was shortened"));
}

}  // namespace
}  // namespace passerelle::gateway
