// Contents that are larger than a piece. Pieces have 64 bytes here, so that a small document has many.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/contents/contents.h"
#include "core/contents/set_aside.h"
#include "core/exchange/exchange_records.h"
#include "core/exchange/exchanges.h"
#include "core/exchange/offers.h"
#include "tests/unit/core/exchange/exchange_fixture.h"

namespace passerelle::exchange {
namespace {

using base::Reason;
using contents::Content;
using contents::ContentsOffered;
using contents::EraseOffered;
using contents::ForgetContents;
using contents::kPieceAnswersMax;
using contents::kSetAsideLife;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::NoteDocument;
using ::passerelle::testing::WireFault;
using Fault = ::passerelle::testing::FaultyStore::Fault;

constexpr uint32_t kTinyPiece = 64;

class LargeContentsTest : public ExchangeFixture {
 protected:
  LargeContentsTest() : ExchangeFixture({.evidence = true, .piece_bytes = kTinyPiece}) {}

  // A new authorisation, so that the same document can be asked for again.
  void Reauthorise() {
    sharing::v1::Authorisation wished = authorisation_;
    wished.clear_valid_from();
    authorisation_ = Authorise(wished);
  }

  v1::Exchange Create() { return bulgaria_.exchanges.Create("evaluator", Request()).value(); }

  v1::Exchange Described(const std::string& id) { return bulgaria_.exchanges.Get("evaluator", id, true).value(); }

  // Everything of a content, a few bytes at a time.
  std::string ReadAll(const std::string& id, const std::string& sha256, uint32_t limit) {
    std::string whole;
    v1::ReadContentRequest request;
    request.set_id(id);
    request.set_sha256(sha256);
    request.set_read_limit(limit);
    while (true) {
      request.set_read_offset(whole.size());
      const v1::ReadContentResponse read = bulgaria_.exchanges.ReadContent("evaluator", request).value();
      EXPECT_LE(read.data().size(), limit);
      whole += read.data();
      if (read.data().empty()) {
        EXPECT_EQ(read.content_bytes(), whole.size());
        return whole;
      }
    }
  }

  // Records with contents at a node, whatever they belong to.
  static int Kept(passerelle::testing::TestNode& node, const std::string& owner) {
    size_t count = 0;
    EXPECT_OK(node.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<base::Record> records, tx.List(base::Table::kContent, owner, "", 100'000));
      count = records.size();
      return absl::OkStatus();
    }));
    return static_cast<int>(count);
  }
  int KeptThere(const v1::Exchange& exchange) { return Kept(bulgaria_, exchange.id()); }
  int KeptHere() { return Kept(norway_, absl::StrCat("offered/", authorisation_.id())); }

  // Changes the first piece that NO has set aside of the original.
  void ChangeFirstPiece(const std::string& data) {
    ASSERT_OK(norway_.store.Write([&](base::Transaction& tx) -> absl::Status {
      const std::string owner = absl::StrCat("offered/", authorisation_.id());
      // The first record marks where the delivery begins.
      ASSIGN_OR_RETURN(std::vector<base::Record> records, tx.List(base::Table::kContent, owner, "", 2));
      records.at(1).value = data;
      return tx.Update(base::Table::kContent, records.at(1));
    }));
  }

  // A question of BG for what it is authorised to have.
  relay::Opened QueryWith(const std::string& id) {
    v1::CredentialQuery query;
    query.set_authorisation_id(authorisation_.id());
    query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    query.set_takes_pieces(true);
    relay::Opened message;
    message.header.sender = "BG";
    message.header.id = id;
    message.body = query.SerializeAsString();
    return message;
  }
  absl::Status HandleHere(const relay::Opened& message, const std::string& prepared) {
    absl::Status status;
    norway_.store
        .Write([&](base::Transaction& tx) -> absl::Status {
          return status = norway_.query_handler.Handle(message, prepared, tx).status();
        })
        .IgnoreError();
    return status;
  }

  // The id of the message that asked for it.
  std::string QueryOf(const v1::Exchange& exchange) {
    std::string id;
    EXPECT_OK(bulgaria_.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<relay::Outbox::Known> messages, relay::Outbox::MessagesOf(exchange.id(), tx));
      id = messages.front().id;
      return absl::OkStatus();
    }));
    return id;
  }
};

