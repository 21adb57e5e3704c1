// A holder is logged in at an office of one country, and decides at the portal of another one what that office gets.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/port/random.h"
#include "gtest/gtest.h"
#include "passerelle/sharing/v1/preview_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"

namespace passerelle::gateway {
namespace {

using sharing::v1::PreviewService;
using sharing::v1::RequestService;

constexpr char kPreviewConfig[] = "sharing: {preview: \"https://portal.example/preview?lang=nb\"}\n";
constexpr char kLocation[] = "https://portal.example/preview?lang=nb&request=";

class PreviewTest : public FederationTest {
 protected:
  void SetUp() override {
    FederationTest::SetUp();
    // The first start writes the configuration.
    ASSERT_EQ(federation_->StopNode("NO"), 0);
    const std::string path = federation_->ConfigPath("NO");
    tests::WriteAll(path, absl::StrCat(tests::ReadAll(path), kPreviewConfig));
    const absl::Status started = federation_->StartNode("NO");
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NO");
  }

  static sharing::v1::HolderIdentity Learner() {
    sharing::v1::HolderIdentity identity;
    identity.set_family_name(kLearner);
    identity.set_given_name("Solveig");
    identity.set_date_of_birth("1998-04-23");
    return identity;
  }

  // NL's client asks.
  absl::StatusOr<sharing::v1::RequestAuthorisationResponse> Ask() {
    sharing::v1::RequestAuthorisationRequest request;
    request.set_peer("NO");
    sharing::v1::AuthorisationQuery& query = *request.mutable_query();
    query.set_request_id(base::NewUuid(random_));
    query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    *query.mutable_holder() = Learner();
    query.set_preview_required(true);
    query.set_return_address("https://office.example/back");
    const auto stub = RequestService::NewStub(federation_->ClientChannel("NL", federation_->ClientTls("NL", "office")));
    return Call(*stub, &RequestService::Stub::RequestAuthorisation, request);
  }

  std::unique_ptr<PreviewService::Stub> PreviewStub() {
    return PreviewService::NewStub(federation_->ClientChannel("NO", federation_->ClientTls("NO", "portal")));
  }

  // What the portal does when the browser comes.
  absl::StatusOr<sharing::v1::PreviewAuthorisationResponse> Look(const std::string& token,
                                                                 const sharing::v1::HolderIdentity& holder) {
    sharing::v1::PreviewAuthorisationRequest request;
    request.set_token(token);
    *request.mutable_holder() = holder;
    request.set_assurance_level("high");
    request.set_holder_reference("holder-1");
    return Call(*PreviewStub(), &PreviewService::Stub::PreviewAuthorisation, request);
  }

  absl::StatusOr<sharing::v1::DecideAuthorisationResponse> Decide(const std::string& token, bool approve) {
    sharing::v1::DecideAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_token(token);
    request.set_declined(!approve);
    if (approve) {
      sharing::v1::Authorisation& wished = *request.mutable_authorisation();
      wished.add_credential_ids("NO-1");
      wished.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
      wished.set_uses_allowed(1);
      wished.mutable_approval()->set_method("confirmed after log-in");
      wished.mutable_approval()->set_preview(sharing::v1::PREVIEW_DONE);
    }
    return Call(*PreviewStub(), &PreviewService::Stub::DecideAuthorisation, request);
  }
};

TEST_F(PreviewTest, TheOfficeGetsWhatTheHolderApprovesAtThePortalAndLearnsNothingOfARefusal) {
  std::string never_asked;
  {
    const auto exchange = Fetch(base::NewUuid(random_));
    ASSERT_TRUE(exchange.ok()) << exchange.status();
    never_asked = exchange->answer().body();
  }
  for (const bool approve : {true, false}) {
    SCOPED_TRACE(approve);
    const auto asked = Ask();
    ASSERT_TRUE(asked.ok()) << asked.status();
    ASSERT_TRUE(absl::StartsWith(asked->requested().preview_location(), kLocation));
    const std::string token = asked->requested().preview_location().substr(sizeof(kLocation) - 1);
    const auto shown = Look(token, Learner());
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(shown->receiver(), "NL");
    EXPECT_EQ(shown->return_address(), "https://office.example/back");
    ASSERT_EQ(shown->entries_size(), 1);
    EXPECT_EQ(shown->entries(0).credential_id(), "NO-1");
    EXPECT_TRUE(shown->entries(0).document().content().empty());
    const auto decided = Decide(token, approve);
    ASSERT_TRUE(decided.ok()) << decided.status();
    EXPECT_EQ(decided->has_authorisation(), approve);
    const auto exchange = Fetch(asked->requested().authorisation_id());
    ASSERT_TRUE(exchange.ok()) << exchange.status();
    if (approve) {
      ASSERT_EQ(exchange->state(), exchange::v1::EXCHANGE_STATE_DELIVERED) << exchange->problem().reason();
      EXPECT_EQ(exchange->documents(0).document().content(), Transcript());
    } else {
      EXPECT_EQ(exchange->state(), exchange::v1::EXCHANGE_STATE_DECLINED);
      EXPECT_EQ(exchange->answer().body(), never_asked);
    }
  }
  for (const char* node : {"NO", "NL"}) {
    for (const char* personal : {kLearner, "Solveig", "1998-04-23", "holder-1", "request="}) {
      EXPECT_FALSE(absl::StrContains(federation_->LogOf(node), personal)) << node << " " << personal;
    }
  }
}

TEST_F(PreviewTest, SomebodyElseAtThePortalEndsTheRequest) {
  const auto asked = Ask();
  ASSERT_TRUE(asked.ok()) << asked.status();
  const std::string token = asked->requested().preview_location().substr(sizeof(kLocation) - 1);
  sharing::v1::HolderIdentity other = Learner();
  other.set_date_of_birth("1989-04-23");
  EXPECT_TRUE(absl::StrContains(Look(token, other).status().message(), "IDENTITY_SWAP"));
  EXPECT_TRUE(absl::StrContains(Look(token, Learner()).status().message(), "IDENTITY_SWAP"));
  EXPECT_TRUE(absl::StrContains(Decide(token, true).status().message(), "IDENTITY_SWAP"));
  const auto exchange = Fetch(asked->requested().authorisation_id());
  ASSERT_TRUE(exchange.ok()) << exchange.status();
  EXPECT_EQ(exchange->problem().reason(), "NOT_AVAILABLE");
}

TEST_F(PreviewTest, WhoMayAskMayNotDecide) {
  const auto stub = PreviewService::NewStub(federation_->ClientChannel("NO", federation_->ClientTls("NO", "office")));
  const auto refused =
      Call(*stub, &PreviewService::Stub::DecideAuthorisation, sharing::v1::DecideAuthorisationRequest());
  EXPECT_TRUE(absl::StrContains(refused.status().message(), "CLIENT_NOT_ALLOWED")) << refused.status();
}

class NoPortalTest : public PreviewTest {
 protected:
  void SetUp() override { FederationTest::SetUp(); }
};

TEST_F(NoPortalTest, ANodeWithoutPortalIsAskedInVain) {
  const auto asked = Ask();
  EXPECT_TRUE(absl::StrContains(asked.status().message(), "MESSAGE_TYPE_UNKNOWN")) << asked.status();
}

}  // namespace
}  // namespace passerelle::gateway
