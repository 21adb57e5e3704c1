#include "core/sharing/authorisations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/sharing/authorisation_uses.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::sharing {
namespace {

using base::Reason;
using base::ToProto;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AuthorisationsTest : public ::testing::Test {
 protected:
  v1::CreateAuthorisationRequest Request() {
    v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    v1::Authorisation* authorisation = request.mutable_authorisation();
    authorisation->set_holder_pseudonym("holder-41");
    authorisation->set_receiver("BG");
    authorisation->set_purpose(v1::PURPOSE_RECOGNITION);
    authorisation->add_credential_ids("no-2029-0007");
    *authorisation->mutable_valid_until() = ToProto(clock_.Now() + absl::Hours(1));
    authorisation->set_uses_allowed(1);
    return request;
  }

  // A wish that is changed, and what is wrong with it then.
  struct Fault {
    const char* name;
    std::function<void(v1::CreateAuthorisationRequest&)> change;
    Reason reason;
    const char* place;
  };
  void ExpectRefused(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
      SCOPED_TRACE(fault.name);
      v1::CreateAuthorisationRequest request = Request();
      fault.change(request);
      EXPECT_THAT(authorisations_.Create("client", request), HasReasonAt(fault.reason, fault.place));
      request.set_validate_only(true);
      EXPECT_THAT(authorisations_.Create("client", request), HasReasonAt(fault.reason, fault.place));
    }
  }

  absl::StatusOr<v1::Authorisation> Use(absl::string_view id, absl::string_view receiver, v1::Purpose purpose,
                                        bool consume) {
    absl::StatusOr<v1::Authorisation> result;
    const absl::Status status = store_.Write([&](base::Transaction& tx) -> absl::Status {
      result = authorisations_.Use(tx, id, {std::string(receiver), purpose, "message-9"}, consume);
      return result.status();
    });
    return status.ok() ? result : status;
  }

  absl::StatusOr<v1::Authorisation> Withdraw(const std::string& id, const std::string& etag = "") {
    v1::WithdrawAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_id(id);
    request.set_etag(etag);
    return authorisations_.Withdraw("client", request);
  }

  absl::StatusOr<int> File(int limit = 10) {
    int filed = 0;
    RETURN_IF_ERROR(store_.Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(filed, Authorisations::FileEnded(clock_.Now(), limit, tx));
      return absl::OkStatus();
    }));
    return filed;
  }

  std::vector<std::string> EndedUntil(absl::Time time) {
    std::vector<std::string> ids;
    EXPECT_OK(store_.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(ids, Authorisations::EndedUntil(time, 10, tx));
      return absl::OkStatus();
    }));
    return ids;
  }

  passerelle::testing::MemoryStore memory_;
  passerelle::testing::FaultyStore store_{memory_};
  passerelle::testing::FakeClock clock_;
  passerelle::testing::FakeRandom random_;
  Authorisations authorisations_{{&store_, &clock_, &random_}};
};

TEST_F(AuthorisationsTest, RecordsWhatTheHolderGaveAndSetsTheRest) {
  v1::CreateAuthorisationRequest request = Request();
  request.mutable_authorisation()->set_id("chosen by the client");
  request.mutable_authorisation()->set_uses_made(7);
  request.mutable_authorisation()->set_state(v1::AUTHORISATION_STATE_USED);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
  EXPECT_TRUE(base::IsUuid(created.id()));
  EXPECT_EQ(created.uses_made(), 0);
  EXPECT_EQ(created.state(), v1::AUTHORISATION_STATE_ACTIVE);
  EXPECT_EQ(created.valid_from().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_NE(created.etag(), "");
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation read, authorisations_.Get("client", created.id()));
  EXPECT_EQ(read.SerializeAsString(), created.SerializeAsString());
  EXPECT_THAT(authorisations_.Get("client", base::NewUuid(random_)), HasReason(Reason::kResourceNotFound));
  EXPECT_THAT(authorisations_.Get("client", ""), HasReason(Reason::kFieldMissing));
}

