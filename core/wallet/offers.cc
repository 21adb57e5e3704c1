#include "core/wallet/offers.h"

#include <cstdint>
#include <map>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/proof/statement.h"
#include "core/recognition/issue/decision_credential.h"
#include "core/recognition/issue/decision_json.h"
#include "core/wallet/form.h"
#include "core/wallet/key_proof.h"
#include "core/wallet/nonces.h"
#include "core/wallet/offer_records.h"

namespace passerelle::wallet {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;
using base::ToProto;
using recognition::v1::RecognitionCase;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// An id, and what is secret in a code or token, at random, in hexadecimal digits.
constexpr size_t kIdDigits = 32;
// A statement has to end; a decision ends earlier by its status only. As long as those that are issued without a
// wallet.
constexpr int kStatementYears = 10;
constexpr char kBearer[] = "Bearer ";

std::string NewSecret(base::Random& random) { return absl::BytesToHexString(random.Bytes(kIdDigits / 2)); }

std::string NewTransactionCode(base::Random& random) {
  uint64_t number = 0;
  for (const char byte : random.Bytes(8)) number = number << 8 | static_cast<uint8_t>(byte);
  return absl::StrFormat("%06d", number % 1'000'000);
}

std::string TransactionDigest(absl::string_view id, absl::string_view code) {
  return base::Sha256Hex(absl::StrCat(id, "\n", code));
}

absl::Status CheckLife(const v1::OfferDecisionRequest& request, absl::Duration* life) {
  *life = kOfferLifeDefault;
  if (!request.has_life()) return absl::OkStatus();
  *life = base::FromProto(request.life());
  if (*life >= kOfferLifeLeast && *life <= kOfferLifeMost) return absl::OkStatus();
  return Problem(
      Reason::kFieldInvalid, "life",
      absl::StrCat("from ", absl::FormatDuration(kOfferLifeLeast), " to ", absl::FormatDuration(kOfferLifeMost)));
}

absl::Status Check(const v1::OfferDecisionRequest& request) {
  if (request.case_id().empty()) return Problem(Reason::kFieldMissing, "case_id");
  if (request.decision_sha256().empty()) return Problem(Reason::kFieldMissing, "decision_sha256");
  if (request.status_list().empty()) return Problem(Reason::kFieldMissing, "status_list");
  if (!absl::StartsWith(request.status_list(), "https://") || request.status_list().size() > base::kIdBytesMax) {
    return Problem(Reason::kFieldInvalid, "status_list", "an address with https is expected");
  }
  return absl::OkStatus();
}

absl::Status NoGrant(absl::string_view place) { return Problem(Reason::kGrantInvalid, place); }

bool IsGood(const v1::StoredOffer& stored, v1::OfferState state, absl::Time now) {
  return stored.content().state() == state && now < EndOf(stored);
}

void CountRefusal(absl::Time now, v1::StoredOffer* stored) {
  stored->set_refusals(stored->refusals() + 1);
  if (stored->refusals() >= kOfferRefusalsMax) ConcludeOffer(v1::OFFER_STATE_FAILED, now, stored);
}

// The offer that a code or token is of, if it is one.
absl::StatusOr<v1::StoredOffer> LoadBySecret(absl::string_view secret, absl::string_view place, base::Transaction& tx) {
  if (secret.size() != 2 * kIdDigits) return NoGrant(place);
  absl::StatusOr<v1::StoredOffer> stored = LoadOffer(secret.substr(0, kIdDigits), tx);
  if (!stored.ok() && base::ReasonOf(stored.status()) == Reason::kResourceNotFound) return NoGrant(place);
  return stored;
}

// Whether the transaction code is the one that the offer wants.
absl::Status CheckTransactionCode(const v1::StoredOffer& stored, const std::map<std::string, std::string>& form) {
  const std::string given = ValueOf(form, "tx_code");
  if (stored.transaction_code_sha256().empty()) {
    return given.empty() ? absl::OkStatus() : Problem(Reason::kFieldInvalid, "tx_code", "none is expected");
  }
  if (given.empty()) return Problem(Reason::kFieldMissing, "tx_code");
  const bool fits = TransactionDigest(stored.content().id(), given) == stored.transaction_code_sha256();
  return fits ? absl::OkStatus() : NoGrant("tx_code");
}

// What a credential request asks for: the one proof in it (8.2).
absl::StatusOr<std::string> ProofOf(absl::string_view body) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(body, base::kTokenNestingMax));
  const std::optional<object> members = base::AsObject(document.root());
  if (!members.has_value()) return Problem(Reason::kFieldInvalid, "body", "it is no object");
  if (base::Find(*members, "credential_identifier").has_value()) {
    return Problem(Reason::kFieldInvalid, "credential_identifier", "none was given");
  }
  if (base::Find(*members, "credential_response_encryption").has_value()) {
    return Problem(Reason::kFieldInvalid, "credential_response_encryption", "answers are not encrypted");
  }
  if (base::FindString(*members, "credential_configuration_id") != kDecisionConfiguration) {
    return Problem(Reason::kFieldInvalid, "credential_configuration_id", "there is no such one");
  }
  const std::optional<element> proofs = base::Find(*members, "proofs");
  const std::optional<object> kinds = proofs.has_value() ? base::AsObject(*proofs) : std::nullopt;
  const std::optional<element> jwt = kinds.has_value() ? base::Find(*kinds, "jwt") : std::nullopt;
  const std::optional<array> list = jwt.has_value() ? base::AsArray(*jwt) : std::nullopt;
  if (!list.has_value() || list->size() != 1 || kinds->size() != 1) {
    return Problem(Reason::kWalletProof, "proofs", "one proof of the kind jwt is expected");
  }
  const std::optional<absl::string_view> text = base::AsString(list->at(0).value_unsafe());
  if (!text.has_value()) return Problem(Reason::kWalletProof, "proofs.jwt[0]", "it is no text");
  return std::string(*text);
}

