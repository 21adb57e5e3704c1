#include "gateway/http/wallet_routes.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/wallet/form.h"

namespace passerelle::gateway {
namespace {

using base::Reason;

constexpr char kForm[] = "application/x-www-form-urlencoded";
constexpr char kRequestObject[] = "application/oauth-authz-req+jwt";
constexpr char kPresentations[] = "/presentations/";
// Bytes of what a wallet says of itself when it fetches a request.
constexpr size_t kWalletMetadataBytesMax = 64u << 10;

// What RFC 6749, 5.2, lets a description have.
std::string Printable(absl::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c < ' ' || c > '~' || c == '\\') c = '?';
    if (c == '"') c = '\'';
  }
  return out;
}

// RFC 6749, 5.2, with the reason for whoever makes the wallet.
PlainAnswer OauthError(absl::string_view error, const absl::Status& problem, int status) {
  PlainAnswer answer;
  answer.status = status;
  answer.body.clear();
  base::JsonWriter json(answer.body);
  json.BeginObject();
  json.Member("error", error);
  json.Member("error_description", Printable(problem.message()));
  json.EndObject();
  return answer;
}

PlainAnswer InvalidRequest(const absl::Status& problem, int status) {
  return OauthError(status >= 500 ? "server_error" : "invalid_request", problem, status);
}

// Routes with their methods, which have a place of their own once all were added.
class Adder {
 public:
  explicit Adder(CallRunner* runner) : runner_(runner) {}

  void Add(absl::string_view method, PlainRoute route) {
    std::string path = absl::StrCat(kWalletService, "/", method);
    if (runner_->Find(path) == nullptr) runner_->AddMethod(kWalletService, method);
    routes_.emplace_back(std::move(path), std::move(route));
  }

  PlainRoutes Routes() && {
    PlainRoutes routes;
    for (auto& [path, route] : routes_) {
      route.method = runner_->Find(path);
      routes.Add(std::move(route));
    }
    return routes;
  }

 private:
  CallRunner* const runner_;
  std::vector<std::pair<std::string, PlainRoute>> routes_;
};

absl::StatusOr<PlainAnswer> FetchRequest(wallet::Presentations& presentations, const PlainRequest& request) {
  using Form = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(const Form form, wallet::ReadForm(request.body));
  PlainAnswer answer;
  answer.content_type = kRequestObject;
  ASSIGN_OR_RETURN(answer.body, presentations.RequestObject(request.id, wallet::ValueOf(form, "wallet_nonce")));
  return answer;
}

void AddPresentations(wallet::Presentations* presentations, Adder& add) {
  const auto fetch = [presentations](const PlainRequest& request) { return FetchRequest(*presentations, request); };
  add.Add("FetchRequest", {.verb = "GET",
                           .before = kPresentations,
                           .after = "/request",
                           .has_id = true,
                           .work = fetch,
                           .refuse = InvalidRequest});
  add.Add("FetchRequest", {.verb = "POST",
                           .before = kPresentations,
                           .after = "/request",
                           .has_id = true,
                           .content_type = kForm,
                           .body_bytes_max = kWalletMetadataBytesMax,
                           .work = fetch,
                           .refuse = InvalidRequest});
  add.Add("Present", {.verb = "POST",
                      .before = kPresentations,
                      .after = "/response",
                      .has_id = true,
                      .content_type = kForm,
                      .body_bytes_max = wallet::kAnswerBytesMax,
                      .work = [presentations](const PlainRequest& request) -> absl::StatusOr<PlainAnswer> {
                        RETURN_IF_ERROR(presentations->Answer(request.id, request.body));
                        return PlainAnswer();
                      },
                      .refuse = InvalidRequest});
}

// RFC 6749, 5.2.
PlainAnswer TokenError(const absl::Status& problem, int status) {
  const bool grant = base::ReasonOf(problem) == Reason::kGrantInvalid;
  return grant ? OauthError("invalid_grant", problem, 400) : InvalidRequest(problem, status);
}

// OpenID4VCI 1.0, 8.3.1.
PlainAnswer CredentialError(const absl::Status& problem, int status) {
  if (status >= 500) return InvalidRequest(problem, status);
  const std::string place = base::PlaceOf(problem);
  switch (base::ReasonOf(problem)) {
    case Reason::kGrantInvalid:
      return OauthError("invalid_token", problem, 401);
    case Reason::kWalletProof:
      return OauthError(place == "nonce" ? "invalid_nonce" : "invalid_proof", problem, 400);
    case Reason::kGuardNotMet:
    case Reason::kResourceNotFound:
      return OauthError("credential_request_denied", problem, 400);
    default:
      return OauthError(place == "credential_configuration_id" ? "unknown_credential_configuration"
                        : place == "decision_sha256"           ? "credential_request_denied"
                                                               : "invalid_credential_request",
                        problem, 400);
  }
}

absl::StatusOr<PlainAnswer> AsJson(absl::StatusOr<std::string> json) {
  if (!json.ok()) return json.status();
  PlainAnswer answer;
  answer.body = *std::move(json);
  return answer;
}

void AddOffers(wallet::Offers* offers, Adder& add) {
  add.Add("IssuerMetadata", {.verb = "GET",
                             .before = "/.well-known/openid-credential-issuer",
                             .work = [offers](const PlainRequest&) { return AsJson(IssuerMetadata(offers->issuer())); },
                             .refuse = InvalidRequest});
  add.Add("ServerMetadata", {.verb = "GET",
                             .before = "/.well-known/oauth-authorization-server",
                             .work = [offers](const PlainRequest&) { return AsJson(ServerMetadata(offers->issuer())); },
                             .refuse = InvalidRequest});
  add.Add("Token", {.verb = "POST",
                    .before = "/token",
                    .content_type = kForm,
                    .body_bytes_max = wallet::kTokenRequestBytesMax,
                    .work = [offers](const PlainRequest& request) { return AsJson(offers->Token(request.body)); },
                    .refuse = TokenError});
  add.Add("Nonce", {.verb = "POST",
                    .before = "/nonce",
                    .work = [offers](const PlainRequest&) { return AsJson(offers->Nonce()); },
                    .refuse = InvalidRequest});
  add.Add("Credential", {.verb = "POST",
                         .before = "/credential",
                         .content_type = "application/json",
                         .body_bytes_max = wallet::kCredentialRequestBytesMax,
                         .work =
                             [offers](const PlainRequest& request) {
                               return AsJson(offers->Credential(request.authorization, request.body));
                             },
                         .refuse = CredentialError});
}

}  // namespace

PlainRoutes MakeWalletRoutes(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers) {
  Adder add(runner);
  AddPresentations(presentations, add);
  if (offers != nullptr) AddOffers(offers, add);
  return std::move(add).Routes();
}

}  // namespace passerelle::gateway
