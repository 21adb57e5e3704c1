#include <functional>
#include <vector>

#include "absl/strings/match.h"
#include "core/base/digest.h"
#include "core/exchange/exchanges.h"
#include "core/proof/jades/jades.h"
#include "tests/support/test_authority.h"
#include "tests/unit/core/exchange/exchange_fixture.h"

namespace passerelle::exchange {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

class CredentialQueryTest : public ExchangeFixture {
 protected:
  void Withdraw() {
    sharing::v1::WithdrawAuthorisationRequest request;
    request.set_request_id(NewId());
    request.set_id(authorisation_.id());
    ASSERT_OK(norway_.authorisations.Withdraw("holder's portal", request));
  }

  // The question of BG for what was authorised, as a handler gets it.
  relay::Opened Query() const {
    v1::CredentialQuery query;
    query.set_authorisation_id(authorisation_.id());
    query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    relay::Opened message;
    message.header.sender = "BG";
    message.body = query.SerializeAsString();
    return message;
  }

  // Authorises anew, with a change.
  void Reauthorise(const std::function<void(sharing::v1::Authorisation&)>& change) {
    change(authorisation_);
    authorisation_ = Authorise(authorisation_);
  }
};

TEST_F(CredentialQueryTest, NoReasonForAbsenceCanBeToldFromAnother) {
  struct Row {
    const char* name;
    std::function<void()> arrange;
    std::function<void(v1::CreateExchangeRequest&)> change = [](v1::CreateExchangeRequest&) {};
  };
  const std::vector<Row> rows = {
      {"unknown authorisation", [] {}, [this](auto& r) { r.set_authorisation_id(NewId()); }},
      {"another purpose", [] {}, [](auto& r) { r.set_purpose(sharing::v1::PURPOSE_EMPLOYMENT); }},
      {"another receiver", [this] { Reauthorise([](auto& a) { a.set_receiver("IT"); }); }},
      {"withdrawn", [this] { Withdraw(); }},
      {"withdrawn while the register is asked", [this] { norway_.reg.before_look_up = [this] { Withdraw(); }; }},
      {"over", [this] { network_.clock.Advance(base::kExchangeLifeMax + absl::Seconds(1)); }},
      {"not begun",
       [this] {
         const absl::Time begin = network_.clock.Now() + absl::Hours(1);
         Reauthorise([begin](auto& a) { *a.mutable_valid_from() = base::ToProto(begin); });
       }},
      {"used up", [this] { ASSERT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DELIVERED); }},
      {"no such entry", [this] { Reauthorise([](auto& a) { a.set_credential_ids(0, "no-8"); }); }},
      {"one of two is no entry", [this] { Reauthorise([](auto& a) { a.add_credential_ids("no-8"); }); }},
      {"named by digest",
       [this] { Reauthorise([](auto& a) { a.set_credential_ids(0, "sha256:" + base::Sha256Hex("x")); }); }},
      {"revoked entry", [this] { norway_.reg.Revoke("no-7", network_.clock.Now()); }},
  };
  std::string first_refusal;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    norway_.reg = passerelle::testing::FakeRegister(&network_.clock);
    norway_.reg.Issue("no-7", passerelle::testing::NoteDocument());
    Reauthorise([](auto& a) {
      a.set_receiver("BG");
      a.clear_credential_ids();
      a.add_credential_ids("no-7");
      a.clear_valid_from();
      a.clear_valid_until();
    });
    row.arrange();
    v1::CreateExchangeRequest request = Request();
    row.change(request);
    const v1::Exchange exchange = Ask(request);
    EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_DECLINED);
    EXPECT_EQ(exchange.problem().reason(), "NOT_AVAILABLE");
    EXPECT_EQ(exchange.problem().place(), "");
    EXPECT_TRUE(exchange.documents().empty());
    if (first_refusal.empty()) first_refusal = exchange.answer().body();
    EXPECT_EQ(exchange.answer().body(), first_refusal);
  }
}

TEST_F(CredentialQueryTest, ANodeWithoutRegisterHasNothingToShare) {
  CredentialQueryHandler handler(
      {nullptr, &norway_.authorisations, &network_.formats, &norway_.store, &network_.clock});
  EXPECT_THAT(handler.Prepare(Query()), HasReasonAt(Reason::kNotAvailable, ""));
}

