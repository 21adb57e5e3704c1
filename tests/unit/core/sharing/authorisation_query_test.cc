#include "core/sharing/authorisation_query.h"

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/sharing/holder_identity.h"
#include "core/sharing/request_records.h"
#include "tests/unit/core/sharing/preview_fixture.h"

namespace passerelle::sharing {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::StartsWith;

class AuthorisationQueryTest : public PreviewFixture {
 protected:
  // As the handler gets it, without the network.
  absl::StatusOr<v1::RequestedAuthorisation> Handle(const std::string& sender, const std::string& body) {
    relay::Opened message;
    message.header.sender = sender;
    message.body = body;
    v1::RequestedAuthorisation requested;
    RETURN_IF_ERROR(norway_.store.Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const relay::Reply reply, norway_.authorisation_query_handler.Handle(message, "", tx));
      EXPECT_TRUE(requested.ParseFromString(reply.body));
      EXPECT_EQ(reply.resource, absl::StrCat("asked/", requested.authorisation_id()));
      return absl::OkStatus();
    }));
    return requested;
  }
};

TEST_F(AuthorisationQueryTest, WhoAsksLearnsWhereTheHolderDecidesAndNothingOfTheRegister) {
  norway_.reg.available = false;
  v1::AuthorisationQuery of_nobody = Query();
  of_nobody.mutable_holder()->set_family_name("Nordmann");
  size_t bytes = 0;
  for (const v1::AuthorisationQuery& query : {Query(), of_nobody}) {
    ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation requested, Ask(query));
    EXPECT_TRUE(base::IsUuid(requested.authorisation_id()));
    EXPECT_THAT(requested.preview_location(),
                StartsWith(absl::StrCat(passerelle::testing::kPreviewAddress, "?request=")));
    EXPECT_EQ(TokenOf(requested).size(), 64);
    EXPECT_EQ(base::FromProto(requested.expire_time()), network_.clock.Now() + kRequestLife);
    if (bytes == 0) bytes = requested.ByteSizeLong();
    EXPECT_EQ(requested.ByteSizeLong(), bytes);
  }
}

TEST_F(AuthorisationQueryTest, TheSameQuestionGetsTheSameAnswerAsLongAsItIsOpen) {
  v1::AuthorisationQuery query = Query();
  ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation first, Ask(query));
  ASSERT_OK_AND_ASSIGN(v1::RequestedAuthorisation again, Ask(query));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  // Also when it is not known any more for whom it was.
  ASSERT_OK(norway_.previews.Preview(kPortal, PreviewOf(first)));
  ASSERT_OK_AND_ASSIGN(again, Ask(query));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  // Another node's id is another one.
  ASSERT_OK_AND_ASSIGN(again, Handle("IT", query.SerializeAsString()));
  EXPECT_NE(again.authorisation_id(), first.authorisation_id());
  network_.clock.Advance(kRequestLife);
  ASSERT_OK_AND_ASSIGN(again, Ask(query));
  EXPECT_NE(again.authorisation_id(), first.authorisation_id());
  query.set_purpose(v1::PURPOSE_EMPLOYMENT);
  EXPECT_THAT(Ask(query), HasReasonAt(Reason::kRequestIdReused, "query.request_id"));
}

// Whether the holder is compared would tell whether somebody has looked, after which it is not known any more.
TEST_F(AuthorisationQueryTest, AnotherHolderUnderTheSameIdIsAnsweredForTheFirst) {
  v1::AuthorisationQuery query = Query();
  ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation first, Ask(query));
  v1::AuthorisationQuery of_another = query;
  of_another.mutable_holder()->set_given_name("Astrid");
  ASSERT_OK_AND_ASSIGN(v1::RequestedAuthorisation again, Ask(of_another));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  ASSERT_OK(norway_.previews.Preview(kPortal, PreviewOf(first))) << "it is still the first one's";
  ASSERT_OK_AND_ASSIGN(again, Ask(of_another));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
}

