#include "core/sharing/previews.h"

#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/erasure/demands.h"
#include "core/relay/message_log.h"
#include "core/sharing/authorisations.h"
#include "core/sharing/request_records.h"
#include "tests/unit/core/sharing/preview_fixture.h"

namespace passerelle::sharing {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

class PreviewsTest : public PreviewFixture {
 protected:
  PreviewsTest() : PreviewFixture({.evidence = true}) {}

  v1::RequestedAuthorisation Asked() { return Ask(Query()).value(); }

  // Asked for, and seen by the holder.
  v1::RequestedAuthorisation Seen() {
    v1::RequestedAuthorisation requested = Asked();
    EXPECT_OK(norway_.previews.Preview(kPortal, PreviewOf(requested)));
    return requested;
  }

  // Somebody whose log-in differs from what was asked.
  absl::Status LookAs(const v1::RequestedAuthorisation& requested,
                      const std::function<void(v1::PreviewAuthorisationRequest&)>& change) {
    v1::PreviewAuthorisationRequest request = PreviewOf(requested);
    change(request);
    return norway_.previews.Preview(kPortal, request).status();
  }

  // How many messages in which something was asked for can still be read at NO.
  int Readable(const v1::RequestedAuthorisation& requested) {
    return ReadableOf(absl::StrCat("asked/", requested.authorisation_id()));
  }

  int ReadableOf(const std::string& resource) {
    int count = 0;
    EXPECT_OK(norway_.memory.Read([&](base::Transaction& tx) -> absl::Status {
      count = 0;
      ASSIGN_OR_RETURN(const auto kept, relay::MessageLog::KeptOf(resource, "", 10, tx));
      for (const relay::MessageLog::Kept& message : kept) {
        ASSIGN_OR_RETURN(const auto record, tx.Get(base::Table::kSetting, message.key));
        count += record.has_value() && !record->value.empty() ? 1 : 0;
      }
      return absl::OkStatus();
    }));
    return count;
  }

  // How many messages can be read at a node that belong to nothing with which they would be erased.
  int KeptOfNothing(passerelle::testing::TestNode& node) {
    size_t count = 0;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto kept, relay::MessageLog::KeptUntil(network_.clock.Now(), 100, tx));
      count = kept.size();
      return absl::OkStatus();
    }));
    return static_cast<int>(count);
  }

  // BG's message again, signed anew, and what NO answers.
  std::string Repeat(const std::string& message_id, const v1::AuthorisationQuery& query) {
    network_.clock.Advance(absl::Seconds(1));
    const absl::Time now = network_.clock.Now();
    const absl::StatusOr<relay::v1::Envelope> again = relay::Seal(bulgaria_.key,
                                                                  {.id = message_id,
                                                                   .sender = "BG",
                                                                   .audience = "NO",
                                                                   .issued_at = now,
                                                                   .expires_at = now + base::kEnvelopeLifeMax,
                                                                   .type = query.GetTypeName()},
                                                                  query.SerializeAsString());
    return network_.Carry("BG", "NO", again.value()).value().body();
  }

  // What NO says when BG demands that the message be erased.
  std::string Demand(const std::string& message_id) {
    erasure::v1::ErasureDemand demand;
    demand.set_erasure_id(NewId());
    demand.add_message_ids(message_id);
    const auto answer = bulgaria_.outbox().Ask("NO", demand.GetTypeName(), demand.SerializeAsString());
    erasure::v1::ErasureAnswer told;
    EXPECT_TRUE(told.ParseFromString(answer.value().opened.body));
    told.mutable_erasure()->clear_answer_time();
    return told.erasure().ShortDebugString();
  }
};

