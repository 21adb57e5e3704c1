// What the operator erases of an application whose document was to come in pieces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/recognition/case_records.h"
#include "gateway/cli/evidence_commands.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Transaction;
using ::passerelle::testing::FaultyStore;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::IsOk;
using ::passerelle::testing::MemoryStore;
using recognition::v1::RecognitionCase;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kCase[] = "11111111-1111-4111-8111-111111111111";
constexpr char kAuthority[] = R"(node: BG
node_map: map.yaml
message_key: message.key
store: store.db
client_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
peer_port:
  listen: 127.0.0.1:0
  tls: {certificate: tls.pem, private_key: tls.key, trusted_authorities: ca.pem}
)";

class EvidenceEraseTest : public ::testing::Test {
 protected:
  // The end of the command, and all that it wrote.
  std::string Said() {
    const std::string config = absl::StrCat(::testing::TempDir(), "/evidence-erase.yaml");
    std::ofstream(config) << kAuthority;
    StoreTools stores;
    stores.open = [this](const config::v1::NodeConfig&) -> absl::StatusOr<std::unique_ptr<base::Store>> {
      return std::make_unique<FaultyStore>(memory_);
    };
    std::ostringstream out;
    std::ostringstream err;
    const int code = RunEvidenceErase({config, kCase}, stores, Console{out, err});
    return absl::StrCat(code, "\n", out.str(), err.str());
  }

  MemoryStore memory_;
};

TEST_F(EvidenceEraseTest, WhatIsLeftOfACaseThatDidNotOpenIsErasedAndACaseThatArrivesIsKept) {
  RecognitionCase arriving;
  arriving.set_id(kCase);
  arriving.set_applicant_node("IT");
  arriving.set_authority_node("BG");
  arriving.set_state(recognition::v1::CASE_STATE_SUBMITTED);
  ASSERT_THAT(memory_.Write([&](Transaction& tx) { return recognition::InsertArriving(arriving, tx); }), IsOk());
  EXPECT_THAT(Said(), HasSubstr("PROCEDURE_OPEN"));
  ASSERT_THAT(memory_.Write([&](Transaction& tx) { return recognition::EndUnopened(arriving, absl::UnixEpoch(), tx); }),
              IsOk());
  EXPECT_EQ(Said(), absl::StrCat("0\nerased: case ", kCase, "\n"));
  EXPECT_THAT(memory_.Read([&](Transaction& tx) { return recognition::LoadAnyCase(kCase, tx).status(); }),
              HasReason(base::Reason::kResourceNotFound));
  EXPECT_THAT(Said(), StartsWith("1\n"));
}

}  // namespace
}  // namespace passerelle::gateway
