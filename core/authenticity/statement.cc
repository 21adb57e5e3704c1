#include "core/authenticity/statement.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/verdict.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/proto_time.h"

namespace passerelle::authenticity {
namespace {

constexpr absl::string_view kType = "AuthenticityVerdictCredential";
constexpr absl::string_view kVct = "urn:passerelle:authenticity-verdict:1";

}  // namespace

proof::Statement StatementOf(const v1::AuthenticityVerdict& verdict, const StatementWish& wish) {
  proof::Statement statement;
  statement.id = wish.id;
  statement.issuer = wish.issuer;
  statement.type = std::string(kType);
  statement.vct = std::string(kVct);
  statement.key_id = wish.key_id;
  statement.from = wish.from;
  statement.until = wish.until;
  base::JsonWriter json(statement.claims);
  json.BeginObject();
  json.Member("id", absl::StrCat("ni:///sha-256;", base::Base64UrlEncode(absl::HexStringToBytes(verdict.sha256()))));
  json.Member("verdict", VerdictWord(verdict.verdict()));
  json.Member("at", base::WriteDateTime(base::FromProto(verdict.at())));
  json.Key("checks");
  json.BeginArray();
  for (const v1::Check& check : verdict.checks()) {
    json.BeginObject();
    json.Member("name", check.name());
    json.Member("outcome", OutcomeWord(check.outcome()));
    json.Member("reason", check.reason());
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return statement;
}

}  // namespace passerelle::authenticity
