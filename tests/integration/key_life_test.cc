// The life of keys and maps between real nodes: rotation under load, maps that peers hand on, maps that are refused,
// and peers that forget too soon.

#include <atomic>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/federation/signed_node_map.h"
#include "gateway/cli/metrics_page.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/make_certificates.h"
#include "gateway/telemetry/metric_names.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "passerelle/federation/v1/federation_service.grpc.pb.h"
#include "passerelle/federation/v1/node_map_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;

using federation::v1::NodeMapService;

// Calls to do the same again and again must end well, whatever is rotated meanwhile.
constexpr absl::Duration kPause = absl::Milliseconds(25);
constexpr int kAskers = 4;  // in each direction
constexpr absl::Duration kOverlapBegins = absl::Seconds(4);
constexpr absl::Duration kOverlapEnds = absl::Seconds(7);

class KeyLifeTest : public FederationTest {
 protected:
  // Changes the configuration of a node, which is started anew.
  void Reconfigure(const std::string& node, const std::vector<std::pair<std::string, std::string>>& changes) {
    federation_->StopNode(node);
    const std::string path = federation_->ConfigPath(node);
    std::string text = tests::ReadAll(path);
    for (const auto& [before, after] : changes) {
      ASSERT_TRUE(absl::StrContains(text, before)) << text;
      text = absl::StrReplaceAll(text, {{before, after}});
    }
    tests::WriteAll(path, text);
    const absl::Status started = federation_->StartNode(node);
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf(node);
  }

  // A metric once it is at least `enough`.
  double Metric(const std::string& node, absl::string_view name, const std::vector<std::string>& labels,
                double enough) {
    const absl::Time deadline = absl::Now() + absl::Seconds(15);
    double sum = 0;
    do {
      const auto page = ReadMetricsPage(federation_->PortsOf(node).metrics);
      sum = page.ok() ? MetricSum(*page, name, labels) : 0;
      if (sum >= enough) break;
      absl::SleepFor(absl::Milliseconds(50));
    } while (absl::Now() < deadline);
    return sum;
  }

  // What a client of `node` is told of the transcript after `issuing_node` was asked: the reason of the register check,
  // and the key that signed the verdict.
  struct Told {
    std::string reason;
    std::string kid;
  };
  Told Ask(const NodeClient& client, const std::string& issuing_node) {
    authenticity::v1::VerifyDocumentRequest request;
    request.set_content(Transcript());
    request.set_issuing_node(issuing_node);
    const auto response =
        Call(*client.authenticity, &authenticity::v1::AuthenticityService::Stub::VerifyDocument, request);
    if (!response.ok()) return {std::string(response.status().message()), ""};
    Told told;
    for (const authenticity::v1::Check& check : response->verdict().checks()) {
      if (check.name() == "register") told.reason = check.reason();
    }
    const std::vector<std::string> parts = absl::StrSplit(response->signed_verdict(), '.');
    told.kid = base::Base64UrlDecode(parts.front()).value_or("");
    return told;
  }
};

// Questions in one direction, several at a time and one after the other, each of which has to be answered as the first
// one was.
class Load {
 public:
  Load(std::function<std::string()> question) : question_(std::move(question)), wanted_(question_()) {
    for (int i = 0; i < kAskers; ++i) {
      threads_.emplace_back([this] {
        while (!stop_) {
          const std::string got = question_();
          ++asked_;
          if (got != wanted_ && failures_++ == 0) first_failure_ = got;
        }
      });
    }
  }
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  const std::string& wanted() const { return wanted_; }
  int asked() const { return asked_; }
  int failures() const { return failures_; }
  const std::string& first_failure() const { return first_failure_; }

 private:
  const std::function<std::string()> question_;
  const std::string wanted_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> asked_ = 0;
  std::atomic<int> failures_ = 0;
  std::string first_failure_;  // written by the thread that counted it
  std::vector<std::thread> threads_;
};

// NO with a folder of message keys, and its TLS pair behind a symbolic link.
class RotationTest : public KeyLifeTest {
 protected:
  void PrepareNorway() {
    folder_ = federation_->NodeFolder("NO");
    for (const char* part : {"/keys", "/tls-1", "/tls-2"}) fs::create_directories(folder_ + part);
    fs::copy_file(folder_ + "/message.key.pem", folder_ + "/keys/old.pem");
    fs::copy_file(folder_ + "/tls.crt.pem", folder_ + "/tls-1/crt.pem");
    fs::copy_file(folder_ + "/tls.key.pem", folder_ + "/tls-1/key.pem");
    fs::create_directory_symlink("tls-1", folder_ + "/tls-current");
    Reconfigure(
        "NO",
        {{"message.key.pem", "keys"}, {"tls.crt.pem", "tls-current/crt.pem"}, {"tls.key.pem", "tls-current/key.pem"}});
  }

