// The credential of a decision on its way to the holder's side, and who can get it there.
#include "core/recognition/case_credentials.h"

#include <functional>

#include "core/recognition/case_steps.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::IsEmpty;

const std::vector<v1::CaseActor> kOfficial = {v1::CASE_ACTOR_EVALUATOR};

class CaseCredentialsTest : public CaseStepsTest {
 protected:
  v1::DeliverCredentialRequest Request(const std::string& id, const std::string& content = "a sealed decision",
                                       const std::string& form = "elm") {
    v1::DeliverCredentialRequest request;
    request.set_request_id(NewId());
    request.set_id(id);
    request.set_form(form);
    request.set_content(content);
    return request;
  }
  absl::StatusOr<v1::IssuedCredential> Deliver(const v1::DeliverCredentialRequest& request) {
    return bulgaria_.cases.DeliverCredential("office", kOfficial, request);
  }
  std::vector<v1::IssuedCredential> HoldersOf(const std::string& id) {
    const auto listed = italy_.cases.ListCredentials("portal", id);
    EXPECT_OK(listed.status());
    return {listed->credentials().begin(), listed->credentials().end()};
  }
  std::vector<v1::IssuedCredential> AuthoritysOf(const std::string& id) {
    const auto listed = bulgaria_.cases.ListCredentials("office", id);
    EXPECT_OK(listed.status());
    return {listed->credentials().begin(), listed->credentials().end()};
  }
};

TEST_F(CaseCredentialsTest, TheCredentialReachesTheClientThatSubmittedTheCase) {
  const std::string id = Decided();
  EXPECT_THAT(HoldersOf(id), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const v1::IssuedCredential taken, Deliver(Request(id)));
  EXPECT_EQ(taken.sha256(), base::Sha256Hex("a sealed decision"));
  EXPECT_EQ(taken.content(), "") << "whoever brought it has it";
  EXPECT_EQ(AuthoritysOf(id)[0].delivery(), "");
  network_.Run();
  const std::vector<v1::IssuedCredential> credentials = HoldersOf(id);
  ASSERT_EQ(credentials.size(), 1u);
  EXPECT_EQ(credentials[0].form(), "elm");
  EXPECT_EQ(credentials[0].content(), "a sealed decision");
  EXPECT_EQ(credentials[0].delivery(), "");
  EXPECT_EQ(AuthoritysOf(id)[0].delivery(), "received");
  EXPECT_THAT(Events(Applicants(id)), Contains("credential of the decision received, as elm"));
  EXPECT_THAT(Events(Authoritys(id)), Contains("credential received by IT"));
  EXPECT_THAT(italy_.cases.ListCredentials("another", id), HasReasonAt(Reason::kResourceNotFound, "id"));
}

TEST_F(CaseCredentialsTest, TheSameBytesAreSentOnceAndOthersTakeTheirPlace) {
  const std::string id = Decided();
  const v1::DeliverCredentialRequest request = Request(id);
  ASSERT_OK(Deliver(request).status());
  ASSERT_OK(Deliver(request).status());
  ASSERT_OK(Deliver(Request(id)).status()) << "the same bytes under another request id";
  network_.Run();
  int received = 0;
  for (const std::string& event : Events(Applicants(id))) {
    received += event == "credential of the decision received, as elm" ? 1 : 0;
  }
  EXPECT_EQ(received, 1);
  ASSERT_OK(Deliver(Request(id, "sealed anew")).status());
  ASSERT_OK(Deliver(Request(id, "a token", "sd-jwt")).status());
  network_.Run();
  const std::vector<v1::IssuedCredential> credentials = HoldersOf(id);
  ASSERT_EQ(credentials.size(), 2u);
  EXPECT_EQ(credentials[0].content(), "sealed anew");
  EXPECT_EQ(credentials[1].form(), "sd-jwt");
}

TEST_F(CaseCredentialsTest, OneThatIsOvertakenDoesNotComeBack) {
  const std::string id = Decided();
  ASSERT_OK(Deliver(Request(id, "first")).status());
  network_.faults = {WireFault::kUnreachable};
  network_.Run();
  ASSERT_OK(Deliver(Request(id, "second")).status());
  network_.RunFor(absl::Minutes(5));
  ASSERT_EQ(HoldersOf(id).size(), 1u);
  EXPECT_EQ(HoldersOf(id)[0].content(), "second");
  EXPECT_EQ(AuthoritysOf(id)[0].delivery(), "received");
}

TEST_F(CaseCredentialsTest, ALostAnswerMakesNoSecondEffect) {
  const std::string id = Decided();
  ASSERT_OK(Deliver(Request(id)).status());
  network_.faults = {WireFault::kAnswerLost};
  network_.RunFor(absl::Minutes(5));
  int received = 0;
  for (const std::string& event : Events(Applicants(id))) {
    received += event == "credential of the decision received, as elm" ? 1 : 0;
  }
  EXPECT_EQ(received, 1);
  EXPECT_EQ(AuthoritysOf(id)[0].delivery(), "received");
}