TEST_F(LargeContentsTest, ComeInPiecesAndAreWhatTheirDigestsSay) {
  const v1::Exchange exchange = Ask(Request());
  ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
  const v1::DeliveredDocument& whole = exchange.documents(0);
  EXPECT_EQ(whole.document().content(), NoteDocument());
  EXPECT_EQ(whole.translation().sha256(), base::Sha256Hex(whole.translation().content()));
  EXPECT_EQ(whole.original_bytes(), 0u);

  const v1::DeliveredDocument described = Described(exchange.id()).documents(0);
  EXPECT_EQ(described.document().content(), "");
  EXPECT_EQ(described.original_bytes(), NoteDocument().size());
  EXPECT_EQ(described.translation_bytes(), whole.translation().content().size());
  for (const uint32_t limit : {7u, 63u, 64u}) {
    EXPECT_EQ(ReadAll(exchange.id(), described.document().sha256(), limit), NoteDocument());
    EXPECT_EQ(ReadAll(exchange.id(), described.translation().sha256(), limit), whole.translation().content());
  }
  const Content original = {"", described.original_bytes(), kTinyPiece};
  const Content translation = {"", described.translation_bytes(), kTinyPiece};
  EXPECT_EQ(network_.wire.size(), 2 * (1 + original.pieces() + translation.pieces()));
  // No message is larger than a piece and what stands around it.
  for (size_t i = 2; i < network_.wire.size(); ++i) EXPECT_LE(network_.wire[i].body().size(), 250u);
}

TEST_F(LargeContentsTest, ANodeThatTakesNoPiecesGetsEverythingInOneMessage) {
  v1::CredentialQuery query;
  query.set_authorisation_id(authorisation_.id());
  query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  relay::Opened message;
  message.header.sender = "BG";
  message.header.id = NewId();
  message.body = query.SerializeAsString();
  v1::CredentialDelivery delivery;
  ASSERT_TRUE(delivery.ParseFromString(norway_.query_handler.Prepare(message).value()));
  EXPECT_EQ(delivery.documents(0).document().content(), NoteDocument());
  EXPECT_NE(delivery.documents(0).translation().content(), "");
  EXPECT_EQ(KeptHere(), 0);
}

TEST_F(LargeContentsTest, AnAttemptThatIsRepeatedSetsNothingAsideTwice) {
  const relay::Opened message = QueryWith(NewId());
  ASSERT_OK_AND_ASSIGN(const std::string first, norway_.query_handler.Prepare(message));
  const int kept = KeptHere();
  network_.clock.Advance(absl::Seconds(5));
  EXPECT_EQ(norway_.query_handler.Prepare(message).value(), first);
  EXPECT_EQ(KeptHere(), kept);
}

// Whatever questions another node asks, of one authorisation there is one delivery at a time that was not answered
// with.
TEST_F(LargeContentsTest, OneDeliveryOfAnAuthorisationIsSetAsideAtATime) {
  const auto prepare = [&](const std::string& id) { return norway_.query_handler.Prepare(QueryWith(id)); };
  const std::string first = NewId();
  ASSERT_OK(prepare(first));
  const int kept = KeptHere();
  EXPECT_THAT(prepare(NewId()), HasReasonAt(Reason::kOverloaded, ""));
  EXPECT_EQ(KeptHere(), kept);
  // One that was given up makes room for the next, and can no longer be answered with.
  const std::string next = NewId();
  const std::string given_up = prepare(first).value();
  network_.clock.Advance(kSetAsideLife + absl::Seconds(1));
  const std::string prepared = prepare(next).value();
  EXPECT_EQ(KeptHere(), kept);
  EXPECT_THAT(HandleHere(QueryWith(first), given_up), HasReasonAt(Reason::kOverloaded, ""));
  ASSERT_OK(HandleHere(QueryWith(next), prepared));
  // Answered with: the uses of the authorisation are the bound from here on.
  EXPECT_THAT(prepare(NewId()), HasReasonAt(Reason::kNotAvailable, ""));
}

// As after an upgrade: the offer was made by a version that took no place for it.
TEST_F(LargeContentsTest, AnOfferWithoutItsPlaceGetsOneAndIsAnsweredWith) {
  const relay::Opened message = QueryWith(NewId());
  ASSERT_OK(norway_.query_handler.Prepare(message));
  ASSERT_OK(norway_.store.Write([&](base::Transaction& tx) {
    return tx.Delete(base::Table::kContent, absl::StrCat("offered/", authorisation_.id(), "/unanswered"));
  }));
  ASSERT_OK_AND_ASSIGN(const std::string prepared, norway_.query_handler.Prepare(message));
  EXPECT_OK(HandleHere(message, prepared));
}

