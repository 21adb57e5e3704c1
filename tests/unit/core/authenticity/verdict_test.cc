#include "core/authenticity/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::authenticity {
namespace {

using ::passerelle::testing::EuropeanDocument;
using ::passerelle::testing::NoteDocument;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kGivenAt = absl::FromUnixSeconds(1893499200);  // 2030-01-01T12:00:00Z

v1::AuthenticityAnswer Answer(const std::string& content, v1::RegisterFinding finding) {
  v1::AuthenticityAnswer answer;
  answer.set_sha256(base::Sha256Hex(content));
  answer.set_finding(finding);
  if (finding != v1::REGISTER_FINDING_NOT_ISSUED) {
    *answer.mutable_issue_time() = base::ToProto(kGivenAt - absl::Hours(24 * 100));
  }
  *answer.mutable_register_time() = base::ToProto(kGivenAt - absl::Minutes(1));
  return answer;
}

// "format:PASS:FORMAT_RECOGNISED …", so that a row says all of a verdict.
std::string ChecksOf(const v1::AuthenticityVerdict& verdict) {
  std::vector<std::string> words;
  for (const v1::Check& check : verdict.checks()) {
    words.push_back(check.name() + ":" + std::string(OutcomeWord(check.outcome())) + ":" + check.reason());
  }
  return absl::StrJoin(words, " ");
}

class VerdictTest : public ::testing::Test {
 protected:
  v1::AuthenticityVerdict JudgeAt(const std::string& content, absl::Time at,
                                  std::optional<absl::StatusOr<v1::AuthenticityAnswer>> answer) {
    Question question;
    question.content = content;
    question.at = at;
    question.register_answer = std::move(answer);
    return Judge(formats_, question);
  }

