// A real node whose client asks for the status of European Student Cards, with a server that plays the router.

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/support/logs.h"
#include "tests/support/loopback_server.h"

namespace passerelle::gateway {
namespace {

using authenticity::v1::CheckStudentCardRequest;
using authenticity::v1::CheckStudentCardResponse;
using base::Reason;
using testing::WebReply;

constexpr char kActive[] = "5f0c7a10-3b2e-11ef-8a4d-001912345678";
constexpr char kExpired[] = "5f0c7a10-3b2e-11ef-8a4d-002912345678";
constexpr char kInactive[] = "5f0c7a10-3b2e-11ef-8a4d-003912345678";
constexpr char kStranger[] = "5f0c7a10-3b2e-11ef-8a4d-004912345678";
constexpr char kBroken[] = "5f0c7a10-3b2e-11ef-8a4d-005912345678";

// The router's status of a card, version 2, with the name that is on it.
std::string CardOf(const std::string& number, const std::string& status, const std::string& expires) {
  return absl::StrCat(R"({"cardNumber":")", number, R"(","displayName":"Sunniva )", kLearner, R"(","status":")", status,
                      R"(","expiresAt":")", expires,
                      R"(","issuerIdentifier":"912345678","issuerName":"Université de Valmer"})");
}

WebReply PlayRouter(const std::string& path) {
  const auto asks_for = [&path](const char* number) {
    return path == absl::StrCat("/esc-rest/api/v2/cards/", number, "/status");
  };
  if (asks_for(kActive)) return {200, CardOf(kActive, "ACTIVE", "2999-09-30"), ""};
  if (asks_for(kExpired)) return {200, CardOf(kExpired, "ACTIVE", "2020-09-30"), ""};
  if (asks_for(kInactive)) return {200, CardOf(kInactive, "INACTIVE", "2999-09-30"), ""};
  if (asks_for(kStranger)) {
    return {404, absl::StrCat(R"({"code":"ER-0001","message":"No card of Sunniva )", kLearner, R"("})"), ""};
  }
  return {500, kLearner, ""};
}

class StudentCardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    for (const char* id : {"NO", "NL"}) {
      LocalNode node;
      node.id = id;
      node.competent_authority = "Authority of the test";
      node.country = id;
      node.http = true;
      node.clients = {{"desk", {authenticity::v1::AuthenticityService::service_full_name()}},
                      {"portal", {"passerelle.sharing.v1.SharingService"}}};
      options.nodes.push_back(node);
    }
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NO");
    // NO asks a router, NL none. The first start writes the configuration.
    ASSERT_EQ(federation_->StopNode("NO"), 0);
    const std::string config = federation_->ConfigPath("NO");
    tests::WriteAll(config, absl::StrCat(tests::ReadAll(config), "\nstudent_cards: {router: '", router_.origin(),
                                         "', interface: status_v2}\n"));
    started = federation_->StartNode("NO");
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NO");
  }

  absl::StatusOr<CheckStudentCardResponse> Check(const std::string& number, const std::string& node = "NO",
                                                 const std::string& client = "desk") {
    const NodeClient stubs(federation_->ClientChannel(node, federation_->ClientTls(node, client)));
    CheckStudentCardRequest request;
    request.set_card_number(number);
    return Call(*stubs.authenticity, &authenticity::v1::AuthenticityService::Stub::CheckStudentCard, request);
  }
  // The answer to the same over HTTP, as JSON.
  std::string CheckOverHttp(const std::string& number) {
    const std::string client = federation_->NodeFolder("NO") + "/clients/desk";
    const tests::Outcome answered =
        tests::RunProgram({"/usr/bin/curl", "--silent", "--show-error", "--max-time", "60", "--cacert",
                           federation_->folder() + "/authority.crt.pem", "--cert", client + ".crt.pem", "--key",
                           client + ".key.pem", "--header", "Content-Type: application/json", "--data-binary",
                           absl::StrCat(R"({"cardNumber":")", number, R"("})"),
                           absl::StrCat("https://127.0.0.1:", federation_->PortsOf("NO").http,
                                        "/passerelle.authenticity.v1.AuthenticityService/CheckStudentCard")});
    return answered.out + answered.err;
  }

  const testing::LoopbackServer router_{[](const std::string& path, const std::string&) { return PlayRouter(path); }};
  std::unique_ptr<LocalFederation> federation_;
};

struct CardRow {
  const char* number;
  authenticity::v1::StudentCardStatus status;
  const char* reason;
};

TEST_F(StudentCardTest, AClientLearnsTheStatusAndNothingOfTheHolder) {
  for (const CardRow& row :
       {CardRow{kActive, authenticity::v1::STUDENT_CARD_STATUS_ACTIVE, ""},
        CardRow{kExpired, authenticity::v1::STUDENT_CARD_STATUS_EXPIRED, ""},
        CardRow{kInactive, authenticity::v1::STUDENT_CARD_STATUS_INACTIVE, ""},
        CardRow{kStranger, authenticity::v1::STUDENT_CARD_STATUS_NOT_REGISTERED, ""},
        CardRow{kBroken, authenticity::v1::STUDENT_CARD_STATUS_CANNOT_BE_ESTABLISHED, "CARD_ROUTER_UNAVAILABLE"}}) {
    const auto card = Check(row.number);
    ASSERT_TRUE(card.ok()) << card.status();
    EXPECT_EQ(card->status(), row.status) << card->DebugString();
    EXPECT_EQ(card->reason(), row.reason);
    EXPECT_TRUE(card->has_check_time());
    EXPECT_FALSE(absl::StrContains(card->DebugString(), kLearner));
  }
  EXPECT_EQ(router_.requests(), 5);
  // Over HTTP the same, from what is kept.
  const std::string json = CheckOverHttp(kActive);
  EXPECT_EQ(tests::At(json, "/status"), "STUDENT_CARD_STATUS_ACTIVE") << json;
  EXPECT_EQ(tests::At(json, "/expireTime"), "2999-10-01T00:00:00Z");
  EXPECT_EQ(tests::At(json, "/issuerIdentifier"), "912345678");
  EXPECT_EQ(tests::At(json, "/issuerName"), "Université de Valmer");
  EXPECT_EQ(router_.requests(), 5);
  ASSERT_TRUE(testing::Logs(*federation_, "NO", "AuthenticityService/CheckStudentCard"));
  const std::string log = federation_->LogOf("NO");
  for (const char* kept_out : {kLearner, kActive, kStranger, kBroken}) {
    EXPECT_FALSE(absl::StrContains(log, kept_out)) << kept_out;
  }
}

TEST_F(StudentCardTest, WhatIsNoNumberGoesToNobodyAndANodeWithoutARouterSaysSo) {
  const absl::Status malformed = Check("5f0c7a10-3b2e-41ef-8a4d-001912345678").status();
  EXPECT_EQ(base::ReasonOf(malformed), Reason::kFieldInvalid) << malformed;
  EXPECT_EQ(base::ReasonOf(Check(kActive, "NL").status()), Reason::kCardRouterNotConfigured);
  EXPECT_EQ(base::ReasonOf(Check(kActive, "NO", "portal").status()), Reason::kClientNotAllowed);
  EXPECT_EQ(router_.requests(), 0);
}

}  // namespace
}  // namespace passerelle::gateway