TEST_F(PreviewsTest, TheHolderSeesWhatIsAskedAndWhatThereIs) {
  const v1::RequestedAuthorisation requested = Asked();
  EXPECT_TRUE(norway_.memory.Holds(kFamilyName));
  v1::PreviewAuthorisationRequest request = PreviewOf(requested);
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(v1::PreviewAuthorisationResponse shown, norway_.previews.Preview(kPortal, request));
  EXPECT_EQ(shown.receiver(), "BG");
  EXPECT_EQ(shown.purpose(), v1::PURPOSE_RECOGNITION);
  EXPECT_EQ(shown.receiver_statement().service(), "Recognition of a diploma");
  EXPECT_TRUE(shown.preview_required());
  EXPECT_EQ(shown.return_address(), "https://office.example/back?session=4711");
  EXPECT_EQ(shown.expire_time().seconds(), requested.expire_time().seconds());
  ASSERT_EQ(shown.entries_size(), 1);
  EXPECT_EQ(shown.entries(0).credential_id(), "no-7");
  // For whom it was asked is compared by now.
  EXPECT_FALSE(norway_.memory.Holds(kFamilyName));
  request.set_page_token(shown.next_page_token());
  ASSERT_OK_AND_ASSIGN(shown, norway_.previews.Preview(kPortal, request));
  ASSERT_EQ(shown.entries_size(), 1);
  EXPECT_EQ(shown.entries(0).credential_id(), "no-8");
  EXPECT_EQ(shown.next_page_token(), "");
  request.set_page_token("elsewhere");
  EXPECT_THAT(norway_.previews.Preview(kPortal, request), HasReasonAt(Reason::kFieldInvalid, "page_token"));
  norway_.reg.available = false;
  EXPECT_THAT(norway_.previews.Preview(kPortal, PreviewOf(requested)), HasReason(Reason::kRegisterUnavailable));
}

TEST_F(PreviewsTest, WhatTheHolderApprovesIsDelivered) {
  const v1::RequestedAuthorisation requested = Seen();
  v1::DecideAuthorisationRequest approval = Approval(requested);
  approval.mutable_authorisation()->set_receiver("IT");
  approval.mutable_authorisation()->set_purpose(v1::PURPOSE_EMPLOYMENT);
  ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse decided, norway_.previews.Decide(kPortal, approval));
  EXPECT_EQ(decided.authorisation().id(), requested.authorisation_id());
  EXPECT_EQ(decided.authorisation().receiver(), "BG");
  EXPECT_EQ(decided.authorisation().purpose(), v1::PURPOSE_RECOGNITION);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation recorded,
                       norway_.authorisations.Get(kPortal, requested.authorisation_id()));
  EXPECT_EQ(recorded.SerializeAsString(), decided.authorisation().SerializeAsString());
  EXPECT_EQ(recorded.receiver_statement().service(), "Recognition of a diploma");
  EXPECT_EQ(recorded.approval().assurance_level(), "substantial");
  EXPECT_EQ(recorded.approval().preview(), v1::PREVIEW_DONE);
  EXPECT_EQ(Readable(requested), 1);
  const exchange::v1::Exchange delivered = Fetch(requested.authorisation_id());
  ASSERT_EQ(delivered.state(), exchange::v1::EXCHANGE_STATE_DELIVERED);
  ASSERT_EQ(delivered.documents_size(), 1);
  EXPECT_EQ(delivered.documents(0).credential_id(), "no-7");
  // When its time is over the question is erased, as everywhere, and what was delivered is not.
  EXPECT_EQ(ReadableOf(requested.authorisation_id()), 1);
  network_.clock.Advance(kRequestLife);
  EXPECT_OK(ForgetRequests(network_.clock.Now(), 10, norway_.store));
  EXPECT_EQ(Readable(requested), 0);
  EXPECT_EQ(ReadableOf(requested.authorisation_id()), 1);
}