// The original goes all the same, so that the receiver can read it; the translation does not pass for the whole.
TEST_F(CredentialQueryTest, ATranslationThatLosesWhatTheNodeRefusesToLoseIsNotDelivered) {
  for (const bool refused : {false, true}) {
    CredentialQueryHandler handler(
        CredentialQueryHandler::Options{.reg = &norway_.reg,
                                        .authorisations = &norway_.authorisations,
                                        .adapters = &network_.formats,
                                        .store = &norway_.store,
                                        .clock = &network_.clock,
                                        .refuse_loss = {"A1-M08", refused ? "A1-M09" : "A1-M07"}});
    ASSERT_OK_AND_ASSIGN(const std::string body, handler.Prepare(Query()));
    v1::CredentialDelivery delivery;
    ASSERT_TRUE(delivery.ParseFromString(body));
    const v1::DeliveredDocument& delivered = delivery.documents(0);
    EXPECT_EQ(delivered.document().content(), passerelle::testing::NoteDocument());
    EXPECT_EQ(delivered.translation().content().empty(), refused);
    if (!refused) continue;
    EXPECT_EQ(delivered.translation().report().diagnostics(0).rule(), "LOSS_REFUSED");
    EXPECT_EQ(delivered.translation().report().diagnostics(0).place(), "A1-M09");
  }
}

TEST_F(CredentialQueryTest, WaitsForARegisterThatCannotBeAsked) {
  norway_.reg.available = false;
  v1::Exchange exchange = Ask(Request());
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_PENDING);
  EXPECT_EQ(exchange.problem().reason(), "REGISTER_UNAVAILABLE");
  norway_.reg.available = true;
  network_.RunFor(absl::Minutes(1));
  EXPECT_EQ(Get(exchange.id()).state(), v1::EXCHANGE_STATE_DELIVERED);
}

TEST_F(CredentialQueryTest, GivesUpWhenTheRegisterStaysAway) {
  norway_.reg.available = false;
  v1::CreateExchangeRequest request = Request();
  request.mutable_time_limit()->set_seconds(120);
  const std::string id = Ask(request).id();
  network_.RunFor(absl::Minutes(3));
  EXPECT_EQ(Get(id).state(), v1::EXCHANGE_STATE_EXPIRED);
  EXPECT_EQ(norway_.authorisations.Get("holder's portal", authorisation_.id()).value().uses_made(), 0);
}

TEST_F(CredentialQueryTest, ADocumentThatCannotBeTranslatedIsDeliveredWithTheReason) {
  norway_.reg.Issue("no-7", "NOTE {\"type\":");
  const v1::Exchange exchange = Ask(Request());
  ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
  const v1::DeliveredDocument& delivered = exchange.documents(0);
  EXPECT_EQ(delivered.document().content(), "NOTE {\"type\":");
  EXPECT_EQ(delivered.translation().content(), "");
  ASSERT_EQ(delivered.translation().report().diagnostics_size(), 1);
  EXPECT_EQ(delivered.translation().report().diagnostics(0).rule(), "JSON_MALFORMED");
  EXPECT_EQ(delivered.translation().report().diagnostics(0).severity(), document::v1::SEVERITY_ERROR);
}

// What the handler of a node with seals delivers.
class SealedDeliveryTest : public CredentialQueryTest {
 protected:
  document::v1::Translation Delivered(const proof::Sealers& sealers) {
    CredentialQueryHandler handler(
        {&norway_.reg, &norway_.authorisations, &network_.formats, &norway_.store, &network_.clock, &sealers});
    v1::CredentialQuery query;
    query.set_authorisation_id(authorisation_.id());
    query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    relay::Opened message;
    message.header.sender = "BG";
    message.body = query.SerializeAsString();
    EXPECT_TRUE(delivery_.ParseFromString(handler.Prepare(message).value()));
    const document::v1::Translation translation = delivery_.documents(0).translation();
    EXPECT_EQ(translation.sha256(), base::Sha256Hex(translation.content()));
    return translation;
  }

  proof::Sealers SealersOfToday() {
    passerelle::testing::CertificateWish wish = passerelle::testing::SealWish();
    wish.to = network_.clock.Now() + absl::Hours(24);
    return SealersWith(passerelle::testing::TestIdentity(proof::KeyAlgorithm::kEs256, wish));
  }

  // Authorises title, awarding body with its country, and level of a document.
  void DiscloseLevel(const std::string& original) {
    norway_.reg.Issue("no-7", original);
    sharing::v1::Authorisation wished = authorisation_;
    wished.clear_valid_from();
    wished.clear_elements();
    for (const char* id : {"A1-M02", "A1-M03", "A1-M04", "A1-M08"}) wished.add_elements(id);
    authorisation_ = Authorise(wished);
  }

  v1::CredentialDelivery delivery_;  // the last

  static proof::Sealers SealersWith(const passerelle::testing::TestIdentity& seal) {
    proof::Sealers sealers;
    sealers.Add(*proof::Sealer::Make(seal.KeyPem(), seal.CertificatePem()), absl::InfinitePast());
    return sealers;
  }
};