  // Puts a new message key and a new TLS pair beside the old ones.
  void HoldNewMaterial() {
    next_ = std::make_unique<proof::SigningKey>(proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa).value());
    ASSERT_TRUE(ReplaceFile(folder_ + "/keys/next.pem", next_->ToPem().value()).ok());
    ASSERT_TRUE(testing::Logs(*federation_, "NO", "\"event\":\"message_keys.reloaded\",\"keys\":2"));
    const CertificatePems authority = {tests::ReadAll(federation_->folder() + "/authority.crt.pem"),
                                       tests::ReadAll(federation_->folder() + "/authority.key.pem")};
    tls_ = MakeCertificate(authority, NodeCertificateUri("NO")).value();
    ASSERT_TRUE(ReplaceFile(folder_ + "/tls-2/crt.pem", tls_.certificate).ok());
    ASSERT_TRUE(ReplaceFile(folder_ + "/tls-2/key.pem", tls_.private_key).ok());
  }

  void Announce(absl::Time begin) {
    ChangeNodeMap([&](federation::v1::NodeMap& map) {
      federation::v1::Node& norway = *map.mutable_nodes(0);
      *norway.mutable_message_keys(0)->mutable_not_after() = base::ToProto(begin + kOverlapEnds);
      federation::v1::MessageKey& key = *norway.add_message_keys();
      key.set_kid(next_->verification_key().thumbprint());
      key.set_jwk(next_->verification_key().jwk());
      *key.mutable_not_before() = base::ToProto(begin + kOverlapBegins);
      *key.mutable_not_after() = base::ToProto(begin + absl::Hours(24 * 10));
      federation::v1::TlsCertificate& certificate = *norway.add_tls_certificates();
      certificate.set_sha256(CertificateSha256(tls_.certificate).value());
      *certificate.mutable_not_after() = base::ToProto(begin + absl::Hours(24 * 5));
    });
  }

  void SwitchTlsPair() {
    fs::create_directory_symlink("tls-2", folder_ + "/tls-next");
    fs::rename(folder_ + "/tls-next", folder_ + "/tls-current");
  }

  void BeginExchange() {
    const auto started = StartExchange(Authorise());
    ASSERT_TRUE(started.ok()) << started.status();
    exchanges_.push_back(started->id());
  }

  std::string folder_;
  std::unique_ptr<proof::SigningKey> next_;
  CertificatePems tls_;
  std::vector<std::string> exchanges_;
};

TEST_F(RotationTest, ReplacesAMessageKeyAndATlsCertificateUnderLoadWithoutAFailedRequest) {
  PrepareNorway();
  const NodeClient office = Office();
  const NodeClient portal = Portal();
  // NO was started anew; a connection that broke is made again within seconds.
  for (int tries = 0; tries < 100 && Ask(office, "NO").reason != "REGISTER_CONFIRMS"; ++tries) absl::SleepFor(kPause);
  EXPECT_TRUE(absl::StrContains(Ask(portal, "NL").kid, federation_->KeyIdOf("NO")));
  const absl::Time load_begins = absl::Now();
  Load to_norway([&] { return Ask(office, "NO").reason; });
  Load from_norway([&] { return Ask(portal, "NL").reason; });
  EXPECT_EQ(to_norway.wanted(), "REGISTER_CONFIRMS");

  // The new material is held, then announced, then the pair on disk is changed.
  HoldNewMaterial();
  const absl::Time begin = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  Announce(begin);
  BeginExchange();
  SwitchTlsPair();
  absl::SleepFor(begin + kOverlapBegins + absl::Milliseconds(500) - absl::Now());
  BeginExchange();
  EXPECT_TRUE(absl::StrContains(Ask(portal, "NL").kid, next_->verification_key().thumbprint()))
      << "the key that was activated last signs";
  absl::SleepFor(begin + kOverlapEnds + absl::Seconds(1) - absl::Now());
  BeginExchange();

  // The old certificate goes; who still used it would be refused from here on.
  ChangeNodeMap([](federation::v1::NodeMap& map) { map.mutable_nodes(0)->clear_tls_certificate_sha256(); });
  absl::SleepFor(absl::Seconds(2));
  BeginExchange();
  to_norway.Stop();
  from_norway.Stop();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - load_begins);
  std::cout << "Load: " << (to_norway.asked() + from_norway.asked()) / seconds << " questions a second for " << seconds
            << " seconds.\n";
  EXPECT_EQ(to_norway.failures(), 0) << to_norway.first_failure() << "\n" << federation_->LogOf("NL");
  EXPECT_EQ(from_norway.failures(), 0) << from_norway.first_failure() << "\n" << federation_->LogOf("NO");
  EXPECT_GT(to_norway.asked(), 50);
  EXPECT_GT(from_norway.asked(), 50);
  for (const std::string& id : exchanges_) {
    const auto ended = Wait(id);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << ended->problem().reason();
  }
  // NL sees how long NO's material lasts, and NO its own files.
  const double days = Metric("NL", kMetricDaysToExpiry, {"node=\"NO\"", "material=\"message_key\""}, 9);
  EXPECT_GT(days, 9);
  EXPECT_LE(days, 10);
  EXPECT_GT(Metric("NL", kMetricDaysToExpiry, {"node=\"NO\"", "material=\"tls_certificate\""}, 4), 4);
  EXPECT_GT(Metric("NO", kMetricDaysToExpiry, {"node=\"NO\"", "material=\"peer_port_certificate\""}, 13), 13);
  EXPECT_GT(Metric("NL", kMetricDaysToExpiry, {"material=\"node_map\""}, 13), 13);
}

