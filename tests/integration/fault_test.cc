// Two running nodes that ask each other while either is killed again and again and every line between them is cut and
// slow: nothing is lost, nothing happens twice, and all of it can be shown. Each node is one process with a file of its
// own, or three replicas on PostgreSQL, which are killed and ended in order while the database restarts.
//
//   PASSERELLE_FAULT_EXCHANGES   how many exchanges; 300 otherwise
//   PASSERELLE_FAULT_SEED        of the faults; 1 otherwise. Who is killed when and what a line does follow from it;
//                                how far the nodes had got by then does not.

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/federation/signed_node_map.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/fault_evidence.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/balancer.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::gateway {
namespace {

using ExchangeStub = exchange::v1::ExchangeService::Stub;
using SharingStub = sharing::v1::SharingService::Stub;

constexpr int kClients = 8;
constexpr int kPauseMaxMs = 400;  // of a client between two exchanges, so that trouble comes to all of them
constexpr absl::Duration kCallLimit = absl::Seconds(5);
// What a killed node had claimed is left alone for base::kClaimLife; then it is due again, behind its other retries.
const absl::Duration kPatience = 3 * base::kClaimLife;

uint64_t Wished(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

// Seeded choices for several threads.
class Faults {
 public:
  explicit Faults(uint64_t seed) : generator_(seed) {}
  int Below(int count) {
    const absl::MutexLock lock(&mutex_);
    return static_cast<int>(generator_() % static_cast<uint64_t>(count));
  }

 private:
  absl::Mutex mutex_;
  std::mt19937_64 generator_ ABSL_GUARDED_BY(mutex_);
};

// What a bad line does to the pieces that it carries, of 16 KiB at most.
class BadLine {
 public:
  explicit BadLine(uint64_t seed) : faults_(seed) {}
  bool HandOn() {
    if (calm) return true;
    const int drawn = faults_.Below(1000);
    if (drawn < 10) {
      ++cuts;
      return false;
    }
    if (drawn < 130) {
      ++delays;
      // Now and then longer than a call between nodes may take.
      absl::SleepFor(absl::Milliseconds(faults_.Below(drawn < 13 ? 2000 : 40)));
    }
    return true;
  }

  std::atomic<bool> calm = false;
  std::atomic<int> cuts = 0;
  std::atomic<int> delays = 0;

 private:
  Faults faults_;
};

constexpr int kReplicas = 3;

// Names of a node's processes within the federation.
std::vector<std::string> ProcessesOf(const std::string& node, int count) {
  std::vector<std::string> names = {node};
  for (int i = 2; i <= count; ++i) names.push_back(absl::StrCat(node, "-", i));
  return names;
}

LocalNode NodeOf(const std::string& id, const testing::Balancer& line) {
  LocalNode node;
  node.id = id;
  node.competent_authority = "Authority " + id + " of the test";
  node.country = id;
  node.clients = {{"office", {"passerelle.sharing.v1.SharingService", "passerelle.exchange.v1.ExchangeService"}}};
  node.entries = {{id + "-1", "holder-1", Transcript(), absl::FromUnixSeconds(1770000000)}};
  node.endpoint = absl::StrCat("127.0.0.1:", line.port());
  return node;
}

// A client that calls until it is answered, whatever becomes of the node; each time another one of its processes.
class PatientClient {
 public:
  PatientClient(const LocalFederation& federation, std::vector<std::string> processes)
      : federation_(federation),
        processes_(std::move(processes)),
        tls_(federation.ClientTls(processes_.front(), "office")) {}

  template <typename Response, typename Work>
  absl::StatusOr<Response> Ask(Work work) {
    absl::StatusOr<Response> response = absl::UnavailableError("not asked yet");
    for (const absl::Time end = absl::Now() + kPatience; absl::Now() < end; absl::SleepFor(absl::Milliseconds(50))) {
      // A node that was started again has other ports.
      if (client_ == nullptr) {
        const std::string& process = processes_[next_++ % processes_.size()];
        client_ = std::make_unique<NodeClient>(federation_.ClientChannel(process, tls_));
      }
      response = work(*client_);
      if (response.ok()) return response;
      client_.reset();
    }
    return response;
  }

 private:
  const LocalFederation& federation_;
  const std::vector<std::string> processes_;
  const TlsPems tls_;
  size_t next_ = 0;
  std::unique_ptr<NodeClient> client_;
};

// The parameter: how many processes a node has.
class FaultTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    RequireTls13();
    if (GetParam() > 1) {
      auto server = testing::PostgresqlServer::Start();
      if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
      database_ = *std::move(server);
    }
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(60);
    options.drain = absl::Seconds(2);
    options.peer_call = absl::Seconds(1);
    for (const LocalNode& node : {NodeOf("NO", to_no_), NodeOf("NL", to_nl_)}) {
      for (const std::string& process : ProcessesOf(node.id, GetParam())) {
        LocalNode& added = options.nodes.emplace_back(node);
        if (database_ != nullptr) added.postgresql = database_->ConnectionString();
        if (process != node.id) added.replica_of = node.id;
        added.id = process;
      }
    }
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    to_no_.Serve(PeerPorts("NO"));
    to_nl_.Serve(PeerPorts("NL"));
  }

  std::vector<int> PeerPorts(const std::string& node) const {
    std::vector<int> ports;
    for (const std::string& process : ProcessesOf(node, GetParam()))
      ports.push_back(federation_->PortsOf(process).peer);
    return ports;
  }
  PatientClient ClientOf(const std::string& node) const { return {*federation_, ProcessesOf(node, GetParam())}; }

  // One client's part: every exchange has an authorisation of its own, good for three uses, of which one is to be made.
  void AskFor(uint64_t first, uint64_t count) {
    PatientClient no = ClientOf("NO");
    PatientClient nl = ClientOf("NL");
    for (uint64_t i = first; i < count; i += kClients) {
      absl::SleepFor(absl::Milliseconds(faults_.Below(kPauseMaxMs)));
      FaultedExchange exchange;
      exchange.asker = i % 2 == 0 ? "NL" : "NO";
      exchange.giver = i % 2 == 0 ? "NO" : "NL";
      PatientClient& asker = i % 2 == 0 ? nl : no;
      PatientClient& giver = i % 2 == 0 ? no : nl;
      exchange.authorisation_id = Authorise(giver, exchange);
      if (exchange.authorisation_id.empty()) return;
      exchange.id = Create(asker, exchange, /*again=*/i % 4 == 0);
      const absl::MutexLock lock(&mutex_);
      exchanges_.push_back(std::move(exchange));
    }
  }

  std::string Authorise(PatientClient& giver, const FaultedExchange& exchange) {
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation& authorisation = *request.mutable_authorisation();
    authorisation.set_holder_pseudonym("pseudonym-1");
    authorisation.set_receiver(exchange.asker);
    authorisation.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    authorisation.add_credential_ids(exchange.giver + "-1");
    authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 7200);
    authorisation.set_uses_allowed(3);
    const auto created = giver.Ask<sharing::v1::CreateAuthorisationResponse>([&](NodeClient& client) {
      return Call(*client.sharing, &SharingStub::CreateAuthorisation, request, kCallLimit);
    });
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->authorisation().id() : "";
  }

  std::string Create(PatientClient& asker, const FaultedExchange& exchange, bool again) {
    exchange::v1::CreateExchangeRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_peer(exchange.giver);
    request.set_authorisation_id(exchange.authorisation_id);
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    const auto create = [&] {
      return asker.Ask<exchange::v1::CreateExchangeResponse>([&](NodeClient& client) {
        return Call(*client.exchange, &ExchangeStub::CreateExchange, request, kCallLimit);
      });
    };
    const auto created = create();
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    if (again) {
      const auto repeated = create();
      EXPECT_EQ(repeated.ok() ? repeated->exchange().id() : repeated.status().ToString(), created->exchange().id());
    }
    return created->exchange().id();
  }

  // Makes trouble for one process or another until the clients are done.
  void KillUntil(const std::atomic<bool>& done) {
    while (!done) {
      absl::SleepFor(absl::Milliseconds(300 + faults_.Below(1200)));
      const std::vector<std::string> processes = ProcessesOf(faults_.Below(2) == 0 ? "NO" : "NL", GetParam());
      const std::string& process = processes[faults_.Below(static_cast<int>(processes.size()))];
      // The first trouble is a kill, however soon the clients are done.
      const int drawn = GetParam() == 1 || kills_ == 0 ? 0 : faults_.Below(10);
      if (drawn == 9) {
        database_->Stop();
        ++database_restarts_;
        const absl::Status started = database_->Restart();
        ASSERT_TRUE(started.ok()) << started;
        continue;
      }
      if (drawn >= 6) {
        EXPECT_EQ(federation_->StopNode(process), 0) << process << federation_->LogOf(process);
        ++ends_;
      } else {
        federation_->KillNode(process);
        ++kills_;
      }
      absl::SleepFor(absl::Milliseconds(faults_.Below(300)));
      const absl::Status started = federation_->StartNode(process);
      ASSERT_TRUE(started.ok()) << started << "\n" << federation_->LogOf(process);
    }
  }

  // Waits until every exchange has ended; returns how many have not.
  size_t WaitForAll() {
    PatientClient no = ClientOf("NO");
    PatientClient nl = ClientOf("NL");
    std::vector<FaultedExchange> open = exchanges_;
    for (const absl::Time end = absl::Now() + kPatience; !open.empty() && absl::Now() < end;) {
      std::vector<FaultedExchange> still;
      for (const FaultedExchange& exchange : open) {
        exchange::v1::GetExchangeRequest request;
        request.set_id(exchange.id);
        const auto found =
            (exchange.asker == "NO" ? no : nl).Ask<exchange::v1::GetExchangeResponse>([&](NodeClient& client) {
              return Call(*client.exchange, &ExchangeStub::GetExchange, request, kCallLimit);
            });
        const bool ended = found.ok() && found->exchange().state() != exchange::v1::EXCHANGE_STATE_PENDING;
        if (!ended) still.push_back(exchange);
      }
      open.swap(still);
      if (!open.empty()) absl::SleepFor(absl::Milliseconds(200));
    }
    return open.size();
  }

  const uint64_t seed_ = Wished("PASSERELLE_FAULT_SEED", 1);
  Faults faults_{seed_};
  BadLine bad_no_{seed_ + 1};
  BadLine bad_nl_{seed_ + 2};
  testing::Balancer to_no_{[this] { return bad_no_.HandOn(); }};
  testing::Balancer to_nl_{[this] { return bad_nl_.HandOn(); }};
  SystemRandom random_;
  std::unique_ptr<testing::PostgresqlServer> database_;
  std::unique_ptr<LocalFederation> federation_;
  int kills_ = 0;
  int ends_ = 0;  // in order
  int database_restarts_ = 0;
  absl::Mutex mutex_;
  std::vector<FaultedExchange> exchanges_ ABSL_GUARDED_BY(mutex_);
};