TEST_F(SealedDeliveryTest, TheTranslationIsUnderTheSealOfTheNode) {
  passerelle::testing::CertificateWish wish = passerelle::testing::SealWish();
  wish.to = network_.clock.Now() + absl::Hours(24);
  const passerelle::testing::TestIdentity seal(proof::KeyAlgorithm::kEs256, wish);
  const document::v1::Translation translation = Delivered(SealersWith(seal));
  proof::JadesTrust trust;
  trust.seals.Add(seal.certificate());
  const proof::JadesVerdict verdict = proof::VerifyJades(translation.content(), trust, network_.clock.Now());
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_TRUE(verdict.signatures[0].trusted);
  EXPECT_THAT(verdict.payload, ::testing::HasSubstr("Water quality in small supplies"));
  EXPECT_THAT(verdict.payload, ::testing::HasSubstr("Seal of the School of Example"));
  std::string changed = translation.content();
  changed[changed.find("Water quality")] = 'w';
  EXPECT_FALSE(proof::VerifyJades(changed, trust, network_.clock.Now()).Accepted());
}

TEST_F(SealedDeliveryTest, WhatCannotBeSealedIsDeliveredWithTheReason) {
  passerelle::testing::CertificateWish wish = passerelle::testing::SealWish();
  wish.to = network_.clock.Now() - absl::Hours(24);
  const passerelle::testing::TestIdentity seal(proof::KeyAlgorithm::kEs256, wish);
  const document::v1::Translation translation = Delivered(SealersWith(seal));
  const proof::Sealers none;
  EXPECT_EQ(translation.content(), Delivered(none).content());
  ASSERT_GT(translation.report().diagnostics_size(), 0);
  const document::v1::Diagnostic& last = *translation.report().diagnostics().rbegin();
  EXPECT_EQ(last.rule(), "CERTIFICATE_EXPIRED");
  EXPECT_EQ(last.place(), "seals");
}

// Not even the digest of the original, by which a guess at the rest could be confirmed, nor the register's id.
TEST_F(SealedDeliveryTest, ElementsThatAreNotDisclosedDoNotLeave) {
  const std::string european = passerelle::testing::EuropeanDocument();
  for (const std::string& original :
       {passerelle::testing::NoteDocument(), european, passerelle::testing::FileDocument()}) {
    SCOPED_TRACE(original.substr(0, 16));
    DiscloseLevel(original);
    const document::v1::Translation translation = Delivered(SealersOfToday());
    const std::string wire = delivery_.SerializeAsString();
    for (const std::string& told :
         {std::string("Ingrid"), std::string("Solbakken"), original, base::Base64Encode(original),
          base::Sha256Hex(original), passerelle::testing::MakeCredential().id(), std::string("education-credit"),
          std::string("no-7")}) {
      EXPECT_FALSE(absl::StrContains(wire, told)) << told;
    }
    EXPECT_TRUE(delivery_.documents(0).original_withheld());
    EXPECT_TRUE(absl::StrContains(translation.content(), "Water quality in small supplies"));
    EXPECT_TRUE(absl::StrContains(translation.content(), "eqf/6"));
    EXPECT_TRUE(absl::StrContains(translation.content(), "Seal of the School of Example"));
    EXPECT_EQ(translation.report().elements(0).status(), document::v1::ELEMENT_STATUS_WITHHELD);
    EXPECT_EQ(translation.report().elements(7).status(), document::v1::ELEMENT_STATUS_STATED);
  }
}

TEST_F(SealedDeliveryTest, OfWhatCannotBeReadNothingIsDisclosedAndNoReasonTold) {
  DiscloseLevel("NOTE {\"type\":");
  const document::v1::Translation translation = Delivered(SealersOfToday());
  EXPECT_TRUE(delivery_.documents(0).original_withheld());
  EXPECT_EQ(translation.content(), "");
  EXPECT_EQ(translation.report().diagnostics(0).rule(), "NOT_AVAILABLE");
}

// They would pass for a statement of the original's issuer.
TEST_F(SealedDeliveryTest, ElementsAreNotDisclosedWithoutASeal) {
  DiscloseLevel(passerelle::testing::NoteDocument());
  const document::v1::Translation translation = Delivered(proof::Sealers());
  EXPECT_EQ(translation.content(), "");
  EXPECT_EQ(translation.report().diagnostics(0).rule(), "CERTIFICATE_EXPIRED");
}

