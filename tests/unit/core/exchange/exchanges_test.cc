#include "core/exchange/exchanges.h"

#include <functional>
#include <set>
#include <vector>

#include "core/base/digest.h"
#include "core/exchange/exchange_records.h"
#include "tests/unit/core/exchange/exchange_fixture.h"

namespace passerelle::exchange {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::NoteDocument;
using ::passerelle::testing::WireFault;
using ::testing::HasSubstr;

class ExchangesTest : public ExchangeFixture {
 protected:
  // Hands an answer to the exchange as the outbox would.
  absl::Status Answer(const v1::Exchange& exchange, const absl::StatusOr<relay::Answer>& answer,
                      const relay::v1::Envelope* evidence) {
    relay::Outgoing message;
    message.resource = exchange.id();
    message.expires_at = base::FromProto(exchange.expire_time());
    return bulgaria_.memory.Write(
        [&](base::Transaction& tx) { return bulgaria_.exchanges.HandleAnswer(message, answer, evidence, tx); });
  }

  static relay::Answer Delivery(const std::function<void(v1::CredentialDelivery&, relay::Answer&)>& change) {
    v1::CredentialDelivery delivery;
    v1::DeliveredDocument* document = delivery.add_documents();
    document->mutable_document()->set_content("bytes");
    document->mutable_document()->set_sha256(base::Sha256Hex("bytes"));
    document->mutable_translation()->set_sha256(base::Sha256Hex(""));
    relay::Answer answer;
    answer.opened.header.sender = "NO";
    answer.opened.header.type = delivery.GetTypeName();
    answer.envelope.set_body("what was signed");
    change(delivery, answer);
    if (answer.opened.body.empty()) answer.opened.body = delivery.SerializeAsString();
    return answer;
  }

  // An exchange that is answered so has failed, and holds nothing of it but the proof of what the other node sent.
  void ExpectUnusable(const relay::Answer& answer, const char* place) {
    ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
    ASSERT_OK(Answer(created, answer, nullptr));
    const v1::Exchange exchange = Get(created.id());
    EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_FAILED);
    EXPECT_EQ(exchange.problem().reason(), "PEER_ANSWER_INVALID");
    EXPECT_EQ(exchange.problem().place(), place);
    EXPECT_TRUE(exchange.documents().empty());
    EXPECT_EQ(exchange.answer().body(), "what was signed");
  }
};

void Enlarge(v1::CredentialDelivery& delivery, uint64_t bytes, uint32_t piece_bytes) {
  delivery.mutable_documents(0)->set_original_bytes(bytes);
  delivery.mutable_documents(0)->set_piece_bytes(piece_bytes);
}

void EnlargeTranslation(v1::CredentialDelivery& delivery, uint64_t bytes, uint32_t piece_bytes) {
  v1::DeliveredDocument& document = *delivery.mutable_documents(0);
  document.mutable_translation()->clear_content();
  document.set_translation_bytes(bytes);
  document.set_piece_bytes(piece_bytes);
}

TEST_F(ExchangesTest, DeliversTheOriginalItsTranslationAndTheSignedAnswer) {
  ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
  EXPECT_EQ(created.state(), v1::EXCHANGE_STATE_PENDING);
  EXPECT_EQ(created.expire_time().seconds() - created.create_time().seconds(), 24 * 3600);
  network_.Run();
  const v1::Exchange exchange = Get(created.id());
  ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
  ASSERT_EQ(exchange.documents_size(), 1);
  const v1::DeliveredDocument& delivered = exchange.documents(0);
  EXPECT_EQ(delivered.credential_id(), "no-7");
  EXPECT_EQ(delivered.document().content(), NoteDocument());
  EXPECT_EQ(delivered.document().sha256(), base::Sha256Hex(NoteDocument()));
  EXPECT_EQ(delivered.document().format(), "note");
  EXPECT_EQ(delivered.translation().report().from(), "note");
  EXPECT_THAT(delivered.translation().content(), HasSubstr("Water quality in small supplies"));
  EXPECT_EQ(exchange.attempts(), 1);
  EXPECT_FALSE(exchange.has_problem());
  // The evidence is the answer as NO signed it.
  v1::CredentialDelivery signed_delivery;
  ASSERT_TRUE(signed_delivery.ParseFromString(exchange.answer().body()));
  EXPECT_EQ(signed_delivery.documents(0).document().content(), NoteDocument());
  ASSERT_OK_AND_ASSIGN(const sharing::v1::Authorisation used,
                       norway_.authorisations.Get("holder's portal", authorisation_.id()));
  EXPECT_EQ(used.uses_made(), 1);
}

