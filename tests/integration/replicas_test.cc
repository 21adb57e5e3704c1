// Two replicas of a node on one PostgreSQL, and a third node: messages in both directions while a replica is killed and
// the database restarts, and while the program is replaced. Nothing is lost, and nothing happens twice.

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/balancer.h"
#include "tests/support/logs.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::gateway {
namespace {

using ExchangeStub = exchange::v1::ExchangeService::Stub;
using SharingStub = sharing::v1::SharingService::Stub;

// A message that a killed replica had claimed is tried again after a minute.
constexpr absl::Duration kPatience = absl::Seconds(110);

// Path of the program of an earlier release, from which the update then starts; left out, from a copy of today's.
constexpr char kPreviousProgram[] = "PASSERELLE_PREVIOUS_PROGRAM";

// Of a client that gets no answer.
constexpr size_t kAttempts = 40;
constexpr absl::Duration kBetweenAttempts = absl::Milliseconds(250);

const std::vector<std::string>& Services() {
  static const auto* const services =
      new std::vector<std::string>{"passerelle.sharing.v1.SharingService", "passerelle.exchange.v1.ExchangeService"};
  return *services;
}

LocalNode NodeOf(const std::string& id) {
  LocalNode node;
  node.id = id;
  node.competent_authority = "Authority " + id + " of the test";
  node.country = id;
  node.clients = {{"office", Services()}};
  node.entries = {{id + "-1", "holder-1", Transcript(), absl::FromUnixSeconds(1770000000)}};
  return node;
}

class ReplicasTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    auto server = testing::PostgresqlServer::Start();
    if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
    server_ = *std::move(server);
    LocalNode first = NodeOf("NL");
    first.postgresql = server_->ConnectionString();
    first.endpoint = absl::StrCat("127.0.0.1:", balancer_.port());
    LocalNode second = first;
    second.id = "NL-second";
    second.replica_of = "NL";
    LocalFederation::Options options;
    InstallProgram(std::getenv(kPreviousProgram) != nullptr ? std::getenv(kPreviousProgram) : PASSERELLE_PROGRAM);
    options.program = program_;
    options.ready_timeout = absl::Seconds(30);
    options.peer_call = absl::Seconds(5);
    options.nodes = {first, second, NodeOf("NO")};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    balancer_.Serve({federation_->PortsOf("NL").peer, federation_->PortsOf("NL-second").peer});
  }

  void TearDown() override {
    federation_.reset();
    std::filesystem::remove(program_);
  }

  // As a package does it: a new file takes the name, and whoever runs the one before goes on with it.
  void InstallProgram(const std::string& from) {
    std::filesystem::copy_file(from, program_ + ".new", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(program_ + ".new", program_);
  }

  // Whether a node runs the file that was installed last.
  bool RunsInstalled(const std::string& node) {
    return std::filesystem::read_symlink(absl::StrCat("/proc/", federation_->PidOf(node), "/exe")) == program_;
  }

  NodeClient Client(const std::string& node) {
    return NodeClient(federation_->ClientChannel(node, federation_->ClientTls(node, "office")));
  }

  // An authorisation at `giver` for `receiver`, good for three uses, of which one is to be made.
  std::string Authorise(const std::string& giver, const std::string& receiver) {
    return AuthoriseAtAny({giver}, receiver);
  }

  // The same at a node with these replicas, of which one answers.
  std::string AuthoriseAtAny(const std::vector<std::string>& replicas, const std::string& receiver) {
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation& authorisation = *request.mutable_authorisation();
    authorisation.set_holder_pseudonym("pseudonym-1");
    authorisation.set_receiver(receiver);
    authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    authorisation.add_credential_ids(receiver == "NL" ? "NO-1" : "NL-1");
    authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
    authorisation.set_uses_allowed(3);
    absl::Status last;
    for (size_t attempt = 0; attempt < kAttempts; ++attempt) {
      const std::string& replica = replicas[attempt % replicas.size()];
      const auto created = Call(*Client(replica).sharing, &SharingStub::CreateAuthorisation, request, absl::Seconds(5));
      if (created.ok()) return created->authorisation().id();
      last = created.status();
      absl::SleepFor(kBetweenAttempts);
    }
    ADD_FAILURE() << last;
    return "";
  }

  // Asks at one replica of the asking node. A client that gets no answer asks another one with the same request id.
  std::string Ask(std::vector<std::string> replicas, const std::string& peer, const std::string& authorisation) {
    exchange::v1::CreateExchangeRequest create;
    create.set_request_id(base::NewUuid(random_));
    create.set_peer(peer);
    create.set_authorisation_id(authorisation);
    create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    absl::Status last;
    for (size_t attempt = 0; attempt < kAttempts; ++attempt) {
      const std::string& replica = replicas[attempt % replicas.size()];
      const auto created = Call(*Client(replica).exchange, &ExchangeStub::CreateExchange, create, absl::Seconds(5));
      if (created.ok()) return created->exchange().id();
      last = created.status();
      absl::SleepFor(kBetweenAttempts);
    }
    ADD_FAILURE() << last;
    return "";
  }

  void ExpectDelivered(const std::string& node, const std::vector<std::string>& exchanges, absl::Time end) {
    for (const std::string& id : exchanges) {
      exchange::v1::GetExchangeRequest get;
      get.set_id(id);
      auto found = Call(*Client(node).exchange, &ExchangeStub::GetExchange, get);
      while (absl::Now() < end && (!found.ok() || found->exchange().state() == exchange::v1::EXCHANGE_STATE_PENDING)) {
        absl::SleepFor(absl::Milliseconds(200));
        found = Call(*Client(node).exchange, &ExchangeStub::GetExchange, get);
      }
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ(found->exchange().state(), exchange::v1::EXCHANGE_STATE_DELIVERED)
          << node << " " << id << " " << found->exchange().problem().reason();
    }
  }

  void ExpectUsedOnce(const std::string& node, const std::vector<std::string>& authorisations) {
    for (const std::string& id : authorisations) {
      sharing::v1::GetAuthorisationRequest get;
      get.set_id(id);
      const auto found = Call(*Client(node).sharing, &SharingStub::GetAuthorisation, get);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ(found->authorisation().uses_made(), 1) << node;
    }
  }

  const std::string program_ = std::filesystem::canonical(::testing::TempDir()) / absl::StrCat("passerelle_", getpid());
  SystemRandom random_;
  testing::Balancer balancer_;
  std::unique_ptr<testing::PostgresqlServer> server_;
  std::unique_ptr<LocalFederation> federation_;
};

