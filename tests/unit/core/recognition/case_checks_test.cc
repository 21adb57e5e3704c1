// Issuing nodes that answer slowly: whose cases wait for them, whose do not, and what becomes of those that waited.
#include <memory>
#include <set>

#include "core/recognition/issuer_questions.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::testing::Contains;
using ::testing::Pair;

constexpr int kRound = 16;

// Carries what BG sends; what goes to NO without waiting lies here until the test lets it go.
class SlowToNorway : public relay::Transport {
 public:
  explicit SlowToNorway(passerelle::testing::Network* network) : network_(network) {}

  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override {
    return network_->Carry("BG", node.id(), envelope);
  }
  void Send(const federation::v1::Node& node, const relay::v1::Envelope& envelope, Delivered delivered) override {
    if (node.id() != "NO") return delivered(Deliver(node, envelope));
    waiting_.push_back({envelope, std::move(delivered)});
  }

  size_t waiting() const { return waiting_.size(); }
  // NO answers what it was asked first; returns whether there was anything.
  bool Answer() {
    if (waiting_.empty()) return false;
    const Waiting first = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    first.delivered(network_->Carry("BG", "NO", first.envelope));
    return true;
  }

 private:
  struct Waiting {
    relay::v1::Envelope envelope;
    Delivered delivered;
  };
  passerelle::testing::Network* const network_;
  std::vector<Waiting> waiting_;
};

class CaseChecksTest : public CaseStepsTest {
 protected:
  // From now on BG asks NO by a slow connection.
  void SlowDown() {
    outbox_ = std::make_unique<relay::Outbox>(relay::Outbox::Options{.node = "BG",
                                                                     .nodes = network_.directory.get(),
                                                                     .key = &bulgaria_.key,
                                                                     .store = &bulgaria_.store,
                                                                     .clock = &network_.clock,
                                                                     .random = &network_.random,
                                                                     .transport = &transport_,
                                                                     .handlers = bulgaria_.cases.answer_handlers()});
    bulgaria_.cases.set_outbox(outbox_.get());
  }

  // An application that has reached BG, for a document of that node.
  std::string Apply(const std::string& issuing_node) {
    v1::CreateCaseRequest request = Request(document_);
    request.set_issuing_node(issuing_node);
    const std::string id = Submit(request);
    EXPECT_OK(italy_.outbox().SendDue(1).status());
    return id;
  }
  std::vector<std::string> Apply(const std::string& issuing_node, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(Apply(issuing_node));
    return ids;
  }

  // Looks at cases until nothing is due.
  void LookAtAll() {
    for (int rounds = 0; rounds < 100; ++rounds) {
      const absl::StatusOr<int> looked_at = bulgaria_.cases.ProcessDue(kRound, [this] { ++answered_; });
      ASSERT_OK(looked_at.status());
      if (*looked_at == 0) return;
    }
    FAIL() << "there is always more to do";
  }

  bool IsChecked(const std::string& id) { return Authoritys(id).procedure().has_evaluation(); }

  SlowToNorway transport_{&network_};
  std::unique_ptr<relay::Outbox> outbox_;
  int answered_ = 0;
};

TEST_F(CaseChecksTest, ANodeThatAnswersSlowlyHoldsUpTheCasesThatNameItAndNoOthers) {
  SlowDown();
  italy_.reg.Issue("it-1", document_);
  const std::vector<std::string> slow = Apply("NO", 20);
  const std::string other = Apply("IT");
  const std::string without = Apply("");
  LookAtAll();
  EXPECT_TRUE(IsChecked(other));
  EXPECT_TRUE(IsChecked(without));
  EXPECT_EQ(transport_.waiting(), static_cast<size_t>(kQuestionsPerNodeMax));
  for (const std::string& id : slow) EXPECT_FALSE(IsChecked(id));
  // Time alone does not put another question to it.
  network_.clock.Advance(absl::Seconds(10));
  LookAtAll();
  EXPECT_EQ(transport_.waiting(), static_cast<size_t>(kQuestionsPerNodeMax));
}