TEST_F(CaseCredentialsTest, AHolderWhoCouldNotBeToldIsKnown) {
  const std::string id = Decided();
  ASSERT_OK(Deliver(Request(id)).status());
  network_.RevokeNode("IT");
  network_.Run();
  EXPECT_EQ(AuthoritysOf(id)[0].delivery(), "NODE_UNKNOWN");
  EXPECT_THAT(Events(Authoritys(id)), Contains("credential not delivered: NODE_UNKNOWN"));
}

TEST_F(CaseCredentialsTest, WhatCannotBeDeliveredIsRefusedWithThePlace) {
  const std::string id = Decided();
  struct Row {
    const char* name;
    std::function<void(v1::DeliverCredentialRequest&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
           {"no case", [](auto& r) { r.clear_id(); }, Reason::kFieldMissing, "id"},
           {"no such case", [this](auto& r) { r.set_id(NewId()); }, Reason::kResourceNotFound, "id"},
           {"no form", [](auto& r) { r.clear_form(); }, Reason::kFieldMissing, "form"},
           {"a form that nobody signs", [](auto& r) { r.set_form("json"); }, Reason::kFieldInvalid, "form"},
           {"no bytes", [](auto& r) { r.clear_content(); }, Reason::kFieldMissing, "content"},
           {"too large", [](auto& r) { r.set_content(std::string(base::kDocumentBytesMax + 1, 'x')); },
            Reason::kInputTooLarge, "content"},
       }) {
    SCOPED_TRACE(row.name);
    v1::DeliverCredentialRequest request = Request(id);
    row.change(request);
    EXPECT_THAT(Deliver(request), HasReasonAt(row.reason, row.place));
  }
  EXPECT_THAT(bulgaria_.cases.DeliverCredential("office", {v1::CASE_ACTOR_HOLDER}, Request(id)),
              HasReasonAt(Reason::kClientNotAllowed, "role"));
  EXPECT_THAT(Deliver(Request(Open())), HasReasonAt(Reason::kGuardNotMet, "state")) << "nothing is decided yet";
  network_.Run();
  EXPECT_THAT(HoldersOf(id), IsEmpty());
}

TEST_F(CaseCredentialsTest, TheHoldersSideTakesThemOfTheAuthorityOfTheCaseAlone) {
  const std::string id = Decided();
  v1::CredentialOfDecision good;
  good.set_case_id(id);
  good.mutable_credential()->set_form("elm");
  good.mutable_credential()->set_content("bytes");
  good.mutable_credential()->set_sha256(base::Sha256Hex("bytes"));
  good.mutable_credential()->set_number(1);
  const auto receive = [&](const std::string& sender, const v1::CredentialOfDecision& body) {
    relay::Opened message;
    message.header.sender = sender;
    message.header.type = body.GetTypeName();
    message.body = body.SerializeAsString();
    CaseContext context;
    context.options.node = "IT";
    context.options.clock = &network_.clock;
    CredentialHandler handler(&context);
    return italy_.memory.Write([&](base::Transaction& tx) { return handler.Handle(message, "", tx).status(); });
  };
  EXPECT_THAT(receive("NO", good), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  v1::CredentialOfDecision changed = good;
  changed.set_case_id(NewId());
  EXPECT_THAT(receive("BG", changed), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  changed = good;
  changed.mutable_credential()->set_sha256(base::Sha256Hex("others"));
  EXPECT_THAT(receive("BG", changed), HasReasonAt(Reason::kFieldInvalid, "credential.sha256"));
  changed = good;
  changed.mutable_credential()->set_form("pdf");
  EXPECT_THAT(receive("BG", changed), HasReasonAt(Reason::kFieldInvalid, "credential.form"));
  changed = good;
  changed.mutable_credential()->clear_content();
  EXPECT_THAT(receive("BG", changed), HasReasonAt(Reason::kFieldMissing, "credential.content"));
  changed = good;
  changed.set_case_id("case");
  EXPECT_THAT(receive("BG", changed), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  EXPECT_THAT(HoldersOf(id), IsEmpty());
  EXPECT_OK(receive("BG", good));
  EXPECT_EQ(HoldersOf(id).size(), 1u);
  // An authority that sends one after the other fills the case no further than any other step does.
  absl::Status last;
  for (int number = 2; number <= kCaseEventsMax && last.ok(); ++number) {
    good.mutable_credential()->set_number(static_cast<uint32_t>(number));
    last = receive("BG", good);
  }
  EXPECT_THAT(last, HasReasonAt(Reason::kInputTooLarge, "events"));
  EXPECT_EQ(Events(Applicants(id)).size(), static_cast<size_t>(kCaseEventsMax));
}

}  // namespace
}  // namespace passerelle::recognition