TEST_F(ReplicasTest, LoseNothingAndDoNothingTwiceWhileOneIsKilledAndTheDatabaseRestarts) {
  constexpr int kExchanges = 20;
  std::vector<std::string> given_by_no, given_by_nl;
  for (int i = 0; i < kExchanges; ++i) {
    given_by_no.push_back(Authorise("NO", "NL"));
    given_by_nl.push_back(Authorise(i % 2 == 0 ? "NL" : "NL-second", "NO"));
  }
  std::vector<std::string> asked_by_nl, asked_by_no;
  for (int i = 0; i < kExchanges; ++i) {
    // The one that the balancer chose for the other node's connection.
    if (i == kExchanges / 2) federation_->KillNode("NL");
    if (i == kExchanges * 3 / 4) {
      server_->Stop();
      ASSERT_TRUE(server_->Restart().ok());
    }
    std::vector<std::string> replicas = {"NL", "NL-second"};
    if (i >= kExchanges / 2) replicas = {"NL-second"};
    if (i % 2 == 1 && replicas.size() == 2) std::swap(replicas[0], replicas[1]);
    asked_by_nl.push_back(Ask(replicas, "NO", given_by_no[i]));
    asked_by_no.push_back(Ask({"NO"}, "NL", given_by_nl[i]));
  }
  const absl::Time end = absl::Now() + kPatience;
  ExpectDelivered("NL-second", asked_by_nl, end);
  ExpectDelivered("NO", asked_by_no, end);
  ExpectUsedOnce("NO", given_by_no);
  ExpectUsedOnce("NL-second", given_by_nl);
  // Both replicas had a part in it.
  for (const char* replica : {"NL", "NL-second"}) {
    EXPECT_TRUE(testing::Logs(*federation_, replica, "CreateExchange")) << replica;
    EXPECT_TRUE(testing::Logs(*federation_, replica, "\"event\":\"message.handled\"")) << replica;
  }
  // A replica that comes back works with the others.
  ASSERT_TRUE(federation_->StartNode("NL").ok()) << federation_->LogOf("NL");
  const std::string more = Authorise("NO", "NL");
  ExpectDelivered("NL-second", {Ask({"NL"}, "NO", more)}, absl::Now() + absl::Seconds(20));
  ExpectUsedOnce("NO", {more});
}