// The applicant names the node, which may be its own: what that confirms counts for awards of its own country.
TEST_F(CaseChecksTest, ARegisterOfAnotherCountryThanTheAwardsConfirmsNothing) {
  italy_.reg.Issue("it-1", document_);
  const std::string italian = Apply("IT");
  const std::string norwegian = Apply("NO");
  LookAtAll();
  EXPECT_EQ(Authoritys(norwegian).verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  const authenticity::v1::AuthenticityVerdict verdict = Authoritys(italian).verdict();
  EXPECT_EQ(verdict.verdict(), authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED);
  EXPECT_TRUE(verdict.has_answer());
}

TEST_F(CaseChecksTest, EveryCaseOfASlowNodeHasItsTurnOnce) {
  SlowDown();
  const std::vector<std::string> slow = Apply("NO", 20);
  for (int minutes = 0; minutes < 60; ++minutes) {
    LookAtAll();
    network_.clock.Advance(absl::Seconds(9));
    while (transport_.Answer()) {
    }
    network_.clock.Advance(absl::Seconds(51));
  }
  for (const std::string& id : slow) {
    EXPECT_TRUE(IsChecked(id));
    EXPECT_EQ(Authoritys(id).verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  }
  EXPECT_EQ(norway_.reg.questions, 20);
  EXPECT_EQ(answered_, 20);
}

TEST_F(CaseChecksTest, ClocksRunOutWhileANodeIsSilent) {
  const std::string id = Open();
  ASSERT_EQ(Authoritys(id).state(), v1::CASE_STATE_INCOMPLETE);
  SlowDown();
  Apply("NO", 20);
  LookAtAll();
  ASSERT_EQ(transport_.waiting(), static_cast<size_t>(kQuestionsPerNodeMax));
  for (int day = 0; day < 62; ++day) {
    network_.clock.Advance(absl::Hours(24));
    LookAtAll();
  }
  EXPECT_THAT(clocks_, Contains(Pair("reminder", 1)));
  EXPECT_THAT(clocks_, Contains(Pair("reply", 1)));
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_LAPSED);
}

TEST_F(CaseChecksTest, AnAnswerThatComesAfterTheClaimIsOverChangesNothing) {
  SlowDown();
  const std::string id = Apply("NO");
  LookAtAll();
  network_.clock.Advance(base::kClaimLife);
  LookAtAll();
  ASSERT_EQ(transport_.waiting(), 2u) << "the case was taken once more";
  ASSERT_TRUE(transport_.Answer());
  EXPECT_FALSE(IsChecked(id));
  ASSERT_TRUE(transport_.Answer());
  EXPECT_TRUE(IsChecked(id));
  EXPECT_EQ(answered_, 2);
}

TEST_F(CaseChecksTest, ACaseThatIsWithdrawnMeanwhileStaysWithdrawn) {
  SlowDown();
  const std::string id = Apply("NO");
  LookAtAll();
  v1::HolderStep withdraw;
  withdraw.set_case_id(id);
  withdraw.set_step(v1::CASE_STEP_WITHDRAW);
  ASSERT_OK(Receive(bulgaria_, "IT", withdraw).status());
  const std::string withdrawn = Authoritys(id).SerializeAsString();
  ASSERT_TRUE(transport_.Answer());
  EXPECT_EQ(Authoritys(id).SerializeAsString(), withdrawn);
  EXPECT_OK(bulgaria_.cases.ProcessDue(kRound).status());
}

TEST_F(CaseChecksTest, AProblemAfterTheAnswerIsToldOnceAndTheCaseIsDueAgain) {
  SlowDown();
  const std::string id = Apply("NO");
  LookAtAll();
  bulgaria_.store.FailWrite(0, passerelle::testing::FaultyStore::Fault::kBeforeCommit);
  ASSERT_TRUE(transport_.Answer());
  EXPECT_EQ(answered_, 1);
  EXPECT_FALSE(IsChecked(id));
  EXPECT_THAT(bulgaria_.cases.ProcessDue(kRound), HasReason(Reason::kStoreUnavailable));
  EXPECT_OK(bulgaria_.cases.ProcessDue(kRound).status());
  network_.clock.Advance(base::kClaimLife);
  LookAtAll();
  ASSERT_TRUE(transport_.Answer());
  EXPECT_TRUE(IsChecked(id));
}

TEST_F(CaseChecksTest, WhoeverStopsCanWaitForTheAnswers) {
  EXPECT_TRUE(bulgaria_.cases.WaitForAnswers(absl::InfinitePast()));
  SlowDown();
  Apply("NO");
  LookAtAll();
  EXPECT_FALSE(bulgaria_.cases.WaitForAnswers(absl::InfinitePast()));
  ASSERT_TRUE(transport_.Answer());
  EXPECT_TRUE(bulgaria_.cases.WaitForAnswers(absl::InfinitePast()));
}

TEST(IssuerQuestions, CasesThatWaitHaveTheirTurnsAsFastAsTheNodeAnswers) {
  const absl::Time now = absl::FromUnixSeconds(1'900'000'000);
  IssuerQuestions questions;
  for (int i = 0; i < kQuestionsPerNodeMax; ++i) {
    EXPECT_TRUE(questions.HasRoomFor("NO", 1));
    questions.Begin("NO");
  }
  EXPECT_FALSE(questions.HasRoomFor("NO", 1));
  EXPECT_TRUE(questions.HasRoomFor("SE", kQuestionsPerNodeMax));
  EXPECT_FALSE(questions.HasRoomFor("SE", kQuestionsPerNodeMax + 1));
  questions.End("NO", absl::Seconds(8));
  questions.Begin("NO");
  std::set<absl::Time> turns;
  for (int i = 0; i < 3; ++i) turns.insert(questions.NextTurn("NO", now));
  EXPECT_THAT(turns, ::testing::ElementsAre(now + absl::Seconds(2), now + absl::Seconds(4), now + absl::Seconds(6)));
  // However many wait, each is looked at again within a quarter of an hour.
  for (int i = 0; i < 1000; ++i) turns.insert(questions.NextTurn("NO", now));
  EXPECT_EQ(*turns.rbegin(), now + base::kRetryLast);
  // Nothing is remembered of a node that has no question open.
  for (int i = 0; i < kQuestionsPerNodeMax; ++i) questions.End("NO", absl::Seconds(8));
  EXPECT_TRUE(questions.HasRoomFor("NO", kQuestionsPerNodeMax));
  EXPECT_LT(questions.NextTurn("NO", now), now + absl::Seconds(1));
}

}  // namespace
}  // namespace passerelle::recognition