TEST_F(ExchangesTest, ErasesWhatArrivedAndKeepsThatItDid) {
  ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
  const auto erase = [&] {
    return bulgaria_.memory.Write(
        [&](base::Transaction& tx) { return EraseDelivery(created.id(), network_.clock.Now(), tx); });
  };
  EXPECT_THAT(erase(), HasReasonAt(Reason::kFieldInvalid, "state"));
  network_.Run();
  const absl::Time then = network_.clock.Now();
  ASSERT_OK(erase());
  network_.clock.Advance(absl::Hours(1));
  ASSERT_OK(erase()) << "erasing again does nothing";
  const v1::Exchange erased = Get(created.id());
  EXPECT_EQ(erased.state(), v1::EXCHANGE_STATE_DELIVERED);
  EXPECT_EQ(base::FromProto(erased.erase_time()), then);
  EXPECT_TRUE(erased.documents().empty());
  EXPECT_FALSE(erased.has_answer());
}

TEST_F(ExchangesTest, RefusesRequestsThatCannotBeSentAndNamesTheField) {
  struct Row {
    const char* name;
    std::function<void(v1::CreateExchangeRequest&)> change;
    Reason reason;
    const char* place;
  };
  const std::vector<Row> rows = {
      {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
      {"request id", [](auto& r) { r.set_request_id("1"); }, Reason::kFieldInvalid, "request_id"},
      {"no peer", [](auto& r) { r.clear_peer(); }, Reason::kFieldMissing, "peer"},
      {"peer is self", [](auto& r) { r.set_peer("BG"); }, Reason::kFieldInvalid, "peer"},
      {"unknown peer", [](auto& r) { r.set_peer("XX"); }, Reason::kNodeUnknown, "peer"},
      {"no authorisation", [](auto& r) { r.clear_authorisation_id(); }, Reason::kFieldMissing, "authorisation_id"},
      {"authorisation", [](auto& r) { r.set_authorisation_id("1"); }, Reason::kFieldInvalid, "authorisation_id"},
      {"no purpose", [](auto& r) { r.clear_purpose(); }, Reason::kFieldMissing, "purpose"},
      {"purpose", [](auto& r) { r.set_purpose(static_cast<sharing::v1::Purpose>(77)); }, Reason::kFieldInvalid,
       "purpose"},
      {"negative time", [](auto& r) { r.mutable_time_limit()->set_seconds(-1); }, Reason::kFieldInvalid, "time_limit"},
      {"no duration", [](auto& r) { r.mutable_time_limit()->set_nanos(1'000'000'000); }, Reason::kFieldInvalid,
       "time_limit"},
      {"too long",
       [](auto& r) { r.mutable_time_limit()->set_seconds(absl::ToInt64Seconds(base::kExchangeLifeMax) + 1); },
       Reason::kFieldInvalid, "time_limit"},
      {"huge", [](auto& r) { r.mutable_time_limit()->set_seconds(INT64_MAX); }, Reason::kFieldInvalid, "time_limit"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::CreateExchangeRequest request = Request();
    row.change(request);
    EXPECT_THAT(bulgaria_.exchanges.Create("evaluator", request), HasReasonAt(row.reason, row.place));
    request.set_validate_only(true);
    EXPECT_THAT(bulgaria_.exchanges.Create("evaluator", request), HasReasonAt(row.reason, row.place));
  }
  network_.Run();
  EXPECT_TRUE(network_.wire.empty());
}

TEST_F(ExchangesTest, TheLongestLifeIsAllowed) {
  v1::CreateExchangeRequest request = Request();
  request.mutable_time_limit()->set_seconds(absl::ToInt64Seconds(base::kExchangeLifeMax));
  EXPECT_OK(bulgaria_.exchanges.Create("evaluator", request));
}

TEST_F(ExchangesTest, ValidateOnlyWritesAndSendsNothing) {
  v1::CreateExchangeRequest request = Request();
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Exchange checked, bulgaria_.exchanges.Create("evaluator", request));
  EXPECT_EQ(checked.id(), "");
  network_.Run();
  EXPECT_TRUE(network_.wire.empty());
  EXPECT_EQ(bulgaria_.exchanges.List("evaluator", {}).value().exchanges_size(), 0);
}

TEST_F(ExchangesTest, TheSameRequestMakesOneExchangeAndOneMessage) {
  const v1::CreateExchangeRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const v1::Exchange first, bulgaria_.exchanges.Create("evaluator", request));
  ASSERT_OK_AND_ASSIGN(const v1::Exchange second, bulgaria_.exchanges.Create("evaluator", request));
  EXPECT_EQ(first.id(), second.id());
  network_.Run();
  EXPECT_EQ(network_.wire.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const v1::Exchange third, bulgaria_.exchanges.Create("evaluator", request));
  EXPECT_EQ(third.state(), v1::EXCHANGE_STATE_DELIVERED);
  v1::CreateExchangeRequest other = request;
  other.set_purpose(sharing::v1::PURPOSE_EMPLOYMENT);
  EXPECT_THAT(bulgaria_.exchanges.Create("evaluator", other), HasReason(Reason::kRequestIdReused));
}

TEST_F(ExchangesTest, ACrashAtCreationLeavesNothingOrEverything) {
  using Fault = passerelle::testing::FaultyStore::Fault;
  for (const Fault fault : {Fault::kBeforeCommit, Fault::kAfterCommit}) {
    const v1::CreateExchangeRequest request = Request();
    bulgaria_.store.FailWrite(0, fault);
    EXPECT_THAT(bulgaria_.exchanges.Create("evaluator", request), HasReason(Reason::kStoreUnavailable));
    EXPECT_OK(bulgaria_.exchanges.Create("evaluator", request));
  }
  EXPECT_EQ(bulgaria_.exchanges.List("evaluator", {}).value().exchanges_size(), 2);
}

TEST_F(ExchangesTest, ClientsSeeTheirOwnExchangesOnly) {
  ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
  EXPECT_THAT(bulgaria_.exchanges.Get("another", created.id()), HasReasonAt(Reason::kResourceNotFound, "id"));
  EXPECT_THAT(bulgaria_.exchanges.Get("evaluator", NewId()), HasReasonAt(Reason::kResourceNotFound, "id"));
  EXPECT_THAT(bulgaria_.exchanges.Get("evaluator", ""), HasReasonAt(Reason::kFieldMissing, "id"));
  // Keys of the store that are no ids lead nowhere.
  EXPECT_THAT(bulgaria_.exchanges.Get("evaluator", created.id() + "/delivery"),
              HasReasonAt(Reason::kFieldInvalid, "id"));
  EXPECT_EQ(bulgaria_.exchanges.List("another", {}).value().exchanges_size(), 0);
}

TEST_F(ExchangesTest, ListsPageByPageWithoutDocuments) {
  std::vector<std::string> ids;
  ids.reserve(5);
  for (int i = 0; i < 5; ++i) ids.push_back(bulgaria_.exchanges.Create("evaluator", Request()).value().id());
  network_.Run();
  std::vector<std::string> listed;
  v1::ListExchangesRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListExchangesResponse page, bulgaria_.exchanges.List("evaluator", request));
    for (const v1::Exchange& exchange : page.exchanges()) {
      listed.push_back(exchange.id());
      EXPECT_TRUE(exchange.documents().empty());
      EXPECT_FALSE(exchange.has_answer());
    }
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(pages, 3);
}

TEST_F(ExchangesTest, PagesOfOtherListsAndNegativeSizesAreRefused) {
  for (int i = 0; i < 2; ++i) ASSERT_OK(bulgaria_.exchanges.Create("evaluator", Request()));
  v1::ListExchangesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const v1::ListExchangesResponse page, bulgaria_.exchanges.List("evaluator", request));
  ASSERT_NE(page.next_page_token(), "");
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(bulgaria_.exchanges.List("another", request), HasReasonAt(Reason::kFieldInvalid, "page_token"));
  request.set_page_token("x");
  EXPECT_THAT(bulgaria_.exchanges.List("evaluator", request), HasReasonAt(Reason::kFieldInvalid, "page_token"));
  request.set_page_token("");
  request.set_page_size(-1);
  EXPECT_THAT(bulgaria_.exchanges.List("evaluator", request), HasReasonAt(Reason::kFieldInvalid, "page_size"));
}