TEST_F(PreviewsTest, OfElementsThatAreAskedForTheHolderGivesSome) {
  v1::AuthorisationQuery query = Query();
  query.add_elements_requested("A1-M08");
  query.add_elements_requested("A1-M01");
  ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation requested, Ask(query));
  ASSERT_OK_AND_ASSIGN(const v1::PreviewAuthorisationResponse shown,
                       norway_.previews.Preview(kPortal, PreviewOf(requested)));
  EXPECT_EQ(shown.elements_requested_size(), 2);
  v1::DecideAuthorisationRequest approval = Approval(requested);
  EXPECT_THAT(norway_.previews.Decide(kPortal, approval), HasReasonAt(Reason::kFieldMissing, "authorisation.elements"));
  for (const char* element : {"A1-M02", "A1-M03", "A1-M04", "A1-M08"}) {
    approval.mutable_authorisation()->add_elements(element);
  }
  ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse decided, norway_.previews.Decide(kPortal, approval));
  EXPECT_EQ(decided.authorisation().elements_size(), 4);
  EXPECT_EQ(decided.authorisation().elements_requested_size(), 2);
  const exchange::v1::Exchange delivered = Fetch(requested.authorisation_id());
  ASSERT_EQ(delivered.state(), exchange::v1::EXCHANGE_STATE_DELIVERED);
  EXPECT_EQ(delivered.documents(0).document().content(), "");
  query.set_request_id(NewId());
  query.add_elements_requested("A9-X1");
  EXPECT_THAT(Ask(query), HasReasonAt(Reason::kFieldInvalid, "query.elements_requested[2]"));
}

// What became of a request must not be seen from outside, but where there is an authorisation.
TEST_F(PreviewsTest, DeclinedCannotBeToldFromAbsent) {
  using Requested = v1::RequestedAuthorisation;
  struct Row {
    const char* name;
    std::function<std::string()> arrange;  // returns the id under which BG asks
  };
  const auto swapped = [this](const std::function<void(v1::HolderIdentity&)>& change) {
    const Requested requested = Asked();
    EXPECT_THAT(LookAs(requested, [&](auto& r) { change(*r.mutable_holder()); }), HasReason(Reason::kIdentitySwap));
    return requested.authorisation_id();
  };
  const std::vector<Row> rows = {
      {"never asked", [this] { return NewId(); }},
      {"nobody has looked", [this] { return Asked().authorisation_id(); }},
      {"seen and not decided", [this] { return Seen().authorisation_id(); }},
      {"declined",
       [this] {
         const Requested requested = Seen();
         EXPECT_OK(norway_.previews.Decide(kPortal, Refusal(requested)));
         return requested.authorisation_id();
       }},
      {"closed before the preview",
       [this] {
         const Requested requested = Asked();
         EXPECT_OK(norway_.previews.Decide(kPortal, Refusal(requested)));
         return requested.authorisation_id();
       }},
      {"over",
       [this] {
         const Requested requested = Seen();
         network_.clock.Advance(kRequestLife);
         EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(requested)),
                     HasReasonAt(Reason::kResourceNotFound, "token"));
         return requested.authorisation_id();
       }},
      {"over and forgotten",
       [this] {
         const Requested requested = Seen();
         network_.clock.Advance(kRequestLife);
         EXPECT_OK(ForgetRequests(network_.clock.Now(), 10, norway_.store));
         return requested.authorisation_id();
       }},
      {"another family name", [&] { return swapped([](auto& h) { h.set_family_name("Nordmann"); }); }},
      {"another day of birth", [&] { return swapped([](auto& h) { h.set_date_of_birth("1998-04-24"); }); }},
      {"another identifier", [&] { return swapped([](auto& h) { h.mutable_identifiers(0)->set_value("42"); }); }},
      {"no record in the register",
       [this] {
         const Requested requested = Asked();
         v1::PreviewAuthorisationRequest request = PreviewOf(requested);
         request.set_holder_reference("person-43");
         EXPECT_EQ(norway_.previews.Preview(kPortal, request).value().entries_size(), 0);
         EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(requested)),
                     HasReasonAt(Reason::kFieldInvalid, "authorisation.credential_ids[0]"));
         return requested.authorisation_id();
       }},
  };
  std::string first_refusal;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const exchange::v1::Exchange exchange = Fetch(row.arrange());
    EXPECT_EQ(exchange.state(), exchange::v1::EXCHANGE_STATE_DECLINED);
    EXPECT_EQ(exchange.problem().reason(), "NOT_AVAILABLE");
    if (first_refusal.empty()) first_refusal = exchange.answer().body();
    EXPECT_EQ(exchange.answer().body(), first_refusal);
  }
}