TEST_F(AuthorisationsTest, RecordsWhatIsDisclosedToWhomAndHowItWasApproved) {
  v1::CreateAuthorisationRequest request = Request();
  v1::Authorisation& wished = *request.mutable_authorisation();
  for (const char* id : {"A1-M02", "A1-M03", "A1-M04", "A1-M08"}) wished.add_elements(id);
  wished.add_elements_requested("A1-M08");
  wished.mutable_receiver_statement()->set_legal_basis("Higher Education Act, article 10");
  wished.mutable_receiver_statement()->set_country("BG");
  wished.mutable_approval()->set_assurance_level("substantial");
  wished.mutable_approval()->set_text_language("nb");
  wished.mutable_approval()->set_text_sha256(base::Sha256Hex("Jeg deler nivået."));
  wished.mutable_approval()->set_preview(v1::PREVIEW_DONE);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
  EXPECT_THAT(created.elements(), ElementsAre("A1-M02", "A1-M03", "A1-M04", "A1-M08"));
  EXPECT_THAT(created.elements_requested(), ElementsAre("A1-M08"));
  EXPECT_EQ(created.receiver_statement().SerializeAsString(), wished.receiver_statement().SerializeAsString());
  EXPECT_EQ(created.approval().SerializeAsString(), wished.approval().SerializeAsString());
}

