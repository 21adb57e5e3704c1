#include "core/proof/statement.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/string_view.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/sign.h"
#include "core/proof/public_key.h"
#include "core/proof/sd_jwt/issue.h"
#include "core/proof/status/make_status_list.h"

namespace passerelle::proof {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;
using simdjson::dom::object;

// What draft-ietf-oauth-sd-jwt-vc, 3.2.2.2, and RFC 7519, 4.1, give a meaning to.
constexpr absl::string_view kReserved[] = {"iss", "nbf", "exp", "iat", "jti", "cnf", "vct", "vct#integrity", "status"};

absl::Status CheckStatement(const Statement& statement, absl::string_view type) {
  if (statement.issuer.empty()) return Problem(Reason::kFieldInvalid, "issuer", "is missing");
  if (type.empty()) return Problem(Reason::kFieldInvalid, "type", "is missing");
  if (statement.key_id.empty()) return Problem(Reason::kFieldInvalid, "key_id", "is missing");
  if (statement.until <= statement.from) return Problem(Reason::kFieldInvalid, "until", "it is not after the begin");
  return absl::OkStatus();
}

absl::StatusOr<object> MembersOf(const base::JsonDocument& claims) {
  const std::optional<object> members = base::AsObject(claims.root());
  if (!members) return Problem(Reason::kFieldInvalid, "claims", "they are no object");
  return *members;
}

void WriteTimes(const Statement& statement, JsonWriter& json) {
  json.Member("iat", absl::ToUnixSeconds(statement.from));
  json.Member("exp", absl::ToUnixSeconds(statement.until));
}

}  // namespace

absl::StatusOr<std::string> StatementAsVcJwt(const Statement& statement, const SigningKey& key) {
  RETURN_IF_ERROR(CheckStatement(statement, statement.type));
  ASSIGN_OR_RETURN(const base::JsonDocument claims, base::JsonDocument::Parse(statement.claims));
  RETURN_IF_ERROR(MembersOf(claims).status());
  std::string payload;
  JsonWriter json(payload);
  json.BeginObject();
  json.Key("@context");
  json.BeginArray();
  json.String("https://www.w3.org/ns/credentials/v2");
  // The terms of the claims are the node's own (VCDM 2.0, 5.2).
  json.String("https://www.w3.org/ns/credentials/undefined-terms/v2");
  json.EndArray();
  if (!statement.id.empty()) json.Member("id", statement.id);
  json.Key("type");
  json.BeginArray();
  json.String("VerifiableCredential");
  json.String(statement.type);
  json.EndArray();
  json.Member("issuer", statement.issuer);
  json.Member("validFrom", base::WriteDateTime(statement.from));
  json.Member("validUntil", base::WriteDateTime(statement.until));
  if (statement.bitstring_status) {
    json.Key("credentialStatus");
    json.Raw(BitstringEntryJson(statement.bitstring_status->list, statement.bitstring_status->index));
  }
  json.Key("credentialSubject");
  json.Raw(statement.claims);
  json.Member("iss", statement.issuer);
  WriteTimes(statement, json);
  json.EndObject();
  return SignToken("vc+jwt", statement.key_id, payload, key);
}

absl::StatusOr<std::string> StatementAsSdJwtVc(const Statement& statement, const StatementHolder& holder,
                                               const SigningKey& key, base::Random& random) {
  RETURN_IF_ERROR(CheckStatement(statement, statement.vct));
  ASSIGN_OR_RETURN(const base::JsonDocument claims, base::JsonDocument::Parse(statement.claims));
  ASSIGN_OR_RETURN(const object members, MembersOf(claims));
  SdJwtContent content;
  content.key_id = statement.key_id;
  content.withholdable = holder.withholdable;
  JsonWriter json(content.claims);
  json.BeginObject();
  json.Member("vct", statement.vct);
  json.Member("iss", statement.issuer);
  if (!statement.id.empty()) json.Member("jti", statement.id);
  WriteTimes(statement, json);
  if (!holder.jwk.empty()) {
    ASSIGN_OR_RETURN(const PublicKey holder_key, PublicKey::FromJwk(holder.jwk));
    json.Key("cnf");
    json.BeginObject();
    json.Key("jwk");
    json.Raw(holder_key.jwk());
    json.EndObject();
  }
  if (holder.status) {
    json.Key("status");
    json.BeginObject();
    json.Key("status_list");
    json.BeginObject();
    json.Member("idx", static_cast<int64_t>(holder.status->index));
    json.Member("uri", holder.status->list);
    json.EndObject();
    json.EndObject();
  }
  for (const auto& [name, value] : members) {
    if (std::find(std::begin(kReserved), std::end(kReserved), base::View(name)) != std::end(kReserved)) {
      return Problem(Reason::kFieldInvalid, "claims", "a name is reserved");
    }
    json.Key(base::View(name));
    json.Raw(claims.Text(value));
  }
  json.EndObject();
  return IssueSdJwt(content, key, random);
}

}  // namespace passerelle::proof