// Nor by asking again: the same message, the same question in a new one, or that the message be erased.
TEST_F(PreviewsTest, NothingThatIsAskedAgainTellsWhatBecameOfARequest) {
  using Requested = v1::RequestedAuthorisation;
  struct Row {
    const char* name;
    std::function<void(const Requested&)> act;
  };
  const auto look = [this](const Requested& r) { EXPECT_OK(norway_.previews.Preview(kPortal, PreviewOf(r))); };
  const std::vector<Row> rows = {
      {"nobody has looked", [](const Requested&) {}},
      {"seen", look},
      {"approved",
       [&](const Requested& r) {
         look(r);
         EXPECT_OK(norway_.previews.Decide(kPortal, Approval(r)));
       }},
      {"declined",
       [&](const Requested& r) {
         look(r);
         EXPECT_OK(norway_.previews.Decide(kPortal, Refusal(r)));
       }},
      {"closed before the preview",
       [this](const Requested& r) { EXPECT_OK(norway_.previews.Decide(kPortal, Refusal(r))); }},
      {"looked at by somebody else",
       [this](const Requested& r) {
         EXPECT_THAT(LookAs(r, [](auto& p) { p.mutable_holder()->set_family_name("Nordmann"); }),
                     HasReason(Reason::kIdentitySwap));
       }},
  };
  std::string demanded;
  std::string refused;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::AuthorisationQuery query = Query();
    ASSERT_OK_AND_ASSIGN(const Requested requested, Ask(query));
    ASSERT_OK_AND_ASSIGN(const relay::Opened sent,
                         relay::Open(network_.wire[network_.wire.size() - 2], *network_.directory->Get(),
                                     {.audience = "NO", .sender = "BG", .now = network_.clock.Now()}));
    row.act(requested);
    EXPECT_EQ(Repeat(sent.header.id, query), requested.SerializeAsString());
    ASSERT_OK_AND_ASSIGN(const Requested again, Ask(query));
    EXPECT_EQ(again.SerializeAsString(), requested.SerializeAsString());
    if (demanded.empty()) demanded = Demand(sent.header.id);
    EXPECT_EQ(Demand(sent.header.id), demanded);
    EXPECT_EQ(Readable(requested), 2);

    network_.clock.Advance(kRequestLife);
    EXPECT_OK(ForgetRequests(network_.clock.Now(), 10, norway_.store));
    EXPECT_EQ(Readable(requested), 0);
    EXPECT_FALSE(norway_.memory.Holds(TokenOf(requested)));
    if (refused.empty()) refused = Repeat(sent.header.id, query);
    EXPECT_EQ(Repeat(sent.header.id, query), refused);
    EXPECT_EQ(Demand(sent.header.id), demanded);
  }
  EXPECT_THAT(demanded, ::testing::HasSubstr("NOT_FOUND"));
  EXPECT_THAT(refused, ::testing::HasSubstr("EVIDENCE_ERASED"));
}

TEST_F(PreviewsTest, WhatIsRefusedIsNotKept) {
  v1::AuthorisationQuery query = Query();
  ASSERT_OK(Ask(query));
  query.set_purpose(v1::PURPOSE_EMPLOYMENT);
  EXPECT_THAT(Ask(query), HasReason(Reason::kRequestIdReused));
  // BG's node would not send it.
  query.set_return_address("http://office.example/");
  EXPECT_THAT(Repeat(NewId(), query), ::testing::HasSubstr("FIELD_INVALID"));
  EXPECT_EQ(KeptOfNothing(norway_), 0);
  // A message of another kind is kept when it is refused.
  exchange::v1::CredentialQuery other;
  EXPECT_THAT(bulgaria_.outbox().Ask("NO", other.GetTypeName(), other.SerializeAsString()),
              HasReason(Reason::kFieldInvalid));
  EXPECT_EQ(KeptOfNothing(norway_), 1);
}

