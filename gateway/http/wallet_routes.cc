#include "gateway/http/wallet_routes.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/wallet/form.h"

namespace passerelle::gateway {
namespace {

constexpr char kForm[] = "application/x-www-form-urlencoded";
constexpr char kRequestObject[] = "application/oauth-authz-req+jwt";
constexpr char kPresentations[] = "/presentations/";
// Bytes of what a wallet says of itself when it fetches a request.
constexpr size_t kWalletMetadataBytesMax = 64u << 10;

// RFC 6749, 5.2, with the reason for whoever makes the wallet.
PlainAnswer OauthError(absl::string_view error, const absl::Status& problem, int status) {
  PlainAnswer answer;
  answer.status = status;
  answer.body.clear();
  base::JsonWriter json(answer.body);
  json.BeginObject();
  json.Member("error", error);
  json.Member("error_description", problem.message());
  json.EndObject();
  return answer;
}

PlainAnswer InvalidRequest(const absl::Status& problem, int status) {
  return OauthError(status >= 500 ? "server_error" : "invalid_request", problem, status);
}

class Adder {
 public:
  Adder(CallRunner* runner, PlainRoutes* routes) : runner_(runner), routes_(routes) {}

  void Add(absl::string_view method, PlainRoute route) {
    const std::string path = absl::StrCat(kWalletService, "/", method);
    if (runner_->Find(path) == nullptr) runner_->AddMethod(kWalletService, method);
    route.method = runner_->Find(path);
    routes_->Add(std::move(route));
  }

 private:
  CallRunner* const runner_;
  PlainRoutes* const routes_;
};

absl::StatusOr<PlainAnswer> FetchRequest(wallet::Presentations& presentations, const PlainRequest& request) {
  using Form = std::map<std::string, std::string>;
  ASSIGN_OR_RETURN(const Form form, wallet::ReadForm(request.body));
  PlainAnswer answer;
  answer.content_type = kRequestObject;
  ASSIGN_OR_RETURN(answer.body, presentations.RequestObject(request.id, wallet::ValueOf(form, "wallet_nonce")));
  return answer;
}

void AddPresentations(wallet::Presentations* presentations, Adder add) {
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

}  // namespace

PlainRoutes MakeWalletRoutes(CallRunner* runner, wallet::Presentations* presentations) {
  PlainRoutes routes;
  AddPresentations(presentations, Adder(runner, &routes));
  return routes;
}

}  // namespace passerelle::gateway
