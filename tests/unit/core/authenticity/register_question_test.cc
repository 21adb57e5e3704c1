#include "core/authenticity/register_question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"
#include "tests/unit/core/nodes/network.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::WireFault;
using ::testing::HasSubstr;
using ::testing::Not;

class RegisterQuestionTest : public ::testing::Test {
 protected:
  RegisterQuestionTest() { norway_.reg.Issue("no-7", document_); }

  absl::StatusOr<v1::AuthenticityVerdict> Ask(const std::string& node) {
    Question question;
    question.content = document_;
    question.at = network_.clock.Now();
    return AskAndJudge(network_.formats, italy_.outbox(), node, question);
  }

  static std::string RegisterReason(const v1::AuthenticityVerdict& verdict) { return verdict.checks(3).reason(); }

  passerelle::testing::Network network_;
  passerelle::testing::TestNode& norway_ = network_.Node("NO");
  passerelle::testing::TestNode& italy_ = network_.Node("IT");
  const std::string document_ = passerelle::testing::EuropeanDocument();
};

TEST_F(RegisterQuestionTest, TheIssuingNodeConfirmsItsOwnDocument) {
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict verdict, Ask("NO"));
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC);
  v1::AuthenticityAnswer evidence;
  ASSERT_TRUE(evidence.ParseFromString(verdict.answer().body()));
  EXPECT_EQ(evidence.sha256(), base::Sha256Hex(document_));
  EXPECT_EQ(evidence.finding(), v1::REGISTER_FINDING_IN_FORCE);
}

TEST_F(RegisterQuestionTest, OnlyTheDigestTravels) {
  ASSERT_OK(Ask("NO"));
  for (const relay::v1::Envelope& envelope : network_.wire) {
    for (const char* name : {"Ingrid", "Solbakken", "Water quality"}) {
      EXPECT_THAT(envelope.body(), Not(HasSubstr(name)));
      EXPECT_THAT(envelope.protected_header(), Not(HasSubstr(name)));
    }
  }
}

TEST_F(RegisterQuestionTest, AskingNobodyEstablishesNothing) {
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict verdict, Ask(""));
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
  EXPECT_EQ(RegisterReason(verdict), "NO_EVIDENCE");
  EXPECT_TRUE(network_.wire.empty());
}

TEST_F(RegisterQuestionTest, ANodeThatDidNotIssueItDenies) {
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict verdict, Ask("BG"));
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_NOT_AUTHENTIC);
  EXPECT_EQ(RegisterReason(verdict), "REGISTER_DENIES");
}

TEST_F(RegisterQuestionTest, WhatCannotBeAskedIsUnknown) {
  norway_.reg.available = false;
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict down, Ask("NO"));
  EXPECT_EQ(down.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
  EXPECT_EQ(RegisterReason(down), "REGISTER_UNAVAILABLE");
  norway_.reg.available = true;
  for (const auto& [fault, reason] : {std::make_pair(WireFault::kUnreachable, "PEER_UNREACHABLE"),
                                      std::make_pair(WireFault::kAnswerLost, "PEER_TIMEOUT")}) {
    network_.faults = {fault};
    ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict lost, Ask("NO"));
    EXPECT_EQ(lost.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
    EXPECT_EQ(RegisterReason(lost), reason);
    EXPECT_FALSE(lost.has_answer());
  }
  EXPECT_THAT(Ask("XX"), HasReasonAt(Reason::kNodeUnknown, "issuing_node"));
}

TEST_F(RegisterQuestionTest, ARegisterThatAnswersSomethingElseHasSaidNothing) {
  using Answer = v1::AuthenticityAnswer;
  const std::vector<std::function<void(Answer&)>> distortions = {
      [](Answer& answer) { answer.set_sha256(base::Sha256Hex("another document")); },
      [](Answer& answer) { answer.set_finding(v1::REGISTER_FINDING_UNSPECIFIED); },
      [](Answer& answer) { answer.set_finding(static_cast<v1::RegisterFinding>(9)); },
      [](Answer& answer) { answer.Clear(); },
  };
  for (const auto& distort : distortions) {
    norway_.reg.distort = distort;
    ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict verdict, Ask("NO"));
    EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
    EXPECT_EQ(RegisterReason(verdict), "REGISTER_UNAVAILABLE");
  }
}

TEST_F(RegisterQuestionTest, QuestionsThatAreThemselvesWrongAreRefused) {
  struct Row {
    const char* name;
    std::optional<std::string> content;
    std::string sha256;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"nothing", std::nullopt, "", Reason::kFieldMissing, "content"},
           {"no digest", std::nullopt, "abc", Reason::kFieldInvalid, "sha256"},
           {"capitals", std::nullopt, std::string(64, 'A'), Reason::kFieldInvalid, "sha256"},
           {"another document's digest", "a", base::Sha256Hex("b"), Reason::kFieldInvalid, "sha256"},
       }) {
    SCOPED_TRACE(row.name);
    Question question;
    question.content = row.content;
    question.sha256 = row.sha256;
    EXPECT_THAT(AskAndJudge(network_.formats, italy_.outbox(), "NO", question), HasReasonAt(row.reason, row.place));
  }
  EXPECT_TRUE(network_.wire.empty());
}

TEST_F(RegisterQuestionTest, TheHandlerRefusesWhatItCannotAnswer) {
  relay::Opened message;
  message.body = "\xff\xff";
  EXPECT_THAT(norway_.question_handler.Prepare(message), HasReasonAt(Reason::kFieldInvalid, "body"));
  message.body = "";
  EXPECT_THAT(norway_.question_handler.Prepare(message), HasReasonAt(Reason::kFieldMissing, "sha256"));
  v1::AuthenticityQuestion question;
  question.set_sha256("abc");
  message.body = question.SerializeAsString();
  EXPECT_THAT(norway_.question_handler.Prepare(message), HasReasonAt(Reason::kFieldInvalid, "sha256"));
  question.set_sha256(base::Sha256Hex(document_));
  message.body = question.SerializeAsString();
  QuestionHandler without_register(nullptr);
  EXPECT_THAT(without_register.Prepare(message), HasReason(Reason::kMessageTypeUnknown));
}

}  // namespace
}  // namespace passerelle::authenticity