TEST_F(ExchangesTest, AnAnswerLostOnTheWayIsGivenAgainAndUsesTheAuthorisationOnce) {
  network_.faults = {WireFault::kAnswerLost, WireFault::kUnreachable};
  v1::Exchange exchange = Ask(Request());
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_PENDING);
  EXPECT_EQ(exchange.attempts(), 1);
  EXPECT_EQ(exchange.problem().reason(), "PEER_TIMEOUT");
  network_.RunFor(absl::Minutes(1));
  exchange = Get(exchange.id());
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED);
  EXPECT_EQ(exchange.attempts(), 3);
  EXPECT_FALSE(exchange.has_problem());
  EXPECT_EQ(norway_.authorisations.Get("holder's portal", authorisation_.id()).value().uses_made(), 1);
}

TEST_F(ExchangesTest, ACrashBeforeTheAnswerIsStoredLosesNothing) {
  using Fault = passerelle::testing::FaultyStore::Fault;
  for (const Fault fault : {Fault::kBeforeCommit, Fault::kAfterCommit}) {
    sharing::v1::Authorisation wished = authorisation_;
    wished.clear_valid_from();
    authorisation_ = Authorise(wished);
    const std::string id = bulgaria_.exchanges.Create("evaluator", Request()).value().id();
    bulgaria_.store.FailWrite(1, fault);  // the claim is written, the answer is not
    EXPECT_THAT(bulgaria_.outbox().SendDue(1), HasReason(Reason::kStoreUnavailable));
    network_.RunFor(absl::Minutes(2));
    EXPECT_EQ(Get(id).state(), v1::EXCHANGE_STATE_DELIVERED);
    EXPECT_EQ(norway_.authorisations.Get("holder's portal", authorisation_.id()).value().uses_made(), 1);
  }
}