std::string TokenJson(absl::string_view token) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("access_token", token);
  json.Member("token_type", "Bearer");
  json.Member("expires_in", absl::ToInt64Seconds(kTokenLife));
  json.EndObject();
  return out;
}

std::string CredentialJson(absl::string_view credential) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Key("credentials");
  json.BeginArray();
  json.BeginObject();
  json.Member("credential", credential);
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return out;
}

}  // namespace

absl::StatusOr<std::string> Offers::Sign(absl::string_view client, const v1::OfferDecisionRequest& wish,
                                         absl::string_view jwk, absl::Time now) const {
  ASSIGN_OR_RETURN(const RecognitionCase content, options_.find_case(client, wish.case_id()));
  RETURN_IF_ERROR(recognition::CheckIssuable(content));
  if (recognition::DecisionSha256(content) != wish.decision_sha256()) {
    return Problem(Reason::kFieldInvalid, "decision_sha256", "the case has another decision");
  }
  ASSIGN_OR_RETURN(const document::Translated translated,
                   document::Translate(*options_.adapters, content.document().content(), {}));
  ASSIGN_OR_RETURN(const elm::v3::Person holder, recognition::HolderOf(*translated.credential));
  const proof::SigningKey& key = options_.issuer.seal->key();
  recognition::DecisionIssue issue;
  issue.issuer = options_.issuer.name;
  issue.country = wish.country();
  issue.organization_identifier = options_.issuer.seal->certificate().OrganizationIdentifier();
  issue.language = wish.language();
  issue.key_id = key.verification_key().thumbprint();
  issue.at = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  issue.until = issue.at + absl::Hours(24) * 365 * kStatementYears;
  ASSIGN_OR_RETURN(const proof::Statement statement, recognition::DecisionAsStatement(content, holder, issue));
  proof::StatementHolder bound;
  bound.jwk = std::string(jwk);
  bound.withholdable = recognition::WithholdableClaims(content, holder);
  bound.status = proof::StatementHolder::Status{wish.status_list(), wish.status_index()};
  return proof::StatementAsSdJwtVc(statement, bound, key, *options_.random);
}