// As docs/operating/upgrade.md says it.
TEST_F(ReplicasTest, AreReplacedOneAfterAnotherWhileQuestionsGoOn) {
  std::atomic<bool> done = false;
  std::vector<std::string> given_by_no, given_by_nl, asked_by_nl, asked_by_no;
  std::thread dutch([&] {
    for (int i = 0; !done; ++i) {
      given_by_no.push_back(Authorise("NO", "NL"));
      const bool even = i % 2 == 0;
      asked_by_nl.push_back(Ask({even ? "NL" : "NL-second", even ? "NL-second" : "NL"}, "NO", given_by_no.back()));
    }
  });
  std::thread norwegian([&] {
    for (int i = 0; !done; ++i) {
      given_by_nl.push_back(AuthoriseAtAny({"NL", "NL-second"}, "NO"));
      asked_by_no.push_back(Ask({"NO"}, "NL", given_by_nl.back()));
    }
  });
  constexpr absl::Duration kBetween = absl::Seconds(2);
  absl::SleepFor(kBetween);
  InstallProgram(PASSERELLE_PROGRAM);
  for (const char* replica : {"NL", "NL-second"}) {
    EXPECT_FALSE(RunsInstalled(replica)) << replica;
    EXPECT_EQ(federation_->StopNode(replica), 0) << federation_->LogOf(replica);
    const absl::Status started = federation_->StartNode(replica);
    EXPECT_TRUE(started.ok()) << started << "\n" << federation_->LogOf(replica);
    EXPECT_TRUE(RunsInstalled(replica)) << replica;
    absl::SleepFor(kBetween);
  }
  done = true;
  dutch.join();
  norwegian.join();
  EXPECT_GT(asked_by_nl.size(), 10u);
  EXPECT_GT(asked_by_no.size(), 10u);
  const absl::Time end = absl::Now() + kPatience;
  ExpectDelivered("NL", asked_by_nl, end);
  ExpectDelivered("NO", asked_by_no, end);
  ExpectUsedOnce("NO", given_by_no);
  ExpectUsedOnce("NL-second", given_by_nl);
  std::cout << asked_by_nl.size() << " exchanges asked for by the replicas and " << asked_by_no.size()
            << " by the other node while they were replaced" << std::endl;
}

// As docs/operating/postgresql.md says it: stop, copy, start with the other configuration.
TEST_F(ReplicasTest, ANodeMovesFromSqliteToPostgresqlWithAllThatItHas) {
  const std::string given = Authorise("NO", "NL");
  const std::string asked = Ask({"NO"}, "NL", Authorise("NL", "NO"));
  ExpectDelivered("NO", {asked}, absl::Now() + kPatience);
  const std::string config = federation_->ConfigPath("NO");
  const tests::Outcome checked = tests::RunProgram({PASSERELLE_PROGRAM, "store", "check", "--config", config});
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
  EXPECT_TRUE(absl::StrContains(checked.out, "exchange  ")) << checked.out;

  EXPECT_EQ(federation_->StopNode("NO"), 0);
  const std::string before = tests::ReadAll(config);
  const std::string moved = absl::StrReplaceAll(
      before,
      {{"store: \"store.sqlite\"", absl::StrCat("postgresql_store: {connection: \"", server_->ConnectionString(),
                                                "\", schema: node_no}\nevidence: \"store.sqlite\"")}});
  ASSERT_NE(moved, before) << before;
  const std::string to = absl::StrReplaceAll(config, {{".yaml", "-moved.yaml"}});
  tests::WriteAll(to, moved);
  const tests::Outcome migrated = tests::RunProgram({PASSERELLE_PROGRAM, "store", "migrate", "--config", to});
  EXPECT_EQ(migrated.exit_code, 0) << migrated.out << migrated.err;
  const tests::Outcome copied = tests::RunProgram({PASSERELLE_PROGRAM, "store", "copy", "--from", config, "--to", to});
  EXPECT_EQ(copied.exit_code, 0) << copied.out << copied.err;
  const tests::Outcome again = tests::RunProgram({PASSERELLE_PROGRAM, "store", "copy", "--from", config, "--to", to});
  EXPECT_EQ(again.exit_code, 1) << again.out;
  EXPECT_TRUE(absl::StrContains(again.err, "OUTPUT_EXISTS")) << again.err;

  tests::WriteAll(config, moved);
  ASSERT_TRUE(federation_->StartNode("NO").ok()) << federation_->LogOf("NO");
  ExpectDelivered("NO", {asked}, absl::Now() + absl::Seconds(5));
  ExpectDelivered("NL", {Ask({"NL"}, "NO", given)}, absl::Now() + absl::Seconds(30));
  ExpectUsedOnce("NO", {given});
}

}  // namespace
}  // namespace passerelle::gateway