TEST_F(AuthorisationsTest, RefusesWhatCannotBeUsedAndNamesTheField) {
  const auto wish = [](v1::CreateAuthorisationRequest& r) { return r.mutable_authorisation(); };
  const std::vector<Fault> faults = {
      {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
      {"request id", [](auto& r) { r.set_request_id("17"); }, Reason::kFieldInvalid, "request_id"},
      {"no authorisation", [](auto& r) { r.clear_authorisation(); }, Reason::kFieldMissing, "authorisation.receiver"},
      {"no receiver", [&](auto& r) { wish(r)->clear_receiver(); }, Reason::kFieldMissing, "authorisation.receiver"},
      {"long receiver", [&](auto& r) { wish(r)->set_receiver(std::string(base::kIdBytesMax + 1, 'x')); },
       Reason::kFieldInvalid, "authorisation.receiver"},
      {"long pseudonym", [&](auto& r) { wish(r)->set_holder_pseudonym(std::string(base::kIdBytesMax + 1, 'x')); },
       Reason::kFieldInvalid, "authorisation.holder_pseudonym"},
      {"no purpose", [&](auto& r) { wish(r)->clear_purpose(); }, Reason::kFieldMissing, "authorisation.purpose"},
      {"purpose", [&](auto& r) { wish(r)->set_purpose(static_cast<v1::Purpose>(99)); }, Reason::kFieldInvalid,
       "authorisation.purpose"},
      {"no credentials", [&](auto& r) { wish(r)->clear_credential_ids(); }, Reason::kFieldMissing,
       "authorisation.credential_ids"},
      {"too many credentials",
       [&](auto& r) {
         for (int i = 0; i < base::kAuthorisationCredentialsMax; ++i) wish(r)->add_credential_ids(std::to_string(i));
       },
       Reason::kFieldInvalid, "authorisation.credential_ids"},
      {"empty credential", [&](auto& r) { wish(r)->add_credential_ids(""); }, Reason::kFieldMissing,
       "authorisation.credential_ids[1]"},
      {"credential twice", [&](auto& r) { wish(r)->add_credential_ids("no-2029-0007"); }, Reason::kFieldInvalid,
       "authorisation.credential_ids[1]"},
      {"digest", [&](auto& r) { wish(r)->add_credential_ids("sha256:ABC"); }, Reason::kFieldInvalid,
       "authorisation.credential_ids[1]"},
      {"no end", [&](auto& r) { wish(r)->clear_valid_until(); }, Reason::kFieldMissing, "authorisation.valid_until"},
      {"end is no time", [&](auto& r) { wish(r)->mutable_valid_until()->set_nanos(-1); }, Reason::kFieldInvalid,
       "authorisation.valid_until"},
      {"begin is no time", [&](auto& r) { wish(r)->mutable_valid_from()->set_nanos(-1); }, Reason::kFieldInvalid,
       "authorisation.valid_from"},
      {"ends as it begins", [&](auto& r) { *wish(r)->mutable_valid_from() = wish(r)->valid_until(); },
       Reason::kFieldInvalid, "authorisation.valid_until"},
      {"over already",
       [&](auto& r) {
         *wish(r)->mutable_valid_from() = ToProto(absl::UnixEpoch());
         *wish(r)->mutable_valid_until() = ToProto(clock_.Now());
       },
       Reason::kFieldInvalid, "authorisation.valid_until"},
      {"no uses", [&](auto& r) { wish(r)->clear_uses_allowed(); }, Reason::kFieldInvalid, "authorisation.uses_allowed"},
  };
  ExpectRefused(faults);
}

TEST_F(AuthorisationsTest, RefusesElementsStatementsAndApprovalsThatAreNone) {
  const auto wish = [](v1::CreateAuthorisationRequest& r) { return r.mutable_authorisation(); };
  const std::vector<Fault> faults = {
      {"element", [&](auto& r) { wish(r)->add_elements("A1-M12"); }, Reason::kFieldInvalid,
       "authorisation.elements[0]"},
      {"no title", [&](auto& r) { wish(r)->add_elements("A1-M05"); }, Reason::kFieldInvalid, "authorisation.elements"},
      {"element twice",
       [&](auto& r) {
         for (const char* id : {"A1-M02", "A1-M03", "A1-M04", "A1-M03"}) wish(r)->add_elements(id);
       },
       Reason::kFieldInvalid, "authorisation.elements[3]"},
      {"supervision without a grade",
       [&](auto& r) {
         for (const char* id : {"A1-M02", "A1-M03", "A1-M04", "A1-O02"}) wish(r)->add_elements(id);
       },
       Reason::kFieldInvalid, "authorisation.elements"},
      {"element that was asked for", [&](auto& r) { wish(r)->add_elements_requested("name"); }, Reason::kFieldInvalid,
       "authorisation.elements_requested[0]"},
      {"long legal basis",
       [&](auto& r) {
         wish(r)->mutable_receiver_statement()->set_legal_basis(std::string(base::kIdBytesMax + 1, 'x'));
       },
       Reason::kFieldInvalid, "authorisation.receiver_statement.legal_basis"},
      {"country", [&](auto& r) { wish(r)->mutable_receiver_statement()->set_country("BGR"); }, Reason::kFieldInvalid,
       "authorisation.receiver_statement.country"},
      {"level of assurance", [&](auto& r) { wish(r)->mutable_approval()->set_assurance_level("LoA3"); },
       Reason::kFieldInvalid, "authorisation.approval.assurance_level"},
      {"language of the text", [&](auto& r) { wish(r)->mutable_approval()->set_text_language("norsk"); },
       Reason::kFieldInvalid, "authorisation.approval.text_language"},
      {"digest of the text", [&](auto& r) { wish(r)->mutable_approval()->set_text_sha256("AB"); },
       Reason::kFieldInvalid, "authorisation.approval.text_sha256"},
      {"preview", [&](auto& r) { wish(r)->mutable_approval()->set_preview(static_cast<v1::Preview>(9)); },
       Reason::kFieldInvalid, "authorisation.approval.preview"},
      {"dispensed with by no law", [&](auto& r) { wish(r)->mutable_approval()->set_preview(v1::PREVIEW_EXEMPT); },
       Reason::kFieldInvalid, "authorisation.approval.preview_law"},
      {"a law for nothing", [&](auto& r) { wish(r)->mutable_approval()->set_preview_law("Act 12/2027, section 4"); },
       Reason::kFieldInvalid, "authorisation.approval.preview_law"},
  };
  ExpectRefused(faults);
}

TEST_F(AuthorisationsTest, TheSameRequestRecordsOneAuthorisation) {
  const v1::CreateAuthorisationRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation first, authorisations_.Create("client", request));
  clock_.Advance(absl::Hours(2));  // a retry is answered even when the authorisation is over by then
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation second, authorisations_.Create("client", request));
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(second.state(), v1::AUTHORISATION_STATE_EXPIRED);
  v1::CreateAuthorisationRequest other = request;
  other.mutable_authorisation()->set_receiver("IT");
  EXPECT_THAT(authorisations_.Create("client", other), HasReason(Reason::kRequestIdReused));
}