// The translation carries no original either, and what cannot be translated is withheld as well.
TEST_F(CredentialQueryTest, AnOriginalThatHoldsMoreThanMayLeaveStaysWithItsRegister) {
  for (const std::string& original : {passerelle::testing::FileDocument(), std::string("FILE {\"type\":")}) {
    SCOPED_TRACE(original.substr(0, 16));
    norway_.reg.Issue("no-7", original);
    Reauthorise([](sharing::v1::Authorisation&) {});
    const v1::Exchange exchange = Ask(Request());
    ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
    const v1::DeliveredDocument& delivered = exchange.documents(0);
    EXPECT_TRUE(delivered.original_withheld());
    EXPECT_EQ(delivered.document().content(), "");
    EXPECT_EQ(delivered.document().sha256(), base::Sha256Hex(original));
    EXPECT_FALSE(absl::StrContains(exchange.SerializeAsString(), original));
    EXPECT_FALSE(absl::StrContains(exchange.SerializeAsString(), base::Base64Encode(original)));
  }
}

// What the receiver may hand on is what the holder authorises there.
TEST_F(CredentialQueryTest, ThereIsNoOnwardTransfer) {
  ASSERT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DELIVERED);
  relay::Opened message = Query();
  message.header.sender = "IT";
  bulgaria_.reg.Issue("no-7", passerelle::testing::NoteDocument());
  for (auto* node : {&norway_, &bulgaria_}) {
    EXPECT_THAT(node->query_handler.Prepare(message), HasReasonAt(Reason::kNotAvailable, ""));
  }
}

TEST_F(CredentialQueryTest, TheHolderSeesWhatWasAskedAndWhy) {
  EXPECT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DELIVERED);
  EXPECT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DECLINED);
  Withdraw();
  EXPECT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DECLINED);
  const sharing::v1::ListUsesResponse uses =
      norway_.authorisations.ListUses("holder's portal", authorisation_.id()).value();
  ASSERT_EQ(uses.handed_over_size(), 1);
  EXPECT_EQ(uses.handed_over(0).node(), "BG");
  EXPECT_NE(uses.handed_over(0).message_id(), "");
  ASSERT_EQ(uses.refused_size(), 2);
  EXPECT_EQ(uses.refused(1).outcome(), sharing::v1::USE_OUTCOME_USED_UP);
  EXPECT_EQ(uses.refused(0).outcome(), sharing::v1::USE_OUTCOME_WITHDRAWN);
}

TEST_F(CredentialQueryTest, WhatIsNotInTheRegisterIsNotedForTheHolder) {
  Reauthorise([](auto& a) { a.set_credential_ids(0, "no-8"); });
  EXPECT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DECLINED);
  EXPECT_EQ(norway_.authorisations.ListUses("holder's portal", authorisation_.id()).value().refused(0).outcome(),
            sharing::v1::USE_OUTCOME_NOT_AVAILABLE);
}

TEST_F(CredentialQueryTest, AnEntryWithoutDocumentIsAFaultOfTheRegister) {
  norway_.reg.Issue("no-7", "");
  EXPECT_EQ(Ask(Request()).problem().reason(), "REGISTER_UNAVAILABLE");
}

TEST_F(CredentialQueryTest, ARevocationThatIsStillToComeDoesNotCountYet) {
  norway_.reg.Revoke("no-7", network_.clock.Now() + absl::Hours(1));
  EXPECT_EQ(Ask(Request()).state(), v1::EXCHANGE_STATE_DELIVERED);
}

TEST_F(CredentialQueryTest, RefusesMalformedQueries) {
  relay::Opened message;
  message.header.sender = "BG";
  message.body = "\xff\xff";
  EXPECT_THAT(norway_.query_handler.Prepare(message), HasReasonAt(Reason::kFieldInvalid, "body"));
  v1::CredentialQuery query;
  query.set_authorisation_id("1");
  message.body = query.SerializeAsString();
  EXPECT_THAT(norway_.query_handler.Prepare(message), HasReasonAt(Reason::kFieldInvalid, "authorisation_id"));
  query.set_authorisation_id(authorisation_.id());
  message.body = query.SerializeAsString();
  EXPECT_THAT(norway_.query_handler.Prepare(message), HasReasonAt(Reason::kFieldMissing, "purpose"));
}

TEST_F(CredentialQueryTest, DocumentsThatDoNotFitOneMessageAreRefusedByName) {
  Reauthorise([this](auto& a) {
    for (int i = 0; i < 5; ++i) {
      norway_.reg.Issue("big-" + std::to_string(i), std::string(15u << 20, 'x'));
      a.add_credential_ids("big-" + std::to_string(i));
    }
  });
  // Of a node that takes no pieces.
  EXPECT_THAT(norway_.query_handler.Prepare(Query()), HasReasonAt(Reason::kInputTooLarge, "documents"));
}

}  // namespace
}  // namespace passerelle::exchange
