#include "core/registers/card_router.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::registers {
namespace {

using authenticity::v1::CheckStudentCardResponse;
using authenticity::v1::StudentCardStatus;
using base::Problem;
using base::Reason;
using simdjson::dom::object;

constexpr int kHttpOk = 200;
constexpr int kHttpNotFound = 404;
constexpr size_t kDateSize = sizeof("2026-01-31") - 1;
// By which the router says that it has no such card.
constexpr absl::string_view kNoSuchCard = "ER-0001";
// What its codes begin with; those of a server in front of it do not.
constexpr absl::string_view kOwnCodes = "ER-";

absl::Status RefuseAnswer(absl::string_view member, absl::string_view detail) {
  return Problem(Reason::kCardRouterAnswer, member, detail);
}

// The text of a member; digits where it is a number, as identifiers are in some answers. Empty when there is none.
std::string TextOf(const base::JsonDocument& document, object of, absl::string_view name) {
  const auto member = base::Find(of, name);
  if (!member) return "";
  const auto text = base::AsString(*member);
  return std::string(text ? *text : document.NumberText(*member));
}

std::optional<object> ObjectOf(object of, absl::string_view name) {
  const auto member = base::Find(of, name);
  return member ? base::AsObject(*member) : std::nullopt;
}

absl::StatusOr<StudentCardStatus> StatusOfWord(absl::string_view word) {
  if (word == "ACTIVE") return authenticity::v1::STUDENT_CARD_STATUS_ACTIVE;
  if (word == "INACTIVE") return authenticity::v1::STUDENT_CARD_STATUS_INACTIVE;
  if (word == "EXPIRED") return authenticity::v1::STUDENT_CARD_STATUS_EXPIRED;
  return RefuseAnswer("status", "is missing, or none that is known");
}

// A date is that of the last day of the card.
absl::StatusOr<absl::Time> ExpireTimeOf(absl::string_view text) {
  const std::optional<absl::Time> time = base::ParseDateTime(text);
  if (!time) return RefuseAnswer("expiresAt", "is no date");
  return text.size() == kDateSize ? *time + absl::Hours(24) : *time;
}

// Whether the router says with its own message that it has no such card.
bool SaysNoSuchCard(int http_status, absl::string_view body) {
  if (http_status < 400 || http_status >= 500) return false;
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(body);
  const auto message = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  const auto code = message ? base::FindString(*message, "code") : std::nullopt;
  if (!code || !absl::StartsWith(*code, kOwnCodes)) return false;
  return http_status == kHttpNotFound || *code == kNoSuchCard;
}

}  // namespace

std::string CardPath(CardInterface interface, absl::string_view card_number) {
  return interface == CardInterface::kVerifyV1 ? absl::StrCat("/esc-verifier-service/api/v1/cards/verify/", card_number)
                                               : absl::StrCat("/esc-rest/api/v2/cards/", card_number, "/status");
}

absl::StatusOr<CheckStudentCardResponse> ReadCardAnswer(CardInterface interface, absl::string_view card_number,
                                                        int http_status, absl::string_view body) {
  CheckStudentCardResponse card;
  if (SaysNoSuchCard(http_status, body)) {
    card.set_status(authenticity::v1::STUDENT_CARD_STATUS_NOT_REGISTERED);
    return card;
  }
  if (http_status != kHttpOk) {
    return Problem(Reason::kCardRouterUnavailable, "router", absl::StrCat("it answers ", http_status));
  }
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(body);
  const auto root = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  if (!root) return RefuseAnswer("", "no object of JSON");
  const auto number = base::FindString(*root, "cardNumber");
  if (!number || !absl::EqualsIgnoreCase(*number, card_number)) {
    return RefuseAnswer("cardNumber", "is not the one that was asked for");
  }
  const bool verified = interface == CardInterface::kVerifyV1;
  const auto status = verified ? ObjectOf(*root, "cardStatusType") : root;
  ASSIGN_OR_RETURN(const StudentCardStatus word,
                   StatusOfWord(status ? TextOf(*document, *status, verified ? "key" : "status") : ""));
  card.set_status(word);
  const auto expires = base::Find(*root, "expiresAt");
  if (expires && !expires->is_null()) {
    ASSIGN_OR_RETURN(const absl::Time expire_time, ExpireTimeOf(base::AsString(*expires).value_or("")));
    *card.mutable_expire_time() = base::ToProto(expire_time);
  }
  const auto issuer = verified ? ObjectOf(*root, "issuer") : root;
  if (!issuer) return card;
  card.set_issuer_identifier(TextOf(*document, *issuer, verified ? "identifier" : "issuerIdentifier"));
  card.set_issuer_name(TextOf(*document, *issuer, verified ? "name" : "issuerName"));
  return card;
}

}  // namespace passerelle::registers