TEST_F(ExchangesTest, ExpiresWhenNoAnswerCame) {
  v1::CreateExchangeRequest request = Request();
  request.mutable_time_limit()->set_seconds(60);
  network_.faults.assign(100, WireFault::kUnreachable);
  const std::string id = bulgaria_.exchanges.Create("evaluator", request).value().id();
  network_.RunFor(absl::Minutes(2));
  const v1::Exchange exchange = Get(id);
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_EXPIRED);
  EXPECT_EQ(exchange.problem().reason(), "PEER_UNREACHABLE");
  EXPECT_EQ(exchange.problem().origin(), "BG");
  EXPECT_FALSE(exchange.has_answer());
}

TEST_F(ExchangesTest, FailsWhenThePeerLeavesTheFederation) {
  const std::string id = bulgaria_.exchanges.Create("evaluator", Request()).value().id();
  network_.RevokeNode("NO");
  network_.Run();
  EXPECT_EQ(Get(id).state(), v1::EXCHANGE_STATE_FAILED);
  EXPECT_EQ(Get(id).problem().reason(), "NODE_UNKNOWN");
  EXPECT_THAT(bulgaria_.exchanges.Create("evaluator", Request()), HasReasonAt(Reason::kNodeUnknown, "peer"));
}

TEST_F(ExchangesTest, TakesNothingOfAnAnswerThatIsNotWhatItSays) {
  using Delivered = v1::CredentialDelivery;
  struct Row {
    const char* name;
    std::function<void(Delivered&, relay::Answer&)> change;
    const char* place;
  };
  const std::vector<Row> rows = {
      {"no documents", [](Delivered& d, auto&) { d.clear_documents(); }, "documents"},
      {"no bytes", [](Delivered& d, auto&) { d.mutable_documents(0)->mutable_document()->clear_content(); },
       "documents[0].document"},
      {"bytes that are said to be withheld",
       [](Delivered& d, auto&) { d.mutable_documents(0)->set_original_withheld(true); }, "documents[0].document"},
      {"changed original",
       [](Delivered& d, auto&) { d.mutable_documents(0)->mutable_document()->set_content("other bytes"); },
       "documents[0].document.sha256"},
      {"changed translation",
       [](Delivered& d, auto&) { d.mutable_documents(0)->mutable_translation()->set_content("{}"); },
       "documents[0].translation.sha256"},
      {"second one changed",
       [](Delivered& d, auto&) {
         *d.add_documents() = d.documents(0);
         d.mutable_documents(1)->mutable_document()->set_sha256("");
       },
       "documents[1].document.sha256"},
      {"large, and here all the same", [](Delivered& d, auto&) { Enlarge(d, 100, 10); }, "documents[0].document"},
      {"large without pieces", [](Delivered& d, auto&) { EnlargeTranslation(d, 100, 0); }, "documents[0].translation"},
      {"in too many pieces", [](Delivered& d, auto&) { EnlargeTranslation(d, base::kPiecesMax + 1, 1); },
       "documents[0].translation"},
      {"in pieces that are too large", [](Delivered& d, auto&) { EnlargeTranslation(d, 100, base::kPieceBytes + 1); },
       "documents[0].translation"},
      {"larger than a content can be",
       [](Delivered& d, auto&) { EnlargeTranslation(d, base::kContentBytesMax + 1, base::kPieceBytes); },
       "documents[0].translation"},
      {"large with a digest that is none",
       [](Delivered& d, auto&) {
         EnlargeTranslation(d, 100, 10);
         d.mutable_documents(0)->mutable_translation()->set_sha256("../../x");
       },
       "documents[0].translation"},
      {"the same content, cut in two ways",
       [](Delivered& d, auto&) {
         EnlargeTranslation(d, 100, 10);
         *d.add_documents() = d.documents(0);
         d.mutable_documents(1)->set_piece_bytes(20);
       },
       "documents"},
      {"too large together",
       [](Delivered& d, auto&) {
         EnlargeTranslation(d, base::kContentBytesMax, base::kPieceBytes);
         *d.add_documents() = d.documents(0);
         *d.add_documents() = d.documents(0);
       },
       "documents"},
      {"another type", [](auto&, relay::Answer& a) { a.opened.header.type = "passerelle.relay.v1.Receipt"; }, "body"},
      {"no message", [](auto&, relay::Answer& a) { a.opened.body = "\xff\xff\xff"; }, "body"},
      {"another node's answer", [](auto&, relay::Answer& a) { a.opened.header.sender = "IT"; }, "sender"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    ExpectUnusable(Delivery(row.change), row.place);
  }
}

// Each document and each piece leaves something behind, so that there are not too many.
TEST_F(ExchangesTest, TakesNoMoreDocumentsAndPiecesThanCanBeAuthorisedAndKept) {
  ExpectUnusable(Delivery([](v1::CredentialDelivery& d, auto&) {
                   while (d.documents_size() <= base::kAuthorisationCredentialsMax) *d.add_documents() = d.documents(0);
                 }),
                 "documents");
  ExpectUnusable(Delivery([](v1::CredentialDelivery& d, auto&) {
                   EnlargeTranslation(d, base::kPiecesMax, 1);
                   *d.add_documents() = d.documents(0);
                   d.mutable_documents(1)->mutable_translation()->set_sha256(base::Sha256Hex("another"));
                 }),
                 "documents");
}

TEST_F(ExchangesTest, AFinalStateIsNeverLeft) {
  ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
  ASSERT_OK(Answer(created, Delivery([](auto&, auto&) {}), nullptr));
  const v1::Exchange delivered = Get(created.id());
  ASSERT_EQ(delivered.state(), v1::EXCHANGE_STATE_DELIVERED);
  const relay::v1::Envelope refusal;
  ASSERT_OK(Answer(created, base::Problem(Reason::kNotAvailable, ""), &refusal));
  relay::Outgoing message;
  message.resource = created.id();
  ASSERT_OK(bulgaria_.memory.Write([&](base::Transaction& tx) {
    return bulgaria_.exchanges.HandleAttempt(message, base::Problem(Reason::kPeerTimeout, ""), 9, tx);
  }));
  EXPECT_EQ(Get(created.id()).SerializeAsString(), delivered.SerializeAsString());
}

TEST_F(ExchangesTest, RefusalsEndInTheStateThatTheyMean) {
  struct Row {
    Reason reason;
    v1::ExchangeState state;
  };
  for (const Row& row :
       {Row{Reason::kNotAvailable, v1::EXCHANGE_STATE_DECLINED}, Row{Reason::kFieldInvalid, v1::EXCHANGE_STATE_FAILED},
        Row{Reason::kMessageTypeUnknown, v1::EXCHANGE_STATE_FAILED}}) {
    ASSERT_OK_AND_ASSIGN(const v1::Exchange created, bulgaria_.exchanges.Create("evaluator", Request()));
    const relay::v1::Envelope refusal;
    ASSERT_OK(Answer(created, base::Problem(row.reason, "there", "so"), &refusal));
    const v1::Exchange exchange = Get(created.id());
    EXPECT_EQ(exchange.state(), row.state);
    EXPECT_EQ(exchange.problem().reason(), base::Catalogue(row.reason).name);
    EXPECT_EQ(exchange.problem().origin(), "NO");
    EXPECT_TRUE(exchange.has_answer());
  }
}

}  // namespace
}  // namespace passerelle::exchange
