#include "core/registers/card_router.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"

namespace passerelle::registers {
namespace {

using base::Reason;

constexpr CardInterface kV1 = CardInterface::kVerifyV1;
constexpr CardInterface kV2 = CardInterface::kStatusV2;
constexpr char kNumber[] = "5f0c7a10-3b2e-11ef-8a4d-001912345678";
constexpr char kHolder[] = "Sunniva Fjordheim";

// An answer of the verification service, with the members after the number.
std::string Verified(const std::string& rest) {
  return absl::StrCat(R"({"cardNumber":")", kNumber, R"(",)", rest, "}");
}
// A message of the router.
std::string Message(const std::string& code) {
  return absl::StrCat(R"({"code":")", code, R"(","message":"No card of )", kHolder, R"("})");
}

struct AnswerRow {
  const char* what;
  CardInterface interface;
  int http_status;
  std::string body;
  // The status, or the reason and place of the problem.
  const char* outcome;
};

std::string Outcome(const AnswerRow& row) {
  const auto card = ReadCardAnswer(row.interface, kNumber, row.http_status, row.body);
  if (card.ok()) {
    EXPECT_FALSE(absl::StrContains(card->DebugString(), kHolder)) << row.what;
    return authenticity::v1::StudentCardStatus_Name(card->status()).substr(sizeof("STUDENT_CARD_STATUS_") - 1);
  }
  EXPECT_FALSE(absl::StrContains(card.status().ToString(), kHolder)) << row.what;
  return absl::StrCat(base::Catalogue(base::ReasonOf(card.status())).name, " ", base::PlaceOf(card.status()));
}

TEST(CardRouterTest, EachAnswerIsReadForWhatTheRouterItselfSays) {
  const std::string active = R"("cardStatusType":{"key":"ACTIVE","label":"Active"})";
  const AnswerRow rows[] = {
      {"active", kV1, 200, Verified(active + R"(,"expiresAt":"2031-09-30")"), "ACTIVE"},
      {"active without an end", kV1, 200, Verified(active), "ACTIVE"},
      {"the end is null", kV1, 200, Verified(active + R"(,"expiresAt":null)"), "ACTIVE"},
      {"inactive", kV1, 200, Verified(R"("cardStatusType":{"key":"INACTIVE"})"), "INACTIVE"},
      {"expired by its own word", kV1, 200, Verified(R"("cardStatusType":{"key":"EXPIRED"})"), "EXPIRED"},
      {"active, version 2", kV2, 200, Verified(R"("status":"ACTIVE","displayName":"Sunniva Fjordheim")"), "ACTIVE"},
      {"inactive, version 2", kV2, 200, Verified(R"("status":"INACTIVE")"), "INACTIVE"},
      {"expired, version 2", kV2, 200, Verified(R"("status":"EXPIRED")"), "EXPIRED"},
      {"the number in capitals", kV2, 200, R"({"cardNumber":"5F0C7A10-3B2E-11EF-8A4D-001912345678","status":"ACTIVE"})",
       "ACTIVE"},

      {"no such card", kV1, 404, Message("ER-0001"), "NOT_REGISTERED"},
      {"no such card, by its code alone", kV1, 400, Message("ER-0001"), "NOT_REGISTERED"},
      {"no such card, version 2", kV2, 404, Message("ER-0404"), "NOT_REGISTERED"},
      {"another complaint", kV1, 400, Message("ER-0007"), "CARD_ROUTER_UNAVAILABLE router"},
      {"404 of a proxy", kV1, 404, "<html>Not Found</html>", "CARD_ROUTER_UNAVAILABLE router"},
      {"404 of a server without such a path", kV2, 404, R"({"status":404,"path":"/esc-rest"})",
       "CARD_ROUTER_UNAVAILABLE router"},
      {"404 with a code of another server", kV2, 404, Message("NOT_FOUND"), "CARD_ROUTER_UNAVAILABLE router"},
      {"404 with an empty code", kV2, 404, Message(""), "CARD_ROUTER_UNAVAILABLE router"},
      {"403 of a wall", kV2, 403, "", "CARD_ROUTER_UNAVAILABLE router"},
      {"500 with the code of no such card", kV1, 500, Message("ER-0001"), "CARD_ROUTER_UNAVAILABLE router"},
      {"503", kV1, 503, "", "CARD_ROUTER_UNAVAILABLE router"},
      {"202 with a card", kV1, 202, Verified(active), "CARD_ROUTER_UNAVAILABLE router"},
      {"200 with a message", kV1, 200, Message("ER-0001"), "CARD_ROUTER_ANSWER cardNumber"},

      {"nothing", kV1, 200, "", "CARD_ROUTER_ANSWER "},
      {"no JSON", kV1, 200, "Sunniva Fjordheim", "CARD_ROUTER_ANSWER "},
      {"half of it", kV1, 200, Verified(active).substr(0, 40), "CARD_ROUTER_ANSWER "},
      {"a list", kV1, 200, absl::StrCat("[", Verified(active), "]"), "CARD_ROUTER_ANSWER "},
      {"the status twice", kV2, 200, Verified(R"("status":"ACTIVE","status":"INACTIVE")"), "CARD_ROUTER_ANSWER "},
      {"another card", kV1, 200, R"({"cardNumber":"5f0c7a10-3b2e-11ef-8a4d-001912345679",)" + active + "}",
       "CARD_ROUTER_ANSWER cardNumber"},
      {"no number", kV2, 200, R"({"status":"ACTIVE"})", "CARD_ROUTER_ANSWER cardNumber"},
      {"no status", kV1, 200, Verified(R"("cardType":{"key":"PASSIVE"})"), "CARD_ROUTER_ANSWER status"},
      {"the status of the other interface", kV1, 200, Verified(R"("status":"ACTIVE")"), "CARD_ROUTER_ANSWER status"},
      {"a status that nobody knows", kV2, 200, Verified(R"("status":"SUSPENDED")"), "CARD_ROUTER_ANSWER status"},
      {"a status in small letters", kV2, 200, Verified(R"("status":"active")"), "CARD_ROUTER_ANSWER status"},
      {"an end that is no date", kV1, 200, Verified(active + R"(,"expiresAt":"next year")"),
       "CARD_ROUTER_ANSWER expiresAt"},
      {"an end that is no text", kV1, 200, Verified(active + R"(,"expiresAt":[2031,9,30])"),
       "CARD_ROUTER_ANSWER expiresAt"},
  };
  for (const AnswerRow& row : rows) EXPECT_EQ(Outcome(row), row.outcome) << row.what;
}

TEST(CardRouterTest, TakesEndAndIssuerAndNothingOfTheHolder) {
  ASSERT_OK_AND_ASSIGN(
      const auto verified,
      ReadCardAnswer(kV1, kNumber, 200,
                     Verified(R"("cardStatusType":{"key":"ACTIVE"},"expiresAt":"2031-09-30",)"
                              R"("cardHolder":{"identifier":"urn:schac:personalUniqueCode:int:esi:uma.example:1",)"
                              R"("academicLevel":{"key":"MASTER"}},)"
                              R"("issuer":{"identifier":"912345678","name":"Université de Valmer"})")));
  authenticity::v1::CheckStudentCardResponse expected;
  expected.set_status(authenticity::v1::STUDENT_CARD_STATUS_ACTIVE);
  *expected.mutable_expire_time() = base::ToProto(*base::ParseDateTime("2031-10-01T00:00:00Z"));
  expected.set_issuer_identifier("912345678");
  expected.set_issuer_name("Université de Valmer");
  EXPECT_EQ(verified.DebugString(), expected.DebugString());

  ASSERT_OK_AND_ASSIGN(
      const auto status,
      ReadCardAnswer(kV2, kNumber, 200,
                     Verified(R"("status":"ACTIVE","displayName":"Sunniva Fjordheim","issuedAt":"2028-09-01",)"
                              R"("expiresAt":"2031-09-30T12:00:00Z","issuerIdentifier":912345678,)"
                              R"("issuerName":"Université de Valmer")")));
  *expected.mutable_expire_time() = base::ToProto(*base::ParseDateTime("2031-09-30T12:00:00Z"));
  EXPECT_EQ(status.DebugString(), expected.DebugString());
}

TEST(CardRouterTest, EachInterfaceHasItsPath) {
  EXPECT_EQ(CardPath(kV1, kNumber), absl::StrCat("/esc-verifier-service/api/v1/cards/verify/", kNumber));
  EXPECT_EQ(CardPath(kV2, kNumber), absl::StrCat("/esc-rest/api/v2/cards/", kNumber, "/status"));
}

}  // namespace
}  // namespace passerelle::registers