absl::StatusOr<v1::Offer> Offers::Make(absl::string_view client, const v1::OfferDecisionRequest& request) {
  const absl::Time now = options_.clock->Now();
  absl::Duration life;
  RETURN_IF_ERROR(Check(request));
  RETURN_IF_ERROR(CheckLife(request, &life));
  // Whether it can be issued at all, before somebody is told that it will be.
  RETURN_IF_ERROR(Sign(client, request, "", now).status());
  v1::Offer secrets;
  const auto make = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const int others, CountOffers(client, kOffersMax, tx));
    if (others >= kOffersMax) return Problem(Reason::kOverloaded, "offer", "too many offers of the client are open");
    v1::StoredOffer stored;
    v1::Offer& content = *stored.mutable_content();
    content.set_id(NewSecret(*options_.random));
    content.set_case_id(request.case_id());
    content.set_decision_sha256(request.decision_sha256());
    content.set_state(v1::OFFER_STATE_OPEN);
    *content.mutable_create_time() = ToProto(now);
    *content.mutable_expire_time() = ToProto(now + life);
    stored.set_client(std::string(client));
    *stored.mutable_wish() = request;
    const std::string code = content.id() + NewSecret(*options_.random);
    stored.set_code_sha256(base::Sha256Hex(code));
    if (request.with_transaction_code()) {
      secrets.set_transaction_code(NewTransactionCode(*options_.random));
      stored.set_transaction_code_sha256(TransactionDigest(content.id(), secrets.transaction_code()));
    }
    secrets.set_offer_json(OfferJson(options_.issuer, code, request.with_transaction_code()));
    secrets.set_wallet_uri(OfferUri(secrets.offer_json()));
    RETURN_IF_ERROR(InsertOffer(stored, tx));
    return content.id();
  };
  std::string id;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    secrets.Clear();
    ASSIGN_OR_RETURN(
        id, base::Once(tx, client, request.request_id(), absl::StrCat("OfferDecision\n", request.SerializeAsString()),
                       now, [&] { return make(tx); }));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(v1::Offer offer, Get(client, id));
  offer.MergeFrom(secrets);
  return offer;
}

absl::StatusOr<v1::Offer> Offers::Get(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  v1::StoredOffer stored;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, LoadOffer(id, tx));
    return absl::OkStatus();
  }));
  if (stored.client() != client) return Problem(Reason::kResourceNotFound, "id");
  v1::Offer& content = *stored.mutable_content();
  const bool open = content.state() == v1::OFFER_STATE_OPEN || content.state() == v1::OFFER_STATE_REDEEMED;
  if (open && options_.clock->Now() >= EndOf(stored)) content.set_state(v1::OFFER_STATE_EXPIRED);
  return content;
}

absl::Status Offers::Refuse(absl::string_view id, const absl::Status& problem) {
  const absl::Time now = options_.clock->Now();
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(v1::StoredOffer stored, LoadOffer(id, tx));
    CountRefusal(now, &stored);
    return UpdateOffer(stored, tx);
  }));
  return problem;
}