// XX hands maps on, whichever the test wants.
class HandOnTest : public KeyLifeTest {
 protected:
  std::string EndpointOfXx() override { return played_.Serve(federation_->NodeTls("XX"), &service_); }

  // NL reads a file of its own, and asks others five times a second.
  void SeparateNetherlands() {
    own_map_ = federation_->NodeFolder("NL") + "/own-map.json";
    first_map_ = tests::ReadAll(federation_->folder() + "/node-map.json");
    tests::WriteAll(own_map_, first_map_);
    Reconfigure("NL", {{"../node-map.json", "own-map.json"},
                       {"root: \"../root.yaml\"", "root: \"../root.yaml\"\n  ask_interval: 200ms"}});
  }
  static uint64_t VersionOf(const std::string& file) { return federation::ReadMapFile(file)->part.map.version(); }

  class Service : public NodeMapService::Service {
   public:
    void Hand(std::string map) {
      const absl::MutexLock lock(&mutex_);
      map_ = std::move(map);
    }
    grpc::Status GetNodeMap(grpc::ServerContext*, const federation::v1::GetNodeMapRequest* request,
                            federation::v1::GetNodeMapResponse* response) override {
      const absl::MutexLock lock(&mutex_);
      response->set_version(request->version() + 1);
      response->set_signed_map(map_);
      return grpc::Status::OK;
    }

   private:
    absl::Mutex mutex_;
    std::string map_ ABSL_GUARDED_BY(mutex_);
  };

  Service service_;
  std::string own_map_;
  std::string first_map_;
  PlayedNode played_;  // last, since it uses the others
};

TEST_F(HandOnTest, ANodeTakesANewerMapFromAnyPeerAndKeepsItAcrossARestart) {
  SeparateNetherlands();
  ChangeNodeMap([](federation::v1::NodeMap& map) { map.mutable_nodes(2)->set_competent_authority("Renamed"); });
  const uint64_t version = VersionOf(tests::ReadAll(federation_->folder() + "/node-map.json"));
  EXPECT_TRUE(testing::Logs(
      *federation_, "NL", absl::StrCat("\"event\":\"node_map.replaced\",\"version\":", version, ",\"source\":\"NO\"")));

  // The old file, in whatever way it comes, is refused and counted.
  tests::WriteAll(own_map_, first_map_ + " ");
  EXPECT_EQ(Metric("NL", kMetricNodeMapRefused, {"source=\"file\"", "reason=\"version\""}, 1), 1);
  Reconfigure("NL", {});
  EXPECT_EQ(Metric("NL", kMetricNodeMapVersion, {}, static_cast<double>(version)), static_cast<double>(version));
  EXPECT_EQ(Ask(Office(), "NO").reason, "REGISTER_CONFIRMS");
}