// Whoever reads the store cannot confirm a guess: the digest of the message in the log has the request id in it, which
// nobody can guess, and which is not kept beside it.
TEST_F(PreviewsTest, NoGuessOfAHolderCanBeConfirmedByTheRecord) {
  const v1::AuthorisationQuery query = Query();
  ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation requested, Ask(query));
  ASSERT_OK(norway_.previews.Preview(kPortal, PreviewOf(requested)));
  EXPECT_TRUE(norway_.memory.Holds(TokenOf(requested)));
  EXPECT_FALSE(norway_.memory.Holds(query.request_id()));
  EXPECT_FALSE(norway_.memory.Holds(base::Sha256Hex(absl::StrCat(TokenOf(requested), query.SerializeAsString()))));
  EXPECT_TRUE(norway_.memory.Holds(kHolder));
  ASSERT_OK(norway_.previews.Decide(kPortal, Refusal(requested)));
  EXPECT_TRUE(norway_.memory.Holds(TokenOf(requested)));
  EXPECT_FALSE(norway_.memory.Holds(kHolder));
  EXPECT_FALSE(norway_.memory.Holds(query.return_address()));
}

TEST_F(PreviewsTest, ARequestAtWhichSomebodyElseLooksIsOver) {
  struct Row {
    const char* name;
    std::function<void(v1::PreviewAuthorisationRequest&)> change;
    bool seen_before = false;
  };
  const std::vector<Row> rows = {
      {"family name", [](auto& r) { r.mutable_holder()->set_family_name("Fjordheimen"); }},
      {"given name", [](auto& r) { r.mutable_holder()->set_given_name("Solveig"); }},
      {"birth", [](auto& r) { r.mutable_holder()->set_date_of_birth("1989-04-23"); }},
      {"identifier", [](auto& r) { r.mutable_holder()->mutable_identifiers(0)->set_value("esi:no:42"); }},
      {"identifier under the scheme in another spelling",
       [](auto& r) {
         r.mutable_holder()->mutable_identifiers(0)->set_scheme("ESI ");
         r.mutable_holder()->mutable_identifiers(0)->set_value("esi:no:42");
       }},
      {"another person of the register", [](auto& r) { r.set_holder_reference("person-42"); }, true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::RequestedAuthorisation requested = row.seen_before ? Seen() : Asked();
    EXPECT_THAT(LookAs(requested, row.change), HasReasonAt(Reason::kIdentitySwap, "holder"));
    EXPECT_FALSE(norway_.memory.Holds(kFamilyName));
    // The right one is too late.
    EXPECT_THAT(norway_.previews.Preview(kPortal, PreviewOf(requested)), HasReasonAt(Reason::kIdentitySwap, "holder"));
    EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(requested)), HasReason(Reason::kIdentitySwap));
    EXPECT_THAT(norway_.previews.Preview("other portal", PreviewOf(requested)),
                HasReasonAt(Reason::kResourceNotFound, "token"));
    EXPECT_THAT(norway_.authorisations.Get(kPortal, requested.authorisation_id()),
                HasReason(Reason::kResourceNotFound));
  }
}

TEST_F(PreviewsTest, APersonIsKnownInAnotherSpelling) {
  const std::vector<std::function<void(v1::HolderIdentity&)>> spellings = {
      [](auto& h) { h.set_family_name("FJORDHEIM"); },
      [](auto& h) { h.set_given_name("Solveig  A\u030Ase "); },
      [](auto& h) { h.clear_identifiers(); },
      [](auto& h) { h.mutable_identifiers(0)->set_scheme("national"); },
      [](auto& h) { h.mutable_identifiers(0)->set_scheme("ESI"); },
  };
  for (const auto& spell : spellings) {
    EXPECT_OK(LookAs(Asked(), [&](auto& r) { spell(*r.mutable_holder()); }));
  }
}