TEST_F(AuthorisationsTest, ValidateOnlyRecordsNothing) {
  v1::CreateAuthorisationRequest request = Request();
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation checked, authorisations_.Create("client", request));
  EXPECT_EQ(checked.id(), "");
  request.set_validate_only(false);
  EXPECT_OK(authorisations_.Create("client", request));  // the request id is not used up
}

TEST_F(AuthorisationsTest, AFailedStoreLeavesNothingAndTheRetrySucceeds) {
  const v1::CreateAuthorisationRequest request = Request();
  store_.FailWrite(0, passerelle::testing::FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(authorisations_.Create("client", request), HasReason(Reason::kStoreUnavailable));
  store_.FailWrite(0, passerelle::testing::FaultyStore::Fault::kAfterCommit);
  EXPECT_THAT(authorisations_.Create("client", request), HasReason(Reason::kStoreUnavailable));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation first, authorisations_.Create("client", request));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation second, authorisations_.Create("client", request));
  EXPECT_EQ(first.id(), second.id());
}

TEST_F(AuthorisationsTest, CoversItsReceiverAndPurposeOnly) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  EXPECT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, false));
  const absl::Status wrong_receiver = Use(created.id(), "IT", v1::PURPOSE_RECOGNITION, false).status();
  const absl::Status wrong_purpose = Use(created.id(), "BG", v1::PURPOSE_EMPLOYMENT, false).status();
  const absl::Status unknown = Use(base::NewUuid(random_), "BG", v1::PURPOSE_RECOGNITION, false).status();
  EXPECT_THAT(wrong_receiver, HasReason(Reason::kAuthorisationInvalid));
  // Which of the reasons it was cannot be told.
  EXPECT_EQ(wrong_receiver, wrong_purpose);
  EXPECT_EQ(wrong_receiver, unknown);
  EXPECT_THAT(Use(created.id(), "BG", v1::PURPOSE_UNSPECIFIED, false), HasReason(Reason::kAuthorisationInvalid));
}

TEST_F(AuthorisationsTest, IsUsedUp) {
  v1::CreateAuthorisationRequest request = Request();
  request.mutable_authorisation()->set_uses_allowed(2);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation looked, Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, false));
  EXPECT_EQ(looked.etag(), created.etag());
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation first, Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, true));
  EXPECT_EQ(first.uses_made(), 1);
  EXPECT_NE(first.etag(), created.etag());
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation second, Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, true));
  EXPECT_EQ(second.state(), v1::AUTHORISATION_STATE_USED);
  EXPECT_THAT(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, true), HasReason(Reason::kAuthorisationInvalid));
}

TEST_F(AuthorisationsTest, HoldsFromItsBeginToItsEnd) {
  v1::CreateAuthorisationRequest request = Request();
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now())) + absl::Minutes(10);
  *request.mutable_authorisation()->mutable_valid_from() = ToProto(from);
  *request.mutable_authorisation()->mutable_valid_until() = ToProto(from + absl::Minutes(10));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
  struct Row {
    absl::Time now;
    bool covered;
  };
  for (const Row& row :
       {Row{from - absl::Microseconds(1), false}, Row{from, true},
        Row{from + absl::Minutes(10) - absl::Seconds(1), true}, Row{from + absl::Minutes(10), false}}) {
    clock_.Set(row.now);
    EXPECT_EQ(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, false).ok(), row.covered) << row.now;
  }
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation read, authorisations_.Get("client", created.id()));
  EXPECT_EQ(read.state(), v1::AUTHORISATION_STATE_EXPIRED);
}

TEST_F(AuthorisationsTest, CannotBeUsedOnceItIsWithdrawn) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  EXPECT_THAT(Withdraw(created.id(), "another"), HasReason(Reason::kEtagMismatch));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation withdrawn, Withdraw(created.id(), created.etag()));
  EXPECT_EQ(withdrawn.state(), v1::AUTHORISATION_STATE_WITHDRAWN);
  EXPECT_NE(withdrawn.etag(), created.etag());
  EXPECT_THAT(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, true), HasReason(Reason::kAuthorisationInvalid));
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation again, Withdraw(created.id()));
  EXPECT_EQ(again.withdraw_time().seconds(), withdrawn.withdraw_time().seconds());
  EXPECT_THAT(Withdraw(base::NewUuid(random_)), HasReason(Reason::kResourceNotFound));
  EXPECT_THAT(Withdraw(""), HasReason(Reason::kFieldMissing));
}

