// A running node has its log time-stamped by an authority, an auditor checks the time-stamps, and a node that gets none
// takes no more messages after a while.

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/cli/node_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/health.h"
#include "tests/support/logs.h"
#include "tests/support/loopback_server.h"
#include "tests/support/test_authority.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using testing::WebReply;

class TimeStampsTest : public FederationTest {
 protected:
  void SetUp() override {
    FederationTest::SetUp();
    if (HasFatalFailure()) return;
    certificates_ = federation_->folder() + "/time-stamps.pem";
    tests::WriteAll(certificates_, root_.CertificatePem());
    federation_->StopNode("NO");
    const std::string config = federation_->ConfigPath("NO");
    tests::WriteAll(config,
                    absl::StrCat(tests::ReadAll(config), "\nevidence_time_stamps:\n  authority: ", authority_.origin(),
                                 "/tsa\n  certificates: ", certificates_, "\n  interval: 1s\n  refuse_after: 4s\n"));
    const absl::Status started = federation_->StartNode("NO");
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NO");
  }

  // What an auditor says of NO's log; new folder.
  tests::Outcome Audit(const std::string& name, const std::string& certificates) {
    const std::string folder = absl::StrCat(federation_->folder(), "/", name);
    if (!fs::exists(folder)) {
      const tests::Outcome exported = tests::RunProgram(
          {PASSERELLE_PROGRAM, "evidence", "export", "--config", federation_->ConfigPath("NO"), "--log", folder});
      EXPECT_EQ(exported.exit_code, 0) << exported.err;
    }
    return tests::RunProgram({PASSERELLE_PROGRAM, "evidence", "verify", "--log", folder, "--node-map",
                              federation_->folder() + "/node-map.json", "--root", federation_->folder() + "/root.yaml",
                              "--time-stamps", certificates});
  }

  // Whether health comes to say so within a while.
  bool ComesTo(const std::string& health) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (testing::Health(federation_->PortsOf("NO").admin) != health) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return true;
  }

  const testing::TestIdentity root_{proof::KeyAlgorithm::kEs256, testing::AuthorityWish("Root")};
  const testing::TestIdentity clock_{proof::KeyAlgorithm::kRs256, testing::TimeStampWish(), root_};
  std::atomic<bool> away_ = false;
  const testing::LoopbackServer authority_{[this](const std::string&, const std::string& request) {
    return away_ ? WebReply{503, "", ""} : WebReply{200, clock_.TimeStampAnswer(request, absl::Now()), ""};
  }};
  std::string certificates_;
};

TEST_F(TimeStampsTest, AreCheckedByAnAuditorAndHoldForThatLogOnly) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  std::string shown;
  int asked = 0;
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!absl::StrContains(shown, "time-stamp: 1 entries by ") && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(200));
    const tests::Outcome audited = Audit(absl::StrCat("log-", ++asked), certificates_);
    // Until the first one is there, that is what is wrong.
    EXPECT_TRUE(audited.exit_code == 0 ||
                absl::StrContains(audited.err, "LOG_FILE_BROKEN at time-stamps: there is none"))
        << audited.err;
    shown = audited.out;
  }
  EXPECT_THAT(shown, HasSubstr("time-stamp: 1 entries by ")) << federation_->LogOf("NO");

  const std::string last = absl::StrCat("log-", asked);
  const testing::TestIdentity stranger(proof::KeyAlgorithm::kEs256, testing::AuthorityWish("Another root"));
  tests::WriteAll(federation_->folder() + "/stranger.pem", stranger.CertificatePem());
  const tests::Outcome untrusted = Audit(last, federation_->folder() + "/stranger.pem");
  EXPECT_EQ(untrusted.exit_code, 1);
  EXPECT_THAT(untrusted.err, HasSubstr("TIME_STAMP_INVALID at time-stamps/"));

  for (const auto& entry : fs::directory_iterator(absl::StrCat(federation_->folder(), "/", last, "/time-stamps"))) {
    if (entry.path().extension() != ".checkpoint") continue;
    const tests::Outcome by_openssl = tests::RunProgram({"/usr/bin/openssl", "ts", "-verify", "-token_in", "-in",
                                                         fs::path(entry.path()).replace_extension(".token"), "-data",
                                                         entry.path(), "-CAfile", certificates_});
    EXPECT_THAT(by_openssl.out + by_openssl.err, HasSubstr("Verification: OK"));
    std::string other = tests::ReadAll(entry.path().string());
    other[other.find('\n') + 1] ^= 1;  // the size
    tests::WriteAll(entry.path().string(), other);
  }
  const tests::Outcome changed = Audit(last, certificates_);
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_THAT(changed.err, HasSubstr("TIME_STAMP_INVALID at time-stamps/"));
}

TEST_F(TimeStampsTest, ANodeThatHadNoMessageYetTakesItsFirstOneHoweverLate) {
  absl::SleepFor(absl::Seconds(6));  // longer than it may be without one
  EXPECT_EQ(Deliver(*peer_, Sealed(Header())), "answer") << federation_->LogOf("NO");
}

TEST_F(TimeStampsTest, WithoutThemForTooLongTheNodeTakesNoMessages) {
  ASSERT_TRUE(Fetch(Authorise()).ok());
  away_ = true;
  ASSERT_TRUE(testing::Logs(*federation_, "NO", "evidence.time_stamp_failed"));
  const std::string authorisation = Authorise();
  std::string delivered = "answer";
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (delivered == "answer" && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(200));
    delivered = Deliver(*peer_, Sealed(Header()));
  }
  EXPECT_THAT(delivered, HasSubstr("EVIDENCE_UNAVAILABLE"));
  EXPECT_TRUE(ComesTo("NOT_SERVING")) << federation_->LogOf("NO");
  EXPECT_TRUE(testing::Logs(*federation_, "NO", "node.not_ready"));
  const auto started = StartExchange(authorisation);
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Wait(started->id(), absl::Seconds(2))->state(), exchange::v1::EXCHANGE_STATE_PENDING)
      << "it is kept, and tried again";

  away_ = false;
  const auto ended = Wait(started->id(), absl::Seconds(60));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << federation_->LogOf("NO");
  EXPECT_TRUE(ComesTo("SERVING")) << federation_->LogOf("NO");
}

}  // namespace
}  // namespace passerelle::gateway
