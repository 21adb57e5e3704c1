#include "core/authenticity/validity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/elm/codec.h"

namespace passerelle::authenticity {
namespace {

TEST(ValidityTest, FollowsWhatTheCredentialStates) {
  struct Row {
    const char* name;
    std::string from;
    std::string until;
    std::string expiration;
    v1::CheckOutcome outcome;
    std::string reason;
  };
  // Judged for 2030-01-01T12:00:00Z.
  const std::vector<Row> rows = {
      {"nothing stated", "", "", "", v1::CHECK_OUTCOME_UNKNOWN, "NOT_STATED"},
      {"begun, without end", "2029-06-30T00:00:00Z", "", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"within", "2029-06-30T00:00:00Z", "2031-06-30T00:00:00+02:00", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"begins at this moment", "2030-01-01T13:00:00+01:00", "", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"begins within the clock skew", "2030-01-01T12:05:00Z", "", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"begins later", "2030-01-01T12:05:00.001Z", "", "", v1::CHECK_OUTCOME_FAIL, "NOT_YET_VALID"},
      {"ended earlier", "", "2030-01-01T11:54:59.999Z", "", v1::CHECK_OUTCOME_FAIL, "EXPIRED"},
      {"ended within the clock skew", "", "2030-01-01T11:55:00Z", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"the earlier of two ends counts", "", "2031-01-01T00:00:00Z", "2029-12-31T00:00:00Z", v1::CHECK_OUTCOME_FAIL,
       "EXPIRED"},
      {"both faults", "2031-01-01T00:00:00Z", "2029-12-31T00:00:00Z", "", v1::CHECK_OUTCOME_FAIL, "EXPIRED"},
      {"no zone, far away", "2029-06-30T00:00:00", "", "", v1::CHECK_OUTCOME_PASS, "WITHIN_VALIDITY"},
      {"no zone, within a day", "2030-01-01T11:00:00", "", "", v1::CHECK_OUTCOME_UNKNOWN, "FIELD_INVALID"},
      {"no zone, ended or not", "", "2030-01-01T20:00:00", "", v1::CHECK_OUTCOME_UNKNOWN, "FIELD_INVALID"},
      {"no time", "soon", "", "", v1::CHECK_OUTCOME_UNKNOWN, "FIELD_INVALID"},
      {"no day of the calendar", "2029-02-30T00:00:00Z", "", "", v1::CHECK_OUTCOME_UNKNOWN, "FIELD_INVALID"},
      {"a sure fault beside no time", "soon", "2029-12-31T00:00:00Z", "", v1::CHECK_OUTCOME_FAIL, "EXPIRED"},
  };
  const absl::Time at = absl::FromUnixSeconds(1893499200);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    elm::v3::EuropeanDigitalCredential credential;
    credential.set_valid_from(row.from);
    credential.set_valid_until(row.until);
    if (!row.expiration.empty()) credential.add_expiration_date(row.expiration);
    const v1::Check check = CheckValidity(StatementsOf(credential), at);
    EXPECT_EQ(check.outcome(), row.outcome);
    EXPECT_EQ(check.reason(), row.reason);
    EXPECT_EQ(check.name(), "validity");
    for (const std::string& input : check.inputs()) EXPECT_EQ(input.find("soon"), std::string::npos);
  }
}

// The verdict judges what the translation shows: an end that only the token states ends the credential in it.
TEST(ValidityTest, AnEndThatTheTokenStatesCounts) {
  const auto judge = [](const std::string& claims, const std::string& members) {
    const auto read = elm::Read(R"({"vc":{"type":["VerifiableCredential","EuropeanDigitalCredential"],)" + members +
                                R"("id":"urn:x:1"},)" + claims + "}");
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? CheckValidity(StatementsOf(read->credential), absl::FromUnixSeconds(1893499200)).reason() : "";
  };
  EXPECT_EQ(judge(R"("exp":1893498899)", ""), "EXPIRED");
  EXPECT_EQ(judge(R"("exp":1893498899)", R"("validUntil":"2031-01-01T00:00:00Z",)"), "EXPIRED");
  EXPECT_EQ(judge(R"("exp":1893498899)", R"("expirationDate":"2031-01-01T00:00:00Z",)"), "EXPIRED");
  EXPECT_EQ(judge(R"("exp":1924992000)", R"("validUntil":"2029-01-01T00:00:00Z",)"), "EXPIRED");
  EXPECT_EQ(judge(R"("exp":1924992000)", ""), "WITHIN_VALIDITY");
  EXPECT_EQ(judge(R"("exp":1893498900)", ""), "WITHIN_VALIDITY");
  EXPECT_EQ(judge(R"("nbf":1893499500)", ""), "WITHIN_VALIDITY");
  EXPECT_EQ(judge(R"("nbf":1893499501)", ""), "NOT_YET_VALID");
}

}  // namespace
}  // namespace passerelle::authenticity