TEST_F(LargeContentsTest, NothingStaysOfADeliveryThatCannotBeMade) {
  sharing::v1::Authorisation wished = authorisation_;
  wished.clear_valid_from();
  wished.add_credential_ids("no-such");
  authorisation_ = Authorise(wished);
  EXPECT_THAT(norway_.query_handler.Prepare(QueryWith(NewId())), HasReasonAt(Reason::kNotAvailable, ""));
  EXPECT_EQ(KeptHere(), 0);
}

// What has its answer is not prepared again, and a reused id sets nothing aside.
TEST_F(LargeContentsTest, AMessageThatWasAnsweredIsNotPreparedAgain) {
  Ask(Request());
  const int kept = KeptHere();
  int look_ups = 0;
  norway_.reg.before_look_up = [&] { ++look_ups; };
  ASSERT_OK(norway_.inbox().Receive("BG", network_.wire.at(0)));
  EXPECT_EQ(look_ups, 0);
  EXPECT_EQ(KeptHere(), kept);
}

// Each answer with a piece is kept as evidence, so that there are a few.
TEST_F(LargeContentsTest, APieceIsHandedOutAFewTimes) {
  const v1::Exchange exchange = Ask(Request());
  v1::ContentQuery query;
  query.set_authorisation_id(authorisation_.id());
  query.set_message_id(QueryOf(exchange));
  query.set_sha256(Described(exchange.id()).documents(0).document().sha256());
  relay::Opened message;
  message.header.sender = "BG";
  message.body = query.SerializeAsString();
  const auto ask = [&] {
    absl::Status status;
    EXPECT_OK(norway_.store.Write([&](base::Transaction& tx) -> absl::Status {
      status = norway_.content_handler.Handle(message, "", tx).status();
      return absl::OkStatus();
    }));
    return status;
  };
  for (int i = 1; i < kPieceAnswersMax; ++i) EXPECT_OK(ask());
  EXPECT_THAT(ask(), HasReasonAt(Reason::kNotAvailable, ""));
}

// The fault hits each message in turn, and after it the next one.
TEST_F(LargeContentsTest, NoFaultOfTheWireLosesOrRepeatsAPiece) {
  const size_t messages = (Ask(Request()), network_.wire.size() / 2);
  for (size_t at = 0; at < messages; at += 3) {
    SCOPED_TRACE(at);
    Reauthorise();
    network_.faults.assign(at, WireFault::kNone);
    network_.faults.push_back(at % 2 == 0 ? WireFault::kAnswerLost : WireFault::kUnreachable);
    network_.faults.push_back(WireFault::kAnswerLost);
    const v1::Exchange created = Create();
    network_.RunFor(absl::Minutes(2));
    const v1::Exchange exchange = Get(created.id());
    ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
    EXPECT_EQ(exchange.documents(0).document().content(), NoteDocument());
    EXPECT_EQ(norway_.authorisations.Get("holder's portal", authorisation_.id()).value().uses_made(), 1);
    EXPECT_OK(bulgaria_.VerifyLog(network_));
  }
}

TEST_F(LargeContentsTest, NoCrashLosesOrRepeatsAPiece) {
  for (const auto& [node, writes] : {std::pair(&bulgaria_, 40), std::pair(&norway_, 40)}) {
    for (int at = 0; at < writes; at += 3) {
      SCOPED_TRACE(absl::StrCat(node->id, " ", at));
      Reauthorise();
      const v1::Exchange created = Create();
      node->store.FailWrite(at, at % 2 == 0 ? Fault::kBeforeCommit : Fault::kAfterCommit);
      for (int turn = 0; turn < 4; ++turn) network_.RunFor(absl::Minutes(2));
      const v1::Exchange exchange = Get(created.id());
      ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
      EXPECT_EQ(exchange.documents(0).document().content(), NoteDocument());
      EXPECT_EQ(norway_.authorisations.Get("holder's portal", authorisation_.id()).value().uses_made(), 1);
    }
  }
}

TEST_F(LargeContentsTest, APieceThatIsNotWhatWasDeliveredEndsTheExchangeAndNothingOfItStays) {
  struct Row {
    const char* name;
    std::string data;
    const char* place;
  };
  const std::vector<Row> rows = {{"other bytes", std::string(kTinyPiece, 'x'), "sha256"},
                                 {"too few", "x", "data"},
                                 {"too many", std::string(kTinyPiece + 1, 'x'), "data"},
                                 {"none", "", "data"}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Reauthorise();
    const v1::Exchange created = Create();
    ASSERT_OK(bulgaria_.outbox().SendDue(1));
    EXPECT_EQ(Get(created.id()).state(), v1::EXCHANGE_STATE_PENDING);
    EXPECT_TRUE(Get(created.id()).documents().empty());
    ChangeFirstPiece(row.data);
    network_.Run();
    const v1::Exchange exchange = Get(created.id());
    EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_FAILED);
    EXPECT_EQ(exchange.problem().reason(), "PEER_ANSWER_INVALID");
    EXPECT_EQ(exchange.problem().place(), row.place);
    EXPECT_TRUE(exchange.documents().empty());
    EXPECT_TRUE(exchange.has_answer());
    EXPECT_EQ(KeptThere(exchange), 0);
  }
}