TEST_F(AuthorisationsTest, IsThereForTheClientThatRecordedItOnly) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  const absl::Status absent = authorisations_.Get("client", base::NewUuid(random_)).status();
  v1::WithdrawAuthorisationRequest withdraw;
  withdraw.set_request_id(base::NewUuid(random_));
  withdraw.set_id(created.id());
  // Also where a client's name begins, or is written, like another's.
  for (const char* stranger : {"other", "clien", "client2", "Client", ""}) {
    SCOPED_TRACE(stranger);
    // What is another's cannot be told from what was never there.
    EXPECT_EQ(authorisations_.Get(stranger, created.id()).status(), absent);
    EXPECT_EQ(authorisations_.Withdraw(stranger, withdraw).status(), absent);
    withdraw.set_etag(created.etag());
    EXPECT_EQ(authorisations_.Withdraw(stranger, withdraw).status(), absent);
  }
  EXPECT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, true));
  // Using it up has not made it anybody else's.
  EXPECT_EQ(authorisations_.Get("other", created.id()).status(), absent);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation used, authorisations_.Get("client", created.id()));
  EXPECT_EQ(used.uses_made(), 1);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation withdrawn, Withdraw(created.id()));
  EXPECT_EQ(authorisations_.Get("other", created.id()).status(), absent);
  EXPECT_TRUE(withdrawn.has_withdraw_time());
}

// For the holder, who is told what the others are not.
TEST_F(AuthorisationsTest, TheHolderSeesWhoAskedAndWhatBecameOfIt) {
  v1::CreateAuthorisationRequest request = Request();
  request.mutable_authorisation()->set_uses_allowed(2);
  *request.mutable_authorisation()->mutable_valid_from() = ToProto(clock_.Now() + absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
  const auto refused = [&](const std::string& node, v1::Purpose purpose) {
    EXPECT_OK(store_.Write([&](base::Transaction& tx) {
      return authorisations_.NoteRefused(tx, created.id(), {node, purpose, "message-1"});
    }));
    return authorisations_.ListUses("client", created.id()).value().refused(0);
  };
  EXPECT_EQ(refused("BG", v1::PURPOSE_RECOGNITION).outcome(), v1::USE_OUTCOME_NOT_BEGUN);
  clock_.Advance(absl::Minutes(2));
  EXPECT_EQ(refused("IT", v1::PURPOSE_RECOGNITION).outcome(), v1::USE_OUTCOME_OTHER_RECEIVER);
  EXPECT_EQ(refused("BG", v1::PURPOSE_EMPLOYMENT).outcome(), v1::USE_OUTCOME_OTHER_PURPOSE);
  EXPECT_EQ(refused("BG", v1::PURPOSE_RECOGNITION).outcome(), v1::USE_OUTCOME_NOT_AVAILABLE);
  ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/false));
  EXPECT_EQ(authorisations_.ListUses("client", created.id()).value().handed_over_count(), 0u);
  ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/true));
  ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/true));
  EXPECT_EQ(refused("BG", v1::PURPOSE_RECOGNITION).outcome(), v1::USE_OUTCOME_USED_UP);
  ASSERT_OK(Withdraw(created.id()));
  EXPECT_EQ(refused("BG", v1::PURPOSE_RECOGNITION).outcome(), v1::USE_OUTCOME_WITHDRAWN);

  ASSERT_OK_AND_ASSIGN(const v1::ListUsesResponse uses, authorisations_.ListUses("client", created.id()));
  EXPECT_EQ(uses.handed_over_count(), 2u);
  EXPECT_EQ(uses.refused_count(), 6u);
  ASSERT_EQ(uses.handed_over_size(), 2);
  EXPECT_EQ(uses.handed_over(0).node(), "BG");
  EXPECT_EQ(uses.handed_over(0).purpose(), v1::PURPOSE_RECOGNITION);
  EXPECT_EQ(uses.handed_over(0).message_id(), "message-9");
  EXPECT_EQ(uses.handed_over(0).time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(uses.refused(5).outcome(), v1::USE_OUTCOME_NOT_BEGUN);

  EXPECT_THAT(authorisations_.ListUses("another client", created.id()),
              HasReasonAt(Reason::kResourceNotFound, "authorisation_id"));
  EXPECT_THAT(authorisations_.ListUses("client", ""), HasReasonAt(Reason::kFieldMissing, "authorisation_id"));
}