// Two messages at once: the store has the second one begin anew, where Get finds what the first one inserted.
TEST_F(AuthorisationQueryTest, OneQuestionHasOneRecord) {
  v1::StoredRequest stored;
  stored.set_question_sha256(QuestionOf("BG", "6F0C1A52-0F4F-4C1C-8D0E-5A8F3F9F6C01"));
  EXPECT_EQ(stored.question_sha256(), QuestionOf("BG", "6f0c1a52-0f4f-4c1c-8d0e-5a8f3f9f6c01"));
  EXPECT_NE(stored.question_sha256(), QuestionOf("IT", "6f0c1a52-0f4f-4c1c-8d0e-5a8f3f9f6c01"));
  const auto insert = [&](const char* token) {
    stored.set_token(token);
    return norway_.store.Write([&](base::Transaction& tx) { return InsertRequest(stored, tx); });
  };
  EXPECT_OK(insert("one"));
  EXPECT_TRUE(absl::IsAlreadyExists(insert("two")));
  EXPECT_OK(norway_.store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, FindRequest(stored.question_sha256(), tx));
    EXPECT_EQ(found.value().token(), "one");
    return absl::OkStatus();
  }));
}

TEST_F(AuthorisationQueryTest, RefusesWhatCannotBeAskedOnBothSidesAndNamesTheField) {
  struct Row {
    const char* name;
    std::function<void(v1::AuthorisationQuery&)> change;
    Reason reason;
    const char* place;
  };
  const std::string long_text(base::kIdBytesMax + 1, 'x');
  const std::vector<Row> rows = {
      {"no id", [](auto& q) { q.clear_request_id(); }, Reason::kFieldMissing, "query.request_id"},
      {"id", [](auto& q) { q.set_request_id("17"); }, Reason::kFieldInvalid, "query.request_id"},
      {"no purpose", [](auto& q) { q.clear_purpose(); }, Reason::kFieldMissing, "query.purpose"},
      {"purpose", [](auto& q) { q.set_purpose(static_cast<v1::Purpose>(99)); }, Reason::kFieldInvalid, "query.purpose"},
      {"no holder", [](auto& q) { q.clear_holder(); }, Reason::kFieldMissing, "query.holder.family_name"},
      {"blank name", [](auto& q) { q.mutable_holder()->set_given_name(" \u200B"); }, Reason::kFieldMissing,
       "query.holder.given_name"},
      {"long name", [&](auto& q) { q.mutable_holder()->set_given_name(long_text); }, Reason::kFieldInvalid,
       "query.holder.given_name"},
      {"no birth", [](auto& q) { q.mutable_holder()->clear_date_of_birth(); }, Reason::kFieldMissing,
       "query.holder.date_of_birth"},
      {"no day", [](auto& q) { q.mutable_holder()->set_date_of_birth("1998-02-30"); }, Reason::kFieldInvalid,
       "query.holder.date_of_birth"},
      {"a time", [](auto& q) { q.mutable_holder()->set_date_of_birth("1998-02-28T00:00:00Z"); }, Reason::kFieldInvalid,
       "query.holder.date_of_birth"},
      {"identifier without scheme", [](auto& q) { q.mutable_holder()->mutable_identifiers(0)->clear_scheme(); },
       Reason::kFieldMissing, "query.holder.identifiers[0].scheme"},
      {"empty identifier", [](auto& q) { q.mutable_holder()->mutable_identifiers(0)->clear_value(); },
       Reason::kFieldMissing, "query.holder.identifiers[0].value"},
      {"a scheme twice",
       [](auto& q) { *q.mutable_holder()->add_identifiers() = v1::HolderIdentifier(q.holder().identifiers(0)); },
       Reason::kFieldInvalid, "query.holder.identifiers[1].scheme"},
      {"a scheme twice in two spellings",
       [](auto& q) {
         *q.mutable_holder()->add_identifiers() = v1::HolderIdentifier(q.holder().identifiers(0));
         q.mutable_holder()->mutable_identifiers(1)->set_scheme("ESI");
       },
       Reason::kFieldInvalid, "query.holder.identifiers[1].scheme"},
      {"too many identifiers",
       [](auto& q) {
         for (int i = 0; i < kHolderIdentifiersMax; ++i) {
           v1::HolderIdentifier* const more = q.mutable_holder()->add_identifiers();
           more->set_scheme(absl::StrCat("scheme-", i));
           more->set_value("1");
         }
       },
       Reason::kFieldInvalid, "query.holder.identifiers"},
      {"no word on the preview", [](auto& q) { q.clear_preview_required(); }, Reason::kFieldMissing,
       "query.preview_law"},
      {"both words", [](auto& q) { q.set_preview_law("Act 7"); }, Reason::kFieldInvalid, "query.preview_law"},
      {"no address", [](auto& q) { q.clear_return_address(); }, Reason::kFieldMissing, "query.return_address"},
      {"too much", [](auto& q) { q.mutable_receiver_statement()->set_service(std::string(kQueryBytesMax, 'x')); },
       Reason::kInputTooLarge, "query"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::AuthorisationQuery query = Query();
    row.change(query);
    EXPECT_THAT(Ask(query), HasReasonAt(row.reason, row.place));
    EXPECT_THAT(Handle("BG", query.SerializeAsString()), HasReasonAt(row.reason, row.place));
  }
  EXPECT_THAT(Handle("BG", "\xff"), HasReasonAt(Reason::kFieldInvalid, "body"));
  v1::RequestAuthorisationRequest request;
  *request.mutable_query() = Query();
  const auto nobody = [](const absl::StatusOr<relay::Answer>&) { FAIL() << "nobody was asked"; };
  EXPECT_THAT(AskForAuthorisation(bulgaria_.outbox(), request, network_.clock.Now(), nobody),
              HasReasonAt(Reason::kFieldMissing, "peer"));
}

TEST_F(AuthorisationQueryTest, SendsABrowserToSecureAddressesOnly) {
  for (const char* address :
       {"http://office.example/", "javascript:alert(1)", "https://", "https://:443/", "https:///back",
        "https://bank.example@office.example/", "https://office.example/\r\nSet-Cookie: a=b",
        "https://office.example/ü", "https://office.example/a b", "//office.example"}) {
    SCOPED_TRACE(address);
    v1::AuthorisationQuery query = Query();
    query.set_return_address(address);
    EXPECT_THAT(Ask(query), HasReasonAt(Reason::kFieldInvalid, "query.return_address"));
    v1::RequestedAuthorisation requested;
    requested.set_authorisation_id(NewId());
    requested.set_preview_location(address);
    relay::Answer answer;
    answer.opened.header.type = requested.GetTypeName();
    answer.opened.body = requested.SerializeAsString();
    EXPECT_THAT(ReadRequested(answer), HasReasonAt(Reason::kPeerAnswerInvalid, "preview_location"));
  }
}

TEST_F(AuthorisationQueryTest, TakesNothingElseForAnAnswer) {
  v1::RequestedAuthorisation requested;
  requested.set_authorisation_id("17");
  requested.set_preview_location("https://portal.example/");
  relay::Answer answer;
  answer.opened.header.type = requested.GetTypeName();
  answer.opened.body = requested.SerializeAsString();
  EXPECT_THAT(ReadRequested(answer), HasReasonAt(Reason::kPeerAnswerInvalid, "body"));
  requested.set_authorisation_id(NewId());
  answer.opened.body = requested.SerializeAsString();
  EXPECT_OK(ReadRequested(answer));
  answer.opened.header.type = "passerelle.relay.v1.Receipt";
  EXPECT_THAT(ReadRequested(answer), HasReasonAt(Reason::kPeerAnswerInvalid, "body"));
  EXPECT_THAT(ReadRequested(base::Problem(Reason::kNodeUnknown, "recipient")),
              HasReasonAt(Reason::kNodeUnknown, "peer"));
}

TEST_F(AuthorisationQueryTest, ANodeCannotHaveRequestsWithoutEnd) {
  v1::AuthorisationQuery query;
  for (int i = 0; i < kRequestsOfANodeMax; ++i) {
    query = Query();
    ASSERT_OK(Handle("BG", query.SerializeAsString()));
  }
  EXPECT_THAT(Handle("BG", Query().SerializeAsString()), HasReasonAt(Reason::kOverloaded, "query"));
  // What is open is answered all the same, and so are others.
  EXPECT_OK(Handle("BG", query.SerializeAsString()));
  EXPECT_OK(Handle("IT", query.SerializeAsString()));
  // Nor does a decision make room, which would tell that there was one.
  EXPECT_OK(norway_.previews.Decide(kPortal, Refusal(Handle("BG", query.SerializeAsString()).value())));
  EXPECT_THAT(Handle("BG", Query().SerializeAsString()), HasReasonAt(Reason::kOverloaded, "query"));
  EXPECT_OK(Handle("BG", query.SerializeAsString()));
  EXPECT_THAT(ForgetRequests(network_.clock.Now(), 100, norway_.store), IsOkAndHolds(0));
  network_.clock.Advance(kRequestLife);
  EXPECT_THAT(ForgetRequests(network_.clock.Now(), 100, norway_.store), IsOkAndHolds(kRequestsOfANodeMax + 1));
  EXPECT_OK(Handle("BG", Query().SerializeAsString()));
}

}  // namespace
}  // namespace passerelle::sharing