TEST_F(PreviewsTest, RefusesAPreviewThatNamesNobody) {
  const v1::RequestedAuthorisation requested = Asked();
  EXPECT_THAT(LookAs(requested, [](auto& r) { r.clear_token(); }), HasReasonAt(Reason::kFieldMissing, "token"));
  EXPECT_THAT(LookAs(requested, [](auto& r) { r.clear_holder(); }),
              HasReasonAt(Reason::kFieldMissing, "holder.family_name"));
  EXPECT_THAT(LookAs(requested, [](auto& r) { r.clear_holder_reference(); }),
              HasReasonAt(Reason::kFieldMissing, "holder_reference"));
  EXPECT_THAT(LookAs(requested, [](auto& r) { r.set_assurance_level("very high"); }),
              HasReasonAt(Reason::kFieldInvalid, "assurance_level"));
  EXPECT_THAT(LookAs(requested, [](auto& r) { r.set_token("unknown"); }),
              HasReasonAt(Reason::kResourceNotFound, "token"));
  EXPECT_OK(LookAs(requested, [](auto&) {})) << "none of these was a swap";
}

TEST_F(PreviewsTest, TakesNoDecisionThatIsNotTheHoldersToTake) {
  struct Row {
    const char* name;
    std::function<void(v1::DecideAuthorisationRequest&)> change;
    Reason reason;
    const char* place;
    const char* client = kPortal;
  };
  const auto given = [](v1::DecideAuthorisationRequest& r) { return r.mutable_authorisation(); };
  const std::vector<Row> rows = {
      {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
      {"no token", [](auto& r) { r.clear_token(); }, Reason::kFieldMissing, "token"},
      {"unknown token", [](auto& r) { r.set_token(std::string(64, '0')); }, Reason::kResourceNotFound, "token"},
      {"another client's token", [](auto&) {}, Reason::kResourceNotFound, "token", "other portal"},
      {"no decision", [](auto& r) { r.clear_authorisation(); }, Reason::kFieldMissing, "authorisation"},
      {"both decisions", [](auto& r) { r.set_declined(true); }, Reason::kFieldInvalid, "declined"},
      {"no credential", [&](auto& r) { given(r)->clear_credential_ids(); }, Reason::kFieldMissing,
       "authorisation.credential_ids"},
      {"another person's credential", [&](auto& r) { given(r)->add_credential_ids("no-9"); }, Reason::kFieldInvalid,
       "authorisation.credential_ids[1]"},
      {"a digest", [&](auto& r) { given(r)->set_credential_ids(0, absl::StrCat(kDigestPrefix, base::Sha256Hex("x"))); },
       Reason::kFieldInvalid, "authorisation.credential_ids[0]"},
      {"no time", [&](auto& r) { given(r)->clear_valid_until(); }, Reason::kFieldMissing, "authorisation.valid_until"},
      {"no use", [&](auto& r) { given(r)->clear_uses_allowed(); }, Reason::kFieldInvalid, "authorisation.uses_allowed"},
      {"nothing said of the preview", [&](auto& r) { given(r)->clear_approval(); }, Reason::kFieldInvalid,
       "authorisation.approval.preview"},
      {"not seen, though the law requires it",
       [&](auto& r) { given(r)->mutable_approval()->set_preview(v1::PREVIEW_EXEMPT); }, Reason::kFieldInvalid,
       "authorisation.approval.preview"},
  };
  const v1::RequestedAuthorisation requested = Seen();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::DecideAuthorisationRequest request = Approval(requested);
    row.change(request);
    EXPECT_THAT(norway_.previews.Decide(row.client, request), HasReasonAt(row.reason, row.place));
  }
  norway_.reg.available = false;
  EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(requested)), HasReason(Reason::kRegisterUnavailable));
  norway_.reg.available = true;
  EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(Asked())), HasReasonAt(Reason::kFieldInvalid, "token"));
  EXPECT_OK(norway_.previews.Decide(kPortal, Approval(requested))) << "none of these was the end of it";
}

TEST_F(PreviewsTest, ADecisionIsTakenOnce) {
  const v1::RequestedAuthorisation approved = Seen();
  const v1::DecideAuthorisationRequest approval = Approval(approved);
  ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse first, norway_.previews.Decide(kPortal, approval));
  ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse again, norway_.previews.Decide(kPortal, approval));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(approved)), HasReasonAt(Reason::kResourceNotFound, "token"));
  EXPECT_THAT(norway_.previews.Preview(kPortal, PreviewOf(approved)), HasReasonAt(Reason::kResourceNotFound, "token"));

  const v1::RequestedAuthorisation refused = Seen();
  const v1::DecideAuthorisationRequest refusal = Refusal(refused);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse decided, norway_.previews.Decide(kPortal, refusal));
    EXPECT_FALSE(decided.has_authorisation());
  }
  EXPECT_THAT(norway_.previews.Decide(kPortal, Approval(refused)), HasReasonAt(Reason::kResourceNotFound, "token"));
  EXPECT_THAT(norway_.previews.Preview(kPortal, PreviewOf(refused)), HasReasonAt(Reason::kResourceNotFound, "token"));
}