TEST_F(LargeContentsTest, WhatIsWithdrawnOnTheWayIsHandedOnNoFurther) {
  const v1::Exchange created = Create();
  ASSERT_OK(bulgaria_.outbox().SendDue(3));
  EXPECT_EQ(KeptThere(created), 2);
  sharing::v1::WithdrawAuthorisationRequest request;
  request.set_request_id(NewId());
  request.set_id(authorisation_.id());
  ASSERT_OK(norway_.authorisations.Withdraw("holder's portal", request));
  network_.Run();
  EXPECT_EQ(Get(created.id()).state(), v1::EXCHANGE_STATE_DECLINED);
  EXPECT_EQ(KeptThere(created), 0);
}

TEST_F(LargeContentsTest, AnotherNodeGetsNothingOfWhatWasSetAside) {
  const v1::Exchange exchange = Ask(Request());
  v1::ContentQuery query;
  query.set_authorisation_id(authorisation_.id());
  query.set_message_id(QueryOf(exchange));
  query.set_sha256(Described(exchange.id()).documents(0).document().sha256());
  const auto ask = [&](const char* sender) {
    relay::Opened message;
    message.header.sender = sender;
    message.body = query.SerializeAsString();
    absl::Status status;
    EXPECT_OK(norway_.store.Write([&](base::Transaction& tx) -> absl::Status {
      status = norway_.content_handler.Handle(message, "", tx).status();
      return absl::OkStatus();
    }));
    return status;
  };
  EXPECT_OK(ask("BG"));
  EXPECT_THAT(ask("IT"), HasReasonAt(Reason::kNotAvailable, ""));
  query.set_piece(10'000);
  EXPECT_THAT(ask("BG"), HasReasonAt(Reason::kNotAvailable, ""));
  query.set_sha256("x");
  EXPECT_THAT(ask("BG"), HasReasonAt(Reason::kFieldInvalid, "sha256"));
  query.set_message_id("x");
  EXPECT_THAT(ask("BG"), HasReasonAt(Reason::kFieldInvalid, "message_id"));
  query.set_authorisation_id("../x");
  EXPECT_THAT(ask("BG"), HasReasonAt(Reason::kFieldInvalid, "authorisation_id"));
}

TEST_F(LargeContentsTest, AreErasedWithTheExchangeAndForgottenWhenNobodyCanAskAnyMore) {
  const v1::Exchange exchange = Ask(Request());
  EXPECT_GT(KeptThere(exchange), 0);
  ASSERT_OK(bulgaria_.store.Write(
      [&](base::Transaction& tx) { return EraseDelivery(exchange.id(), network_.clock.Now(), tx); }));
  EXPECT_EQ(KeptThere(exchange), 0);

  const int kept = KeptHere();
  EXPECT_GT(kept, 0);
  EXPECT_EQ(ForgetContents(network_.clock.Now(), norway_.store).value(), 0);
  EXPECT_EQ(ForgetContents(network_.clock.Now() + base::kDuplicateMemory, norway_.store).value(), kept);
  EXPECT_EQ(KeptHere(), 0);
}

TEST_F(LargeContentsTest, AreErasedWithTheAuthorisationOrTheMessageThatAskedForThem) {
  Ask(Request());
  EXPECT_GT(KeptHere(), 0);
  ASSERT_OK(norway_.store.Write([&](base::Transaction& tx) { return EraseOffered(authorisation_.id(), tx); }));
  EXPECT_EQ(KeptHere(), 0);

  Reauthorise();
  const v1::Exchange exchange = Ask(Request());
  const int kept = KeptHere();
  const auto erase = [&](const std::string& message) {
    return norway_.store.Write(
        [&](base::Transaction& tx) { return EraseOffer(ContentsOffered(authorisation_.id(), "BG", message), tx); });
  };
  ASSERT_OK(erase(NewId()));
  EXPECT_EQ(KeptHere(), kept);
  ASSERT_OK(erase(QueryOf(exchange)));
  EXPECT_EQ(KeptHere(), 0);
}

TEST_F(LargeContentsTest, OnlyItsClientReadsAContent) {
  const v1::Exchange exchange = Ask(Request());
  v1::ReadContentRequest request;
  request.set_id(exchange.id());
  request.set_sha256(exchange.documents(0).document().sha256());
  EXPECT_OK(bulgaria_.exchanges.ReadContent("evaluator", request));
  EXPECT_THAT(bulgaria_.exchanges.ReadContent("another", request), HasReasonAt(Reason::kResourceNotFound, "id"));
  request.set_sha256(base::Sha256Hex("nothing"));
  EXPECT_THAT(bulgaria_.exchanges.ReadContent("evaluator", request), HasReasonAt(Reason::kResourceNotFound, "sha256"));
  request.set_sha256("x");
  EXPECT_THAT(bulgaria_.exchanges.ReadContent("evaluator", request), HasReasonAt(Reason::kFieldInvalid, "sha256"));
  request.set_sha256(base::Sha256Hex("nothing"));
  request.set_id("x");
  EXPECT_THAT(bulgaria_.exchanges.ReadContent("evaluator", request), HasReasonAt(Reason::kFieldInvalid, "id"));
}

// Larger than anything that is looked into: what it is, is known by its media type only.
TEST_F(LargeContentsTest, AnOriginalThatIsTooLargeToBeReadIsHandedOnAsItIs) {
  const std::string scan(1000, 's');
  norway_.reg.IssueLarge("no-7", scan, "application/pdf");
  const v1::Exchange exchange = Ask(Request());
  ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
  const v1::DeliveredDocument& delivered = exchange.documents(0);
  EXPECT_EQ(delivered.document().content(), scan);
  EXPECT_EQ(delivered.translation().content(), "");
  EXPECT_EQ(delivered.translation().report().diagnostics(0).rule(), "INPUT_TOO_LARGE");
}

TEST_F(LargeContentsTest, AnOriginalThatCouldBeConfidentialDoesNotLeaveUnread) {
  for (const char* media_type : {"application/json", ""}) {
    SCOPED_TRACE(media_type);
    Reauthorise();
    norway_.reg.IssueLarge("no-7", std::string(1000, 's'), media_type);
    const v1::Exchange exchange = Ask(Request());
    ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
    EXPECT_TRUE(exchange.documents(0).original_withheld());
    EXPECT_EQ(exchange.documents(0).document().content(), "");
    EXPECT_EQ(exchange.documents(0).document().sha256(), base::Sha256Hex(std::string(1000, 's')));
    EXPECT_EQ(KeptThere(exchange), 0);
  }
}

// Of what cannot be read, no element can be told from the others.
TEST_F(LargeContentsTest, AnOriginalThatIsTooLargeToBeReadStaysWhereElementsAreDisclosed) {
  for (const char* id : {"A1-M02", "A1-M03", "A1-M04"}) authorisation_.add_elements(id);
  Reauthorise();
  norway_.reg.IssueLarge("no-7", std::string(1000, 's'), "application/pdf");
  const v1::Exchange exchange = Ask(Request());
  ASSERT_EQ(exchange.state(), v1::EXCHANGE_STATE_DELIVERED) << exchange.problem().DebugString();
  EXPECT_TRUE(exchange.documents(0).original_withheld());
  EXPECT_EQ(exchange.documents(0).document().content(), "");
  EXPECT_EQ(exchange.documents(0).document().sha256(), "");
  EXPECT_EQ(KeptThere(exchange), 0);
}

TEST_F(LargeContentsTest, WhatIsLargerThanCanBeHandedOnIsRefusedBeforeItIsRead) {
  norway_.reg.IssueLarge("no-7", "x", "application/pdf", base::kContentBytesMax + 1);
  const v1::Exchange exchange = Ask(Request());
  EXPECT_EQ(exchange.state(), v1::EXCHANGE_STATE_FAILED);
  EXPECT_EQ(exchange.problem().reason(), "INPUT_TOO_LARGE");
}

TEST_F(LargeContentsTest, ALargeOriginalThatIsNotThatOfItsDigestIsNotDelivered) {
  norway_.reg.IssueLarge("no-7", std::string(1000, 's'), "application/pdf");
  norway_.reg.ChangeLarge("no-7", std::string(1000, 't'));
  EXPECT_EQ(Ask(Request()).problem().reason(), "REGISTER_UNAVAILABLE");
  norway_.reg.ChangeLarge("no-7", std::string(999, 's'));
  Reauthorise();
  EXPECT_EQ(Ask(Request()).problem().reason(), "REGISTER_UNAVAILABLE");
}

}  // namespace
}  // namespace passerelle::exchange