absl::StatusOr<std::string> Offers::Token(absl::string_view body) {
  using Form = std::map<std::string, std::string>;
  constexpr char kCode[] = "pre-authorized_code";
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(const Form form, ReadForm(body));
  if (ValueOf(form, "grant_type") != kPreAuthorizedGrant) {
    return Problem(Reason::kFieldInvalid, "grant_type", "a pre-authorised code is expected");
  }
  const std::string code = ValueOf(form, kCode);
  if (code.empty()) return Problem(Reason::kFieldMissing, kCode);
  std::string token;
  absl::Status wrong_code;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(v1::StoredOffer stored, LoadBySecret(code, kCode, tx));
    if (!IsGood(stored, v1::OFFER_STATE_OPEN, now) || stored.code_sha256() != base::Sha256Hex(code)) {
      return NoGrant(kCode);
    }
    wrong_code = CheckTransactionCode(stored, form);
    if (!wrong_code.ok()) {
      CountRefusal(now, &stored);
      return UpdateOffer(stored, tx);
    }
    token = stored.content().id() + NewSecret(*options_.random);
    stored.mutable_content()->set_state(v1::OFFER_STATE_REDEEMED);
    stored.clear_code_sha256();
    stored.clear_transaction_code_sha256();
    stored.set_token_sha256(base::Sha256Hex(token));
    *stored.mutable_token_expire_time() = ToProto(now + kTokenLife);
    return UpdateOffer(stored, tx);
  }));
  RETURN_IF_ERROR(wrong_code);
  return TokenJson(token);
}

absl::StatusOr<std::string> Offers::Nonce() {
  std::string key;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(key, NonceKey(*options_.random, tx));
    return absl::OkStatus();
  }));
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("c_nonce", MakeNonce(key, options_.clock->Now(), *options_.random));
  json.EndObject();
  return out;
}

absl::StatusOr<v1::StoredOffer> Offers::Redeemed(const std::vector<std::string>& authorization) {
  constexpr char kPlace[] = "authorization";
  if (authorization.size() != 1) return NoGrant(kPlace);
  absl::string_view token = authorization.front();
  if (!absl::StartsWithIgnoreCase(token, kBearer)) return NoGrant(kPlace);
  token.remove_prefix(sizeof(kBearer) - 1);
  v1::StoredOffer stored;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, LoadBySecret(token, kPlace, tx));
    return absl::OkStatus();
  }));
  if (!IsGood(stored, v1::OFFER_STATE_REDEEMED, options_.clock->Now()) ||
      stored.token_sha256() != base::Sha256Hex(token)) {
    return NoGrant(kPlace);
  }
  return stored;
}

absl::StatusOr<std::string> Offers::Credential(const std::vector<std::string>& authorization, absl::string_view body) {
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(const v1::StoredOffer redeemed, Redeemed(authorization));
  const std::string& id = redeemed.content().id();
  const absl::StatusOr<std::string> token = ProofOf(body);
  if (!token.ok()) return Refuse(id, token.status());
  const absl::StatusOr<KeyProof> proof = ReadKeyProof(*token, options_.issuer.address, now);
  if (!proof.ok()) return Refuse(id, proof.status());
  std::string key;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(key, NonceKey(*options_.random, tx));
    return absl::OkStatus();
  }));
  const absl::Status nonce = CheckNonce(proof->nonce, key, now);
  if (!nonce.ok()) return Refuse(id, nonce);
  ASSIGN_OR_RETURN(const std::string credential, Sign(redeemed.client(), redeemed.wish(), proof->key.jwk(), now));
  absl::Status used;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(v1::StoredOffer stored, LoadOffer(id, tx));
    // Another request with the same token may have come meanwhile.
    if (stored.token_sha256() != redeemed.token_sha256()) return NoGrant("authorization");
    used = UseNonce(proof->nonce, now, tx);
    if (!used.ok()) return base::ReasonOf(used) == Reason::kWalletProof ? absl::OkStatus() : used;
    *stored.mutable_content()->mutable_issue_time() = ToProto(now);
    stored.mutable_content()->set_holder_key_thumbprint(proof->key.thumbprint());
    ConcludeOffer(v1::OFFER_STATE_ISSUED, now, &stored);
    return UpdateOffer(stored, tx);
  }));
  if (!used.ok()) return Refuse(id, used);
  return CredentialJson(credential);
}

}  // namespace passerelle::wallet