TEST_F(AuthorisationsTest, AnAttemptAfterTheEndIsNotedAsSuch) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  clock_.Advance(absl::Hours(2));
  ASSERT_OK(store_.Write([&](base::Transaction& tx) {
    return authorisations_.NoteRefused(tx, created.id(), {"BG", v1::PURPOSE_RECOGNITION});
  }));
  EXPECT_EQ(authorisations_.ListUses("client", created.id()).value().refused(0).outcome(), v1::USE_OUTCOME_EXPIRED);
}

// Whoever asks again and again fills one entry, and pushes nothing out.
TEST_F(AuthorisationsTest, AttemptsAreListedOnceAndAllAreCounted) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/true));
  const auto refuse = [&](const std::string& node, const std::string& message) {
    ASSERT_OK(store_.Write([&](base::Transaction& tx) {
      return authorisations_.NoteRefused(tx, created.id(), {node, v1::PURPOSE_RECOGNITION, message});
    }));
  };
  refuse("NL", "message-0");
  for (int i = 1; i <= 250; ++i) refuse("IT", "message-" + std::to_string(i));
  v1::ListUsesResponse uses = authorisations_.ListUses("client", created.id()).value();
  ASSERT_EQ(uses.refused_size(), 2);
  EXPECT_EQ(uses.refused(0).node(), "IT");
  EXPECT_EQ(uses.refused(0).count(), 250u);
  EXPECT_EQ(uses.refused(0).message_id(), "message-250");
  EXPECT_EQ(uses.refused(1).node(), "NL");
  EXPECT_EQ(uses.refused_count(), 251u);
  for (int i = 0; i < base::kAuthorisationUsesListed; ++i) refuse("node-" + std::to_string(i), "message-1");
  uses = authorisations_.ListUses("client", created.id()).value();
  EXPECT_EQ(uses.handed_over_size(), 1);
  EXPECT_EQ(uses.refused_size(), base::kAuthorisationUsesListed);
  EXPECT_EQ(uses.refused_count(), 251u + base::kAuthorisationUsesListed);
}

// A program that knows nothing of elements and works on the same store finds nobody to whom to hand the document.
TEST_F(AuthorisationsTest, OneOfElementsIsForNobodyWhereElementsAreNotKnown) {
  for (const bool of_elements : {false, true}) {
    v1::CreateAuthorisationRequest request = Request();
    if (of_elements) {
      for (const char* id : {"A1-M02", "A1-M03", "A1-M04"}) request.mutable_authorisation()->add_elements(id);
    }
    ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", request));
    EXPECT_EQ(created.receiver(), "BG");
    v1::Authorisation stored;
    ASSERT_OK(store_.Read([&](base::Transaction& tx) -> absl::Status {
      stored.ParseFromString(tx.Get(base::Table::kAuthorisation, created.id()).value()->value);
      return absl::OkStatus();
    }));
    EXPECT_EQ(stored.receiver() == "BG", !of_elements);
    ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/true));
    EXPECT_EQ(authorisations_.Get("client", created.id()).value().receiver(), "BG");
  }
}

