// Erasure at running nodes: on request across two of them, and again after a backup was put back.

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/cli/node_client.h"
#include "gtest/gtest.h"
#include "passerelle/erasure/v1/erasure_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

namespace v1 = erasure::v1;
using Stub = v1::ErasureService::Stub;

class ErasureServiceTest : public FederationTest {
 protected:
  std::unique_ptr<Stub> Service(const std::string& node, const std::string& client) {
    return v1::ErasureService::NewStub(federation_->ClientChannel(node, federation_->ClientTls(node, client)));
  }

  absl::StatusOr<v1::Erasure> Ask(Stub& service, v1::SubjectKind kind, const std::string& id) {
    v1::CreateErasureRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.mutable_subject()->set_kind(kind);
    request.mutable_subject()->set_id(id);
    ASSIGN_OR_RETURN(const v1::CreateErasureResponse created, Call(service, &Stub::CreateErasure, request));
    return created.erasure();
  }

  // Asks, and waits until every node has answered.
  absl::StatusOr<v1::Erasure> Erase(Stub& service, v1::SubjectKind kind, const std::string& id) {
    ASSIGN_OR_RETURN(v1::Erasure erasure, Ask(service, kind, id));
    v1::GetErasureRequest get;
    get.set_id(erasure.id());
    const auto open = [&] {
      for (const v1::NodeErasure& node : erasure.nodes()) {
        if (node.outcome() == v1::ERASURE_OUTCOME_UNKNOWN) return true;
      }
      return false;
    };
    for (const absl::Time deadline = absl::Now() + absl::Seconds(20); open() && absl::Now() < deadline;) {
      absl::SleepFor(absl::Milliseconds(50));
      ASSIGN_OR_RETURN(const v1::GetErasureResponse got, Call(service, &Stub::GetErasure, get));
      erasure = got.erasure();
    }
    return erasure;
  }

  std::string StoreOf(const std::string& node) const { return federation_->NodeFolder(node) + "/store.sqlite"; }
  // The bytes of a stopped node's store.
  std::string BytesOf(const std::string& node) const {
    std::string bytes = tests::ReadAll(StoreOf(node));
    const std::string wal = StoreOf(node) + "-wal";
    if (std::filesystem::exists(wal)) bytes += tests::ReadAll(wal);
    return bytes;
  }
};

TEST_F(ErasureServiceTest, WhatWasDeliveredIsErasedAtBothNodes) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  ASSERT_EQ(fetched->documents_size(), 1);
  const auto office = Service("NL", "office");
  const auto erasure = Erase(*office, v1::SUBJECT_KIND_EXCHANGE, fetched->id());
  ASSERT_TRUE(erasure.ok()) << erasure.status();
  ASSERT_EQ(erasure->nodes_size(), 2);
  EXPECT_EQ(erasure->nodes(0).node(), "NL");
  EXPECT_EQ(erasure->nodes(0).outcome(), v1::ERASURE_OUTCOME_ERASED) << erasure->DebugString();
  EXPECT_EQ(erasure->nodes(1).node(), "NO");
  EXPECT_EQ(erasure->nodes(1).outcome(), v1::ERASURE_OUTCOME_ERASED) << erasure->DebugString();
  const auto after = Wait(fetched->id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->documents().empty());
  EXPECT_TRUE(after->has_erase_time());
  for (const char* node : {"NO", "NL"}) {
    ASSERT_EQ(federation_->StopNode(node), 0);
    EXPECT_FALSE(absl::StrContains(BytesOf(node), kLearner)) << node;
    ASSERT_TRUE(federation_->StartNode(node).ok()) << federation_->LogOf(node);  // its log verifies
  }
}

TEST_F(ErasureServiceTest, TheProofOfAnAuthorisationIsRetainedAndSaysWhy) {
  const std::string authorisation = Authorise();
  const auto fetched = Fetch(authorisation);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  const auto portal = Service("NO", "portal");
  const auto erasure = Erase(*portal, v1::SUBJECT_KIND_AUTHORISATION, authorisation);
  ASSERT_TRUE(erasure.ok()) << erasure.status();
  ASSERT_EQ(erasure->nodes_size(), 2) << erasure->DebugString();
  EXPECT_EQ(erasure->nodes(0).outcome(), v1::ERASURE_OUTCOME_RETAINED);
  const v1::ErasureItem& record = erasure->nodes(0).items(0);
  EXPECT_EQ(record.what(), "authorisation");
  EXPECT_EQ(record.reason(), "RETAINED");
  EXPECT_EQ(record.ground(), v1::RETENTION_GROUND_PROOF);
  EXPECT_EQ(record.authority(), "NO");
  EXPECT_EQ(erasure->nodes(0).items(1).outcome(), v1::ERASURE_OUTCOME_ERASED) << "what may be erased is erased";
  EXPECT_EQ(erasure->nodes(1).outcome(), v1::ERASURE_OUTCOME_ERASED) << erasure->DebugString();
  const auto after = Wait(fetched->id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->documents().empty());
  // Nobody else can ask, nor see what was asked.
  const auto office = Service("NL", "office");
  EXPECT_EQ(base::ReasonOf(Ask(*office, v1::SUBJECT_KIND_AUTHORISATION, authorisation).status()),
            base::Reason::kResourceNotFound);
}

TEST_F(ErasureServiceTest, ABackupThatIsPutBackDoesNotBringBackWhatWasErased) {
  const auto fetched = Fetch(Authorise());
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  const std::string backup = federation_->folder() + "/backup.sqlite";
  const tests::Outcome backed_up = tests::RunProgram(
      {PASSERELLE_PROGRAM, "store", "backup", "--config", federation_->ConfigPath("NL"), "--to", backup});
  ASSERT_EQ(backed_up.exit_code, 0) << backed_up.err;
  ASSERT_TRUE(absl::StrContains(tests::ReadAll(backup), kLearner)) << "the backup holds what was delivered";
  const auto office = Service("NL", "office");
  const auto erasure = Erase(*office, v1::SUBJECT_KIND_EXCHANGE, fetched->id());
  ASSERT_TRUE(erasure.ok()) << erasure.status();
  ASSERT_EQ(federation_->StopNode("NL"), 0);
  const tests::Outcome restored = tests::RunProgram(
      {PASSERELLE_PROGRAM, "store", "restore", "--config", federation_->ConfigPath("NL"), "--from", backup});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  // As the page on restoring says for a log that the store is behind of.
  ASSERT_TRUE(std::filesystem::remove(StoreOf("NL") + ".checkpoint"));
  ASSERT_TRUE(federation_->StartNode("NL").ok()) << federation_->LogOf("NL");
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "retention.erased_again"));
  const auto after = Wait(fetched->id());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->documents().empty());
  ASSERT_EQ(federation_->StopNode("NL"), 0);
  EXPECT_FALSE(absl::StrContains(BytesOf("NL"), kLearner));
}

}  // namespace
}  // namespace passerelle::gateway