  const document::Registry formats_ = passerelle::testing::TestFormats();
};

TEST_F(VerdictTest, FollowsFromTheChecks) {
  const std::string document = EuropeanDocument();
  const std::string ended = EuropeanDocument({.valid_until = "2029-12-31T00:00:00Z"});
  const std::string note = NoteDocument();
  struct Row {
    const char* name;
    std::string content;
    std::optional<absl::StatusOr<v1::AuthenticityAnswer>> answer;
    const char* verdict;
    const char* checks;  // those that this row is about
  };
  const std::vector<Row> rows = {
      {"confirmed", document, Answer(document, v1::REGISTER_FINDING_IN_FORCE), "AUTHENTIC",
       "format:PASS:FORMAT_RECOGNISED seal:UNKNOWN:NOT_STATED signer:UNKNOWN:NOT_STATED "
       "register:PASS:REGISTER_CONFIRMS "
       "validity:PASS:WITHIN_VALIDITY status:PASS:REGISTER_CONFIRMS accreditation:UNKNOWN:NO_EVIDENCE "
       "holder:UNKNOWN:NOT_STATED assessor:UNKNOWN:NOT_STATED"},
      {"nobody asked", document, std::nullopt, "CANNOT_BE_ESTABLISHED",
       "register:UNKNOWN:NO_EVIDENCE validity:PASS:WITHIN_VALIDITY status:UNKNOWN:NO_EVIDENCE"},
      {"denied", document, Answer(document, v1::REGISTER_FINDING_NOT_ISSUED), "NOT_AUTHENTIC",
       "register:FAIL:REGISTER_DENIES validity:PASS:WITHIN_VALIDITY status:UNKNOWN:NO_EVIDENCE"},
      {"register cannot say", document, Answer(document, v1::REGISTER_FINDING_UNSPECIFIED), "CANNOT_BE_ESTABLISHED",
       "register:UNKNOWN:REGISTER_UNAVAILABLE"},
      {"not reached", document, absl::StatusOr<v1::AuthenticityAnswer>(base::Problem(base::Reason::kPeerTimeout, "")),
       "CANNOT_BE_ESTABLISHED", "register:UNKNOWN:PEER_TIMEOUT"},
      {"answer about another document", document, Answer(note, v1::REGISTER_FINDING_IN_FORCE), "CANNOT_BE_ESTABLISHED",
       "register:UNKNOWN:PEER_ANSWER_INVALID validity:PASS:WITHIN_VALIDITY "
       "status:UNKNOWN:NO_EVIDENCE"},
      {"confirmed, but expired", ended, Answer(ended, v1::REGISTER_FINDING_IN_FORCE), "NOT_AUTHENTIC",
       "validity:FAIL:EXPIRED status:PASS:REGISTER_CONFIRMS"},
      {"another format states no validity", note, Answer(note, v1::REGISTER_FINDING_IN_FORCE), "AUTHENTIC",
       "seal:UNKNOWN:FORMAT_UNKNOWN signer:UNKNOWN:FORMAT_UNKNOWN register:PASS:REGISTER_CONFIRMS "
       "validity:UNKNOWN:NOT_STATED"},
      {"unreadable is not false", "NOTE {", Answer("NOTE {", v1::REGISTER_FINDING_IN_FORCE), "AUTHENTIC",
       "format:UNKNOWN:JSON_MALFORMED"},
      {"unknown format", "scrawl", std::nullopt, "CANNOT_BE_ESTABLISHED", "format:UNKNOWN:FORMAT_UNKNOWN"},
      {"empty", "", std::nullopt, "CANNOT_BE_ESTABLISHED", "format:UNKNOWN:INPUT_EMPTY"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::AuthenticityVerdict verdict = JudgeAt(row.content, kGivenAt, row.answer);
    EXPECT_EQ(VerdictWord(verdict.verdict()), row.verdict);
    EXPECT_THAT(ChecksOf(verdict), HasSubstr(row.checks));
    EXPECT_EQ(verdict.checks_size(), 9);
    EXPECT_EQ(verdict.sha256(), base::Sha256Hex(row.content));
  }
}

TEST_F(VerdictTest, IsForThePointInTimeThatIsAskedFor) {
  const std::string document = EuropeanDocument();
  const absl::Time revoked = kGivenAt - absl::Hours(48);
  struct Row {
    const char* name;
    absl::Time at;
    bool states_revocation;
    const char* verdict;
    const char* status;
  };
  for (const Row& row : std::vector<Row>{
           {"after the revocation", kGivenAt, true, "NOT_AUTHENTIC", "status:FAIL:REVOKED"},
           {"at the revocation", revoked, true, "NOT_AUTHENTIC", "status:FAIL:REVOKED"},
           {"before the revocation", revoked - absl::Seconds(1), true, "AUTHENTIC", "status:PASS:REGISTER_CONFIRMS"},
           {"before the issue", kGivenAt - absl::Hours(24 * 101), true, "NOT_AUTHENTIC", "status:FAIL:NOT_YET_VALID"},
           {"revoked nobody knows when", kGivenAt, false, "NOT_AUTHENTIC", "status:FAIL:REVOKED"},
           {"before a revocation nobody knows when", kGivenAt - absl::Hours(24), false, "CANNOT_BE_ESTABLISHED",
            "status:UNKNOWN:NO_EVIDENCE"},
       }) {
    SCOPED_TRACE(row.name);
    v1::AuthenticityAnswer answer = Answer(document, v1::REGISTER_FINDING_REVOKED);
    if (row.states_revocation) *answer.mutable_revoke_time() = base::ToProto(revoked);
    const v1::AuthenticityVerdict verdict = JudgeAt(document, row.at, answer);
    EXPECT_EQ(VerdictWord(verdict.verdict()), row.verdict);
    EXPECT_THAT(ChecksOf(verdict), HasSubstr(row.status));
  }
}

TEST_F(VerdictTest, ADigestAloneIsJudgedByTheRegister) {
  const std::string document = EuropeanDocument();
  Question question;
  question.sha256 = base::Sha256Hex(document);
  question.at = kGivenAt;
  question.register_answer.emplace(Answer(document, v1::REGISTER_FINDING_IN_FORCE));
  const v1::AuthenticityVerdict verdict = Judge(formats_, question);
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC);
  EXPECT_THAT(ChecksOf(verdict), HasSubstr("format:UNKNOWN:NO_EVIDENCE seal:UNKNOWN:NO_EVIDENCE"));
}

TEST_F(VerdictTest, AStatusListOfADocumentThatNobodySealedSaysNothing) {
  const std::string content = [&] {
    std::string text = EuropeanDocument();
    return text.insert(text.rfind('}'), R"(,"credentialStatus":{"id":"https://status.example/7","type":"X"})");
  }();
  EXPECT_THAT(ChecksOf(JudgeAt(content, kGivenAt, std::nullopt)), HasSubstr("status:UNKNOWN:NO_EVIDENCE"));
}

TEST_F(VerdictTest, SaysWhatADocumentOfNoFormatIs) {
  const v1::AuthenticityVerdict pdf = JudgeAt("%PDF-1.7\n", kGivenAt, std::nullopt);
  EXPECT_THAT(VerdictJson(pdf), HasSubstr(R"("format=unknown","place=document","what=it is a PDF, which people read)"));
  EXPECT_THAT(VerdictText(pdf), HasSubstr("what=it is a PDF"));
  EXPECT_THAT(VerdictJson(JudgeAt("scrawl", kGivenAt, std::nullopt)), Not(HasSubstr("what=")));
}

TEST_F(VerdictTest, TheReportsKeepTheirForm) {
  const std::string document = EuropeanDocument();
  const v1::AuthenticityVerdict verdict = JudgeAt(document, kGivenAt, Answer(document, v1::REGISTER_FINDING_IN_FORCE));
  const std::string json = VerdictJson(verdict);
  EXPECT_OK(base::JsonDocument::Parse(json));
  EXPECT_THAT(json, HasSubstr(R"({"verdict":"AUTHENTIC","checks":[{"name":"format","outcome":"PASS",)"
                              R"("reason":"FORMAT_RECOGNISED","inputs":["format=elm"]},)"));
  EXPECT_THAT(json, HasSubstr(R"("at":"2030-01-01T12:00:00Z","sha256":")" + verdict.sha256() + "\"}"));
  EXPECT_THAT(VerdictText(verdict), HasSubstr("AUTHENTIC at 2030-01-01T12:00:00Z"));
  for (const std::string& text : {json, VerdictText(verdict)}) {
    EXPECT_THAT(text, Not(HasSubstr("Ingrid")));
    EXPECT_THAT(text, Not(HasSubstr("Solbakken")));
  }
}

}  // namespace
}  // namespace passerelle::authenticity