TEST_F(AuthorisationsTest, NothingIsNotedOfWhatIsNotThereAndNothingIsLeftOfWhatIsErased) {
  const std::string unknown = base::NewUuid(random_);
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  ASSERT_OK(Use(created.id(), "BG", v1::PURPOSE_RECOGNITION, /*consume=*/true));
  ASSERT_OK(store_.Write([&](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(authorisations_.NoteRefused(tx, unknown, {"BG", v1::PURPOSE_RECOGNITION}));
    EXPECT_EQ(ReadUses(unknown, tx).value().refused_count(), 0u);
    EXPECT_EQ(ReadUses(created.id(), tx).value().handed_over_count(), 1u);
    RETURN_IF_ERROR(Authorisations::Erase(created.id(), tx));
    EXPECT_EQ(ReadUses(created.id(), tx).value().handed_over_count(), 0u);
    return absl::OkStatus();
  }));
}

TEST_F(AuthorisationsTest, ThoseThatEndedAreFiledInTheOrderOfTheirEnds) {
  v1::CreateAuthorisationRequest longer = Request();
  *longer.mutable_authorisation()->mutable_valid_until() = ToProto(clock_.Now() + absl::Hours(2));
  const std::string second = authorisations_.Create("client", longer)->id();
  const std::string first = authorisations_.Create("client", Request())->id();
  EXPECT_THAT(File(), IsOkAndHolds(0)) << "none has ended";
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(File(1), IsOkAndHolds(1));
  EXPECT_THAT(EndedUntil(clock_.Now()), ElementsAre(first));
  EXPECT_THAT(File(), IsOkAndHolds(1));
  EXPECT_THAT(File(), IsOkAndHolds(0)) << "what is filed is due no longer";
  EXPECT_THAT(EndedUntil(clock_.Now()), ElementsAre(first, second));
  EXPECT_THAT(EndedUntil(clock_.Now() - absl::Hours(1)), ElementsAre(first));
  EXPECT_THAT(EndedUntil(clock_.Now() - absl::Hours(2)), IsEmpty());
  EXPECT_EQ(authorisations_.Get("client", first)->state(), v1::AUTHORISATION_STATE_EXPIRED);
  ASSERT_OK(store_.Write([&](base::Transaction& tx) { return Authorisations::Erase(first, tx); }));
  EXPECT_THAT(EndedUntil(clock_.Now()), ElementsAre(second));
}

TEST_F(AuthorisationsTest, OneThatIsWithdrawnAfterItsEndEndsThen) {
  const std::string id = authorisations_.Create("client", Request())->id();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(File(), IsOkAndHolds(1));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(Withdraw(id).status());
  EXPECT_THAT(EndedUntil(clock_.Now()), IsEmpty());
  EXPECT_THAT(File(), IsOkAndHolds(1));
  EXPECT_THAT(EndedUntil(clock_.Now() - absl::Seconds(1)), IsEmpty());
  EXPECT_THAT(EndedUntil(clock_.Now()), ElementsAre(id));
}

TEST_F(AuthorisationsTest, OtherRecordsOfTheTableAreNotFiled) {
  const base::Record other = {.key = "presentation/1", .value = "x", .group = "presentation/over", .due = clock_.Now()};
  ASSERT_OK(store_.Write([&](base::Transaction& tx) { return tx.Insert(base::Table::kAuthorisation, other); }));
  EXPECT_THAT(File(), IsOkAndHolds(0));
  EXPECT_THAT(EndedUntil(clock_.Now()), IsEmpty());
}

TEST_F(AuthorisationsTest, OneFromBeforeClientsWereKeptCanBeWithdrawnByEvery) {
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation created, authorisations_.Create("client", Request()));
  EXPECT_OK(store_.Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<base::Record> record, tx.Get(base::Table::kAuthorisation, created.id()));
    record->group.clear();
    return tx.Update(base::Table::kAuthorisation, *record);
  }));
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation read, authorisations_.Get("other", created.id()));
  EXPECT_EQ(read.etag(), created.etag());
  v1::WithdrawAuthorisationRequest withdraw;
  withdraw.set_request_id(base::NewUuid(random_));
  withdraw.set_id(created.id());
  ASSERT_OK_AND_ASSIGN(const v1::Authorisation withdrawn, authorisations_.Withdraw("other", withdraw));
  EXPECT_EQ(withdrawn.state(), v1::AUTHORISATION_STATE_WITHDRAWN);
}

}  // namespace
}  // namespace passerelle::sharing