TEST_F(HandOnTest, WhatALyingPeerHandsOnIsRefusedAndCounted) {
  SeparateNetherlands();
  federation::MapFile forged = federation::ReadMapFile(first_map_).value();
  forged.part.map.set_version(forged.part.map.version() + 100);
  forged.part.map.mutable_nodes(0)->set_endpoint("127.0.0.1:1");
  forged.part.payload_text = base::Base64UrlEncode(forged.part.map.SerializeAsString());
  service_.Hand(federation::WriteMapFile(forged));
  EXPECT_GE(Metric("NL", kMetricNodeMapRefused, {"source=\"peer\"", "reason=\"signatures\""}, 1), 1);
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "\"source\":\"XX\""));
  service_.Hand("no map at all");
  EXPECT_GE(Metric("NL", kMetricNodeMapRefused, {"source=\"peer\"", "reason=\"content\""}, 1), 1);
  EXPECT_EQ(Metric("NL", kMetricNodeMapVersion, {}, 1), static_cast<double>(VersionOf(first_map_)));
  EXPECT_EQ(Ask(Office(), "NO").reason, "REGISTER_CONFIRMS");
}

TEST_F(KeyLifeTest, HandsTheFileOnExactlyAsItCame) {
  const auto stub = NodeMapService::NewStub(federation_->PeerChannel("NO", federation_->NodeTls("XX")));
  const std::string file = tests::ReadAll(federation_->folder() + "/node-map.json");
  const auto newer = Call(*stub, &NodeMapService::Stub::GetNodeMap, federation::v1::GetNodeMapRequest());
  ASSERT_TRUE(newer.ok()) << newer.status();
  EXPECT_EQ(newer->signed_map(), file);
  federation::v1::GetNodeMapRequest same;
  same.set_version(newer->version());
  const auto nothing = Call(*stub, &NodeMapService::Stub::GetNodeMap, same);
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->signed_map(), "");
  const auto stranger = federation_->StrangerTls("stranger");
  ASSERT_TRUE(stranger.ok());
  const auto refused = Call(*NodeMapService::NewStub(federation_->PeerChannel("NO", *stranger)),
                            &NodeMapService::Stub::GetNodeMap, federation::v1::GetNodeMapRequest());
  EXPECT_TRUE(absl::StrContains(refused.status().message(), "PEER_UNKNOWN")) << refused.status();
}

TEST_F(KeyLifeTest, RefusesAPeerThatRepeatsLongerThanItRemembers) {
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");
  ChangeNodeMap([](federation::v1::NodeMap& map) {
    map.mutable_nodes(2)->mutable_sending_horizon()->set_seconds(86'400 * 30);
    map.mutable_nodes(2)->mutable_duplicate_memory()->set_seconds(600);
    map.mutable_nodes(2)->set_endpoint("127.0.0.1:1");
  });
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "refusal DUPLICATE_MEMORY_TOO_SHORT");
  EXPECT_EQ(Ask(Office(), "XX").reason, "DUPLICATE_MEMORY_TOO_SHORT")
      << "and nothing is sent to one that forgets too soon";
  ChangeNodeMap([](federation::v1::NodeMap& map) {
    map.mutable_nodes(2)->clear_sending_horizon();
    map.mutable_nodes(2)->clear_duplicate_memory();
  });
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer");
}

TEST_F(KeyLifeTest, TellsClientsWhoAnswers) {
  ChangeNodeMap([](federation::v1::NodeMap& map) {
    federation::v1::Competence& competence = *map.mutable_nodes(0)->add_competences();
    competence.add_purposes(federation::v1::ROUTE_PURPOSE_RECOGNITION);
  });
  const auto stub = federation::v1::FederationService::NewStub(
      federation_->ClientChannel("NL", federation_->ClientTls("NL", "office")));
  federation::v1::FindAuthorityRequest request;
  request.mutable_question()->set_purpose(federation::v1::ROUTE_PURPOSE_RECOGNITION);
  request.mutable_question()->set_country("NO");
  const auto found = Call(*stub, &federation::v1::FederationService::Stub::FindAuthority, request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->answer().outcome(), federation::v1::ROUTE_OUTCOME_FOUND);
  ASSERT_EQ(found->answer().candidates_size(), 1);
  EXPECT_EQ(found->answer().candidates(0).node(), "NO");
  request.mutable_question()->set_country("norway");
  const auto refused = Call(*stub, &federation::v1::FederationService::Stub::FindAuthority, request);
  EXPECT_TRUE(absl::StrContains(refused.status().message(), "FIELD_INVALID")) << refused.status();
}

}  // namespace
}  // namespace passerelle::gateway