std::shared_ptr<const federation::NodeDirectory> Nodes(const std::string& path) {
  auto file = federation::ReadMapFile(tests::ReadAll(path));
  EXPECT_TRUE(file.ok()) << file.status();
  return federation::NodeDirectory::Make(std::move(file->part.map)).value();
}

TEST_P(FaultTest, EveryExchangeHasOneEffectOneLeafOnEachSideAndOneReceipt) {
  const uint64_t count = Wished("PASSERELLE_FAULT_EXCHANGES", GetParam() == 1 ? 300 : 100);
  std::cout << count << " exchanges, PASSERELLE_FAULT_SEED=" << seed_ << std::endl;
  const absl::Time start = absl::Now();
  std::atomic<bool> done = false;
  std::thread killer([&] { KillUntil(done); });
  std::vector<std::thread> clients;
  for (uint64_t i = 0; i < kClients; ++i) clients.emplace_back([this, i, count] { AskFor(i, count); });
  for (std::thread& client : clients) client.join();
  done = true;
  killer.join();
  bad_no_.calm = true;
  bad_nl_.calm = true;
  const absl::Duration trouble = absl::Now() - start;
  EXPECT_EQ(WaitForAll(), 0u) << "exchanges have not ended";
  const absl::Duration rest = absl::Now() - start - trouble;
  for (const char* node : {"NO", "NL"}) {
    for (const std::string& process : ProcessesOf(node, GetParam())) EXPECT_EQ(federation_->StopNode(process), 0);
  }

  StoppedNode no(*federation_, "NO");
  StoppedNode nl(*federation_, "NL");
  const auto nodes = Nodes(federation_->folder() + "/node-map.json");
  ASSERT_EQ(exchanges_.size(), count);
  for (const FaultedExchange& exchange : exchanges_) {
    const absl::Status checked =
        exchange.asker == "NO" ? CheckExchange(exchange, no, nl, *nodes) : CheckExchange(exchange, nl, no, *nodes);
    EXPECT_TRUE(checked.ok()) << checked;
  }
  const uint64_t asked_by_no = count / 2;
  const uint64_t asked_by_nl = count - asked_by_no;
  EXPECT_EQ(no.CountExchanges("office"), asked_by_no);
  EXPECT_EQ(nl.CountExchanges("office"), asked_by_nl);
  const auto expect_log = [&](StoppedNode& node, const std::string& id, uint64_t asked, uint64_t given) {
    const auto audited = node.Audit(absl::StrCat(federation_->folder(), "/log-", id), *nodes);
    ASSERT_TRUE(audited.ok()) << audited.status();
    EXPECT_EQ(audited->summary.sent, asked) << id;
    EXPECT_EQ(audited->summary.answered, asked) << id;
    EXPECT_EQ(audited->summary.received, given) << id;
  };
  expect_log(no, "NO", asked_by_no, asked_by_nl);
  expect_log(nl, "NL", asked_by_nl, asked_by_no);
  EXPECT_GT(kills_, 0);
  EXPECT_GT(bad_no_.cuts + bad_nl_.cuts, 0);
  std::cout << count << " exchanges in " << absl::FormatDuration(trouble) << " of " << kills_ << " kills, " << ends_
            << " ends in order, " << database_restarts_ << " restarts of the database, " << bad_no_.cuts + bad_nl_.cuts
            << " cuts and " << bad_no_.delays + bad_nl_.delays << " delays; the last had ended "
            << absl::FormatDuration(rest) << " later; judged in "
            << absl::FormatDuration(absl::Now() - start - trouble - rest) << std::endl;
}

INSTANTIATE_TEST_SUITE_P(Nodes, FaultTest, ::testing::Values(1, kReplicas),
                         [](const auto& processes) { return processes.param == 1 ? "OfOneProcess" : "OfReplicas"; });

}  // namespace
}  // namespace passerelle::gateway