// The law of the receiver decides whether the holder has to look; that nothing goes without the holder's act does not
// depend on it.
TEST_F(PreviewsTest, ALawThatDispensesWithThePreviewLeavesTheDecision) {
  v1::AuthorisationQuery query = Query();
  query.clear_preview_required();
  query.set_preview_law("Act on Higher Education, Article 7");
  ASSERT_OK_AND_ASSIGN(const v1::RequestedAuthorisation requested, Ask(query));
  EXPECT_EQ(Fetch(requested.authorisation_id()).state(), exchange::v1::EXCHANGE_STATE_DECLINED);
  ASSERT_OK_AND_ASSIGN(const v1::PreviewAuthorisationResponse shown,
                       norway_.previews.Preview(kPortal, PreviewOf(requested)));
  EXPECT_FALSE(shown.preview_required());
  EXPECT_EQ(shown.preview_law(), query.preview_law());
  v1::DecideAuthorisationRequest approval = Approval(requested);
  approval.mutable_authorisation()->mutable_approval()->set_preview(v1::PREVIEW_NOT_DONE);
  EXPECT_THAT(norway_.previews.Decide(kPortal, approval),
              HasReasonAt(Reason::kFieldInvalid, "authorisation.approval.preview"));
  approval.mutable_authorisation()->mutable_approval()->set_preview(v1::PREVIEW_EXEMPT);
  approval.mutable_authorisation()->mutable_approval()->set_preview_law("another law");
  ASSERT_OK_AND_ASSIGN(const v1::DecideAuthorisationResponse decided, norway_.previews.Decide(kPortal, approval));
  EXPECT_EQ(decided.authorisation().approval().preview_law(), query.preview_law());
  EXPECT_EQ(Fetch(requested.authorisation_id()).state(), exchange::v1::EXCHANGE_STATE_DELIVERED);
}

// The office's node keeps none of it either: neither what it asked nor what it was refused.
TEST_F(PreviewsTest, WhoAsksKeepsNothingOfTheHolder) {
  v1::AuthorisationQuery query = Query();
  ASSERT_OK(Ask(query));
  query.set_purpose(v1::PURPOSE_EMPLOYMENT);
  EXPECT_THAT(Ask(query), HasReason(Reason::kRequestIdReused));
  EXPECT_EQ(KeptOfNothing(bulgaria_), 0);
  EXPECT_OK(bulgaria_.VerifyLog(network_));
}

TEST_F(PreviewsTest, WhatNobodyDecidedLeavesNothing) {
  const v1::RequestedAuthorisation requested = Asked();
  EXPECT_TRUE(norway_.memory.Holds(kFamilyName));
  EXPECT_EQ(Readable(requested), 1);
  network_.clock.Advance(kRequestLife);
  EXPECT_OK(ForgetRequests(network_.clock.Now(), 10, norway_.store));
  EXPECT_FALSE(norway_.memory.Holds(kFamilyName));
  EXPECT_FALSE(norway_.memory.Holds(TokenOf(requested)));
  EXPECT_EQ(Readable(requested), 0);
}

TEST_F(PreviewsTest, FindsTheHoldersCredentialsOnEveryPageOfTheRegister) {
  for (int i = 0; i < 450; ++i) norway_.reg.Issue(absl::StrCat("old-", 100 + i), "x", kHolder);
  v1::DecideAuthorisationRequest approval = Approval(Seen());
  approval.mutable_authorisation()->add_credential_ids("old-549");
  EXPECT_OK(norway_.previews.Decide(kPortal, approval));
}

}  // namespace
}  // namespace passerelle::sharing
